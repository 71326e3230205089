//! What is shown of a replay: facts, and the wall after each.
//!
//! Takes: facts in order, as the journal holds them or as they are decided anew.
//! Gives: lines for people or JSON, all at once or at the pace at which it happened.
//! Never: decides anything: facts are applied as they stand, so that what is seen is what was seen.

use std::io::Write;
use std::time::Duration;

use anyhow::Result;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::engine::alarm::{Fact, FactKind, Occurrence, State};
use crate::engine::base::{EventId, Wall};
use crate::live::document::{alarm_document, event_document, timestamp};

/// No pause is longer than this, however long nothing happened.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Shows facts, one after the other, with the wall after each.
pub(super) struct Player<'out, W: Write> {
    pub(super) from: Option<Wall>,
    pub(super) to: Option<Wall>,
    pub(super) silent: bool,
    pub(super) speed: Option<f64>,
    pub(super) json: bool,
    pub(super) zone: TimeZone,
    pub(super) state: State,
    /// When the last fact that was shown was decided.
    pub(super) last: Option<Wall>,
    pub(super) out: &'out mut W,
}

impl<W: Write> Player<'_, W> {
    /// One fact: applied, and shown where it lies in the stretch.
    pub(super) fn fact(&mut self, fact: &Fact) -> std::io::Result<()> {
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
        writeln!(self.out, "{}\n{:>30}  {}", line(fact, &self.state, &self.zone), "", sums.text())
    }

    /// The wall at `at`.
    pub(super) fn wall(&mut self, at: Wall) -> Result<()> {
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

/// A fact in one line; `state` has it applied.
pub(super) fn line(fact: &Fact, state: &State, zone: &TimeZone) -> String {
    let by = fact.by.as_ref().map(|by| format!(" by {}", by.user)).unwrap_or_default();
    format!("{}  {:<18} {}{by}", timestamp(fact.at, zone), fact.kind.as_str(), subject(fact, state))
}

fn subject(fact: &Fact, state: &State) -> String {
    let named = |id: &EventId| match state.occurrences.get(id) {
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

/// What everybody sees at a glance.
pub(super) struct Sums {
    open: usize,
    unacknowledged: usize,
    tone: Value,
    first: Vec<String>,
}

impl Sums {
    pub(super) fn of(state: &State) -> Sums {
        let first = state.current_incident().map(|incident| incident.first.clone()).unwrap_or_default();
        let named = |id: &EventId| state.occurrences.get(id).map(|held| held.raise.condition.to_string());
        Sums {
            open: state.open().count(),
            unacknowledged: state.open().filter(|held| held.ack.is_none()).count(),
            tone: serde_json::to_value(state.tone()).unwrap_or_default(),
            first: first.iter().filter_map(named).collect(),
        }
    }

    pub(super) fn json(&self) -> Value {
        json!({ "open": self.open, "unacknowledged": self.unacknowledged, "tone": self.tone, "first": self.first })
    }

    fn text(&self) -> String {
        let tone = self.tone.as_str().unwrap_or("none");
        let first = if self.first.is_empty() { String::new() } else { format!(", first {}", self.first.join(" = ")) };
        format!("{} open, {} not acknowledged, sound {tone}{first}", self.open, self.unacknowledged)
    }
}
