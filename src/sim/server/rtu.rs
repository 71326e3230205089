//! A Modbus RTU line on a pseudo-terminal, with the time a real line takes.
//!
//! Takes: bytes in whatever pieces they arrive.
//! Gives: answers, handed over when their last character would have arrived at the line's speed, never sooner than
//! 3.5 characters of silence after the request.
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
use crate::engine::site::Line;
use crate::sim::exchange::{line_time, silence};
use crate::sim::fault::Answer;

/// Silence that surely ends a frame: a pseudo-terminal has no line speed, but its writer may be held up.
const GAP: Duration = Duration::from_millis(20);

/// Opens a pseudo-terminal for `bus` and serves it in `tasks`; gives the line with its path.
pub(super) fn serve(shared: Arc<Shared>, bus: u32, line: &Line, tasks: &mut JoinSet<()>) -> io::Result<Line> {
    let (ours, theirs) = SerialStream::pair()?;
    let path = theirs.name().ok_or_else(|| io::Error::other("a pseudo-terminal without a name"))?;
    let line = Line { path, ..line.clone() };
    tasks.spawn(serve_line(shared, bus, line.clone(), ours, theirs));
    Ok(line)
}

async fn serve_line(shared: Arc<Shared>, bus: u32, line: Line, mut port: SerialStream, _held_open: SerialStream) {
    let gap = silence(&line).max(GAP);
    let mut buffer: Vec<u8> = Vec::new();
    let mut piece = [0; 512];
    let mut free = Instant::now();
    let mut began = free;
    loop {
        let read = if buffer.is_empty() {
            port.read(&mut piece).await
        } else {
            match timeout(gap, port.read(&mut piece)).await {
                Ok(read) => read,
                Err(_) => {
                    // Silence ends a frame of a function that tells no length; anything else was noise.
                    let frame = std::mem::take(&mut buffer);
                    answer(&shared, bus, &line, &mut port, &frame, began.max(free), &mut free).await;
                    continue;
                }
            }
        };
        let Ok(length @ 1..) = read else {
            // The other end is held open here, so this is no hang-up; whatever it is, it must not spin.
            tokio::time::sleep(GAP).await;
            continue;
        };
        if buffer.is_empty() {
            began = Instant::now();
        }
        buffer.extend_from_slice(&piece[..length]);
        while let Some(end) =
            rtu_length(&buffer).filter(|end| buffer.len() >= *end && open_rtu(&buffer[..*end]).is_some())
        {
            let frame: Vec<u8> = buffer.drain(..end).collect();
            answer(&shared, bus, &line, &mut port, &frame, began.max(free), &mut free).await;
            began = Instant::now();
        }
        if buffer.len() > LONGEST_RTU {
            // Longer than any frame: noise. What follows after the next silence is heard again.
            buffer.drain(..buffer.len() - LONGEST_RTU);
        }
    }
}

/// Answers one frame that began at `start`; `free` becomes the moment from which the line is free again.
async fn answer(
    shared: &Shared,
    bus: u32,
    line: &Line,
    port: &mut SerialStream,
    frame: &[u8],
    start: Instant,
    free: &mut Instant,
) {
    let heard = start + line_time(line, frame.len()) + silence(line);
    *free = heard;
    let Some((unit, pdu)) = open_rtu(frame) else { return };
    // The device sees the request, and takes its values, when the line has carried it.
    sleep_until(heard).await;
    let answer = shared.now().respond(bus, unit, pdu);
    let Some(answer) = answer else { return };
    let bytes = framed(&answer);
    let end = heard + answer.after + line_time(line, bytes.len());
    sleep_until(end).await;
    *free = end + silence(line);
    // A terminal that takes no more bytes has no reader; the answer is lost as on a real line.
    let _ = timeout(GAP, port.write_all(&bytes)).await;
}

fn framed(answer: &Answer) -> Vec<u8> {
    // RTU has no transaction id: an answer to somebody else's question comes under another unit.
    let unit = if answer.foreign { answer.unit.wrapping_add(1) } else { answer.unit };
    let mut bytes = rtu(unit, &answer.pdu);
    if answer.cut {
        bytes.truncate(bytes.len() / 2);
    }
    bytes
}
