use super::rig::*;
use crate::engine::base::{Category, Mono};
use crate::engine::poll::{LinkOf, Said};
use crate::engine::profile::{Entry, Kind, Memory, Order, Pace, Profile, Sequence, Stamp, Table};
use crate::engine::site::Endpoint;

/// Where entries begin.
const FIRST: u16 = 60;
/// Where the counter is.
const COUNTER: u16 = 50;

fn remembering(entries: u16, counter: bool) -> Profile {
    let points = vec![point(0, Kind::U16, Pace::Fire), point(40, Kind::U16, Pace::Slow)];
    let mut profile = profile(points, vec![above_zero(0, Category::Fire), above_zero(1, Category::Fault)]);
    profile.memory = Some(Memory {
        table: Table::Holding,
        counter: counter.then_some(COUNTER),
        first: FIRST,
        stride: 3,
        entries,
        order: Sequence::NewestFirst,
        code: 2,
        time: Some(Stamp { offset: 0, order: Order::Abcd, epoch: None }),
        codes: Vec::new(),
    });
    profile
}

fn field(endpoint: Endpoint, entries: u16, counter: bool) -> Rig {
    Rig::new(site(
        endpoint,
        vec![remembering(entries, counter), profile(vec![point(0, Kind::U16, Pace::Fire)], vec![])],
    ))
}

/// The device notes something: the newest comes first.
fn note(rig: &mut Rig, entries: usize, entry: Entry) {
    let registers = rig.registers.get_mut(&1).expect("a unit");
    let first = usize::from(FIRST);
    registers.copy_within(first..first + (entries - 1) * 3, first + 3);
    registers[first..first + 3].copy_from_slice(&[(entry.time >> 16) as u16, entry.time as u16, entry.code]);
    registers[usize::from(COUNTER)] += 1;
}

fn entry(number: u32) -> Entry {
    Entry { time: 0x0001_0000 + number, code: number as u16 }
}

/// What was told of memories: the codes, the oldest first.
fn told(rig: &Rig) -> Vec<Vec<u16>> {
    let remembered = rig.records.iter().filter_map(|record| match &record.said {
        Said::Remembered { entries } => Some(entries.iter().map(|entry| entry.code).collect()),
        _ => None,
    });
    remembered.collect()
}

/// The longest time between two reads of the fire point of a unit.
fn longest_gap(rig: &Rig, unit: u8) -> f64 {
    let reads = rig.sent.iter().filter(|(_, request)| (request.unit, request.start) == (unit, 0));
    let times: Vec<u64> = reads.map(|(at, _)| at.0).collect();
    times.windows(2).map(|pair| (pair[1] - pair[0]) as f64 / 1e6).fold(0.0, f64::max)
}

fn asked(rig: &Rig, at: u16) -> Vec<Mono> {
    let memory = FIRST..FIRST + 400;
    let of = |start: u16| if at == FIRST { memory.contains(&start) } else { start == at };
    rig.sent.iter().filter(|(_, request)| of(request.start)).map(|(at, _)| *at).collect()
}

#[test]
fn a_memory_is_told_at_the_start_and_when_its_counter_moves() {
    let mut rig = field(tcp(), 40, true);
    note(&mut rig, 40, entry(1));
    rig.run(10.0);
    assert_eq!(told(&rig), [[1]]);
    rig.run(300.0);
    assert_eq!(asked(&rig, FIRST).len(), 1, "the counter stands still");
    assert!((5..=7).contains(&asked(&rig, COUNTER).len()), "and is looked at slowly: {:?}", asked(&rig, COUNTER));
    note(&mut rig, 40, entry(2));
    rig.run(61.0);
    assert_eq!(told(&rig).last(), Some(&vec![1, 2]));
    // A counter that counts no further hides nothing for long.
    rig.registers.get_mut(&1).expect("a unit")[usize::from(COUNTER)] = 2;
    note(&mut rig, 40, entry(3));
    rig.registers.get_mut(&1).expect("a unit")[usize::from(COUNTER)] = 2;
    rig.run(661.0);
    assert_eq!(told(&rig).last(), Some(&vec![1, 2, 3]));
}

