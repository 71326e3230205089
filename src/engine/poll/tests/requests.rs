use std::collections::BTreeSet;
use std::time::Duration;

use super::rig::*;
use crate::engine::base::{Category, Reason, Truth, Value};
use crate::engine::poll::{LinkOf, plan};
use crate::engine::profile::{Kind, Pace, PointSpec, Profile, Region, Table};
use crate::engine::site::{Endpoint, Line, Parity};

fn line(baud: u32) -> Endpoint {
    Endpoint::Serial(Line { path: "/dev/line".into(), baud, parity: Parity::Even, stop_bits: 1 })
}

fn at_addresses(addresses: impl IntoIterator<Item = u16>, pace: Pace) -> Vec<PointSpec> {
    addresses.into_iter().map(|address| point(address, Kind::U16, pace)).collect()
}

/// What is asked for, as (first, how many).
fn asked(endpoint: Endpoint, profile: Profile) -> Vec<(u16, u16)> {
    let plan = plan(&site(endpoint, vec![profile]), 0);
    plan.requests.iter().map(|request| (request.start, request.count)).collect()
}

fn region(first: u16, last: u16) -> Region {
    Region { table: Table::Holding, first, last }
}

#[test]
fn a_gap_is_bridged_when_that_is_faster_than_another_request() {
    // The break-even gaps of peers §2.4: some 19 registers at 9600 baud, 27 at 19200, all at 115200.
    for (baud, bridged, not) in [(9600, 18, 19), (19_200, 27, 28), (115_200, 100, 123)] {
        let two = |gap: u16| asked(line(baud), bridging(at_addresses([0, gap + 1], Pace::Fire), vec![]));
        assert_eq!(two(bridged), [(0, bridged + 2)], "{baud}");
        if baud < 115_200 {
            assert_eq!(two(not), [(0, 1), (not + 1, 1)], "{baud}");
        }
    }
    // A device that wants a rest before each request makes requests dearer.
    let mut patient = bridging(at_addresses([0, 40], Pace::Fire), vec![]);
    patient.link.pause = Duration::from_millis(100);
    assert_eq!(asked(line(9600), patient), [(0, 41)]);
}

#[test]
fn sparse_points_over_tcp_take_as_few_requests_as_their_registers_allow() {
    // 60 points in 400 registers, each of an own distance to the next.
    let sparse = || (0..60_u16).map(|n| n * 399 / 59).collect::<Vec<_>>();
    let requests = asked(tcp(), bridging(at_addresses(sparse(), Pace::Normal), vec![]));
    assert_eq!(requests.len(), 4, "{requests:?}");
    assert!(requests.iter().all(|(_, count)| *count <= 125));
    let mut never = bridging(at_addresses(sparse(), Pace::Normal), vec![]);
    never.link.bridge = false;
    assert_eq!(asked(tcp(), never).len(), 60);
}

#[test]
fn nothing_forbidden_is_touched_and_no_border_crossed() {
    let with = |change: &dyn Fn(&mut Profile)| {
        let mut profile = bridging(at_addresses([0, 5, 10, 20, 21, 22, 30], Pace::Fire), vec![]);
        change(&mut profile);
        asked(tcp(), profile)
    };
    assert_eq!(with(&|_| {}), [(0, 31)]);
    assert_eq!(with(&|profile| profile.link.forbidden = vec![region(7, 7)]), [(0, 6), (10, 21)]);
    let coil = Region { table: Table::Coil, first: 7, last: 7 };
    assert_eq!(with(&|profile| profile.link.forbidden = vec![coil]), [(0, 31)], "of another table");
    // Between 10 and 25 two registers a request, and none of them with others.
    let limited = with(&|profile| profile.link.limits = vec![(region(10, 25), 2)]);
    assert_eq!(limited, [(0, 6), (10, 1), (20, 2), (22, 1), (30, 1)]);
    assert_eq!(with(&|profile| profile.link.max_registers = 11), [(0, 11), (20, 11)]);
}

#[test]
fn what_is_not_urgent_leaves_the_line_in_good_time() {
    let range = |pace, count: u16| at_addresses(0..count, pace);
    let beside_fire = |mut points: Vec<PointSpec>| {
        points.push(point(500, Kind::U16, Pace::Fire));
        bridging(points, vec![])
    };
    let requests = asked(line(9600), beside_fire(range(Pace::Normal, 125)));
    assert!(requests.len() > 4 && requests.iter().all(|(_, count)| *count <= 25), "{requests:?}");
    assert_eq!(asked(line(115_200), beside_fire(range(Pace::Normal, 125))).len(), 2);
    assert_eq!(asked(tcp(), beside_fire(range(Pace::Normal, 125))).len(), 2);
    // Where nothing waits, nothing is cut; the fire lane itself is not either.
    assert_eq!(asked(line(9600), bridging(range(Pace::Normal, 125), vec![])), [(0, 125)]);
    assert_eq!(asked(line(9600), bridging(range(Pace::Fire, 125), vec![])), [(0, 125)]);
}

/// Fire points in every second of 40 registers, each with its rule.
fn panel() -> Rig {
    let points = at_addresses((0..20).map(|n| n * 2), Pace::Fire);
    Rig::new(site(tcp(), vec![bridging(points, (0..20).map(|slot| above_zero(slot, Category::Fire)).collect())]))
}

