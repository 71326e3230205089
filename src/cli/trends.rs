//! `tocsin trends export`: what was measured, for a spreadsheet or a program.
//!
//! Takes: a state directory, also of a gateway that runs, points, a stretch of time, a format.
//! Gives: a table on the output, or in a file that is whole or not there; how far it is, on a terminal.
//! Never: more than a few hours of one point in memory; a copy that is not recorded, where there is a journal (RC-01).

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Subcommand};
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::noted;
use crate::daemon::accepted;
use crate::edge::clock::Clock;
use crate::edge::export::{Format, Layout, Manner, Replacing, Samples, TrendExport, Trended, is_like};
use crate::edge::trends::{Mark, Reader, TrendsError};
use crate::engine::alarm::Exported;
use crate::engine::base::{Language, PointId, Text, Wall};
use crate::engine::report::Name;
use crate::engine::site::Site;
use crate::live::Sample;
use crate::live::document::{timestamp, zone};
use crate::live::report_period::Asked;

/// The trends of a site.
#[derive(Debug, Args)]
pub struct TrendsArgs {
    /// What to do with them.
    #[command(subcommand)]
    pub verb: TrendsVerb,
}

/// What can be done with trends.
#[derive(Debug, Subcommand)]
pub enum TrendsVerb {
    /// Write what was measured as a table
    Export(ExportArgs),
}

/// What is exported.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Points by id; `*` stands for any letters, `?` for one: gen-1/oil-pressure 'pump-*/*'
    #[arg(value_name = "POINT", required = true)]
    pub points: Vec<String>,
    /// State directory
    #[arg(long, value_name = "DIR", default_value = "/var/lib/tocsin")]
    pub state: PathBuf,
    /// From when: RFC 3339 with an offset, or a day; the beginning of today when it is left out
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Until when, not included: RFC 3339 with an offset, or a day to its end; now when it is left out
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// A row for each whole step, with what held then: 1s, 5m, 1h; every sample as it is when it is left out
    #[arg(long, value_name = "LAPSE")]
    pub step: Option<String>,
    /// `long`: a row for each sample, one point after the other; `wide`: a row for each instant, points side by side
    #[arg(long, value_name = "LAYOUT", default_value = "long", value_parser = ["long", "wide"])]
    pub layout: String,
    /// What it is written as
    #[arg(long, value_name = "FORMAT", default_value = "csv", value_parser = ["csv", "xlsx", "json"])]
    pub format: String,
    /// The language of headers and names
    #[arg(long, value_name = "LANG", default_value = "zh", value_parser = ["zh", "en"])]
    pub lang: String,
    /// Write to this file, which is whole or not there, instead of the output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Runs the subcommand.
///
/// # Errors
/// No such point, a time that is none, trends that cannot be read, a file that cannot be written; the message says which.
pub fn run(args: &TrendsArgs, out: &mut impl Write, err: &mut impl Write) -> Result<()> {
    let TrendsVerb::Export(args) = &args.verb;
    let reader = Reader::open(&args.state)?;
    let site = accepted::load(&args.state).ok().map(|(site, _)| site);
    let zone = site.as_ref().map_or_else(TimeZone::system, zone);
    let points = points(args, &reader, site.as_ref())?;
    let asked = Asked { from: args.from.as_deref(), to: args.to.as_deref(), ..Asked::default() };
    let now = Clock::start().now().wall;
    let (from, to) = asked.period(Name::Daily, now, &zone).map_err(|wrong| {
        let given = if wrong.field == "from" { asked.from } else { asked.to };
        anyhow!("--{} {}: {}", wrong.field, given.unwrap_or_default(), wrong.expected.en)
    })?;
    let layout = if args.layout == "wide" { Layout::Wide } else { Layout::Long };
    let export = TrendExport { points, from, to, layout, step: step(args)? };
    let format = Format::named(&args.format).ok_or_else(|| anyhow!("{}: no format", args.format))?;
    let language = if args.lang == "en" { Language::En } else { Language::Zh };
    let scope = format!(
        "{} of {} points, {} to {}",
        args.points.join(","),
        export.points.len(),
        timestamp(from, &zone),
        timestamp(to, &zone)
    );
    noted::exported(&args.state, Exported { what: "trends".into(), form: args.format.clone(), scope }, err)?;
    let manner = Manner { language, zone };
    let mut samples = Read(reader);
    match &args.out {
        None => {
            let mut sheets = format.writer(out, manner)?;
            export.write(&mut *sheets, &mut samples, &mut |_| {})?;
        }
        Some(path) => {
            let mut file = Replacing::begin(path).with_context(|| path.display().to_string())?;
            let mut said = Said::default();
            let mut sheets = format.writer(BufWriter::new(&mut file), manner)?;
            let rows = export.write(&mut *sheets, &mut samples, &mut |share| said.hear(share));
            drop(sheets);
            said.end();
            let rows = rows.with_context(|| path.display().to_string())?;
            file.commit().with_context(|| path.display().to_string())?;
            writeln!(out, "{rows} rows in {}", path.display())?;
        }
    }
    Ok(())
}

/// The points that the patterns name; names and units as the gateway accepted them last.
fn points(args: &ExportArgs, reader: &Reader, site: Option<&Site>) -> Result<Vec<Trended>> {
    let known = reader.points()?;
    for pattern in &args.points {
        if !known.iter().any(|id| is_like(id.as_str(), pattern)) {
            bail!("{pattern}: no point with a trend is called so; {} have one", known.len());
        }
    }
    let wanted = known.into_iter().filter(|id| args.points.iter().any(|pattern| is_like(id.as_str(), pattern)));
    let named = |id: PointId| {
        let point = site.and_then(|site| site.points.iter().find(|point| point.id == id));
        let (name, unit) =
            point.map_or_else(|| (Text::default(), "".into()), |point| (Text::clone(&point.name), point.unit.clone()));
        Trended { id, name, unit }
    };
    Ok(wanted.map(named).collect())
}

fn step(args: &ExportArgs) -> Result<Option<Duration>> {
    let Some(text) = args.step.as_deref() else { return Ok(None) };
    let step = text.parse::<SignedDuration>().ok().and_then(|step| Duration::try_from(step).ok());
    let step = step.filter(|step| *step >= Duration::from_millis(1));
    step.map(Some).ok_or_else(|| anyhow!("--step {text}: not a lapse; write 1s, 5m or 1h"))
}

struct Read(Reader);

impl Samples for Read {
    fn read(&mut self, point: &PointId, from: Wall, to: Wall) -> io::Result<Vec<Sample>> {
        let marks = self.0.read(point, from, to).map_err(io_error)?;
        Ok(marks.into_iter().map(Mark::sample).collect())
    }

    fn held(&mut self, point: &PointId, at: Wall) -> io::Result<Option<Sample>> {
        Ok(self.0.held(point, at).map_err(io_error)?.map(Mark::sample))
    }
}

fn io_error(error: TrendsError) -> io::Error {
    io::Error::other(error.to_string())
}

/// How far it is, on one line of a terminal; nothing elsewhere.
#[derive(Default)]
struct Said {
    percent: Option<u32>,
}

impl Said {
    fn hear(&mut self, share: f64) {
        // A share is 0 to 1, so this is 0 to 100.
        let percent = (share * 100.0) as u32;
        if io::stderr().is_terminal() && self.percent != Some(percent) {
            eprint!("\r{percent:3} %");
            self.percent = Some(percent);
        }
    }

    fn end(&self) {
        if self.percent.is_some() {
            eprintln!();
        }
    }
}

#[cfg(test)]
#[path = "trends_tests.rs"]
mod tests;
