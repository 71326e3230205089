//! Facts as rows of the journal.
//!
//! Takes: facts, and by name what they speak of.
//! Gives: one row each, with the way to the alarm or the incident it belongs to.
//! Never: leaves a fact out; an id where a name is known.

use maud::{Markup, html};

use super::View;
use super::rows::{headed, name_left, name_rest};
use crate::edge::web::words::{self, desk, past};
use crate::engine::alarm::{
    ChatterFact, CommandFact, Fact, FactKind, KeepingFact, MemoryCause, Scope, ScopeFact, SourceCause, State as Shown,
    SupervisionFact,
};
use crate::engine::base::{DeviceId, EventId, Language, Text};
use crate::engine::site::Place;

/// One fact as one row.
pub fn row(view: &View, state: &Shown, fact: &Fact) -> Markup {
    let word = fact.kind.as_str();
    html! {
        tr {
            td .c-seq { (fact.id.seq) }
            td .c-time { time { (view.web.when.day_clock(fact.at, view.now.wall)) } }
            td .c-event { (words::kind(word).map_or(word, |phrase| view.say(phrase))) }
            td .c-about { (about(view, state, fact)) }
            td .c-by { @if let Some(by) = &fact.by { (by.user) " " small { (by.origin) } } }
        }
    }
}

/// What a fact is about, in a line.
pub fn about(view: &View, state: &Shown, fact: &Fact) -> Markup {
    let kind = &fact.kind;
    let clock = |at| view.web.when.day_clock(at, view.now.wall);
    match kind {
        FactKind::Raised(raise) => html! {
            strong { (raise.condition.category.text().get(view.language())) } " "
            @let (head, left) = headed(view, &raise.name, &raise.place, name_left(view, raise));
            a href={ "/alarm/" (EventId::from(fact.id)) } { (head) " " bdi { (left) } }
            @if let Some(detail) = &raise.detail { " · " bdi { (detail.get(view.language())) } }
        },
        FactKind::SourceChanged { occurrence, source, cause } => html! {
            (named(view, state, *occurrence)) " · " (view.say(words::source(*source)))
            @match cause {
                SourceCause::Read => {}
                SourceCause::LinkLost => { " · " (view.say(words::BY_LINK)) }
                SourceCause::ResetUnconfirmed => { " · " (view.say(words::BY_RESET)) }
            }
        },
        FactKind::Reactivated { occurrence } => named(view, state, *occurrence),
        FactKind::Closed { occurrence, reason } => {
            html! { (named(view, state, *occurrence)) " · " (view.say(words::close(*reason))) }
        }
        FactKind::Acknowledged { occurrences, note } => {
            html! { (several(view, state, occurrences)) @if let Some(note) = note { " · " bdi { (note) } } }
        }
        FactKind::Judged { occurrence, verdict, cause } => html! {
            (named(view, state, *occurrence)) " · " (view.say(words::verdict(*verdict))) @if let Some(cause) = cause { " · " bdi { (cause) } }
        },
        FactKind::Silenced { occurrences, .. } | FactKind::Resounded { occurrences } => {
            several(view, state, occurrences)
        }
        FactKind::Reset { scope, awaiting, .. } => html! {
            @match scope { Scope::Building(id) => { (view.web.services.site.building_name(id).get(view.language())) } Scope::Device(id) => { (super::side::device_name(view, &DeviceId::new(id))) } }
            @if !awaiting.is_empty() { " · " (view.fill(words::AWAITING, "")) (several(view, state, awaiting)) }
        },
        FactKind::Isolated { name, place, reason, review, order, .. } => html! {
            (headed_line(view, name, place)) " · " bdi { (reason) } @if let Some(order) = order { " · " bdi { (order) } } " · " (view.fill(words::REVIEW_AT, clock(review.due())))
        },
        FactKind::ReviewOverdue { isolation } | FactKind::Released { isolation, .. } => html! {
            @match (state.isolations.get(isolation), view.began(*isolation)) {
                (Some(isolation), _) => { (headed_line(view, &isolation.name, &isolation.place)) }
                (None, Some(FactKind::Isolated { name, place, .. })) => { (headed_line(view, name, place)) }
                _ => { (view.say(words::ISOLATE)) " " code { (isolation) } }
            }
        },
        FactKind::IncidentOpened {} => incident(view, fact.id.into()),
        FactKind::IncidentClosed { incident: id, verdict } => {
            html! { (incident(view, *id)) " · " (view.say(words::verdict(*verdict))) }
        }
        FactKind::Restarted { version, clock_trusted, .. } => html! {
            (view.fill(words::VERSION, version)) @if !clock_trusted { " · " (view.say(words::CLOCK_DOUBTED)) }
        },
        FactKind::Configured { config } => html! { code { (config.get(..12).unwrap_or(config)) } },
        FactKind::ClockStepped { by_us } => html! { (format!("{:+.3} s", *by_us as f64 / 1e6)) },
        FactKind::RecordKept(_)
        | FactKind::PanelReset(_)
        | FactKind::PanelOperated(_)
        | FactKind::Remembered(_)
        | FactKind::MemoryTaken(_) => about_device(view, kind),
        FactKind::Chatter(chatter) => html! {
            (named(view, state, chatter.occurrence()))
            @if let ChatterFact::Began { times, .. } | ChatterFact::Counted { times, .. } = chatter { " " (view.fill(words::TIMES, times)) }
        },
        FactKind::Scope(scope) => about_scope(view, scope),
        FactKind::Keeping(KeepingFact::Exported(copy)) => html! { (copy.what) " · " (copy.form) " · " (copy.scope) },
        FactKind::Keeping(KeepingFact::AccessChanged(changed)) => html! {
            (changed.change.text().get(view.language())) " · " (changed.whom)
            @if let Some(role) = changed.role { " · " (view.say(words::role(role))) }
            @if let Some(token) = &changed.token { " · " (token) }
        },
        FactKind::Keeping(KeepingFact::Retired(old)) => {
            html! { "1-" (old.upto) " · " code { (old.archive) } " · " bdi { (old.reason) } }
        }
        FactKind::Duty(duty) => super::journal_duty::about(view, state, duty),
        FactKind::Desk(desk) => super::journal_desk::about(view, state, desk),
        FactKind::Linkage(linkage) => super::linkages::about(view, state, linkage),
        FactKind::Command(command) => about_command(view, state, command),
        FactKind::Supervision(supervision) => about_supervision(view, state, supervision),
    }
}

