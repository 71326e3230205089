//! The names of our topics, and what a name of ours means.
//!
//! Takes: ids.
//! Gives: topics below `tocsin/<site>/`, those of Home Assistant's discovery, and back.
//! Never: a topic outside that prefix or that node of the discovery.

use crate::engine::base::{DeviceId, EventId, PointId, SiteId, is_segment};

/// The site itself among the devices that are announced: [`safe`] writes no id like it.
pub const SITE: &str = "_site";

/// The names below one site's prefix.
#[derive(Clone, Debug)]
pub struct Topics {
    prefix: String,
    /// The site in topics of the discovery.
    node: String,
    /// What the topics of the discovery begin with; none where nothing is announced.
    discovery: Option<String>,
}

/// A retained topic that may be a ghost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept<'a> {
    /// `device/<device>`
    Device(&'a str),
    /// `point/<device>/<point>`
    Point(&'a str),
    /// `alarm/<id>`
    Alarm(EventId),
    /// The discovery of a device, by its name in topics.
    Discovery(&'a str),
    /// Below one of these, but nothing this release publishes.
    Foreign,
}

impl Topics {
    /// The topics of `site` below `prefix`.
    pub fn new(prefix: &str, site: &SiteId) -> Topics {
        let node = safe(&format!("{prefix}-{site}"));
        Topics { prefix: format!("{prefix}/{site}/"), node, discovery: None }
    }

    /// Devices are announced below `prefix`.
    pub fn announce(&mut self, prefix: &str) {
        self.discovery = Some(format!("{prefix}/device/{}/", self.node));
    }

    /// The announcement of a device; none where nothing is announced.
    pub fn discovery(&self, device: &DeviceId) -> Option<String> {
        self.discovery.as_ref().map(|begin| format!("{begin}{}/config", safe(device.as_str())))
    }

    /// The announcement of the site itself. No device's name is written like it.
    pub fn site_discovery(&self) -> Option<String> {
        self.discovery.as_ref().map(|begin| format!("{begin}{SITE}/config"))
    }

    /// Whether the gateway is there.
    pub fn status(&self) -> String {
        format!("{}status", self.prefix)
    }

    /// How many alarms are open, and the first.
    pub fn state(&self) -> String {
        format!("{}state", self.prefix)
    }

    /// Everything that happens.
    pub fn event(&self) -> String {
        format!("{}event", self.prefix)
    }

    /// Whether a device answers.
    pub fn device(&self, device: &DeviceId) -> String {
        format!("{}device/{device}", self.prefix)
    }

    /// A point's reading.
    pub fn point(&self, point: &PointId) -> String {
        format!("{}point/{point}", self.prefix)
    }

    /// An open alarm.
    pub fn alarm(&self, id: EventId) -> String {
        format!("{}alarm/{id}", self.prefix)
    }

    /// Filter of every command.
    pub fn commands(&self) -> String {
        format!("{}command/+/+", self.prefix)
    }

    /// The point that a command's topic names.
    pub fn commanded(&self, topic: &str) -> Option<PointId> {
        let (device, point) = topic.strip_prefix(&self.prefix)?.strip_prefix("command/")?.split_once('/')?;
        (is_segment(device) && is_segment(point)).then(|| PointId::of(&DeviceId::new(device), point))
    }

    /// What became of a command that its sender calls `id`.
    pub fn result(&self, id: &str) -> String {
        format!("{}result/{id}", self.prefix)
    }

    /// Filters that match every retained topic of ours but `status`.
    pub fn kept_filters(&self) -> Vec<String> {
        let own = ["device/#", "point/#", "alarm/#"].map(|filter| format!("{}{filter}", self.prefix));
        own.into_iter().chain(self.discovery.as_ref().map(|begin| format!("{begin}+/config"))).collect()
    }

    /// What a retained topic means; none for a topic that is not below our filters.
    pub fn kept<'a>(&self, topic: &'a str) -> Option<Kept<'a>> {
        if let Some(rest) = self.discovery.as_ref().and_then(|begin| topic.strip_prefix(begin.as_str())) {
            return rest.strip_suffix("/config").map(Kept::Discovery);
        }
        let (branch, rest) = topic.strip_prefix(&self.prefix)?.split_once('/')?;
        match branch {
            "device" => Some(Kept::Device(rest)),
            "point" => Some(Kept::Point(rest)),
            "alarm" => Some(rest.parse().map_or(Kept::Foreign, Kept::Alarm)),
            _ => None,
        }
    }
}

/// An id in the letters that Home Assistant allows in a topic; different ids stay different.
pub fn safe(id: &str) -> String {
    let mut safe = String::new();
    for letter in id.chars() {
        match letter {
            '_' => safe.push_str("__"),
            '.' => safe.push_str("_d"),
            '/' => safe.push_str("_s"),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn different_ids_stay_different() {
        let ids = ["a.b", "a_b", "a-b", "a_db", "a/b", "a__b", "a_sb", "ab"];
        let safe: BTreeSet<String> = ids.map(safe).into();
        assert_eq!(safe.len(), ids.len());
        assert!(safe.iter().all(|id| id.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-".contains(letter))));
    }

    #[test]
    fn a_topic_leads_back_to_what_it_names() {
        let topics = Topics::new("tocsin", &SiteId::new("riverside"));
        let id = EventId { epoch: 3, seq: 17 };
        assert_eq!(topics.kept(&topics.alarm(id)), Some(Kept::Alarm(id)));
        assert_eq!(topics.kept(&topics.device(&DeviceId::new("gen-1"))), Some(Kept::Device("gen-1")));
        assert_eq!(topics.kept(&topics.point(&PointId::new("gen-1/mode"))), Some(Kept::Point("gen-1/mode")));
        let mut announced = topics.clone();
        assert_eq!((announced.discovery(&DeviceId::new("gen_1")), announced.kept_filters().len()), (None, 3));
        announced.announce("homeassistant");
        let topic = "homeassistant/device/tocsin-riverside/gen__1/config";
        assert_eq!(announced.discovery(&DeviceId::new("gen_1")).as_deref(), Some(topic));
        assert_eq!(announced.kept(topic), Some(Kept::Discovery("gen__1")));
        let site = announced.site_discovery().unwrap();
        assert_eq!(announced.kept(&site), Some(Kept::Discovery(SITE)));
        assert_ne!(announced.discovery(&DeviceId::new("_site")), Some(site));
        assert_eq!((announced.kept_filters().len(), topics.kept(topic)), (4, None));
        let commanded = |topic: &str| topics.commanded(topic).map(|point| point.to_string());
        assert_eq!(commanded("tocsin/riverside/command/gen-1/start").as_deref(), Some("gen-1/start"));
        for other in
            ["tocsin/other/command/gen-1/start", "tocsin/riverside/command/gen-1", "tocsin/riverside/command/a/b/c"]
        {
            assert_eq!(commanded(other), None, "{other}");
        }
        assert_eq!(topics.kept("tocsin/riverside/alarm/old-form"), Some(Kept::Foreign));
        for other in ["tocsin/riverside/status", "tocsin/riverside/event", "tocsin/other/alarm/3-17", "alarm/3-17"] {
            assert_eq!(topics.kept(other), None, "{other}");
        }
    }
}
