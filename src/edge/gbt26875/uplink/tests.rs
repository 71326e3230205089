//! The sending machine in simulated time: order, time-outs, resends, failure, denial. And what facts say.

use std::sync::Arc;
use std::time::Duration;

use super::saying::Saying;
use super::sending::{Bounds, Item, Lane, Next, Sending};
use crate::edge::gbt26875::v2011::{Adu, Software, system};
use crate::engine::alarm::{CloseReason, FACT_VERSION, Fact, FactId, FactKind, Raise, State};
use crate::engine::base::{Category, DeviceId, EventId, Mono, PointId, SiteId, Text, Wall};
use crate::engine::profile::Profile;
use crate::engine::site::{Condition, Device, Place, Site};

const BOUNDS: Bounds =
    Bounds { answer_within: Duration::from_secs(10), resends: 3, heartbeat: Duration::from_secs(25) };

fn at(seconds: u64) -> Mono {
    Mono(seconds * 1_000_000)
}

fn item(seq: u64, lane: Lane) -> Item {
    Item { seq, lane, adu: Adu::UnitSoftware(Software { main: (seq >> 8) as u8, sub: seq as u8 }) }
}

/// The fact a frame was made of; 0 for a heartbeat.
fn seq(adu: Option<&Adu>) -> u64 {
    match adu {
        Some(Adu::UnitSoftware(Software { main, sub })) => u64::from(*main) << 8 | u64::from(*sub),
        None => 0,
        other => panic!("{other:?}"),
    }
}

/// Everything that is sent now.
fn sent(sending: &mut Sending, now: Mono) -> Vec<(u16, u64)> {
    let mut frames = Vec::new();
    while let Next::Send(serial, adu) = sending.next(now) {
        frames.push((serial, seq(adu.as_ref())));
        assert!(frames.len() < 100, "it does not come to rest");
    }
    frames
}

#[test]
fn behind_a_backlog_of_five_thousand_a_fire_goes_next() {
    let mut sending = Sending::new(BOUNDS, at(0));
    (1..=5_000).for_each(|seq| sending.push(item(seq, Lane::Other)));
    let first = sent(&mut sending, at(1));
    assert_eq!(first.iter().map(|(_, seq)| *seq).collect::<Vec<_>>(), [1, 2, 3, 4], "a few are on their way");
    sending.push(item(5_001, Lane::Fire));
    assert_eq!(sent(&mut sending, at(1)), [(4, 5_001)], "although none of them is confirmed");
    assert!(sending.confirmed(0));
    assert_eq!(sent(&mut sending, at(1)), [(5, 5)]);
    assert_eq!(sending.oldest_undone(), Some(2), "the cursor stays before what is not confirmed");
    for serial in [1, 2, 3, 5] {
        assert!(sending.confirmed(serial));
    }
    assert!(!sending.confirmed(1), "a second confirmation confirms nothing");
    // All the rest in order, each once.
    let mut next = 6;
    while sending.waiting() > 0 {
        for (serial, seq) in sent(&mut sending, at(2)) {
            assert_eq!(seq, next);
            next += 1;
            assert!(sending.confirmed(serial));
        }
    }
    assert_eq!((next, sending.oldest_undone()), (5_001, Some(5_001)));
    assert!(sending.confirmed(4));
    assert_eq!(sending.oldest_undone(), None);
}

#[test]
fn what_is_not_confirmed_is_sent_three_times_more_and_then_the_communication_has_failed() {
    let mut sending = Sending::new(BOUNDS, at(0));
    sending.push(item(7, Lane::Fire));
    assert_eq!(sent(&mut sending, at(0)), [(0, 7)]);
    for resend in 1..=3 {
        assert_eq!(sending.next(at(resend * 10 - 1)), Next::Wait(at(resend * 10)));
        assert_eq!(sent(&mut sending, at(resend * 10)), [(0, 7)], "under the same number");
    }
    assert_eq!(sending.next(at(39)), Next::Wait(at(40)));
    assert_eq!(sending.next(at(40)), Next::Failed);
    // It is not forgotten: the next connection begins with it, and counts anew.
    sending.push(item(8, Lane::Other));
    sending.begin(at(60));
    assert_eq!(sent(&mut sending, at(60)), [(1, 7), (2, 8)]);
    assert!(sending.confirmed(1) && sending.confirmed(2));
    assert_eq!(sending.oldest_undone(), None);
}

#[test]
fn after_a_lost_connection_fires_go_first_and_everything_goes() {
    let mut sending = Sending::new(BOUNDS, at(0));
    (1..=100).for_each(|seq| sending.push(item(seq, if seq % 10 == 0 { Lane::Fire } else { Lane::Other })));
    sent(&mut sending, at(0));
    sending.begin(at(5));
    let mut order = Vec::new();
    while sending.waiting() > 0 || sending.oldest_undone().is_some() {
        for (serial, seq) in sent(&mut sending, at(6)) {
            order.push(seq);
            sending.confirmed(serial);
        }
    }
    let fires = (1..=10).map(|tenth| tenth * 10);
    let others = (1..=100).filter(|seq| seq % 10 != 0);
    assert_eq!(order, fires.chain(others).collect::<Vec<u64>>());
}

