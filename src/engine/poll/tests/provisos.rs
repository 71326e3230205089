//! Points that others decide about, readings that settle, heartbeats that stop.

use std::time::Duration;

use super::rig::*;
use crate::engine::base::{Category, Reason, Truth, Value};
use crate::engine::poll::LinkOf;
use crate::engine::profile::{Factor, Kind, OnlyIf, Pace, PointSpec, Proviso, ScaleBy, Selector};

type Known = Result<Value, Reason>;

fn by(slot: u32) -> Selector {
    Selector { slot, single: false }
}

fn with(proviso: Proviso, address: u16, pace: Pace) -> PointSpec {
    PointSpec { proviso: Some(proviso), ..point(address, Kind::U16, pace) }
}

fn times(slot: u32) -> Proviso {
    Proviso { scale_by: Some(ScaleBy { point: by(slot), by: Factor::Value }), ..Proviso::default() }
}

fn rig(points: Vec<PointSpec>) -> Rig {
    Rig::new(site(tcp(), vec![profile(points, vec![])]))
}

fn number(value: f64) -> Known {
    Ok(Value::Number(value))
}

/// What was published of a point since it was last asked.
fn said(rig: &mut Rig, point: u32) -> Vec<Known> {
    let said = rig.values.iter().filter(|(of, _)| *of == point).map(|(_, reading)| reading.known.clone()).collect();
    rig.values.retain(|(of, _)| *of != point);
    said
}

#[test]
fn one_reply_brings_a_number_and_its_scale_together() {
    // The number stands before its scale on the wire.
    let mut rig = rig(vec![with(times(1), 0, Pace::Fast), point(1, Kind::U16, Pace::Fast)]);
    rig.registers.insert(1, vec![5, 10]);
    rig.step();
    assert_eq!(said(&mut rig, 0), [number(50.0)]);
    rig.registers.insert(1, vec![50, 1]);
    rig.run(2.0);
    let said = said(&mut rig, 0);
    assert_eq!(said.last(), Some(&number(50.0)));
    assert!(!said.contains(&number(500.0)) && !said.contains(&number(5.0)), "{said:?}");
}

#[test]
fn a_scale_of_another_request_is_waited_for_and_what_was_read_before_it_changed_is_forgotten() {
    let mut rig = rig(vec![with(times(1), 0, Pace::Fast), point(100, Kind::U16, Pace::Slow)]);
    rig.registers.get_mut(&1).expect("a device")[0] = 5;
    rig.registers.get_mut(&1).expect("a device")[100] = 10;
    rig.step();
    assert_eq!(rig.board[0].known, Err(Reason::NeverRead), "the scale is not known yet");
    rig.run(1.0);
    assert_eq!(rig.board[0].known, number(50.0));
    rig.registers.get_mut(&1).expect("a device")[100] = 1;
    said(&mut rig, 0);
    // The scale is read once a minute.
    rig.run(65.0);
    assert_eq!(said(&mut rig, 0), [Err(Reason::NeverRead), number(5.0)]);
}

#[test]
fn a_scale_that_is_lost_takes_its_numbers_along() {
    let mut rig = rig(vec![with(times(1), 0, Pace::Fast), point(100, Kind::U16, Pace::Fast)]);
    rig.run(1.0);
    assert_eq!(rig.board[0].known, number(0.0));
    rig.mute = Some(100);
    rig.run(10.0);
    assert_eq!(rig.board[0].known, Err(Reason::Stale));
    rig.mute = None;
    // What went mute is only probed, at growing pauses.
    rig.run(60.0);
    assert_eq!(rig.board[0].known, number(0.0));
}

#[test]
fn a_slot_follows_what_the_device_says_it_is() {
    let oil = Proviso { only_if: Some(OnlyIf { point: by(0), is: vec![Value::Bit(true)] }), ..Proviso::default() };
    let mut rig = rig(vec![point(0, Kind::Bit, Pace::Fast), with(oil, 100, Pace::Fast)]);
    rig.registers.get_mut(&1).expect("a device")[100] = 7;
    rig.run(2.0);
    assert_eq!(rig.board[1].known, Err(Reason::Absent));
    rig.registers.get_mut(&1).expect("a device")[0] = 1;
    rig.run(3.0);
    assert_eq!(rig.board[1].known, number(7.0));
}

