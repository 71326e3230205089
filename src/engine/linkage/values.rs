//! What every leaf of the graph says now, kept up to date by counting what changed.
//!
//! Takes: conditions and statuses of which something was said.
//! Gives: [`Values`]: the truth of every leaf, and the leaves that changed.
//! Never: looks at what did not change. A set of ten thousand points costs as much per change as one of two.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::graph::{Graph, Leaf};
use crate::engine::alarm::{Live, Occurrence, Source, State, pairs};
use crate::engine::base::{Category, Now, PointId, Truth, Verdict};
use crate::engine::site::{Alarms, Among, Condition, Sign, Site, Window};

/// What one condition says to the sets it belongs to: whether it counts as a detection, and how it was judged.
type Told = (Truth, Verdict);

const NOTHING: Told = (Truth::False, Verdict::Unverified);

/// The truth of every leaf.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Values {
    leaves: Vec<Truth>,
    sets: Vec<Count>,
    /// What each condition said last, where that was anything.
    #[serde(with = "pairs")]
    told: BTreeMap<Condition, Told>,
    clock: Option<(u16, u8)>,
}

/// A set, counted.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Count {
    /// By point: how many of its conditions hold, and how many are unknown. Two conditions of one point are one.
    points: BTreeMap<PointId, (u32, u32)>,
    holding: u32,
    unknown: u32,
    verdicts: BTreeMap<Verdict, u32>,
}

/// What the engine knows, as the values need it.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub site: &'a Site,
    pub state: &'a State,
    pub live: &'a Live,
    pub now: Now,
}

impl Values {
    /// Nothing is counted yet; [`Values::count`] every condition once.
    pub fn new(graph: &Graph) -> Values {
        Values {
            leaves: vec![Truth::Unknown; graph.leaves.len()],
            sets: graph.sets.iter().map(|_| Count::default()).collect(),
            ..Values::default()
        }
    }

    /// Whether they are the values of this graph.
    pub fn fits(&self, graph: &Graph) -> bool {
        self.leaves.len() == graph.leaves.len() && self.sets.len() == graph.sets.len()
    }

    /// What a leaf says.
    pub fn leaf(&self, leaf: u32) -> Truth {
        self.leaves[leaf as usize]
    }

    /// What a condition says to the sets it belongs to.
    pub fn told(&self, condition: &Condition) -> Truth {
        self.told.get(condition).map_or(Truth::False, |(truth, _)| *truth)
    }

    /// Conditions of a point that said anything last.
    pub fn told_of<'a>(&'a self, point: &'a PointId) -> impl Iterator<Item = &'a Condition> {
        let from = Condition { point: point.clone(), category: Category::ALL[0], level: None };
        self.told.range(from..).map(|(condition, _)| condition).take_while(move |condition| condition.point == *point)
    }

    /// The same for a point and everything of it.
    pub fn told_within<'a>(&'a self, point: &'a PointId) -> impl Iterator<Item = &'a Condition> {
        let from = Condition { point: point.clone(), category: Category::ALL[0], level: None };
        let alike = self.told.range(from..).map(|(condition, _)| condition);
        alike
            .take_while(|held| held.point.as_str().starts_with(point.as_str()))
            .filter(|held| point.covers(&held.point))
    }

    /// Points of a set that hold.
    pub fn holding(&self, set: u32) -> impl Iterator<Item = &PointId> {
        self.sets[set as usize].points.iter().filter(|(_, (holding, _))| *holding > 0).map(|(point, _)| point)
    }

    /// Points of a set of which nothing is known.
    pub fn unknown(&self, set: u32) -> impl Iterator<Item = &PointId> {
        self.sets[set as usize]
            .points
            .iter()
            .filter(|(_, (holding, unknown))| *holding == 0 && *unknown > 0)
            .map(|p| p.0)
    }

