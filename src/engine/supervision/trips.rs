//! The same overload trip again and again (FW-03).
//!
//! Takes: the status `tripped` of equipment whose class has the settings `repeated-trips` and `trips-within`.
//! Gives: the fact `trip-counted`, and at the set number within the set time the advice to look at its setting.
//! Never: counts a trip that stood already when it was first read.

use std::collections::BTreeMap;
use std::time::Duration;

use super::rows;
use super::shown::setting;
use crate::engine::alarm::{Decision, FactKind, Live, Subject, SupervisionFact};
use crate::engine::base::{Category, Text, Truth};
use crate::engine::site::{Condition, Equipment, Site};

/// Every trip that is counted, by the status that shows it.
#[derive(Debug, Default)]
pub(super) struct Trips {
    by_status: BTreeMap<u32, Counter>,
}

#[derive(Debug)]
struct Counter {
    held: Equipment,
    class: String,
    many: usize,
    within: Duration,
    /// It was known to be off since the last trip.
    rested: bool,
}

impl Trips {
    /// By status: whether it was known to be off since the last trip.
    pub fn learned(&self) -> BTreeMap<u32, bool> {
        self.by_status.iter().map(|(status, counter)| (*status, counter.rested)).collect()
    }

    /// Takes up what was learned; false where it is of other equipment.
    pub fn take_up(&mut self, learned: &BTreeMap<u32, bool>) -> bool {
        for (status, counter) in &mut self.by_status {
            counter.rested = learned.get(status).copied().unwrap_or(false);
        }
        self.by_status.keys().eq(learned.keys())
    }

    /// Everything that can trip; what was counted before is in the state.
    pub fn of(site: &Site) -> Trips {
        let mut trips = Trips::default();
        for held in &site.equipment {
            let Some(class) = held.class.and_then(|class| site.classes.list.get(class as usize)) else { continue };
            let Some(status) = held.statuses.get("tripped") else { continue };
            let (Some(many), Some(within)) =
                (setting(class, held, "repeated-trips"), setting(class, held, "trips-within"))
            else {
                continue;
            };
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a small number, checked by config"
            )]
            let counter = Counter {
                class: class.id.clone(),
                held: held.clone(),
                many: many.max(2.0) as usize,
                within: Duration::try_from_secs_f64(within).unwrap_or_default(),
                rested: false,
            };
            trips.by_status.insert(*status, counter);
        }
        trips
    }

    /// A status was said anew.
    pub fn look(&mut self, status: u32, decision: &mut Decision<'_>, live: &Live) {
        let Some(counter) = self.by_status.get_mut(&status) else { return };
        match live.statuses[status as usize].0 {
            Truth::False => counter.rested = true,
            Truth::True if std::mem::take(&mut counter.rested) => counter.trip(decision),
            _ => {}
        }
    }
}

impl Counter {
    fn trip(&self, decision: &mut Decision<'_>) {
        let tripped = SupervisionFact::TripCounted { equipment: self.held.id.clone(), of: self.held.name.clone() };
        decision.decide(FactKind::Supervision(tripped));
        let now = decision.now.wall;
        let trips = decision.state.supervised.trips.get(&self.held.id);
        let recent = trips.map_or(0, |trips| trips.iter().filter(|at| now.since(**at) <= self.within).count());
        if recent < self.many {
            return;
        }
        let hours = self.within.as_secs_f64() / 3600.0;
        rows::happened(
            decision,
            Subject {
                condition: Condition {
                    point: self.held.point("repeated-trips"),
                    category: Category::Fault,
                    level: None,
                },
                name: Text::new(
                    &format!("{} 过载保护反复动作", self.held.name.zh),
                    &format!("{} overload trips repeatedly", self.held.name.en),
                ),
                place: self.held.place.clone(),
                latches: false,
                code: self.held.code.clone(),
                kind: self.held.kind.clone(),
                detail: Some(Text::new(
                    &format!("{hours} 小时内动作 {recent} 次"),
                    &format!("{recent} trips within {hours} h"),
                )),
                advice: Some(Text::new(
                    "测量电机电流，检查卡涩与缺相；均正常则为误动，将热继电器整定值略微调高",
                    "Measure the motor current, look for a jam and a lost phase; if all is right these are nuisance \
                     trips: raise the setting of the overload relay slightly",
                )),
                class: Some(self.class.clone()),
            },
        );
    }
}
