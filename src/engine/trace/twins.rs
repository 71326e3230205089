//! The same thing in two runs: what people and buses named by the facts of one is named by those of the other.
//!
//! Takes: the facts that the journal holds, and those decided now, both in order.
//! Gives: to each id of the first run the id of its twin: the same condition raised the same number of times before, the
//! same point isolated, the same command asked for.
//! Never: another thing in its place: what has no twin is left out, and counted.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::engine::alarm::{CommandFact, Fact, FactKind};
use crate::engine::base::EventId;
use crate::engine::poll::Report;
use crate::engine::{Act, Input};

/// Who is whose twin.
#[derive(Clone, Debug, Default)]
pub struct Twins {
    /// By what it is about and how often that was before: the id in the recorded run.
    recorded: BTreeMap<(String, u32), EventId>,
    seen: BTreeMap<String, u32>,
    decided: BTreeMap<String, u32>,
    of: BTreeMap<EventId, EventId>,
    /// Ids up to this one are the same in both runs.
    shared: u64,
    /// Inputs that named what this run does not have.
    orphans: u64,
}

/// What a fact is about, as far as two runs can agree on it.
fn about(fact: &Fact) -> String {
    let kind = fact.kind.as_str();
    match &fact.kind {
        FactKind::Raised(raise) => format!("{kind} {}", raise.condition),
        FactKind::Isolated { point, .. } => format!("{kind} {point}"),
        FactKind::Command(CommandFact::Requested(asked)) => format!("{kind} {} {}", asked.point, asked.verb),
        _ => kind.to_owned(),
    }
}

impl Twins {
    /// Both runs have the facts up to `shared` in common.
    pub fn new(shared: u64) -> Twins {
        Twins { shared, ..Twins::default() }
    }

    /// A fact that the journal holds.
    pub fn recorded(&mut self, fact: &Fact) {
        let about = about(fact);
        let seen = self.seen.entry(about.clone()).or_default();
        self.recorded.insert((about, *seen), fact.id.into());
        *seen += 1;
    }

    /// A fact that was decided now.
    pub fn decided(&mut self, fact: &Fact) {
        let about = about(fact);
        let count = self.decided.entry(about.clone()).or_default();
        if let Some(twin) = self.recorded.get(&(about, *count)) {
            self.of.insert(*twin, fact.id.into());
        }
        *count += 1;
    }

    /// Inputs that named what this run does not have.
    pub fn orphans(&self) -> u64 {
        self.orphans
    }

    fn twin(&self, id: EventId) -> Option<EventId> {
        if id.seq <= self.shared { Some(id) } else { self.of.get(&id).copied() }
    }

    /// An input by the ids of this run; nothing where what it is about is not there.
    pub fn input(&mut self, input: Input) -> Option<Input> {
        let named = match input {
            Input::Act { ticket, by, key, act } => self.act(&act).map(|act| Input::Act { ticket, by, key, act }),
            Input::Report { bus, report } => Some(Input::Report { bus, report: self.report(report) }),
            other => Some(other),
        };
        self.orphans += u64::from(named.is_none());
        named
    }

    fn report(&mut self, mut report: Report) -> Report {
        report.commands.retain_mut(|news| match self.twin(news.id) {
            Some(id) => {
                news.id = id;
                true
            }
            None => false,
        });
        report
    }

    /// Ids stand in acts as text of their own, or as names of a map; a figure of a round is no part of it.
    fn act(&self, act: &Act) -> Option<Act> {
        let mut value = serde_json::to_value(act).ok()?;
        self.rename(&mut value)?;
        let mut named: Act = serde_json::from_value(value).ok()?;
        if let (Act::RecordRound(named), Act::RecordRound(report)) = (&mut named, act) {
            named.figures.clone_from(&report.figures);
        }
        Some(named)
    }

    fn rename(&self, value: &mut Value) -> Option<()> {
        match value {
            Value::Object(fields) => {
                for (name, field) in std::mem::take(fields) {
                    let mut field = field;
                    match name.as_str() {
                        "id" | "ids" | "run" | "arm" => self.ids(&mut field)?,
                        "counts" => self.keys(&mut field)?,
                        _ => {}
                    }
                    fields.insert(name, field);
                }
                Some(())
            }
            _ => Some(()),
        }
    }

    fn ids(&self, value: &mut Value) -> Option<()> {
        match value {
            Value::String(text) => {
                if let Ok(id) = serde_json::from_value::<EventId>(Value::String(text.clone())) {
                    *text = self.twin(id)?.to_string();
                }
                Some(())
            }
            Value::Array(list) => list.iter_mut().try_for_each(|item| self.ids(item)),
            Value::Object(fields) => fields.values_mut().try_for_each(|item| self.ids(item)),
            _ => Some(()),
        }
    }

    fn keys(&self, value: &mut Value) -> Option<()> {
        let Value::Object(fields) = value else { return Some(()) };
        for (name, count) in std::mem::take(fields) {
            let id = serde_json::from_value::<EventId>(Value::String(name)).ok()?;
            fields.insert(self.twin(id)?.to_string(), count);
        }
        Some(())
    }
}
