//! `tocsin probe units`: which units of a line answer, how fast, and what they are.
//!
//! Takes: a range of units, a conversation, and the identities that profiles know.
//! Gives: every unit that answers, with the profiles it matches.
//! Never: a silent unit called dead because we were in a hurry: when answers come late, the silent ones are asked again
//! in peace.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::endpoint::{EndpointArgs, spell as endpoint};
use super::identify::{Identities, Match};
use super::progress::{Progress, spell};
use super::session::{Answer, Exchange, Patience, Question, Session, exception};
use super::{Conduct, TableArg};
use crate::cli::table::Table;
use crate::engine::site::Endpoint;

/// What to scan.
#[derive(Clone, Debug, Args)]
pub struct UnitsArgs {
    /// Where the devices are.
    #[command(flatten)]
    pub at: EndpointArgs,
    /// First unit
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub from: u8,
    /// Last unit
    #[arg(long, value_name = "N", default_value_t = 247)]
    pub to: u8,
    /// Table of the address that each unit is asked for
    #[arg(long, value_enum, default_value = "holding")]
    pub table: TableArg,
    /// Address that each unit is asked for; a refusal is a sign of life, too
    #[arg(long, value_name = "A", default_value_t = 0)]
    pub address: u16,
    /// Folder of profiles whose identities are compared; repeatable
    #[arg(long = "profiles", value_name = "DIR")]
    pub profiles: Vec<std::path::PathBuf>,
    /// How it is done.
    #[command(flatten)]
    pub conduct: Conduct,
}

/// A unit that answers.
#[derive(Clone, Debug)]
struct Found {
    unit: u8,
    answer: Answer,
    took: Duration,
    matches: Vec<Match>,
}

struct Scan<'a, 'b> {
    session: &'a mut Session,
    progress: Progress<'b>,
    args: &'a UnitsArgs,
    identities: &'a Identities,
    found: Vec<Found>,
    /// Silent when our patience was already short.
    doubtful: BTreeSet<u8>,
    slowest: Option<Duration>,
    asked: usize,
}

/// Scans and prints. Gives the exit code: 0 when a unit answers, 1 when none does.
///
/// # Errors
/// What ends the scan: the endpoint is gone, the output cannot be written.
pub async fn run(
    args: &UnitsArgs,
    session: &mut Session,
    identities: &Identities,
    out: &mut impl Write,
    err: &mut dyn Write,
) -> anyhow::Result<u8> {
    let units: Vec<u8> = (args.from..=args.to).collect();
    let mut progress = Progress::new(err, args.conduct.manner(), units.len());
    let worst = worst(units.len(), session.endpoint(), args.conduct.patience());
    progress.say(&format!(
        "asking units {} to {} at {}: at most {}; Ctrl-C stops and keeps what was found",
        args.from,
        args.to,
        endpoint(session.endpoint()),
        spell(worst)
    ))?;
    let began = tokio::time::Instant::now();
    let (found, doubtful) = (Vec::new(), BTreeSet::new());
    let mut scan = Scan { session, progress, args, identities, found, doubtful, slowest: None, asked: 0 };
    scan.pass(&units).await?;
    let (Scan { mut found, asked, session, .. }, took) = (scan, began.elapsed());
    found.sort_by_key(|found| found.unit);
    if args.conduct.json {
        writeln!(out, "{}", as_json(session, &found, asked, took))?;
    } else {
        print(out, session, &found, asked, took)?;
    }
    Ok(u8::from(!found.iter().any(|found| alive(&found.answer))))
}

/// What a scan takes when no unit answers.
fn worst(units: usize, endpoint: &Endpoint, patience: Patience) -> Duration {
    let each = match endpoint {
        Endpoint::Serial(_) => patience.within.max(patience.max_response),
        _ => patience.within,
    };
    each * u32::try_from(units).unwrap_or(u32::MAX)
}

impl Scan<'_, '_> {
    async fn pass(&mut self, units: &[u8]) -> anyhow::Result<()> {
        for unit in units {
            self.tell()?;
            let patience = self.patience();
            let Some(exchange) = self.ask(*unit, patience).await? else { break };
            self.asked += 1;
            let hurried = patience.within < self.args.conduct.patience().within;
            match exchange.answer {
                Answer::Silent if hurried => drop(self.doubtful.insert(*unit)),
                Answer::Silent => {}
                _ => self.note(exchange).await?,
            }
            if self.session.heard_late() && !self.doubtful.is_empty() {
                self.again().await?;
            }
        }
        Ok(self.progress.clear()?)
    }

