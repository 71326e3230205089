//! The machine of one bus as it begins: nothing read, nothing known.
//!
//! Takes: the site's model of the bus.
//! Gives: a [`Bus`] with its slots, reads, members and rules.
//! Never: asks anything.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::bus::{ALIVE_EVERY, Bus, Line, Member, NO_READ, Read, Slot};
use super::coalesce::{self, Span};
use super::derivation::Derivation;
use super::exchange::Failure;
use super::heartbeat;
use super::lane::Lane;
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
            due: Vec::new(),
            fire: Vec::new(),
            rest: Vec::new(),
            members: Vec::new(),
            detector: Detector::new(Vec::new(), &[], 0),
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
            rest_until: now.mono,
            probes: Vec::new(),
            gate: now.mono,
            alive_at: now.mono.after(ALIVE_EVERY),
            tick_at: now.mono.after(ALIVE_EVERY),
            events: Vec::new(),
            wanted: Vec::new(),
            derivation: Derivation::default(),
            heartbeats: BTreeMap::new(),
            site: Arc::clone(&site),
        };
        let Some(model) = site.buses.get(bus as usize) else {
            return made;
        };
        let (mut watches, mut sources) = (Vec::new(), Vec::new());
        for &device in &model.devices {
            made.add(device, &coalesce::spans(&site, model, device), now, &mut watches, &mut sources);
        }
        made.detector = Detector::new(watches, &sources, made.reads.len());
        made.derivation = Derivation::new(&site, &made.slots, &mut made.reads);
        made.heartbeats = heartbeat::heartbeats(&site, &made.slots, &made.reads);
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

    fn add(&mut self, device: u32, spans: &[Span], now: Now, watches: &mut Vec<Watch>, sources: &mut Vec<u32>) {
        let site = Arc::clone(&self.site);
        let Some(model) = site.devices.get(device as usize).filter(|model| model.refused.is_none()) else {
            return;
        };
        let (first_slot, first_read, first_rule) = (number(&self.slots), number(&self.reads), number(watches));
        let own = |point: u32| first_slot + (point - model.points.start);
        for point in model.points.clone() {
            let known = Err(Reason::NeverRead);
            self.slots.push(Slot { point, read: NO_READ, known, published: 0.0, again: false });
        }
        sources.resize(self.slots.len(), u32::MAX);
        for span in spans {
            let read = number(&self.reads);
            let slots: Vec<u32> = span.points.iter().map(|point| own(*point)).collect();
            for slot in &slots {
                self.slots[*slot as usize].read = read;
                sources[*slot as usize] = read;
            }
            if span.pace == Pace::Fire {
                self.fire.push(read)
            } else {
                self.rest.push(read)
            }
            self.due.push(now.mono);
            self.reads.push(Read {
                span: span.clone(),
                slots,
                member: number(&self.members),
                last: None,
                current: false,
                read_at: None,
                verified: 0,
                asked: 0,
                answered_at: now.mono,
                refused: false,
                stale: None,
                failures: 0,
                swept: 0,
            });
        }
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
        self.members.push(Member {
            device,
            reads: (first_read..number(&self.reads)).collect(),
            rules: first_rule..number(watches),
            cheapest: coalesce::cheapest(spans).map_or(NO_READ, |place| first_read + u32::try_from(place).unwrap_or(0)),
            dead: false,
            told: false,
            failures: 0,
            suspect: (NO_READ, false),
            answered_at: now.mono,
            up_since: now.mono,
            still: false,
        });
    }
}

fn number<T>(list: &[T]) -> u32 {
    u32::try_from(list.len()).unwrap_or(u32::MAX)
}
