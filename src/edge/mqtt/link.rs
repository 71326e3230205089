//! The connection to the broker: holds it, loses it, gets it back.
//!
//! Takes: the settings and the outbox.
//! Gives: everything the outbox has to say, in order, for as long as the process lives; the health of the connection.
//! Never: takes anything of a connection over into the next, or drops a loop in the middle of a step except to end.

use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use super::client::{self, Heard, Loop, Session};
use super::outbox::Outbox;
use super::{Broker, Settings};
use crate::edge::broker::{self, Standing};
use crate::engine::Part;
use crate::engine::base::Text;

/// How long the end may wait for the broker.
const FAREWELL: Duration = Duration::from_secs(2);
/// A broker that takes nothing, or says nothing although it owes us an acknowledgement, is given up after this. The
/// client's own pings do not notice a write that is stuck, nor a broker that only answers pings.
const STUCK: Duration = Duration::from_secs(15);

/// The connection.
pub struct Link {
    settings: Settings,
    session: Session,
    outbox: Outbox,
    /// Somebody listens while the broker acknowledges what it gets.
    standing: Standing,
    progress: Progress,
}

/// When the connection last got on.
struct Progress {
    /// The loop's last step, or the last moment at which it had nothing to do.
    step: Instant,
    /// The last acknowledgement, or the last moment at which none was owed.
    word: Instant,
}

/// How a connection ended.
enum End {
    Stop,
    Lost(Text),
}

impl Link {
    /// Not connected yet.
    pub fn new(settings: Settings, session: Session, outbox: Outbox) -> Link {
        let now = Instant::now();
        let progress = Progress { step: now, word: now };
        Link { settings, session, outbox, standing: Standing::away(), progress }
    }

    /// Runs until `stop`.
    pub async fn run(mut self, stop: &CancellationToken) {
        loop {
            let end = match client::open(&self.settings, &self.session).await {
                Ok((client, eventloop)) => {
                    self.outbox.begin(client);
                    self.visit(eventloop, stop).await
                }
                Err(reason) => End::Lost(reason),
            };
            match end {
                End::Stop => return,
                End::Lost(reason) => self.lost(reason),
            }
            if !self.rest(stop).await {
                return;
            }
        }
    }

    /// One connection, from the attempt to its end.
    async fn visit(&mut self, mut eventloop: Loop, stop: &CancellationToken) -> End {
        self.progress = Progress { step: Instant::now(), word: Instant::now() };
        loop {
            match self.next(&mut eventloop, stop).await {
                None => break,
                Some(Ok(heard)) => self.heard(&heard),
                Some(Err(reason)) => return End::Lost(reason),
            }
        }
        if self.standing.is_up() {
            self.farewell(eventloop).await;
        }
        End::Stop
    }

    /// The next step of the loop; none when it is time to stop. The outbox works on meanwhile: the step is never dropped
    /// for it, because a dropped step may lose a message.
    async fn next(&mut self, eventloop: &mut Loop, stop: &CancellationToken) -> Option<Result<Heard, Text>> {
        let Link { outbox, standing, settings, progress, .. } = self;
        let step = eventloop.step();
        tokio::pin!(step);
        loop {
            if !outbox.has_queued() {
                progress.step = Instant::now();
            }
            outbox.push();
            let stuck = progress.stuck_at(outbox);
            tokio::select! {
                heard = &mut step => {
                    progress.step = Instant::now();
                    return Some(heard);
                }
                () = outbox.wait() => {}
                () = sleep_until(stuck), if standing.is_up() => {
                    return Some(Err(broker::no_answer()));
                }
                () = standing.is_fault() => tell(standing, outbox, settings),
                () = stop.cancelled() => return None,
            }
        }
    }

    /// Waits before the next attempt; false when it is time to stop.
    async fn rest(&mut self, stop: &CancellationToken) -> bool {
        let until = self.standing.next_attempt();
        loop {
            self.outbox.push();
            tokio::select! {
                () = sleep_until(until) => return true,
                () = self.outbox.wait() => {}
                () = self.standing.is_fault() => tell(&mut self.standing, &self.outbox, &self.settings),
                () = stop.cancelled() => return false,
            }
        }
    }

    fn heard(&mut self, heard: &Heard) {
        match heard {
            Heard::Connected(_) => {
                let Broker { host, port, .. } = &self.settings.broker;
                tracing::info!(host, port, "connected to the MQTT broker");
                self.standing.taken();
            }
            // A broker that takes us and refuses every message is no broker.
            Heard::Acknowledged(_) if self.standing.listened() => self.outbox.feed().vitals.report(Part::Mqtt, None),
            _ => {}
        }
        if matches!(heard, Heard::Acknowledged(_)) || !self.outbox.is_owed() {
            self.progress.word = Instant::now();
        }
        self.outbox.heard(heard);
    }

    fn lost(&mut self, reason: Text) {
        self.outbox.lost();
        self.standing.lost("MQTT", reason);
    }

    /// Says `offline`, waits until the broker has it, and leaves in order. A last will is for those who cannot.
    async fn farewell(&mut self, mut eventloop: Loop) {
        let until = Instant::now() + FAREWELL;
        self.outbox.push_farewell();
        while !self.outbox.is_farewell_heard() {
            match timeout_at(until, eventloop.step()).await {
                Ok(Ok(heard)) => self.outbox.heard(&heard),
                Ok(Err(_)) | Err(_) => return,
            }
        }
        self.outbox.leave();
        // Ends with the error that the connection is closed.
        while let Ok(Ok(_)) = timeout_at(until, eventloop.step()).await {}
    }
}

impl Progress {
    /// When the connection is stuck if nothing happens until then.
    fn stuck_at(&self, outbox: &Outbox) -> Instant {
        // A client that has nothing to do takes no step between two pings.
        let idle = Instant::now();
        let step = if outbox.has_queued() { self.step } else { idle };
        let word = if outbox.is_owed() { self.word } else { idle };
        step.min(word) + STUCK
    }
}

fn tell(standing: &mut Standing, outbox: &Outbox, settings: &Settings) {
    let Some(Text { zh, en }) = standing.tell() else { return };
    let broker = format!("{}:{}", settings.broker.host, settings.broker.port);
    outbox.feed().vitals.report(
        Part::Mqtt,
        Some(Text::new(&format!("MQTT 服务器 {broker} 不可用：{zh}"), &format!("MQTT broker {broker} is away: {en}"))),
    );
}
