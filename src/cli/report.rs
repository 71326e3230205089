//! `tocsin report`: what the journal says of a day, a month or an incident.
//!
//! Takes: a state directory, also of a gateway that runs, the name of a report and a stretch of time.
//! Gives: tables for people or programs, or a page to print; on the output or in a file that is whole or not there.
//! Never: a copy that is not recorded (RC-01); reads a journal that is broken as if it were whole.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use clap::builder::PossibleValuesParser;
use jiff::tz::TimeZone;

use super::noted;
use super::table::Table;
use crate::daemon::accepted;
use crate::edge::clock::Clock;
use crate::edge::export::{self, Format, Manner, Replacing, human};
use crate::edge::journal;
use crate::edge::web::report_page;
use crate::engine::alarm::Exported;
use crate::engine::base::{EventId, Language, Text, Wall};
use crate::engine::performance::Performance;
use crate::engine::report::{Cell, Document, Name, Report, Source};
use crate::live::document::{timestamp, zone};
use crate::live::performance_document::performance_document;
use crate::live::report_period::Asked;

/// Reports from the journal.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Which
    #[arg(value_name = "REPORT", value_parser = PossibleValuesParser::new(Name::ALL.map(Name::as_str)))]
    pub report: String,
    /// State directory
    #[arg(long, value_name = "DIR", default_value = "/var/lib/tocsin")]
    pub state: PathBuf,
    /// One day: 2026-11-22
    #[arg(long, value_name = "DAY")]
    pub date: Option<String>,
    /// One month: 2026-11
    #[arg(long, value_name = "MONTH")]
    pub month: Option<String>,
    /// From when: RFC 3339 with an offset, or a day
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Until when, not included: RFC 3339 with an offset, or a day to its end; now when it is left out
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// Which incident, by the id it has everywhere; the last when it is left out
    #[arg(long, value_name = "ID")]
    pub incident: Option<String>,
    /// The language of words; a table on the terminal has both when it is left out
    #[arg(long, value_name = "LANG", value_parser = ["zh", "en"])]
    pub lang: Option<String>,
    /// What it is written as
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = ["table", "csv", "xlsx", "json", "html"])]
    pub format: String,
    /// Write to this file, which is whole or not there, instead of the output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Of `performance`: the figures as one JSON object, as the gateway serves them
    #[arg(long, conflicts_with_all = ["format", "lang"])]
    pub json: bool,
}

/// Runs the subcommand and prints to `out`.
///
/// # Errors
/// A time that is none, an incident that is not there, a journal that cannot be read or is broken, a file that cannot be
/// written; the message says which.
pub fn run(args: &ReportArgs, out: &mut impl Write, err: &mut impl Write) -> Result<()> {
    let name = Name::named(&args.report).ok_or_else(|| anyhow!("{}: no report", args.report))?;
    if args.json && name != Name::Performance {
        bail!("--json is of `performance` alone; --format json writes every report");
    }
    // The site as the gateway accepted it last: its name, and the zone of its days.
    let site = accepted::load(&args.state).ok().map(|(site, _)| site);
    let zone = site.as_ref().map_or_else(TimeZone::system, zone);
    let now = Clock::start().now().wall;
    let (from, to) = period(args, name, now, &zone)?;
    if args.json {
        let mut performance = Performance::of(from, to);
        journal::facts(&args.state, |fact| performance.note(fact))?;
        return Ok(writeln!(out, "{}", performance_document(&performance.figures(), &zone))?);
    }
    let incident = args.incident.as_deref().map(|id| {
        id.parse::<EventId>().map_err(|()| anyhow!("--incident {id}: not an id; it has two numbers: 3-1017"))
    });
    let mut report = Report::begin(name, from, to, incident.transpose()?);
    let verified = journal::facts(&args.state, |fact| report.note(fact))?;
    let report = report.finish().ok_or_else(|| match &args.incident {
        Some(id) => anyhow!("--incident {id}: no incident of the journal has this id"),
        None => anyhow!("the journal has no incident"),
    })?;
    if args.out.is_some() || args.format != "table" {
        let scope = format!("{} to {}", timestamp(report.from, &zone), timestamp(report.to, &zone));
        let what = format!("report {}", args.report);
        noted::exported(&args.state, Exported { what, form: args.format.clone(), scope }, err)?;
    }
    let name = site.map(|site| site.name).unwrap_or_default();
    let source = Source { site: name, made: now, last: verified.last.into(), head: verified.head };
    match &args.out {
        None => write(args, &report, &source, &zone, out),
        Some(path) => {
            let mut file = Replacing::begin(path).with_context(|| path.display().to_string())?;
            write(args, &report, &source, &zone, &mut BufWriter::new(&mut file))?;
            file.commit().with_context(|| path.display().to_string())
        }
    }
}

fn period(args: &ReportArgs, name: Name, now: Wall, zone: &TimeZone) -> Result<(Wall, Wall)> {
    let asked = Asked {
        date: args.date.as_deref(),
        month: args.month.as_deref(),
        from: args.from.as_deref(),
        to: args.to.as_deref(),
    };
    asked.period(name, now, zone).map_err(|wrong| {
        let given = match wrong.field {
            "date" => asked.date,
            "month" => asked.month,
            "from" => asked.from,
            _ => asked.to,
        };
        anyhow!("--{} {}: {}", wrong.field, given.unwrap_or_default(), wrong.expected.en)
    })
}

fn write(args: &ReportArgs, report: &Document, source: &Source, zone: &TimeZone, out: &mut impl Write) -> Result<()> {
    let language = args.lang.as_deref().map(|lang| if lang == "en" { Language::En } else { Language::Zh });
    let manner = Manner { language: language.unwrap_or_default(), zone: zone.clone() };
    match (args.format.as_str(), Format::named(&args.format)) {
        (_, Some(format)) => {
            let mut sheets = format.writer(&mut *out, manner)?;
            export::document(&mut *sheets, report, source)?;
        }
        ("html", None) => out.write_all(report_page(report, source, &manner).as_bytes())?,
        _ => out.write_all(tables(report, source, language, &manner).as_bytes())?,
    }
    Ok(out.flush()?)
}

/// The tables as people read them on a terminal, in one language or in both.
fn tables(report: &Document, source: &Source, language: Option<Language>, manner: &Manner) -> String {
    let say = |text: &Text| match language {
        Some(language) => text.get(language).to_owned(),
        None if text.zh == text.en => text.zh.clone(),
        None => format!("{} {}", text.zh, text.en),
    };
    let cell = |cell: &Cell| match cell {
        Cell::Text(text) => say(text),
        cell => human(cell, manner),
    };
    let (from, to) = (timestamp(report.from, &manner.zone), timestamp(report.to, &manner.zone));
    let mut text = format!("{} {}\n{from} - {to}\n", say(&report.title), say(&source.site));
    for table in report.tables.iter().filter(|table| !table.rows.is_empty()) {
        let heads: Vec<String> = table.head.columns.iter().map(|column| say(&column.name)).collect();
        let mut rows = Table::new(&heads.iter().map(String::as_str).collect::<Vec<_>>());
        table.rows.iter().for_each(|row| rows.row(row.iter().map(cell)));
        text.push_str(&format!("\n{}\n{}", say(&table.head.title), rows.print("")));
        if table.left_out > 0 {
            text.push_str(&format!("+{}\n", table.left_out));
        }
    }
    text.push_str(&format!("\n{} {}\n", source.last, source.head));
    text
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
