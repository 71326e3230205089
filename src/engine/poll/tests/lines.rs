use std::time::Duration;

use super::rig::*;
use crate::engine::base::{Category, Reason, Truth};
use crate::engine::poll::{Bus, Failure, LinkOf, Next, Reply};
use crate::engine::profile::{Kind, Pace};
use crate::engine::site::Endpoint;

fn field(endpoint: Endpoint, devices: usize, pace: Pace) -> Rig {
    let device = || profile(vec![point(0, Kind::U16, pace)], vec![above_zero(0, Category::Fire)]);
    Rig::new(site(endpoint, (0..devices).map(|_| device()).collect()))
}

#[test]
fn a_late_period_merges() {
    let mut rig = field(tcp(), 1, Pace::Fire);
    rig.run(3.0);
    let before = rig.sent.len();
    // Nobody asked for seven and a half seconds: one read is due, not seven.
    rig.micros = 10_500_000;
    rig.run(0.4);
    assert_eq!(rig.sent.len() - before, 1);
    rig.run(2.0);
    assert_eq!(rig.sent.len() - before, 3, "and the next ones are in step again");
    assert_eq!(rig.sent[before + 1].0.0, 11_000_000);
}

#[test]
fn a_dead_device_is_announced_once_and_its_points_are_unknown_at_once() {
    for endpoint in [tcp(), serial()] {
        let mut rig = field(endpoint, 2, Pace::Fire);
        rig.run(3.0);
        rig.moods.insert(2, Mood::Silent);
        rig.run(120.0);
        assert_eq!(rig.link_changes(), [(LinkOf::Device(1), false)]);
        assert_eq!(rig.board[1].known, Err(Reason::LinkDown));
        assert_eq!(rig.truths(1), [Truth::False, Truth::Unknown]);
        assert_eq!(rig.truths(0), [Truth::False]);
        let known = rig.links[0].at.mono.0;
        assert!((3_000_000..12_000_000).contains(&known), "{known}");
        rig.moods.insert(2, Mood::Well);
        rig.registers.insert(2, vec![1]);
        rig.run(40.0);
        assert_eq!(rig.link_changes(), [(LinkOf::Device(1), false), (LinkOf::Device(1), true)]);
        assert_eq!(rig.truths(1), [Truth::False, Truth::Unknown, Truth::True]);
    }
}

#[test]
fn a_device_that_never_answered_dies_too() {
    let mut rig = field(tcp(), 1, Pace::Normal);
    rig.moods.insert(1, Mood::Silent);
    rig.run(10.0);
    assert_eq!(rig.link_changes(), [(LinkOf::Device(0), false)]);
    assert_eq!(rig.truths(0), [], "it was unknown, and it is");
}

#[test]
fn a_slow_device_is_found_dead_well_inside_a_hundred_seconds() {
    let mut rig = field(serial(), 1, Pace::Slow);
    rig.run(31.0);
    rig.moods.insert(1, Mood::Silent);
    rig.run(50.0);
    assert_eq!(rig.link_changes(), [(LinkOf::Device(0), false)]);
}

#[test]
fn a_device_that_says_nothing_about_one_range_is_not_dead() {
    // The fire range is never answered; the only other read is a slow one.
    let points = vec![point(0, Kind::U16, Pace::Fire), point(50, Kind::U16, Pace::Slow)];
    let alarms = vec![above_zero(0, Category::Fire), above_zero(1, Category::Fault)];
    let mut rig = Rig::new(site(serial(), vec![profile(points, alarms)]));
    rig.mute = Some(0);
    rig.run(600.0);
    assert_eq!(rig.link_changes(), [(LinkOf::Rule(0), false)]);
    assert_eq!(rig.truths(1), [Truth::False]);
    rig.mute = None;
    rig.run(60.0);
    assert_eq!(rig.link_changes()[1..], [(LinkOf::Rule(0), true)]);
    assert_eq!(rig.truths(0), [Truth::False]);
}

#[test]
fn two_time_outs_do_not_kill() {
    let mut rig = field(tcp(), 1, Pace::Fire);
    rig.run(3.0);
    for _ in 0..20 {
        rig.moods.insert(1, Mood::Silent);
        let from = rig.sent.len();
        while rig.sent.len() < from + 2 {
            rig.step();
        }
        rig.moods.insert(1, Mood::Well);
        rig.run(1.5);
    }
    assert_eq!(rig.links, []);
    assert_eq!(rig.truths(0), [Truth::False]);
}

