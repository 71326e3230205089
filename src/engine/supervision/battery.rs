//! How long a panel has run on its battery, and what to do at the end of the permitted time (FA-06, FA-09).
//!
//! Takes: the loss and return of the mains of every panel with a battery; its backup faults.
//! Gives: facts; the advice to switch the backup switch off at the limit and on again afterwards; what a backup fault
//! comes from.
//! Never: ends a run because nothing is known of it. The battery is being drained until the mains are known to be back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::rows;
use super::shown::{setting, truth};
use crate::engine::alarm::{
    Cause, Decision, Episode, FactKind, Judged, Live, Occurrence, OnBattery, Source, State, Subject, SupervisionFact,
};
use crate::engine::base::{Category, Deadline, EventId, Mono, Now, PointId, Text, Truth, Wall};
use crate::engine::profile::Expression;
use crate::engine::site::{Condition, Equipment, Site};

/// The setting that says that a class has a battery, and how long it may carry the load.
const PERMITTED: &str = "battery-time";
/// A battery that was drained is charged again after so long (GB 4717: within 24 h).
const CHARGED_AFTER: Duration = Duration::from_secs(24 * 3600);

/// Every battery of the site.
#[derive(Debug, Default)]
pub(super) struct Batteries {
    list: Vec<Battery>,
    readers: BTreeMap<u32, u32>,
    by_device: BTreeMap<String, u32>,
}

#[derive(Debug)]
struct Battery {
    held: Equipment,
    class: String,
    permitted: Duration,
    /// On battery, over the statuses of the site; none where only its mains faults say it.
    drained: Option<Expression>,
    due: Option<Mono>,
}

impl Batteries {
    /// Takes up what ran on its battery when the process ended.
    pub fn resumed(site: &Site, state: &State, now: Now, clock_trusted: bool) -> Batteries {
        let mut batteries = Batteries::default();
        for held in &site.equipment {
            let Some(class) = held.class.and_then(|class| site.classes.list.get(class as usize)) else { continue };
            let Some(seconds) = setting(class, held, PERMITTED) else { continue };
            let number = u32::try_from(batteries.list.len()).unwrap_or(u32::MAX);
            let mut said = Vec::new();
            if let Some(status) = held.statuses.get("on-battery") {
                said.push(Expression::Bit(*status));
            }
            if let Some(status) = held.statuses.get("mains") {
                said.push(Expression::Not(Box::new(Expression::Bit(*status))));
            }
            let drained = (!said.is_empty()).then_some(Expression::Any(said));
            if let Some(drained) = &drained {
                drained.slots(&mut |status| {
                    batteries.readers.insert(status, number);
                });
            }
            let run = state.supervised.batteries.get(&held.id).filter(|run| run.ended.is_none() && !run.reached);
            batteries.by_device.insert(held.id.clone(), number);
            batteries.list.push(Battery {
                class: class.id.clone(),
                permitted: Duration::try_from_secs_f64(seconds).unwrap_or_default(),
                drained,
                due: run.map(|run| run.of.limit.resumed(now, clock_trusted)),
                held: held.clone(),
            });
        }
        batteries
    }

    /// When the time of each is over.
    pub fn learned(&self) -> Vec<Option<Mono>> {
        self.list.iter().map(|battery| battery.due).collect()
    }

    /// Takes up what was learned; false where it is of other batteries.
    pub fn take_up(&mut self, learned: &[Option<Mono>]) -> bool {
        self.list.iter_mut().zip(learned).for_each(|(battery, due)| battery.due = *due);
        self.list.len() == learned.len()
    }

    /// The battery that reads this status.
    pub fn reader(&self, status: u32) -> Option<u32> {
        self.readers.get(&status).copied()
    }

    /// When the time of a battery is over.
    pub fn due(&self, battery: u32) -> Option<Mono> {
        self.list.get(battery as usize).and_then(|battery| battery.due)
    }

