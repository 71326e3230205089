//! Journals of every released version stay readable, and mean what they meant.
//!
//! `tests/journals/v1/facts.jsonl` holds every kind of fact of version 1, written by hand; `state.txt` says in words
//! what they lead to; `v2` so for version 2. A release that changes the form of facts adds a folder; it never edits an
//! older one.

use std::collections::BTreeSet;
use std::fmt::Write;

use tocsin::edge::journal::{Journal, verify};
use tocsin::engine::alarm::{
    ChatterFact, CommandFact, DeskFact, DutyFact, Fact, FactError, FactKind, KeepingFact, LinkageFact, Occurrence,
    Purpose, ScopeFact, State, SupervisionFact,
};
use tocsin::engine::base::{EventId, Now};

const V1: &str = include_str!("journals/v1/facts.jsonl");
const V1_STATE: &str = include_str!("journals/v1/state.txt");
const V2: &str = include_str!("journals/v2/facts.jsonl");
const V2_STATE: &str = include_str!("journals/v2/state.txt");

fn facts(text: &str) -> Vec<Fact> {
    text.lines()
        .map(|line| Fact::from_bytes(line.as_bytes()).unwrap_or_else(|error| panic!("{error:?}: {line}")))
        .collect()
}

fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

fn line(occurrence: &Occurrence) -> String {
    let mut line = format!("{} {} ", occurrence.id, occurrence.raise.condition);
    match occurrence.closed {
        Some((_, reason)) => write!(line, "closed {}", word(&reason)).unwrap(),
        None => write!(line, "open {}", if occurrence.sounding { "sounds" } else { "quiet-sound" }).unwrap(),
    }
    write!(
        line,
        " source {} count {} verdict {}",
        word(&occurrence.source),
        occurrence.count,
        word(&occurrence.verdict)
    )
    .unwrap();
    if let Some(cause) = &occurrence.cause {
        write!(line, " ({cause})").unwrap();
    }
    if let Some(judged) = &occurrence.judged {
        let under = judged.under.map(|under| format!(" under {under}")).unwrap_or_default();
        write!(line, " judged {}{under}", word(&judged.cause)).unwrap();
    }
    match &occurrence.ack {
        Some(ack) => write!(line, " acknowledged by {}", ack.by.user).unwrap(),
        None => line.push_str(" unacknowledged"),
    }
    for inhibit in &occurrence.inhibit {
        write!(line, ", inhibited {}", word(inhibit)).unwrap();
    }
    for call in &occurrence.calls {
        write!(line, ", {} called by {}", call.called, call.by.user).unwrap();
    }
    line
}

fn summary(state: &State) -> String {
    let last = EventId::from(state.last);
    let mut text = format!("last {last} config {} tone {}\n", state.config, word(&state.tone()));
    for occurrence in state.occurrences.values() {
        writeln!(text, "{}", line(occurrence)).unwrap();
    }
    for isolation in state.isolations.values() {
        writeln!(
            text,
            "isolation {} {} by {} review {}{}",
            isolation.id,
            isolation.point,
            isolation.by.user,
            isolation.review.due().0,
            if isolation.overdue { " overdue" } else { "" },
        )
        .unwrap();
    }
    for test in state.scopes.tests.values() {
        writeln!(text, "test {} of {} points by {}", test.id, test.points.len(), test.by.user).unwrap();
    }
    for drill in state.scopes.drills.values() {
        writeln!(text, "drill {} in {} by {}", drill.id, drill.building, drill.by.user).unwrap();
    }
    for incident in state.incidents.values() {
        writeln!(text, "incident {} open {}", incident.id, incident.open.len()).unwrap();
    }
    for record in state.commands.values() {
        let steps: Vec<&str> = record.steps.iter().map(|(_, step)| step.as_str()).collect();
        let settled = if record.is_settled() { "settled" } else { "waits" };
        let asked = &record.asked;
        writeln!(text, "command {} {} {} {settled} {}", record.id, asked.point, asked.verb, steps.join(" ")).unwrap();
    }
    for run in state.linkages.values() {
        let targets = run.actions.iter().flat_map(|action| &action.targets);
        let targets: Vec<String> =
            targets.map(|target| format!("{}/{}", target.stage.as_str(), target.feedback.as_str())).collect();
        let ends = [run.cleared_at.map(|_| "cleared"), run.over_at.map(|_| "over")];
        let ends: Vec<&str> = ends.into_iter().flatten().collect();
        writeln!(text, "linkage {} {} {} {}", run.id, run.met.linkage, targets.join(" "), ends.join(" ")).unwrap();
    }
    for (id, arming) in &state.armed {
        writeln!(text, "armed {id} {} {} by {}", arming.point, arming.verb, arming.by).unwrap();
    }
    for run in state.supervised.sequences.values() {
        let phase = run.phase.as_ref().map_or("-", |phase| phase.key.as_str());
        let unknown = if run.unknown { " unknown" } else { "" };
        writeln!(text, "sequence {} {} {phase} late {}{unknown}", run.id, run.of.point, run.failed.join(",")).unwrap();
    }
    for (device, known) in &state.memories {
        let entries: String = known.entries.iter().map(|entry| format!(" {}:{}", entry.time, entry.code)).collect();
        writeln!(text, "memory {device}{entries}").unwrap();
    }
    for (panel, run) in &state.supervised.batteries {
        let reached = if run.reached { " reached" } else { "" };
        let ended = if run.ended.is_some() { " ended" } else { "" };
        writeln!(text, "battery {panel} {}{reached}{ended}", run.id).unwrap();
    }
    for (equipment, trips) in &state.supervised.trips {
        writeln!(text, "trips {equipment} {}", trips.len()).unwrap();
    }
    let keys: Vec<String> = state.keys.iter().map(|(key, id)| format!("{key}={}", EventId::from(*id))).collect();
    writeln!(text, "keys {}", keys.join(" ")).unwrap();
    text
}

