//! The program `tocsin`.
//!
//! Takes: the command line.
//! Gives: an exit code.
//! Never: anything else; see `tocsin::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    tocsin::cli::run_from_arguments()
}