    /// Answers came late: what was silent meanwhile is asked once more, with all the time it may take.
    async fn again(&mut self) -> anyhow::Result<()> {
        let doubtful = std::mem::take(&mut self.doubtful);
        self.progress.say(&format!("answers came late; {} silent units are asked again", doubtful.len()))?;
        let before = self.found.len();
        for unit in doubtful {
            let Some(exchange) = self.ask(unit, self.args.conduct.patience()).await? else { break };
            if exchange.answer != Answer::Silent {
                self.note(exchange).await?;
            }
        }
        if self.found.len() == before {
            // What comes late is a gateway's word on the silent: from now on it is waited for.
            self.slowest = Some(self.args.conduct.patience().within);
        }
        Ok(())
    }

    async fn ask(&mut self, unit: u8, patience: Patience) -> anyhow::Result<Option<Exchange>> {
        let question = Question { unit, table: self.args.table.table(), start: self.args.address, count: 1 };
        self.session.ask(question, patience).await.map_err(anyhow::Error::msg)
    }

    /// A unit that said something; one that lives is asked what it is.
    async fn note(&mut self, exchange: Exchange) -> anyhow::Result<()> {
        let unit = exchange.question.unit;
        let mut matches = Vec::new();
        if alive(&exchange.answer) {
            self.slowest = Some(self.slowest.map_or(exchange.took, |slowest| slowest.max(exchange.took)));
            matches = self.identities.of_unit(self.session, unit, self.args.conduct.patience()).await?;
        }
        self.found.push(Found { unit, answer: exchange.answer, took: exchange.took, matches });
        Ok(())
    }

    /// Full patience until something has answered, then as long as answers have shown to take, and a good deal more. On
    /// a serial line the line rests for the whole quarantine anyway, so there haste gains nothing.
    fn patience(&self) -> Patience {
        let full = self.args.conduct.patience();
        let Some(slowest) = self.slowest.filter(|_| !matches!(self.session.endpoint(), Endpoint::Serial(_))) else {
            return full;
        };
        let learned = (slowest * 4 + Duration::from_millis(100)).min(full.within);
        Patience { within: learned, ..full }
    }

    fn tell(&mut self) -> io::Result<()> {
        let answering = self.found.iter().filter(|found| alive(&found.answer)).count();
        let last = self.found.last().map_or_else(String::new, |found| format!(", last unit {}", found.unit));
        self.progress.at(self.asked, &format!("{answering} answer{last}"))
    }
}

fn alive(answer: &Answer) -> bool {
    matches!(answer, Answer::Data(_) | Answer::Refused(_))
}

fn told(answer: &Answer) -> String {
    match answer {
        Answer::Data(_) => "answers".to_owned(),
        Answer::Refused(code) => format!("answers, exception {code} ({})", exception(*code)),
        Answer::Silent => "silent".to_owned(),
        Answer::Garbled(reason) => format!("garbled: {reason}; do two devices have this unit?"),
    }
}

fn round_trip(took: Duration) -> String {
    format!("{:.1} ms", took.as_secs_f64() * 1000.0)
}

fn print(out: &mut impl Write, session: &Session, found: &[Found], asked: usize, took: Duration) -> io::Result<()> {
    let mut table = Table::new(&["unit", "round trip", "answer", "profile"]);
    for found in found {
        let names: Vec<&str> = found.matches.iter().map(|found| found.profile.as_str()).collect();
        table.row([found.unit.to_string(), round_trip(found.took), told(&found.answer), names.join(", ")]);
    }
    if !table.is_empty() {
        out.write_all(table.print("").as_bytes())?;
    }
    let answering = found.iter().filter(|found| alive(&found.answer)).count();
    let stopped = if session.stopped() { "stopped: " } else { "" };
    writeln!(
        out,
        "{stopped}{asked} units asked at {} in {}, {answering} answer",
        endpoint(session.endpoint()),
        spell(took)
    )
}

fn as_json(session: &Session, found: &[Found], asked: usize, took: Duration) -> Value {
    let units: Vec<Value> = found
        .iter()
        .map(|found| {
            let (answer, code) = match &found.answer {
                Answer::Data(_) => ("data", None),
                Answer::Refused(code) => ("exception", Some(*code)),
                Answer::Silent => ("silent", None),
                Answer::Garbled(_) => ("garbled", None),
            };
            json!({
                "unit": found.unit, "answer": answer, "exception": code,
                "round_trip_ms": found.took.as_secs_f64() * 1000.0,
                "profiles": found.matches.iter().map(|found| &found.profile).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "endpoint": endpoint(session.endpoint()), "asked": asked, "stopped": session.stopped(),
        "seconds": took.as_secs_f64(), "units": units,
    })
}
