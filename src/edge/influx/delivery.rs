//! Gets one batch to the server, whatever the server does.
//!
//! Takes: lines.
//! Gives: back when each of them was stored by the server or kept as refused.
//! Never: gives up, hurries a server that asks for time, or lets one bad line hold up the others.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::health::Health;
use super::outcome::{Denial, Outcome};
use super::size::Size;
use super::transport::Transport;
use super::{Settings, Waits, refused};

/// So many lines refused one by one and none taken: what answers may not be our server at all. Another service at that
/// address finds fault with everything.
const SUSPECT: usize = 16;

/// Delivers batches.
pub struct Delivery {
    settings: Settings,
    transport: Transport,
    health: Health,
    size: Size,
    token: Option<String>,
    /// The server took lines of ours before, so that it may be believed when it finds fault with one.
    proven: bool,
    pause: Duration,
    /// Pauses made since the start; draws the next one.
    pauses: u64,
    /// Tells them from another gateway's.
    seed: u64,
}

/// How one slice of a batch ended.
enum Ended {
    Stored,
    /// The server finds fault with the lines, or with their number.
    Refused(String),
    /// Another size goes better.
    Resized,
}

impl Delivery {
    /// Nothing is sent yet.
    pub fn new(settings: Settings, seed: u64, transport: Transport, health: Health) -> Delivery {
        let pause = settings.waits.first;
        let size = Size::new(settings.batch, settings.waits.remember);
        Delivery { settings, transport, health, size, token: None, proven: false, pause, pauses: 0, seed }
    }

    /// How long to wait for what.
    pub fn waits(&self) -> Waits {
        self.settings.waits
    }

    /// Samples of `seconds` were too old to be kept for the server.
    pub fn missed(&mut self, seconds: u64) {
        self.health.missed(seconds);
    }

    /// Delivers `lines`, however long it takes. What the server finds wrong is halved until it is one line. False when
    /// it finds all of them wrong and takes nothing else either: then it is no judge of lines, and nothing is lost.
    pub async fn deliver(&mut self, lines: &[Vec<u8>]) -> bool {
        // The next slice to send is the last.
        let mut slices = vec![lines];
        let mut stored = false;
        let mut bad: Vec<(&[u8], String)> = Vec::new();
        while let Some(slice) = slices.pop() {
            let size = self.size.at(Instant::now());
            if slice.len() > size {
                let (first, rest) = slice.split_at(size);
                slices.extend([rest, first]);
                continue;
            }
            if slice.is_empty() {
                continue;
            }
            match self.send(slice).await {
                Ended::Stored => stored = true,
                Ended::Resized => slices.push(slice),
                Ended::Refused(reason) => {
                    if let [line] = slice {
                        bad.push((line, reason));
                        if bad.len() == SUSPECT && !stored {
                            stored = self.takes_any(lines).await;
                            if !stored {
                                break;
                            }
                        }
                    } else {
                        let (first, second) = slice.split_at(slice.len() / 2);
                        slices.extend([second, first]);
                    }
                }
            }
        }
        self.conclude(lines, &bad, stored).await
    }

    /// Whether the server takes one of some lines spread over the batch. What it takes here goes twice.
    async fn takes_any(&mut self, lines: &[Vec<u8>]) -> bool {
        for line in lines.iter().step_by((lines.len() / SUSPECT).max(1)) {
            if matches!(self.send(std::slice::from_ref(line)).await, Ended::Stored) {
                return true;
            }
        }
        false
    }

    /// Says how a batch ended.
    async fn conclude(&mut self, lines: &[Vec<u8>], bad: &[(&[u8], String)], stored: bool) -> bool {
        let Some((_, last)) = bad.last() else {
            if !lines.is_empty() {
                self.proven = true;
                self.health.well();
            }
            return true;
        };
        if !stored && (!self.proven || bad.len() >= SUSPECT) {
            self.proven = false;
            self.health.denied(Denial::Other, last);
            return false;
        }
        self.proven |= stored;
        for (line, reason) in bad {
            self.keep(line, reason).await;
        }
        self.health.refused(bad.len(), last);
        true
    }

