//! What is to be said to the broker next, and what became of it.
//!
//! Takes: the feed, a client for each connection, and what its loop heard.
//! Gives: messages handed to the client, never more than it has room for.
//! Never: waits for the network. Measurements fill at most half of the client's channel, so that alarms and events
//! always find room.

use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::sync::watch;
use tokio::time::sleep_until;

use super::Feed;
use super::alarms::Alarms;
use super::backlog::Backlog;
use super::client::{Client, Heard, Publication};
use super::devices::{self, Devices};
use super::discovery::Discovery;
use super::overview::Overview;
use super::payloads;
use super::points::{self, Points};
use super::sweep::Sweep;
use super::topics::Topics;
use super::window::{Parcel, Window};
use crate::live::document::{point_document, zone};
use crate::live::{Counted, MqttCounts, Subscription};

/// Messages the client's channel holds.
pub const CHANNEL: usize = 256;
/// The longest topic, with properties and the packet's own head, in bytes.
const PACKET_HEAD: usize = 1_024;

/// Everything between the feed and the client.
pub struct Outbox {
    feed: Feed,
    topics: Topics,
    zone: TimeZone,
    /// Of the present connection or attempt.
    client: Option<Client>,
    /// Largest packet the broker takes, in bytes.
    largest: usize,
    acknowledged: watch::Sender<u64>,
    window: Window,
    alarms: Alarms,
    follower: Backlog,
    events: Backlog,
    sweep: Sweep,
    devices: Devices,
    overview: Overview,
    discovery: Option<Discovery>,
    /// The broker has taken us.
    online: bool,
    board: Subscription,
    /// How many readings of this subscription were overtaken and are counted already.
    overtaken: u64,
    points: Points,
    /// Requests in the client's channel.
    queued: usize,
    farewell_heard: bool,
}

impl Outbox {
    /// Begins after the event `cursor`.
    pub fn new(
        feed: Feed,
        topics: Topics,
        discovery: Option<Discovery>,
        acknowledged: watch::Sender<u64>,
        cursor: u64,
    ) -> Outbox {
        let alarms = Alarms::new(feed.state.clone());
        Outbox {
            zone: zone(&feed.site),
            window: Window::new(cursor),
            follower: Backlog::new(feed.source.clone(), alarms.position()),
            events: Backlog::new(feed.source.clone(), cursor),
            sweep: Sweep::new(&feed.site),
            devices: Devices::new(&feed.site),
            overview: Overview::new(),
            discovery,
            online: false,
            board: feed.board.subscribe(),
            overtaken: 0,
            points: Points::new(feed.site.points.len()),
            queued: 0,
            farewell_heard: false,
            feed,
            topics,
            client: None,
            largest: usize::MAX,
            acknowledged,
            alarms,
        }
    }

    /// Health goes here.
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// Whether the broker has acknowledged that we are offline.
    pub fn is_farewell_heard(&self) -> bool {
        self.farewell_heard
    }

    /// A new connection is tried with this client.
    pub fn begin(&mut self, client: Client) {
        self.client = Some(client);
    }

    /// Requests wait for the client's loop to take them.
    pub fn has_queued(&self) -> bool {
        self.queued > 0
    }

    /// The broker owes us an acknowledgement.
    pub fn is_owed(&self) -> bool {
        self.window.is_owed()
    }

    /// The client's loop has something to say.
    pub fn heard(&mut self, heard: &Heard) {
        match heard {
            Heard::Connected(largest) => {
                self.largest = largest.unwrap_or(usize::MAX);
                self.connected();
            }
            Heard::Acknowledged(packet) => self.acknowledged(*packet),
            Heard::Subscribed { granted } => self.sweep.subscribed(*granted),
            Heard::Message(found) if found.retain => {
                self.sweep.found(&self.topics, &found.topic, &self.alarms, self.discovery.as_ref());
            }
            Heard::Sent(packet) => {
                self.queued = self.queued.saturating_sub(1);
                if let Some(packet) = packet {
                    self.window.sent(*packet);
                }
            }
            Heard::Message(_) | Heard::Alive | Heard::Own => {}
        }
    }

