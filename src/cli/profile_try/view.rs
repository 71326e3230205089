//! What a person sees of a device on trial.
//!
//! Takes: the device as it is now.
//! Gives: a table that is drawn anew in place on a terminal; elsewhere a line for each change, and the table at the end.
//! Never: a value without its quality.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use serde_json::{Value, json};

use super::live::Live;
use crate::cli::table::Table;
use crate::config::cases::Wanted;
use crate::engine::base::Reason;
use crate::engine::site::{Point, Site};

/// Rows of a terminal whose size is not known.
const ROWS: usize = 24;
/// Rows that stand around the points.
const AROUND: usize = 6;

/// Home, and everything below away.
const ANEW: &str = "\x1b[H\x1b[J";

/// What was shown last.
pub(super) struct View {
    site: Arc<Site>,
    drawn: bool,
    shown: BTreeMap<String, Wanted>,
    conditions: Vec<String>,
    trouble: Option<String>,
}

impl View {
    /// `drawn`: on a terminal.
    pub(super) fn new(site: Arc<Site>, drawn: bool) -> View {
        View { site, drawn, shown: BTreeMap::new(), conditions: Vec::new(), trouble: None }
    }

    /// What is new.
    pub(super) fn show(&mut self, live: &Live, out: &mut impl Write) -> io::Result<()> {
        let changed = self.changed(live);
        if self.drawn {
            let rows = rows();
            write!(out, "{ANEW}{}", self.table(live, Some((rows.saturating_sub(AROUND), &changed))))?;
        } else {
            for point in &changed {
                if let Some(point) = self.site.points.iter().find(|known| known.id.point() == point) {
                    writeln!(out, "{}", self.line(live, point).join("  "))?;
                }
            }
            let conditions: Vec<String> = live.watch.outcome.active.iter().cloned().collect();
            for came in conditions.iter().filter(|condition| !self.conditions.contains(condition)) {
                writeln!(out, "active: {came}")?;
            }
            for went in self.conditions.iter().filter(|condition| !conditions.contains(condition)) {
                writeln!(out, "no longer active: {went}")?;
            }
            if live.trouble != self.trouble {
                live.trouble.iter().try_for_each(|trouble| writeln!(out, "{trouble}"))?;
            }
            self.conditions = conditions;
        }
        self.trouble.clone_from(&live.trouble);
        out.flush()
    }

    /// The points that say something else than when they were shown last.
    fn changed(&mut self, live: &Live) -> Vec<String> {
        let mut changed = Vec::new();
        for (point, wanted) in &live.watch.outcome.points {
            let before = self.shown.insert(point.clone(), wanted.clone());
            let news =
                before.as_ref() != Some(wanted) && (before.is_some() || *wanted != Wanted::Unknown(Reason::NeverRead));
            if news {
                changed.push(point.clone());
            }
        }
        changed
    }

    /// Everything; at most so many points when there is no more room, those that changed first.
    pub(super) fn table(&self, live: &Live, room: Option<(usize, &[String])>) -> String {
        let mut table = Table::new(&["point", "value", "quality", "registers", "age", ""]);
        let mut points: Vec<&Point> = self.site.points.iter().collect();
        let (most, changed) = room.unwrap_or((usize::MAX, &[]));
        let is_new = |point: &Point| changed.iter().any(|changed| changed == point.id.point());
        if points.len() > most {
            points.sort_by_key(|point| !is_new(point));
        }
        let left_out = points.len().saturating_sub(most);
        for point in points.into_iter().take(most) {
            let mark = if is_new(point) { "<- new" } else { "" };
            table.row(self.line(live, point).into_iter().chain([mark.to_owned()]));
        }
        let mut text = table.print("");
        if left_out > 0 {
            text.push_str(&format!("… and {left_out} more points\n"));
        }
        let active: Vec<&str> = live.watch.outcome.active.iter().map(String::as_str).collect();
        text.push_str(&format!(
            "active: {}\n",
            if active.is_empty() { "nothing".to_owned() } else { active.join(", ") }
        ));
        text.push_str(&identity(live));
        if let Some(trouble) = &live.trouble {
            text.push_str(&format!("{trouble}\n"));
        }
        text
    }

    /// Point, value, quality, registers, age.
    fn line(&self, live: &Live, point: &Point) -> Vec<String> {
        let (value, quality) = match live.watch.outcome.points.get(point.id.point()) {
            Some(Wanted::Number(number)) => (format!("{number} {}", point.unit).trim_end().to_owned(), "good"),
            Some(Wanted::Bit(set)) => (set.to_string(), "good"),
            Some(Wanted::State(text)) => (text.clone(), "good"),
            Some(Wanted::Unknown(reason)) => ("-".to_owned(), reason.as_str()),
            None => ("-".to_owned(), Reason::NeverRead.as_str()),
        };
        let encoding = &point.encoding;
        let raw = live.raw(encoding.table, encoding.address, encoding.width());
        let (raw, age) = raw.map_or_else(Default::default, |(words, age)| {
            let spelt = |word: &u16| if encoding.table.is_bits() { word.to_string() } else { format!("{word:04X}") };
            let words: Vec<String> = words.iter().map(spelt).collect();
            (words.join(" "), format!("{:.1} s", age.as_secs_f64()))
        });
        vec![point.id.point().to_owned(), value, quality.to_owned(), raw, age]
    }

    /// Everything, for a program.
    pub(super) fn as_json(&self, live: &Live) -> Value {
        let points: Vec<Value> = self.site.points.iter().map(|point| self.point(live, point)).collect();
        json!({
            "answers": live.answers(), "identity": live.identity, "trouble": live.trouble,
            "active": live.watch.outcome.active, "points": points,
        })
    }

    fn point(&self, live: &Live, point: &Point) -> Value {
        let wanted = live.watch.outcome.points.get(point.id.point());
        let (value, quality) = match wanted {
            Some(Wanted::Number(number)) => (json!(number), "good"),
            Some(Wanted::Bit(set)) => (json!(set), "good"),
            Some(Wanted::State(text)) => (json!(text), "good"),
            Some(Wanted::Unknown(reason)) => (Value::Null, reason.as_str()),
            None => (Value::Null, Reason::NeverRead.as_str()),
        };
        let encoding = &point.encoding;
        let raw = live.raw(encoding.table, encoding.address, encoding.width());
        json!({
            "point": point.id.point(), "value": value, "unit": point.unit, "quality": quality,
            "table": encoding.table.as_str(), "address": encoding.address,
            "registers": raw.as_ref().map(|(words, _)| words),
            "age_ms": raw.map(|(_, age)| u64::try_from(age.as_millis()).unwrap_or(u64::MAX)),
        })
    }
}

fn identity(live: &Live) -> String {
    let said = live.says.iter().flatten().map(|word| format!("{word:04X}")).collect::<Vec<_>>().join(" ");
    match live.identity {
        Some(true) => format!("identity: {said}, as the profile says\n"),
        Some(false) => format!("identity: {said}, which is another device than the profile's\n"),
        None => String::new(),
    }
}

/// How many rows the terminal has.
fn rows() -> usize {
    rustix::termios::tcgetwinsize(io::stdout()).map_or(ROWS, |size| usize::from(size.ws_row).max(AROUND + 1))
}
