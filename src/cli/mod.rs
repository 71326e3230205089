//! The command line: one file for each subcommand.
//!
//! Takes: arguments.
//! Gives: an exit code: 0 fine, 1 failed, 2 usage or configuration (design §6).
//! Never: work of its own; every subcommand calls the room that does it.

mod case_text;
pub mod check;
mod check_floors;
pub mod demo;
mod demo_reporter;
pub mod journal;
mod journal_again;
mod journal_compared;
pub mod journal_export;
mod journal_player;
pub mod journal_replay;
pub mod journal_retire;
mod journal_times;
mod noted;
pub mod probe;
pub mod profile;
pub mod profile_check;
mod profile_class;
pub mod profile_folders;
pub mod profile_new;
pub mod profile_try;
pub mod report;
pub mod role;
pub mod rules;
pub mod rules_args;
pub mod rules_explain;
mod rules_follow;
pub mod rules_test;
pub mod run;
mod shipped_site;
pub mod simulate;
pub mod table;
pub mod trends;
pub mod user;
mod user_token;
pub mod walls;

use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Monitoring gateway for fire panels and building equipment.
#[derive(Debug, Parser)]
#[command(name = "tocsin", version, about)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the gateway
    Run(run::RunArgs),
    /// Show it with a simulated building: the field, the gateway and the page in one command
    Demo(demo::DemoArgs),
    /// Check configuration and profiles; print the request plan and the worst ages
    Check(check::CheckArgs),
    /// Verify, copy, replay or archive the journal
    Journal(journal::JournalArgs),
    /// Look at a live line: which units answer, what their registers say; never writes
    Probe(probe::ProbeArgs),
    /// List, show, check, make and try device profiles
    Profile(profile::ProfileArgs),
    /// Reports from the journal: daily log, incident, isolations, faults, bad actors, figures of ISA-18.2
    Report(report::ReportArgs),
    /// Test linkages without a field, say in words what they do, turn panel formulas into linkages
    Rules(rules::RulesArgs),
    /// Serve the devices of a site from their profiles, to try a gateway against
    Simulate(simulate::SimulateArgs),
    /// Export trends as CSV, XLSX or JSON
    Trends(trends::TrendsArgs),
    /// The address of each wall display with its token, for whoever sets up its screen
    Walls(walls::WallsArgs),
    /// Accounts of the people who may act
    User {
        /// What to do with them.
        #[command(flatten)]
        args: user::UserArgs,
        /// tocsin.toml or the folder that holds it: it says where the state directory is
        #[arg(long, value_name = "PATH", default_value = "/etc/tocsin", global = true)]
        config: PathBuf,
        /// State directory, instead of the configured one
        #[arg(long, value_name = "DIR", global = true)]
        state: Option<PathBuf>,
        /// Print JSON
        #[arg(long, global = true)]
        json: bool,
    },
}

/// Runs what this process was started for; wrong usage ends it with 2.
pub fn run_from_arguments() -> ExitCode {
    run(&Arguments::parse())
}

/// Runs the subcommand that the arguments name.
pub fn run(arguments: &Arguments) -> ExitCode {
    // What runs long prints by itself: nobody may hold the output meanwhile.
    match &arguments.command {
        Command::Run(args) => return run::run(args),
        Command::Demo(args) => return demo::run(args),
        Command::Simulate(args) => return simulate::run(args),
        Command::Journal(args) => {
            let mut out = io::BufWriter::new(io::stdout());
            let ran = journal::run(args, &mut out, &mut io::stderr());
            return ended(ran.and_then(|code| Ok(out.flush().map(|()| code)?)));
        }
        Command::User { args, config, state, json } => {
            let state = match state.clone().map_or_else(|| run::state_of(config), Ok) {
                Ok(state) => state,
                Err(problems) => return run::refused(&problems),
            };
            return ended(user::run(args, &state, *json).map(|()| 0));
        }
        Command::Check(_)
        | Command::Report(_)
        | Command::Profile(_)
        | Command::Probe(_)
        | Command::Rules(_)
        | Command::Trends(_)
        | Command::Walls(_) => {}
    }
    let (mut out, mut err) = (io::stdout().lock(), io::stderr().lock());
    let code = match &arguments.command {
        Command::Check(args) => check::run(args, &mut out, &mut err).map_err(Into::into),
        Command::Probe(args) => probe::run(args, &mut out, &mut err),
        Command::Profile(args) => profile::run(args, &mut out, &mut err).map_err(Into::into),
        Command::Rules(args) => rules::run(args, &mut out, &mut err).map_err(Into::into),
        Command::Report(args) => report::run(args, &mut out, &mut err).map(|()| 0),
        Command::Trends(args) => trends::run(args, &mut out, &mut err).map(|()| 0),
        Command::Walls(args) => walls::run(args, &mut out, &mut err),
        Command::Run(_) | Command::Demo(_) | Command::Simulate(_) | Command::Journal(_) | Command::User { .. } => Ok(0),
    };
    let flushed = out.flush();
    drop((out, err));
    ended(code.and_then(|code| flushed.map(|()| code).map_err(Into::into)))
}

/// The exit code; what failed is told in one line.
fn ended(result: anyhow::Result<u8>) -> ExitCode {
    match result {
        Ok(code) => ExitCode::from(code),
        // Whoever read our output has seen enough (`tocsin … | head`).
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe) => {
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Arguments::command().debug_assert();
    }
}
