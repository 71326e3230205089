//! People at random: everything that can be done at a desk or a keypad, sensible or not.

use std::collections::BTreeMap;
use std::time::Duration;
use tocsin::engine::Act;
use tocsin::engine::alarm::{Purpose, Scope, State, Tested, Typed, Verdict};
use tocsin::engine::base::{DeviceId, EventId, Now, PointId, Wall};
use tocsin::engine::site::Site;

use crate::judge::{Moves, whole};
use crate::plan::{Deed, Watched};
use crate::random::Random;

/// What is counted of it, the act, and what it moves if it is done.
pub type Asked = (&'static str, Act, Moves);

/// Everything that must have been done at least once over all seeds.
pub const NAMES: [&str; 22] = [
    "a silence",
    "a acknowledge one",
    "a acknowledge all",
    "a reset",
    "a judge drill",
    "a judge false",
    "a judge real",
    "a isolate",
    "a release",
    "a link order",
    "a command",
    "a keypad",
    "a keypad with wildcards",
    "a withdraw a command",
    "a release an action",
    "a withdraw an action",
    "a test",
    "a self-test",
    "a end a test",
    "a drill",
    "a end a drill",
    "a report abnormal",
];

/// Who looks at what.
pub struct Desk<'a> {
    pub site: &'a Site,
    pub state: &'a State,
    pub watched: &'a [Watched],
    pub now: Now,
}

