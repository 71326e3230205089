//! Gets one batch to the server, whatever the server does.
//!
//! Takes: lines.
//! Gives: back when each of them was stored by the server or kept as refused.
//! Never: gives up, hurries a server that asks for time, or lets one bad line hold up the others.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::health::Health;
use super::transport::Transport;
use super::{Settings, Waits, refused};

/// How one request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server has the lines.
    Stored,
    /// The server finds something wrong in the lines.
    Malformed(String),
    /// The request is larger than the server takes.
    TooLarge(String),
    /// The server does not want us here: token, organisation, bucket or address.
    Denied(String),
    /// Not now; after the given time if the server named one.
    Later(String, Option<Duration>),
}

/// A server may ask us to wait, but not for ever.
const LONGEST_ASKED: Duration = Duration::from_secs(300);

impl Outcome {
    /// What a status means. `words` is what the server said, `after` its `Retry-After` in seconds.
    pub fn of(status: u16, words: &str, after: Option<u64>) -> Outcome {
        let words: String = words.trim().chars().take(200).collect();
        let reason = if words.is_empty() { format!("status {status}") } else { format!("status {status}: {words}") };
        let after = after.map(|seconds| Duration::from_secs(seconds).min(LONGEST_ASKED));
        match status {
            200..=299 => Outcome::Stored,
            400 | 422 => Outcome::Malformed(reason),
            413 => Outcome::TooLarge(reason),
            408 | 425 | 429 | 500..=599 => Outcome::Later(reason, after),
            _ => Outcome::Denied(reason),
        }
    }
}

/// Delivers batches.
pub struct Delivery {
    settings: Settings,
    transport: Transport,
    health: Health,
    token: Option<String>,
    pause: Duration,
}

impl Delivery {
    /// Nothing is sent yet.
    ///
    /// # Errors
    /// The transport cannot be made from these settings; the health is given back to say so.
    pub fn new(settings: Settings, health: Health) -> Result<Delivery, (Health, String)> {
        match Transport::new(&settings) {
            Ok(transport) => {
                let pause = settings.waits.first;
                Ok(Delivery { settings, transport, health, token: None, pause })
            }
            Err(reason) => Err((health, reason)),
        }
    }

    /// How long to wait for what.
    pub fn waits(&self) -> Waits {
        self.settings.waits
    }

    /// Delivers `lines`, however long it takes. What the server finds wrong or too large is halved until it is one line.
    pub async fn deliver(&mut self, lines: Vec<Vec<u8>>) {
        // The next slice to send is the last.
        let mut slices = vec![lines.as_slice()];
        let (mut refused, mut last_reason) = (0, String::new());
        while let Some(slice) = slices.pop() {
            if slice.is_empty() {
                continue;
            }
            let Err(reason) = self.send(slice).await else { continue };
            if let [line] = slice {
                self.keep(line, &reason).await;
                refused += 1;
                last_reason = reason;
            } else {
                let (first, second) = slice.split_at(slice.len() / 2);
                slices.push(second);
                slices.push(first);
            }
        }
        if refused > 0 {
            self.health.refused(refused, &last_reason);
        } else if !lines.is_empty() {
            self.health.well();
        }
    }

    /// Sends one slice until the server has it, or finds fault with it.
    async fn send(&mut self, slice: &[Vec<u8>]) -> Result<(), String> {
        let body = slice.join(&b'\n');
        loop {
            let began = Instant::now();
            let outcome = match self.authorise().await {
                Ok(()) => self.transport.write(self.token.as_deref(), &body).await,
                Err(reason) => Outcome::Denied(reason),
            };
            match outcome {
                Outcome::Stored => {
                    self.pause = self.settings.waits.first;
                    return Ok(());
                }
                Outcome::Malformed(reason) | Outcome::TooLarge(reason) => return Err(reason),
                Outcome::Denied(reason) => {
                    self.token = None;
                    self.health.denied(&reason);
                    sleep(self.settings.waits.denied).await;
                }
                Outcome::Later(reason, after) => {
                    self.health.away(began, &reason);
                    sleep(after.unwrap_or(self.pause)).await;
                    self.pause = (self.pause * 2).min(self.settings.waits.most);
                }
            }
        }
    }

    /// Reads the token, once for as long as the server takes it.
    async fn authorise(&mut self) -> Result<(), String> {
        let (None, Some(path)) = (&self.token, &self.settings.token_file) else { return Ok(()) };
        let text = tokio::fs::read_to_string(path).await;
        let text = text.map_err(|error| format!("token file {}: {error}", path.display()))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_one_meaning() {
        let check = |status: u16, expected: &Outcome| assert_eq!(&Outcome::of(status, " x\n", Some(7)), expected);
        let reason = |status: u16| format!("status {status}: x");
        check(200, &Outcome::Stored);
        check(204, &Outcome::Stored);
        for status in [400, 422] {
            check(status, &Outcome::Malformed(reason(status)));
        }
        check(413, &Outcome::TooLarge(reason(413)));
        for status in [301, 401, 403, 404] {
            check(status, &Outcome::Denied(reason(status)));
        }
        for status in [408, 429, 500, 503] {
            check(status, &Outcome::Later(reason(status), Some(Duration::from_secs(7))));
        }
        assert_eq!(
            Outcome::of(503, "", Some(u64::MAX)),
            Outcome::Later("status 503".into(), Some(LONGEST_ASKED)),
            "a server cannot silence us for ever"
        );
    }
}
