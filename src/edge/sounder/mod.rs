//! The sounder of this machine: what sounds at the desk is heard also where no browser runs.
//!
//! Takes: the shown state.
//! Gives: its tone through ALSA and at a relay, and the health of [`Part::Sounder`] and [`Part::Relay`].
//! Never: silence that nobody notices. The device is kept open and fed also while nothing sounds, so that one that is gone
//! is announced before there is a fire.

mod player;
mod relay;
mod wave;

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::engine::Part;
use crate::engine::site::Site;
use crate::live::{Acts, Picture, Vitals};

/// How the sounder is driven.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Name of an ALSA playback device; without one nothing is played.
    pub alsa: Option<String>,
    /// A device, or an element of one, that is started while something sounds and stopped after it.
    pub relay: Option<String>,
}

/// What it follows, and by what it acts.
#[derive(Clone)]
pub struct Feed {
    /// The site.
    pub site: Arc<Site>,
    /// The shown state.
    pub picture: Arc<Picture>,
    /// Where faults are told.
    pub vitals: Arc<Vitals>,
    /// The door for the relay's commands.
    pub acts: Acts,
}

/// The waits before the first, second, … start in a row that did not hold; then always the last.
const PAUSES: [Duration; 5] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
];

/// How long to wait after `failures` failures in a row (at least one).
fn pause_after(failures: usize) -> Duration {
    PAUSES[failures.clamp(1, PAUSES.len()) - 1]
}

/// Sounds until `stop`. What is not configured is well: a fault of an earlier start is over.
pub async fn run(settings: Settings, feed: Feed, stop: CancellationToken) {
    let play = async {
        match &settings.alsa {
            Some(device) => player::run(device, &feed).await,
            None => feed.vitals.report(Part::Sounder, None),
        }
    };
    let drive = async {
        match &settings.relay {
            Some(relay) => relay::run(relay, &feed).await,
            None => feed.vitals.report(Part::Relay, None),
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        _ = async { tokio::join!(play, drive) } => {}
    }
}