#[test]
fn the_first_answers_are_not_believed_also_after_the_device_was_away() {
    let settling = Proviso { settle: Duration::from_secs(10), ..Proviso::default() };
    let mut rig = rig(vec![with(settling, 0, Pace::Fast), point(100, Kind::U16, Pace::Fast)]);
    rig.run(9.0);
    assert_eq!(rig.board[0].known, Err(Reason::NeverRead), "0 is what it says before it measures");
    assert_eq!(rig.board[1].known, number(0.0), "its neighbour is believed at once");
    rig.registers.get_mut(&1).expect("a device")[0] = 21;
    rig.run(4.0);
    assert_eq!(rig.board[0].known, number(21.0));
    rig.moods.insert(1, Mood::Silent);
    rig.run(20.0);
    assert_eq!(rig.board[0].known, Err(Reason::LinkDown));
    rig.registers.get_mut(&1).expect("a device")[0] = 0;
    rig.moods.insert(1, Mood::Well);
    said(&mut rig, 0);
    while rig.board[1].known == Err(Reason::LinkDown) {
        rig.step();
    }
    rig.run(9.0);
    assert_eq!(said(&mut rig, 0), [Err(Reason::NeverRead)], "it settles again");
    // The same words again and again are a reading once the time is over.
    rig.run(4.0);
    assert_eq!(said(&mut rig, 0), [number(0.0)]);
}

fn beating() -> Rig {
    let heart = Proviso { toggles_within: Some(Duration::from_secs(5)), ..Proviso::default() };
    let points = vec![with(heart, 0, Pace::Fast), point(1, Kind::U16, Pace::Fire), point(100, Kind::U16, Pace::Normal)];
    Rig::new(site(tcp(), vec![profile(points, vec![above_zero(1, Category::Fire)])]))
}

/// Runs for so many seconds while the device toggles its heartbeat every two.
fn beat(rig: &mut Rig, seconds: u64) {
    for second in 0..seconds {
        if second % 2 == 0 {
            rig.registers.get_mut(&1).expect("a device")[0] ^= 1;
        }
        rig.run(1.0);
    }
}

#[test]
fn a_device_whose_heart_stands_still_is_no_longer_believed() {
    let mut rig = beating();
    beat(&mut rig, 20);
    assert_eq!(rig.link_changes(), []);
    rig.registers.get_mut(&1).expect("a device")[1] = 1;
    beat(&mut rig, 4);
    assert_eq!(rig.truths(0).last(), Some(&Truth::True));
    rig.run(12.0);
    assert_eq!(rig.link_changes(), [(LinkOf::Device(0), false)]);
    let reason = &rig.links[0].reason;
    assert!(reason.en.starts_with("answers, but its own processor stands still"), "{reason:?}");
    assert!(rig.board[0].known.is_ok(), "the heartbeat itself is shown");
    assert_eq!(rig.board[1].known, Err(Reason::LinkDown));
    assert_eq!(rig.board[2].known, Err(Reason::LinkDown));
    assert_eq!(rig.truths(0).last(), Some(&Truth::Unknown), "a frozen device clears no fire");
    // Frozen registers that change all the same are not believed either, until the heart beats.
    rig.registers.get_mut(&1).expect("a device")[1] = 0;
    rig.run(10.0);
    assert_eq!(rig.board[1].known, Err(Reason::LinkDown));
    beat(&mut rig, 8);
    assert_eq!(rig.link_changes(), [(LinkOf::Device(0), false), (LinkOf::Device(0), true)]);
    assert_eq!((&rig.board[1].known, &rig.board[2].known), (&number(0.0), &number(0.0)));
    assert_eq!(rig.truths(0).last(), Some(&Truth::False));
}

#[test]
fn a_device_that_was_away_has_not_stood_still() {
    let mut rig = beating();
    beat(&mut rig, 6);
    for mood in [Mood::Silent, Mood::Refuses(6)] {
        rig.moods.insert(1, mood);
        rig.run(60.0);
        rig.moods.insert(1, Mood::Well);
        beat(&mut rig, 20);
    }
    let still = rig.links.iter().filter(|link| link.reason.en.contains("stands still")).count();
    assert_eq!(still, 0, "{:?}", rig.links);
    assert_eq!(rig.board[1].known, number(0.0));
}

#[test]
fn a_frozen_device_that_dies_and_returns_is_believed_until_it_is_found_frozen_again() {
    let mut rig = beating();
    beat(&mut rig, 6);
    rig.run(12.0);
    rig.moods.insert(1, Mood::Silent);
    rig.run(20.0);
    rig.moods.insert(1, Mood::Well);
    rig.run(40.0);
    let down = (LinkOf::Device(0), false);
    assert_eq!(rig.link_changes(), [down, down, (LinkOf::Device(0), true), down]);
}
