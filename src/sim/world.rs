//! The simulated field without sockets: devices and a story, driven by a time that is an argument.
//!
//! Takes: a site, resting values, a story; requests with the time they are sent.
//! Gives: what every device answers: [`World::respond`] for the servers, [`World::answer`] for simulated time.
//! Never: a clock, a socket or chance: the same calls give the same answers.

mod memory;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use self::memory::Memories;
use crate::engine::base::Text;
use crate::engine::profile::{Encoding, Kind, Table};
use crate::engine::site::Site;
use crate::sim::device::Device;
use crate::sim::encode::{self, Pattern, Setting};
use crate::sim::fault::{Answer, Fault};
use crate::sim::image::Image;
use crate::sim::impossible::Impossible;
use crate::sim::named::{bus, device, is_line, point};
use crate::sim::pdu;
use crate::sim::reaction::{Then, Trigger};
use crate::sim::resting::Resting;
use crate::sim::scenario::{Change, Scenario};
use crate::sim::story::Story;
use crate::sim::trouble::Trouble;

/// The exception of a gateway whose target device failed to respond (Modbus Application Protocol 1.1b3, 7).
const NO_SUCH_TARGET: u8 = 0x0B;

/// A whole simulated field.
#[derive(Clone, Debug)]
pub struct World {
    site: Arc<Site>,
    devices: Vec<Device>,
    /// Buses whose line is cut, or whose port refuses.
    cut: Vec<bool>,
    /// How each bus misbehaves.
    troubles: Vec<Trouble>,
    story: Story,
    /// The numbers that were last set, before any wandering: where ramps begin.
    numbers: BTreeMap<u32, f64>,
    /// What the story, or whoever steers, last made of each point: what a device that restarts finds around it.
    said: Vec<Pattern>,
    /// The present moment, counted from the story's beginning.
    at: Duration,
    /// What writes and restarts have set off, by the moment it is due and in order.
    later: BTreeMap<(Duration, u64), Later>,
    set_off: u64,
    /// What was printed at text ports, by bus, until their server takes it.
    printed: BTreeMap<u32, Vec<u8>>,
    /// Heartbeat points that beat by themselves, and how long each half of a beat is. One that is set stands still.
    hearts: BTreeMap<u32, Duration>,
    memories: Memories,
}

/// Something that will happen by itself.
#[derive(Clone, Debug)]
enum Later {
    /// A point says something because its device was written to.
    Set(u32, Pattern),
    /// A device is back from its restart.
    Back(u32),
    /// A panel prints, because it was switched on.
    Print(Change),
}

impl World {
    /// The field of `site` at rest, about to live through `scenario`. `seed` decides how measurements wander.
    pub fn new(site: Arc<Site>, resting: &Resting, scenario: Scenario, seed: u64) -> World {
        let reactions: Vec<_> = resting.reactions().iter().chain(&scenario.reactions).cloned().collect();
        let devices = (0u32..)
            .zip(&site.devices)
            .map(|(number, device)| {
                let own = reactions.iter().filter(|reaction| reaction.device == number).cloned().collect();
                Device::new(device.bus, device.unit, image(&site, number), own, resting.identity(number).cloned())
            })
            .collect();
        let (cut, troubles) = (vec![false; site.buses.len()], vec![Trouble::None; site.buses.len()]);
        let (rest, said) = (scenario.rest.clone(), vec![Pattern::default(); site.points.len()]);
        let (story, numbers, later) = (Story::new(scenario, seed), BTreeMap::new(), BTreeMap::new());
        let at = Duration::ZERO;
        let mut world = World {
            site,
            devices,
            cut,
            troubles,
            story,
            numbers,
            said,
            at,
            later,
            set_off: 0,
            printed: BTreeMap::new(),
            hearts: BTreeMap::new(),
            memories: Memories::default(),
        };
        for slot in 0..world.site.points.len() {
            let slot = u32::try_from(slot).unwrap_or(u32::MAX);
            let raw = resting.raw(slot);
            world.put(slot, &raw);
        }
        for (slot, raw) in rest {
            world.put(slot, &raw);
        }
        world.hearts = hearts(&world.site);
        for (after, print) in resting.prints() {
            world.remember(*after, Later::Print(print.clone()));
        }
        world.advance(Duration::ZERO);
        world
    }

    /// The site it simulates.
    pub fn site(&self) -> &Arc<Site> {
        &self.site
    }

    /// Lets the story go on until `at`, counted from its beginning; time never runs back.
    pub fn advance(&mut self, at: Duration) {
        while let Some(due) = self.later.first_entry().filter(|due| due.key().0 <= at) {
            let ((due, _), later) = due.remove_entry();
            self.tell(due);
            match later {
                Later::Set(slot, raw) => self.write(slot, &raw),
                Later::Back(device) => self.come_back(device),
                Later::Print(change) => self.apply(change),
            }
        }
        self.tell(at);
        self.beat(at);
    }