    /// Counts a condition anew, and notes the leaves that read it.
    pub fn count(&mut self, graph: &Graph, known: Known<'_>, condition: &Condition, moved: &mut BTreeSet<u32>) {
        let uses = graph.uses.get(condition);
        if uses.is_none() && graph.open_sets.is_empty() {
            return;
        }
        let rule = uses.and_then(|uses| uses.rule);
        moved.extend(uses.iter().flat_map(|uses| &uses.leaves));
        let now = known.told(condition, rule);
        let before = self.told.get(condition).copied().unwrap_or(NOTHING);
        if now == before {
            return;
        }
        if now == NOTHING {
            self.told.remove(condition);
        } else {
            self.told.insert(condition.clone(), now);
        }
        let listed = uses.map(|uses| uses.sets.as_slice()).unwrap_or_default();
        let fits = |set: &&u32| rule.is_none() && known.fits(condition, &graph.sets[**set as usize]);
        for set in listed.iter().chain(graph.open_sets.iter().filter(fits)) {
            self.sets[*set as usize].change(&condition.point, before, now);
            moved.extend(&graph.leaves_of[*set as usize]);
        }
    }

    /// Evaluates leaves anew and gives those whose truth changed.
    pub fn evaluate(&mut self, graph: &Graph, known: Known<'_>, moved: BTreeSet<u32>) -> Vec<u32> {
        let mut changed = Vec::new();
        for leaf in moved {
            let truth = self.truth(&graph.leaves[leaf as usize], known);
            if self.leaves[leaf as usize] != truth {
                self.leaves[leaf as usize] = truth;
                changed.push(leaf);
            }
        }
        changed
    }

    /// Leaves over the time of day, when it is another minute, or known again, or not known any more.
    pub fn tick<'a>(&mut self, graph: &'a Graph, known: Known<'_>) -> &'a [u32] {
        let clock = known.live.clock_trusted.then(|| known.site.zone.minute_and_day(known.now.wall));
        if graph.clocks.is_empty() || clock == self.clock {
            return &[];
        }
        self.clock = clock;
        &graph.clocks
    }

    fn truth(&self, leaf: &Leaf, known: Known<'_>) -> Truth {
        match leaf {
            Leaf::Alarms { set, at_least } => self.sets[*set as usize].at_least(*at_least),
            Leaf::Judged { set, verdict } => Truth::from(self.sets[*set as usize].verdicts.contains_key(verdict)),
            Leaf::Signs(signs, Among::All) => signs.iter().fold(Truth::True, |held, sign| held.and(known.sign(*sign))),
            Leaf::Signs(signs, Among::Any) => signs.iter().fold(Truth::False, |held, sign| held.or(known.sign(*sign))),
            Leaf::Clock(window) => self.clock.map_or(Truth::Unknown, |at| Truth::from(holds(*window, at))),
        }
    }
}

impl Count {
    fn change(&mut self, point: &PointId, before: Told, now: Told) {
        let (holding, unknown) = self.points.entry(point.clone()).or_default();
        let was = (*holding > 0, *holding == 0 && *unknown > 0);
        match before.0 {
            Truth::True => *holding -= 1,
            Truth::Unknown => *unknown -= 1,
            Truth::False => {}
        }
        match now.0 {
            Truth::True => *holding += 1,
            Truth::Unknown => *unknown += 1,
            Truth::False => {}
        }
        let is = (*holding > 0, *holding == 0 && *unknown > 0);
        if (*holding, *unknown) == (0, 0) {
            self.points.remove(point);
        }
        self.holding = self.holding + u32::from(is.0) - u32::from(was.0);
        self.unknown = self.unknown + u32::from(is.1) - u32::from(was.1);
        self.judge(before.1, false);
        self.judge(now.1, true);
    }

    fn judge(&mut self, verdict: Verdict, more: bool) {
        if verdict == Verdict::Unverified {
            return;
        }
        let many = self.verdicts.entry(verdict).or_default();
        *many = if more { *many + 1 } else { many.saturating_sub(1) };
        if *many == 0 {
            self.verdicts.remove(&verdict);
        }
    }

    fn at_least(&self, wanted: u32) -> Truth {
        if self.holding >= wanted {
            Truth::True
        } else if self.holding + self.unknown >= wanted {
            Truth::Unknown
        } else {
            Truth::False
        }
    }
}

