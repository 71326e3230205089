//! `tocsin journal replay`: an incident on a desk, in simulated time.
//!
//! Takes: a state directory, or a copy of a journal as JSON lines; a stretch of time.
//! Gives: after each fact what was on the wall, all at once or at the pace at which it happened; or the wall at one instant.
//! Never: decides anything: facts are applied as they stand, so that what is seen is what was seen.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use flate2::read::MultiGzDecoder;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::journal::zone_of;
use super::journal_export::time;
use crate::edge::journal::{self, JournalError};
use crate::engine::alarm::{Fact, FactError, FactKind, Occurrence, State};
use crate::engine::base::{EventId, Wall};
use crate::live::document::{alarm_document, event_document, timestamp};

/// No pause is longer than this, however long nothing happened.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// What to play, and how.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// State directory
    #[arg(long, value_name = "DIR", default_value = "/var/lib/tocsin")]
    pub state: PathBuf,
    /// A whole copy of a journal instead, as `export --form jsonl` makes it; packed where it ends in `.gz`
    #[arg(long, value_name = "FILE", conflicts_with = "state")]
    pub file: Option<PathBuf>,
    /// Show what happened from this time on, RFC 3339 with an offset; what came before is applied all the same
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// End at this time
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// Show the wall as it was at this instant, and nothing else
    #[arg(long, value_name = "TIME", conflicts_with_all = ["from", "to", "speed"])]
    pub until: Option<String>,
    /// Play so many times as fast as it happened; all at once where it is left out
    #[arg(long, value_name = "X")]
    pub speed: Option<f64>,
    /// Print JSON, one object a fact
    #[arg(long)]
    pub json: bool,
}

/// Plays.
///
/// # Errors
/// A time that is none; a journal or a copy that cannot be read, is broken, or does not begin at its beginning.
pub fn run(args: &ReplayArgs, out: &mut impl Write) -> Result<()> {
    if args.speed.is_some_and(|speed| !(speed > 0.0 && speed.is_finite())) {
        bail!("--speed: more than 0");
    }
    let until = time("until", args.until.as_deref())?;
    let mut player = Player {
        from: time("from", args.from.as_deref())?,
        to: until.map(|until| Wall(until.0.saturating_add(1))).or(time("to", args.to.as_deref())?),
        silent: until.is_some(),
        speed: args.speed,
        json: args.json,
        zone: if args.file.is_some() { TimeZone::system() } else { zone_of(&args.state) },
        state: State::default(),
        last: None,
        out,
    };
    match &args.file {
        Some(file) => player.file(file).with_context(|| file.display().to_string())?,
        None => player.journal(&args.state)?,
    }
    if let Some(until) = until {
        player.wall(until)?;
    }
    Ok(())
}

struct Player<'out, W: Write> {
    from: Option<Wall>,
    to: Option<Wall>,
    silent: bool,
    speed: Option<f64>,
    json: bool,
    zone: TimeZone,
    state: State,
    /// When the last fact that was shown was decided.
    last: Option<Wall>,
    out: &'out mut W,
}

