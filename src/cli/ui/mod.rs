//! `hostsim ui`: the page of `web/`, with this program behind it.

mod door;
mod http;
mod job;
mod request;

use super::{Execute, Failure, interrupt, terminal};
use clap::Args;
use door::Door;
use hostsim::document::Diagnostics;
use hostsim::scenario::read_source;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Serve a page on this machine in which scenarios are edited and simulated
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim ui                          with a template to begin with
  hostsim ui my-scenario.toml         with a scenario
  hostsim ui --no-open --port 8080    prints the link, and opens no browser

The page is served on the loopback address alone, and answers nobody without the secret of its link.
Commands run where the scenario stands (without one, where this command was started), so that traces
are found as on the command line; what is written stays in the page. Control-C ends it.")]
pub struct Ui {
    /// The scenario to begin with
    #[arg(value_name = "SCENARIO")]
    scenario: Option<PathBuf>,
    /// The port; 0 takes one that is free
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
    /// Open no browser
    #[arg(long)]
    no_open: bool,
}

impl Execute for Ui {
    fn execute(self) -> Result<(), Failure> {
        let mut diagnostics = Diagnostics::default();
        // What is wrong in it the page shows.
        let scenario = match &self.scenario {
            Some(path) => Some(read_source(path, &mut diagnostics).ok_or(Failure::Files(Box::new(diagnostics)))?),
            None => None,
        };
        let (text, directory) = scenario.map(|source| (source.text, source.directory)).unzip();
        let directory = directory.filter(|path| !path.as_os_str().is_empty()).unwrap_or(PathBuf::from("."));
        let door = Door::open(self.port, text, directory).map_err(|error| {
            Failure::Running(format!("port {} cannot be had: {error}: choose another --port", self.port))
        })?;
        let link = door.link();
        terminal::print(&format!("{link}\n"))?;
        if !self.no_open && terminal::watched() {
            browse(&link);
        }
        terminal::say("Control-C ends it.");
        interrupt::while_heeding(|stop| door.serve(stop));
        Ok(())
    }
}

/// Asks the system to open a link; where it cannot, the link has been printed.
fn browse(link: &str) {
    let (program, before): (&str, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        "windows" => ("cmd", &["/C", "start", ""]),
        _ => ("xdg-open", &[]),
    };
    let mut command = Command::new(program);
    let _ = command.args(before).arg(link).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
}
