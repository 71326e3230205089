//! What is to be said to the broker next, and what became of it.
//!
//! Takes: the feed, and the events of the client's loop.
//! Gives: messages handed to the client, never more than it has room for.
//! Never: waits for the network. Measurements fill at most half of the client's channel, so that alarms and events
//! always find room.

use std::collections::VecDeque;

use jiff::tz::TimeZone;
use rumqttc::{AsyncClient, Event, Outgoing, Packet, QoS, SubscribeFilter, SubscribeReasonCode};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::sleep_until;

use super::Feed;
use super::alarms::Alarms;
use super::backlog::Backlog;
use super::devices::{self, Devices};
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

/// Everything between the feed and the client.
pub struct Outbox {
    feed: Feed,
    topics: Topics,
    zone: TimeZone,
    client: AsyncClient,
    acknowledged: watch::Sender<u64>,
    window: Window,
    alarms: Alarms,
    follower: Backlog,
    events: Backlog,
    sweep: Sweep,
    devices: Devices,
    board: Option<Subscription>,
    points: VecDeque<u32>,
    /// Requests in the client's channel.
    queued: usize,
    farewell_heard: bool,
}

/// The payload of `status` while we are there.
pub fn online(epoch: u32) -> Vec<u8> {
    json!({"status": "online", "epoch": epoch}).to_string().into_bytes()
}

/// The payload of `status` when we are not: `stopped` in order, or `lost` without a word.
pub fn offline(epoch: u32, reason: &str) -> Vec<u8> {
    json!({"status": "offline", "epoch": epoch, "reason": reason}).to_string().into_bytes()
}

impl Outbox {
    /// Begins after the event `cursor`.
    pub fn new(
        feed: Feed,
        topics: Topics,
        client: AsyncClient,
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
            board: None,
            points: VecDeque::new(),
            queued: 0,
            farewell_heard: false,
            feed,
            topics,
            client,
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

    /// The client's loop has something to say.
    pub fn heard(&mut self, event: &Event) {
        match event {
            Event::Incoming(Packet::ConnAck(_)) => self.connected(),
            Event::Incoming(Packet::PubAck(ack)) => self.acknowledged(ack.pkid),
            Event::Incoming(Packet::SubAck(ack)) => {
                let granted = ack.return_codes.iter().all(|code| *code != SubscribeReasonCode::Failure);
                self.sweep.subscribed(granted);
            }
            Event::Incoming(Packet::Publish(found)) if found.retain => {
                self.sweep.found(&self.topics, &found.topic, &self.alarms);
            }
            Event::Outgoing(Outgoing::Publish(packet)) => {
                self.queued = self.queued.saturating_sub(1);
                if *packet != 0 {
                    self.window.sent(*packet);
                }
            }
            Event::Outgoing(Outgoing::Subscribe(_) | Outgoing::Unsubscribe(_) | Outgoing::Disconnect) => {
                self.queued = self.queued.saturating_sub(1);
            }
            _ => {}
        }
    }

    fn connected(&mut self) {
        // A new subscription has every point as news: what was lost at the cut is sent in its present form.
        self.board = Some(self.feed.board.subscribe());
        self.events.restart(self.window.cursor());
        self.alarms.refresh();
        self.devices.refresh();
        self.publish(self.topics.status(), Some(Parcel::Aside), true, online(self.feed.epoch));
        let filters = self.topics.kept_filters().map(|filter| SubscribeFilter::new(filter, QoS::AtMostOnce));
        if self.client.try_subscribe_many(filters).is_ok() {
            self.queued += 1;
            self.sweep.begin();
        }
    }

    /// The connection is gone, and with it everything on its way.
    pub fn lost(&mut self) {
        for id in self.window.forget() {
            self.alarms.mark(id);
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
            if !self.publish(self.topics.alarm(id), Some(Parcel::Alarm(id)), true, payload) {
                return self.alarms.mark(id);
            }
        }
    }

    fn push_events(&mut self) {
        while self.has_room() && self.window.has_room_for_event() {
            let Some(fact) = self.events.front() else { return };
            let (seq, payload) = (fact.id.seq, event(fact, &self.zone));
            if !self.publish(self.topics.event(), Some(Parcel::Event(seq)), false, payload) {
                return;
            }
            self.events.take();
        }
    }

    fn push_ghosts(&mut self) {
        if self.sweep.is_over() {
            for filter in self.topics.kept_filters() {
                // Staying subscribed would do no harm but traffic.
                self.queued += usize::from(self.client.try_unsubscribe(filter).is_ok());
            }
        }
        while self.has_room() && self.window.has_room_for_other() {
            let Some(topic) = self.sweep.ghost().cloned() else { return };
            if !self.publish(topic, Some(Parcel::Aside), true, Vec::new()) {
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
                if !self.publish(self.topics.device(&device.id), None, true, payload) {
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
            self.points.extend(board.take());
        }
        while self.has_room_for_measurement() {
            let Some(number) = self.points.front().copied() else { return };
            let point = self.feed.site.points.get(number as usize);
            if let (Some(point), Some(reading)) = (point, self.feed.board.read(number)) {
                let document = point_document(&reading, point, (self.feed.wall)(), &self.zone);
                let payload = serde_json::to_vec(&document).expect("a point document always becomes JSON");
                if !self.publish(self.topics.point(&point.id), None, true, payload) {
                    return;
                }
            }
            self.points.pop_front();
        }
    }

    /// Says that we are going.
    pub fn push_farewell(&mut self) {
        self.publish(self.topics.status(), Some(Parcel::Farewell), true, offline(self.feed.epoch, "stopped"));
    }

    /// Leaves in order.
    pub fn leave(&mut self) {
        self.queued += usize::from(self.client.try_disconnect().is_ok());
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
            points = changed(&mut self.board), if wants_points => self.points.extend(points),
            () = sleep_until(look_at), if online => {}
            () = sleep_until(sweep_ends.unwrap_or(look_at)), if online && sweep_ends.is_some() => {}
        }
    }

    fn has_room(&self) -> bool {
        // A few places are kept for unsubscribing, the farewell and leaving.
        self.queued + 8 < CHANNEL
    }

    fn has_room_for_measurement(&self) -> bool {
        self.queued < CHANNEL / 2
    }

    /// Hands one message to the client: with a parcel acknowledged and accounted for, without one at most once.
    fn publish(&mut self, topic: String, parcel: Option<Parcel>, retain: bool, payload: Vec<u8>) -> bool {
        let qos = if parcel.is_some() { QoS::AtLeastOnce } else { QoS::AtMostOnce };
        if let Err(error) = self.client.try_publish(topic, qos, retain, payload) {
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

fn event(fact: &Fact, zone: &TimeZone) -> Vec<u8> {
    let document = event_document(fact, zone);
    let payload = document.to_string().into_bytes();
    if payload.len() <= EVENT_LIMIT {
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
