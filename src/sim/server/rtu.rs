//! A Modbus RTU line on a pseudo-terminal, with the time a real line takes.
//!
//! Takes: bytes in whatever pieces they arrive.
//! Gives: answers, handed over when their last character would have arrived at the line's speed, never sooner than
//! 3.5 characters of silence after the request; echo, noise and another master where a trouble says so.
//! Never: an answer to a frame whose checksum is wrong; a line that is stuck after noise.
//!
//! A gateway that is killed leaves the terminal marked as in exclusive use, and only root may open it again: the
//! terminal's other end is held open here, so that a gateway that leaves is no hang-up.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_serial::{SerialPort, SerialStream};

use super::Shared;
use super::frame::{LONGEST_RTU, open_rtu, rtu, rtu_length};
use super::plug::Plug;
use crate::engine::site::Line;
use crate::sim::exchange::{line_time, silence};
use crate::sim::fault::{Answer, Flaw};
use crate::sim::trouble::{NOISE, Trouble};

/// Silence that surely ends a frame: a pseudo-terminal has no line speed, but its writer may be held up.
const GAP: Duration = Duration::from_millis(20);
/// Whom another master asks: the last unit there is.
const FOREIGN: u8 = 247;

/// Opens a pseudo-terminal for `bus` and serves it in `tasks`; gives the line with its path.
pub(super) fn serve(shared: Arc<Shared>, bus: u32, line: &Line, tasks: &mut JoinSet<()>) -> io::Result<Line> {
    let (ours, theirs) = SerialStream::pair()?;
    let plug = Plug::new(&theirs.name().ok_or_else(|| io::Error::other("a pseudo-terminal without a name"))?)?;
    let line = Line { path: plug.path(), ..line.clone() };
    tasks.spawn(keep_line(shared, bus, line.clone(), plug, (ours, theirs)));
    Ok(line)
}

/// Serves the line while its adapter is plugged in. Each time it is, it is another device file under the same link.
async fn keep_line(shared: Arc<Shared>, bus: u32, line: Line, mut plug: Plug, first: (SerialStream, SerialStream)) {
    let mut changed = shared.changed.subscribe();
    let mut pair = Some(first);
    loop {
        if let Some((ours, theirs)) = pair.take() {
            let mut served = Served::new(Arc::clone(&shared), bus, line.clone(), ours);
            let unplugged = async {
                while shared.trouble_of(bus) != Trouble::Unplugged {
                    if changed.changed().await.is_err() {
                        return std::future::pending().await;
                    }
                }
            };
            tokio::select! {
                () = served.run() => {}
                () = unplugged => {}
            }
            drop((served, theirs));
            plug.pull();
        }
        while shared.trouble_of(bus) == Trouble::Unplugged {
            if changed.changed().await.is_err() {
                return;
            }
        }
        pair = SerialStream::pair().ok();
        let back = pair.as_ref().and_then(|(_, theirs)| theirs.name()).is_some_and(|name| plug.put(&name).is_ok());
        if !back {
            // No pseudo-terminal is to be had: it stays away until something changes.
            pair = None;
            if changed.changed().await.is_err() {
                return;
            }
        }
    }
}

/// One line that is plugged in.
struct Served {
    shared: Arc<Shared>,
    bus: u32,
    line: Line,
    port: SerialStream,
    /// Received, and no frame yet.
    buffer: Vec<u8>,
    /// When the first byte of it came.
    began: Instant,
    /// From when on the line is free.
    free: Instant,
    /// When another master speaks next.
    foreign: Option<Instant>,
}

impl Served {
    fn new(shared: Arc<Shared>, bus: u32, line: Line, port: SerialStream) -> Served {
        let now = Instant::now();
        Served { shared, bus, line, port, buffer: Vec::new(), began: now, free: now, foreign: None }
    }

    fn trouble(&self) -> Trouble {
        self.shared.trouble_of(self.bus)
    }

