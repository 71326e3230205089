//! The independent judge of invariant 4: it sees what the field received and what the field really was, and the facts that were
//! published; the rules stand here in its own words. It never looks into the engine, and reads no linkage file.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tocsin::engine::alarm::{CloseReason, Fact, FactKind, Scope, ScopeFact, SourceCause, Tested as UnderTest, Verdict};
use tocsin::engine::base::{EventId, Mono, PointId};
use tocsin::engine::poll::{Command, Reply, Request};
use tocsin::engine::profile::{Danger, Table};
use tocsin::engine::site::Site;

use crate::commands::is_of;
use crate::invariants::Tested;
use crate::runs::Runs;
use crate::support::field::Answer;
use crate::truth::{Truth, before};

/// What the gateway knows is so old at most, and a command on its way too: what was true within this before a write was
/// known when it was decided.
pub const WINDOW_S: u64 = 20;
/// Spray permission was read within this when the command leaves the engine (design §4), and a commit takes so long at most.
const FRESH: Duration = Duration::from_millis(5_600);
/// The evacuation delay of the gas linkage.
const EVACUATION_S: u64 = 30;
/// The panel whose detectors the linkages read, and which governs what they command.
const PANEL: &str = "start-1";

/// What a person's act explains: equipment that is moved, and how.
pub type Moves = Vec<(String, String)>;

/// What was published of tests, drills, isolations, verdicts and resets.
#[derive(Debug, Default)]
struct Published {
    isolated: BTreeMap<EventId, (PointId, Mono)>,
    tests: BTreeMap<EventId, (Option<String>, Vec<PointId>, Mono)>,
    drills: BTreeMap<EventId, (String, Mono)>,
    real: BTreeSet<EventId>,
    /// When what latched in building 1 was last reset, and the time before.
    reset: Mono,
    reset_before: Mono,
    /// Rows of the panel that the linkages read.
    of_panel: BTreeSet<EventId>,
}

/// The judge.
#[derive(Debug)]
pub struct Judge {
    pub truth: Truth,
    published: Published,
    pub runs: Runs,
    /// When each fact was decided, by its place in the journal.
    decided: Vec<Mono>,
    /// What was last read of spray permission and abort.
    spray: Option<(Mono, bool)>,
    abort: Option<(Mono, bool)>,
    gas: u32,
    panel: u32,
    /// What people did, and what waits for its answer.
    moved: Vec<(Mono, String, String)>,
    asked: BTreeMap<u64, (&'static str, Moves)>,
}

impl Judge {
    pub fn new(site: &Site) -> Judge {
        let number = |id: &str| {
            site.devices.iter().position(|device| device.id.as_str() == id).expect("a device of the site") as u32
        };
        Judge {
            truth: Truth::new(site),
            published: Published::default(),
            runs: Runs::default(),
            decided: Vec::new(),
            spray: None,
            abort: None,
            gas: number("gas-1"),
            panel: number(PANEL),
            moved: Vec::new(),
            asked: BTreeMap::new(),
        }
    }

    /// A person asks for something.
    pub fn asked(&mut self, ticket: u64, name: &'static str, moves: Moves, now: Mono) {
        self.moved.extend(moves.iter().map(|(device, verb)| (now, device.clone(), verb.clone())));
        self.asked.insert(ticket, (name, moves));
    }

    /// And is answered: what was refused explains nothing.
    pub fn answered(&mut self, ticket: u64, done: bool, tested: &mut Tested) {
        let Some((name, moves)) = self.asked.remove(&ticket) else { return };
        *tested.count(if done { name } else { "a refused" }) += 1;
        if !done {
            for (device, verb) in moves {
                if let Some(at) = self.moved.iter().rposition(|(_, of, how)| (of, how) == (&device, &verb)) {
                    self.moved.remove(at);
                }
            }
        }
    }

    /// What a bus heard: the gateway's own eyes on the permission to release agent.
    pub fn heard(&mut self, request: &Request, answer: &Answer, now: Mono) {
        match answer {
            Ok(Reply::Bits(bits)) if request.device == self.gas && request.table == Table::Discrete => {
                let bit = |address: u16| bits.get(usize::from(address.checked_sub(request.start)?)).copied();
                self.abort = bit(4).map(|on| (now, on)).or(self.abort);
            }
            Ok(Reply::Words(words)) if request.device == self.panel && request.start == 0 => {
                self.spray = words.first().map(|word| (now, *word == 1)).or(self.spray);
            }
            _ => {}
        }
    }

    /// The device whose feedback a fact calls missing.
    pub fn missing(&self, fact: &Fact) -> Option<String> {
        self.runs.missing(fact)
    }

