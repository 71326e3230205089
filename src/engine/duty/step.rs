//! One thing that was done or happened about an alarm, a command, an isolation or a linkage.
//!
//! Takes: facts.
//! Gives: [`Step`]: when, who, and in words what the kind of the fact does not say yet.
//! Never: a step that nobody decided; every one is a fact of the journal.

use crate::engine::alarm::{
    CloseReason, CommandFact, DeskFact, DutyFact, Fact, FactKind, LinkageFact, Met, Source, SupervisionFact, Verdict,
};
use crate::engine::base::{Actor, EventId, Text, Wall};

/// One thing that was done or happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The fact's id.
    pub event: EventId,
    /// When.
    pub at: Wall,
    /// Who; nobody where it came by itself.
    pub by: Option<Actor>,
    /// The fact's kind.
    pub kind: &'static str,
    /// What the kind does not say.
    pub words: Option<Text>,
}

impl Step {
    /// A fact as a step; of a linkage's run with what it began with.
    pub(in crate::engine) fn of(fact: &Fact, run: Option<&Met>) -> Step {
        Step {
            event: fact.id.into(),
            at: fact.at,
            by: fact.by.clone(),
            kind: fact.kind.as_str(),
            words: words(&fact.kind, run),
        }
    }
}

fn words(kind: &FactKind, run: Option<&Met>) -> Option<Text> {
    let same = |text: &str| Some(Text::same(text));
    match kind {
        FactKind::Raised(raise) => raise.detail.clone(),
        FactKind::SourceChanged { source, .. } => Some(source_words(*source)),
        FactKind::Acknowledged { note, .. } => note.as_deref().and_then(same),
        FactKind::Judged { verdict, cause, .. } => {
            let said = verdict_words(*verdict);
            Some(cause.as_ref().map_or_else(|| said.clone(), |cause| joined(&said, cause)))
        }
        FactKind::Closed { reason, .. } => Some(close_words(*reason)),
        FactKind::Isolated { reason, order, .. } => {
            same(&order.as_ref().map_or_else(|| reason.clone(), |order| format!("{reason} · {order}")))
        }
        FactKind::Desk(DeskFact::OrderLinked { order, .. }) => same(order),
        FactKind::Desk(DeskFact::IsolationProposed { false_alarms, .. }) => {
            Some(Text::new(&format!("曾误报 {false_alarms} 次"), &format!("judged false {false_alarms} times before")))
        }
        FactKind::Command(CommandFact::Requested(asked)) => Some(asked.name.clone()),
        FactKind::Command(CommandFact::Failed { failure, .. } | CommandFact::PulseStuck { failure, .. }) => {
            Some(failure.text())
        }
        FactKind::Linkage(linkage) => of_run(linkage, run),
        FactKind::Supervision(SupervisionFact::CauseJudged(judged)) => Some(judged.words.clone()),
        FactKind::Duty(DutyFact::Noted { text, .. }) => same(text),
        FactKind::Duty(DutyFact::Handled { cause, measure, result, .. }) => {
            let result = result.as_deref().unwrap_or_default();
            let gap = if result.is_empty() { "" } else { " · " };
            same(&format!("{cause} · {measure}{gap}{result}"))
        }
        _ => None,
    }
}

fn of_run(fact: &LinkageFact, run: Option<&Met>) -> Option<Text> {
    let action = |number: u32| run.and_then(|met| met.actions.get(number as usize));
    match fact {
        LinkageFact::Met(met) => Some(met.name.clone()),
        LinkageFact::Released { action: at, .. }
        | LinkageFact::DelayEnded { action: at, .. }
        | LinkageFact::Started { action: at, .. }
        | LinkageFact::Withdrawn { action: at, .. }
        | LinkageFact::Cancelled { action: at, .. }
        | LinkageFact::Proposed { action: at, .. } => action(*at).map(|action| action.name.clone()),
        LinkageFact::Arrived { action: at, target, .. } | LinkageFact::Missing { action: at, target, .. } => {
            action(*at).and_then(|action| action.targets.get(*target as usize)).map(|target| target.name.clone())
        }
        LinkageFact::Cleared { .. } | LinkageFact::Over { .. } => None,
    }
}

fn joined(head: &Text, words: &str) -> Text {
    Text::new(&format!("{}：{words}", head.zh), &format!("{}: {words}", head.en))
}

/// A verdict, as forms write it.
pub fn verdict_words(verdict: Verdict) -> Text {
    match verdict {
        Verdict::Unverified => Text::new("未判定", "not judged"),
        Verdict::Real => Text::new("真实", "real"),
        Verdict::False => Text::new("误报", "false"),
        Verdict::Drill => Text::new("演练", "drill"),
    }
}

/// What a source says, as forms write it.
pub fn source_words(source: Source) -> Text {
    match source {
        Source::Active => Text::new("存在", "active"),
        Source::Quiet => Text::new("已消失", "over"),
        Source::Unknown => Text::new("未知", "unknown"),
    }
}

/// Why an occurrence ended, as forms write it.
pub fn close_words(reason: CloseReason) -> Text {
    match reason {
        CloseReason::Over => Text::new("已恢复", "over"),
        CloseReason::Reset => Text::new("已复位", "reset"),
        CloseReason::PanelReset => Text::new("在控制器复位", "reset at the panel"),
        CloseReason::Removed => Text::new("测点已不在配置中", "no longer configured"),
        CloseReason::TestOver => Text::new("测试结束", "the test is over"),
    }
}