    fn connected(&mut self) {
        self.online = true;
        self.counts().connect(true);
        self.count_overtaken();
        // A new subscription has every point as news: what was lost at the cut is sent in its present form.
        (self.board, self.overtaken) = (self.feed.board.subscribe(), 0);
        self.events.restart(self.window.cursor());
        self.alarms.refresh();
        self.devices.refresh();
        self.overview.refresh();
        if let Some(discovery) = &mut self.discovery {
            discovery.refresh(&self.feed.site);
        }
        self.publish(self.topics.status(), Parcel::Aside, true, payloads::online(self.feed.epoch));
        let filters = self.topics.kept_filters();
        if self.client.as_ref().is_some_and(|client| client.subscribe(filters, false).is_ok()) {
            self.queued += 1;
            self.sweep.begin();
        }
    }

    /// The connection is gone, and with it everything on its way.
    pub fn lost(&mut self) {
        self.client = None;
        self.online = false;
        self.counts().connect(false);
        for id in self.window.forget() {
            self.alarms.lost(id);
        }
        self.sweep.abandon();
        self.points.clear();
        self.queued = 0;
    }

    fn acknowledged(&mut self, packet: u16) {
        match self.window.acknowledged(packet) {
            Some(Parcel::Event(_)) => {
                self.counts().add(Counted::Events, 1);
                let cursor = self.window.cursor();
                self.acknowledged.send_if_modified(|stored| std::mem::replace(stored, cursor) < cursor);
            }
            Some(Parcel::Alarm(id)) => {
                self.counts().add(Counted::Alarms, 1);
                self.alarms.arrived(id);
            }
            Some(Parcel::Farewell) => self.farewell_heard = true,
            Some(Parcel::Aside) | None => {}
        }
    }

    /// Takes in what was committed and, while connected, hands the client everything it has room for.
    pub fn push(&mut self) {
        while let Some(fact) = self.follower.take() {
            self.alarms.apply(&fact);
        }
        if self.online {
            self.push_alarms();
            self.push_events();
            self.push_ghosts();
            self.push_overview();
            self.push_devices();
            self.push_discovery();
            self.push_points();
        }
        let lag = self.events.end().saturating_sub(self.window.cursor());
        self.counts().progress(self.window.events(), lag);
    }

    fn count_overtaken(&mut self) {
        let overtaken = self.board.overwritten();
        self.counts().add(Counted::Overtaken, overtaken.saturating_sub(self.overtaken));
        self.overtaken = overtaken;
    }

    fn counts(&self) -> &MqttCounts {
        self.feed.vitals.mqtt()
    }

    fn push_alarms(&mut self) {
        while self.has_room() && self.window.has_room_for_other() {
            let Some((id, payload)) = self.alarms.take(&self.zone) else { return };
            if !self.publish(self.topics.alarm(id), Parcel::Alarm(id), true, payload) {
                return self.alarms.lost(id);
            }
        }
    }

    fn push_events(&mut self) {
        while self.has_room() && self.window.has_room_for_event() {
            let Some(fact) = self.events.front() else { return };
            let (seq, payload) = (fact.id.seq, payloads::event(fact, &self.zone, self.largest_payload()));
            if !self.publish(self.topics.event(), Parcel::Event(seq), false, payload) {
                return;
            }
            self.events.take();
        }
    }

    fn push_ghosts(&mut self) {
        if self.sweep.is_over() {
            for filter in self.topics.kept_filters() {
                // Staying subscribed would do no harm but traffic.
                let left = self.client.as_ref().is_some_and(|client| client.unsubscribe(filter).is_ok());
                self.queued += usize::from(left);
            }
        }
        while self.has_room() && self.window.has_room_for_other() {
            let Some(topic) = self.sweep.ghost().cloned() else { return };
            if !self.publish(topic, Parcel::Aside, true, Vec::new()) {
                return;
            }
            self.sweep.cleared();
        }
    }

    fn push_overview(&mut self) {
        self.overview.look(&self.feed.site, self.alarms.state(), &self.feed.vitals);
        if !self.has_room_for_measurement() {
            return;
        }
        if let Some(payload) = self.overview.payload((self.feed.wall)(), &self.zone)
            && self.publish_present(self.topics.state(), devices::LIFE, payload)
        {
            self.overview.said();
        }
    }

    fn push_devices(&mut self) {
        self.devices.look(&self.feed.vitals);
        if self.devices.next().is_none() {
            return;
        }
        let (links, at) = (self.feed.vitals.devices(), (self.feed.wall)());
        while self.has_room_for_measurement() {
            let Some(number) = self.devices.next() else { return };
            if let (Some(device), Some(link)) = (self.feed.site.devices.get(number), links.get(number)) {
                let payload = devices::payload(link, device.refused.as_deref(), at, &self.zone);
                if !self.publish_present(self.topics.device(&device.id), devices::LIFE, payload) {
                    return;
                }
                self.counts().add(Counted::Devices, 1);
            }
            self.devices.told(number);
        }
    }

