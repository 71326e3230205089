//! Devices that refuse everything, and those that refuse something.

use super::rig::*;
use crate::engine::base::{Category, Reason, Truth};
use crate::engine::poll::LinkOf;
use crate::engine::profile::{Kind, Pace, PointSpec};

const FOLDED: (LinkOf, bool) = (LinkOf::Device(0), false);
const SERVES: (LinkOf, bool) = (LinkOf::Device(0), true);

/// Ten fire points, each read by itself, and one that is read once a minute; each with its rule.
fn panel() -> Rig {
    let mut points: Vec<PointSpec> = (0..10).map(|n| point(n * 10, Kind::U16, Pace::Fire)).collect();
    points.push(point(200, Kind::U16, Pace::Slow));
    let alarms = (0..11).map(|slot| above_zero(slot, Category::Fire)).collect();
    Rig::new(site(tcp(), vec![profile(points, alarms)]))
}

fn only_these_are_missing(rig: &mut Rig, holes: impl IntoIterator<Item = u16>) {
    rig.holes.insert(1, holes.into_iter().collect());
}

#[test]
fn a_device_that_refuses_everything_is_one_fault_and_it_says_so() {
    let mut rig = panel();
    rig.run(10.0);
    rig.moods.insert(1, Mood::Refuses(4));
    rig.run(6.0);
    assert_eq!(rig.link_changes(), [FOLDED]);
    let reason = &rig.links[0].reason;
    let said = "it answers, and refuses every request (exception 4: server device failure); \
                none of its 11 alarms can be read";
    assert_eq!(reason.en, said);
    assert_eq!(reason.zh, "设备有应答，但拒绝所有请求（异常码 4：设备故障），其 11 项告警均无法判断");
    assert!(rig.board.iter().all(|reading| reading.known == Err(Reason::DeviceException)), "{:?}", rig.board);
    rig.run(300.0);
    assert_eq!(rig.link_changes(), [FOLDED], "once");
}

#[test]
fn what_it_goes_on_refusing_is_announced_by_itself_once_it_gives_data() {
    let mut rig = panel();
    rig.run(10.0);
    rig.moods.insert(1, Mood::Refuses(4));
    rig.run(70.0);
    rig.moods.insert(1, Mood::Well);
    only_these_are_missing(&mut rig, [30, 70]);
    rig.registers.get_mut(&1).expect("unit 1")[50] = 1;
    rig.run(5.0);
    let mut links = rig.link_changes();
    links[2..].sort_unstable();
    assert_eq!(links, [FOLDED, SERVES, (LinkOf::Rule(3), false), (LinkOf::Rule(7), false)]);
    assert_eq!(rig.truths(5).last(), Some(&Truth::True), "a fire that began meanwhile");
    assert_eq!(rig.truths(3).last(), Some(&Truth::Unknown));
    only_these_are_missing(&mut rig, []);
    rig.run(5.0);
    let mut seen = rig.link_changes().split_off(4);
    seen.sort_unstable();
    assert_eq!(seen, [(LinkOf::Rule(3), true), (LinkOf::Rule(7), true)]);
}

#[test]
fn one_that_recovers_entirely_is_no_other_fault() {
    let mut rig = panel();
    rig.run(10.0);
    for _ in 0..3 {
        rig.moods.insert(1, Mood::Refuses(6));
        rig.run(90.0);
        rig.moods.insert(1, Mood::Well);
        rig.run(90.0);
    }
    assert_eq!(rig.link_changes(), [FOLDED, SERVES, FOLDED, SERVES, FOLDED, SERVES]);
    assert!((0..11).all(|rule| rig.truths(rule).last() == Some(&Truth::False)), "{:?}", rig.edges);
}

#[test]
fn where_only_some_is_refused_each_blind_rule_is_announced_at_once() {
    let mut rig = panel();
    rig.run(10.0);
    only_these_are_missing(&mut rig, (0..10).map(|n| n * 10));
    let begun = rig.micros;
    rig.run(20.0);
    let mut links = rig.link_changes();
    links.sort_unstable();
    let expected: Vec<(LinkOf, bool)> = (0..10).map(|rule| (LinkOf::Rule(rule), false)).collect();
    assert_eq!(links, expected, "only the point that is read once a minute is not refused");
    assert!(rig.links.iter().all(|link| link.at.mono.0 - begun < 4_000_000), "{:?}", rig.links);
    // It was asked for that, and not again and again.
    let slow = rig.sent.iter().filter(|(at, request)| at.0 >= begun && request.start == 200).count();
    assert!((1..=3).contains(&slow), "{slow}");
    assert_eq!(rig.truths(10), [Truth::False]);
}

#[test]
fn a_range_that_is_mute_beside_refused_ones_does_not_keep_the_fault_back() {
    let mut rig = panel();
    rig.mute = Some(200);
    rig.run(10.0);
    rig.moods.insert(1, Mood::Refuses(2));
    rig.run(60.0);
    let links = rig.link_changes();
    assert!(links.iter().any(|(of, up)| !up && *of == LinkOf::Device(0)) || links.len() >= 10, "{links:?}");
    let told = rig.links.iter().map(|link| link.at.mono.0).min();
    assert!(told.is_some_and(|told| told < 35_000_000), "{links:?}");
}

#[test]
fn a_device_without_rules_that_refuses_everything_is_a_fault_too() {
    let points = vec![point(0, Kind::U16, Pace::Fast), point(50, Kind::U16, Pace::Normal)];
    let mut rig = Rig::new(site(tcp(), vec![profile(points, Vec::new())]));
    rig.moods.insert(1, Mood::Refuses(1));
    rig.run(30.0);
    assert_eq!(rig.link_changes(), [FOLDED], "and never was its link said to be up");
    assert_eq!(rig.links[0].reason.en, "it answers, and refuses every request (exception 1: illegal function)");
    rig.moods.insert(1, Mood::Well);
    rig.run(30.0);
    assert_eq!(rig.link_changes(), [FOLDED, SERVES]);
}

#[test]
fn a_dead_device_that_comes_back_refusing_everything_stays_one_fault() {
    let mut rig = panel();
    rig.run(10.0);
    rig.moods.insert(1, Mood::Silent);
    rig.run(20.0);
    rig.moods.insert(1, Mood::Refuses(4));
    rig.run(120.0);
    assert_eq!(rig.link_changes(), [FOLDED, FOLDED], "silent, then refusing, never up");
    assert!(rig.links[1].reason.en.contains("refuses every request"), "{:?}", rig.links[1]);
    rig.moods.insert(1, Mood::Silent);
    rig.run(20.0);
    assert_eq!(rig.link_changes(), [FOLDED, FOLDED, FOLDED], "and silent again");
    rig.moods.insert(1, Mood::Well);
    rig.run(120.0);
    assert_eq!(rig.link_changes()[3..], [SERVES]);
    assert!((0..11).all(|rule| rig.truths(rule).last() == Some(&Truth::False)), "{:?}", rig.edges);
}

#[test]
fn a_line_that_goes_and_comes_leaves_the_fault_as_it_was() {
    let mut rig = panel();
    rig.run(10.0);
    rig.moods.insert(1, Mood::Refuses(4));
    rig.run(10.0);
    for up in [false, true] {
        let report = rig.bus.link(up, "cut", rig.now());
        rig.take(report);
        rig.run(10.0);
    }
    let bus = |up| (LinkOf::Bus(0), up);
    assert_eq!(rig.link_changes(), [FOLDED, bus(false), bus(true)]);
    rig.moods.insert(1, Mood::Well);
    rig.run(10.0);
    assert_eq!(rig.link_changes()[3..], [SERVES]);
}
