//! What is handed to the client next, and what its loop has to say.
//!
//! Takes: the session's messages, and the events of the client's loop.
//! Gives: messages in the order of the session, never more than the client has room for.
//! Never: waits for the network, or begins a birth before the broker has taken our subscriptions.

use rumqttc::{AsyncClient, Event, Outgoing, Packet, Publish, QoS, SubscribeFilter, SubscribeReasonCode};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::sleep_until;

use super::certificate::REBIRTH;
use super::desk::{Desk, Dropped};
use super::host::Host;
use super::payload::{Payload, Scalar};
use super::session::Session;
use super::topics::{Heard, Topics, Word};
use super::{Feed, Settings};
use crate::live::{Shown, Subscription};

/// Messages the client's channel holds.
pub const CHANNEL: usize = 64;
/// The rest is kept for subscribing, the farewell and leaving.
const MOST: usize = CHANNEL - 8;

/// Everything between the session and the client.
pub struct Outbox {
    feed: Feed,
    topics: Topics,
    commands: bool,
    client: AsyncClient,
    session: Session,
    host: Host,
    desk: Desk,
    board: Option<Subscription>,
    /// Overtaken readings of this subscription that were counted.
    overtaken: u64,
    shown: Receiver<Shown>,
    /// Facts were shown since the alarms were last looked at.
    news: bool,
    /// The broker has taken our subscriptions on this connection.
    subscribed: bool,
    /// Requests in the client's channel.
    queued: usize,
    death_heard: bool,
}

impl Outbox {
    /// Not connected yet.
    pub fn new(settings: &Settings, feed: Feed, client: AsyncClient) -> Outbox {
        let host = settings.primary_host.as_deref();
        let node = settings.node.as_deref().unwrap_or(feed.site.id.as_str());
        let topics = Topics::new(&settings.group, node, host);
        let (_, shown) = feed.picture.follow();
        Outbox {
            session: Session::new(feed.clone(), topics.clone(), settings.commands),
            desk: Desk::new(feed.acts.clone()),
            host: Host::new(host),
            commands: settings.commands,
            board: None,
            overtaken: 0,
            news: true,
            subscribed: false,
            queued: 0,
            death_heard: false,
            shown,
            feed,
            topics,
            client,
        }
    }

    /// Health goes here.
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// A connection will be tried; its death has this number. Gives topic and payload of the last will.
    pub fn begin(&mut self, bd_seq: u8) -> (String, Vec<u8>) {
        self.session.begin(bd_seq);
        self.session.death()
    }

    /// Whether everything is there that a birth needs.
    pub fn is_live(&self) -> bool {
        self.subscribed && self.host.listens()
    }

    /// The primary host, while it is waited for.
    pub fn awaited(&self) -> Option<&str> {
        self.host.awaited()
    }

    /// Whether the primary host went away after a birth: then the session must end.
    pub fn must_leave(&self) -> bool {
        self.session.is_born() && !self.host.listens()
    }

    /// The client's loop has something to say.
    pub fn heard(&mut self, event: &Event) {
        match event {
            Event::Incoming(Packet::ConnAck(_)) => self.connected(),
            Event::Incoming(Packet::SubAck(ack)) => {
                self.subscribed = true;
                if ack.return_codes.contains(&SubscribeReasonCode::Failure) {
                    tracing::warn!("the broker does not let us hear all that a Sparkplug host says to us");
                }
            }
            // Nothing of ours but a farewell is acknowledged.
            Event::Incoming(Packet::PubAck(_)) => self.death_heard = true,
            Event::Incoming(Packet::Publish(message)) => self.message(message),
            Event::Outgoing(Outgoing::Publish(_) | Outgoing::Subscribe(_) | Outgoing::Disconnect) => {
                self.queued = self.queued.saturating_sub(1);
            }
            _ => {}
        }
    }

    fn connected(&mut self) {
        self.board = Some(self.feed.board.subscribe());
        self.overtaken = 0;
        self.news = true;
        self.death_heard = false;
        let devices = self.commands.then(|| self.topics.device(Word::Command, "+"));
        let filters = [Some(self.topics.node(Word::Command)), devices, self.topics.host()].into_iter().flatten();
        let filters = filters.map(|filter| SubscribeFilter::new(filter, QoS::AtLeastOnce));
        self.queued += usize::from(self.client.try_subscribe_many(filters).is_ok());
    }

    /// The connection is gone, and with it everything on its way.
    pub fn lost(&mut self) {
        self.count_overtaken();
        self.board = None;
        self.host.forget();
        self.subscribed = false;
        self.queued = 0;
    }

    fn count_overtaken(&mut self) {
        let all = self.board.as_ref().map_or(self.overtaken, Subscription::overwritten);
        self.feed.counters.overtook(all - self.overtaken);
        self.overtaken = all;
    }

