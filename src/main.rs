//! The program `hostsim`: the door to the library of the same name.

#![forbid(unsafe_code)]

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
