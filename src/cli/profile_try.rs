//! `tocsin profile try ID`: a live device, seen through a profile before it belongs to a site.
//!
//! Takes: a profile, an endpoint, a unit, perhaps a point list.
//! Gives: every point with its registers, the conditions that are active, whether the identity matches; with
//! `--write-case` a case of what the device says now.
//! Never: a command. It polls by `engine::poll::Bus` as the gateway does, and reads only.

mod live;
mod view;

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::time::Instant;

use self::live::Live;
use self::view::View;
use super::case_text;
use super::probe::endpoint::{EndpointArgs, spell};
use super::probe::record;
use super::probe::session::stop_when_told;
use super::profile_check::trial;
use super::profile_folders::Folders;
use crate::config::cases::{Element, Wanted};
use crate::config::problem::{Spot, did_you_mean};
use crate::config::{class, profile, site};
use crate::edge::clock::Clock;
use crate::engine::base::{Reason, is_segment};
use crate::engine::profile::{Pace, Profile, Speech};
use crate::engine::site::{Endpoint, Site};
use crate::live::document;

/// What to try.
#[derive(Debug, Args)]
pub struct TryArgs {
    /// Id of the profile: the name of its folder
    pub id: String,
    /// Where the device is.
    #[command(flatten)]
    pub at: EndpointArgs,
    /// Modbus unit id; without it the one the maker ships
    #[arg(long, value_name = "N")]
    pub unit: Option<u8>,
    /// Folder of profiles; repeatable, the first that has the profile wins
    #[arg(long = "profiles", value_name = "DIR")]
    pub profiles: Vec<PathBuf>,
    /// Point list of a panel: which elements of its arrays exist
    #[arg(long, value_name = "LIST.csv")]
    pub points: Option<PathBuf>,
    /// End as soon as everything was read once
    #[arg(long)]
    pub once: bool,
    /// End by itself after so many seconds
    #[arg(long, value_name = "N")]
    pub seconds: Option<u64>,
    /// Print one JSON object at the end
    #[arg(long)]
    pub json: bool,
    /// Write what the device says at the end as cases/NAME.toml of the profile
    #[arg(long, value_name = "NAME")]
    pub write_case: Option<String>,
}

/// A profile set on a device.
struct Trial {
    profile: Arc<Profile>,
    folder: PathBuf,
    elements: Vec<Element>,
    site: Arc<Site>,
}

/// A table on a terminal is drawn anew this often.
const REDRAW: Duration = Duration::from_millis(500);
/// What `--once` waits at most.
const ONCE_WITHIN: Duration = Duration::from_secs(60);