    /// A fact was decided, and will be published. Whether what it calls missing could be read, the caller knows.
    pub fn published(&mut self, fact: &Fact, now: Mono, calm: bool, tested: &mut Tested) {
        self.decided.truncate(fact.id.seq as usize - 1);
        self.decided.push(now);
        self.published.take(fact, now);
        let caused = |linkage: &str, truth: &Truth, since: Mono| is_caused(linkage, truth, since, now);
        let reset = before(self.published.reset, 8);
        let caused = |linkage: &str, truth: &Truth| caused(linkage, truth, reset);
        self.runs.take(fact, now, tested, &self.truth, calm, caused);
    }

    /// The process died: what is published is what the disk has.
    pub fn killed(&mut self, durable: &[Fact], now: Mono) {
        self.published = Published::default();
        self.decided.truncate(durable.len());
        for (fact, at) in durable.iter().zip(&self.decided) {
            self.published.take(fact, *at);
        }
        self.runs.killed(durable, &self.decided, now);
    }

    /// A command leaves the engine for its bus.
    pub fn sent(&mut self, command: &Command, site: &Site, now: Mono, tested: &mut Tested) {
        let starts = |held: &&tocsin::engine::site::Command| held.device == command.device && held.spec.verb == "start";
        let release = site.commands.iter().find(starts).is_some_and(|held| held.spec.write == command.write);
        if command.device == self.gas && release {
            let fresh =
                |read: Option<(Mono, bool)>, good| read.is_some_and(|(at, on)| on == good && now.since(at) <= FRESH);
            tested.hold("4 permission was read within five seconds", fresh(self.spray, true), || format!("{self:?}"));
            tested.hold("4 abort was read within five seconds", fresh(self.abort, false), || format!("{self:?}"));
        }
    }

    /// A write reaches the field.
    pub fn written(&mut self, request: &Request, at: Mono, site: &Site, tested: &mut Tested) {
        let Some(write) = &request.write else { return };
        let carried = |held: &&tocsin::engine::site::Command| {
            held.device == request.device && is_of(&held.spec.write, request, write)
        };
        // What is no command is the end of a pulse.
        let Some(command) = site.commands.iter().find(carried) else { return };
        let (device, verb) = (command.point.device(), command.spec.verb.as_str());
        let by_person = self.is_moved(&whole(&command.point), verb, at);
        let told = || format!("{} {verb} at {at:?}, {self:#?}", command.point);
        if command.spec.danger == Danger::Discharge {
            tested.hold("4 agent by a linkage's release only", device == "gas-1", told);
            self.discharged(at, tested);
            return;
        }
        if verb == "stop" {
            tested.hold("4 nothing is stopped but by a person", by_person, told);
            return;
        }
        if verb != "start" {
            tested.hold("4 nothing else is commanded but by a person", by_person, told);
            return;
        }
        let building = if matches!(device, "smoke-3") {
            "2"
        } else if device.starts_with("fan") {
            "3"
        } else {
            "1"
        };
        tested.hold("4 a drill commands nothing", !self.is_drilled(building, at), told);
        let tried = self.published.tests.values().any(|(of, points, since)| {
            *since <= before(at, WINDOW_S) && (of.as_deref() == Some(device) || points.contains(&command.point))
        });
        tested.hold("4 a test commands nothing", !tried, told);
        let permits = |word: &str| self.truth.was(&format!("{PANEL}/{word}"), true, before(at, WINDOW_S), at);
        let governed = matches!(device, "smoke-1" | "smoke-2" | "vents-1");
        let by_person = by_person && (!governed || permits("start-manual"));
        let by_linkage = match device {
            "smoke-1" => self.detected(before(at, 5)) >= 1 && permits("start-auto"),
            "vents-1" => {
                let auto = self.truth.was("smoke-1/selector-auto", true, before(at, WINDOW_S), at);
                self.detected(at) >= 1 && permits("start-auto") && auto
            }
            // Released by people, watched at its panel, or in no linkage at all.
            _ => false,
        };
        *tested.count("4 started by a person") += u64::from(by_person && !by_linkage);
        *tested.count("4 started by a linkage") += u64::from(by_linkage && !by_person);
        tested.hold("4 nothing starts without a cause and its permission", by_person || by_linkage, told);
    }

    /// FA-16 and design §4, as far as the field and the published facts tell.
    fn discharged(&mut self, at: Mono, tested: &mut Tested) {
        let from = before(at, WINDOW_S);
        let told = || format!("agent at {at:?}, {self:#?}");
        let truth = &self.truth;
        tested.hold("4 spray was permitted", truth.was("start-1/spray", true, from, at), told);
        tested.hold("4 the abort was not held", truth.was("gas-1/aborted", false, from, at), told);
        // Fire points are read every second: what they said is known sooner than the rest.
        let mut detected = truth.alarmed(PANEL, before(at, 14), at);
        let settled = |since: Mono| since <= from;
        detected.retain(|point| {
            let mut isolated = self.published.isolated.values();
            let mut tests = self.published.tests.values();
            let isolated = isolated.any(|(held, since)| held.as_str() == point && settled(*since));
            let begun_within = |since: Mono| !truth.was(point, true, Mono(0), since);
            let tried = tests.any(|(of, points, since)| {
                let covers = of.as_deref() == Some(PANEL) || points.iter().any(|held| held.as_str() == point);
                covers && settled(*since) && begun_within(*since)
            });
            !isolated && !tried
        });
        tested.hold("4 two independent detections", detected.len() >= 2, told);
        tested.hold("4 no agent in a drill", !self.is_drilled("1", at), told);
        let permits = |word: &str| truth.was(&format!("{PANEL}/{word}"), true, from, at);
        tested.hold("4 agent needs start control", permits("start-auto") || permits("start-manual"), told);
        let run = self.runs.gas(at, EVACUATION_S);
        tested.hold("4 agent after its evacuation delay, once a release", run, told);
        self.runs.released(at, EVACUATION_S);
    }

