//! The program `hostsim`: the door to the library of the same name.

// What was so before `main` is looked at in `cli/early.rs`, the one place that cannot do without.
#![deny(unsafe_code)]

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
