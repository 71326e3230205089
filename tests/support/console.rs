//! How transcripts draw what the console shows, and how they tell a fact.

use std::fmt::Write as _;

use tocsin::engine::alarm::{
    ChatterFact, CommandFact, DeskFact, DutyFact, Fact, FactKind, KeepingFact, LinkageFact, Occurrence, ScopeFact,
    Source, State, SupervisionFact,
};
use tocsin::engine::base::Tone;

/// The tone and every open row, on one line.
pub fn line(state: &State) -> String {
    let tone = state.tone();
    let mut line =
        format!("console {}", if tone == Tone::None { "quiet".into() } else { format!("{tone:?}").to_lowercase() });
    for occurrence in state.open() {
        let _ = write!(line, " | {}", drawn(occurrence));
    }
    for isolation in state.isolations.values() {
        let _ = write!(line, " | isolated {}{}", isolation.point, if isolation.overdue { " OVERDUE" } else { "" });
        if let Some(order) = &isolation.order {
            let _ = write!(line, " order {order}");
        }
    }
    for test in state.scopes.tests.values() {
        let _ = write!(line, " | TEST {:?}", test.tested);
    }
    for drill in state.scopes.drills.values() {
        let _ = write!(line, " | DRILL {}", drill.building);
    }
    for record in state.commands.values().filter(|record| !record.is_settled()) {
        let _ = write!(line, " | {} {} {}", record.asked.point, record.asked.verb, record.stage());
    }
    for run in state.linkages.values().filter(|run| run.is_open()) {
        let _ = write!(line, " | linkage {}", run.met.linkage);
        for action in &run.actions {
            let each: Vec<String> = action
                .targets
                .iter()
                .map(|target| format!("{}/{}", target.stage.as_str(), target.feedback.as_str()))
                .collect();
            let _ = write!(line, " [{}]", each.join(" "));
        }
    }
    for incident in state.incidents.values() {
        let _ = write!(
            line,
            " | incident {} of {} first {:?}",
            incident.id,
            incident.members.len(),
            incident.first.iter().map(ToString::to_string).collect::<Vec<_>>()
        );
    }
    line
}

fn drawn(occurrence: &Occurrence) -> String {
    let state = match (&occurrence.ack, occurrence.source) {
        (_, Source::Unknown) => "UNKNOWN",
        (None, _) if occurrence.is_unacknowledged() => "NEW",
        (_, Source::Quiet) if occurrence.latched => "QUIET-LATCHED",
        _ => "STEADY",
    };
    let mut text = format!("{} {state}", occurrence.raise.condition);
    if occurrence.is_unacknowledged() && occurrence.source != Source::Active {
        text.push_str(if occurrence.source == Source::Quiet { "(quiet)" } else { "(unacknowledged)" });
    }
    if occurrence.count > 1 {
        let _ = write!(text, " x{}", occurrence.count);
    }
    if occurrence.sounding {
        text.push_str(" sounds");
    }
    if !occurrence.inhibit.is_empty() {
        let _ = write!(text, " {:?}", occurrence.inhibit);
    }
    if occurrence.chattering.is_some() {
        text.push_str(" chatters");
    }
    if occurrence.false_alarms > 0 {
        let _ = write!(text, " isolate? (false {})", occurrence.false_alarms);
    }
    if occurrence.resetting.is_some() {
        text.push_str(" resetting");
    }
    if occurrence.raise.realarm {
        text.push_str(" re-alarm");
    }
    text
}