/// What version 2 knows and version 1 did not.
fn more(state: &State) -> String {
    let mut text = String::new();
    for held in state.isolations.values().filter(|held| held.purpose != Purpose::Repair || held.order.is_some()) {
        writeln!(text, "isolation {} for {} order {:?}", held.id, word(&held.purpose), held.order).unwrap();
    }
    for held in state.open().filter(|held| held.chattering.is_some()) {
        writeln!(text, "chattering {} count {}", held.id, held.count).unwrap();
    }
    for held in state.open().filter(|held| held.raise.arrival.is_some()) {
        let number = held.raise.arrival.map(|arrival| arrival.number).unwrap_or_default();
        writeln!(text, "arrival {} no. {number}{}", held.id, if held.tied { " tied" } else { "" }).unwrap();
    }
    for (point, held) in &state.false_alarms {
        writeln!(text, "false {point} {}", held.count).unwrap();
    }
    for (id, held) in &state.registrations {
        writeln!(text, "registration {id} {}", held.device).unwrap();
    }
    for (id, held) in &state.addressed {
        writeln!(text, "addressed {id} {} barred {}", held.points.len(), held.barred.len()).unwrap();
    }
    for (id, owed) in &state.duty.unrecorded {
        writeln!(text, "unrecorded {id} {}", owed.raise.condition).unwrap();
    }
    for (key, held) in &state.duty.plans {
        let round = held.round.as_ref().map(|round| format!(" round {} overdue {}", round.id, round.overdue));
        let recorded = held.recorded.as_ref().map(|(_, by)| format!(" recorded by {by}"));
        let (round, recorded) = (round.unwrap_or_default(), recorded.unwrap_or_default());
        writeln!(text, "plan {key} behind {}{round}{recorded}", held.behind).unwrap();
    }
    for user in state.duty.present.keys() {
        writeln!(text, "on duty {user}").unwrap();
    }
    text
}