impl<W: Write> Player<'_, W> {
    fn journal(&mut self, state: &Path) -> Result<()> {
        let mut refused = None;
        // What was kept of before a checkpoint is in the state at it.
        self.state = journal::base(state)?;
        let begins = self.state.last.seq;
        let read = journal::records(state, |fact, _| {
            if fact.id.seq <= begins {
                return Ok(());
            }
            self.fact(fact).map_err(|error| {
                refused = Some(error);
                JournalError::Io { path: "output".into(), source: std::io::ErrorKind::Other.into() }
            })
        });
        match refused {
            Some(error) => Err(error.into()),
            None => Ok(read.map(drop)?),
        }
    }

    fn file(&mut self, path: &Path) -> Result<()> {
        let file = File::open(path)?;
        let packed = path.extension().is_some_and(|ending| ending == "gz");
        let read: Box<dyn Read> = if packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
        // A copy from the first fact on has the fact of each number in the line of that number.
        for (number, line) in (1_u64..).zip(BufReader::new(read).lines()) {
            let fact = Fact::from_bytes(line?.as_bytes()).map_err(|error| match error {
                FactError::Newer(version) => anyhow!("line {number}: version {version}, written by a newer release"),
                FactError::Broken(reason) => anyhow!("line {number}: not a fact ({reason})"),
            })?;
            if fact.id.seq != number {
                bail!(
                    "line {number}: fact {} where {number} follows; replay needs a copy from fact 1 on, without a gap",
                    fact.id.seq
                );
            }
            self.fact(&fact)?;
        }
        Ok(())
    }

    /// One fact: applied, and shown where it lies in the stretch.
    fn fact(&mut self, fact: &Fact) -> std::io::Result<()> {
        if self.to.is_some_and(|to| fact.at >= to) {
            return Ok(());
        }
        self.state.apply(fact);
        if self.silent || self.from.is_some_and(|from| fact.at < from) {
            return Ok(());
        }
        if let (Some(speed), Some(last)) = (self.speed, self.last) {
            self.out.flush()?;
            let lapse = u64::try_from(fact.at.0.saturating_sub(last.0)).unwrap_or(0);
            std::thread::sleep(Duration::from_micros(lapse).div_f64(speed).min(LONGEST_PAUSE));
        }
        self.last = Some(fact.at);
        let sums = Sums::of(&self.state);
        if self.json {
            let shown = json!({ "event": event_document(fact, &self.zone), "wall": sums.json() });
            return writeln!(self.out, "{shown}");
        }
        let by = fact.by.as_ref().map(|by| format!(" by {}", by.user)).unwrap_or_default();
        let (at, kind) = (timestamp(fact.at, &self.zone), fact.kind.as_str());
        writeln!(self.out, "{at}  {:<18} {}{by}\n{:>30}  {}", kind, self.subject(fact), "", sums.text())
    }

    fn subject(&self, fact: &Fact) -> String {
        let named = |id: &EventId| match self.state.occurrences.get(id) {
            Some(held) => format!("{id} {}", held.raise.condition),
            None => id.to_string(),
        };
        match &fact.kind {
            FactKind::Raised(raise) => format!("{} {} / {}", raise.condition, raise.name.zh, raise.name.en),
            FactKind::SourceChanged { occurrence, source, .. } => format!("{} {source:?}", named(occurrence)),
            FactKind::Closed { occurrence, reason } => format!("{} {reason:?}", named(occurrence)),
            FactKind::Judged { occurrence, verdict, .. } => format!("{} {verdict:?}", named(occurrence)),
            FactKind::Reactivated { occurrence } => named(occurrence),
            FactKind::Acknowledged { occurrences, .. } | FactKind::Silenced { occurrences, .. } => {
                occurrences.iter().map(named).collect::<Vec<_>>().join(", ")
            }
            _ => String::new(),
        }
    }

    /// The wall at `at`.
    fn wall(&mut self, at: Wall) -> Result<()> {
        let sums = Sums::of(&self.state);
        let rows: Vec<&Occurrence> = self.state.open().collect();
        if self.json {
            let alarms = rows.iter().map(|held| serde_json::to_value(alarm_document(held, &self.zone)));
            let alarms = alarms.collect::<Result<Vec<Value>, _>>()?;
            let last = EventId::from(self.state.last).to_string();
            let isolations: Vec<String> = self.state.isolations.values().map(|held| held.point.to_string()).collect();
            let shown = json!({
                "at": timestamp(at, &self.zone), "last": last, "wall": sums.json(), "alarms": alarms, "isolations": isolations,
            });
            writeln!(self.out, "{shown}")?;
            return Ok(());
        }
        writeln!(
            self.out,
            "{} after fact {}: {}",
            timestamp(at, &self.zone),
            EventId::from(self.state.last),
            sums.text()
        )?;
        for held in rows {
            let acknowledged =
                held.ack.as_ref().map_or("not acknowledged".to_owned(), |ack| format!("by {}", ack.by.user));
            let first = if held.raise.first { " first" } else { "" };
            let (raised, raise) = (timestamp(held.raised_at, &self.zone), &held.raise);
            writeln!(
                self.out,
                "{:>10}  {raised}  {} {:?} {acknowledged}{first}\n{:>10}  {} / {}",
                held.id.to_string(),
                raise.condition,
                held.source,
                "",
                raise.name.zh,
                raise.name.en
            )?;
        }
        for held in self.state.isolations.values() {
            writeln!(
                self.out,
                "{:>10}  isolated {} by {}: {}",
                held.id.to_string(),
                held.point,
                held.by.user,
                held.reason
            )?;
        }
        Ok(())
    }
}

