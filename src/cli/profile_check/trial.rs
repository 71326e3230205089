//! One device on one bus in simulated time, answered from a case's registers.
//!
//! Takes: a profile, the elements that exist, and what the device answers.
//! Gives: [`Outcome`]: what every point said last and which conditions were active then.
//! Never: decodes, plans or judges; `engine::poll::Bus` does, exactly as on site.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::growing::Counters;
use crate::config::Problem;
use crate::config::cases::{Element, Given, Wanted};
use crate::config::problem::{Problems, Spot, did_you_mean};
use crate::engine::base::{BusId, Category, DeviceId, Mono, Now, Reason, SiteId, Text, Truth, Value, Wall};
use crate::engine::class::Classes;
use crate::engine::poll::{Bus, Failure, LinkOf, Next, Reply, Report, Request, Said};
use crate::engine::profile::{Entry, Memory, Pace, Profile, Table};
use crate::engine::site::{self, Device, Endpoint, ExpandError, ListedPoint, Place, Site, expand};

/// The device's id in a case; expectations leave it out.
pub const DEVICE: &str = "device";

/// How long an answer takes.
const ANSWER: Duration = Duration::from_millis(5);
/// The slowest pace twice, and a little: what was read at all has been read two times by then.
const SETTLE: Duration = Duration::from_secs(125);

/// What came of a case.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What every point said last, by its own segment.
    pub points: BTreeMap<String, Wanted>,
    /// The conditions that were active at the end: `point:category[:level]`, link faults as the engine names them.
    pub active: BTreeSet<String>,
    /// What its event memory holds, as cases write it; nothing when it could not be read.
    pub remembered: Option<Vec<String>>,
}

/// A site of one bus and one device with these elements, which knows these classes; what cannot be placed is told at the
/// element.
pub fn site(profile: &Arc<Profile>, classes: &Arc<Classes>, elements: &[Element]) -> Result<Site, Vec<Problem>> {
    let periods = [(Pace::Fire, 1), (Pace::Fast, 1), (Pace::Normal, 5), (Pace::Slow, 60)];
    let mut site = Site {
        id: SiteId::new("case"),
        name: Text::same("case"),
        timezone: "UTC".to_owned(),
        buses: vec![site::Bus {
            id: BusId::new("bus"),
            name: Text::same("bus"),
            endpoint: Endpoint::Tcp("case".to_owned()),
            periods: periods.map(|(pace, seconds)| (pace, Duration::from_secs(seconds))).into(),
            devices: Vec::new(),
        }],
        classes: Arc::clone(classes),
        ..Site::new(SiteId::new(""))
    };
    let device = Device {
        statuses: 0..0,
        id: DeviceId::new(DEVICE),
        name: Text::same(DEVICE),
        bus: 0,
        unit: profile.unit.unwrap_or(1),
        profile: Arc::clone(profile),
        place: Place::default(),
        control: false,
        refused: None,
        points: 0..0,
        rules: 0..0,
        commands: 0..0,
        address: 0,
    };
    let listed: Vec<ListedPoint> = elements.iter().enumerate().map(listed).collect();
    expand(&mut site, device, &listed).map_err(|errors| problems(profile, elements, errors))?;
    Ok(site)
}

fn listed((row, element): (usize, &Element)) -> ListedPoint {
    ListedPoint {
        row,
        array: element.array.clone(),
        loop_number: element.loop_number,
        index: element.index,
        code: None,
        kind: None,
        place: Place::default(),
    }
}

fn problems(profile: &Profile, elements: &[Element], errors: Vec<ExpandError>) -> Vec<Problem> {
    let problems = Problems::default();
    for error in errors {
        let (row, message, hint) = match error {
            ExpandError::NoArray { row, array } => {
                let hint = did_you_mean(&array, profile.arrays.iter().map(|array| array.key.as_str()));
                (row, format!("the profile has no array \"{array}\""), hint)
            }
            ExpandError::NoSetting { class } => {
                problems.error(Spot::file(&profile.id), unsettled(&class), "");
                continue;
            }
            ExpandError::OutOfRange { row, what, number, range: (first, last) } => {
                (row, format!("{what} {number} is out of range"), format!("allowed: {first} to {last}"))
            }
        };
        if let Some(element) = elements.get(row) {
            problems.error(element.spot.clone(), message, hint);
        }
    }
    problems.sorted()
}

fn unsettled(class: &str) -> String {
    format!("it reads a setting that the class \"{class}\" does not have")
}

/// Plays a device whose heart beats.
pub fn run(site: &Arc<Site>, given: &Given) -> Outcome {
    play(site, given, true, &Counters::default())
}

/// Runs the bus until every pace was read twice and every delay has ended.
pub fn play(site: &Arc<Site>, given: &Given, beating: bool, counters: &Counters) -> Outcome {
    let hearts = if beating { hearts(site) } else { BTreeMap::new() };
    let delay = site.rules.iter().map(|rule| rule.delay).max().unwrap_or_default();
    let end = Mono(0).after(SETTLE + delay + counters.longer());
    let mut now = Now { mono: Mono(0), wall: Wall(0) };
    let mut bus = Bus::new(Arc::clone(site), 0, now);
    let mut watch = Watch::new(site);
    watch.see(site, bus.link(true, "", now));
    while now.mono < end {
        match bus.next(now) {
            Next::Send(request) => {
                let answer = answer(&request, given, (&hearts, counters), now.mono);
                now = later(now, if answer.is_some() { ANSWER } else { request.within });
                let report = match answer {
                    Some(reply) => bus.reply(request.id, reply, now),
                    None => bus.failure(request.id, Failure::Timeout, now),
                };
                watch.see(site, report);
            }
            Next::WaitUntil(until) => {
                // At least a microsecond, so that the case ends whatever the bus asks for.
                now = later(now, until.since(now.mono).max(Duration::from_micros(1)));
                watch.see(site, bus.tick(now));
            }
        }
    }
    watch.outcome
}

