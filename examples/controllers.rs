//! A controller without a simulation: reads what one sees on standard input, one JSON object a
//! line, puts it through the code that the simulation steps, and prints what it decides.
//!
//! `echo '{"op":"tt.capacity","current":3,"metric":75,"target":50}' | cargo run --example controllers`

#[path = "controllers/aws.rs"]
mod aws;
#[path = "controllers/input.rs"]
mod input;
#[path = "controllers/knative.rs"]
mod knative;
#[path = "controllers/kubernetes.rs"]
mod kubernetes;
#[path = "controllers/nodes.rs"]
mod nodes;
#[path = "controllers/others.rs"]
mod others;

use input::Input;
use serde_json::{Value, json};
use std::io::{self, BufRead, Write};

type Answer = Result<Value, String>;

/// The operations, by the first part of their names.
fn answer(op: &str, input: Input<'_>) -> Answer {
    match op.split_once('.') {
        Some(("hpa", _)) => kubernetes::answer(op, input),
        Some(("kpa", _)) => knative::answer(op, input),
        Some(("tt" | "asg" | "eb", _)) => aws::answer(op, input),
        Some(("ca" | "karp", _)) => nodes::answer(op, input),
        Some(("keda" | "heroku" | "run" | "gae" | "azure" | "ow", _)) => others::answer(op, input),
        _ => unknown(op),
    }
}

fn unknown(op: &str) -> Answer {
    Err(format!("there is no operation `{op}`"))
}

/// The decision on one line of input, or what is wrong with it.
pub fn decide(line: &str) -> Value {
    let decision = serde_json::from_str::<Value>(line).map_err(|error| error.to_string()).and_then(|value| {
        let input = Input(&value);
        answer(&input.text("op")?, input)
    });
    decision.unwrap_or_else(|error| json!({ "error": error }))
}

/// Decides line by line.
pub fn main() -> io::Result<()> {
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        if !line.trim().is_empty() {
            writeln!(output, "{}", decide(&line))?;
        }
    }
    Ok(())
}
