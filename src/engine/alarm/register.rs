//! The register of what is isolated: orders, expiry, shifts, and the watch over false alarms (FA-03, FA-07).
//!
//! Takes: acts the gate has let through, review times, shifts, alarms that come again.
//! Gives: decided facts, or a [`Refusal`] and no fact at all.
//! Never: isolates anything by itself; a false alarm that returns is proposed, and a person decides.

use super::act::REVIEW_AT_MOST;
use super::decision::{Decision, OwnFault};
use super::desk_fact::{DeskFact, Purpose};
use super::fact::FactKind;
use super::occurrence::Isolation;
use super::occurrence::Occurrence;
use super::scope::stated;
use crate::engine::Refusal;
use crate::engine::base::{Category, Deadline, DeviceId, EventId, PointId, Text, Wall};
use crate::engine::site::Place;

impl Decision<'_> {
    /// 隔离
    pub fn isolate(
        &mut self,
        point: PointId,
        reason: &str,
        review_at: Wall,
        purpose: Purpose,
        order: Option<String>,
    ) -> Result<(), Refusal> {
        let reason = stated(reason)?;
        let (name, place) = self.described(&point).ok_or_else(|| Refusal::NoSuchPoint { point: point.clone() })?;
        let lapse = review_at.since(self.now.wall);
        if lapse.is_zero() || lapse > REVIEW_AT_MOST {
            return Err(Refusal::BadReviewTime);
        }
        if let Some(isolation) = self.state.isolation_of(&point) {
            return Err(Refusal::AlreadyIsolated { id: isolation.id });
        }
        let review = Deadline::starting(self.now, lapse);
        let order = order.map(|order| order.trim().to_owned()).filter(|order| !order.is_empty());
        self.decide(FactKind::Isolated { point, name, place, reason, review, purpose, order });
        Ok(())
    }

    /// 释放: the point's present state counts at once.
    pub fn release(&mut self, id: EventId) -> Result<(), Refusal> {
        let isolation =
            self.state.isolations.get(&id).cloned().ok_or_else(|| Refusal::NotFound { id: id.to_string() })?;
        // One of its own conditions may have been isolated by itself before the whole element was.
        let others: Vec<&Isolation> = self.state.isolations.values().filter(|held| held.id != id).collect();
        let kept = |o: &Occurrence| others.iter().any(|held| held.point.covers(&o.raise.condition.point));
        let active = self
            .state
            .open_within(&isolation.point)
            .filter_map(|occurrence| self.state.occurrences.get(&occurrence))
            .filter(|o| super::apply::is_owed_sound(o) && !kept(o))
            .filter(|o| o.inhibit.iter().all(|inhibit| *inhibit == super::Inhibit::Isolated))
            .map(|o| o.id)
            .collect();
        self.decide(FactKind::Released { isolation: id, active });
        self.review(isolation.point, isolation.name, isolation.place, None);
        Ok(())
    }

    /// The review time of an isolation has passed. One for hot work or a test ends; any other is announced (FA-07).
    pub fn review_overdue(&mut self, id: EventId) {
        let Some(isolation) = self.state.isolations.get(&id).filter(|isolation| !isolation.overdue).cloned() else {
            return;
        };
        if isolation.purpose.releases_itself() {
            // It is there, so releasing it cannot be refused.
            let _ = self.release(id);
            return;
        }
        self.decide(FactKind::ReviewOverdue { isolation: id });
        let detail = Text::new(
            &format!("隔离已到复查时间：{}", isolation.reason),
            &format!("Isolation is due for review: {}", isolation.reason),
        );
        self.review(isolation.point, isolation.name, isolation.place, Some(detail));
    }

    fn review(&mut self, point: PointId, name: Text, place: Place, detail: Option<Text>) {
        let name = Text::new(&format!("{} 隔离到期", name.zh), &format!("{} isolation overdue", name.en));
        self.own_condition(OwnFault { point, category: Category::Own, name, place, detail });
    }

    /// Links the repair order that an isolation waits for.
    pub fn link_order(&mut self, isolation: EventId, order: &str) -> Result<(), Refusal> {
        if !self.state.isolations.contains_key(&isolation) {
            return Err(Refusal::NotFound { id: isolation.to_string() });
        }
        let order = order.trim();
        if order.is_empty() {
            return Err(Refusal::Missing { field: "order" });
        }
        self.decide(FactKind::Desk(DeskFact::OrderLinked { isolation, order: order.to_owned() }));
        Ok(())
    }

    /// A shift begins: what is isolated or disabled is told anew, and somebody must acknowledge that they heard.
    pub fn shift_begins(&mut self) {
        let isolated: Vec<&Isolation> = self.state.isolations_by_review();
        let isolations: Vec<EventId> = isolated.iter().map(|isolation| isolation.id).collect();
        let names = isolated.iter().map(|isolation| isolation.name.clone());
        let names: Vec<Text> =
            names.chain(self.state.disabled_at_panels().map(|disabled| disabled.raise.name.clone())).collect();
        let disabled = self.state.disabled_at_panels().map(|disabled| disabled.id).collect();
        self.decide(FactKind::Desk(DeskFact::ShiftBegun { isolations, disabled }));
        if names.is_empty() {
            return;
        }
        let list = |language: fn(&Text) -> &str, gap: &str| {
            let told: Vec<&str> = names.iter().take(10).map(language).collect();
            let more = names.len().saturating_sub(10);
            format!("{}{}", told.join(gap), if more > 0 { format!(" +{more}") } else { String::new() })
        };
        self.happened(OwnFault {
            point: PointId::of(&DeviceId::new("gateway"), "shift"),
            category: Category::Own,
            name: Text::new("交接班：仍有隔离", "Shift change: points are still isolated"),
            place: Place::default(),
            detail: Some(Text::new(
                &format!("仍有 {} 处隔离或屏蔽：{}", names.len(), list(|text| &text.zh, "、")),
                &format!("{} isolated or disabled: {}", names.len(), list(|text| &text.en, ", ")),
            )),
        });
    }

    /// An occurrence has become active: when its point was judged false lately, isolating it is proposed.
    pub fn watch(&mut self, id: EventId) {
        let Some(occurrence) = self.state.occurrences.get(&id) else { return };
        let condition = &occurrence.raise.condition;
        let judged = condition.category.rules().incident || condition.category == Category::Prealarm;
        if !judged || !occurrence.inhibit.is_empty() {
            return;
        }
        let Some(held) = self.state.false_alarms.get(&condition.point).copied() else { return };
        let lately = self.now.wall.since(held.last) <= self.site.settings.false_alarm_watch;
        if lately && occurrence.false_alarms != held.count {
            self.decide(FactKind::Desk(DeskFact::IsolationProposed { occurrence: id, false_alarms: held.count }));
        }
    }
}
