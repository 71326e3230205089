//! The connection to the broker: holds it, loses it, gets it back.
//!
//! Takes: the client's loop and the outbox.
//! Gives: everything the outbox has to say, in order, for as long as the process lives; the health of the connection.
//! Never: relies on what the client remembers across a cut (it loses messages then), or drops the client's loop in the
//! middle of a step except to end.

use std::time::Duration;

use rumqttc::{ConnectionError, Event, EventLoop};
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use super::Settings;
use super::outbox::Outbox;
use crate::engine::Part;
use crate::engine::base::Text;

const BACK_OFF_FIRST: Duration = Duration::from_millis(500);
const BACK_OFF_MOST: Duration = Duration::from_secs(10);
/// A connection that lasted this long was a good one: the next attempt follows soon.
const GOOD: Duration = Duration::from_secs(10);
/// A broker that is away for less is no fault.
const AWAY: Duration = Duration::from_secs(2);
/// How long the end may wait for the broker.
const FAREWELL: Duration = Duration::from_secs(2);

/// The connection.
pub struct Link {
    settings: Settings,
    outbox: Outbox,
    eventloop: EventLoop,
    since: Option<Instant>,
    back_off: Duration,
    absence: Absence,
}

/// How long the broker has been away, and why at first.
struct Absence {
    since: Instant,
    reason: Option<String>,
    told: bool,
}

impl Link {
    /// Not connected yet.
    pub fn new(settings: Settings, outbox: Outbox, eventloop: EventLoop) -> Link {
        let absence = Absence { since: Instant::now(), reason: None, told: false };
        Link { settings, outbox, eventloop, since: None, back_off: BACK_OFF_FIRST, absence }
    }

    /// Runs until `stop`.
    pub async fn run(mut self, stop: &CancellationToken) {
        loop {
            let heard = match self.log_in().await {
                Ok(()) => self.next(stop).await,
                Err(reason) => Some(Err(reason)),
            };
            match heard {
                None => break,
                Some(Ok(event)) => self.heard(&event),
                Some(Err(reason)) => {
                    self.lost(reason);
                    if !self.rest(stop).await {
                        break;
                    }
                }
            }
        }
        if self.since.is_some() {
            self.farewell().await;
        }
    }

    /// Gives the client its credentials before it connects.
    async fn log_in(&mut self) -> Result<(), String> {
        let (None, Some(user)) = (self.since, &self.settings.user) else { return Ok(()) };
        let password = match &self.settings.password_file {
            None => String::new(),
            Some(path) => {
                let text = tokio::fs::read_to_string(path).await;
                let text = text.map_err(|error| format!("password file {}: {error}", path.display()))?;
                text.lines().next().unwrap_or_default().to_owned()
            }
        };
        self.eventloop.mqtt_options.set_credentials(user, password);
        Ok(())
    }

    /// The next event of the client's loop; none when it is time to stop. The outbox works on meanwhile: the loop's
    /// step is never dropped for it, because a dropped step may lose a message.
    async fn next(&mut self, stop: &CancellationToken) -> Option<Result<Event, String>> {
        let Link { eventloop, outbox, absence, since, settings, .. } = self;
        let step = eventloop.poll();
        tokio::pin!(step);
        loop {
            outbox.push();
            tokio::select! {
                event = &mut step => return Some(event.map_err(|error| spell(&error))),
                () = outbox.wait() => {}
                () = absence.lasts(), if since.is_none() => absence.tell(outbox, settings),
                () = stop.cancelled() => return None,
            }
        }
    }

    /// Waits before the next attempt; false when it is time to stop.
    async fn rest(&mut self, stop: &CancellationToken) -> bool {
        let until = Instant::now() + self.back_off;
        self.back_off = (self.back_off * 2).min(BACK_OFF_MOST);
        loop {
            self.outbox.push();
            tokio::select! {
                () = sleep_until(until) => return true,
                () = self.outbox.wait() => {}
                () = self.absence.lasts() => self.absence.tell(&self.outbox, &self.settings),
                () = stop.cancelled() => return false,
            }
        }
    }

    fn heard(&mut self, event: &Event) {
        if let Event::Incoming(rumqttc::Packet::ConnAck(_)) = event {
            tracing::info!(host = self.settings.host, port = self.settings.port, "connected to the MQTT broker");
            self.since = Some(Instant::now());
            self.absence = Absence { since: Instant::now(), reason: None, told: false };
            self.outbox.feed().vitals.report(Part::Mqtt, None);
        }
        self.outbox.heard(event);
    }

    fn lost(&mut self, reason: String) {
        // The client would send some of what it holds again, lose some of it, and mix up packet ids
        // across a cut. We send everything that was not acknowledged again ourselves.
        self.eventloop.clean();
        self.eventloop.pending.clear();
        self.eventloop.state.collision = None;
        self.eventloop.state.events.clear();
        self.outbox.lost();
        if let Some(since) = self.since.take() {
            tracing::warn!(reason, "lost the MQTT broker");
            self.absence = Absence { since: Instant::now(), reason: None, told: false };
            if since.elapsed() >= GOOD {
                self.back_off = BACK_OFF_FIRST;
            }
        } else {
            tracing::debug!(reason, "the MQTT broker does not take us");
        }
        self.absence.reason.get_or_insert(reason);
    }

    /// Says `offline`, waits until the broker has it, and leaves in order. A last will is for those who cannot.
    async fn farewell(&mut self) {
        let until = Instant::now() + FAREWELL;
        self.outbox.push_farewell();
        while !self.outbox.is_farewell_heard() {
            match timeout_at(until, self.eventloop.poll()).await {
                Ok(Ok(event)) => self.outbox.heard(&event),
                Ok(Err(_)) | Err(_) => return,
            }
        }
        self.outbox.leave();
        // Ends with the error that the connection is closed.
        while let Ok(Ok(_)) = timeout_at(until, self.eventloop.poll()).await {}
    }
}

impl Absence {
    /// Waits until the absence is a fault that nobody was told of.
    async fn lasts(&self) {
        if self.told {
            std::future::pending::<()>().await;
        }
        sleep_until(self.since + AWAY).await;
    }

    fn tell(&mut self, outbox: &Outbox, settings: &Settings) {
        self.told = true;
        let reason = self.reason.as_deref().unwrap_or("no answer");
        let broker = format!("{}:{}", settings.host, settings.port);
        outbox.feed().vitals.report(
            Part::Mqtt,
            Some(Text::new(
                &format!("MQTT 服务器 {broker} 不可用：{reason}"),
                &format!("MQTT broker {broker} is away: {reason}"),
            )),
        );
    }
}

fn spell(error: &ConnectionError) -> String {
    match error {
        ConnectionError::Io(error) => error.to_string(),
        ConnectionError::ConnectionRefused(code) => format!("refused: {code:?}"),
        other => other.to_string(),
    }
}
