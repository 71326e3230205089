//! What a seed has in store: episodes of alarms, faults of every kind, and people who act.

use std::time::Duration;

use tocsin::engine::base::Mono;
use tocsin::engine::site::Site;
use tocsin::sim::{Fault, Trouble};

use crate::drama::{self, Turn};
use crate::random::Random;

/// Faults come within this time; after it everything is mended and the gateway must find back.
pub const TROUBLED: Duration = Duration::from_secs(1_800);
/// How long it may take to find back.
pub const SETTLED: Duration = Duration::from_secs(200);

/// The kinds of fault of design §9, each counted when it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Lost,
    Late,
    Cut,
    Corrupt,
    Repeated,
    Foreign,
    WrongUnit,
    WrongFunction,
    TooShort,
    TooLong,
    Refused,
    RestartedDevice,
    PulledPort,
    HalfOpen,
    HangsUp,
    HangsUpMidFrame,
    NoTransaction,
    Unplugged,
    Echo,
    Noise,
    ForeignMaster,
    BrokerAway,
    SlowCommit,
    FailedCommit,
    ClockStep,
    KilledProcess,
    SilentBusTask,
}

pub const KINDS: [Kind; 27] = [
    Kind::Lost,
    Kind::Late,
    Kind::Cut,
    Kind::Corrupt,
    Kind::Repeated,
    Kind::Foreign,
    Kind::WrongUnit,
    Kind::WrongFunction,
    Kind::TooShort,
    Kind::TooLong,
    Kind::Refused,
    Kind::RestartedDevice,
    Kind::PulledPort,
    Kind::HalfOpen,
    Kind::HangsUp,
    Kind::HangsUpMidFrame,
    Kind::NoTransaction,
    Kind::Unplugged,
    Kind::Echo,
    Kind::Noise,
    Kind::ForeignMaster,
    Kind::BrokerAway,
    Kind::SlowCommit,
    Kind::FailedCommit,
    Kind::ClockStep,
    Kind::KilledProcess,
    Kind::SilentBusTask,
];

/// One thing that happens.
#[derive(Clone, Copy, Debug)]
pub enum Happening {
    /// A detector's rule begins or ceases to hold; index of the watched rule.
    Stimulus { watched: usize, on: bool },
    /// A fault begins or ends.
    Fault { kind: Kind, target: usize, begins: bool },
    /// A person acts, somehow.
    Person,
    /// A person commands something, somehow.
    Commands,
    /// A contact of the field is switched.
    Switch { point: &'static str, on: bool },
    /// The panel cannot say whether spray is permitted.
    SprayUnknown,
    /// A fire in the room that is protected by gas begins, and takes this turn.
    Turn(Turn),
    /// A person does just this.
    Does(Deed),
}

/// What people do because the plan wants it.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    Acknowledge,
    Reset,
    Drill,
    EndDrill,
    Test,
    Isolate,
    ReleaseActions,
    WithdrawAction,
}

/// Contacts that are switched at random: what permits, bars and interlocks, and what shows that equipment has tripped.
const SWITCHES: [&str; 9] = [
    "start-1/start-auto",
    "start-1/start-manual",
    "start-1/spray",
    "gas-1/aborted",
    "gas-1/released",
    "smoke-1/selector-auto",
    "smoke-1/overload-trip",
    "smoke-2/overload-trip",
    "pump-1/selector-auto",
];

/// A rule that the plan drives and the invariants follow.
#[derive(Clone, Debug)]
pub struct Watched {
    pub rule: u32,
    pub device: u32,
    /// Whether it is a bit; else an event code.
    pub bit: bool,
    /// The point that makes it hold, and how it says so.
    pub point: String,
}