    /// Sends one slice until the server has it, finds fault with it, or gets on better with fewer lines at once.
    async fn send(&mut self, slice: &[Vec<u8>]) -> Ended {
        let body = slice.join(&b'\n');
        loop {
            let began = Instant::now();
            let outcome = match self.authorise().await {
                Ok(()) => self.transport.write(self.token.as_deref(), &body).await,
                Err(reason) => Outcome::Denied(Denial::TokenFile, reason),
            };
            match outcome {
                Outcome::Stored => return self.stored(slice.len(), began),
                Outcome::Expired(reason) => {
                    self.health.meters().expired.add(slice.len() as u64);
                    tracing::warn!(reason, lines = slice.len(), "samples are older than the time-series server keeps");
                    return self.stored(slice.len(), began);
                }
                Outcome::Malformed(reason) => return Ended::Refused(reason),
                Outcome::TooLarge(reason) if slice.len() == 1 => return Ended::Refused(reason),
                Outcome::TooLarge(reason) => {
                    tracing::info!(reason, lines = slice.len(), "the time-series server takes fewer lines at once");
                    self.size.too_large(slice.len(), Instant::now());
                    return Ended::Resized;
                }
                Outcome::Denied(denial, reason) => {
                    self.health.meters().failures.add(1);
                    let used = self.token.take();
                    // A new token may lie there already: a rotation costs no more than the one refusal.
                    if denial == Denial::Token && self.authorise().await.is_ok() && self.token != used {
                        continue;
                    }
                    self.token = None;
                    self.health.denied(denial, &reason);
                    sleep(self.settings.waits.denied).await;
                }
                Outcome::Later(reason, after) => {
                    self.health.away(began, &reason);
                    self.back_off(after).await;
                }
                Outcome::Silent => {
                    self.health.away(began, "no answer in time");
                    self.size.silent(slice.len());
                    self.back_off(None).await;
                    return Ended::Resized;
                }
            }
        }
    }

    fn stored(&mut self, lines: usize, began: Instant) -> Ended {
        self.health.meters().stored.add(lines as u64);
        self.pause = self.settings.waits.first;
        self.size.stored(lines, began.elapsed() < self.settings.waits.answer / 2);
        Ended::Stored
    }

    /// Waits as long as the server asked for, else longer each time.
    async fn back_off(&mut self, after: Option<Duration>) {
        self.pauses += 1;
        self.health.meters().failures.add(1);
        sleep(after.unwrap_or_else(|| spread(self.pause, self.seed, self.pauses))).await;
        self.pause = (self.pause * 2).min(self.settings.waits.most);
    }

    /// Reads the token, once for as long as the server takes it.
    async fn authorise(&mut self) -> Result<(), String> {
        let (None, Some(path)) = (&self.token, &self.settings.token_file) else { return Ok(()) };
        let text = tokio::fs::read_to_string(path).await;
        let text = text.map_err(|error| format!("{}: {error}", path.display()))?;
        self.token = Some(text.lines().next().unwrap_or_default().trim().to_owned());
        Ok(())
    }

    async fn keep(&self, line: &[u8], reason: &str) {
        tracing::warn!(line = %String::from_utf8_lossy(line), reason, "the time-series server refused a line");
        let (path, line, reason) = (self.settings.refused_file.clone(), line.to_vec(), reason.to_owned());
        let kept = tokio::task::spawn_blocking(move || refused::keep(&path, &line, &reason)).await;
        if !matches!(kept, Ok(Ok(()))) {
            tracing::error!(path = %self.settings.refused_file.display(), ?kept, "cannot keep a refused line");
        }
    }
}

/// `pause`, up to a quarter shorter or longer: gateways that lost the same server do not all come back at once. The
/// `seed` tells them apart; nothing here is random, so that a log explains itself.
fn spread(pause: Duration, seed: u64, number: u64) -> Duration {
    // Fibonacci hashing: the upper bits are well mixed.
    let mixed = (seed ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 56;
    let quarter = pause / 4;
    pause - quarter + quarter * 2 * u32::try_from(mixed).unwrap_or_default() / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_differ_by_a_quarter_at_most_and_between_sites() {
        let second = Duration::from_secs(1);
        let pauses = |seed: u64| (0..200).map(|number| spread(second, seed, number)).collect::<Vec<_>>();
        let (one, other) = (pauses(1), pauses(0x5bd1_e995_1234_5678));
        let bounds = Duration::from_millis(750)..=Duration::from_millis(1_250);
        assert!(one.iter().chain(&other).all(|pause| bounds.contains(pause)));
        assert!(one.iter().zip(&other).filter(|(a, b)| a.abs_diff(**b) > second / 20).count() > 100);
        let sorted = |mut pauses: Vec<Duration>| {
            pauses.sort_unstable();
            pauses[199] - pauses[0]
        };
        assert!(sorted(one) > second * 4 / 10, "they fill the range");
    }
}
