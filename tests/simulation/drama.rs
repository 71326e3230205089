//! A fire in the room that is protected by gas: two detections, and mostly something that must keep the agent in.

use tocsin::engine::base::Mono;

use crate::plan::{Deed, Happening, Kind, Watched};
use crate::random::Random;

/// How long one lasts, at most, in milliseconds.
pub const LASTS: u64 = 110_000;

/// What else happens, each counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    Nothing,
    Aborted,
    PermissionTaken,
    PermissionTakenUnseen,
    PermissionUnknown,
    Drilled,
    Tested,
    Isolated,
    Killed,
    DetectionOver,
    OneDetection,
    ByHand,
    NoStartControl,
    DiskFails,
    InterlockOpen,
}

pub const TURNS: [Turn; 15] = [
    Turn::Nothing,
    Turn::Aborted,
    Turn::PermissionTaken,
    Turn::PermissionTakenUnseen,
    Turn::PermissionUnknown,
    Turn::Drilled,
    Turn::Tested,
    Turn::Isolated,
    Turn::Killed,
    Turn::DetectionOver,
    Turn::OneDetection,
    Turn::ByHand,
    Turn::NoStartControl,
    Turn::DiskFails,
    Turn::InterlockOpen,
];

/// Writes one that begins at `at`, in milliseconds, into a plan.
pub fn play(
    turn: Turn,
    at: u64,
    random: &mut Random,
    watched: &[Watched],
    gas: usize,
    plan: &mut Vec<(Mono, Happening)>,
) {
    let mut then = |after: u64, happening| plan.push((Mono((at + after) * 1_000), happening));
    let detector =
        |id: &str| watched.iter().position(|watched| watched.point == id).expect("a detector of the start panel");
    let (first, second) = (detector("start-1/d1"), detector("start-1/d2"));
    let switch = |point: &'static str, on: bool| Happening::Switch { point, on };
    let fault = |kind, target, begins| Happening::Fault { kind, target, begins };
    then(0, Happening::Turn(turn));
    for (point, on) in [
        ("start-1/start-auto", !matches!(turn, Turn::NoStartControl | Turn::ByHand)),
        ("start-1/start-manual", turn != Turn::NoStartControl),
        ("start-1/spray", true),
        ("gas-1/aborted", false),
        ("gas-1/released", false),
        ("smoke-1/selector-auto", turn != Turn::InterlockOpen),
    ] {
        then(100, switch(point, on));
    }
    let begins = 14_000 + random.next() % 3_000;
    let ends = 82_000 + random.next() % 8_000;
    then(begins, Happening::Stimulus { watched: first, on: true });
    then(ends, Happening::Stimulus { watched: first, on: false });
    if turn != Turn::OneDetection {
        then(begins + random.next() % 8_000, Happening::Stimulus { watched: second, on: true });
        then(ends + 500, Happening::Stimulus { watched: second, on: false });
    }
    // The release is due between 46 and 58 s.
    match turn {
        Turn::Nothing | Turn::OneDetection | Turn::InterlockOpen => {}
        Turn::Aborted => then(30_000 + random.next() % 12_000, switch("gas-1/aborted", true)),
        Turn::PermissionTaken => then(30_000 + random.next() % 10_000, switch("start-1/spray", false)),
        Turn::PermissionTakenUnseen => {
            // Nobody can read that it was taken: what was read before is too old to go by.
            then(38_000 + random.next() % 9_000, fault(Kind::Late, gas, true));
            then(47_000, switch("start-1/spray", false));
            then(80_000, fault(Kind::Late, gas, false));
        }
        Turn::PermissionUnknown => then(18_000 + random.next() % 10_000, Happening::SprayUnknown),
        Turn::Drilled => {
            then(2_000, Happening::Does(Deed::Drill));
            then(70_000, Happening::Does(Deed::ReleaseActions));
            then(ends + 1_000, Happening::Does(Deed::EndDrill));
        }
        Turn::Tested => then(2_000, Happening::Does(Deed::Test)),
        Turn::Isolated => then(2_000, Happening::Does(Deed::Isolate)),
        Turn::Killed => {
            let after = begins + random.next() % 40_000;
            then(after, fault(Kind::KilledProcess, 0, true));
            then(after + 1_000, fault(Kind::KilledProcess, 0, false));
            then(65_000, Happening::Does(Deed::ReleaseActions));
        }
        Turn::DetectionOver => {
            then(27_000, Happening::Stimulus { watched: second, on: false });
        }
        Turn::ByHand => {
            then(24_000, Happening::Does(Deed::ReleaseActions));
            then(26_000, Happening::Does(Deed::ReleaseActions));
            then(28_000, Happening::Does(Deed::ReleaseActions));
        }
        Turn::NoStartControl => then(50_000, Happening::Does(Deed::ReleaseActions)),
        Turn::DiskFails => {
            then(40_000, fault(Kind::FailedCommit, 0, true));
            then(70_000, fault(Kind::FailedCommit, 0, false));
        }
    }
    then(ends + 5_000, Happening::Does(Deed::Acknowledge));
    then(ends + 7_000, switch("gas-1/aborted", false));
    then(ends + 9_000, switch("gas-1/released", false));
    then(ends + 15_000, Happening::Does(Deed::Reset));
}