    fn message(&mut self, message: &Publish) {
        let topics = self.topics.clone();
        let Some(heard) = topics.heard(&message.topic) else { return };
        let outcome = match heard {
            Heard::Host => return self.host.hear(&message.payload),
            Heard::Node => self.node_hears(message),
            Heard::Device(device) => self.device_hears(device, message),
        };
        self.feed.counters.commanded();
        if let Err(dropped) = outcome {
            self.feed.counters.refused();
            let refused = self.feed.counters.refusals();
            tracing::warn!(
                topic = message.topic,
                why = dropped.code(),
                refused,
                "a command over Sparkplug is not obeyed"
            );
        }
    }

    fn node_hears(&mut self, message: &Publish) -> Result<(), Dropped> {
        if message.retain {
            return Err(Dropped::Retained);
        }
        let payload = Payload::read(&message.payload).ok_or(Dropped::Malformed)?;
        for metric in &payload.metrics {
            if metric.name.as_deref() != Some(REBIRTH) {
                return Err(Dropped::NoSuchMetric);
            }
            if metric.value == Some(Scalar::Boolean(true)) {
                self.session.ask_birth();
            }
        }
        Ok(())
    }

    fn device_hears(&mut self, device: &str, message: &Publish) -> Result<(), Dropped> {
        let site = self.feed.site.clone();
        let named = site.devices.iter().position(|held| held.id.as_str() == device);
        let number = named.and_then(|number| u32::try_from(number).ok()).ok_or(Dropped::NoSuchMetric)?;
        let (said, now) = ((&message.payload[..], message.retain), (self.feed.trusted)());
        let outcome = self.desk.hear(&site, number, said, self.session.aliases(), now);
        if let Err(dropped) = outcome
            && dropped != Dropped::Retained
        {
            self.desk.refuse(number, dropped);
        }
        outcome
    }

    /// Hands the client everything it has room for, while births may be said.
    pub fn push(&mut self) {
        if !self.is_live() {
            return;
        }
        self.session.look(std::mem::take(&mut self.news), &mut self.desk);
        self.count_overtaken();
        while self.has_room() {
            if self.session.is_idle()
                && let Some(board) = &mut self.board
            {
                self.session.changed(board.take());
            }
            let Some(message) = self.session.next(&self.desk) else { return };
            // Sparkplug says births, data and deaths of devices once and unacknowledged: a host that misses a number
            // asks for births.
            let sent = self.client.try_publish(message.topic, QoS::AtMostOnce, false, message.payload);
            if let Err(error) = sent {
                tracing::warn!(%error, "the Sparkplug client took no message");
                return self.session.ask_birth();
            }
            self.queued += 1;
            self.feed.counters.said(message.word, message.metrics);
        }
    }

    /// Says that we are going, where we had said that we came. Gives whether the broker will acknowledge it.
    pub fn push_death(&mut self) -> bool {
        if !self.session.is_born() {
            return false;
        }
        let (topic, payload) = self.session.death();
        let sent = self.client.try_publish(topic, QoS::AtLeastOnce, false, payload).is_ok();
        self.queued += usize::from(sent);
        if sent {
            self.feed.counters.said(Word::Death, 1);
        }
        sent
    }

    /// Whether the broker has acknowledged our death.
    pub fn is_death_heard(&self) -> bool {
        self.death_heard
    }

    /// Leaves in order.
    pub fn leave(&mut self) {
        self.queued += usize::from(self.client.try_disconnect().is_ok());
    }

    fn has_room(&self) -> bool {
        self.queued < MOST
    }

    /// Waits until [`Outbox::push`] may have something new to do. Nothing is lost when it is dropped.
    pub async fn wait(&mut self) {
        let awake = self.is_live() && self.has_room();
        let wants_points = awake && self.session.is_idle();
        let wakes_at = self.session.wakes_at();
        tokio::select! {
            () = facts(&mut self.shown) => self.news = true,
            refused = self.desk.answered() => {
                self.news = true;
                if refused {
                    self.feed.counters.refused();
                }
            }
            points = changed(&mut self.board), if wants_points => self.session.changed(points),
            () = sleep_until(wakes_at), if awake => {}
        }
    }
}

/// Waits until facts were shown, and takes all that there are.
async fn facts(shown: &mut Receiver<Shown>) {
    match shown.recv().await {
        Ok(_) | Err(RecvError::Lagged(_)) => while shown.try_recv().is_ok() {},
        // The gateway is stopping.
        Err(RecvError::Closed) => std::future::pending().await,
    }
}

async fn changed(board: &mut Option<Subscription>) -> Vec<u32> {
    match board {
        Some(board) => board.changed().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
