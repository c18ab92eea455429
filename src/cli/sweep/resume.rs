//! How an unfinished sweep goes on.

use crate::cli::Failure;
use hostsim::sweep::SweepError;
use hostsim::sweep::submit::quoted;
use std::path::Path;

/// A sweep into a directory that did not come to its end, with the command that goes on where there is something
/// to go on with.
pub fn failure(error: SweepError, directory: &Path) -> Failure {
    match error {
        SweepError::Refused(message) => Failure::Input(message),
        SweepError::Failed(message) if !directory.exists() => Failure::Running(format!(
            "{message}\nthe directory is not there any more: nothing is kept, and the same command begins anew"
        )),
        SweepError::Failed(message) => {
            Failure::Running(format!("{message}\nwhat was done is kept; go on with:\n  {}", command()))
        }
    }
}

/// The command that goes on: this one, with `--resume`.
pub fn command() -> String {
    resumed(std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect())
}

fn resumed(mut words: Vec<String>) -> String {
    // What follows `--` is no option.
    let options = words.iter().position(|word| word == "--").unwrap_or(words.len());
    if !words[..options].iter().any(|word| word == "--resume") {
        words.insert(options, "--resume".into());
    }
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::resumed;

    #[test]
    fn the_command_that_goes_on_is_this_one_with_resume() {
        for (typed, goes_on) in [
            (&["hostsim", "sweep", "a b.toml"][..], "hostsim sweep 'a b.toml' --resume"),
            (&["hostsim", "sweep", "--resume", "s.toml"], "hostsim sweep --resume s.toml"),
            (&["hostsim", "sweep", "--", "-s.toml"], "hostsim sweep --resume -- -s.toml"),
            (&["hostsim", "sweep", "--", "--resume"], "hostsim sweep --resume -- --resume"),
        ] {
            assert_eq!(resumed(typed.iter().map(|word| word.to_string()).collect()), goes_on);
        }
    }
}
