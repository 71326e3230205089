//! `tocsin journal replay`: an incident on a desk, in simulated time.
//!
//! Takes: a state directory, or a copy of a journal as JSON lines; a stretch of time or an incident; a configuration.
//! Gives: what that configuration decides of the inputs of then, fact by fact with the wall after each, and whether it is
//! what the journal holds; or, where no trace of inputs is at hand or nobody asks for it, what was decided as it stands.
//! Never: changes anything: neither journal nor trace, and no gateway that runs.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use flate2::read::MultiGzDecoder;
use jiff::tz::TimeZone;

use super::journal_again::{self, tell};
use super::journal_player::Player;
use super::journal_times::{time, zone_of};
use crate::config::{self, Problem, daemon};
use crate::daemon::accepted;
use crate::edge::journal::{self, JournalError, Told};
use crate::engine::alarm::{Fact, FactError, FactKind, State};
use crate::engine::base::{EventId, Text, Wall};
use crate::engine::site::Site;

/// What to play, and how.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// State directory
    #[arg(long, value_name = "DIR", default_value = "/var/lib/tocsin")]
    pub state: PathBuf,
    /// A whole copy of a journal instead, as `export --form jsonl` makes it; packed where it ends in `.gz`
    #[arg(long, value_name = "FILE", conflicts_with = "state")]
    pub file: Option<PathBuf>,
    /// Decide with this configuration (tocsin.toml, the folder that holds it, or a site folder) instead of the one that the
    /// gateway accepted last
    #[arg(long, value_name = "PATH", conflicts_with_all = ["file", "until", "recorded"])]
    pub config: Option<PathBuf>,
    /// Decide nothing anew: show what was decided as it stands
    #[arg(long)]
    pub recorded: bool,
    /// Only this incident, by its id
    #[arg(long, value_name = "ID", conflicts_with_all = ["file", "from", "to", "until"])]
    pub incident: Option<String>,
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

/// Plays. Gives the exit code: 0, 1 where what is decided now is not what the journal holds, 2 for a configuration that is
/// refused.
///
/// # Errors
/// A time that is none; a journal, a trace or a copy that cannot be read, is broken, or does not begin at its beginning.
pub fn run(args: &ReplayArgs, out: &mut impl Write, err: &mut impl Write) -> Result<u8> {
    if args.speed.is_some_and(|speed| !(speed > 0.0 && speed.is_finite())) {
        bail!("--speed: more than 0");
    }
    let until = time("until", args.until.as_deref())?;
    let (from, to) = match &args.incident {
        Some(incident) => incident_times(&args.state, incident)?,
        None => (time("from", args.from.as_deref())?, time("to", args.to.as_deref())?),
    };
    let mut player = Player {
        from,
        to: until.map(|until| Wall(until.0.saturating_add(1))).or(to),
        silent: until.is_some(),
        speed: args.speed,
        json: args.json,
        zone: if args.file.is_some() { TimeZone::system() } else { zone_of(&args.state) },
        state: State::default(),
        last: None,
        out,
    };
    match &args.file {
        Some(path) => file(&mut player, path).with_context(|| path.display().to_string())?,
        None if until.is_some() || args.recorded => recorded(&mut player, &args.state)?,
        None => return anew(&mut player, args, err),
    }
    if let Some(until) = until {
        player.wall(until)?;
    }
    Ok(0)
}

/// Decides anew, where that is possible.
fn anew(player: &mut Player<'_, impl Write>, args: &ReplayArgs, err: &mut impl Write) -> Result<u8> {
    let site = match &args.config {
        Some(path) => match given(path) {
            Ok(site) => Some(site),
            Err(problems) => {
                problems.iter().try_for_each(|problem| writeln!(err, "{problem}"))?;
                return Ok(2);
            }
        },
        None => accepted::load(&args.state).ok().map(|(site, _)| site),
    };
    if site.is_none() {
        let en = "There is no configuration to decide with; what was decided is shown as it stands";
        tell(err, &Text::new("没有可用的配置，显示当时的判定", en))?;
    }
    if let Some(site) = site.map(Arc::new)
        && let Some(compared) = journal_again::decide(&args.state, Arc::clone(&site), player, err)?
    {
        if args.json {
            compared.print_json(&site.hash, player.out)?;
        } else {
            compared.print(player.out)?;
        }
        return Ok(u8::from(!compared.is_same()));
    }
    recorded(player, &args.state)?;
    Ok(0)
}

/// The site of a configuration, as the gateway would run it.
fn given(path: &Path) -> Result<Site, Vec<Problem>> {
    let (settings, _) = daemon::load(path, &daemon::environment())?;
    config::load_lenient(&settings.site, &settings.profiles).map(|(site, _)| site)
}

/// From the fact that opened an incident to behind the one that closed it; to the end while it is open.
fn incident_times(state: &Path, text: &str) -> Result<(Option<Wall>, Option<Wall>)> {
    let incident: EventId =
        text.parse().map_err(|()| anyhow!("--incident {text}: not an id; write for example 3-57"))?;
    let (mut from, mut to) = (None, None);
    journal::facts(state, |fact| match &fact.kind {
        FactKind::IncidentOpened {} if EventId::from(fact.id) == incident => from = Some(fact.at),
        FactKind::IncidentClosed { incident: closed, .. } if *closed == incident => to = Some(Wall(fact.at.0 + 1)),
        _ => {}
    })?;
    from.with_context(|| format!("--incident {incident}: the journal has no incident of this id"))?;
    Ok((from, to))
}

/// What the journal holds, as it stands.
fn recorded(player: &mut Player<'_, impl Write>, state: &Path) -> Result<()> {
    let mut refused = None;
    let read = journal::read_through(state, |told| {
        let fact = match told {
            // What was kept of before a checkpoint is in the state at it.
            Told::Kept(..) => return Ok(()),
            Told::Begins(begins) => {
                player.state = *begins;
                return Ok(());
            }
            Told::Fact(fact, _) => fact,
        };
        player.fact(fact).map_err(|error| {
            refused = Some(error);
            JournalError::Io { path: "output".into(), source: std::io::ErrorKind::Other.into() }
        })
    });
    match refused {
        Some(error) => Err(error.into()),
        None => Ok(read.map(drop)?),
    }
}

/// The same of a copy.
fn file(player: &mut Player<'_, impl Write>, path: &Path) -> Result<()> {
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
        player.fact(&fact)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::cli::journal_player::Sums;
    use crate::live::document::timestamp;

    const JOURNAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/journals/v2/facts.jsonl");

    fn play(line: &[&str]) -> Result<String> {
        #[derive(clap::Parser)]
        struct Program {
            #[command(flatten)]
            args: ReplayArgs,
        }
        let program = <Program as clap::Parser>::try_parse_from(line)?;
        let mut out = Vec::new();
        run(&program.args, &mut out, &mut Vec::new())?;
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
