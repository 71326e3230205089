use std::sync::Arc;
use std::time::Duration;

use super::rig::*;
use crate::engine::base::{Category, Mono, Reading, Reason, Truth, Value};
use crate::engine::poll::{Failure, LinkOf, Next, Reply, plan};
use crate::engine::profile::{Kind, Pace, PointSpec, Table};

fn number(rig: &Rig, point: usize) -> Option<f64> {
    match rig.board[point].good() {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    }
}

#[test]
fn contiguous_points_share_a_request() {
    let points = [(0, Kind::U16), (1, Kind::U32), (3, Kind::U16), (5, Kind::U16), (5, Kind::I16), (6, Kind::F32)];
    let check = |paces: [Pace; 6], max_registers, expected: &[&str]| {
        let points = points.into_iter().zip(paces).map(|((address, kind), pace)| point(address, kind, pace)).collect();
        let mut profile = profile(points, vec![]);
        profile.link.max_registers = max_registers;
        let plan = plan(&site(serial(), vec![profile]), 0);
        let lines: Vec<String> = plan.requests.iter().map(ToString::to_string).collect();
        assert_eq!(lines, expected);
        assert_eq!(plan.requests.iter().map(|request| request.points).sum::<usize>(), 6);
    };
    check([Pace::Normal; 6], 125, &["holding 0 x 4 normal", "holding 5 x 3 normal"]);
    check(
        [Pace::Normal; 6],
        2,
        &[
            "holding 0 x 1 normal",
            "holding 1 x 2 normal",
            "holding 3 x 1 normal",
            "holding 5 x 1 normal",
            "holding 6 x 2 normal",
        ],
    );
    let fire_first = [Pace::Normal, Pace::Normal, Pace::Fire, Pace::Fire, Pace::Normal, Pace::Normal];
    check(
        fire_first,
        125,
        // The normal point in register 5 comes with the fire point there, for nothing.
        &["holding 3 x 1 fire", "holding 5 x 1 fire", "holding 0 x 3 normal", "holding 6 x 2 normal"],
    );
}

#[test]
fn values_come_from_verified_replies_with_the_time_of_the_reply() {
    let mut rig = Rig::new(site(
        tcp(),
        vec![profile(vec![point(0, Kind::U16, Pace::Normal), point(1, Kind::I32, Pace::Normal)], vec![])],
    ));
    rig.registers.insert(1, vec![7, 0xFFFF, 0xFFFD]);
    let report = rig.step();
    let reading = |value| Reading { known: Ok(Value::Number(value)), at: at(10_000) };
    assert_eq!(report.values, vec![(0, reading(7.0)), (1, reading(-3.0))]);
    rig.run(4.0);
    assert_eq!(rig.values.len(), 2, "a steady state says nothing");
}

#[test]
fn a_dead_band_is_measured_from_what_was_said_last() {
    let spec = PointSpec { deadband: 2.0, ..point(0, Kind::U16, Pace::Fast) };
    let mut rig = Rig::new(site(tcp(), vec![profile(vec![spec], vec![])]));
    let mut said = Vec::new();
    for value in [10, 11, 12, 13, 14, 13, 12, 11] {
        rig.registers.insert(1, vec![value]);
        rig.run(1.0);
        said.push(number(&rig, 0).expect("it answers") as u16);
    }
    assert_eq!(said, [10, 10, 12, 12, 14, 14, 12, 12]);
}

#[test]
fn a_short_a_long_and_a_foreign_reply_change_nothing() {
    for mood in [Mood::Short, Mood::Long] {
        let mut rig = one_detector();
        rig.run(3.0);
        rig.registers.insert(1, vec![9; 1000]);
        rig.moods.insert(1, mood);
        let before = (rig.values.len(), rig.edges.len());
        let report = rig.step();
        let later = rig.step();
        assert_eq!((rig.values.len(), rig.edges.len()), before, "{mood:?} {report:?} {later:?}");
        rig.moods.insert(1, Mood::Well);
        rig.run(2.0);
        assert_eq!(number(&rig, 0), Some(9.0));
    }
    let mut rig = one_detector();
    let Next::Send(request) = rig.bus.next(at(0)) else { panic!("the first read is due at once") };
    assert!(rig.bus.reply(request.id + 1, Reply::Words(vec![1]), at(10)).is_empty());
    assert!(rig.bus.failure(request.id + 1, Failure::Timeout, at(10)).is_empty());
    assert!(matches!(rig.bus.next(at(20)), Next::WaitUntil(_)), "the request is still out");
    assert!(!rig.bus.reply(request.id, Reply::Words(vec![1]), at(30)).is_empty());
    assert!(rig.bus.reply(request.id, Reply::Words(vec![0]), at(40)).is_empty(), "once");
}