/// What everybody sees at a glance.
struct Sums {
    open: usize,
    unacknowledged: usize,
    tone: Value,
    first: Vec<String>,
}

impl Sums {
    fn of(state: &State) -> Sums {
        let first = state.current_incident().map(|incident| incident.first.clone()).unwrap_or_default();
        let named = |id: &EventId| state.occurrences.get(id).map(|held| held.raise.condition.to_string());
        Sums {
            open: state.open().count(),
            unacknowledged: state.open().filter(|held| held.ack.is_none()).count(),
            tone: serde_json::to_value(state.tone()).unwrap_or_default(),
            first: first.iter().filter_map(named).collect(),
        }
    }

    fn json(&self) -> Value {
        json!({ "open": self.open, "unacknowledged": self.unacknowledged, "tone": self.tone, "first": self.first })
    }

    fn text(&self) -> String {
        let tone = self.tone.as_str().unwrap_or("none");
        let first = if self.first.is_empty() { String::new() } else { format!(", first {}", self.first.join(" = ")) };
        format!("{} open, {} not acknowledged, sound {tone}{first}", self.open, self.unacknowledged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOURNAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/journals/v2/facts.jsonl");

    fn play(line: &[&str]) -> Result<String> {
        #[derive(clap::Parser)]
        struct Program {
            #[command(flatten)]
            args: ReplayArgs,
        }
        let program = <Program as clap::Parser>::try_parse_from(line)?;
        let mut out = Vec::new();
        run(&program.args, &mut out)?;
        Ok(String::from_utf8(out)?)
    }

    #[test]
    fn every_fact_is_shown_with_the_wall_after_it_and_the_last_wall_is_the_state() {
        let lines = play(&["replay", "--file", JOURNAL, "--json"]).expect("plays");
        let facts: Vec<Fact> = std::fs::read_to_string(JOURNAL)
            .expect("is there")
            .lines()
            .map(|line| Fact::from_bytes(line.as_bytes()).expect("is one"))
            .collect();
        assert_eq!(lines.lines().count(), facts.len());
        let mut state = State::default();
        facts.iter().for_each(|fact| state.apply(fact));
        let last: Value = serde_json::from_str(lines.lines().last().expect("some")).expect("is JSON");
        assert_eq!(last["wall"], Sums::of(&state).json());
        let wall: Value = serde_json::from_str(
            &play(&["replay", "--file", JOURNAL, "--json", "--until", "2099-01-01T00:00:00Z"]).expect("plays"),
        )
        .expect("is JSON");
        assert_eq!(wall["alarms"].as_array().map(Vec::len), Some(state.open().count()));
        assert_eq!(wall["last"], EventId::from(state.last).to_string());
    }

    #[test]
    fn the_wall_at_an_instant_is_that_of_the_facts_up_to_it() {
        let facts = std::fs::read_to_string(JOURNAL).expect("is there");
        let facts: Vec<Fact> = facts.lines().map(|line| Fact::from_bytes(line.as_bytes()).expect("is one")).collect();
        let middle = facts[20].at;
        let at = timestamp(middle, &TimeZone::UTC);
        let wall: Value =
            serde_json::from_str(&play(&["replay", "--file", JOURNAL, "--json", "--until", &at]).expect("plays"))
                .expect("is JSON");
        let mut state = State::default();
        facts.iter().filter(|fact| fact.at <= middle).for_each(|fact| state.apply(fact));
        assert_eq!(wall["wall"], Sums::of(&state).json());
        assert!(play(&["replay", "--file", JOURNAL, "--until", &at]).expect("plays").contains("after fact"));
    }

    #[test]
    fn a_copy_with_a_hole_is_refused() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("copy.jsonl");
        let facts = std::fs::read_to_string(JOURNAL).expect("is there");
        let without: String =
            facts.lines().filter(|line| !line.contains(r#""seq":7,"#)).map(|line| format!("{line}\n")).collect();
        std::fs::write(&path, without).expect("writes");
        let said = format!("{:#}", play(&["replay", "--file", path.to_str().expect("plain")]).expect_err("is refused"));
        assert!(said.contains("line 7: fact 8 where 7 follows"), "{said}");
    }
}
