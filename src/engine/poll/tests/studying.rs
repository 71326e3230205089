//! What a bus says of one of its devices to whoever brings it on line.

use std::time::Duration;

use super::rig::*;
use crate::engine::base::Category;
use crate::engine::poll::{Reply, Standing, Study};
use crate::engine::profile::{Kind, Pace};

/// Five fire points that are read together, and one that is read once a minute.
fn field() -> Rig {
    let mut points: Vec<_> = (0..5).map(|n| point(10 + n, Kind::U16, Pace::Fire)).collect();
    points.push(point(200, Kind::U16, Pace::Slow));
    let alarms = (0..6).map(|slot| above_zero(slot, Category::Fire)).collect();
    let panel = || bridging(points.clone(), Vec::clone(&alarms));
    Rig::new(site(tcp(), vec![panel(), panel()]))
}

fn study(rig: &Rig, device: u32) -> Study {
    rig.bus.study(device, rig.now().mono).expect("a device of this bus")
}

fn ranges(study: &Study) -> Vec<(u16, u16, Standing)> {
    study.requests.iter().map(|request| (request.start, request.count, request.standing)).collect()
}

#[test]
fn the_plan_is_the_one_of_now_with_what_each_request_brought() {
    let mut rig = field();
    let before = study(&rig, 0);
    assert_eq!(ranges(&before), [(10, 5, Standing::Unread), (200, 1, Standing::Unread)]);
    assert!(before.requests.iter().all(|request| request.age.is_none() && request.last.is_none()));
    rig.registers.get_mut(&1).expect("unit 1")[12] = 0xBEEF;
    rig.run(3.0);
    let now = study(&rig, 0);
    assert_eq!(ranges(&now), [(10, 5, Standing::Current), (200, 1, Standing::Current)]);
    let fire = &now.requests[0];
    assert_eq!(fire.last, Some(Reply::Words(vec![0, 0, 0xBEEF, 0, 0])));
    assert_eq!(
        (fire.round_trip, fire.points.clone(), fire.period),
        (Some(rig.wire), vec![0, 1, 2, 3, 4], Duration::from_secs(1))
    );
    assert!(fire.age.is_some_and(|age| age <= Duration::from_secs(1)) && now.requests[1].age > fire.age);
    assert!(!now.split && !now.dead && now.believed && now.unanswered == 0);
    assert_eq!(rig.bus.study(7, rig.now().mono), None, "no device of this bus");
}

#[test]
fn a_range_that_was_refused_shows_its_parts_and_what_is_missing() {
    let mut rig = field();
    rig.holes.insert(1, vec![13]);
    rig.run(5.0);
    let now = study(&rig, 0);
    assert!(now.split);
    let refused: Vec<_> = now.requests.iter().filter(|request| request.standing == Standing::Refused).collect();
    assert_eq!((refused.len(), refused[0].start, refused[0].count), (1, 13, 1));
    let points: usize = now.requests.iter().map(|request| request.points.len()).sum();
    assert_eq!(points, 6, "no point is lost by it");
    assert_eq!(ranges(&study(&rig, 1)), [(10, 5, Standing::Current), (200, 1, Standing::Current)]);
}

#[test]
fn a_device_that_was_given_up_is_late_and_keeps_what_it_said_last() {
    let mut rig = field();
    rig.run(3.0);
    rig.moods.insert(1, Mood::Silent);
    rig.run(20.0);
    let now = study(&rig, 0);
    assert!(now.dead && now.unanswered >= 3);
    assert!(ranges(&now).iter().all(|(.., standing)| *standing == Standing::Late), "{now:?}");
    assert!(now.requests[0].age > Some(Duration::from_secs(15)) && now.requests[0].last.is_some());
}
