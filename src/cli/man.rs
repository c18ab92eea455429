//! `hostsim man`.

use super::{Execute, Failure, interrupt, terminal};
use clap::Args;
use hostsim::files::write_atomically;
use std::path::PathBuf;

/// Print a manual page, or write all of them to a directory
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim man | man -l -
  hostsim man run | man -l -
  hostsim man --output ~/.local/share/man/man1")]
pub struct Man {
    /// The command that the page is about [default: the program as a whole]
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
    /// Write every page to this directory instead: hostsim.1, hostsim-run.1 and so on
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    output: Option<PathBuf>,
}

impl Execute for Man {
    fn execute(self) -> Result<(), Failure> {
        let pages = pages()?;
        if let Some(directory) = self.output {
            let write = || {
                pages.iter().try_for_each(|(name, page)| {
                    write_atomically(&directory.join(format!("{name}.1")), page.as_bytes())
                })
            };
            return Ok(interrupt::after_writing(write)?);
        }
        let name = self.command.map_or("hostsim".to_string(), |command| format!("hostsim-{command}"));
        match pages.iter().find(|(known, _)| *known == name) {
            Some((_, page)) => terminal::print(page),
            None => Err(Failure::Input(format!("there is no command `{}`", name.trim_start_matches("hostsim-")))),
        }
    }
}

/// Every page by its name: the program's, then one for each command.
fn pages() -> Result<Vec<(String, String)>, Failure> {
    let mut root = super::command();
    // Gives every command its full name and the version.
    root.build();
    let mut pages = vec![("hostsim".to_string(), page(root.clone())?)];
    for command in root.get_subcommands() {
        pages.push((format!("hostsim-{}", command.get_name()), page(command.clone())?));
    }
    Ok(pages)
}

fn page(command: clap::Command) -> Result<String, Failure> {
    let mut page = Vec::new();
    let source = concat!("hostsim ", env!("CARGO_PKG_VERSION"));
    clap_mangen::Man::new(command).source(source).render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
