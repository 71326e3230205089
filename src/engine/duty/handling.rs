//! 故障/报警处理记录: what became of every alarm, command, isolation and linkage, made from the journal alone (FL-04).
//!
//! Takes: facts, in the order of the journal.
//! Gives: [`Handling`], one [`Entry`] for each, with every step, its time and its person.
//! Never: anything that is not in the journal; a fact about what began before the first fact read is kept in mind
//! ([`Handling::before`]), so that whoever reads can begin earlier.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::step::Step;
use crate::engine::alarm::{CommandFact, Commanded, DeskFact, DutyFact, Fact, FactKind, LinkageFact, Met, Raise};
use crate::engine::alarm::{SupervisionFact, Verdict};
use crate::engine::base::{Actor, EventId, Text, Wall};
use crate::engine::site::Place;

/// So many steps of one entry are written out; of more, only how many.
const STEPS: usize = 200;

/// The handling records of a stretch of the journal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Handling {
    entries: BTreeMap<EventId, Entry>,
    before: Option<EventId>,
}

/// What an entry is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// An alarm, a fault, or what equipment said it did.
    Alarm(Arc<Raise>),
    /// A command.
    Command(Arc<Commanded>),
    /// The run of a linkage.
    Linkage(Arc<Met>),
    /// An isolation.
    Isolation {
        /// What people call the point.
        name: Text,
        /// Where it is.
        place: Place,
    },
}

/// How somebody first showed that they had noticed.
#[derive(Clone, Debug, PartialEq)]
pub struct Noticed {
    /// When.
    pub at: Wall,
    /// Who.
    pub by: Option<Actor>,
    /// By which act: `silenced` or `acknowledged`.
    pub how: &'static str,
}

/// What somebody recorded of the handling.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// When.
    pub at: Wall,
    /// Who.
    pub by: Option<Actor>,
    /// What it came from.
    pub cause: String,
    /// What was done.
    pub measure: String,
    /// What came of it.
    pub result: Option<String>,
}

/// One handling record.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The id of the alarm, command, run or isolation.
    pub id: EventId,
    /// What it is.
    pub subject: Subject,
    /// When it began.
    pub began: Wall,
    /// Who began it, where somebody did.
    pub by: Option<Actor>,
    /// When somebody noticed.
    pub noticed: Option<Noticed>,
    /// What somebody judged it to be.
    pub verdict: Verdict,
    /// Why, in the words of the verdict.
    pub cause: Option<String>,
    /// Everything that was done and happened, in order.
    pub steps: Vec<Step>,
    /// How many more there were.
    pub more_steps: usize,
    /// When it was over.
    pub over: Option<Wall>,
    /// What people recorded of its handling, in order.
    pub kept: Vec<Kept>,
}

impl Entry {
    /// What people call it.
    pub fn name(&self) -> &Text {
        match &self.subject {
            Subject::Alarm(raise) => &raise.name,
            Subject::Command(asked) => &asked.name,
            Subject::Linkage(met) => &met.name,
            Subject::Isolation { name, .. } => name,
        }
    }

    /// Where it is; a linkage is everywhere its actions are.
    pub fn place(&self) -> Option<&Place> {
        match &self.subject {
            Subject::Alarm(raise) => Some(&raise.place),
            Subject::Command(asked) => Some(&asked.place),
            Subject::Linkage(_) => None,
            Subject::Isolation { place, .. } => Some(place),
        }
    }

    fn step(&mut self, step: Step) {
        if self.steps.len() < STEPS { self.steps.push(step) } else { self.more_steps += 1 }
    }
}

impl Handling {
    /// The earliest thing of which something was read, but not how it began.
    pub fn before(&self) -> Option<EventId> {
        self.before
    }

    /// What began before `to` and was not over before `from`, in the order in which it began.
    pub fn within(&self, from: Wall, to: Wall) -> impl Iterator<Item = &Entry> {
        self.entries.values().filter(move |entry| entry.began < to && entry.over.is_none_or(|over| over >= from))
    }