/// What devices said by themselves, or noted in their memories.
fn about_device(view: &View, kind: &FactKind) -> Markup {
    match kind {
        FactKind::RecordKept(told) | FactKind::PanelReset(told) | FactKind::PanelOperated(told) => html! {
            (super::side::device_name(view, &told.device))
            @if let Some(name) = &told.name { " · " bdi { (name.get(view.language())) } }
            @if let Some(time) = &told.device_time { " · " bdi { (time) } }
            " · " bdi { (told.words) }
        },
        FactKind::Remembered(remembered) => html! {
            (headed_line(view, &remembered.name, &remembered.place))
            @if let Some(time) = &remembered.device_time { " · " (view.fill(words::DEVICE_TIME, time)) }
            " · "
            @match &remembered.seen {
                Some(seen) => { (view.fill(words::SEEN_LIVE, "")) code { (seen) } }
                None => { (view.say(words::BACK_FILLED)) }
            }
            @if remembered.clock_back { " · " (view.say(words::CLOCK_BACK)) }
        },
        FactKind::MemoryTaken(taken) => html! {
            (taken.name.get(view.language())) " · "
            @match taken.because {
                MemoryCause::First => { (view.fill(words::MEMORY_FIRST, taken.entries.len())) }
                MemoryCause::Returned => { (view.say(words::MEMORY_RETURNED)) }
                MemoryCause::Renewed => { (view.say(words::MEMORY_RENEWED)) }
            }
        },
        _ => html! {},
    }
}

fn about_scope(view: &View, fact: &ScopeFact) -> Markup {
    let clock = |at| view.web.when.day_clock(at, view.now.wall);
    match fact {
        ScopeFact::TestBegun { tested, reason, until, .. } => html! {
            (super::scopes::spelt(view, tested)) " · " (reason) " · " (view.fill(desk::UNTIL, clock(until.due())))
        },
        ScopeFact::DrillBegun { building, reason, until } => html! {
            (view.web.services.site.building_name(building).get(view.language())) " · " (reason) " · " (view.fill(desk::UNTIL, clock(until.due())))
        },
        ScopeFact::TestEnded { test } => html! { code { (test) } },
        ScopeFact::DrillEnded { drill } => html! { code { (drill) } },
    }
}

