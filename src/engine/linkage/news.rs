//! What a step decided and learned, as far as linkages care.
//!
//! Takes: the facts of one step, and the rules and statuses of which something was said.
//! Gives: [`News`].
//! Never: walks what did not change; only a restart makes it look at everything.

use std::collections::BTreeSet;

use super::Machine;
use crate::engine::alarm::{Changed, CloseReason, Decision, FactKind};
use crate::engine::base::{Category, EventId, PointId};
use crate::engine::site::{Condition, Device};

/// What changed.
#[derive(Debug, Default)]
pub(super) struct News {
    /// Conditions that may count otherwise than before.
    pub conditions: BTreeSet<Condition>,
    /// Rules of which something was said.
    pub rules: BTreeSet<u32>,
    /// Statuses of which something was said.
    pub statuses: BTreeSet<u32>,
    /// The process began.
    pub restarted: bool,
    /// An isolation, a disablement or a test ended.
    pub released: bool,
    /// A link came or went.
    pub links: bool,
}

impl Machine {
    /// Reads the facts of a step and what was said in it.
    pub(super) fn read(&mut self, decision: &Decision<'_>, changed: &Changed) -> News {
        let mut news = News {
            rules: changed.rules.iter().copied().collect(),
            statuses: changed.statuses.iter().copied().collect(),
            ..News::default()
        };
        for rule in &news.rules {
            if self.graph.read.get(*rule as usize) == Some(&true) {
                news.conditions.insert(decision.site.rules[*rule as usize].condition.clone());
            }
        }
        for fact in &decision.facts {
            match &fact.kind {
                FactKind::Restarted { .. } => news.restarted = true,
                FactKind::Raised(raise) => self.of_condition(decision, &raise.condition, false, &mut news),
                FactKind::SourceChanged { occurrence, .. }
                | FactKind::Reactivated { occurrence }
                | FactKind::Judged { occurrence, .. } => self.of_occurrence(decision, *occurrence, false, &mut news),
                FactKind::Chatter(chatter) => self.of_occurrence(decision, chatter.occurrence(), false, &mut news),
                FactKind::Closed { occurrence, reason } => {
                    news.released |= *reason == CloseReason::TestOver;
                    self.of_occurrence(decision, *occurrence, true, &mut news);
                }
                FactKind::Isolated { point, .. } => {
                    self.isolated.insert(fact.id.into(), point.clone());
                    self.within(point, &mut news);
                }
                FactKind::Released { isolation, .. } => {
                    news.released = true;
                    if let Some(point) = self.isolated.remove(isolation) {
                        self.within(&point, &mut news);
                    }
                }
                _ => {}
            }
        }
        if news.restarted {
            news.conditions.extend(self.graph.uses.keys().cloned());
            news.conditions.extend(decision.state.open.keys().cloned());
            news.statuses.extend(self.watched.statuses());
        }
        news
    }

    fn of_occurrence(&self, decision: &Decision<'_>, id: EventId, over: bool, news: &mut News) {
        match decision.state.occurrences.get(&id) {
            Some(occurrence) => self.of_condition(decision, &occurrence.raise.condition, over, news),
            // So many ended in this one step that this one is not at hand any more.
            None => news.conditions.extend(self.graph.uses.keys().cloned()),
        }
    }

    fn of_condition(&self, decision: &Decision<'_>, condition: &Condition, over: bool, news: &mut News) {
        match condition.category {
            Category::Disabled => {
                news.released |= over;
                self.of_point(&condition.point, news);
            }
            Category::LinkFault => {
                news.links = true;
                let tells = |device: &&Device| device.reports() && is_link_of(condition, decision, device);
                for device in decision.site.devices.iter().filter(tells) {
                    let rules = &decision.site.rules[device.rules.start as usize..device.rules.end as usize];
                    news.conditions.extend(rules.iter().map(|rule| rule.condition.clone()));
                }
            }
            _ => {}
        }
        news.conditions.insert(condition.clone());
    }

    /// A point and everything of it.
    fn within(&self, point: &PointId, news: &mut News) {
        let begins = |held: &PointId| held.as_str().starts_with(point.as_str());
        let from = Condition { point: point.clone(), category: Category::ALL[0], level: None };
        let uses = self.graph.uses.range(from..).map(|(held, _)| held);
        let uses = uses.take_while(|held| begins(&held.point)).filter(|held| point.covers(&held.point));
        news.conditions.extend(uses.chain(self.values.told_within(point)).cloned());
        let statuses = self.graph.status_at.range(point.clone()..).take_while(|(held, _)| begins(held));
        news.statuses.extend(statuses.filter(|(held, _)| point.covers(held)).map(|(_, status)| *status));
    }

    fn of_point(&self, point: &PointId, news: &mut News) {
        let from = Condition { point: point.clone(), category: Category::ALL[0], level: None };
        let listed = self.graph.uses.range(from..).take_while(|(condition, _)| condition.point == *point);
        news.conditions.extend(listed.map(|(condition, _)| condition.clone()));
        let told = self.values.told_of(point);
        news.conditions.extend(told.cloned());
        news.statuses.extend(self.graph.status_at.get(point));
    }
}

/// Whether a link fault is that of a device, or of the bus it is on.
fn is_link_of(condition: &Condition, decision: &Decision<'_>, device: &Device) -> bool {
    let point = &condition.point;
    let bus = || decision.site.buses.get(device.bus as usize).map(|bus| format!("bus.{}", bus.id));
    (point.device() == device.id.as_str() && point.point() == "link")
        || (point.device() == "gateway" && bus().is_some_and(|bus| bus == point.point()))
}
