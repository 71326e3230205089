//! The program `tocsin`.
//!
//! Takes: the command line.
//! Gives: an exit code.
//! Never: anything else; see `tocsin::cli`.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    tocsin::cli::run(&tocsin::cli::Arguments::parse())
}
