//! Plays through ALSA, by `aplay` of alsa-utils: a child process that is fed with samples.
//!
//! Takes: what sounds now, twenty times a second.
//! Gives: samples, a fifth of a second ahead of time; a fault when they are not taken.
//! Never: waits for a device without saying so, or starts one in a tight loop.

use std::io;
use std::process::{Child, ChildStderr, ChildStdin, Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tracing::warn;

use super::wave::{RATE, Sounding, Voice};
use super::{Feed, pause_after};
use crate::engine::Part;
use crate::engine::alarm::State;
use crate::engine::base::{EventId, Text, Tone, in_chinese};
use crate::live::tones::TEST_LASTS;

/// Samples are made this often.
const TURN: Duration = Duration::from_millis(50);
/// So far ahead of time they are handed over; what is heard is later than what is shown by this and the device's own buffer.
const AHEAD: Duration = Duration::from_millis(200);
/// A device that takes nothing for so long is stuck.
const TAKES_WITHIN: Duration = Duration::from_secs(3);
/// A device that has taken samples for so long plays: far more than the pipe to it holds.
const HELD: Duration = Duration::from_secs(2);
/// Who could not keep up for so long leaves out what is late.
const LATE: Duration = Duration::from_secs(1);
/// Most bytes of what the player says of its end.
const LAST_WORDS: u64 = 4_096;
/// They are there at once, or not at all.
const LAST_WORDS_WITHIN: Duration = Duration::from_millis(500);

/// Plays at `device` for ever.
pub async fn run(device: &str, feed: &Feed) {
    let mut failures = 0;
    let mut heard = Heard::after(&feed.picture.state());
    loop {
        let why = match Player::start(device) {
            Ok(mut player) => player.play(feed, &mut heard, &mut failures).await,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                "aplay is not installed (Debian: alsa-utils)".to_owned()
            }
            Err(error) => format!("aplay: {error}"),
        };
        failures += 1;
        warn!(device, failures, "the sounder does not play: {why}");
        let fault = Text::new(
            &format!("蜂鸣器设备“{device}”无法发声：{}", in_chinese(&why)),
            &format!("The sounder \u{201c}{device}\u{201d} does not play: {why}"),
        );
        feed.vitals.report(Part::Sounder, Some(fault));
        sleep(pause_after(failures)).await;
    }
}

/// The child process; ended with its owner.
struct Player {
    child: Option<Child>,
    input: pipe::Sender,
    words: pipe::Receiver,
}

impl Player {
    fn start(device: &str) -> io::Result<Player> {
        let mut child = Command::new("aplay")
            .args(["-q", "-D", device, "-t", "raw", "-f", "S16_LE", "-c", "2", "--buffer-time=200000", "-r"])
            .arg(RATE.to_string())
            .arg("-")
            // What it says is shown to people as it is.
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let pipes = (child.stdin.take(), child.stderr.take());
        match pipes_of(pipes) {
            Ok((input, words)) => Ok(Player { child: Some(child), input, words }),
            Err(error) => {
                end(child);
                Err(error)
            }
        }
    }

    /// Feeds it until it takes no more, and says why: in its own last words where it has some.
    async fn play(&mut self, feed: &Feed, heard: &mut Heard, failures: &mut usize) -> String {
        let broken = feed_it(&mut self.input, feed, heard, failures).await;
        if let Some(child) = self.child.take() {
            end(child);
        }
        let mut words = Vec::new();
        // Whatever can be read of them is enough.
        let _ = timeout(LAST_WORDS_WITHIN, (&mut self.words).take(LAST_WORDS).read_to_end(&mut words)).await;
        let words = String::from_utf8_lossy(&words);
        let last = words.lines().map(str::trim).rfind(|line| !line.is_empty());
        last.map_or(broken, str::to_owned)
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        if let Some(child) = self.child.take() {
            end(child);
        }
    }
}

fn pipes_of(pipes: (Option<ChildStdin>, Option<ChildStderr>)) -> io::Result<(pipe::Sender, pipe::Receiver)> {
    let (Some(input), Some(words)) = pipes else { return Err(io::ErrorKind::BrokenPipe.into()) };
    Ok((pipe::Sender::from_owned_fd(input.into())?, pipe::Receiver::from_owned_fd(words.into())?))
}

/// Ends a player. One that its driver holds ends late, so a thread of its own waits for it.
fn end(mut child: Child) {
    // It may have ended by itself.
    let _ = child.kill();
    std::thread::spawn(move || child.wait());
}

async fn feed_it(input: &mut pipe::Sender, feed: &Feed, heard: &mut Heard, failures: &mut usize) -> String {
    let mut voice = Voice::default();
    let mut turns = interval(TURN);
    turns.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let (mut begun, mut given) = (Instant::now(), 0);
    let started = begun;
    let mut bytes = Vec::new();
    loop {
        turns.tick().await;
        let wanted = frames(begun.elapsed() + AHEAD);
        if wanted.saturating_sub(given) > frames(LATE) {
            (begun, given) = (Instant::now(), 0);
            continue;
        }
        voice.sound(heard.now(&feed.picture.state()));
        bytes.clear();
        voice.fill(usize::try_from(wanted.saturating_sub(given)).unwrap_or(0), &mut bytes);
        given = given.max(wanted);
        match timeout(TAKES_WITHIN, input.write_all(&bytes)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return format!("aplay ended: {error}"),
            Err(_) => return format!("the device takes no sound for {} s", TAKES_WITHIN.as_secs()),
        }
        if started.elapsed() >= HELD {
            *failures = 0;
            feed.vitals.report(Part::Sounder, None);
        }
    }
}

fn frames(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX).saturating_mul(u64::from(RATE)) / 1_000_000
}

/// What must be heard: alarms, and a test of the sound where none is.
struct Heard {
    /// The last test that was begun, here or before the start.
    test: Option<EventId>,
    /// Until when it is heard.
    until: Option<Instant>,
}

impl Heard {
    /// Tests that were begun before the start are over.
    fn after(state: &State) -> Heard {
        Heard { test: state.sound_test.as_ref().map(|test| test.id), until: None }
    }

    fn now(&mut self, state: &State) -> Sounding {
        let test = state.sound_test.as_ref().map(|test| test.id);
        if test != self.test {
            (self.test, self.until) = (test, Some(Instant::now() + TEST_LASTS));
        }
        let tone = state.tone();
        if tone == Tone::None && self.until.is_some_and(|until| Instant::now() < until) {
            return Sounding { tone: Tone::Fire, newest: test.unwrap_or_default() };
        }
        let newest = state.open().filter(|occurrence| occurrence.sounding).map(|occurrence| occurrence.id).max();
        Sounding { tone, newest: newest.unwrap_or_default() }
    }
}
