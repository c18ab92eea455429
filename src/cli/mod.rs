//! The door: what can be typed, and one short file per command.
//!
//! To add a command: a file here with a struct of its options that implements [`Execute`], its
//! `mod` line, and its line in `commands!`.

mod advise;
mod article;
mod bill;
mod check;
mod compare;
mod completions;
mod curve;
mod early;
mod failure;
mod grid;
mod import;
mod init;
mod interrupt;
mod load;
mod man;
mod map;
mod merge;
mod models;
mod options;
mod progress;
mod run;
mod schema;
mod sensitivity;
mod sweep;
mod terminal;
mod trace;
#[cfg(not(target_family = "wasm"))]
mod ui;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use failure::Failure;
use std::process::ExitCode;

/// A command with its options.
trait Execute {
    /// Does it.
    fn execute(self) -> Result<(), Failure>;
}

macro_rules! commands {
    ($($(#[$condition:meta])* $name:ident($options:ty)),* $(,)?) => {
        #[derive(Subcommand)]
        enum Command {
            $($(#[$condition])* $name($options),)*
        }

        impl Execute for Command {
            fn execute(self) -> Result<(), Failure> {
                match self {
                    $($(#[$condition])* Command::$name(options) => options.execute(),)*
                }
            }
        }
    };
}

commands! {
    Run(run::Run),
    Curve(curve::Curve),
    Map(map::Map),
    Advise(advise::Advise),
    Article(article::Article),
    Sweep(sweep::Sweep),
    Merge(merge::Merge),
    Sensitivity(sensitivity::Sensitivity),
    Compare(compare::Compare),
    Bill(bill::Bill),
    Models(models::Models),
    Trace(trace::Trace),
    Import(import::Import),
    Init(init::Init),
    #[cfg(not(target_family = "wasm"))]
    Ui(ui::Ui),
    Check(check::Check),
    Schema(schema::Schema),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Simulates what the same application costs, and how fast it answers, on owned servers, rented
/// servers, VPSs, containers, a PaaS and serverless
///
/// A scenario (TOML) says which apps there are and in which ways they could be hosted; `run`
/// simulates each way on physical servers and prints what it costs per month, in money and in
/// labour, how fast it answers and how full the machines are.
#[derive(Parser)]
#[command(name = "hostsim", version, propagate_version = true, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  hostsim run scenarios/five-dollar-vps.toml     simulate every case and compare them
  hostsim models                                 what can be hosted on, with prices
  hostsim models aws-lambda-2017                 one model, with the source of every price
  hostsim check my-scenario.toml                 find every mistake, simulate nothing

Limits: files of TOML up to 4 MiB, traces up to 8 GiB and 100 million lines, 10^11 requests a
replication, memory as --memory says; pipes and devices are no traces (docs/limits.md has them all).

Exit status: 0 done; 1 it failed while running; 2 the input or the command line is wrong;
3 an [expect] did not hold.";

/// The command line as clap sees it: for parsing, completions and manual pages.
fn command() -> clap::Command {
    Cli::command()
}

/// Parses the command line, does what it says, and tells how it went.
pub fn main() -> ExitCode {
    interrupt::listen();
    let matches = match command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return terminal::show_usage(&error),
    };
    let done = Cli::from_arg_matches(&matches).map_err(|error| Failure::Input(error.to_string()));
    match done.and_then(|cli| cli.command.execute()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn every_command_has_a_sentence_and_examples() {
        for command in command().get_subcommands() {
            let name = command.get_name();
            assert!(command.get_about().is_some(), "{name}");
            let examples = command.get_after_help().map(|text| text.to_string()).unwrap_or_default();
            assert!(examples.starts_with("Examples:") && examples.contains(&format!("hostsim {name}")), "{name}");
        }
    }
}
