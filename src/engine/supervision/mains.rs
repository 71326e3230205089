//! Why the mains are gone at a device: an outage, or its own wiring and fuse (FA-05).
//!
//! Takes: mains faults as they are raised and end; what transfer switches, meters and generators show; the mains faults
//! of the neighbours.
//! Gives: the fact `cause-judged` with its words, and which row the others of one outage fold under.
//! Never: judges by what it cannot see. An outage is said at once; that there is none, only when the evidence stands.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::shown::{shown, truth};
use crate::engine::alarm::{Cause, Changed, Decision, FactKind, Judged, Live, Source, State, SupervisionFact};
use crate::engine::base::{Category, EventId, Mono, Text, Truth};
use crate::engine::profile::Expression;
use crate::engine::site::Site;

/// What feeds the building may show the loss some seconds after the panels: a first verdict waits so long.
const JUDGED_AFTER: Duration = Duration::from_secs(3);
/// When the mains return, panels take their time to say so: "its own wiring" is not said before.
const REVISED_AFTER: Duration = Duration::from_secs(30);
/// How many pieces of evidence are told; the rest is counted.
const TOLD: usize = 4;

/// The judge of every open mains fault.
#[derive(Debug, Default)]
pub(super) struct Mains {
    feeds: Vec<Feed>,
    neighbours: Vec<Neighbour>,
    statuses: BTreeSet<u32>,
    rules: BTreeSet<u32>,
    /// Open mains faults, each with the verdict that would be new and when it may be said.
    open: BTreeMap<EventId, Option<(Cause, Mono)>>,
}

/// Something that shows whether there are mains.
#[derive(Debug)]
struct Feed {
    device: u32,
    building: Option<String>,
    name: Text,
    /// The mains are there; where it only shows the load of a generator, its absence says nothing.
    there: Expression,
    only_loss: bool,
}

/// A device that itself says when it has lost its mains.
#[derive(Debug)]
struct Neighbour {
    device: u32,
    building: Option<String>,
    name: Text,
    rules: Vec<u32>,
}

/// What one source says, in words.
struct Evidence {
    there: bool,
    says: Text,
}

impl Mains {
    /// Takes up the mains faults that are open.
    pub fn resumed(site: &Site, state: &State) -> Mains {
        let mut mains = Mains::default();
        for held in &site.equipment {
            let class = held.class.and_then(|class| site.classes.list.get(class as usize));
            let measured = class.and_then(|class| shown(site, held, class.mains.as_ref()?)).map(|there| (there, false));
            let loaded =
                held.statuses.get("loaded").map(|loaded| (Expression::Not(Box::new(Expression::Bit(*loaded))), true));
            for (there, only_loss) in [measured, loaded].into_iter().flatten() {
                there.slots(&mut |status| {
                    mains.statuses.insert(status);
                });
                let (building, name) = (held.place.building.clone(), held.name.clone());
                mains.feeds.push(Feed { device: held.device, building, name, there, only_loss });
            }
        }
        let measures: BTreeSet<u32> = mains.feeds.iter().map(|feed| feed.device).collect();
        for (number, device) in (0u32..).zip(&site.devices).filter(|(number, _)| !measures.contains(number)) {
            let of_mains = |rule: &u32| {
                site.rules.get(*rule as usize).is_some_and(|rule| rule.condition.category == Category::MainsFault)
            };
            let rules: Vec<u32> = device.rules.clone().filter(of_mains).collect();
            mains.rules.extend(&rules);
            if !rules.is_empty() {
                let (building, name) = (device.place.building.clone(), device.name.clone());
                mains.neighbours.push(Neighbour { device: number, building, name, rules });
            }
        }
        let open = state.open().filter(|held| held.raise.condition.category == Category::MainsFault);
        mains.open = open.map(|held| (held.id, None)).collect();
        mains
    }

    /// The verdicts that wait.
    pub fn learned(&self) -> BTreeMap<EventId, Option<(Cause, Mono)>> {
        self.open.clone()
    }

    /// Takes up what was learned.
    pub fn take_up(&mut self, learned: BTreeMap<EventId, Option<(Cause, Mono)>>) {
        self.open = learned;
    }

    /// When a verdict that waits may be said.
    pub fn due(&self) -> Option<Mono> {
        self.open.values().flatten().map(|(_, due)| *due).min()
    }