fn later(now: Now, lapse: Duration) -> Now {
    Now { mono: now.mono.after(lapse), wall: now.wall.after(lapse) }
}

/// The bit of each heartbeat point by its place, and how long it stays.
type Hearts = BTreeMap<(Table, u16), (u16, Duration)>;

fn hearts(site: &Site) -> Hearts {
    let points = site.points.iter();
    let beats = points.filter_map(|point| Some((point, point.proviso.as_ref()?.toggles_within?)));
    beats
        .map(|(point, within)| {
            let bit = 1 << point.encoding.bits.map_or(0, |(lowest, _)| lowest);
            ((point.encoding.table, point.encoding.address), (bit, within / 2))
        })
        .collect()
}

fn answer(request: &Request, given: &Given, moving: (&Hearts, &Counters), now: Mono) -> Option<Reply> {
    let Given::Registers(registers) = given else { return None };
    let (hearts, grown) = (moving.0, moving.1.at(now));
    let at = |offset: u16| {
        let address = request.start.checked_add(offset)?;
        let beat = hearts.get(&(request.table, address)).map_or(0, |(bit, half)| {
            let odd = now.since(Mono(0)).as_micros() / half.as_micros().max(1) % 2 == 1;
            if odd { *bit } else { 0 }
        });
        let place = (request.table, address);
        Some(grown.get(&place).or(registers.get(&place)).copied().unwrap_or(0) ^ beat)
    };
    let words = (0..request.count).map(|offset| at(offset).unwrap_or(0));
    Some(if request.table.is_bits() {
        Reply::Bits(words.map(|word| word != 0).collect())
    } else {
        Reply::Words(words.collect())
    })
}

/// Follows the reports as the engine does.
#[derive(Debug)]
pub struct Watch {
    /// What is known so far.
    pub outcome: Outcome,
    blind: BTreeSet<u32>,
}

impl Watch {
    /// Nothing is known yet.
    pub fn new(site: &Site) -> Watch {
        let never = |point: &site::Point| (point.id.point().to_owned(), Wanted::Unknown(Reason::NeverRead));
        let outcome =
            Outcome { points: site.points.iter().map(never).collect(), active: BTreeSet::new(), remembered: None };
        Watch { outcome, blind: BTreeSet::new() }
    }

    /// Takes in a report.
    pub fn see(&mut self, site: &Site, report: Report) {
        for (index, reading) in report.values {
            let Some(point) = site.points.get(index as usize) else { continue };
            self.outcome.points.insert(point.id.point().to_owned(), written(point, reading.known));
        }
        for link in report.links {
            let told = match link.of {
                LinkOf::Bus(_) => format!("bus:{}", Category::LinkFault.as_str()),
                LinkOf::Device(_) => format!("link:{}", Category::LinkFault.as_str()),
                LinkOf::Rule(rule) => {
                    if link.up {
                        self.blind.remove(&rule)
                    } else {
                        self.blind.insert(rule)
                    };
                    continue;
                }
            };
            if link.up {
                self.outcome.active.remove(&told)
            } else {
                self.outcome.active.insert(told)
            };
        }
        for edge in report.edges {
            let Some(rule) = site.rules.get(edge.rule as usize) else { continue };
            let condition = segment(&rule.condition);
            match edge.truth {
                Truth::True => self.outcome.active.insert(condition),
                Truth::False | Truth::Unknown => self.outcome.active.remove(&condition),
            };
        }
        for record in report.records {
            let memory = site.devices.get(record.device as usize).and_then(|device| device.profile.memory.as_ref());
            if let (Said::Remembered { entries }, Some(memory)) = (record.said, memory) {
                self.outcome.remembered = Some(entries.iter().map(|entry| told(memory, *entry)).collect());
            }
        }
        // Several blind rules of one point are one link fault, as in the engine.
        let suffix = format!(":{}", Category::LinkFault.as_str());
        let of_device = ["bus", "link"].map(|own| format!("{own}{suffix}"));
        self.outcome.active.retain(|active| !active.ends_with(&suffix) || of_device.contains(active));
        let blind = self.blind.iter().filter_map(|rule| site.rules.get(*rule as usize));
        self.outcome.active.extend(blind.map(|rule| format!("{}{suffix}", rule.condition.point.point())));
    }
}

/// An entry of a memory as cases write it: the device's time and what its code is called.
fn told(memory: &Memory, entry: Entry) -> String {
    let what = memory.meaning(entry.code).map_or_else(|| format!("unknown {}", entry.code), |spec| spec.key.clone());
    memory.spell(entry).map_or(what.clone(), |time| format!("{time} {what}"))
}

/// A condition as cases write it, without the device.
pub fn segment(condition: &site::Condition) -> String {
    let whole = condition.to_string();
    whole.split_once('/').map_or(whole.clone(), |(_, rest)| rest.to_owned())
}

fn written(point: &site::Point, known: Result<Value, Reason>) -> Wanted {
    match known {
        Ok(Value::Number(number)) => Wanted::Number(number),
        Ok(Value::Bit(set)) => Wanted::Bit(set),
        Ok(Value::State(state)) => {
            let states = point.encoding.states.as_deref().unwrap_or_default();
            Wanted::State(states.get(usize::from(state)).map_or_else(String::new, |state| state.key.clone()))
        }
        Ok(Value::Text(text)) => Wanted::State(text.to_string()),
        Err(reason) => Wanted::Unknown(reason),
    }
}
