//! `state`: how many alarms are open, and the first of them, in one retained topic.
//!
//! Takes: the shown state, links from [`Vitals`].
//! Gives: the payload when it changed, and again before its word expires; what Home Assistant is told of it.
//! Never: a nought that nobody has looked for: whatever cannot be read is counted beside it.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Map, json};
use tokio::time::Instant;

use super::devices::LIFE;
use super::topics::{Topics, safe};
use crate::engine::alarm::{Occurrence, State};
use crate::engine::base::{Category, EventId, Language, Text, Wall};
use crate::engine::site::{Place, Site};
use crate::live::Vitals;
use crate::live::document::timestamp;

/// How often the state is looked at: a flood is summed up, not told one by one.
const LOOK: Duration = Duration::from_millis(250);

/// What was last said.
#[derive(Debug)]
pub struct Overview {
    told: Option<Counted>,
    news: bool,
    look_at: Instant,
    again_at: Instant,
}

/// What is counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
struct Counted {
    fire: Count,
    danger: Count,
    fault: Count,
    buildings: BTreeMap<String, Building>,
    first: Option<First>,
    unread: usize,
}

/// Open alarms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
struct Count {
    total: usize,
    unacknowledged: usize,
}

/// Open alarms of one building.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
struct Building {
    fire: usize,
    danger: usize,
    fault: usize,
}

/// The first alarm of the incident.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct First {
    id: EventId,
    category: Category,
    name: Text,
    place: Place,
}

#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    counted: &'a Counted,
    valid_until: String,
}

impl Overview {
    /// Nothing was said.
    pub fn new() -> Overview {
        let now = Instant::now();
        Overview { told: None, news: false, look_at: now, again_at: now }
    }

    /// The broker may know nothing.
    pub fn refresh(&mut self) {
        *self = Overview::new();
    }

    /// Looks whether there is something to say, if it is time to.
    pub fn look(&mut self, site: &Site, state: &State, vitals: &Vitals) {
        let now = Instant::now();
        if now < self.look_at {
            return;
        }
        self.look_at = now + LOOK;
        let counted = Some(Counted::of(site, state, vitals));
        if counted != self.told || now >= self.again_at {
            (self.told, self.news, self.again_at) = (counted, true, now + LIFE / 3);
        }
    }

    /// What is to be said at `at`, if anything is.
    pub fn payload(&self, at: Wall, zone: &TimeZone) -> Option<Vec<u8>> {
        let counted = self.told.as_ref().filter(|_| self.news)?;
        let told = Told { counted, valid_until: timestamp(at.after(LIFE), zone) };
        Some(serde_json::to_vec(&told).expect("counts and texts under string keys always become JSON"))
    }

    /// It was said.
    pub fn said(&mut self) {
        self.news = false;
    }
}

impl Counted {
    fn of(site: &Site, state: &State, vitals: &Vitals) -> Counted {
        let buildings = site.buildings.iter().map(|building| (building.id.clone(), Building::default())).collect();
        let mut counted = Counted { buildings, first: first(state), ..Counted::default() };
        for occurrence in state.open() {
            counted.add(occurrence);
        }
        // A fault of a link stands for whatever is behind it; a device that was not heard yet has none.
        let silent = site.devices.iter().zip(vitals.devices());
        counted.unread += silent.filter(|(device, link)| device.refused.is_some() || link.up != Some(true)).count();
        counted
    }

    fn add(&mut self, occurrence: &Occurrence) {
        use Category as C;
        let category = occurrence.raise.condition.category;
        self.unread += usize::from(category == C::LinkFault);
        // What a point under test says is no alarm.
        if occurrence.is_test() {
            return;
        }
        let mut nowhere = Building::default();
        let building = occurrence.raise.place.building.as_ref();
        let building = building.and_then(|id| self.buildings.get_mut(id)).unwrap_or(&mut nowhere);
        let (count, there) = match category {
            C::Fire => (&mut self.fire, &mut building.fire),
            C::Discharge | C::Gas | C::Emergency => (&mut self.danger, &mut building.danger),
            C::Fault | C::MainsFault | C::BackupFault | C::LinkFault | C::Own => (&mut self.fault, &mut building.fault),
            _ => return,
        };
        count.total += 1;
        count.unacknowledged += usize::from(occurrence.is_unacknowledged());
        *there += 1;
    }
}

