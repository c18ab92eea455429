//! `hostsim completions`.

use super::{Execute, Failure, terminal};
use clap::Args;
use clap_complete::Shell;

/// Print a script that lets a shell complete commands and options
#[derive(Args)]
#[command(after_help = "\
Examples:
  hostsim completions bash > ~/.local/share/bash-completion/completions/hostsim
  hostsim completions zsh > ~/.zfunc/_hostsim
  hostsim completions fish > ~/.config/fish/completions/hostsim.fish")]
pub struct Completions {
    /// The shell
    shell: Shell,
}

impl Execute for Completions {
    fn execute(self) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::command(), "hostsim", &mut script);
        terminal::print(&String::from_utf8_lossy(&script))
    }
}