/// One name for each kind; the match fails to compile when a kind is added, so that it is added here as well.
fn known(kind: &FactKind) -> &'static str {
    match kind {
        FactKind::Restarted { .. }
        | FactKind::Configured { .. }
        | FactKind::ClockStepped { .. }
        | FactKind::IncidentOpened {}
        | FactKind::IncidentClosed { .. }
        | FactKind::Raised(_)
        | FactKind::SourceChanged { .. }
        | FactKind::Reactivated { .. }
        | FactKind::Acknowledged { .. }
        | FactKind::Judged { .. }
        | FactKind::Silenced { .. }
        | FactKind::Resounded { .. }
        | FactKind::Reset { .. }
        | FactKind::Closed { .. }
        | FactKind::Isolated { .. }
        | FactKind::ReviewOverdue { .. }
        | FactKind::Released { .. }
        | FactKind::RecordKept(_)
        | FactKind::PanelReset(_)
        | FactKind::PanelOperated(_)
        | FactKind::Remembered(_)
        | FactKind::MemoryTaken(_)
        | FactKind::Chatter(ChatterFact::Began { .. } | ChatterFact::Counted { .. } | ChatterFact::Ended { .. })
        | FactKind::Keeping(KeepingFact::Exported(_) | KeepingFact::Retired(_) | KeepingFact::AccessChanged(_))
        | FactKind::Desk(
            DeskFact::OrderLinked { .. }
            | DeskFact::ShiftBegun { .. }
            | DeskFact::IsolationProposed { .. }
            | DeskFact::PanelCancelled { .. }
            | DeskFact::RegistrationBegun { .. }
            | DeskFact::Registered { .. }
            | DeskFact::AbnormalReported { .. }
            | DeskFact::IdentityAsked { .. }
            | DeskFact::CallMade { .. }
            | DeskFact::SoundTested { .. }
            | DeskFact::CommandsAddressed { .. }
            | DeskFact::CommandWithdrawn { .. },
        )
        | FactKind::Duty(
            DutyFact::Noted { .. }
            | DutyFact::Handled { .. }
            | DutyFact::Standing { .. }
            | DutyFact::PlanTakenUp { .. }
            | DutyFact::PlanDropped { .. }
            | DutyFact::RoundDue(_)
            | DutyFact::RoundOverdue { .. }
            | DutyFact::RoundMissed { .. }
            | DutyFact::RoundRecorded(_)
            | DutyFact::SignedIn {}
            | DutyFact::SignedOut {}
            | DutyFact::ShiftShort { .. },
        )
        | FactKind::Scope(
            ScopeFact::TestBegun { .. }
            | ScopeFact::TestEnded { .. }
            | ScopeFact::DrillBegun { .. }
            | ScopeFact::DrillEnded { .. },
        )
        | FactKind::Linkage(
            LinkageFact::Met(_)
            | LinkageFact::Proposed { .. }
            | LinkageFact::Released { .. }
            | LinkageFact::DelayEnded { .. }
            | LinkageFact::Started { .. }
            | LinkageFact::Withdrawn { .. }
            | LinkageFact::Cancelled { .. }
            | LinkageFact::Arrived { .. }
            | LinkageFact::Missing { .. }
            | LinkageFact::Cleared { .. }
            | LinkageFact::Over { .. },
        )
        | FactKind::Command(
            CommandFact::Armed { .. }
            | CommandFact::Requested(_)
            | CommandFact::Accepted { .. }
            | CommandFact::Confirmed { .. }
            | CommandFact::Done { .. }
            | CommandFact::Failed { .. }
            | CommandFact::Unknown { .. }
            | CommandFact::PulseEnded { .. }
            | CommandFact::PulseStuck { .. },
        )
        | FactKind::Supervision(
            SupervisionFact::Begun(_)
            | SupervisionFact::Phase { .. }
            | SupervisionFact::Failed { .. }
            | SupervisionFact::Unknown { .. }
            | SupervisionFact::Done { .. }
            | SupervisionFact::CauseJudged(_)
            | SupervisionFact::BatteryBegan(_)
            | SupervisionFact::BatteryLimit { .. }
            | SupervisionFact::BatteryEnded { .. }
            | SupervisionFact::TripCounted { .. },
        ) => kind.as_str(),
    }
}

#[test]
fn every_version_is_read_and_written_back_byte_for_byte() {
    for (version, text, many) in [(1, V1, 17), (2, V2, 86)] {
        let facts = facts(text);
        for (fact, line) in facts.iter().zip(text.lines()) {
            assert_eq!(String::from_utf8(fact.to_bytes()).unwrap(), line);
            assert_eq!(fact.v, version);
        }
        let kinds: BTreeSet<&str> = facts.iter().map(|fact| known(&fact.kind)).collect();
        assert_eq!(kinds.len(), many, "every kind of version {version} is there: {kinds:?}");
    }
}

#[test]
fn every_version_leads_to_the_state_it_always_led_to() {
    for (text, expected, version) in [(V1, V1_STATE, 1), (V2, V2_STATE, 2)] {
        let mut state = State::default();
        for fact in facts(text) {
            state.apply(&fact);
        }
        let told = if version == 1 { summary(&state) } else { summary(&state) + &more(&state) };
        assert_eq!(told, expected);
    }
}

#[test]
fn a_snapshot_in_the_middle_changes_nothing() {
    let facts = facts(V2);
    let mut whole = State::default();
    facts.iter().for_each(|fact| whole.apply(fact));
    for cut in 1..facts.len() {
        let dir = tempfile::tempdir().unwrap();
        let opened = Journal::open(dir.path(), Now::default()).unwrap();
        let mut state = State::default();
        facts[..cut].iter().for_each(|fact| state.apply(fact));
        opened.journal.submit(facts.clone());
        opened.journal.snapshot(state);
        drop(opened);
        let opened = Journal::open(dir.path(), Now::default()).unwrap();
        let mut state = opened.snapshot.expect("the snapshot verifies");
        assert_eq!(opened.tail, facts[cut..]);
        opened.tail.iter().for_each(|fact| state.apply(fact));
        assert_eq!(state, whole, "with a snapshot after {cut} facts");
    }
}

#[test]
fn a_journal_of_version_one_verifies() {
    let dir = tempfile::tempdir().unwrap();
    let opened = Journal::open(dir.path(), Now::default()).unwrap();
    opened.journal.submit(facts(V1));
    drop(opened);
    // Worked out independently: SHA-256 over the previous hash and the line without its end, from 32 zero bytes.
    assert_eq!(verify(dir.path()).unwrap().head, "10e97ad2c065ccce37cf5867e1ae5c9797ce17b64660020fb172634bd4d06042");
}

#[test]
fn a_fact_of_a_newer_version_is_named_as_such() {
    let newer = V2.lines().next().unwrap().replacen("\"v\":2", "\"v\":3", 1);
    assert_eq!(Fact::from_bytes(newer.as_bytes()), Err(FactError::Newer(3)));
}
