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
use crate::edge::broker;
use crate::engine::Part;
use crate::engine::base::Text;

const BACK_OFF_FIRST: Duration = Duration::from_millis(500);
const BACK_OFF_MOST: Duration = Duration::from_secs(10);
/// A connection that lasted this long was a good one: the next attempt follows soon.
const GOOD: Duration = Duration::from_secs(10);
/// A broker, or a primary host, that is away for less is no fault.
const AWAY: Duration = Duration::from_secs(2);
/// How long the end may wait for the broker.
const FAREWELL: Duration = Duration::from_secs(2);

/// The connection.
pub struct Link {
    settings: Settings,
    outbox: Outbox,
    eventloop: EventLoop,
    bd_seq: BdSeq,
    since: Option<Instant>,
    back_off: Duration,
    absence: Option<Absence>,
}

/// How long nobody has listened, and why at first.
struct Absence {
    since: Instant,
    reason: Option<Text>,
    told: bool,
}

impl Link {
    /// Not connected yet.
    pub fn new(settings: Settings, outbox: Outbox, eventloop: EventLoop, bd_seq: BdSeq) -> Link {
        let absence = Some(Absence::begin());
        Link { settings, outbox, eventloop, bd_seq, since: None, back_off: BACK_OFF_FIRST, absence }
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
        if self.since.is_some() {
            self.farewell().await;
        }
    }

    /// Gives the client its credentials and its last will before it connects.
    async fn prepare(&mut self) -> Result<(), Text> {
        if self.since.is_some() {
            return Ok(());
        }
        let settings = &self.settings;
        let transport = broker::transport(settings.tls.as_ref())?;
        let login = broker::login(settings.user.as_deref(), settings.password_file.as_deref()).await?;
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
        let Link { eventloop, outbox, absence, settings, bd_seq, .. } = self;
        let step = eventloop.poll();
        tokio::pin!(step);
        loop {
            outbox.push();
            tokio::select! {
                event = &mut step => return Some(event.map_err(|error| spell(&error, bd_seq))),
                () = outbox.wait() => {}
                () = lasts(absence.as_ref()) => tell(absence, outbox, settings),
                () = stop.cancelled() => return None,
            }
        }
    }

    /// Waits before the next attempt; false when it is time to stop.
    async fn rest(&mut self, stop: &CancellationToken) -> bool {
        let until = Instant::now() + self.back_off;
        self.back_off = (self.back_off * 2).min(BACK_OFF_MOST);
        loop {
            tokio::select! {
                () = sleep_until(until) => return true,
                () = self.outbox.wait() => {}
                () = lasts(self.absence.as_ref()) => tell(&mut self.absence, &self.outbox, &self.settings),
                () = stop.cancelled() => return false,
            }
        }
    }

    fn heard(&mut self, event: &Event) {
        if let Event::Incoming(rumqttc::Packet::ConnAck(_)) = event {
            tracing::info!(host = self.settings.host, port = self.settings.port, "connected to the Sparkplug broker");
            self.since = Some(Instant::now());
        }
        self.outbox.heard(event);
        if self.outbox.is_live() && self.absence.take().is_some() {
            self.outbox.feed().vitals.report(Part::Sparkplug, None);
        } else if let (Some(host), Some(absence)) = (self.outbox.awaited(), &mut self.absence) {
            // Since the broker is there, it is the host that is waited for.
            let told = Text::new(&format!("上位机 {host} 不在线"), &format!("the primary host {host} is not online"));
            absence.reason = Some(told);
        }
    }

    fn lost(&mut self, reason: Text) {
        // What the client holds belongs to a session that is over: its numbers would not fit the next one.
        self.eventloop.clean();
        self.eventloop.pending.clear();
        self.eventloop.state.collision = None;
        self.eventloop.state.events.clear();
        self.outbox.lost();
        if let Some(since) = self.since.take() {
            tracing::warn!(reason = reason.en, "lost the Sparkplug broker");
            if since.elapsed() >= GOOD {
                self.back_off = BACK_OFF_FIRST;
            }
        } else {
            tracing::debug!(reason = reason.en, "the Sparkplug broker does not take us");
        }
        self.absence.get_or_insert_with(Absence::begin).reason.get_or_insert(reason);
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

impl Absence {
    fn begin() -> Absence {
        Absence { since: Instant::now(), reason: None, told: false }
    }
}

/// Waits until the absence is a fault that nobody was told of.
async fn lasts(absence: Option<&Absence>) {
    match absence {
        Some(absence) if !absence.told => sleep_until(absence.since + AWAY).await,
        _ => std::future::pending().await,
    }
}

fn tell(absence: &mut Option<Absence>, outbox: &Outbox, settings: &Settings) {
    let Some(absence) = absence else { return };
    absence.told = true;
    let Text { zh, en } = absence.reason.clone().unwrap_or_else(broker::no_answer);
    let at = format!("{}:{}", settings.host, settings.port);
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
