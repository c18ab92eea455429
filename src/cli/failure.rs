//! Why a command failed, and the status that it ends with.

use super::terminal;
use hostsim::document::Diagnostics;
use std::process::ExitCode;

/// Why a command failed.
#[derive(Debug)]
pub enum Failure {
    /// Something went wrong while it ran: status 1.
    Running(String),
    /// Who was to read the result went away: status 1, and nothing to be told.
    Unread,
    /// The input or the command line is wrong: status 2.
    Input(String),
    /// What is wrong with the files that were read, each with its place: status 2.
    Files(Box<Diagnostics>),
    /// Claims of `[expect]` did not hold; they have been told: status 3.
    Expectations,
}

impl Failure {
    /// The exit status.
    pub fn status(&self) -> u8 {
        match self {
            Failure::Running(_) | Failure::Unread => 1,
            Failure::Input(_) | Failure::Files(_) => 2,
            Failure::Expectations => 3,
        }
    }

    /// Tells what is wrong on the standard error, and gives the exit status.
    pub fn tell(&self) -> ExitCode {
        match self {
            Failure::Running(message) | Failure::Input(message) => terminal::error(message),
            Failure::Files(diagnostics) => terminal::diagnostics(diagnostics),
            Failure::Expectations | Failure::Unread => {}
        }
        ExitCode::from(self.status())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure::Running(error.to_string())
    }
}

/// Fails where something is wrong with the files that were read.
pub fn sound(diagnostics: Diagnostics) -> Result<(), Failure> {
    if diagnostics.is_empty() { Ok(()) } else { Err(Failure::Files(Box::new(diagnostics))) }
}