#[test]
fn the_dead_hold_up_the_living_by_less_than_a_twentieth() {
    // Four devices that fill a line: 4 x 220 ms of every second. Flat out, every lost moment shows.
    for (endpoint, dead) in [(serial(), 1), (serial(), 3), (tcp(), 1), (tcp(), 3)] {
        let mut rig = field(endpoint.clone(), 4 + dead, Pace::Fire);
        rig.wire = Duration::from_millis(250);
        for unit in 0..dead {
            rig.moods.insert(5 + u8::try_from(unit).expect("few"), Mood::Silent);
        }
        rig.run(600.0);
        let period = rig.mean_period(0, 60.0);
        assert!(period < 1.05, "{endpoint:?}, {dead} dead: {period}");
        let lost = rig.sent.iter().filter(|(at, request)| request.device >= 4 && at.0 > 60_000_000).count();
        assert!(lost >= 10, "they are still probed: {lost}");
    }
}

#[test]
fn where_nobody_answers_a_return_is_noticed_within_the_longest_pause() {
    let mut rig = field(serial(), 2, Pace::Fire);
    for unit in 1..=2 {
        rig.moods.insert(unit, Mood::Silent);
    }
    rig.run(300.0);
    let before = rig.links.len();
    rig.moods.insert(2, Mood::Well);
    rig.run(40.0);
    assert_eq!(rig.link_changes()[before..], [(LinkOf::Device(1), true)]);
}

#[test]
fn a_line_on_which_nobody_answers_is_one_message_in_good_time() {
    let mut rig = field(serial(), 60, Pace::Fire);
    rig.wire = Duration::from_millis(12);
    rig.run(5.0);
    for unit in 1..=60 {
        rig.moods.insert(unit, Mood::Silent);
    }
    rig.run(120.0);
    assert_eq!(rig.link_changes(), [(LinkOf::Bus(0), false)]);
    assert!(rig.links[0].at.mono.0 < 20_000_000, "{:?}", rig.links[0]);
    assert!(rig.board.iter().all(|reading| reading.known == Err(Reason::LinkDown)));
    // All but one come back: the line is up, and the one is announced by itself.
    for unit in 2..=60 {
        rig.moods.insert(unit, Mood::Well);
    }
    rig.run(60.0);
    let changes = rig.link_changes();
    assert_eq!(changes[1..], [(LinkOf::Bus(0), true), (LinkOf::Device(0), false)]);
    assert!((1..60).all(|rule| rig.truths(rule).last() == Some(&Truth::False)));
}

#[test]
fn half_a_line_that_dies_at_once_is_announced_within_a_hundred_seconds() {
    let mut rig = field(serial(), 60, Pace::Fire);
    rig.wire = Duration::from_millis(12);
    rig.run(10.0);
    let died = rig.micros;
    for unit in 31..=60 {
        rig.moods.insert(unit, Mood::Silent);
    }
    rig.run(100.0);
    for device in 30..60 {
        let said = rig.links.iter().find(|link| link.of == LinkOf::Device(device)).map(|link| link.at.mono.0 - died);
        assert!(said.is_some_and(|after| after < 90_000_000), "device {device}: {said:?}");
    }
    assert_eq!(rig.links.len(), 30, "nothing else is announced");
    let times = rig.sent.iter().filter(|(at, request)| at.0 > died && request.device == 0).map(|(at, _)| at.0);
    let gaps: Vec<u64> = times.clone().zip(times.skip(1)).map(|(one, next)| next - one).collect();
    assert!(gaps.iter().all(|gap| *gap < 3_000_000), "the living go on: {gaps:?}");
}

#[test]
fn the_line_rests_after_a_time_out_on_rtu() {
    let mut rig = field(serial(), 2, Pace::Fire);
    rig.moods.insert(1, Mood::Silent);
    rig.run(2.0);
    let gap = rig.sent[1].0.0 - rig.sent[0].0.0;
    assert_eq!(gap, 1_500_000, "half a second without an answer, and one of rest");
}

#[test]
fn a_lost_line_is_one_message_and_everything_unknown() {
    let mut rig = field(tcp(), 3, Pace::Fire);
    rig.registers.insert(2, vec![1]);
    rig.run(4.0);
    let edges = rig.edges.len();
    let report = rig.bus.link(false, "connection refused", rig.now());
    rig.take(report);
    assert_eq!(rig.link_changes(), [(LinkOf::Bus(0), false)]);
    assert_eq!(rig.links[0].reason.en, "connection refused");
    assert!(rig.board.iter().all(|reading| reading.known == Err(Reason::LinkDown)));
    assert!(rig.edges[edges..].iter().all(|edge| edge.truth == Truth::Unknown));
    assert_eq!(rig.edges.len() - edges, 3);
    let sent = rig.sent.len();
    let again = rig.bus.link(false, "still", rig.now());
    assert!(again.links.is_empty());
    rig.run(30.0);
    assert_eq!(rig.sent.len(), sent, "nothing is sent to a line that is lost");
    assert!(rig.alive.last().expect("it lives").0.0 > 32_000_000, "but the bus lives");

    let report = rig.bus.link(true, "", rig.now());
    rig.take(report);
    assert_eq!(rig.link_changes()[1..], [(LinkOf::Bus(0), true)]);
    assert!(rig.board.iter().all(|reading| reading.known == Err(Reason::LinkDown)), "until they are read");
    rig.run(3.0);
    assert_eq!(rig.truths(1), [Truth::True, Truth::Unknown, Truth::True]);
    assert_eq!(rig.truths(0), [Truth::False, Truth::Unknown, Truth::False]);
    assert_eq!(rig.links.len(), 2);
}

