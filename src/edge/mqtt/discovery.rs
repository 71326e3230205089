//! What Home Assistant is told so that it finds the site's points by itself: one retained document per device, and one for
//! the alarms of the site.
//!
//! Takes: the site.
//! Gives: the payload of each device and of the site, and whether a topic of ours still names one.
//! Never: a control: Home Assistant reads. Never an entity that looks alive without a good reading: it is available only while
//! the gateway is online, the device answers and the point is known, and no alarm is off while something cannot be read.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::topics::{SITE, Topics, safe};
use super::{overview, points};
use crate::config::daemon::HomeAssistant;
use crate::engine::base::Language;
use crate::engine::profile::Kind;
use crate::engine::site::{Device, Point, Site};

/// The most points of one device that are announced. Panels have tens of thousands of elements, for which there is `alarm/#`.
pub const POINTS: usize = 500;

/// The announcements that are to be made.
#[derive(Debug)]
pub struct Discovery {
    language: Language,
    /// Names of the site's devices as they stand in topics.
    devices: BTreeSet<String>,
    /// What is to be announced: the site itself, then devices.
    stale: BTreeSet<Option<usize>>,
}

impl Discovery {
    /// Nothing is announced.
    pub fn new(settings: &HomeAssistant, site: &Site) -> Discovery {
        let announced = site.devices.iter().filter(|device| !device.points.is_empty());
        for device in announced.clone().filter(|device| device.points.len() > POINTS) {
            let (device, points) = (device.id.as_str(), device.points.len());
            tracing::info!(device, points, announced = POINTS, "Home Assistant is told of the first points only");
        }
        let devices = announced.map(|device| safe(device.id.as_str())).collect();
        Discovery { language: settings.language, devices, stale: BTreeSet::new() }
    }

    /// The broker may know nothing: everything is news.
    pub fn refresh(&mut self, site: &Site) {
        let devices = (0..site.devices.len()).filter(|number| !site.devices[*number].points.is_empty());
        self.stale = std::iter::once(None).chain(devices.map(Some)).collect();
    }

    /// Whether a name in a topic of ours is that of a device.
    pub fn names(&self, device: &str) -> bool {
        device == SITE || self.devices.contains(device)
    }

    /// The next announcement, its topic and its payload.
    pub fn next(&self, site: &Site, topics: &Topics) -> Option<(String, Vec<u8>)> {
        match self.stale.first()? {
            None => Some((topics.site_discovery()?, overview::announced(site, self.language, topics))),
            Some(number) => {
                let device = site.devices.get(*number)?;
                Some((topics.discovery(&device.id)?, self.payload(site, device, topics)))
            }
        }
    }

    /// It was made.
    pub fn told(&mut self) {
        self.stale.pop_first();
    }

    /// What is said of a device.
    fn payload(&self, site: &Site, device: &Device, topics: &Topics) -> Vec<u8> {
        let own = format!("tocsin-{}-{}", site.id, device.id);
        let points = device.points.clone().take(POINTS).filter_map(|number| site.points.get(number as usize));
        let components: Map<String, Json> =
            points.map(|point| (safe(point.id.as_str()), self.component(site, device, point, topics))).collect();
        json!({
            "device": {
                "identifiers": [own],
                "name": device.name.get(self.language),
                "manufacturer": device.profile.vendor,
                "model": device.profile.model,
            },
            "origin": { "name": "Tocsin", "sw_version": env!("CARGO_PKG_VERSION") },
            "components": components,
        })
        .to_string()
        .into_bytes()
    }

    fn component(&self, site: &Site, device: &Device, point: &Point, topics: &Topics) -> Json {
        let state_topic = topics.point(&point.id);
        let mut component = json!({
            "platform": if point.encoding.kind == Kind::Bit { "binary_sensor" } else { "sensor" },
            "unique_id": format!("tocsin-{}-{}", site.id, point.id),
            "name": point.name.get(self.language),
            "state_topic": state_topic,
            "value_template": value_of(point),
            "expire_after": points::LIFE.as_secs(),
            "availability_mode": "all",
            "availability": [
                { "topic": topics.status(), "value_template": "{{ value_json.status }}" },
                {
                    "topic": topics.device(&device.id),
                    "value_template": "{{ 'online' if value_json.available else 'offline' }}",
                },
                { "topic": state_topic, "value_template": "{{ 'online' if value_json.q == 'good' else 'offline' }}" },
            ],
        });
        let more = |key: &str, value: Json| (key.to_owned(), value);
        if let Some(fields) = component.as_object_mut() {
            if let Some(states) = &point.encoding.states {
                let options: Vec<&str> = states.iter().map(|state| state.key.as_str()).collect();
                fields.extend([more("device_class", "enum".into()), more("options", options.into())]);
            } else if !point.unit.is_empty() {
                let (class, state) = classes(&point.unit);
                fields.extend([more("unit_of_measurement", point.unit.to_string().into())]);
                fields.extend(class.map(|class| more("device_class", class.into())));
                fields.extend(state.map(|state| more("state_class", state.into())));
            }
        }
        component
    }
}

/// How the value is taken from a point's document. The word `None` is how Home Assistant spells unknown.
fn value_of(point: &Point) -> &'static str {
    if point.encoding.kind == Kind::Bit {
        "{{ 'None' if value_json.v is none else 'ON' if value_json.v else 'OFF' }}"
    } else {
        "{{ value_json.v }}"
    }
}

/// Device class and state class of a unit, where Home Assistant knows the unit under that class. A volume or an amount may
/// be a counter or a level, which a unit does not say.
fn classes(unit: &str) -> (Option<&'static str>, Option<&'static str>) {
    let measured = Some("measurement");
    match unit {
        "°C" | "K" => (Some("temperature"), measured),
        "mV" | "V" => (Some("voltage"), measured),
        "mA" | "A" => (Some("current"), measured),
        "W" | "kW" => (Some("power"), measured),
        "VA" => (Some("apparent_power"), measured),
        "var" => (Some("reactive_power"), measured),
        "Hz" => (Some("frequency"), measured),
        "Pa" | "kPa" | "bar" => (Some("pressure"), measured),
        "m³/h" => (Some("volume_flow_rate"), measured),
        "m" | "mm" => (Some("distance"), measured),
        "Wh" | "kWh" | "MWh" => (Some("energy"), Some("total_increasing")),
        "s" | "min" | "h" | "d" => (Some("duration"), None),
        "m³" | "L" | "kvarh" => (None, None),
        _ => (None, measured),
    }
}