    fn push_discovery(&mut self) {
        while self.has_room() && self.window.has_room_for_other() {
            let next = self.discovery.as_ref().and_then(|discovery| discovery.next(&self.feed.site, &self.topics));
            let Some((topic, payload)) = next else { return };
            if !self.publish(topic, Parcel::Aside, true, payload) {
                return;
            }
            self.discovery.iter_mut().for_each(Discovery::told);
        }
    }

    fn push_points(&mut self) {
        if self.points.is_empty() {
            self.points.changed(self.board.take());
            self.count_overtaken();
        }
        self.points.look();
        while self.has_room_for_measurement() {
            let Some(number) = self.points.next() else { return };
            let point = self.feed.site.points.get(number as usize);
            if let (Some(point), Some(reading)) = (point, self.feed.board.read(number)) {
                let document = point_document(&reading, point, (self.feed.wall)(), &self.zone);
                let payload = serde_json::to_vec(&document).expect("a point document always becomes JSON");
                if !self.publish_present(self.topics.point(&point.id), points::LIFE, payload) {
                    return;
                }
                self.counts().add(Counted::Points, 1);
            }
            self.points.told();
        }
    }

    /// Says that we are going.
    pub fn push_farewell(&mut self) {
        self.publish(self.topics.status(), Parcel::Farewell, true, payloads::offline(self.feed.epoch, "stopped"));
    }

    /// Leaves in order.
    pub fn leave(&mut self) {
        let left = self.client.as_ref().is_some_and(|client| client.disconnect().is_ok());
        self.queued += usize::from(left);
    }

    /// Waits until [`Outbox::push`] may have something new to do. Nothing is lost when it is dropped.
    pub async fn wait(&mut self) {
        let online = self.online;
        let wants_event = online && self.events.front().is_none() && self.window.has_room_for_event();
        let wants_points = online && self.points.is_empty();
        let (look_at, sweep_ends) = (self.devices.look_at(), self.sweep.ends());
        tokio::select! {
            () = self.follower.fetched() => {}
            () = self.events.fetched(), if wants_event => {}
            points = self.board.changed(), if wants_points => self.points.changed(points),
            () = sleep_until(look_at), if online => {}
            () = sleep_until(sweep_ends.unwrap_or(look_at)), if online && sweep_ends.is_some() => {}
        }
    }

    /// Largest payload the broker takes: a packet holds topic and properties, too.
    fn largest_payload(&self) -> usize {
        self.largest.saturating_sub(PACKET_HEAD)
    }

    fn has_room(&self) -> bool {
        // A few places are kept for unsubscribing, the farewell and leaving.
        self.queued + 8 < CHANNEL
    }

    fn has_room_for_measurement(&self) -> bool {
        self.queued < CHANNEL / 2
    }

    /// Hands one message to the client: with a parcel acknowledged and accounted for.
    fn publish(&mut self, topic: String, parcel: Parcel, retain: bool, payload: Vec<u8>) -> bool {
        self.hand(Publication { topic, payload, acknowledged: true, retain, life: None }, Some(parcel))
    }

    /// Hands over what is true for `life`: retained, and sent at most once, because the next one is coming.
    fn publish_present(&mut self, topic: String, life: Duration, payload: Vec<u8>) -> bool {
        self.hand(Publication { topic, payload, acknowledged: false, retain: true, life: Some(life) }, None)
    }

    fn hand(&mut self, publication: Publication, parcel: Option<Parcel>) -> bool {
        let Some(client) = &self.client else { return false };
        if publication.payload.len() > self.largest_payload() {
            // It would end the connection, and the next one, too.
            let (topic, bytes) = (publication.topic, publication.payload.len());
            self.counts().add(Counted::LeftOut, 1);
            tracing::warn!(topic, bytes, "left out: the broker takes no message of this size");
            return true;
        }
        if let Err(error) = client.publish(publication) {
            tracing::warn!(%error, "the MQTT client took no message");
            return false;
        }
        self.queued += 1;
        if let Some(parcel) = parcel {
            self.window.submit(parcel);
        }
        true
    }
}
