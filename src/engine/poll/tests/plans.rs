use std::collections::BTreeMap;
use std::time::Duration;

use super::rig::*;
use crate::engine::base::{Mono, Truth};
use crate::engine::poll::{Request, plan};
use crate::engine::profile::{Kind, Pace, Profile};
use crate::engine::site::Endpoint;

#[test]
fn the_plan_knows_load_and_worst_ages() {
    let device = || profile(vec![point(0, Kind::U16, Pace::Fire), point(10, Kind::U16, Pace::Normal)], vec![]);
    let plan = plan(&site(serial(), vec![device(), device()]), 0);
    assert_eq!(plan.requests.len(), 4);
    // 42.9 ms a request: two a second and two each five seconds.
    assert!((plan.load - (2.0 * 0.0429 + 2.0 * 0.0429 / 5.0)).abs() < 0.001, "{}", plan.load);
    let fire = &plan.ages[&Pace::Fire];
    assert!((fire.all_answer.as_secs_f64() - (1.0 + 3.0 * 0.0429)).abs() < 0.001, "{fire:?}");
    // One time-out and its rest more, and a sweep more, without what the dead device had in it.
    assert!((fire.dead[0].as_secs_f64() - (1.0 + 4.0 * 0.0429 + 1.5)).abs() < 0.001, "{fire:?}");
    assert_eq!(fire.dead.len(), 1);
    assert!(plan.ages[&Pace::Normal].all_answer > Duration::from_secs(5));
    assert_eq!(plan.unnoticed, Duration::from_millis(37_500));
}

/// A fire range and, on top of it, states and measurements.
fn busy(fire: u16, rest: u16) -> Profile {
    let range = |start: u16, count: u16, pace| (start..start + count).map(move |at| point(at, Kind::U16, pace));
    let points = range(0, fire, Pace::Fire).chain(range(200, rest, Pace::Fast)).chain(range(400, rest, Pace::Normal));
    profile(points.collect(), vec![])
}

/// The longest time between two replies to the same read, by pace, of devices below `living`, from `from` on.
fn longest_gaps(rig: &Rig, living: u32, from: f64) -> BTreeMap<Pace, Duration> {
    let pace = |request: &Request| match request.start {
        0..200 => Pace::Fire,
        200..400 => Pace::Fast,
        _ => Pace::Normal,
    };
    let mut last: BTreeMap<(u32, u16), Mono> = BTreeMap::new();
    let mut gaps = BTreeMap::new();
    for ((_, request), ended) in rig.sent.iter().zip(&rig.ended).filter(|((_, r), _)| r.device < living) {
        if let Some(before) = last.insert((request.device, request.start), *ended)
            && before.0 as f64 >= from * 1e6
        {
            let longest: &mut Duration = gaps.entry(pace(request)).or_default();
            *longest = (*longest).max(ended.since(before));
        }
    }
    gaps
}

#[test]
fn no_point_gets_older_than_the_plan_says_however_many_are_dead() {
    // From an idle line to one whose fire lane alone fills it.
    for (endpoint, devices, fire, rest) in
        [(serial(), 4, 4, 10), (serial(), 8, 30, 60), (serial(), 12, 60, 30), (tcp(), 10, 100, 100)]
    {
        let site = site(endpoint, (0..devices).map(|_| busy(fire, rest)).collect());
        let ages = plan(&site, 0).ages;
        for dead in 0..devices {
            let mut rig = Rig::new(std::sync::Arc::clone(&site));
            rig.timed = true;
            rig.run(60.0);
            let living = u32::try_from(devices - dead).expect("few");
            for unit in living..u32::try_from(devices).expect("few") {
                rig.moods.insert(u8::try_from(unit + 1).expect("few"), Mood::Silent);
            }
            rig.run(400.0);
            let bound = |pace: Pace| if dead == 0 { ages[&pace].all_answer } else { ages[&pace].dead[dead - 1] };
            // The fire lane is never late, the others are not once the dead were found dead.
            for (from, paces) in [(30.0, &[Pace::Fire][..]), (250.0, &[Pace::Fast, Pace::Normal][..])] {
                let gaps = longest_gaps(&rig, living, from);
                for pace in paces {
                    let (gap, bound) = (gaps[pace], bound(*pace));
                    assert!(gap <= bound, "{devices} devices, {dead} dead, {pace:?}: {gap:?} > {bound:?}");
                }
            }
        }
    }
}

/// How much of the line's time requests take, and how long one sweep of all reads takes, both from the second minute on.
fn flat_out(devices: usize, registers: u16) -> (f64, f64) {
    let points = || (0..registers).map(|at| point(at, Kind::U16, Pace::Fire)).collect();
    let mut rig = Rig::new(site(serial(), (0..devices).map(|_| profile(points(), vec![])).collect()));
    rig.timed = true;
    rig.run(60.0);
    let first = rig.sent.len();
    rig.run(60.0);
    let spent =
        rig.sent[first..].iter().zip(&rig.ended[first..]).map(|((at, _), ended)| ended.since(*at).as_secs_f64());
    (spent.sum::<f64>() / 60.0, rig.mean_period(0, 60.0))
}

#[test]
fn a_line_that_is_asked_for_more_than_it_can_carry_is_never_idle() {
    // 40 registers take 124.2 ms at 9600 8N1: 93 characters of 10 bits, two silences and 20 ms of thinking.
    let (busy, period) = flat_out(4, 40);
    assert!((busy - 4.0 * 0.1242).abs() < 0.01 && (period - 1.0).abs() < 0.001, "{busy} {period}");
    let (busy, period) = flat_out(16, 40);
    assert!(busy > 0.999, "{busy}");
    assert!((period / (16.0 * 0.1242) - 1.0).abs() < 0.1, "each in its turn: {period}");
}

#[test]
fn a_return_is_noticed_sooner_where_probes_hold_up_nobody() {
    let slow =
        || profile(vec![point(0, Kind::U16, Pace::Slow)], vec![above_zero(0, crate::engine::base::Category::Fault)]);
    let noticed = |endpoint: Endpoint| {
        let mut rig = Rig::new(site(endpoint, vec![slow(), slow(), slow(), slow()]));
        rig.run(5.0);
        for unit in 2..=4 {
            rig.moods.insert(unit, Mood::Silent);
        }
        rig.run(600.0);
        rig.moods.insert(4, Mood::Well);
        let back = rig.micros;
        while rig.truths(3).last() != Some(&Truth::False) {
            rig.step();
        }
        (rig.micros - back) as f64 / 1e6
    };
    // Three probes in turn behind the gate would take up to 110 s.
    assert!(noticed(serial()) < 36.0 && noticed(tcp()) < 36.0);
}
