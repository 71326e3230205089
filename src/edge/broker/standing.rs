//! How a connection to a broker stands.
//!
//! Takes: that it came about, that it is lost and why, that somebody listens.
//! Gives: when the next attempt is due, and when an absence has lasted so long that it is a fault.
//! Never: a fault for a moment, or twice for one absence.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::no_answer;
use crate::engine::base::Text;

const BACK_OFF_FIRST: Duration = Duration::from_millis(500);
const BACK_OFF_MOST: Duration = Duration::from_secs(10);
/// A connection that lasted this long was a good one: the next attempt follows soon.
const GOOD: Duration = Duration::from_secs(10);
/// A broker, or whoever must listen behind it, that is away for less is no fault.
const AWAY: Duration = Duration::from_secs(2);

/// How it stands.
pub struct Standing {
    /// Since when the broker takes us; none before it does.
    since: Option<Instant>,
    back_off: Duration,
    /// None while somebody listens.
    absence: Option<Absence>,
}

/// How long nobody has listened, and why at first.
struct Absence {
    since: Instant,
    reason: Option<Text>,
    told: bool,
}

impl Standing {
    /// Not connected yet.
    pub fn away() -> Standing {
        Standing { since: None, back_off: BACK_OFF_FIRST, absence: Some(Absence::begin()) }
    }

    /// Whether the broker takes us.
    pub fn is_up(&self) -> bool {
        self.since.is_some()
    }

    /// The broker takes us.
    pub fn taken(&mut self) {
        self.since = Some(Instant::now());
    }

    /// Somebody listens; whether nobody did before.
    pub fn listened(&mut self) -> bool {
        self.absence.take().is_some()
    }

    /// While nobody listens: it is for this reason now.
    pub fn waits(&mut self, reason: Text) {
        if let Some(absence) = &mut self.absence {
            absence.reason = Some(reason);
        }
    }

    /// The connection is gone, or did not come about; `broker` is its name in the log.
    pub fn lost(&mut self, broker: &str, reason: Text) {
        if let Some(since) = self.since.take() {
            tracing::warn!(reason = reason.en, "lost the {broker} broker");
            if since.elapsed() >= GOOD {
                self.back_off = BACK_OFF_FIRST;
            }
        } else {
            tracing::debug!(reason = reason.en, "the {broker} broker does not take us");
        }
        self.absence.get_or_insert_with(Absence::begin).reason.get_or_insert(reason);
    }

    /// When to try again; later each time, until a connection was a good one.
    pub fn next_attempt(&mut self) -> Instant {
        let at = Instant::now() + self.back_off;
        self.back_off = (self.back_off * 2).min(BACK_OFF_MOST);
        at
    }

    /// Waits until an absence is a fault that nobody was told of.
    pub async fn is_fault(&self) {
        match &self.absence {
            Some(absence) if !absence.told => sleep_until(absence.since + AWAY).await,
            _ => std::future::pending().await,
        }
    }

    /// Why nobody listens, for whoever tells it now; none where somebody does.
    pub fn tell(&mut self) -> Option<Text> {
        let absence = self.absence.as_mut()?;
        absence.told = true;
        Some(absence.reason.clone().unwrap_or_else(no_answer))
    }
}

impl Absence {
    fn begin() -> Absence {
        Absence { since: Instant::now(), reason: None, told: false }
    }
}