    fn is_moved(&self, name: &str, verb: &str, at: Mono) -> bool {
        let since = before(at, WINDOW_S);
        self.moved.iter().rev().any(|(done, of, how)| *done >= since && of == name && how == verb)
    }

    /// Whether a drill has covered the building for so long that everybody knew, and nobody judged anything real.
    fn is_drilled(&self, building: &str, at: Mono) -> bool {
        let mut drills = self.published.drills.values();
        self.published.real.is_empty() && drills.any(|(held, since)| held == building && *since <= before(at, WINDOW_S))
    }

    /// How many detectors of the panel have alarmed since the last reset.
    fn detected(&self, until: Mono) -> usize {
        self.truth.alarmed(PANEL, before(self.published.reset, 8), until).len()
    }

    /// Time passes: every feedback that is missing must have been said.
    pub fn passed(&mut self, now: Mono, tested: &mut Tested) {
        self.runs.passed(now, tested);
    }
}

/// Whether the field has given a linkage its cause, as its alarms latch until they are reset.
fn is_caused(linkage: &str, truth: &Truth, since: Mono, now: Mono) -> bool {
    match linkage {
        "gas" | "by-hand" => truth.alarmed(PANEL, since, now).len() >= 2,
        "smoke" | "vents" => !truth.alarmed(PANEL, since, now).is_empty(),
        // Its alarms are in another building: what was ever in alarm there may still be latched.
        "watched" => !truth.alarmed("panel-2", Mono(0), now).is_empty(),
        other => panic!("the judge knows no linkage {other}"),
    }
}

impl Published {
    fn take(&mut self, fact: &Fact, now: Mono) {
        let id = EventId::from(fact.id);
        match &fact.kind {
            FactKind::Isolated { point, .. } => {
                self.isolated.insert(id, (point.clone(), now));
            }
            FactKind::Released { isolation, .. } => {
                self.isolated.remove(isolation);
            }
            FactKind::Scope(ScopeFact::TestBegun { tested, points, .. }) => {
                let device = match tested {
                    UnderTest::Device(device) => Some(device.to_string()),
                    _ => None,
                };
                self.tests.insert(id, (device, points.clone(), now));
            }
            FactKind::Scope(ScopeFact::TestEnded { test }) => {
                self.tests.remove(test);
            }
            FactKind::Scope(ScopeFact::DrillBegun { building, .. }) => {
                self.drills.insert(id, (building.clone(), now));
            }
            FactKind::Scope(ScopeFact::DrillEnded { drill }) => {
                self.drills.remove(drill);
            }
            FactKind::Judged { occurrence, verdict: Verdict::Real, .. } => {
                self.real.insert(*occurrence);
            }
            FactKind::Judged { occurrence, .. } | FactKind::Closed { occurrence, reason: CloseReason::Over, .. } => {
                self.real.remove(occurrence);
            }
            FactKind::Closed { occurrence, .. } => {
                self.real.remove(occurrence);
            }
            FactKind::Reset { scope: Scope::Building(id), .. } if id == "1" => self.was_reset(now),
            FactKind::Reset { scope: Scope::Device(id), .. } if id == PANEL => self.was_reset(now),
            FactKind::Raised(raise) if raise.condition.point.device() == PANEL => {
                self.of_panel.insert(id);
            }
            // Nobody saw the reset happen: what latched before it is held.
            FactKind::SourceChanged { cause: SourceCause::ResetUnconfirmed, occurrence, .. }
                if self.of_panel.contains(occurrence) =>
            {
                self.reset = self.reset_before;
            }
            _ => {}
        }
    }

    fn was_reset(&mut self, now: Mono) {
        (self.reset_before, self.reset) = (self.reset, now);
    }
}

/// What a point of a command or of a target belongs to: an element, or a whole device.
pub fn whole(point: &PointId) -> String {
    let whole = if point.device() == "vents-1" { point.as_str() } else { point.device() };
    whole.to_owned()
}

/// For [`Runs`]: the point that proves that a target was reached.
pub fn proof(target: &PointId) -> String {
    match target.device() {
        "gas-1" => "gas-1/released".to_owned(),
        "vents-1" => format!("{target}.open"),
        fan => format!("{fan}/running"),
    }
}