/// The rules of the detectors: fire by their event code, fault by their trouble bit.
pub fn watched(site: &Site) -> Vec<Watched> {
    let mut list = Vec::new();
    for (index, rule) in site.rules.iter().enumerate() {
        let category = rule.condition.category.as_str();
        let element = rule.condition.point.as_str();
        // The start panel's detectors are bits of their own.
        if category == "fire" && element.starts_with("start-1/d") {
            list.push(Watched { rule: index as u32, device: rule.device, bit: true, point: element.to_owned() });
            continue;
        }
        let number = list.len();
        // Each element plays one part only, so that nothing but its own stimulus moves its rule.
        let part = if number % 3 == 2 { "fault" } else { "fire" };
        let taken = list.iter().any(|other: &Watched| other.point.starts_with(&format!("{element}.")));
        if taken || category != part || !element.starts_with("panel") {
            continue;
        }
        let field = if part == "fire" { "event" } else { "trouble" };
        list.push(Watched {
            rule: index as u32,
            device: rule.device,
            bit: part == "fault",
            point: format!("{element}.{field}"),
        });
    }
    list
}

/// The whole plan of a seed, in order of time.
pub fn plan(random: &mut Random, watched: &[Watched], site: &Site) -> Vec<(Mono, Happening)> {
    let (devices, buses) = (site.devices.len(), site.buses.len());
    let mut plan = Vec::new();
    let troubled = TROUBLED.as_millis() as u64;
    dramas(random, watched, site, &mut plan);
    // The first watched rule plays in the combined fault below and nowhere else, two in the dramas.
    let alone = |index: &usize| !matches!(watched[*index].point.as_str(), "start-1/d1" | "start-1/d2");
    for index in (1..watched.len()).filter(alone) {
        let mut at = random.millis(5_000, troubled / 4);
        while (at.as_millis() as u64) < troubled - 100_000 {
            let lasts = random.millis(2_500, 90_000);
            plan.push((Mono(at.as_micros() as u64), Happening::Stimulus { watched: index, on: true }));
            plan.push((Mono((at + lasts).as_micros() as u64), Happening::Stimulus { watched: index, on: false }));
            at += lasts + random.millis(20_000, troubled / 3);
        }
    }
    // Every seed draws each kind once and some again.
    let again: Vec<Kind> = (0..8).map(|_| *random.pick(&KINDS)).collect();
    for kind in KINDS.into_iter().chain(again) {
        let at = random.millis(10_000, troubled - 120_000);
        let lasts = match kind {
            Kind::ClockStep | Kind::KilledProcess | Kind::RestartedDevice => random.millis(1_000, 4_000),
            Kind::SlowCommit | Kind::FailedCommit => random.millis(1_000, 20_000),
            _ => random.millis(500, 60_000),
        };
        let target = match kind {
            Kind::PulledPort | Kind::SilentBusTask => random.below(buses),
            // The first buses are ports, the others lines.
            kind => match on_the_bus(kind).map(|trouble| (trouble.befalls(false), trouble.befalls(true))) {
                Some((true, true)) => random.below(buses),
                Some((true, false)) => random.below(PORTS),
                Some((false, _)) => PORTS + random.below(buses - PORTS),
                None => random.below(devices),
            },
        };
        if kind == Kind::KilledProcess {
            // Something is on its way when it dies.
            for millis in [900, 600, 300] {
                plan.push((Mono((at - Duration::from_millis(millis)).as_micros() as u64), Happening::Commands));
            }
        }
        plan.push((Mono(at.as_micros() as u64), Happening::Fault { kind, target, begins: true }));
        plan.push((Mono((at + lasts).as_micros() as u64), Happening::Fault { kind, target, begins: false }));
    }
    // Faults that come together find what they do not find alone: the disk fails, a fire breaks out, the process is
    // killed before anything of it is on the disk.
    let at = random.millis(100_000, troubled - 200_000);
    let mut then =
        |seconds: u64, happening| plan.push((Mono((at.as_micros() as u64) + seconds * 1_000_000), happening));
    then(0, Happening::Fault { kind: Kind::FailedCommit, target: 0, begins: true });
    then(1, Happening::Stimulus { watched: 0, on: true });
    then(6, Happening::Fault { kind: Kind::KilledProcess, target: 0, begins: true });
    then(7, Happening::Fault { kind: Kind::KilledProcess, target: 0, begins: false });
    then(20, Happening::Fault { kind: Kind::FailedCommit, target: 0, begins: false });
    then(90, Happening::Stimulus { watched: 0, on: false });
    let mut at = random.millis(5_000, 60_000);
    while (at.as_millis() as u64) < troubled {
        plan.push((Mono(at.as_micros() as u64), Happening::Person));
        at += random.millis(1_000, 90_000);
    }
    let mut at = random.millis(5_000, 30_000);
    while (at.as_millis() as u64) < troubled {
        plan.push((Mono(at.as_micros() as u64), Happening::Commands));
        at += random.millis(200, 40_000);
    }
    let mut at = random.millis(5_000, 60_000);
    while (at.as_millis() as u64) < troubled {
        let on = random.chance(2);
        let point = *random.pick(&SWITCHES);
        plan.push((Mono(at.as_micros() as u64), Happening::Switch { point, on }));
        at += random.millis(10_000, 120_000);
    }
    plan.push((Mono(TROUBLED.as_micros() as u64), Happening::Switch { point: "start-1/spray", on: false }));
    plan.sort_by_key(|(at, _)| *at);
    plan
}

