//! Looks through our own retained topics once after each connect and finds the ghosts (P22).
//!
//! Takes: retained messages below our own filters.
//! Gives: the topics of devices, points and alarms that are no more.
//! Never: stays subscribed: the look ends when the broker has had nothing retained to say for a while.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::alarms::Alarms;
use super::discovery::Discovery;
use super::topics::{Kept, Topics};
use crate::engine::site::Site;

/// The look is over when nothing retained came for this long. MQTT has no word for "that was all".
const QUIET: Duration = Duration::from_secs(1);
/// A broker that does not answer the subscription in this time lets us look at nothing.
const PATIENCE: Duration = Duration::from_secs(30);

/// One look through the retained topics.
#[derive(Debug)]
pub struct Sweep {
    devices: BTreeSet<String>,
    points: BTreeSet<String>,
    ghosts: VecDeque<String>,
    ends: Option<Instant>,
}

impl Sweep {
    /// Knows what the site has; looks at nothing yet.
    pub fn new(site: &Arc<Site>) -> Sweep {
        Sweep {
            devices: site.devices.iter().map(|device| device.id.to_string()).collect(),
            points: site.points.iter().map(|point| point.id.to_string()).collect(),
            ghosts: VecDeque::new(),
            ends: None,
        }
    }

    /// A new connection: the subscription was sent.
    pub fn begin(&mut self) {
        self.ghosts.clear();
        self.ends = Some(Instant::now() + PATIENCE);
    }

    /// The connection is gone.
    pub fn abandon(&mut self) {
        self.ghosts.clear();
        self.ends = None;
    }

    /// The broker has answered the subscription.
    pub fn subscribed(&mut self, granted: bool) {
        if !granted {
            tracing::warn!("the broker does not let us see our own retained topics; ghosts in them stay");
        }
        if self.ends.is_some() {
            self.ends = Some(Instant::now() + QUIET);
        }
    }

    /// A retained message came.
    pub fn found(&mut self, topics: &Topics, topic: &str, alarms: &Alarms, discovery: Option<&Discovery>) {
        let Some(kept) = topics.kept(topic) else { return };
        if self.ends.is_some() {
            self.ends = Some(Instant::now() + QUIET);
        }
        let alive = match kept {
            Kept::Device(device) => self.devices.contains(device),
            Kept::Point(point) => self.points.contains(point),
            Kept::Alarm(id) => alarms.is_open(id),
            Kept::Discovery(device) => discovery.is_some_and(|discovery| discovery.names(device)),
            Kept::Foreign => false,
        };
        if !alive {
            tracing::info!(topic, "clearing a retained topic of something that is no more");
            self.ghosts.push_back(topic.to_owned());
        }
    }

    /// When the look ends; none when there is none.
    pub fn ends(&self) -> Option<Instant> {
        self.ends
    }

    /// Whether the look is over now; says so once.
    pub fn is_over(&mut self) -> bool {
        let over = self.ends.is_some_and(|at| at <= Instant::now());
        if over {
            self.ends = None;
        }
        over
    }

    /// The next ghost to clear.
    pub fn ghost(&self) -> Option<&String> {
        self.ghosts.front()
    }

    /// The next ghost's end was sent.
    pub fn cleared(&mut self) {
        self.ghosts.pop_front();
    }
}
