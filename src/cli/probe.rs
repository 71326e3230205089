//! `tocsin probe`: look at a live line before a profile says what is on it.
//!
//! Takes: an endpoint, and what to look for.
//! Gives: units that answer, what addresses say, one place read in every way.
//! Never: writes; shares a serial line with a running gateway.

pub mod endpoint;
pub mod identify;
pub mod progress;
pub mod read;
pub mod record;
pub mod session;
pub mod show;
pub mod units;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use tokio_util::sync::CancellationToken;

use self::endpoint::EndpointArgs;
use self::identify::Identities;
use self::progress::Manner;
use self::session::{Patience, Session, stop_when_told};
use super::profile_folders::Folders;
use crate::config::document::parse_duration;
use crate::edge::clock::Clock;
use crate::engine::profile::Table;
use crate::live::document;

/// Look at a live line.
#[derive(Debug, Args)]
pub struct ProbeArgs {
    /// What to look for.
    #[command(subcommand)]
    pub verb: ProbeVerb,
}

/// What can be looked for.
#[derive(Debug, Subcommand)]
pub enum ProbeVerb {
    /// Find the units that answer, and name the profiles they match
    Units(units::UnitsArgs),
    /// Read a range of addresses; what is refused is told address by address
    Read(read::ReadArgs),
    /// Show one place in every type and byte order, one address before and after
    Show(show::ShowArgs),
}

/// How it is done, whatever it is.
#[derive(Clone, Debug, Args)]
pub struct Conduct {
    /// Deadline of an answer
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = within)]
    pub within: Duration,
    /// On a serial line: the longest a late answer can take; the line rests so long when nothing comes
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = within)]
    pub max_response: Duration,
    /// End by itself after so many seconds
    #[arg(long, value_name = "N")]
    pub seconds: Option<u64>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

impl Conduct {
    fn patience(&self) -> Patience {
        Patience { within: self.within, max_response: self.max_response }
    }

    fn manner(&self) -> Manner {
        Manner::of(std::io::stderr().is_terminal(), self.json)
    }
}

/// A file for what was said.
#[derive(Clone, Debug, Args)]
pub struct RecordArg {
    /// Write every request and answer to this file, as a case of a profile
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
}

/// A table as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TableArg {
    /// Coils.
    Coil,
    /// Discrete inputs.
    Discrete,
    /// Input registers.
    Input,
    /// Holding registers.
    Holding,
}

impl TableArg {
    fn table(self) -> Table {
        match self {
            TableArg::Coil => Table::Coil,
            TableArg::Discrete => Table::Discrete,
            TableArg::Input => Table::Input,
            TableArg::Holding => Table::Holding,
        }
    }
}

/// A table of registers as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WordTableArg {
    /// Input registers.
    Input,
    /// Holding registers.
    Holding,
}

impl WordTableArg {
    fn table(self) -> Table {
        match self {
            WordTableArg::Input => Table::Input,
            WordTableArg::Holding => Table::Holding,
        }
    }
}

fn within(text: &str) -> Result<Duration, String> {
    let fits = |duration: &Duration| (Duration::from_millis(10)..=Duration::from_secs(30)).contains(duration);
    parse_duration(text).filter(fits).ok_or_else(|| "write 10ms to 30s, such as 300ms or 2s".to_owned())
}

/// Probes; what a person reads goes to `out`, how far it has come and what is wrong to `err`. Gives the exit code: 0 when
/// something answers, 1 when nothing does, 2 for wrong usage or configuration.
///
/// # Errors
/// The output cannot be written, or the line is lost on the way.
pub fn run(args: &ProbeArgs, out: &mut impl Write, err: &mut impl Write) -> anyhow::Result<u8> {
    let refused = match &args.verb {
        ProbeVerb::Units(units) if units.from > units.to || !(1..=247).contains(&units.from) || units.to > 247 => Some(
            vec![format!("--from {} --to {}: units are 1 to 247, the first before the last", units.from, units.to)],
        ),
        ProbeVerb::Show(show) => show::kinds(show).err(),
        _ => None,
    };
    let at = match &args.verb {
        ProbeVerb::Units(units) => &units.at,
        ProbeVerb::Read(read) => &read.at,
        ProbeVerb::Show(show) => &show.at,
    };
    let endpoint = match refused.map_or_else(|| at.resolve(), Err) {
        Ok(endpoint) => endpoint,
        Err(lines) => {
            for line in lines {
                writeln!(err, "{line}")?;
            }
            return Ok(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let stop = stop_when_told(conduct(&args.verb).seconds)?;
        converse(args, endpoint, stop, out, err).await
    })
}

fn conduct(verb: &ProbeVerb) -> &Conduct {
    match verb {
        ProbeVerb::Units(units) => &units.conduct,
        ProbeVerb::Read(read) => &read.conduct,
        ProbeVerb::Show(show) => &show.conduct,
    }
}

async fn converse(
    args: &ProbeArgs,
    endpoint: crate::engine::site::Endpoint,
    stop: CancellationToken,
    out: &mut impl Write,
    err: &mut impl Write,
) -> anyhow::Result<u8> {
    let mut session = Session::open(endpoint, stop).await.map_err(anyhow::Error::msg)?;
    let (code, record) = match &args.verb {
        ProbeVerb::Units(units) => {
            let identities = Identities::load(&folders(&units.at, &units.profiles));
            (units::run(units, &mut session, &identities, out, err).await?, None)
        }
        ProbeVerb::Read(read) => (read::run(read, &mut session, out, err).await?, read.record.record.as_ref()),
        ProbeVerb::Show(show) => {
            let kinds = show::kinds(show).unwrap_or_default();
            (show::run(show, &kinds, &mut session, out, err).await?, show.record.record.as_ref())
        }
    };
    if let Some(path) = record {
        let when = document::timestamp(Clock::start().now().wall, &jiff::tz::TimeZone::UTC);
        let story = format!("recorded from {} at {when}", endpoint::spell(session.endpoint()));
        record::create(path, &record::text(&story, &session.said)).map_err(anyhow::Error::msg)?;
        writeln!(err, "{} written: a case for device-profiles/<id>/cases/", path.display())?;
    }
    Ok(code)
}

fn folders(at: &EndpointArgs, profiles: &[PathBuf]) -> Vec<PathBuf> {
    Folders { profiles: profiles.to_vec(), config: at.config.clone() }.resolve()
}
