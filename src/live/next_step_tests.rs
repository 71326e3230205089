use std::collections::BTreeSet;
use std::sync::Arc;

use super::*;
use crate::engine::alarm::{Acknowledgement, CloseReason, Inhibit, Raise};
use crate::engine::base::{Actor, EventId, PointId, Role, Wall};
use crate::engine::site::{Condition, Place};

fn occurrence(category: Category) -> Occurrence {
    let rules = category.rules();
    let raise = Raise {
        condition: Condition { point: PointId::new("panel-1/d1"), category, level: None },
        name: Text::same("d1"),
        place: Place::default(),
        priority: rules.priority,
        latches: rules.latches,
        stays: rules.stays_until_acknowledged,
        tone: rules.tone,
        code: None,
        kind: None,
        incident: None,
        first: false,
        realarm: false,
        arrival: None,
        detail: None,
        advice: None,
        class: None,
        momentary: false,
    };
    Occurrence {
        id: EventId { epoch: 1, seq: 1 },
        raised_at: Wall(0),
        raise: Arc::new(raise),
        source: Source::Active,
        known: Source::Active,
        latched: rules.latches,
        ack: None,
        verdict: Verdict::Unverified,
        cause: None,
        inhibit: BTreeSet::new(),
        count: 1,
        sounding: true,
        resounds: None,
        resetting: None,
        false_alarms: 0,
        tied: false,
        handled: false,
        judged: None,
        calls: Vec::new(),
        chattering: None,
        closed: None,
    }
}

fn says(occurrence: &Occurrence, expected: &str) {
    let said = next_step(occurrence).map(|text| text.en).unwrap_or_default();
    assert!(said.starts_with(expected), "{said:?} does not begin with {expected:?}");
}

fn acknowledge(occurrence: &mut Occurrence) {
    let by = Actor { user: "li".into(), role: Role::Operator, origin: "desk".into() };
    occurrence.ack = Some(Acknowledgement { by, at: Wall(0), note: None });
    occurrence.sounding = false;
}

#[test]
fn a_fire_is_silenced_looked_up_checked_judged_and_reset_in_this_order() {
    let mut fire = occurrence(Category::Fire);
    says(&fire, "Silence");
    fire.sounding = false;
    says(&fire, "Acknowledge, and send");
    fire.source = Source::Unknown;
    says(&fire, "It cannot be read");
    fire.source = Source::Active;
    acknowledge(&mut fire);
    says(&fire, "Check the place");
    fire.source = Source::Quiet;
    says(&fire, "Check the place");
    fire.source = Source::Active;
    fire.verdict = Verdict::Real;
    says(&fire, "It is real");
    fire.verdict = Verdict::False;
    says(&fire, "It is false");
    fire.source = Source::Quiet;
    says(&fire, "Over and judged");
    fire.closed = Some((Wall(1), CloseReason::Reset));
    assert_eq!(next_step(&fire), None);
}

#[test]
fn a_fault_is_acted_on_by_its_kind() {
    for (category, expected) in [
        (Category::MainsFault, "Outage, or"),
        (Category::BackupFault, "Check battery"),
        (Category::LinkFault, "Its state is not known"),
        (Category::Fault, "Repair at once"),
        (Category::Supervisory, "Bring it back"),
    ] {
        let mut fault = occurrence(category);
        says(&fault, "Silence");
        acknowledge(&mut fault);
        says(&fault, expected);
    }
}

#[test]
fn what_alarms_again_after_a_false_verdict_is_to_be_isolated_and_a_test_asks_for_nothing() {
    let mut again = occurrence(Category::Fire);
    again.sounding = false;
    again.false_alarms = 2;
    says(&again, "This point was false before");
    again.inhibit.insert(Inhibit::Isolated);
    says(&again, "Acknowledge");
    again.inhibit.insert(Inhibit::TestScope);
    assert_eq!(next_step(&again), None);
}