#[test]
fn a_heartbeat_goes_when_nothing_else_does_and_is_awaited_like_anything() {
    let mut sending = Sending::new(BOUNDS, at(0));
    assert_eq!(sending.next(at(1)), Next::Wait(at(25)));
    assert_eq!(sent(&mut sending, at(25)), [(0, 0)]);
    assert!(sending.confirmed(0));
    assert_eq!(sending.next(at(26)), Next::Wait(at(50)));
    sending.push(item(1, Lane::Other));
    assert_eq!(sent(&mut sending, at(40)), [(1, 1)]);
    assert!(sending.confirmed(1));
    assert_eq!(sending.next(at(41)), Next::Wait(at(65)), "a report is a sign of life too");
    assert_eq!(sent(&mut sending, at(65)), [(2, 0)]);
    for resend in 1..=3 {
        assert!(sent(&mut sending, at(65 + resend * 10)).contains(&(2, 0)));
    }
    assert_eq!(sending.next(at(105)), Next::Failed);
    sending.begin(at(110));
    assert_eq!(sent(&mut sending, at(110)).len(), 1, "a new connection begins with a sign of life");
}

#[test]
fn a_denied_report_is_said_again_and_a_fire_never_given_up() {
    let mut sending = Sending::new(BOUNDS, at(0));
    sending.push(item(1, Lane::Other));
    sending.push(item(2, Lane::Fire));
    let frames = sent(&mut sending, at(0));
    assert_eq!(frames, [(0, 2), (1, 1)]);
    for (serial, seq) in frames {
        for _ in 0..3 {
            assert_eq!(sending.denied(serial, at(1)), None);
            assert_eq!(sent(&mut sending, at(1)), [(serial, seq)], "at once");
        }
        assert_eq!(sending.denied(serial, at(1)).map(|item| item.seq), Some(seq));
    }
    assert_eq!(sending.denied(9, at(1)), None, "of nothing that was sent");
    assert_eq!(sending.oldest_undone(), Some(2), "the report is given up, the fire is not");
    assert_eq!(sending.next(at(2)), Next::Wait(at(26)));
    assert_eq!(sent(&mut sending, at(31)).first().map(|(_, seq)| *seq), Some(2));
}

#[test]
fn others_wait_while_the_journal_may_still_hold_a_fire() {
    let mut sending = Sending::new(BOUNDS, at(0));
    sending.push(item(1, Lane::Other));
    sending.hold_others = true;
    assert_eq!(sent(&mut sending, at(0)), []);
    sending.push(item(2, Lane::Fire));
    assert_eq!(sent(&mut sending, at(0)), [(0, 2)]);
    sending.hold_others = false;
    assert_eq!(sent(&mut sending, at(0)), [(1, 1)]);
}

/// One detector, alone.
fn detector() -> Site {
    let mut site = Site::new(SiteId::new("s"));
    site.devices.push(Device {
        id: DeviceId::new("faast-1"),
        name: Text::same("faast-1"),
        bus: 0,
        unit: 1,
        address: 0,
        profile: Arc::new(Profile::new("faast", "detector-smoke")),
        place: Place::default(),
        control: false,
        refused: None,
        points: 0..0,
        rules: 0..0,
        commands: 0..0,
        statuses: 0..0,
    });
    site
}

/// A fire that only the detector's own memory tells: the centre hears of it, and that it is over when somebody has
/// acknowledged it; a centre that is new meanwhile hears of it, too.
#[test]
fn a_remembered_fire_begins_and_ends_at_the_centre() {
    let saying = Saying::new(Arc::new(detector()));
    let rules = Category::Fire.rules();
    let raise = Arc::new(Raise {
        condition: Condition { point: PointId::new("faast-1/memory"), category: Category::Fire, level: None },
        name: Text::same("Fire 1"),
        place: Place::default(),
        priority: rules.priority,
        latches: false,
        stays: true,
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
        momentary: true,
    });
    let mut state = State::default();
    let mut tell = |seq, kind| {
        let id = FactId { epoch: 1, seq };
        let fact = Fact { v: FACT_VERSION, id, at: Wall(1_767_225_600_000_000), by: None, key: None, kind };
        state.apply(&fact);
        let said = saying.items(&fact, &state, &|_| Some(Arc::clone(&raise)));
        (fires(&said), fires(&saying.present(&state, fact.at)))
    };
    let occurrence = EventId { epoch: 1, seq: 1 };
    assert_eq!(tell(1, FactKind::Raised(Arc::clone(&raise))), (vec![true], vec![true]));
    assert_eq!(tell(2, FactKind::Closed { occurrence, reason: CloseReason::Over }), (vec![false], vec![]));
}

/// Whether each component that is spoken of is in fire.
fn fires(said: &[(Lane, Adu)]) -> Vec<bool> {
    let each = said.iter().flat_map(|(_, adu)| match adu {
        Adu::ComponentStates(states) => states.iter().map(|state| state.status.has(system::FIRE)).collect(),
        _ => Vec::new(),
    });
    each.collect()
}