/// The first alarm of the oldest incident that is open; it is never displaced.
fn first(state: &State) -> Option<First> {
    let incident = state.incidents.values().find(|incident| !incident.open.is_empty())?;
    let first = state.occurrences.get(incident.first.first()?)?;
    let raise = &first.raise;
    Some(First {
        id: first.id,
        category: raise.condition.category,
        name: raise.name.clone(),
        place: raise.place.clone(),
    })
}

/// What Home Assistant is told of the site: how many alarms there are, the first of them, and fire in each building. While
/// something cannot be read a nought is unknown, and nothing is off; what was found stands.
pub fn announced(site: &Site, language: Language, topics: &Topics) -> Vec<u8> {
    let say = |zh: &str, en: &str| Text::new(zh, en).get(language).to_owned();
    let mut components = Map::new();
    let mut add = |key: String, name: String, template: String, class: (&str, &str, &str)| {
        let (platform, field, class) = class;
        let mut component = json!({
            "platform": platform,
            "unique_id": format!("tocsin-{}-alarms-{key}", site.id),
            "name": name,
            "state_topic": topics.state(),
            "value_template": template,
            "expire_after": LIFE.as_secs(),
            "availability": [{ "topic": topics.status(), "value_template": "{{ value_json.status }}" }],
        });
        if let Some(fields) = component.as_object_mut().filter(|_| !field.is_empty()) {
            fields.insert(field.to_owned(), class.into());
        }
        components.insert(key, component);
    };
    let danger =
        |zh: &str, en: &str| say(&format!("喷洒、燃气与紧急{zh}"), &format!("Discharge, gas and emergency{en}"));
    add("fire".into(), say("火警", "Fire"), found("fire.total"), SMOKE);
    add("danger".into(), danger("", ""), found("danger.total"), UNSAFE);
    let counts = [
        ("fires", "fire.total", say("火警数", "Fires")),
        ("unacknowledged", "fire.unacknowledged", say("未确认火警数", "Fires not acknowledged")),
        ("dangers", "danger.total", danger("报警数", ", how many")),
        ("faults", "fault.total", say("故障数", "Faults")),
    ];
    for (key, of, name) in counts {
        add(key.to_owned(), name, many(of), COUNT);
    }
    let name = format!("value_json.first.name.{}", say("zh", "en"));
    let none = say("无", "none");
    let first = format!("{{{{ {name} if value_json.first else 'None' if value_json.unread > 0 else '{none}' }}}}");
    add("first".into(), say("首警", "First alarm"), first, ("sensor", "", ""));
    add("unread".into(), say("不可读", "Cannot be read"), "{{ value_json.unread }}".into(), COUNT);
    for building in &site.buildings {
        let name = format!("{} {}", building.name.get(language), say("火警", "fire"));
        add(format!("fire-{}", safe(&building.id)), name, found(&format!("buildings['{}'].fire", building.id)), SMOKE);
    }
    let device = json!({
        "identifiers": [format!("tocsin-{}-alarms", site.id)],
        "name": format!("{} {}", site.name.get(language), say("报警", "alarms")),
        "manufacturer": "Tocsin",
    });
    let origin = json!({ "name": "Tocsin", "sw_version": env!("CARGO_PKG_VERSION") });
    json!({ "device": device, "origin": origin, "components": components }).to_string().into_bytes()
}

/// Platform, and a field of its class.
const SMOKE: (&str, &str, &str) = ("binary_sensor", "device_class", "smoke");
const UNSAFE: (&str, &str, &str) = ("binary_sensor", "device_class", "safety");
const COUNT: (&str, &str, &str) = ("sensor", "state_class", "measurement");

/// On where there is any. The word `None` is how Home Assistant spells unknown.
fn found(count: &str) -> String {
    format!("{{{{ 'ON' if value_json.{count} > 0 else 'None' if value_json.unread > 0 else 'OFF' }}}}")
}

/// How many there are at least; none is unknown while something cannot be read.
fn many(count: &str) -> String {
    format!("{{{{ 'None' if value_json.{count} == 0 and value_json.unread > 0 else value_json.{count} }}}}")
}
