//! The machine of one bus as it begins: nothing read, nothing known.
//!
//! Takes: the site's model of the bus.
//! Gives: a [`Bus`] with its slots, reads, members and rules.
//! Never: asks anything.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::bus::{ALIVE_EVERY, Bus, Line, Member, NO_READ, Slot};
use super::coalesce;
use super::cost::Cost;
use super::derivation::Derivation;
use super::exchange::Failure;
use super::heartbeat;
use super::interview::Interviews;
use super::lane::Lane;
use super::recall::Recall;
use super::refused::Refusing;
use super::report::Report;
use crate::engine::base::{Now, Reason};
use crate::engine::event::{Detector, Watch};
use crate::engine::profile::Pace;
use crate::engine::site::Site;

impl Bus {
    /// A bus on which nothing was read yet. `bus` is its index in the site; one beyond it is a bus without devices.
    pub fn new(site: Arc<Site>, bus: u32, now: Now) -> Bus {
        let mut made = Bus {
            number: bus,
            slots: Vec::new(),
            reads: Vec::new(),
            spare: Vec::new(),
            cost: Cost::default(),
            due: Vec::new(),
            fire: Vec::new(),
            rest: Vec::new(),
            members: Vec::new(),
            detector: Detector::new(Vec::new(), 0),
            line: Line::Untried,
            heard_at: now.mono,
            unheard: 0,
            flight: None,
            lane: Lane::default(),
            sent: 0,
            answered: 0,
            sweep: 1,
            leading: Pace::Slow,
            fire_run: 0,
            trouble_at: now.mono,
            rest_until: now.mono,
            probes: Vec::new(),
            gate: now.mono,
            alive_at: now.mono.after(ALIVE_EVERY),
            tick_at: now.mono.after(ALIVE_EVERY),
            events: Vec::new(),
            wanted: Vec::new(),
            derivation: Derivation::default(),
            heartbeats: BTreeMap::new(),
            recalls: Vec::new(),
            recall_sent: 0,
            interviews: Interviews::default(),
            site: Arc::clone(&site),
        };
        let Some(model) = site.buses.get(bus as usize) else {
            return made;
        };
        made.cost = Cost::of(&site, model);
        let mut watches = Vec::new();
        for &device in &model.devices {
            made.add(device, now, &mut watches);
        }
        made.detector = Detector::new(watches, made.slots.len());
        made.derivation = Derivation::new(&site, &made.slots);
        made.heartbeats = heartbeat::heartbeats(&site, &made.slots);
        for number in 0..number(&made.members) {
            let member = &made.members[number as usize];
            for span in coalesce::spans(&site, model, &made.cost, member.device, None) {
                made.plant(number, span, now.mono);
            }
            made.settle_member(number);
            let device = made.members[number as usize].device;
            if let Some(memory) = &site.devices[device as usize].profile.memory {
                let spans = coalesce::memory_spans(&site, model, &made.cost, device);
                made.recalls.push(Recall::new(number, spans, memory));
            }
        }
        made.leading = made.reads.iter().map(|read| read.span.pace).min().unwrap_or(Pace::Slow);
        made
    }

    /// The bus after its task was held up: nothing that was read before is known. Commands go on, because nobody else
    /// would end them: what waits is sent while its time to live lasts, a pulse is ended, and what was being written may
    /// have been done. Gives what became of commands meanwhile.
    pub fn anew(mut self, now: Now) -> (Bus, Report) {
        let mut report = Report::default();
        if let Some(id) = self.flight.as_ref().map(|flight| flight.request.id) {
            report.commands = self.failure(id, Failure::Timeout, now).commands;
        }
        let mut fresh = Bus::new(Arc::clone(&self.site), self.number, now);
        fresh.lane = self.lane;
        fresh.sent = self.sent;
        (fresh, report)
    }

    fn add(&mut self, device: u32, now: Now, watches: &mut Vec<Watch>) {
        let site = Arc::clone(&self.site);
        let Some(model) = site.devices.get(device as usize).filter(|model| model.refused.is_none()) else {
            return;
        };
        let (first_slot, first_rule) = (number(&self.slots), number(watches));
        for point in model.points.clone() {
            let known = Err(Reason::NeverRead);
            self.slots.push(Slot { point, read: NO_READ, known, published: 0.0, again: false });
        }
        let own = |point: u32| first_slot + (point - model.points.start);
        for rule in model.rules.clone() {
            let known = &site.rules[rule as usize];
            watches.push(Watch {
                rule,
                // A rule reads its own device only; anything else stays unknown.
                when: known.when.with_slots(&|slot| if model.points.contains(&slot) { own(slot) } else { u32::MAX }),
                delay: known.delay,
                absent_is_fault: known.condition.category.is_immediate(),
            });
        }
        let rules = number(&site.rules);
        for status in model.statuses.clone() {
            let known = &site.statuses[status as usize];
            watches.push(Watch {
                rule: rules.saturating_add(status),
                when: known.when.with_slots(&|slot| if model.points.contains(&slot) { own(slot) } else { u32::MAX }),
                delay: Duration::ZERO,
                absent_is_fault: false,
            });
        }
        self.members.push(Member {
            device,
            reads: Vec::new(),
            first_slot,
            rules: first_rule..number(watches),
            cheapest: NO_READ,
            dead: false,
            told: false,
            refusing: Refusing::default(),
            failures: 0,
            suspect: (NO_READ, false),
            answered_at: now.mono,
            up_since: now.mono,
            still: false,
            turnaround: None,
            split_at: None,
            believed: model.profile.link.identity.is_none(),
            stranger: None,
        });
    }
}

fn number<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}