    /// Looks again when a mains fault began or ended, when evidence changed, or when a verdict has stood long enough.
    pub fn look(&mut self, decision: &mut Decision<'_>, live: &Live, changed: &Changed, faults: &[EventId]) {
        for id in faults {
            match decision.state.occurrences.get(id) {
                Some(held) if held.is_open() => {
                    self.open.entry(*id).or_default();
                }
                _ => {
                    self.open.remove(id);
                }
            }
        }
        let evidence = changed.statuses.iter().any(|status| self.statuses.contains(status))
            || changed.rules.iter().any(|rule| self.rules.contains(rule));
        let due = self.due().is_some_and(|due| due <= decision.now.mono);
        if !self.open.is_empty() && (evidence || due || !faults.is_empty()) {
            let ids: Vec<EventId> = self.open.keys().copied().collect();
            for id in ids {
                self.judge(id, decision, live);
            }
            self.promote(decision);
        }
    }

    fn judge(&mut self, id: EventId, decision: &mut Decision<'_>, live: &Live) {
        let Some(held) = decision.state.occurrences.get(&id).filter(|held| held.source != Source::Quiet) else {
            // It is over and waits for its acknowledgement: what it was stays as it was judged.
            if let Some(waiting) = self.open.get_mut(&id) {
                *waiting = None;
            }
            return;
        };
        let said = held.judged.as_ref().map(|judged| judged.cause);
        let (building, device) = (held.raise.place.building.clone(), held.raise.condition.point.device());
        let device = decision.site.devices.iter().position(|held| held.id.as_str() == device);
        let device = device.and_then(|at| u32::try_from(at).ok());
        let (cause, evidence, fed) = self.weigh(device, building.as_deref(), decision.site, live);
        let now = decision.now.mono;
        let waiting = self.open.entry(id).or_default();
        // While an outage lasts, a neighbour that has mains may have them from the generator.
        let by_neighbours = said == Some(Cause::Outage) && !fed;
        let nothing_new = said == Some(cause) || by_neighbours || (said.is_some() && evidence.is_empty());
        if nothing_new {
            *waiting = None;
            return;
        }
        if cause != Cause::Outage {
            let after = if said.is_none() { JUDGED_AFTER } else { REVISED_AFTER };
            let (_, due) = *waiting.get_or_insert((cause, now.after(after)));
            *waiting = Some((cause, due));
            if due > now {
                return;
            }
        }
        *waiting = None;
        let under = (cause == Cause::Outage).then(|| self.head(id, building.as_deref(), decision.state)).flatten();
        let words = words(cause, &evidence);
        let evidence = evidence.into_iter().map(|held| held.says).collect();
        let judged = Judged { occurrence: id, cause, words, evidence, under };
        decision.decide(FactKind::Supervision(SupervisionFact::CauseJudged(Arc::new(judged))));
    }

    /// What the evidence comes to, and whether what feeds the device says so; else it is what its neighbours say, and at
    /// last what it measures itself.
    fn weigh(
        &self,
        device: Option<u32>,
        building: Option<&str>,
        site: &Site,
        live: &Live,
    ) -> (Cause, Vec<Evidence>, bool) {
        let feeds = |fits: &dyn Fn(&Feed) -> bool| -> Vec<Evidence> {
            self.feeds.iter().filter(|feed| fits(feed)).filter_map(|feed| feed.says(live)).collect()
        };
        let other = |feed: &Feed| Some(feed.device) != device;
        let mut evidence = match device.and_then(|device| site.supplies.get(&device)) {
            Some(named) => feeds(&|feed| named.contains(&feed.device)),
            None => {
                let near = feeds(&|feed| other(feed) && feed.building.as_deref() == building);
                if near.is_empty() { feeds(&other) } else { near }
            }
        };
        let fed = agreed(&evidence);
        let near = self.neighbours.iter().filter(|held| Some(held.device) != device);
        let near = near.filter(|held| held.building.as_deref() == building);
        let mut near: Vec<Evidence> = near.filter_map(|held| held.says(live)).collect();
        let own = feeds(&|feed| !other(feed));
        let cause = fed.or_else(|| agreed(&near)).or_else(|| agreed(&own).filter(|cause| *cause == Cause::Outage));
        evidence.append(&mut near);
        if evidence.is_empty() {
            evidence = own;
        }
        (cause.unwrap_or(Cause::Undetermined), evidence, fed.is_some())
    }

