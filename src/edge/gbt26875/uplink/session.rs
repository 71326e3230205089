//! One connection to the centre, and what outlives it: a duty check, and the operations that were reported.
//!
//! Takes: an open wire, what is to be sent, and the journal.
//! Gives: frames in the order [`Sending`] gives them, answers, and in the end why it ended.
//! Never: lets a question of the centre hold up a fire: whatever is due is sent before the next frame is read.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::answers::{Operations, answer};
use super::reader::Reader;
use super::saying::{Saying, duty_check};
use super::sending::{Next, Sending};
use super::wire::Wire;
use super::{Feed, Settings};
use crate::edge::gbt26875::cutter::Cut;
use crate::edge::gbt26875::frame::{Command, Frame, Header, encode};
use crate::edge::gbt26875::stamp::Stamp;
use crate::edge::gbt26875::v2011::Adu;
use crate::engine::Part;
use crate::engine::base::{Mono, Text};

/// A duty check without a time of its own.
const DUTY_MINUTES: u8 = 10;
/// A centre whose clock differs by more than this is told of in the log.
const CLOCK_OFF: Duration = Duration::from_secs(10);
/// How often the cursor is stored.
const STORE_EVERY: Duration = Duration::from_secs(1);

/// Why a connection ended.
pub(super) struct Ended {
    pub why: String,
    /// Whether the centre had said anything in it.
    pub was_heard: bool,
}

/// What all connections share.
pub(super) struct Session<'a> {
    settings: Settings,
    saying: Arc<Saying>,
    feed: &'a Feed,
    operations: Operations,
    /// Until when somebody must answer the duty check.
    duty_until: Option<Mono>,
    was_heard: bool,
}

impl<'a> Session<'a> {
    /// Before the first connection.
    pub fn new(settings: Settings, saying: Arc<Saying>, feed: &'a Feed) -> Session<'a> {
        Session { settings, saying, feed, operations: Operations::default(), duty_until: None, was_heard: false }
    }

    /// Serves one connection until it ends.
    pub async fn run(&mut self, mut wire: Wire, sending: &mut Sending, reader: &mut Reader) -> Ended {
        self.was_heard = false;
        let why = match self.serve(&mut wire, sending, reader).await {
            Ok(why) => why.to_owned(),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => "the centre hung up".to_owned(),
            Err(error) => error.to_string(),
        };
        Ended { why, was_heard: self.was_heard }
    }

    /// Waits while there is no connection; a duty check may run out meanwhile.
    pub async fn pause(&mut self, pause: Duration) {
        tokio::time::sleep(pause).await;
        self.duty_over();
    }

    async fn serve(&mut self, wire: &mut Wire, sending: &mut Sending, reader: &mut Reader) -> io::Result<&'static str> {
        let mut store = tokio::time::interval(STORE_EVERY);
        loop {
            sending.hold_others = reader.is_behind();
            let wait = match sending.next(self.feed.clock.now().mono) {
                Next::Send(serial, adu) => {
                    self.report(wire, serial, adu.as_ref()).await?;
                    continue;
                }
                Next::Failed => {
                    // Whatever else it said: this communication has failed (6.5.5).
                    self.was_heard = false;
                    return Ok("the last resend was not confirmed");
                }
                Next::Wait(until) => until,
            };
            let until = self.duty_until.map_or(wait, |duty| duty.min(wait));
            let until = Instant::from_std(self.feed.clock.instant(until));
            tokio::select! {
                cuts = wire.receive() => {
                    for cut in cuts? {
                        self.received(wire, cut, sending).await?;
                    }
                }
                () = reader.readable() => reader.read(sending).await,
                _ = store.tick() => {
                    reader.come_back(sending);
                    reader.store(sending).await;
                }
                () = sleep_until(until) => self.duty_over(),
            }
        }
    }

    async fn report(&mut self, wire: &mut Wire, serial: u16, adu: Option<&Adu>) -> io::Result<()> {
        let data = match adu {
            Some(adu) => {
                self.operations.note(adu);
                self.answered_duty(adu);
                adu.encode().unwrap_or_default()
            }
            None => Vec::new(),
        };
        let header = Header {
            serial,
            version: self.settings.version,
            sent: self.stamp(),
            source: self.settings.source,
            destination: self.settings.destination,
        };
        self.write(wire, &Frame { header, command: Command::Send, data }).await
    }