    /// Takes the next fact.
    pub fn apply(&mut self, fact: &Fact) {
        match &fact.kind {
            FactKind::Raised(raise) => self.begin(fact, Subject::Alarm(Arc::clone(raise))),
            FactKind::Isolated { name, place, .. } => {
                self.begin(fact, Subject::Isolation { name: name.clone(), place: place.clone() });
            }
            FactKind::Command(CommandFact::Requested(asked)) => {
                self.begin(fact, Subject::Command(Arc::clone(asked)));
                if let Some(run) = asked.run {
                    self.step(run, fact);
                }
            }
            FactKind::Linkage(LinkageFact::Met(met)) => {
                self.begin(fact, Subject::Linkage(Arc::clone(met)));
                let causes: Vec<EventId> = met.because.iter().filter_map(|because| because.occurrence).collect();
                causes.into_iter().for_each(|cause| self.step(cause, fact));
            }
            FactKind::Silenced { occurrences, .. } => self.notice(occurrences, fact, "silenced"),
            FactKind::Acknowledged { occurrences, .. } => self.notice(occurrences, fact, "acknowledged"),
            FactKind::Judged { occurrence, verdict, cause } => {
                if let Some(entry) = self.known(*occurrence) {
                    (entry.verdict, entry.cause) = (*verdict, cause.clone());
                }
                self.step(*occurrence, fact);
            }
            FactKind::Reactivated { occurrence } => {
                if let Some(entry) = self.known(*occurrence) {
                    // What somebody judged was the time before.
                    if matches!(entry.verdict, Verdict::False | Verdict::Drill) {
                        (entry.verdict, entry.cause) = (Verdict::Unverified, None);
                    }
                }
                self.step(*occurrence, fact);
            }
            FactKind::Duty(DutyFact::Handled { occurrences, cause, measure, result }) => {
                for id in occurrences {
                    let kept = Kept {
                        at: fact.at,
                        by: fact.by.clone(),
                        cause: cause.clone(),
                        measure: measure.clone(),
                        result: result.clone(),
                    };
                    if let Some(entry) = self.known(*id) {
                        entry.kept.push(kept);
                    }
                    self.step(*id, fact);
                }
            }
            kind => {
                let ends = ends(kind);
                for id in about(kind) {
                    self.step(id, fact);
                    if let Some(entry) = self.entries.get_mut(&id).filter(|_| ends) {
                        entry.over.get_or_insert(fact.at);
                    }
                }
            }
        }
    }

    fn begin(&mut self, fact: &Fact, subject: Subject) {
        let run = match &subject {
            Subject::Linkage(met) => Some(Arc::clone(met)),
            _ => None,
        };
        let entry = Entry {
            id: fact.id.into(),
            subject,
            began: fact.at,
            by: fact.by.clone(),
            noticed: None,
            verdict: Verdict::Unverified,
            cause: None,
            steps: vec![Step::of(fact, run.as_deref())],
            more_steps: 0,
            over: None,
            kept: Vec::new(),
        };
        self.entries.insert(entry.id, entry);
    }

    fn notice(&mut self, ids: &[EventId], fact: &Fact, how: &'static str) {
        for id in ids {
            if let Some(entry) = self.known(*id) {
                entry.noticed.get_or_insert_with(|| Noticed { at: fact.at, by: fact.by.clone(), how });
            }
            self.step(*id, fact);
        }
    }

    fn known(&mut self, id: EventId) -> Option<&mut Entry> {
        self.entries.get_mut(&id)
    }

    fn step(&mut self, id: EventId, fact: &Fact) {
        match self.entries.get_mut(&id) {
            Some(entry) => {
                let run = match &entry.subject {
                    Subject::Linkage(met) => Some(Arc::clone(met)),
                    _ => None,
                };
                entry.step(Step::of(fact, run.as_deref()));
            }
            None => self.before = Some(self.before.map_or(id, |before| before.min(id))),
        }
    }
}

/// What a fact is a step of, as far as its kind names one thing.
pub(in crate::engine) fn about(kind: &FactKind) -> Vec<EventId> {
    match kind {
        FactKind::SourceChanged { occurrence, .. }
        | FactKind::Closed { occurrence, .. }
        | FactKind::Desk(DeskFact::IsolationProposed { occurrence, .. })
        | FactKind::Duty(DutyFact::Standing { occurrence, .. }) => vec![*occurrence],
        FactKind::Resounded { occurrences } => occurrences.clone(),
        FactKind::Reset { awaiting, .. } => awaiting.clone(),
        FactKind::ReviewOverdue { isolation }
        | FactKind::Released { isolation, .. }
        | FactKind::Desk(DeskFact::OrderLinked { isolation, .. }) => vec![*isolation],
        FactKind::Supervision(SupervisionFact::CauseJudged(judged)) => vec![judged.occurrence],
        FactKind::Duty(DutyFact::Noted { of, .. }) => vec![*of],
        FactKind::Desk(DeskFact::CommandWithdrawn { command, .. }) => vec![*command],
        FactKind::Command(command) => command.command().into_iter().collect(),
        FactKind::Linkage(linkage) => linkage.run().into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Whether what a fact is about is over with it.
fn ends(kind: &FactKind) -> bool {
    matches!(
        kind,
        FactKind::Closed { .. }
            | FactKind::Released { .. }
            | FactKind::Command(
                CommandFact::Confirmed { .. }
                    | CommandFact::Done { .. }
                    | CommandFact::Failed { .. }
                    | CommandFact::Unknown { .. }
            )
            | FactKind::Linkage(LinkageFact::Over { .. })
    )
}