#[test]
fn a_device_that_comes_back_is_asked_what_it_noted_once_its_alarms_were_read() {
    for endpoint in [tcp(), serial()] {
        let mut rig = field(endpoint, 40, true);
        rig.run(10.0);
        rig.moods.insert(1, Mood::Silent);
        rig.run(30.0);
        assert_eq!(rig.link_changes(), [(LinkOf::Device(0), false)]);
        let before = told(&rig).len();
        note(&mut rig, 40, entry(1));
        rig.registers.get_mut(&1).expect("a unit")[0] = 1;
        rig.registers.get_mut(&1).expect("a unit")[40] = 1;
        rig.run(30.0);
        assert_eq!(told(&rig).len(), before, "nobody can be asked");
        rig.moods.insert(1, Mood::Well);
        rig.edges.clear();
        while told(&rig).len() == before {
            assert!(rig.micros < 200_000_000, "it is told");
            rig.run(0.1);
        }
        assert_eq!(told(&rig).last(), Some(&vec![1]));
        assert_eq!(rig.edges.len(), 2, "both alarms were read before, the slow one too");
    }
}

#[test]
fn a_memory_that_grows_while_it_is_read_is_read_again() {
    for counter in [true, false] {
        let mut rig = field(serial(), 100, counter);
        for number in 1..=100 {
            note(&mut rig, 100, entry(number));
        }
        let parts = |rig: &Rig| asked(rig, FIRST).len();
        while parts(&rig) < 3 {
            rig.run(0.05);
        }
        note(&mut rig, 100, entry(101));
        rig.run(20.0);
        assert_eq!(told(&rig), [(2..=101).collect::<Vec<u16>>()], "with a counter: {counter}");
    }
}

#[test]
fn a_memory_holds_up_nobody() {
    let mut quiet = remembering(300, false);
    quiet.memory = None;
    let gap = |profile: Profile| {
        let mut rig = Rig::new(site(serial(), vec![profile]));
        rig.timed = true;
        rig.run(120.0);
        assert!(rig.sent.iter().all(|(_, request)| request.start < FIRST || request.count <= 45), "no long request");
        longest_gap(&rig, 1)
    };
    let (with, without) = (gap(remembering(300, false)), gap(quiet));
    assert!(with <= without + 0.1, "one slice of the line at most: {with} s against {without} s");
}

#[test]
fn a_full_fire_lane_leaves_a_memory_its_turns() {
    let mut profile = remembering(40, true);
    profile.points = (0..30).map(|number| point(number * 10, Kind::U16, Pace::Fire)).collect();
    profile.alarms = (0..30).map(|slot| above_zero(slot, Category::Fire)).collect();
    let mut rig = Rig::new(site(serial(), vec![profile]));
    rig.timed = true;
    rig.run(60.0);
    assert_eq!(told(&rig), [[0; 0]]);
    assert!(rig.sent.len() > 1000, "the line is full: {}", rig.sent.len());
}

#[test]
fn a_memory_that_is_refused_is_announced_once_and_everything_else_goes_on() {
    for mood in ["refused", "mute"] {
        let mut rig = field(tcp(), 40, false);
        match mood {
            "refused" => {
                rig.holes.insert(1, vec![FIRST + 1]);
            }
            _ => rig.mute = Some(FIRST),
        }
        rig.run(200.0);
        let forgotten = rig.records.iter().filter(|record| matches!(record.said, Said::Forgotten { .. })).count();
        assert_eq!((forgotten, told(&rig).len()), (1, 0), "{mood}");
        assert_eq!(rig.link_changes(), [], "{mood}");
        let gap = longest_gap(&rig, 1).max(longest_gap(&rig, 2));
        assert!(gap < 1.6, "both devices are asked each second: {gap}");
        rig.holes.clear();
        rig.mute = None;
        rig.run(61.0);
        assert_eq!(told(&rig), [[0; 0]], "{mood}");
    }
}
