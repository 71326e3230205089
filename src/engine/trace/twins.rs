//! The same thing in two runs: what people and buses named by the facts of one is named by those of the other.
//!
//! Takes: the facts that the journal holds, and those decided now, both in order.
//! Gives: to each id of the first run the id of its twin: the same condition raised the same number of times before, the
//! same point isolated, the same command asked for; and what a fact says without the numbers of its run.
//! Never: another thing in its place: what has no twin is left out, and counted.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::engine::alarm::{CommandFact, Fact, FactKind};
use crate::engine::base::EventId;
use crate::engine::poll::Report;
use crate::engine::{Act, Input};

/// What the ids of one run stand for, in words that hold in another run.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    /// Ids up to this one are the same in both runs.
    shared: u64,
    counts: BTreeMap<String, u32>,
    labels: BTreeMap<EventId, String>,
    ids: BTreeMap<String, EventId>,
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

impl Labels {
    /// The runs have the facts up to `shared` in common.
    pub fn new(shared: u64) -> Labels {
        Labels { shared, ..Labels::default() }
    }

    /// A fact of the run, in order.
    pub fn note(&mut self, fact: &Fact) {
        let about = about(fact);
        let count = self.counts.entry(about.clone()).or_default();
        let label = format!("{about} #{count}");
        *count += 1;
        self.labels.insert(fact.id.into(), label.clone());
        self.ids.insert(label, fact.id.into());
    }

    /// What a fact says, without its number, with words for the ids in it, and without the name of the configuration
    /// and the release that said it.
    pub fn plain(&self, fact: &Fact) -> String {
        let mut value = serde_json::to_value(fact).unwrap_or_default();
        if let Value::Object(fields) = &mut value {
            for number in ["epoch", "seq"] {
                fields.remove(number);
            }
            if matches!(fact.kind, FactKind::Configured { .. } | FactKind::Restarted { .. }) {
                fields.retain(|name, _| name != "config" && name != "version");
            }
        }
        self.name(&mut value);
        value.to_string()
    }

    fn name(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(label) = text.parse().ok().and_then(|id| self.labels.get(&id)) {
                    text.clone_from(label);
                }
            }
            Value::Array(list) => list.iter_mut().for_each(|item| self.name(item)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.name(field)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

/// Who is whose twin.
#[derive(Clone, Debug, Default)]
pub struct Twins {
    recorded: Labels,
    decided: Labels,
    /// Inputs that named what this run does not have.
    orphans: u64,
}

impl Twins {
    /// Of what the journal holds from its fact `recorded.shared` on.
    pub fn new(recorded: Labels) -> Twins {
        Twins { decided: Labels::new(recorded.shared), recorded, orphans: 0 }
    }

    /// A fact that was decided now.
    pub fn decided(&mut self, fact: &Fact) {
        self.decided.note(fact);
    }

    /// Inputs that named what this run does not have.
    pub fn orphans(&self) -> u64 {
        self.orphans
    }

    fn twin(&self, id: EventId) -> Option<EventId> {
        if id.seq <= self.recorded.shared {
            return Some(id);
        }
        self.decided.ids.get(self.recorded.labels.get(&id)?).copied()
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

    /// Word of a command that this run did not send is no word.
    fn report(&self, mut report: Report) -> Report {
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
        for (name, field) in value.as_object_mut().into_iter().flatten() {
            match name.as_str() {
                "id" | "ids" | "run" | "arm" => self.rename(field)?,
                "counts" => self.rename_keys(field)?,
                _ => {}
            }
        }
        let mut named: Act = serde_json::from_value(value).ok()?;
        if let (Act::RecordRound(named), Act::RecordRound(report)) = (&mut named, act) {
            named.figures.clone_from(&report.figures);
        }
        Some(named)
    }

    fn rename(&self, value: &mut Value) -> Option<()> {
        match value {
            Value::String(text) => {
                if let Ok(id) = text.parse() {
                    *text = self.twin(id)?.to_string();
                }
                Some(())
            }
            Value::Array(list) => list.iter_mut().try_for_each(|item| self.rename(item)),
            Value::Object(fields) => fields.values_mut().try_for_each(|item| self.rename(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) => Some(()),
        }
    }

    fn rename_keys(&self, value: &mut Value) -> Option<()> {
        let Value::Object(fields) = value else { return Some(()) };
        for (name, count) in std::mem::take(fields) {
            fields.insert(self.twin(name.parse().ok()?)?.to_string(), count);
        }
        Some(())
    }
}