/// Fires in the room that is protected by gas, one in each part of the time.
fn dramas(random: &mut Random, watched: &[Watched], site: &Site, plan: &mut Vec<(Mono, Happening)>) {
    let gas = site.devices.iter().position(|device| device.id.as_str() == "gas-1").expect("a device of the site");
    let part = TROUBLED.as_millis() as u64 / DRAMAS;
    for number in 0..DRAMAS {
        let at = number * part + random.next() % (part - drama::LASTS);
        // A third of them and more are let run their course: most of what bars a release is random anyway.
        let turn = if random.chance(3) { Turn::Nothing } else { *random.pick(&drama::TURNS) };
        drama::play(turn, at, random, watched, gas, plan);
    }
}

/// How many fires of that kind a seed has.
const DRAMAS: u64 = 4;

/// How many of the site's buses are ports: they come first.
const PORTS: usize = 3;

/// How a simulated device misbehaves for a kind of fault; nothing for kinds that are no device's.
pub fn on_the_wire(kind: Kind) -> Option<Fault> {
    Some(match kind {
        Kind::Lost => Fault::Silent,
        Kind::Late => Fault::Late(Duration::from_millis(700)),
        Kind::Cut => Fault::Truncated,
        Kind::Corrupt => Fault::Corrupt,
        Kind::Repeated => Fault::Repeated,
        Kind::Foreign => Fault::WrongTransaction,
        Kind::WrongUnit => Fault::WrongUnit,
        Kind::WrongFunction => Fault::WrongFunction,
        Kind::TooShort => Fault::Short,
        Kind::TooLong => Fault::Long,
        Kind::Refused => Fault::Exception(4),
        // It is back by itself.
        Kind::RestartedDevice => Fault::Restart(Duration::from_millis(1_500)),
        _ => return None,
    })
}

/// How a simulated line or port misbehaves for a kind of fault; nothing for kinds that are no bus's.
pub fn on_the_bus(kind: Kind) -> Option<Trouble> {
    Some(match kind {
        Kind::HalfOpen => Trouble::HalfOpen,
        Kind::HangsUp => Trouble::Closes,
        Kind::HangsUpMidFrame => Trouble::ClosesMidFrame,
        Kind::NoTransaction => Trouble::ZeroTransaction,
        Kind::Unplugged => Trouble::Unplugged,
        Kind::Echo => Trouble::Echo,
        Kind::Noise => Trouble::NoiseWithin,
        Kind::ForeignMaster => Trouble::ForeignMaster(Duration::from_millis(900)),
        _ => return None,
    })
}