    fn beat(&mut self, at: Duration) {
        for (slot, half) in self.hearts.clone() {
            self.write(slot, &Pattern::Field(u64::from(at.as_micros() / half.as_micros().max(1) % 2 == 1)));
        }
    }

    fn tell(&mut self, at: Duration) {
        while let Some(change) = self.story.next_change(at, &self.numbers) {
            self.apply(change);
        }
        self.at = self.at.max(at);
    }

    /// When the field next does something that is not a mere ramp.
    pub fn next_due(&self) -> Option<Duration> {
        let later = self.later.keys().next().map(|(at, _)| *at);
        self.story.next_due().into_iter().chain(later).min()
    }

    /// What the story has told since it was last asked, with the moment of each sentence.
    pub fn told(&mut self) -> Vec<(Duration, Text)> {
        self.story.told()
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Put(slot, raw) => self.put(slot, &raw),
            Change::Drift(slot, number) => {
                // A drifting number that the registers cannot hold stays where it was.
                if let Some(encoding) = self.encoding(slot)
                    && let Ok(raw) = encode::raw(encoding, &Setting::Number(number))
                {
                    self.say(slot, &raw);
                }
            }
            Change::Settle(slot, number) => {
                self.numbers.insert(slot, number);
            }
            Change::Fault(device, fault) => self.set_fault(device, fault),
            Change::Trouble(bus, trouble) => self.set_trouble(bus, trouble),
            Change::Cut(bus, cut) => self.set_cut(bus, cut),
            Change::Note(device, code) => self.note(device, code),
            // A port that is cut prints into the air.
            Change::Print(bus, bytes) if self.can_be_opened(bus) => self.printed.entry(bus).or_default().extend(bytes),
            Change::Print(..) => {}
        }
    }

    fn encoding(&self, slot: u32) -> Option<&Encoding> {
        self.site.points.get(slot as usize).map(|point| &*point.encoding)
    }

    /// Makes the registers of a point hold this, and ends what the story was doing with it.
    fn put(&mut self, slot: u32, raw: &Pattern) {
        self.story.release(slot);
        self.hearts.remove(&slot);
        match self.encoding(slot).and_then(|encoding| encode::number(encoding, raw)) {
            Some(number) => self.numbers.insert(slot, number),
            None => self.numbers.remove(&slot),
        };
        self.say(slot, raw);
    }

    /// The world around a device changes.
    fn say(&mut self, slot: u32, raw: &Pattern) {
        if let Some(said) = self.said.get_mut(slot as usize) {
            *said = raw.clone();
        }
        self.write(slot, raw);
        if let Some(device) = self.site.points.get(slot as usize).map(|point| point.device) {
            self.note_alarms(device);
        }
    }

    /// The registers of a point change.
    fn write(&mut self, slot: u32, raw: &Pattern) {
        let site = Arc::clone(&self.site);
        let Some(point) = site.points.get(slot as usize).filter(|point| !point.is_rate()) else { return };
        let Some(device) = self.devices.get_mut(point.device as usize) else { return };
        for cell in encode::cells(&point.encoding, raw) {
            device.image.put(point.encoding.table, cell);
        }
    }

    /// Makes the point `id` say `setting`.
    pub fn set(&mut self, id: &str, setting: &Setting) -> Result<(), Impossible> {
        let slot = point(&self.site, id).ok_or_else(|| Impossible::NoPoint(id.to_owned()))?;
        let encoding = &self.site.points[slot as usize].encoding;
        let raw = encode::raw(encoding, setting).map_err(|misfit| Impossible::Misfit(id.to_owned(), misfit))?;
        self.put(slot, &raw);
        Ok(())
    }

    /// Makes the device `id` misbehave.
    pub fn fault(&mut self, id: &str, fault: Fault) -> Result<(), Impossible> {
        let device = device(&self.site, id).ok_or_else(|| Impossible::NoDevice(id.to_owned()))?;
        self.set_fault(device, fault);
        Ok(())
    }

    /// Makes the bus `id` misbehave.
    pub fn trouble(&mut self, id: &str, trouble: Trouble) -> Result<(), Impossible> {
        let bus = bus(&self.site, id).ok_or_else(|| Impossible::NoBus(id.to_owned()))?;
        if !trouble.befalls(is_line(&self.site, bus)) {
            return Err(Impossible::OtherKind(id.to_owned()));
        }
        self.set_trouble(bus, trouble);
        Ok(())
    }

    /// Cuts the bus `id` (a line that carries nothing, a port that refuses), or mends it.
    pub fn cut(&mut self, id: &str, cut: bool) -> Result<(), Impossible> {
        let bus = bus(&self.site, id).ok_or_else(|| Impossible::NoBus(id.to_owned()))?;
        self.set_cut(bus, cut);
        Ok(())
    }

    /// Whether a bus is cut, by index in the site.
    pub fn is_cut(&self, bus: u32) -> bool {
        self.cut.get(bus as usize).copied().unwrap_or(false)
    }

    /// Whether the endpoint of a bus can be opened, by index in the site: it is neither cut nor unplugged.
    pub fn can_be_opened(&self, bus: u32) -> bool {
        !self.is_cut(bus) && self.trouble_of(bus) != Trouble::Unplugged
    }

    /// Takes what was printed at the text port of a bus, by index in the site.
    pub fn take_printed(&mut self, bus: u32) -> Vec<u8> {
        self.printed.remove(&bus).unwrap_or_default()
    }

    /// How a bus misbehaves, by index in the site.
    pub fn trouble_of(&self, bus: u32) -> Trouble {
        self.troubles.get(bus as usize).copied().unwrap_or_default()
    }

    fn set_fault(&mut self, number: u32, fault: Fault) {
        let Some(device) = self.devices.get_mut(number as usize) else { return };
        device.fault = fault;
        self.later.retain(|_, later| !matches!(later, Later::Back(back) if *back == number));
        if let Fault::Restart(lasts) = fault {
            // What it had begun to do when the power failed is not done.
            let site = Arc::clone(&self.site);
            let own = |slot: &u32| site.points.get(*slot as usize).is_some_and(|point| point.device == number);
            self.later.retain(|_, later| !matches!(later, Later::Set(slot, _) if own(slot)));
            self.remember(lasts, Later::Back(number));
        }
    }

    fn remember(&mut self, after: Duration, later: Later) {
        self.set_off += 1;
        self.later.insert((self.at + after, self.set_off), later);
    }

    /// A device has restarted: it is as the world around it is, and what was written to it is forgotten.
    fn come_back(&mut self, number: u32) {
        let site = Arc::clone(&self.site);
        let (Some(model), Some(device)) = (site.devices.get(number as usize), self.devices.get_mut(number as usize))
        else {
            return;
        };
        device.restart(image(&site, number));
        self.lay_out(number);
        for slot in model.points.clone() {
            let raw = self.said.get(slot as usize).cloned().unwrap_or_default();
            self.write(slot, &raw);
        }
    }

    fn set_trouble(&mut self, bus: u32, trouble: Trouble) {
        if let Some(state) = self.troubles.get_mut(bus as usize) {
            *state = trouble;
        }
    }

    fn set_cut(&mut self, bus: u32, cut: bool) {
        if let Some(state) = self.cut.get_mut(bus as usize) {
            *state = cut;
        }
    }

    /// The registers of one device as they stand, by index in the site: for tests and for looking inside.
    pub fn read(&self, device: u32, table: Table, start: u16, count: u16) -> Option<&[u16]> {
        self.devices.get(device as usize)?.image.read(table, start, count)
    }

    /// What comes back on `bus` for a request to `unit`. A serial line stays silent for a unit it does not have and
    /// for broadcasts; a TCP gateway says that its target failed to respond.
    pub fn respond(&mut self, bus: u32, unit: u8, request: &[u8]) -> Option<Answer> {
        if self.is_cut(bus) || matches!(self.trouble_of(bus), Trouble::HalfOpen | Trouble::Unread | Trouble::Unplugged)
        {
            return None;
        }
        let serial = is_line(&self.site, bus);
        let mut fired = Vec::new();
        let answer = if serial && unit == 0 {
            for device in self.devices.iter_mut().filter(|device| device.bus == bus) {
                device.respond(request, |reaction| fired.push(reaction.then.clone()));
            }
            None
        } else {
            match self.devices.iter_mut().find(|device| device.bus == bus && device.unit == unit) {
                Some(device) => device.respond(request, |reaction| fired.push(reaction.then.clone())),
                None if serial => None,
                None => Fault::None.distort(unit, pdu::exception(request, NO_SUCH_TARGET)),
            }
        };
        for then in fired {
            if let Then::Set(points, after) = then {
                points.into_iter().for_each(|(slot, raw)| self.remember(after, Later::Set(slot, raw)));
            }
        }
        answer
    }
}

/// The registers of a device, all reading 0.
fn image(site: &Site, number: u32) -> Image {
    let Some(device) = site.devices.get(number as usize) else { return Image::default() };
    let writes = site.commands.get(device.commands.start as usize..device.commands.end as usize).unwrap_or_default();
    let reached = writes.iter().filter_map(|command| Trigger::of(&command.spec.write));
    let ended = writes.iter().filter_map(|command| command.spec.pulse.as_ref()).filter_map(|p| Trigger::of(&p.end));
    Image::of(&device.profile, site.points_of(device).iter().map(|point| &*point.encoding), reached.chain(ended))
}

/// The heartbeat points of a site that are one bit, each with half of the time within which it must change.
fn hearts(site: &Site) -> BTreeMap<u32, Duration> {
    let points = (0..).zip(&site.points).filter(|(_, point)| point.encoding.kind == Kind::Bit);
    points.filter_map(|(slot, point)| Some((slot, point.proviso.as_ref()?.toggles_within? / 2))).collect()
}