#[test]
fn a_refused_gap_costs_its_neighbours_nothing() {
    let mut rig = panel();
    rig.holes.insert(1, vec![7, 21]);
    rig.registers.get_mut(&1).expect("a unit")[20] = 1;
    rig.run(0.9);
    assert!(rig.board.iter().all(|reading| reading.good().is_some()), "all are read within the first period");
    assert_eq!(rig.truths(10), [Truth::True]);
    assert_eq!(rig.link_changes(), []);
    let before = rig.sent.len();
    rig.run(3.1);
    let ranges: BTreeSet<u16> = rig.sent[before..].iter().map(|(_, request)| request.start).collect();
    assert!(ranges.len() <= 9, "what was learned is remembered, and bridges elsewhere stand: {ranges:?}");
    assert!(rig.sent[before..].iter().all(|(_, request)| {
        ![7, 21].iter().any(|hole| (request.start..request.start + request.count).contains(hole))
    }));
    // The device goes and comes: another firmware, and the whole is tried first.
    rig.moods.insert(1, Mood::Silent);
    rig.run(20.0);
    assert_eq!(rig.link_changes(), [(LinkOf::Device(0), false)]);
    rig.moods.insert(1, Mood::Well);
    rig.holes.clear();
    rig.run(40.0);
    let last: Vec<(u16, u16)> = rig.sent[rig.sent.len() - 3..].iter().map(|(_, r)| (r.start, r.count)).collect();
    assert_eq!(last, [(0, 39); 3]);
    assert!(rig.board.iter().all(|reading| reading.good().is_some()));
    assert_eq!(rig.truths(10), [Truth::True, Truth::Unknown, Truth::True]);
}

#[test]
fn a_register_of_an_alarm_that_is_refused_is_a_fault_of_its_own() {
    let mut rig = panel();
    rig.holes.insert(1, vec![8]);
    rig.run(4.0);
    assert_eq!(rig.link_changes(), [(LinkOf::Rule(4), false)]);
    assert_eq!(rig.board[4].known, Err(Reason::DeviceException));
    assert_eq!(rig.board.iter().filter(|reading| reading.good().is_some()).count(), 19);
    rig.holes.clear();
    rig.run(3.0);
    assert_eq!(rig.link_changes(), [(LinkOf::Rule(4), false), (LinkOf::Rule(4), true)]);
    assert_eq!(rig.truths(4), [Truth::False]);
}

#[test]
fn a_range_that_was_answered_is_split_only_when_it_is_refused_twice() {
    let mut rig = panel();
    rig.run(3.0);
    rig.holes.insert(1, vec![9]);
    let before = rig.sent.len();
    while rig.sent.len() == before {
        rig.step();
    }
    rig.holes.clear();
    rig.run(3.0);
    assert!(rig.sent.iter().all(|(_, request)| request.count == 39), "once: it was busy");
    assert_eq!(rig.link_changes(), []);
    // It goes on: the gap is left out, and no rule is ever said to be blind.
    rig.holes.insert(1, vec![9]);
    rig.run(4.0);
    assert_eq!(rig.link_changes(), []);
    assert!(rig.board.iter().all(|reading| reading.good().is_some()));
    assert!((0..20).all(|rule| rig.truths(rule).last() == Some(&Truth::False)));
    // Ten minutes later the whole is tried again.
    rig.holes.clear();
    rig.run(605.0);
    assert_eq!(rig.sent.last().map(|(_, request)| request.count), Some(39));
    assert_eq!(rig.link_changes(), []);
}

#[test]
fn other_exceptions_split_nothing() {
    let mut rig = panel();
    rig.moods.insert(1, Mood::Refuses(6));
    rig.run(5.0);
    assert!(rig.sent.iter().all(|(_, request)| request.count == 39));
    assert!(rig.board.iter().all(|reading| reading.known == Err(Reason::DeviceException)));
}

#[test]
fn a_condition_clears_over_two_reads_also_when_the_plan_changes_between_them() {
    let mut rig = panel();
    rig.registers.get_mut(&1).expect("a unit")[4] = 1;
    rig.run(2.5);
    rig.registers.get_mut(&1).expect("a unit")[4] = 0;
    rig.run(1.0);
    assert_eq!(rig.truths(2), [Truth::True], "one read clears nothing");
    rig.holes.insert(1, vec![5]);
    rig.run(4.0);
    assert_eq!(rig.truths(2), [Truth::True, Truth::Unknown, Truth::False]);
    let number = rig.board[2].good().cloned();
    assert_eq!(number, Some(Value::Number(0.0)));
}

#[test]
fn the_turnaround_that_was_measured_counts_when_the_plan_is_made_anew() {
    // A device that thinks for 100 ms: 40 registers more are cheaper than another request.
    let mut rig = Rig::new(site(line(9600), vec![bridging(at_addresses([0, 40], Pace::Fire), vec![])]));
    rig.wire = Duration::from_millis(145);
    rig.run(20.0);
    assert!(rig.sent.iter().all(|(_, request)| request.count == 1));
    rig.moods.insert(1, Mood::Silent);
    rig.run(20.0);
    rig.moods.insert(1, Mood::Well);
    rig.run(40.0);
    assert_eq!(rig.sent.last().map(|(_, request)| request.count), Some(41));
}
