//! `hostsim init`.

use super::{Execute, Failure, terminal};
use clap::Args;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

/// Begin a scenario from a template: a commented file that runs
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim init --list
  hostsim init night-batch
  hostsim init five-dollar-vps --output shop.toml")]
pub struct Init {
    /// The template
    #[arg(value_name = "NAME", required_unless_present = "list")]
    name: Option<String>,
    /// List the templates
    #[arg(long)]
    list: bool,
    /// Where the scenario goes; a file that is there is not overwritten
    #[arg(long, value_name = "FILE", default_value = "scenario.toml")]
    output: PathBuf,
}

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        /// The templates: scenarios that need no file but themselves.
        const TEMPLATES: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../scenarios/", $name, ".toml")))),*];
    };
}

templates!(
    "five-dollar-vps",
    "idle-app",
    "steady-api",
    "io-bound-api",
    "bursty-or-steady",
    "superbowl-spike",
    "night-batch",
    "machines-for-three-hours",
    "vps-now",
    "containers-now",
    "functions-now",
    "own-or-rent",
    "idle-tenants-on-a-fleet",
    "one-developer-or-a-team",
);

/// A template's title.
fn title(text: &str) -> &str {
    text.lines().find_map(|line| line.strip_prefix("title = \"")?.split('"').next()).unwrap_or("")
}

impl Execute for Init {
    fn execute(self) -> Result<(), Failure> {
        if self.list {
            let width = TEMPLATES.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
            let lines = TEMPLATES.iter().map(|(name, text)| format!("{name:width$}  {}\n", title(text)));
            return terminal::print(&terminal::fitted(&lines.collect::<String>()));
        }
        let name = self.name.unwrap_or_default();
        let Some((_, text)) = TEMPLATES.iter().find(|(known, _)| *known == name) else {
            let names: Vec<&str> = TEMPLATES.iter().map(|(name, _)| *name).collect();
            return Err(Failure::Input(format!("`{name}` is no template: expected one of {}", names.join(", "))));
        };
        let place = self.output.display();
        let file = OpenOptions::new().write(true).create_new(true).open(&self.output);
        let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                Failure::Input(format!("{place} is there already: say another with --output, or move it away"))
            }
            _ => Failure::Running(format!("{place} cannot be written: {error}")),
        })?;
        terminal::print(&format!("Written: {place}\nNext:    hostsim run {place}\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_whole_in_itself() {
        for (name, text) in TEMPLATES {
            assert!(!title(text).is_empty(), "{name}");
            assert!(!text.contains("file = \""), "{name} needs a file");
        }
    }
}