    /// The batteries whose time runs.
    pub fn running(&self) -> impl Iterator<Item = (Mono, u32)> + '_ {
        (0u32..).zip(&self.list).filter_map(|(number, battery)| battery.due.map(|due| (due, number)))
    }

    /// The battery of the device that a fault is one of, when it is the device's own and no element's.
    pub fn of_fault(&self, id: EventId, decision: &Decision<'_>) -> Option<u32> {
        let point = &decision.state.occurrences.get(&id)?.raise.condition.point;
        let battery = self.by_device.get(point.device()).copied()?;
        (!is_element(decision.site, point)).then_some(battery)
    }

    /// Looks at one battery.
    pub fn advance(&mut self, battery: u32, decision: &mut Decision<'_>, live: &mut Live) {
        if let Some(battery) = self.list.get_mut(battery as usize) {
            battery.advance(decision, live);
        }
    }

    /// A backup fault was raised: says what it comes from (FA-06).
    pub fn judge(&self, id: EventId, decision: &mut Decision<'_>) {
        let battery = self.of_fault(id, decision).and_then(|battery| self.list.get(battery as usize));
        let own = |battery: &Battery| {
            let condition = decision.state.occurrences.get(&id).map(|held| &held.raise.condition);
            condition.is_some_and(|condition| {
                battery.own_words().contains(&condition.point) || battery.is_use(condition, decision.site)
            })
        };
        let Some(battery) = battery.filter(|battery| !own(battery)) else { return };
        let (cause, words) = battery.cause(decision);
        let judged = Judged { occurrence: id, cause, words, evidence: Vec::new(), under: None };
        decision.decide(FactKind::Supervision(SupervisionFact::CauseJudged(Arc::new(judged))));
    }
}

impl Battery {
    fn advance(&mut self, decision: &mut Decision<'_>, live: &mut Live) {
        let drained = self.drained(decision, live);
        let run = decision.state.supervised.batteries.get(&self.held.id).filter(|run| run.ended.is_none()).cloned();
        match (run, drained) {
            (None, Truth::True) => {
                let limit = Deadline::starting(decision.now, self.permitted);
                let (name, place) = (self.held.name.clone(), self.held.place.clone());
                let began = OnBattery { equipment: self.held.id.clone(), name, place, limit };
                decision.decide(FactKind::Supervision(SupervisionFact::BatteryBegan(Arc::new(began))));
                self.due = Some(decision.now.mono.after(self.permitted));
            }
            (None, _) => {}
            (Some(run), Truth::False) => {
                let ended = SupervisionFact::BatteryEnded { run: run.id, of: self.held.name.clone() };
                decision.decide(FactKind::Supervision(ended));
                self.due = None;
                if run.reached {
                    self.limit(decision, live, Truth::False);
                    rows::happened(decision, self.switch_on(decision.now.wall.since(run.since)));
                }
            }
            (Some(run), _) if run.reached => self.limit(decision, live, drained),
            (Some(run), _) => {
                if self.due.is_some_and(|due| due <= decision.now.mono) {
                    self.due = None;
                    let reached = SupervisionFact::BatteryLimit { run: run.id, of: self.held.name.clone() };
                    decision.decide(FactKind::Supervision(reached));
                    self.limit(decision, live, Truth::True);
                }
            }
        }
    }

    /// Whether it carries the load: by its statuses, and by the mains faults that its device has said.
    fn drained(&self, decision: &Decision<'_>, live: &Live) -> Truth {
        let own = |held: &&Occurrence| {
            let condition = &held.raise.condition;
            let ours = condition.category == Category::MainsFault && condition.point.device() == self.held.id;
            ours && !is_element(decision.site, &condition.point)
        };
        let said = decision.state.open().filter(own).map(|held| match held.source {
            Source::Active => Truth::True,
            Source::Quiet => Truth::False,
            Source::Unknown => Truth::Unknown,
        });
        let shown = self.drained.as_ref().map_or(Truth::False, |when| truth(when, live));
        said.fold(shown, Truth::or)
    }

    /// Whether a condition says no more than that the battery carries the load: nothing is wrong with it then.
    fn is_use(&self, condition: &Condition, site: &Site) -> bool {
        let status = self.held.statuses.get("on-battery").and_then(|status| site.statuses.get(*status as usize));
        let mut rules = self.held.rules.iter().filter_map(|rule| site.rules.get(*rule as usize));
        status.is_some_and(|status| rules.any(|rule| rule.condition == *condition && rule.when == status.when))
    }