fn about_command(view: &View, state: &Shown, fact: &CommandFact) -> Markup {
    let asked = |id: &EventId| match (state.commands.get(id), view.began(*id)) {
        (Some(record), _) => headed_line(view, &record.asked.name, &record.asked.place),
        (None, Some(FactKind::Command(CommandFact::Requested(asked)))) => headed_line(view, &asked.name, &asked.place),
        _ => html! { (id) },
    };
    match fact {
        CommandFact::Armed { name, .. } => html! { (name.get(view.language())) },
        CommandFact::Requested(asked) => html! { (headed_line(view, &asked.name, &asked.place)) },
        CommandFact::Accepted { command }
        | CommandFact::Confirmed { command }
        | CommandFact::Done { command }
        | CommandFact::Unknown { command }
        | CommandFact::PulseEnded { command } => html! { (asked(command)) },
        CommandFact::Failed { command, failure } | CommandFact::PulseStuck { command, failure } => {
            html! { (asked(command)) " · " (failure.text().get(view.language())) }
        }
    }
}

fn about_supervision(view: &View, state: &Shown, fact: &SupervisionFact) -> Markup {
    let say = |text: &Text| text.get(view.language()).to_owned();
    match fact {
        SupervisionFact::Begun(of) => html! { (headed_line(view, &of.name, &of.place)) },
        SupervisionFact::Phase { of, name, due, .. } => html! {
            (say(of)) " · " (say(name)) " · " (view.fill(words::BY_WHEN, view.web.when.day_clock(due.due(), view.now.wall)))
        },
        SupervisionFact::Failed { of, missing, .. } => html! { (say(of)) " · " (say(missing)) },
        SupervisionFact::Unknown { of, .. } => html! { (say(of)) },
        SupervisionFact::Done { of, abandoned, .. } => html! {
            (say(of)) @if *abandoned { " · " (view.say(words::SEQUENCE_ABANDONED)) }
        },
        SupervisionFact::CauseJudged(judged) => html! {
            (named(view, state, judged.occurrence)) " · " (say(&judged.words))
        },
        SupervisionFact::BatteryBegan(of) => html! {
            (headed_line(view, &of.name, &of.place)) " · "
            (view.fill(words::BY_WHEN, view.web.when.day_clock(of.limit.due(), view.now.wall)))
        },
        SupervisionFact::BatteryLimit { of, .. }
        | SupervisionFact::BatteryEnded { of, .. }
        | SupervisionFact::TripCounted { of, .. } => html! { (say(of)) },
    }
}

/// An occurrence by its place and name, as the state has it or as the journal says; by its id where neither does.
pub fn named(view: &View, state: &Shown, id: EventId) -> Markup {
    let raise = match (state.occurrences.get(&id), view.began(id)) {
        (Some(occurrence), _) => Some(&occurrence.raise),
        (None, Some(FactKind::Raised(raise))) => Some(raise),
        _ => None,
    };
    html! {
        @match raise {
            Some(raise) => {
                @let (head, left) = headed(view, &raise.name, &raise.place, name_left(view, raise));
                a href={ "/alarm/" (id) } { (raise.condition.category.text().get(view.language())) " " (head) @if !left.is_empty() { " " bdi { (left) } } }
            }
            None => { code { (id) } }
        }
    }
}

/// An incident by its id, which leads to its page.
fn incident(view: &View, id: EventId) -> Markup {
    html! { a href={ "/incident/" (id) } { (view.fill(past::OF_INCIDENT, id)) } }
}

/// A name headed by its place.
pub fn headed_line(view: &View, name: &Text, place: &Place) -> Markup {
    let (head, left) = headed(view, name, place, name_rest(view, name, place));
    html! { bdi { (head) " " (left) } }
}

fn several(view: &View, state: &Shown, ids: &[EventId]) -> Markup {
    html! { @for (index, id) in ids.iter().take(3).enumerate() { @if index > 0 { (if view.language() == Language::Zh { "、" } else { ", " }) } (named(view, state, *id)) } @if ids.len() > 3 { " +" (ids.len() - 3) } }
}