/// A fact without its id.
pub fn told(fact: &Fact) -> String {
    let what = fact.kind.as_str();
    match &fact.kind {
        FactKind::Raised(raise) => {
            let first = if raise.first { " first" } else { "" };
            // The first one of an incident is its number 1.
            let arrival = raise.arrival.filter(|arrival| arrival.number > 1 || arrival.tied.is_some());
            let arrival = arrival.map_or_else(String::new, |arrival| {
                let tied = arrival.tied.map(|tied| format!(" tied with {tied}")).unwrap_or_default();
                format!(" no. {}{tied}", arrival.number)
            });
            format!("{what} {}{first}{arrival}", raise.condition)
        }
        FactKind::SourceChanged { occurrence, source, cause } => format!("{what} {occurrence} {source:?} ({cause:?})"),
        FactKind::Closed { occurrence, reason } => format!("{what} {occurrence} {reason:?}"),
        FactKind::Acknowledged { occurrences, .. }
        | FactKind::Silenced { occurrences, .. }
        | FactKind::Resounded { occurrences } => {
            format!("{what} {}", occurrences.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        }
        FactKind::Reactivated { occurrence } => format!("{what} {occurrence}"),
        FactKind::Judged { occurrence, verdict, .. } => format!("{what} {occurrence} {verdict:?}"),
        FactKind::IncidentClosed { incident, verdict } => format!("{what} {incident} {verdict:?}"),
        FactKind::Isolated { point, .. } => format!("{what} {point}"),
        FactKind::Reset { awaiting, commanded, .. } => {
            let by = commanded.iter().map(|device| format!(" commanded {device}")).collect::<String>();
            format!("{what} awaiting {}{by}", awaiting.len())
        }
        FactKind::Chatter(ChatterFact::Began { occurrence, times }) => format!("{what} {occurrence} x{times}"),
        FactKind::Chatter(ChatterFact::Counted { occurrence, times, heard }) => {
            format!("{what} {occurrence} x{times}{}", if *heard { " heard" } else { "" })
        }
        FactKind::Chatter(ChatterFact::Ended { occurrence }) => format!("{what} {occurrence}"),
        FactKind::Scope(scope) => scoped(what, scope),
        FactKind::Linkage(linkage) => linked(what, linkage),
        FactKind::Remembered(remembered) => {
            let seen = remembered.seen.map_or("back-filled".to_owned(), |seen| format!("seen as {seen}"));
            let back = if remembered.clock_back { ", clock set back" } else { "" };
            format!(
                "{what} {} at {}: {seen}{back}",
                remembered.name.en,
                remembered.device_time.as_deref().unwrap_or("-")
            )
        }
        FactKind::MemoryTaken(taken) => format!("{what} {:?} {}", taken.because, taken.entries.len()),
        FactKind::Desk(desk) => of_desk(what, desk),
        FactKind::Keeping(KeepingFact::Exported(copy)) => format!("{what} {} {} {}", copy.what, copy.form, copy.scope),
        FactKind::Keeping(KeepingFact::Retired(old)) => format!("{what} upto {}", old.upto),
        FactKind::Duty(duty) => of_duty(what, duty),
        FactKind::Command(command) => commanded(what, command),
        FactKind::Supervision(supervision) => supervised(what, supervision),
        _ => what.to_owned(),
    }
}

fn of_desk(what: &str, fact: &DeskFact) -> String {
    let names =
        |points: &[tocsin::engine::base::PointId]| points.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    match fact {
        DeskFact::OrderLinked { isolation, order } => format!("{what} {isolation} {order}"),
        DeskFact::ShiftBegun { isolations, disabled } => {
            format!("{what} isolated {} disabled {}", isolations.len(), disabled.len())
        }
        DeskFact::IsolationProposed { occurrence, false_alarms } => format!("{what} {occurrence} false {false_alarms}"),
        DeskFact::PanelCancelled { device, commanded } | DeskFact::RegistrationBegun { device, commanded, .. } => {
            format!("{what} {device}{}", if *commanded { " commanded" } else { "" })
        }
        DeskFact::Registered { missing, new, .. } => {
            format!("{what} missing [{}] new [{}]", names(missing), names(new))
        }
        DeskFact::AbnormalReported { device, text, .. } => format!("{what} {device} {text}"),
        DeskFact::IdentityAsked { device } => format!("{what} {device}"),
        DeskFact::CallMade { occurrence, called, .. } => format!("{what} {occurrence} {called}"),
        DeskFact::CommandsAddressed { typed, points, barred } => {
            let barred: String = barred.iter().map(|one| format!(" | {} {}", one.point, one.code)).collect();
            format!("{what} {} {} {}{barred}", typed.code, typed.verb, names(points))
        }
        DeskFact::SoundTested { .. } => what.to_owned(),
        DeskFact::CommandWithdrawn { command, by_command } => format!("{what} {command} by {by_command}"),
    }
}

fn of_duty(what: &str, fact: &DutyFact) -> String {
    match fact {
        DutyFact::Noted { of, text } => format!("{what} {of} {text}"),
        DutyFact::Handled { occurrences, cause, measure, .. } => {
            let ids: Vec<String> = occurrences.iter().map(ToString::to_string).collect();
            format!("{what} {} {cause} | {measure}", ids.join(" "))
        }
        DutyFact::Standing { occurrence, .. } => format!("{what} {occurrence}"),
        DutyFact::PlanTakenUp { of, plan, .. } | DutyFact::PlanDropped { of, plan } => {
            format!("{what} {}.{plan}", of.as_str())
        }
        DutyFact::RoundDue(due) => format!("{what} {}.{} skipped {}", due.of.as_str(), due.plan, due.skipped),
        DutyFact::RoundOverdue { round } | DutyFact::RoundMissed { round } => format!("{what} {round}"),
        DutyFact::RoundRecorded(record) => {
            let found = record.results.iter().filter(|result| !result.ok).count();
            format!("{what} {}.{} findings {found}", record.of.as_str(), record.plan)
        }
        DutyFact::SignedIn {} | DutyFact::SignedOut {} => what.to_owned(),
        DutyFact::ShiftShort { needs, came, stay, .. } => format!("{what} needs {needs} came {came:?} stay {stay:?}"),
    }
}

fn scoped(what: &str, fact: &ScopeFact) -> String {
    match fact {
        ScopeFact::TestBegun { points, signals, .. } => {
            let names = |points: &[tocsin::engine::base::PointId]| {
                points.iter().map(|point| format!(" {point}")).collect::<String>()
            };
            let signals = if signals.is_empty() { String::new() } else { format!(" signals{}", names(signals)) };
            format!("{what}{}{signals}", names(points))
        }
        ScopeFact::TestEnded { test } => format!("{what} {test}"),
        ScopeFact::DrillBegun { building, .. } => format!("{what} {building}"),
        ScopeFact::DrillEnded { drill } => format!("{what} {drill}"),
    }
}

fn linked(what: &str, fact: &LinkageFact) -> String {
    match fact {
        LinkageFact::Met(met) => {
            let because: Vec<&str> = met.because.iter().map(|cause| cause.point.as_str()).collect();
            let drill = if met.drill { " in a drill" } else { "" };
            format!("{what} {}{drill} because {}", met.linkage, because.join(" "))
        }
        LinkageFact::Proposed { run, action, targets, code, why } => {
            format!("{what} {run} {action} {targets:?} {code} | {}", why.en)
        }
        LinkageFact::Released { run, action, delay } => {
            let delay = delay.map_or(String::new(), |delay| format!(" after {} s", delay.lasts_us / 1_000_000));
            format!("{what} {run} {action}{delay}")
        }
        LinkageFact::DelayEnded { run, action, by_point } => format!("{what} {run} {action} by {by_point}"),
        LinkageFact::Started { run, action, targets } => {
            let named = |(target, command): &(u32, Option<tocsin::engine::base::EventId>)| match command {
                Some(command) => format!(" {target} by {command}"),
                None => format!(" {target}"),
            };
            format!("{what} {run} {action} targets{}", targets.iter().map(named).collect::<String>())
        }
        LinkageFact::Withdrawn { run, action } => format!("{what} {run} {action}"),
        LinkageFact::Cancelled { run, action, targets } => format!("{what} {run} {action} {targets:?}"),
        LinkageFact::Arrived { run, action, target } | LinkageFact::Missing { run, action, target } => {
            format!("{what} {run} {action} target {target}")
        }
        LinkageFact::Cleared { run } | LinkageFact::Over { run } => format!("{what} {run}"),
    }
}

fn supervised(what: &str, fact: &SupervisionFact) -> String {
    match fact {
        SupervisionFact::Begun(of) => format!("{what} {}", of.point),
        SupervisionFact::Phase { of, phase, .. } | SupervisionFact::Failed { of, phase, .. } => {
            format!("{what} {} | {phase}", of.en)
        }
        SupervisionFact::Unknown { of, .. } => format!("{what} {}", of.en),
        SupervisionFact::Done { of, abandoned, .. } => {
            format!("{what} {}{}", of.en, if *abandoned { " | given up" } else { "" })
        }
        SupervisionFact::CauseJudged(judged) => {
            let under = judged.under.map(|under| format!(" under {under}")).unwrap_or_default();
            format!("{what} {}{under} | {}", judged.occurrence, judged.words.en)
        }
        SupervisionFact::BatteryBegan(of) => format!("{what} {}", of.equipment),
        SupervisionFact::BatteryLimit { of, .. }
        | SupervisionFact::BatteryEnded { of, .. }
        | SupervisionFact::TripCounted { of, .. } => format!("{what} {}", of.en),
    }
}

fn commanded(what: &str, fact: &CommandFact) -> String {
    match fact {
        CommandFact::Armed { point, verb, .. } => format!("{what} {point} {verb}"),
        CommandFact::Requested(asked) => format!("{what} {} {}", asked.point, asked.verb),
        CommandFact::Failed { command, failure } | CommandFact::PulseStuck { command, failure } => {
            format!("{what} {command} {failure:?} | {}", failure.text().en)
        }
        CommandFact::Accepted { command }
        | CommandFact::Confirmed { command }
        | CommandFact::Done { command }
        | CommandFact::Unknown { command }
        | CommandFact::PulseEnded { command } => format!("{what} {command}"),
    }
}
