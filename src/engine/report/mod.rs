//! Reports: what the journal says of a day, a month or an incident, as tables.
//!
//! Takes: decided facts in the order of the journal, and a stretch of time.
//! Gives: documents of tables, which others print, export and send.
//! Never: anything but facts; a fact is looked at once and let go. The same journal gives the same report.
//!
//! What belongs to a stretch of time is what was decided within it by the wall clock of the record, also where that clock
//! was set in between; facts before it are needed for what was open when it began, and facts after it are not looked at.

mod course;
mod daily;
mod document;
mod faults;
mod figures;
mod incident;
mod isolations;
mod kinds;
mod line;
mod names;
mod sheet;
mod teller;
mod trace;

pub use course::{Course, Lasting};
pub use document::{Document, ROWS, Source, Table};
pub use kinds::kind_words;
pub use sheet::{Cell, Column, Head};
pub use teller::{Teller, Told};
pub use trace::{Sort, Trace};

use super::performance::Performance;
use crate::engine::alarm::Fact;
use crate::engine::base::{EventId, Text, Wall};

use daily::Daily;
use faults::Faults;
use incident::Incident;
use isolations::Isolations;

/// Which report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// 值班日志
    Daily,
    /// 故障统计
    Faults,
    /// 频繁报警点
    BadActors,
    /// 屏蔽/隔离登记
    Isolations,
    /// 火警/事件报告
    Incident,
    /// 报警系统性能
    Performance,
}

impl Name {
    /// All of them, in the order people look for them.
    pub const ALL: [Name; 6] =
        [Name::Daily, Name::Incident, Name::Isolations, Name::Faults, Name::BadActors, Name::Performance];

    /// Its word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Name::Daily => "daily",
            Name::Faults => "faults",
            Name::BadActors => "bad-actors",
            Name::Isolations => "isolations",
            Name::Incident => "incident",
            Name::Performance => "performance",
        }
    }

    /// Reads the word.
    pub fn named(word: &str) -> Option<Name> {
        Name::ALL.into_iter().find(|name| name.as_str() == word)
    }

    /// Its title.
    pub fn title(self) -> Text {
        match self {
            Name::Daily => Text::new("值班日志", "Daily log"),
            Name::Faults => Text::new("故障统计", "Fault statistics"),
            Name::BadActors => Text::new("频繁报警点", "Bad actors"),
            Name::Isolations => Text::new("屏蔽/隔离登记", "Isolation register"),
            Name::Incident => Text::new("火警/事件报告", "Incident report"),
            Name::Performance => Text::new("报警系统性能", "Alarm performance"),
        }
    }
}

/// A report under way.
pub struct Report(Fold);

enum Fold {
    Daily(Box<Daily>),
    Faults(Faults),
    BadActors(Box<Performance>),
    Isolations(Isolations),
    Incident(Box<Incident>),
    Performance(Box<Performance>),
}

impl Report {
    /// Begins a report of the time from `from` to `to`, which is not included. An incident has its own time: `incident`
    /// names it, and without a name it is the last that was opened.
    pub fn begin(name: Name, from: Wall, to: Wall, incident: Option<EventId>) -> Report {
        Report(match name {
            Name::Daily => Fold::Daily(Box::new(Daily::of(from, to))),
            Name::Faults => Fold::Faults(Faults::of(from, to)),
            Name::BadActors => Fold::BadActors(Box::new(Performance::of(from, to))),
            Name::Isolations => Fold::Isolations(Isolations::of(from, to)),
            Name::Incident => Fold::Incident(Box::new(Incident::of(incident))),
            Name::Performance => Fold::Performance(Box::new(Performance::of(from, to))),
        })
    }

    /// Takes the next fact.
    pub fn note(&mut self, fact: &Fact) {
        match &mut self.0 {
            Fold::Daily(fold) => fold.note(fact),
            Fold::Faults(fold) => fold.note(fact),
            Fold::Isolations(fold) => fold.note(fact),
            Fold::Incident(fold) => fold.note(fact),
            Fold::BadActors(fold) | Fold::Performance(fold) => fold.note(fact),
        }
    }

    /// The report; none where the incident that was asked for is not in the journal.
    pub fn finish(self) -> Option<Document> {
        match self.0 {
            Fold::Daily(fold) => Some(fold.finish()),
            Fold::Faults(fold) => Some(fold.finish()),
            Fold::BadActors(fold) => Some(figures::bad_actors(&fold.figures())),
            Fold::Isolations(fold) => Some(fold.finish()),
            Fold::Incident(fold) => fold.finish(),
            Fold::Performance(fold) => Some(figures::performance(&fold.figures())),
        }
    }
}
