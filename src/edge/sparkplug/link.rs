//! The connection to the broker: holds it, loses it, gets it back, and leaves it while the primary host is away.
//!
//! Takes: the client's loop and the outbox.
//! Gives: a session with a last will of its own for each connection; the health of this edge.
//! Never: relies on what the client remembers across a cut: a new connection begins with births.

use std::io::ErrorKind;
use std::time::Duration;

use rumqttc::{ConnectionError, Event, EventLoop, LastWill, QoS};
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use super::Settings;
use super::bd_seq::BdSeq;
use super::outbox::Outbox;
use crate::config::daemon::Broker;
use crate::edge::broker::{self, Standing};
use crate::engine::Part;
use crate::engine::base::Text;

/// How long the end may wait for the broker.
const FAREWELL: Duration = Duration::from_secs(2);

/// The connection.
pub struct Link {
    settings: Settings,
    outbox: Outbox,
    eventloop: EventLoop,
    bd_seq: BdSeq,
    /// Somebody listens while the broker, and the primary host where there is one, are there.
    standing: Standing,
}

impl Link {
    /// Not connected yet.
    pub fn new(settings: Settings, outbox: Outbox, eventloop: EventLoop, bd_seq: BdSeq) -> Link {
        Link { settings, outbox, eventloop, bd_seq, standing: Standing::away() }
    }

    /// Runs until `stop`.
    pub async fn run(mut self, stop: &CancellationToken) {
        loop {
            let heard = match self.prepare().await {
                Ok(()) => self.next(stop).await,
                Err(reason) => Some(Err(reason)),
            };
            let lost = match heard {
                None => break,
                Some(Ok(event)) => {
                    self.heard(&event);
                    if !self.outbox.must_leave() {
                        continue;
                    }
                    self.farewell().await;
                    Text::new("上位机离线", "the primary host is offline")
                }
                Some(Err(reason)) => reason,
            };
            self.lost(lost);
            if !self.rest(stop).await {
                break;
            }
        }
        if self.standing.is_up() {
            self.farewell().await;
        }
    }

    /// Gives the client its credentials and its last will before it connects.
    async fn prepare(&mut self) -> Result<(), Text> {
        if self.standing.is_up() {
            return Ok(());
        }
        let transport = broker::transport(&self.settings.broker)?;
        let login = broker::login(&self.settings.broker).await?;
        let options = &mut self.eventloop.mqtt_options;
        options.set_transport(transport);
        if let Some((user, password)) = login {
            options.set_credentials(user, password);
        }
        let (topic, payload) = self.outbox.begin(self.bd_seq.next().await);
        self.eventloop.mqtt_options.set_last_will(LastWill::new(topic, payload, QoS::AtLeastOnce, false));
        Ok(())
    }

    /// The next event of the client's loop; none when it is time to stop. The outbox works on meanwhile: the loop's
    /// step is never dropped for it, because a dropped step may lose a message.
    async fn next(&mut self, stop: &CancellationToken) -> Option<Result<Event, Text>> {
        let Link { eventloop, outbox, standing, settings, bd_seq, .. } = self;
        let step = eventloop.poll();
        tokio::pin!(step);
        loop {
            outbox.push();
            tokio::select! {
                event = &mut step => return Some(event.map_err(|error| spell(&error, bd_seq))),
                () = outbox.wait() => {}
                () = standing.is_fault() => tell(standing, outbox, settings),
                () = stop.cancelled() => return None,
            }
        }
    }

    /// Waits before the next attempt; false when it is time to stop.
    async fn rest(&mut self, stop: &CancellationToken) -> bool {
        let until = self.standing.next_attempt();
        loop {
            tokio::select! {
                () = sleep_until(until) => return true,
                () = self.outbox.wait() => {}
                () = self.standing.is_fault() => tell(&mut self.standing, &self.outbox, &self.settings),
                () = stop.cancelled() => return false,
            }
        }
    }

    fn heard(&mut self, event: &Event) {
        if let Event::Incoming(rumqttc::Packet::ConnAck(_)) = event {
            let Broker { host, port, .. } = &self.settings.broker;
            tracing::info!(host, port, "connected to the Sparkplug broker");
            self.standing.taken();
        }
        self.outbox.heard(event);
        if self.outbox.is_live() && self.standing.listened() {
            self.outbox.feed().vitals.report(Part::Sparkplug, None);
        } else if let Some(host) = self.outbox.awaited() {
            // Since the broker is there, it is the host that is waited for.
            self.standing
                .waits(Text::new(&format!("上位机 {host} 不在线"), &format!("the primary host {host} is not online")));
        }
    }

    fn lost(&mut self, reason: Text) {
        // What the client holds belongs to a session that is over: its numbers would not fit the next one.
        self.eventloop.clean();
        self.eventloop.pending.clear();
        self.eventloop.state.collision = None;
        self.eventloop.state.events.clear();
        self.outbox.lost();
        self.standing.lost("Sparkplug", reason);
    }

    /// Says that we die, waits until the broker has it, and leaves in order. The last will is for those who cannot.
    async fn farewell(&mut self) {
        let until = Instant::now() + FAREWELL;
        if self.outbox.push_death() {
            while !self.outbox.is_death_heard() {
                match timeout_at(until, self.eventloop.poll()).await {
                    Ok(Ok(event)) => self.outbox.heard(&event),
                    Ok(Err(_)) | Err(_) => return,
                }
            }
        }
        self.outbox.leave();
        // Ends with the error that the connection is closed.
        while let Ok(Ok(_)) = timeout_at(until, self.eventloop.poll()).await {}
    }
}

fn tell(standing: &mut Standing, outbox: &Outbox, settings: &Settings) {
    let Some(Text { zh, en }) = standing.tell() else { return };
    let at = format!("{}:{}", settings.broker.host, settings.broker.port);
    let text =
        Text::new(&format!("Sparkplug 上位机（{at}）不可用：{zh}"), &format!("No Sparkplug host over {at}: {en}"));
    outbox.feed().vitals.report(Part::Sparkplug, Some(text));
}

fn spell(error: &ConnectionError, bd_seq: &mut BdSeq) -> Text {
    if let ConnectionError::Io(error) = error
        && error.kind() == ErrorKind::ConnectionRefused
    {
        bd_seq.was_not_sent();
    }
    broker::three(error)
}