impl Desk<'_> {
    /// Something at random; nothing where there is nothing to do it to.
    pub fn anything(&self, random: &mut Random) -> Option<Asked> {
        let open: Vec<EventId> = self.state.open().map(|o| o.id).collect();
        let owed: Vec<EventId> = self.state.open().filter(|o| o.is_unacknowledged()).map(|o| o.id).collect();
        let isolations: Vec<EventId> = self.state.isolations.keys().copied().collect();
        let some = |random: &mut Random, list: &[EventId]| (!list.is_empty()).then(|| *random.pick(list));
        let plain = |name, act| Some((name, act, Vec::new()));
        match random.below(28) {
            0 | 1 => plain("a silence", Act::Silence),
            2 => plain(
                "a acknowledge one",
                Act::Acknowledge { ids: vec![some(random, &owed)?], note: None, counts: BTreeMap::new() },
            ),
            3..=7 => self.deed(Deed::Acknowledge),
            8 | 9 => {
                let building = random.pick(&["1", "2", "3", "9"]);
                plain("a reset", Act::Reset { scope: Scope::Building((*building).to_owned()) })
            }
            10 | 11 => {
                let panel = random.pick(&["panel-1", "panel-2", "panel-3", "start-1"]);
                plain("a reset", Act::Reset { scope: Scope::Device((*panel).to_owned()) })
            }
            12 => plain("a judge drill", judged(some(random, &open)?, Verdict::Drill)),
            13 => plain("a judge false", judged(some(random, &open)?, Verdict::False)),
            14 => plain("a judge real", judged(some(random, &open)?, Verdict::Real)),
            15 => {
                let watched = random.pick(self.watched).rule;
                let lapse = random.millis(60_000, 600_000);
                let purpose = *random.pick(&[Purpose::Repair, Purpose::HotWork]);
                self.isolate(self.site.rules[watched as usize].condition.point.clone(), lapse, purpose)
            }
            16 | 17 => plain("a release", Act::Release { id: some(random, &isolations)? }),
            18 => plain("a link order", Act::LinkOrder { id: some(random, &isolations)?, order: "R-1".into() }),
            19 => self.typed(random),
            20 => {
                let ids: Vec<EventId> = self.state.commands.keys().rev().take(6).copied().collect();
                let id = some(random, &ids)?;
                let asked = &self.state.commands.get(&id)?.asked;
                let back = if asked.verb == "start" { "stop" } else { "start" };
                let moves = vec![(whole(&asked.point), back.to_owned())];
                Some(("a withdraw a command", Act::Withdraw { id }, moves))
            }
            21 => self.deed(Deed::ReleaseActions),
            22 => self.deed(Deed::WithdrawAction),
            23 => {
                let tested = match random.below(5) {
                    0 => Tested::Device(DeviceId::new(["panel-2", "smoke-1", "start-1"][random.below(3)])),
                    1 => Tested::Loop { device: DeviceId::new("panel-1"), number: 1 },
                    2 => Tested::SelfTest { device: DeviceId::new("panel-3"), loops: vec![1, 2] },
                    _ => {
                        let watched = random.pick(self.watched).rule;
                        Tested::Points(vec![self.site.rules[watched as usize].condition.point.clone()])
                    }
                };
                let name = if matches!(tested, Tested::SelfTest { .. }) { "a self-test" } else { "a test" };
                plain(name, self.test(tested, random.millis(20_000, 200_000)))
            }
            24 => plain("a end a test", Act::EndTest { id: *self.state.scopes.tests.keys().next()? }),
            25 => self.drill(["1", "2", "3"][random.below(3)], random.millis(20_000, 120_000)),
            26 => self.deed(Deed::EndDrill),
            _ => plain(
                "a report abnormal",
                Act::ReportAbnormal { device: DeviceId::new("panel-1"), text: "smell of burning".into() },
            ),
        }
    }

    /// A command at random, of those that equipment has.
    pub fn commands(&self, random: &mut Random) -> Option<Asked> {
        let command = random.pick(&self.site.commands);
        let (point, verb) = (command.point.clone(), command.spec.verb.clone());
        let moves = vec![(whole(&point), verb.clone())];
        Some(("a command", Act::Command { point, verb, arm: None }, moves))
    }

    /// What the plan wants done.
    pub fn deed(&self, deed: Deed) -> Option<Asked> {
        let plain = |name, act| Some((name, act, Vec::new()));
        match deed {
            Deed::Acknowledge => {
                let ids = self.state.open().filter(|o| o.is_unacknowledged()).map(|o| o.id).collect();
                plain("a acknowledge all", Act::Acknowledge { ids, note: Some("seen".into()), counts: BTreeMap::new() })
            }
            Deed::Reset => plain("a reset", Act::Reset { scope: Scope::Building("1".into()) }),
            Deed::Drill => self.drill("1", Duration::from_secs(90)),
            Deed::EndDrill => plain("a end a drill", Act::EndDrill { id: *self.state.scopes.drills.keys().next()? }),
            Deed::Test => {
                let tested = Tested::Points(vec![PointId::new("start-1/d1")]);
                plain("a test", self.test(tested, Duration::from_secs(90)))
            }
            Deed::Isolate => self.isolate(PointId::new("start-1/d1"), Duration::from_secs(70), Purpose::HotWork),
            Deed::ReleaseActions => {
                let proposed = |run: &&tocsin::engine::alarm::Run| {
                    run.is_open() && !run.targets_at(0, &[tocsin::engine::alarm::Stage::Proposed]).is_empty()
                };
                let run = self.state.linkages.values().rev().find(proposed)?;
                let moves = moved(run, "start");
                Some(("a release an action", Act::ReleaseAction { run: run.id, action: 0 }, moves))
            }
            Deed::WithdrawAction => {
                let run = self.state.linkages.values().rev().find(|run| run.is_open())?;
                Some(("a withdraw an action", Act::WithdrawAction { run: run.id, action: 0 }, moved(run, "stop")))
            }
        }
    }

    fn isolate(&self, point: PointId, lapse: Duration, purpose: Purpose) -> Option<Asked> {
        let review_at = self.now.wall.after(lapse);
        Some(("a isolate", Act::Isolate { point, reason: "dust".into(), review_at, purpose, order: None }, Vec::new()))
    }

    fn test(&self, tested: Tested, lapse: Duration) -> Act {
        Act::BeginTest { tested, reason: "yearly test".into(), until: self.until(lapse) }
    }

    fn drill(&self, building: &str, lapse: Duration) -> Option<Asked> {
        let act =
            Act::BeginDrill { building: building.into(), reason: "yearly drill".into(), until: self.until(lapse) };
        Some(("a drill", act, Vec::new()))
    }

    fn until(&self, lapse: Duration) -> Wall {
        self.now.wall.after(lapse)
    }

    /// A code at the keypad: what it means, the site's point lists say.
    fn typed(&self, random: &mut Random) -> Option<Asked> {
        let (code, device_type, vents) = *random.pick(&[
            ("011201", Some("23"), &["vents-1/vent-1"][..]),
            ("01120*", None, &["vents-1/vent-1", "vents-1/vent-2"][..]),
            ("******", None, &["vents-1/vent-1", "vents-1/vent-2"][..]),
            // A cylinder: never, by whatever code.
            ("011101", Some("37"), &[][..]),
            ("0111**", None, &[][..]),
        ]);
        let verb = *random.pick(&["start", "stop"]);
        let name = if code.contains('*') { "a keypad with wildcards" } else { "a keypad" };
        let confirm = (vents.len() > 1).then_some(vents.len() as u32);
        let typed =
            Typed { code: code.into(), device_type: device_type.map(str::to_owned), panel: None, verb: verb.into() };
        let moves = vents.iter().map(|vent| ((*vent).to_owned(), verb.to_owned())).collect();
        Some((name, Act::CommandTyped { typed, confirm }, moves))
    }
}

fn moved(run: &tocsin::engine::alarm::Run, verb: &str) -> Moves {
    let targets = run.met.actions.iter().flat_map(|action| &action.targets);
    targets.map(|target| (whole(&target.point), verb.to_owned())).collect()
}

fn judged(id: EventId, verdict: Verdict) -> Act {
    Act::Judge { id, verdict, cause: (verdict == Verdict::False).then(|| "steam".into()) }
}