#[test]
fn a_reply_after_the_line_was_lost_is_no_reply() {
    let mut rig = field(tcp(), 1, Pace::Fire);
    let Next::Send(request) = rig.bus.next(at(0)) else { panic!("due at once") };
    rig.bus.link(false, "reset", at(1000));
    let (outcome, _) = rig.exchange(&request);
    assert!(rig.bus.reply(request.id, outcome.expect("well"), at(2000)).is_empty());
}

#[test]
fn a_line_that_fails_to_send_is_tried_again_by_itself() {
    let mut rig = field(tcp(), 2, Pace::Fire);
    rig.run(3.0);
    let mut tries = 0;
    while rig.micros < 30_000_000 {
        match rig.bus.next(rig.now()) {
            Next::Send(request) => {
                tries += 1;
                let report = rig.bus.failure(request.id, Failure::Link("no route".into()), rig.now());
                rig.take(report);
            }
            Next::WaitUntil(until) => {
                assert!(until.0 > rig.micros);
                rig.micros = until.0;
                let report = rig.bus.tick(rig.now());
                rig.take(report);
            }
        }
    }
    assert_eq!(rig.link_changes(), [(LinkOf::Bus(0), false)]);
    assert!((6..12).contains(&tries), "{tries}");
    rig.run(10.0);
    assert_eq!(rig.link_changes(), [(LinkOf::Bus(0), false), (LinkOf::Bus(0), true)]);
    assert_eq!(rig.truths(0), [Truth::False, Truth::Unknown, Truth::False]);
}

#[test]
fn silence_makes_stale_what_nothing_else_made_unknown() {
    // The owner of the bus does nothing for ten seconds but let time pass.
    let mut rig = field(tcp(), 1, Pace::Fire);
    rig.run(3.5);
    rig.micros += 10_000_000;
    let report = rig.bus.tick(rig.now());
    rig.take(report);
    assert_eq!(rig.board[0].known, Err(Reason::Stale));
    assert_eq!(rig.link_changes(), [(LinkOf::Rule(0), false)]);
    assert_eq!(rig.truths(0), [Truth::False, Truth::Unknown]);
    rig.run(3.0);
    assert_eq!(rig.link_changes()[1..], [(LinkOf::Rule(0), true)]);
    assert_eq!(rig.truths(0), [Truth::False, Truth::Unknown, Truth::False]);
}

#[test]
fn fire_goes_first_and_the_rest_is_not_starved() {
    let points =
        vec![point(0, Kind::U16, Pace::Fire), point(50, Kind::U16, Pace::Fire), point(100, Kind::U16, Pace::Fast)];
    let mut rig = Rig::new(site(tcp(), vec![profile(points, vec![])]));
    // Three seconds' worth of exchanges for every second.
    rig.wire = Duration::from_secs(1);
    rig.run(60.0);
    let sent = |start| rig.sent.iter().filter(|(_, request)| request.start == start).count();
    assert_eq!([rig.sent[0].1.start, rig.sent[1].1.start], [0, 50]);
    assert!(sent(100) >= 15, "{}", sent(100));
    assert!(sent(0) >= 19 && sent(50) >= 19, "{} {}", sent(0), sent(50));
}

#[test]
fn silent_devices_that_come_first_do_not_keep_a_gateway_from_the_living() {
    let device = || profile(vec![point(0, Kind::U16, Pace::Fast)], Vec::new());
    let site = site(tcp(), (0..20).map(|_| device()).collect());
    let (mut bus, mut micros, mut silent, mut answered) = (Bus::new(site, 0, at(0)), 0, 0, [0_u32; 21]);
    while micros < 60_000_000 {
        match bus.next(at(micros)) {
            Next::Send(request) if request.unit <= 10 => {
                micros += 500_000;
                bus.failure(request.id, Failure::Timeout, at(micros));
                silent += 1;
                // The wire makes a connection anew that was silent three times in a row.
                if silent == 3 {
                    silent = 0;
                    bus.link(false, "3 requests in a row without any answer", at(micros));
                    bus.link(true, "", at(micros));
                }
            }
            Next::Send(request) => {
                micros += 1_000;
                bus.reply(request.id, Reply::Words(vec![1]), at(micros));
                (silent, answered[usize::from(request.unit)]) = (0, answered[usize::from(request.unit)] + 1);
            }
            Next::WaitUntil(until) => {
                micros = until.0.max(micros + 1);
                bus.tick(at(micros));
            }
        }
    }
    assert!(answered[11..].iter().all(|answers| *answers > 40), "{answered:?}");
}
