//! `hostsim compare`.

use super::options::{Format, FormatOption};
use super::{Execute, Failure, terminal};
use clap::Args;
use hostsim::report::compare::{Comparison, Document, to_json, to_markdown, to_table};
use hostsim::units::parse_percent;
use std::path::{Path, PathBuf};

/// Compare two results, figure by figure: what changed beyond the noise, and which answer flipped
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim compare output/old output/new
  hostsim compare main/result.json change/result.json --fail-on flip --fail-on cost=5%
  hostsim compare old.json new.json --format json | jq '.flips'

A result is a result.json, or the directory that holds one. Results of `run --details` with one
seed are compared replication by replication, which tells far smaller differences from the noise.
A result whose checksum is not that of what it says is refused.
With --fail-on it ends with status 3 where what is named came to pass.")]
pub struct Compare {
    /// The old result: a result.json, or its directory
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The new one
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Show every figure, not those alone that differ
    #[arg(long)]
    all: bool,
    /// End with status 3 where an answer flipped (flip), or a case's TCO rose by more than a share (cost=5%)
    #[arg(long, value_name = "WHAT", value_parser = parse_condition, value_delimiter = ',')]
    fail_on: Vec<Condition>,
    #[command(flatten)]
    format: FormatOption,
}

/// What is not to happen.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Condition {
    Flip,
    Cost(f64),
}

fn parse_condition(text: &str) -> Result<Condition, String> {
    match text.split_once('=') {
        None if text == "flip" => Ok(Condition::Flip),
        Some(("cost", share)) => {
            parse_percent(&format!("{} %", share.trim().trim_end_matches('%').trim_end())).map(Condition::Cost)
        }
        _ => Err("expected `flip`, or a rise in cost such as `cost=5%`".into()),
    }
}

impl Execute for Compare {
    fn execute(self) -> Result<(), Failure> {
        let (old, new) = (read(&self.old)?, read(&self.new)?);
        let comparison = Comparison::of(&old, &new);
        terminal::print(&match self.format.format {
            Format::Table => to_table(&comparison, self.all, terminal::screen()),
            Format::Markdown => to_markdown(&comparison, self.all),
            Format::Json => to_json(&comparison, &old, &new),
            Format::Csv => return Err(Failure::Input("a comparison is written as table, json or markdown".into())),
        })?;
        let broken: Vec<String> = self.fail_on.iter().filter_map(|condition| condition.broken(&comparison)).collect();
        broken.iter().for_each(|text| terminal::say(text));
        if broken.is_empty() { Ok(()) } else { Err(Failure::Expectations) }
    }
}

impl Condition {
    /// What came to pass that was not to; `None` where nothing did.
    fn broken(self, comparison: &Comparison) -> Option<String> {
        match self {
            Condition::Flip if comparison.flips.is_empty() => None,
            Condition::Flip => Some(format!("fails: the answer flipped: {}", comparison.flips.join("; "))),
            Condition::Cost(share) => {
                let dearer = comparison.dearer_by(share);
                let names = dearer.join(", ");
                (!dearer.is_empty()).then(|| format!("fails: the TCO rose by more than {} %: {names}", share * 100.0))
            }
        }
    }
}

/// Reads a result, from its file or the directory that holds it.
fn read(path: &Path) -> Result<Document, Failure> {
    let file = if path.is_dir() { path.join("result.json") } else { path.to_path_buf() };
    let wrong = |message: String| Failure::Input(format!("{}: {message}", file.display()));
    let text =
        hostsim::document::read_text(&file, hostsim::document::LONGEST_TABLE).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                wrong("no such file: expected a result.json, or the directory that holds one".into())
            }
            _ => wrong(format!("this file cannot be read: {error}")),
        })?;
    let document = Document::parse(&text).map_err(|error| wrong(error.to_string()))?;
    if !document.is_checked {
        let why = "it has no checksum, as results before 0.3.0: whether it is as it was written is not known";
        terminal::say(&format!("note: {}: {why}", file.display()));
    }
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_flips_and_rises_in_cost() {
        assert_eq!(parse_condition("flip"), Ok(Condition::Flip));
        assert_eq!(parse_condition("cost=5%"), Ok(Condition::Cost(0.05)));
        assert_eq!(parse_condition("cost=5"), Ok(Condition::Cost(0.05)));
        assert!(parse_condition("cost").is_err() && parse_condition("p99=1%").is_err());
    }
}