    async fn received(&mut self, wire: &mut Wire, cut: Cut, sending: &mut Sending) -> io::Result<()> {
        let frame = match cut {
            Cut::Noise(_) => return Ok(()),
            Cut::Refused(refused) => {
                tracing::warn!(what = %refused.what, "a frame of the centre is denied");
                return match refused.header {
                    Some(header) => self.reply(wire, &header, Command::Deny, Vec::new()).await,
                    None => Ok(()),
                };
            }
            Cut::Frame(frame) => frame,
        };
        let header = frame.header;
        if header.destination != self.settings.source {
            tracing::warn!(to = header.destination, "a frame of the centre is for somebody else");
            return match frame.command {
                Command::Control | Command::Request => self.reply(wire, &header, Command::Deny, Vec::new()).await,
                _ => Ok(()),
            };
        }
        self.was_heard = true;
        match frame.command {
            Command::Confirm => {
                if sending.confirmed(header.serial) {
                    self.feed.vitals.report(Part::Uplink, None);
                }
                Ok(())
            }
            Command::Deny => {
                if let Some(item) = sending.denied(header.serial, self.feed.clock.now().mono) {
                    tracing::error!(seq = item.seq, said = ?item.adu, "the centre denies this, however often it is sent");
                    let what = Text::new("监控中心拒绝接收一条信息", "the centre denies a report");
                    self.feed.vitals.report(Part::Uplink, Some(what));
                }
                Ok(())
            }
            Command::Control | Command::Request => {
                let (command, data) = self.ordered(&frame);
                self.reply(wire, &header, command, data).await
            }
            Command::Send | Command::Answer => self.reply(wire, &header, Command::Deny, Vec::new()).await,
        }
    }

    /// What an order or a question is answered with.
    fn ordered(&mut self, frame: &Frame) -> (Command, Vec<u8>) {
        let now = self.feed.clock.now();
        let adu = match Adu::decode(&frame.data) {
            Ok(adu) => adu,
            Err(error) => {
                tracing::warn!(%error, "an order of the centre cannot be read");
                return (Command::Deny, Vec::new());
            }
        };
        match adu {
            Adu::DutyCheck { within } => {
                self.on_duty(within, now.mono);
                (Command::Confirm, Vec::new())
            }
            Adu::SetClock(time) => {
                // This machine's time is the site's own: many more records than the centre's stand on it.
                let off = time.wall(&self.saying.zone).map(|theirs| theirs.since(now.wall).max(now.wall.since(theirs)));
                if off.is_none_or(|off| off > CLOCK_OFF) {
                    tracing::warn!(centre = %time, "the centre's clock differs; the clock of this machine is not set by it");
                }
                (Command::Confirm, Vec::new())
            }
            Adu::Initialise => {
                tracing::warn!("the centre orders an initialisation; denied");
                (Command::Deny, Vec::new())
            }
            question => {
                let state = self.feed.picture.state();
                let answer = answer(&self.saying, &question, &state, &self.operations, now.wall);
                match answer.and_then(|adu| adu.encode().ok()) {
                    Some(data) => (Command::Answer, data),
                    None => (Command::Deny, Vec::new()),
                }
            }
        }
    }

    /// Somebody must answer at the wall: by acknowledging this.
    fn on_duty(&mut self, minutes: u8, now: Mono) {
        let minutes = if minutes == 0 { DUTY_MINUTES } else { minutes };
        self.duty_until = Some(now.after(Duration::from_secs(60 * u64::from(minutes))));
        tracing::info!(minutes, "duty check");
        self.feed.vitals.report(
            Part::DutyCheck,
            Some(Text::new(
                &format!("监控中心查岗：请在 {minutes} 分钟内确认此条目"),
                &format!("The centre asks who is on duty: acknowledge this within {minutes} minutes"),
            )),
        );
    }

    /// The report that somebody acknowledged the duty check goes out: it is over.
    fn answered_duty(&mut self, adu: &Adu) {
        let answers = matches!(adu, Adu::UnitOperations(done) if done.iter().any(super::saying::answers_duty_check));
        if answers && self.duty_until.take().is_some() {
            tracing::info!(point = duty_check().as_str(), "the duty check is answered");
            self.feed.vitals.report(Part::DutyCheck, None);
        }
    }

    fn duty_over(&mut self) {
        let now = self.feed.clock.now().mono;
        if self.duty_until.take_if(|until| *until <= now).is_some() {
            tracing::warn!("nobody has answered the duty check");
            self.feed.vitals.report(Part::DutyCheck, None);
        }
    }

    async fn reply(&self, wire: &mut Wire, to: &Header, command: Command, data: Vec<u8>) -> io::Result<()> {
        self.write(wire, &Frame::answering(to, command, data, self.stamp())).await
    }

    async fn write(&self, wire: &mut Wire, frame: &Frame) -> io::Result<()> {
        match encode(frame, self.settings.dialect) {
            Ok(bytes) => wire.send(&bytes).await,
            Err(error) => {
                tracing::error!(%error, "a frame that cannot be written");
                Ok(())
            }
        }
    }

    fn stamp(&self) -> Stamp {
        Stamp::of(self.feed.clock.now().wall, &self.saying.zone)
    }
}