/// Tries. What a person reads goes to `out`, what is wrong to `err`. Gives the exit code: 0 when the device answers and is
/// what the profile says, 1 when not, 2 for wrong usage or configuration.
///
/// # Errors
/// The output cannot be written.
pub fn run(args: &TryArgs, out: &mut impl Write, err: &mut dyn Write) -> io::Result<u8> {
    let trial = match prepare(args) {
        Ok((trial, doubts)) => {
            for doubt in doubts {
                writeln!(err, "{doubt}")?;
            }
            trial
        }
        Err(lines) => {
            for line in lines {
                writeln!(err, "{line}")?;
            }
            return Ok(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(watch(args, &trial, out, err))
}

fn prepare(args: &TryArgs) -> Result<(Trial, Vec<String>), Vec<String>> {
    let lines = |problems: Vec<crate::config::Problem>| problems.iter().map(ToString::to_string).collect::<Vec<_>>();
    let endpoint = args.at.resolve()?;
    let folders = Folders { profiles: args.profiles.clone(), config: args.at.config.clone() }.resolve();
    let Some(folder) = profile::find(&args.id, &folders) else {
        let all = profile::list(&folders);
        let hint = did_you_mean(&args.id, all.iter().map(|(id, _)| id.as_str()));
        return Err(vec![format!("unknown profile \"{}\"; {hint}", args.id)]);
    };
    if let Some(name) = &args.write_case {
        free(&folder, name)?;
    }
    let (profile, warnings) = profile::load(&folder).map_err(lines)?;
    let classes = class::of_profile(&folder).map_err(lines)?;
    if profile.speech != Speech::Modbus {
        return Err(vec![format!(
            "profile \"{}\" speaks {}, not Modbus: it cannot be asked",
            args.id,
            profile.speech.as_str()
        )]);
    }
    let unit = args.unit.or(profile.unit).filter(|unit| *unit > 0);
    let unit = unit.ok_or_else(|| vec![format!("profile \"{}\" names no unit: --unit N", args.id)])?;
    let mut doubts = lines(warnings);
    let elements = elements(args, &profile)?;
    if elements.is_empty() && !profile.arrays.is_empty() {
        doubts.push("the profile has arrays: --points LIST.csv says which of their elements exist".to_owned());
    }
    let profile = Arc::new(profile);
    let mut site = trial::site(&profile, &classes, &elements).map_err(lines)?;
    for bus in &mut site.buses {
        bus.endpoint = endpoint.clone();
        // A person watches: nothing is read as seldom as on site.
        bus.periods = [(Pace::Fire, 1), (Pace::Fast, 1), (Pace::Normal, 2), (Pace::Slow, 5)]
            .map(|(pace, seconds)| (pace, Duration::from_secs(seconds)))
            .into();
    }
    for device in &mut site.devices {
        device.unit = unit;
    }
    Ok((Trial { profile, folder, elements, site: Arc::new(site) }, doubts))
}

/// Whether a case of this name can be written.
fn free(folder: &Path, name: &str) -> Result<(), Vec<String>> {
    if !is_segment(name) {
        return Err(vec![format!("--write-case {name}: no name of a case; a-z 0-9 _ . -")]);
    }
    let path = case_path(folder, name);
    if path.exists() {
        return Err(vec![format!("{}: is there already; it is not overwritten", path.display())]);
    }
    Ok(())
}

fn case_path(folder: &Path, name: &str) -> PathBuf {
    folder.join("cases").join(format!("{name}.toml"))
}

fn elements(args: &TryArgs, profile: &Profile) -> Result<Vec<Element>, Vec<String>> {
    let Some(path) = &args.points else { return Ok(Vec::new()) };
    let bytes = std::fs::read(path).map_err(|error| vec![format!("{}: {error}", path.display())])?;
    let name = path.display().to_string();
    let points = site::read_list(&name, &bytes, profile);
    let points = points.map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    let element = |point: crate::engine::site::ListedPoint| Element {
        array: point.array,
        loop_number: point.loop_number,
        index: point.index,
        spot: Spot { line: point.row, ..Spot::file(&name) },
    };
    Ok(points.into_iter().map(element).collect())
}

async fn watch(args: &TryArgs, trial: &Trial, out: &mut impl Write, err: &mut dyn Write) -> io::Result<u8> {
    let seconds = args.seconds.or(args.once.then_some(ONCE_WITHIN.as_secs()));
    let stop = stop_when_told(seconds)?;
    let mut live = Live::new(Arc::clone(&trial.site));
    let drawn = io::stdout().is_terminal() && !args.json && !args.once;
    let mut view = View::new(Arc::clone(&trial.site), drawn);
    if !args.json {
        let endpoint = trial.site.buses.first().map(|bus| spell(&bus.endpoint)).unwrap_or_default();
        let unit = trial.site.devices.first().map_or(0, |device| device.unit);
        writeln!(err, "{} at {endpoint}, unit {unit}; reads only, Ctrl-C ends", args.id)?;
    }
    while !(stop.is_cancelled() || args.once && live.everything_was_read()) {
        live.run_until(Instant::now() + REDRAW, &stop, args.once).await;
        if !args.json && !args.once {
            view.show(&live, out)?;
        }
    }
    if args.json {
        writeln!(out, "{}", view.as_json(&live))?;
    } else if !drawn {
        out.write_all(view.table(&live, None).as_bytes())?;
    }
    let answers = live.answers();
    let mut code = u8::from(!answers || live.identity == Some(false));
    if let Some(name) = &args.write_case {
        match write_case(trial, &live, name) {
            Ok(path) => writeln!(err, "{} written", path.display())?,
            Err(lines) => {
                code = 1;
                for line in lines {
                    writeln!(err, "{line}")?;
                }
            }
        }
    }
    Ok(code)
}

/// What the device said last as a case.
fn write_case(trial: &Trial, live: &Live, name: &str) -> Result<PathBuf, Vec<String>> {
    if !live.answers() {
        return Err(vec!["no case was written: the device does not answer".to_owned()]);
    }
    let when = document::timestamp(Clock::start().now().wall, &jiff::tz::TimeZone::UTC);
    let endpoint = trial.site.buses.first().map(|bus| match &bus.endpoint {
        Endpoint::Serial(line) => format!("a serial line at {} baud", line.baud),
        _ => "a TCP connection".to_owned(),
    });
    let story = format!("what the device said on {} at {when}", endpoint.unwrap_or_default());
    let refused = |wanted: &&Wanted| matches!(wanted, Wanted::Unknown(reason) if !matches!(reason, Reason::Absent | Reason::BadValue));
    let points = live.watch.outcome.points.iter();
    let unread: BTreeSet<String> =
        points.filter(|(_, wanted)| refused(wanted)).map(|(point, _)| point.clone()).collect();
    let text =
        case_text::text(&story, &trial.profile, &trial.site.classes, &trial.elements, &live.registers(), &unread);
    let text = text.map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    let path = case_path(&trial.folder, name);
    let failed = |error: io::Error| vec![format!("{}: {error}", path.display())];
    std::fs::create_dir_all(trial.folder.join("cases")).map_err(failed)?;
    record::create(&path, &text).map_err(|line| vec![line])?;
    Ok(path)
}