    fn own_words(&self) -> [PointId; 2] {
        [self.held.point("battery-limit"), self.held.point("battery-switch")]
    }

    fn limit(&self, decision: &mut Decision<'_>, live: &mut Live, holds: Truth) {
        let subject = self.subject(0, ("备电已达允许供电时间", "battery at the end of its permitted time"));
        let condition = subject.condition.clone();
        live.follow(decision, &condition, holds, Episode::New { sweep: None }, || Subject {
            detail: Some(Text::new(
                &format!("由备电供电已达{}", hours_zh(self.permitted)),
                &format!("on battery for the permitted {}", hours(self.permitted)),
            )),
            advice: Some(Text::new(
                "将备电开关置于关闭，防止电池过放。关闭后控制器将停止工作：先安排专人现场值守巡查，直到主电恢复",
                "Switch the backup switch OFF so that the battery is not ruined. The panel will be dead: post a fire \
                 watch first, and keep it until the mains are back",
            )),
            ..subject
        });
    }

    fn switch_on(&self, ran: Duration) -> Subject {
        Subject {
            detail: Some(Text::new(
                &format!("主电已恢复；备电共供电{}", hours_zh(ran)),
                &format!("the mains are back after {} on battery", hours(ran)),
            )),
            advice: Some(Text::new(
                "将备电开关置于打开，检查电池充电；确认控制器工作正常后撤除现场值守",
                "Switch the backup switch ON again and see that the battery is charged; when the panel works, the fire \
                 watch may end",
            )),
            ..self.subject(1, ("主电恢复，备电开关需打开", "mains back, backup switch to be switched on"))
        }
    }

    fn subject(&self, word: usize, (zh, en): (&str, &str)) -> Subject {
        let point = self.own_words()[word].clone();
        Subject {
            condition: Condition { point, category: Category::BackupFault, level: None },
            name: Text::new(&format!("{} {zh}", self.held.name.zh), &format!("{} {en}", self.held.name.en)),
            place: self.held.place.clone(),
            latches: false,
            code: self.held.code.clone(),
            kind: self.held.kind.clone(),
            detail: None,
            advice: None,
            class: Some(self.class.clone()),
        }
    }

    /// What a backup fault comes from, by how long the battery has carried the load.
    fn cause(&self, decision: &Decision<'_>) -> (Cause, Text) {
        let now: Wall = decision.now.wall;
        let run = decision.state.supervised.batteries.get(&self.held.id);
        let run = run.filter(|run| run.ended.is_none_or(|ended| now.since(ended) < CHARGED_AFTER));
        let Some(run) = run else {
            return (
                Cause::BatteryConnection,
                Text::new(
                    "电池未带载：检查电池接插件和连线，再测量电池",
                    "The battery has carried no load: look at its connector and wiring, then measure the battery",
                ),
            );
        };
        let ran = run.ended.unwrap_or(now).since(run.since);
        if ran >= self.permitted {
            let (zh, en) = (hours_zh(ran), hours(ran));
            return (
                Cause::BatteryExhausted,
                Text::new(
                    &format!("电池已供电{zh}，超过允许的{}：电压低是放电过久所致", hours_zh(self.permitted)),
                    &format!(
                        "The battery has carried the load for {en}, longer than the permitted {}: that is why it is low",
                        hours(self.permitted)
                    ),
                ),
            );
        }
        (
            Cause::Undetermined,
            Text::new(
                &format!("电池仅供电{}即报故障：检查接插件、连线、电池容量和充电", hours_zh(ran)),
                &format!(
                    "After only {} on battery: look at its connector and wiring, its capacity and its charging",
                    hours(ran)
                ),
            ),
        )
    }
}

/// Whether a point is an element of a panel: what its supply says is not of the panel's own battery.
fn is_element(site: &Site, point: &PointId) -> bool {
    site.equipment.iter().any(|held| held.id == point.as_str())
}

fn hours_zh(lapse: Duration) -> String {
    let minutes = lapse.as_secs() / 60;
    format!("{}小时{}分", minutes / 60, minutes % 60)
}

fn hours(lapse: Duration) -> String {
    let minutes = lapse.as_secs() / 60;
    format!("{} h {} min", minutes / 60, minutes % 60)
}