impl Known<'_> {
    /// What a condition says: an alarm that latches counts while it is held, another while its source is active. What
    /// is isolated, disabled or under test does not count, nor what was judged false or a drill.
    fn told(self, condition: &Condition, rule: Option<u32>) -> Told {
        if let Some(occurrence) = self.state.open_of(condition) {
            // A damped row stands as active while its condition comes and goes; what follows goes by the condition itself.
            let now = rule.and_then(|rule| self.live.truth.get(rule as usize)).filter(|_| occurrence.is_damped());
            return alarm(occurrence, now.copied());
        }
        let unknown =
            rule.is_some_and(|rule| self.is_unknown(rule)) && self.state.isolation_of(&condition.point).is_none();
        (if unknown { Truth::Unknown } else { Truth::False }, Verdict::Unverified)
    }

    /// Whether nothing is known of a rule. A device that reports by itself says what begins and what is over: as long
    /// as its link stands, what it has not said is not there.
    fn is_unknown(self, rule: u32) -> bool {
        let device = self.site.rules.get(rule as usize).and_then(|rule| self.site.devices.get(rule.device as usize));
        let unsaid = self.live.truth.get(rule as usize).is_none_or(|truth| *truth == Truth::Unknown);
        unsaid && device.is_none_or(|device| !device.reports() || self.is_lost(device.id.as_str(), device.bus))
    }

    /// Whether the link fault of a device, or of its bus, stands.
    pub fn is_lost(self, device: &str, bus: u32) -> bool {
        let stands = |point: PointId| {
            let condition = Condition { point, category: Category::LinkFault, level: None };
            self.state.open_of(&condition).is_some_and(|fault| fault.source != Source::Quiet)
        };
        let down = self.live.down.get(bus as usize).copied().unwrap_or(false);
        down || stands(PointId::new(&format!("{device}/link")))
    }

    /// What a sign says as part of a condition. Nothing follows from an isolated point.
    fn sign(self, sign: Sign) -> Truth {
        let point = match sign {
            Sign::Status { status, .. } => self.site.statuses.get(status as usize).map(|status| &status.id),
            Sign::Rule { rule, .. } => self.site.rules.get(rule as usize).map(|rule| &rule.condition.point),
        };
        let isolated = point.is_some_and(|point| self.state.isolation_of(point).is_some());
        if isolated { Truth::False } else { self.shown(sign) }
    }

    /// What a sign shows.
    pub fn shown(self, sign: Sign) -> Truth {
        let (truth, is) = match sign {
            Sign::Status { status, is } => (self.live.statuses.get(status as usize).map(|(truth, _)| *truth), is),
            Sign::Rule { rule, is } => (self.live.truth.get(rule as usize).copied(), is),
        };
        let truth = truth.unwrap_or(Truth::Unknown);
        if is { truth } else { truth.negate() }
    }

    /// Whether an alarm that the site does not list belongs to a set.
    fn fits(self, condition: &Condition, set: &Alarms) -> bool {
        let Some(filter) = &set.unlisted else { return false };
        let device = self.site.devices.iter().find(|held| held.id.as_str() == condition.point.device());
        // What the gateway says of its own is no cause: no linkage reads another.
        let Some(device) = device.filter(|device| device.reports()) else { return false };
        filter.categories.contains(&condition.category)
            && filter.device.as_deref().is_none_or(|wanted| wanted == device.id.as_str())
            && filter.building.as_deref().is_none_or(|wanted| device.place.building.as_deref() == Some(wanted))
    }
}

fn alarm(occurrence: &Occurrence, now: Option<Truth>) -> Told {
    if !occurrence.inhibit.is_empty() {
        return NOTHING;
    }
    let truth = match occurrence.source {
        _ if matches!(occurrence.verdict, Verdict::False | Verdict::Drill) => Truth::False,
        _ if occurrence.latched => Truth::True,
        Source::Active => now.unwrap_or(Truth::True),
        Source::Quiet => Truth::False,
        Source::Unknown => Truth::Unknown,
    };
    (truth, occurrence.verdict)
}

/// Whether a minute of a day of the week lies in a window. One that reaches over midnight belongs to the day it begins.
fn holds(window: Window, (minute, day): (u16, u8)) -> bool {
    let on = |day: u8| window.days & (1 << day) != 0;
    if window.from <= window.to {
        on(day) && (window.from..window.to).contains(&minute)
    } else {
        (on(day) && minute >= window.from) || (on((day + 6) % 7) && minute < window.to)
    }
}
