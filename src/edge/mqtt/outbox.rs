//! What is to be said to the broker next, and what became of it.
//!
//! Takes: the feed, a client for each connection, and what its loop heard.
//! Gives: messages handed to the client, never more than it has room for.
//! Never: waits for the network. Measurements fill at most half of the client's channel, so that alarms and events
//! always find room.

use std::time::Duration;

use jiff::tz::TimeZone;
use serde_json::json;
use tokio::sync::watch;
use tokio::time::sleep_until;

use super::Feed;
use super::alarms::Alarms;
use super::backlog::Backlog;
use super::client::{Client, Heard, Publication};
use super::devices::{self, Devices};
use super::points::{self, Points};
use super::sweep::Sweep;
use super::topics::Topics;
use super::window::{Parcel, Window};
use crate::engine::alarm::Fact;
use crate::live::Subscription;
use crate::live::document::{event_document, point_document, zone};

/// Messages the client's channel holds.
pub const CHANNEL: usize = 256;
/// An event larger than this is sent without its details: a broker that refuses it would never let the next one pass.
const EVENT_LIMIT: usize = 256 * 1024;

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
    board: Option<Subscription>,
    points: Points,
    /// Requests in the client's channel.
    queued: usize,
    farewell_heard: bool,
}

/// The payload of `status` while we are there.
fn online(epoch: u32) -> Vec<u8> {
    json!({"status": "online", "epoch": epoch}).to_string().into_bytes()
}

/// The payload of `status` when we are not: `stopped` in order, or `lost` without a word.
fn offline(epoch: u32, reason: &str) -> Vec<u8> {
    json!({"status": "offline", "epoch": epoch, "reason": reason}).to_string().into_bytes()
}

/// What the broker says of us when we are gone without a word.
pub fn will(topics: &Topics, epoch: u32) -> Publication {
    Publication {
        topic: topics.status(),
        payload: offline(epoch, "lost"),
        acknowledged: true,
        retain: true,
        life: None,
    }
}

impl Outbox {
    /// Begins after the event `cursor`.
    pub fn new(feed: Feed, topics: Topics, acknowledged: watch::Sender<u64>, cursor: u64) -> Outbox {
        let alarms = Alarms::new(feed.state.clone());
        Outbox {
            zone: zone(&feed.site),
            window: Window::new(cursor),
            follower: Backlog::new(feed.source.clone(), alarms.position()),
            events: Backlog::new(feed.source.clone(), cursor),
            sweep: Sweep::new(&feed.site),
            devices: Devices::new(&feed.site),
            board: None,
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
            Heard::Message(found) if found.retain => self.sweep.found(&self.topics, &found.topic, &self.alarms),
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
        // A new subscription has every point as news: what was lost at the cut is sent in its present form.
        self.board = Some(self.feed.board.subscribe());
        self.events.restart(self.window.cursor());
        self.alarms.refresh();
        self.devices.refresh();
        self.publish(self.topics.status(), Parcel::Aside, true, online(self.feed.epoch));
        let filters = self.topics.kept_filters().into();
        if self.client.as_ref().is_some_and(|client| client.subscribe(filters, false).is_ok()) {
            self.queued += 1;
            self.sweep.begin();
        }
    }

    /// The connection is gone, and with it everything on its way.
    pub fn lost(&mut self) {
        self.client = None;
        for id in self.window.forget() {
            self.alarms.lost(id);
        }
        self.sweep.abandon();
        self.board = None;
        self.points.clear();
        self.queued = 0;
    }

    fn acknowledged(&mut self, packet: u16) {
        match self.window.acknowledged(packet) {
            Some(Parcel::Event(_)) => {
                let cursor = self.window.cursor();
                self.acknowledged.send_if_modified(|stored| std::mem::replace(stored, cursor) < cursor);
            }
            Some(Parcel::Alarm(id)) => self.alarms.arrived(id),
            Some(Parcel::Farewell) => self.farewell_heard = true,
            Some(Parcel::Aside) | None => {}
        }
    }

    /// Takes in what was committed and, while connected, hands the client everything it has room for.
    pub fn push(&mut self) {
        while let Some(fact) = self.follower.take() {
            self.alarms.apply(&fact);
        }
        if self.board.is_none() {
            return;
        }
        self.push_alarms();
        self.push_events();
        self.push_ghosts();
        self.push_devices();
        self.push_points();
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
            let (seq, payload) = (fact.id.seq, event(fact, &self.zone, self.largest_payload()));
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
            }
            self.devices.told(number);
        }
    }

    fn push_points(&mut self) {
        if self.points.is_empty()
            && let Some(board) = &mut self.board
        {
            self.points.changed(board.take());
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
            }
            self.points.told();
        }
    }

    /// Says that we are going.
    pub fn push_farewell(&mut self) {
        self.publish(self.topics.status(), Parcel::Farewell, true, offline(self.feed.epoch, "stopped"));
    }

    /// Leaves in order.
    pub fn leave(&mut self) {
        let left = self.client.as_ref().is_some_and(|client| client.disconnect().is_ok());
        self.queued += usize::from(left);
    }

    /// Waits until [`Outbox::push`] may have something new to do. Nothing is lost when it is dropped.
    pub async fn wait(&mut self) {
        let online = self.board.is_some();
        let wants_event = online && self.events.front().is_none() && self.window.has_room_for_event();
        let wants_points = online && self.points.is_empty();
        let (look_at, sweep_ends) = (self.devices.look_at(), self.sweep.ends());
        tokio::select! {
            () = self.follower.fetched() => {}
            () = self.events.fetched(), if wants_event => {}
            points = changed(&mut self.board), if wants_points => self.points.changed(points),
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

async fn changed(board: &mut Option<Subscription>) -> Vec<u32> {
    match board {
        Some(board) => board.changed().await,
        None => std::future::pending().await,
    }
}

fn event(fact: &Fact, zone: &TimeZone, largest: usize) -> Vec<u8> {
    let document = event_document(fact, zone);
    let payload = document.to_string().into_bytes();
    if payload.len() <= EVENT_LIMIT.min(largest) {
        return payload;
    }
    let head = |field: &str| document.get(field).cloned().unwrap_or_default();
    json!({
        "id": head("id"), "seq": head("seq"), "epoch": head("epoch"), "at": head("at"), "kind": head("kind"),
        "truncated": true,
    })
    .to_string()
    .into_bytes()
}