#[test]
fn a_fire_of_one_poll_is_raised_exactly_once_per_episode() {
    let mut rig = one_detector();
    rig.run(5.0);
    assert_eq!(rig.truths(0), [Truth::False]);
    for episode in 1..=3 {
        rig.registers.insert(1, vec![1]);
        rig.run(1.0);
        rig.registers.insert(1, vec![0]);
        rig.run(4.0);
        let raised = rig.truths(0).iter().filter(|truth| **truth == Truth::True).count();
        assert_eq!(raised, episode);
        assert_eq!(rig.truths(0).last(), Some(&Truth::False));
    }
    let sweeps: Vec<u64> = rig.edges.iter().map(|edge| edge.sweep).collect();
    assert!(sweeps.windows(2).all(|pair| pair[0] < pair[1]), "{sweeps:?}");
}

#[test]
fn a_clear_takes_two_reads_one_period_apart() {
    let mut rig = one_detector();
    rig.registers.insert(1, vec![1]);
    rig.run(2.0);
    rig.registers.insert(1, vec![0]);
    let from = rig.sent.len();
    while rig.truths(0).last() != Some(&Truth::False) {
        rig.step();
    }
    assert_eq!(rig.sent.len() - from, 2);
}

#[test]
fn edges_of_one_sweep_carry_the_same_number() {
    let detector = || profile(vec![point(0, Kind::U16, Pace::Fire)], vec![above_zero(0, Category::Fire)]);
    let mut rig = Rig::new(site(tcp(), vec![detector(), detector(), detector()]));
    rig.run(3.5);
    // The first in the order of the site is dead: sweeps go on without it.
    rig.moods.insert(1, Mood::Silent);
    rig.run(20.5);
    for unit in [2, 3] {
        rig.registers.insert(unit, vec![1]);
    }
    rig.run(1.5);
    let raised: Vec<(u32, u64)> =
        rig.edges.iter().filter(|edge| edge.truth == Truth::True).map(|edge| (edge.rule, edge.sweep)).collect();
    let [(1, first), (2, second)] = raised[..] else { panic!("{raised:?}") };
    assert_eq!(first, second);
    assert!(first > 15, "{first}");
}

#[test]
fn a_delayed_rule_is_raised_when_its_delay_has_passed() {
    let spec = delayed(above_zero(0, Category::Fault), 5);
    let mut rig = Rig::new(site(tcp(), vec![profile(vec![point(0, Kind::U16, Pace::Slow)], vec![spec])]));
    rig.registers.insert(1, vec![1]);
    rig.step();
    assert_eq!(rig.truths(0), []);
    rig.run(10.0);
    assert_eq!(rig.truths(0), [Truth::True]);
    assert_eq!(rig.edges[0].at.mono, Mono(5_010_000), "five seconds after the reply");
}

#[test]
fn an_exception_means_alive_and_blind() {
    let mut rig = one_detector();
    rig.run(3.0);
    rig.moods.insert(1, Mood::Refuses(2));
    rig.run(30.0);
    assert_eq!(rig.link_changes(), [(LinkOf::Device(0), false)]);
    assert_eq!(rig.board[0].known, Err(Reason::DeviceException));
    assert_eq!(rig.truths(0), [Truth::False, Truth::Unknown]);
    rig.moods.insert(1, Mood::Well);
    rig.run(3.0);
    assert_eq!(rig.link_changes(), [(LinkOf::Device(0), false), (LinkOf::Device(0), true)]);
    assert_eq!(rig.truths(0), [Truth::False, Truth::Unknown, Truth::False]);
}

#[test]
fn one_exception_is_no_fault_and_a_gateways_exception_is_silence() {
    let mut rig = one_detector();
    rig.run(3.0);
    rig.moods.insert(1, Mood::Refuses(6));
    rig.run(1.0);
    rig.moods.insert(1, Mood::Well);
    rig.run(3.0);
    assert_eq!(rig.link_changes(), []);
    rig.moods.insert(1, Mood::Refuses(0x0B));
    rig.run(5.0);
    assert_eq!(rig.link_changes(), [(LinkOf::Device(0), false)]);
}

#[test]
fn a_blind_slow_point_is_announced_well_inside_a_hundred_seconds() {
    let slow = point(0, Kind::U16, Pace::Slow);
    let mut rig = Rig::new(site(tcp(), vec![profile(vec![slow], vec![above_zero(0, Category::Fault)])]));
    rig.run(61.0);
    rig.moods.insert(1, Mood::Refuses(2));
    rig.run(65.0);
    assert_eq!(rig.link_changes(), [(LinkOf::Device(0), false)]);
}

#[test]
fn a_range_that_is_never_answered_is_stale_announced_and_no_burden() {
    // Reads of register 50 time out, everything else is answered.
    let profile = profile(
        vec![point(0, Kind::U16, Pace::Fire), point(50, Kind::U16, Pace::Fire)],
        vec![above_zero(0, Category::Fire), above_zero(1, Category::Fire)],
    );
    let mut rig = Rig::new(site(serial(), vec![profile]));
    rig.mute = Some(50);
    rig.run(600.0);
    assert_eq!(rig.link_changes(), [(LinkOf::Rule(1), false)]);
    assert_eq!(rig.board[1].known, Err(Reason::Stale));
    assert_eq!(rig.truths(0), [Truth::False]);
    let lost = rig.sent.iter().filter(|(at, request)| at.0 > 60_000_000 && request.start == 50).count() as f64 * 1.5;
    assert!(lost / 540.0 <= 0.04, "{lost} s of 540 s");
}