    async fn run(&mut self) {
        let gap = silence(&self.line).max(GAP);
        let mut changed = self.shared.changed.subscribe();
        let mut piece = [0; 512];
        loop {
            let foreign = self.when_foreign();
            let read = tokio::select! {
                read = self.port.read(&mut piece) => read,
                () = tokio::time::sleep(gap), if !self.buffer.is_empty() => {
                    // Silence ends a frame of a function that tells no length; anything else was noise.
                    let frame = std::mem::take(&mut self.buffer);
                    self.answer(&frame).await;
                    continue;
                }
                () = sleep_until(foreign.unwrap_or(self.free)), if foreign.is_some() && self.buffer.is_empty() => {
                    self.speak_foreign().await;
                    continue;
                }
                outcome = changed.changed() => match outcome {
                    Ok(()) => continue,
                    Err(_) => return,
                },
            };
            let Ok(length @ 1..) = read else {
                // The other end is held open here, so this is no hang-up; whatever it is, it must not spin.
                tokio::time::sleep(GAP).await;
                continue;
            };
            if self.buffer.is_empty() {
                self.began = Instant::now();
            }
            self.buffer.extend_from_slice(&piece[..length]);
            while let Some(end) = rtu_length(&self.buffer)
                .filter(|end| self.buffer.len() >= *end && open_rtu(&self.buffer[..*end]).is_some())
            {
                let frame: Vec<u8> = self.buffer.drain(..end).collect();
                self.answer(&frame).await;
                self.began = Instant::now();
            }
            if self.buffer.len() > LONGEST_RTU {
                // Longer than any frame: noise. What follows after the next silence is heard again.
                self.buffer.drain(..self.buffer.len() - LONGEST_RTU);
            }
        }
    }

    /// Answers one frame; from `free` on the line is free again.
    async fn answer(&mut self, frame: &[u8]) {
        let heard = self.began.max(self.free) + line_time(&self.line, frame.len()) + silence(&self.line);
        self.free = heard;
        let Some((unit, pdu)) = open_rtu(frame) else { return };
        // The device sees the request, and takes its values, when the line has carried it.
        sleep_until(heard).await;
        if self.trouble() == Trouble::Echo {
            self.send(frame).await;
        }
        let answer = self.shared.now().respond(self.bus, unit, pdu);
        let Some(answer) = answer else { return };
        let bytes = noisy(framed(&answer), self.trouble());
        let end = heard + answer.after + line_time(&self.line, bytes.len());
        sleep_until(end).await;
        self.free = end + silence(&self.line);
        self.send(&bytes).await;
    }

    /// A terminal that takes no more bytes has no reader; what is sent is lost as on a real line.
    async fn send(&mut self, bytes: &[u8]) {
        let _ = timeout(GAP, self.port.write_all(bytes)).await;
    }

    fn when_foreign(&mut self) -> Option<Instant> {
        let Trouble::ForeignMaster(every) = self.trouble() else {
            self.foreign = None;
            return None;
        };
        Some(*self.foreign.get_or_insert_with(|| Instant::now() + every))
    }

    /// Another master asks, and somebody answers it: two sound frames that nobody here has asked for.
    async fn speak_foreign(&mut self) {
        let (asks, answers) = (rtu(FOREIGN, &[3, 0, 0, 0, 1]), rtu(FOREIGN, &[3, 2, 0x12, 0x34]));
        for frame in [asks, answers] {
            sleep_until(Instant::now() + line_time(&self.line, frame.len())).await;
            self.send(&frame).await;
        }
        self.free = Instant::now() + silence(&self.line);
        self.foreign = None;
    }
}

fn framed(answer: &Answer) -> Vec<u8> {
    // RTU has no transaction id: an answer to somebody else's question comes under another unit.
    let unit = answer.unit.wrapping_add(u8::from(answer.flaw == Flaw::Foreign));
    answer.flaw.bend(rtu(unit, &answer.pdu), false)
}

fn noisy(frame: Vec<u8>, trouble: Trouble) -> Vec<u8> {
    let (before, after) = frame.split_at(frame.len() / 2);
    match trouble {
        Trouble::NoiseBefore => [&NOISE[..], &frame].concat(),
        Trouble::NoiseWithin => [before, &NOISE, after].concat(),
        Trouble::NoiseAfter => [&frame[..], &NOISE].concat(),
        _ => frame,
    }
}