    /// The row that an outage of this building already has.
    fn head(&self, id: EventId, building: Option<&str>, state: &State) -> Option<EventId> {
        let mut open = self.open.keys().filter(|other| **other != id).filter_map(|other| state.occurrences.get(other));
        open.find(|held| {
            let outage = held.judged.as_ref().is_some_and(|held| held.cause == Cause::Outage && held.under.is_none());
            outage && held.is_open() && held.raise.place.building.as_deref() == building
        })
        .map(|held| held.id)
    }

    /// When the row that others fold under has ended, the next stands for them.
    fn promote(&self, decision: &mut Decision<'_>) {
        let mut headed = BTreeSet::new();
        for id in self.open.keys() {
            let Some(held) = decision.state.occurrences.get(id).filter(|held| held.is_open()) else { continue };
            let Some(judged) = held.judged.clone() else { continue };
            let Some(under) = judged.under else { continue };
            let building = held.raise.place.building.clone();
            let gone = !decision.state.occurrences.get(&under).is_some_and(|head| head.is_open());
            if gone && headed.insert(building.clone()) && self.head(*id, building.as_deref(), decision.state).is_none()
            {
                let judged = Judged { under: None, ..(*judged).clone() };
                decision.decide(FactKind::Supervision(SupervisionFact::CauseJudged(Arc::new(judged))));
            }
        }
    }
}

impl Feed {
    fn says(&self, live: &Live) -> Option<Evidence> {
        let there = match truth(&self.there, live) {
            Truth::True if self.only_loss => return None,
            Truth::True => true,
            Truth::False => false,
            Truth::Unknown => return None,
        };
        let (zh, en) = match (there, self.only_loss) {
            (true, _) => ("市电有电", "mains there"),
            (false, false) => ("市电失电", "no mains"),
            (false, true) => ("发电机带载", "carries the load"),
        };
        Some(Evidence { there, says: told(&self.name, zh, en) })
    }
}

impl Neighbour {
    fn says(&self, live: &Live) -> Option<Evidence> {
        let truths = self.rules.iter().map(|rule| live.truth[*rule as usize]);
        let there = match truths.fold(Truth::False, Truth::or) {
            Truth::True => false,
            Truth::False => true,
            Truth::Unknown => return None,
        };
        let (zh, en) = if there { ("主电正常", "mains right") } else { ("主电故障", "mains fault too") };
        Some(Evidence { there, says: told(&self.name, zh, en) })
    }
}

/// What all of them say, if they say the same.
fn agreed(evidence: &[Evidence]) -> Option<Cause> {
    let there = evidence.iter().filter(|held| held.there).count();
    match (there, evidence.len() - there) {
        (0, 0) => None,
        (0, _) => Some(Cause::Outage),
        (_, 0) => Some(Cause::Local),
        _ => None,
    }
}

fn words(cause: Cause, evidence: &[Evidence]) -> Text {
    let (zh, en) = match cause {
        Cause::Outage => ("判断为市电停电", "A mains outage"),
        Cause::Local => (
            "市电未停：检查本机主电源接线、熔断器和上级开关",
            "The mains are there: look at the wiring of its own mains supply, its fuse and the breaker before it",
        ),
        _ => (
            "无法判断是市电停电还是本机故障：到现场查看电源和熔断器",
            "Outage or its own supply: it cannot be said from here; look at the supply and the fuse on site",
        ),
    };
    let list = |of: fn(&Text) -> &str, join: &str| {
        let first: Vec<&str> = evidence.iter().take(TOLD).map(|held| of(&held.says)).collect();
        let more = if evidence.len() > TOLD { format!("{join}+{}", evidence.len() - TOLD) } else { String::new() };
        format!("{}{more}", first.join(join))
    };
    if evidence.is_empty() {
        return Text::new(&format!("{zh}（无可读的旁证）"), &format!("{en} (no evidence can be read)"));
    }
    Text::new(&format!("{zh}（{}）", list(|text| &text.zh, "；")), &format!("{en} ({})", list(|text| &text.en, "; ")))
}

fn told(name: &Text, zh: &str, en: &str) -> Text {
    Text::new(&format!("{}：{zh}", name.zh), &format!("{}: {en}", name.en))
}