#[test]
fn confirmation_reports_every_rule_of_the_device_anew() {
    let slow = point(10, Kind::U16, Pace::Slow);
    let points = vec![point(0, Kind::U16, Pace::Fire), slow];
    let alarms = vec![above_zero(0, Category::Fire), above_zero(1, Category::Fault)];
    let mut rig = Rig::new(site(tcp(), vec![profile(points, alarms)]));
    rig.registers.get_mut(&1).expect("unit 1")[0] = 1;
    rig.run(130.0);
    assert_eq!((rig.truths(0), rig.truths(1)), (vec![Truth::True], vec![Truth::False]));
    rig.bus.confirm(0, rig.now());
    rig.run(2.5);
    assert_eq!(rig.truths(0), [Truth::True, Truth::True]);
    assert_eq!(rig.truths(1), [Truth::False, Truth::False], "also the slow one, by two new reads");
    rig.run(130.0);
    assert_eq!(rig.truths(0).len() + rig.truths(1).len(), 4, "once");
}

#[test]
fn confirmation_reports_every_point_of_the_device_anew() {
    // A board that was told to distrust the bus shows nothing good until it is posted again.
    let mut rig = Rig::new(site(tcp(), vec![profile(vec![point(0, Kind::U16, Pace::Fire)], vec![])]));
    rig.run(3.0);
    let untrusted = Reading { known: Err(Reason::Stale), at: rig.now() };
    rig.board[0] = untrusted;
    rig.run(3.0);
    assert_eq!(rig.board[0].known, Err(Reason::Stale), "nothing changed");
    rig.bus.confirm(0, rig.now());
    rig.run(2.5);
    assert_eq!(rig.board[0].known, Ok(Value::Number(0.0)));
}

#[test]
fn a_confirmation_does_not_count_the_request_on_the_wire() {
    let mut rig = one_detector();
    rig.registers.insert(1, vec![1]);
    rig.run(1.5);
    let Next::Send(request) = (loop {
        match rig.bus.next(rig.now()) {
            Next::WaitUntil(until) => rig.micros = until.0,
            send => break send,
        }
    }) else {
        panic!("a request")
    };
    rig.bus.confirm(0, rig.now());
    let now = at(rig.micros + 1000);
    assert_eq!(rig.bus.reply(request.id, Reply::Words(vec![1]), now).edges, []);
    rig.micros += 2000;
    assert_eq!(rig.step().edges.len(), 1);
}

#[test]
fn the_alive_report_comes_once_a_second_with_the_oldest_age_of_each_pace() {
    let points = vec![point(0, Kind::U16, Pace::Fire), point(10, Kind::U16, Pace::Normal)];
    let mut rig = Rig::new(site(tcp(), vec![profile(points, vec![])]));
    rig.run(60.0);
    assert!((59..=61).contains(&rig.alive.len()), "{}", rig.alive.len());
    for (when, ages) in &rig.alive {
        assert!(ages[&Pace::Fire] <= Duration::from_millis(1100), "{when:?} {ages:?}");
        assert!(ages[&Pace::Normal] <= Duration::from_millis(5100), "{when:?} {ages:?}");
    }
    assert!(rig.alive.iter().any(|(_, ages)| ages[&Pace::Normal] > Duration::from_secs(4)));
}

#[test]
fn a_bit_table_is_read_as_bits_and_words_are_no_answer_to_it() {
    let mut points: Vec<PointSpec> = (0..3).map(|address| point(address, Kind::Bit, Pace::Fire)).collect();
    points.iter_mut().for_each(|point| Arc::make_mut(&mut point.encoding).table = Table::Discrete);
    let mut rig = Rig::new(site(tcp(), vec![profile(points, vec![])]));
    let ask = |rig: &mut Rig, reply: Reply| loop {
        match rig.bus.next(rig.now()) {
            Next::Send(request) => {
                assert_eq!((request.table, request.start, request.count), (Table::Discrete, 0, 3));
                let report = rig.bus.reply(request.id, reply, rig.now());
                return rig.take(report);
            }
            Next::WaitUntil(until) => {
                rig.micros = until.0;
                let report = rig.bus.tick(rig.now());
                rig.take(report);
            }
        }
    };
    assert!(ask(&mut rig, Reply::Words(vec![1, 0, 1])).values.is_empty());
    let report = ask(&mut rig, Reply::Bits(vec![true, false, true]));
    let known: Vec<_> = report.values.into_iter().map(|(_, reading)| reading.known).collect();
    assert_eq!(known, [Ok(Value::Bit(true)), Ok(Value::Bit(false)), Ok(Value::Bit(true))]);
}
