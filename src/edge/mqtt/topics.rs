//! The names of our topics, and what a name of ours means.
//!
//! Takes: ids.
//! Gives: topics below `tocsin/<site>/`, and back.
//! Never: a topic outside that prefix.

use crate::engine::base::{DeviceId, EventId, PointId, SiteId, is_segment};

/// The names below one site's prefix.
#[derive(Clone, Debug)]
pub struct Topics {
    prefix: String,
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
    /// Below one of these, but nothing this release publishes.
    Foreign,
}

impl Topics {
    /// The topics of `site` below `prefix`.
    pub fn new(prefix: &str, site: &SiteId) -> Topics {
        Topics { prefix: format!("{prefix}/{site}/") }
    }

    /// Whether the gateway is there.
    pub fn status(&self) -> String {
        format!("{}status", self.prefix)
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
    pub fn kept_filters(&self) -> [String; 3] {
        ["device/#", "point/#", "alarm/#"].map(|filter| format!("{}{filter}", self.prefix))
    }

    /// What a retained topic means; none for a topic that is not below our filters.
    pub fn kept<'a>(&self, topic: &'a str) -> Option<Kept<'a>> {
        let (branch, rest) = topic.strip_prefix(&self.prefix)?.split_once('/')?;
        match branch {
            "device" => Some(Kept::Device(rest)),
            "point" => Some(Kept::Point(rest)),
            "alarm" => Some(rest.parse().map_or(Kept::Foreign, Kept::Alarm)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_leads_back_to_what_it_names() {
        let topics = Topics::new("tocsin", &SiteId::new("riverside"));
        let id = EventId { epoch: 3, seq: 17 };
        assert_eq!(topics.kept(&topics.alarm(id)), Some(Kept::Alarm(id)));
        assert_eq!(topics.kept(&topics.device(&DeviceId::new("gen-1"))), Some(Kept::Device("gen-1")));
        assert_eq!(topics.kept(&topics.point(&PointId::new("gen-1/mode"))), Some(Kept::Point("gen-1/mode")));
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
