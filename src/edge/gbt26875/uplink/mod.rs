//! The site to a city centre: Tocsin as a user information transmission device.
//!
//! Takes: committed facts by a cursor of its own, the shown state, and what the centre asks.
//! Gives: reports, fire first, each until the centre has confirmed it; answers; and the health of
//! [`Part::Uplink`](crate::engine::Part).
//! Never: sets the clock of this machine, initialises anything because the centre says so, or forgets an alarm: what
//! could not be reported waits for the next connection.

mod address;
mod answers;
mod reader;
mod saying;
mod sending;
mod session;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

pub use reader::Facts;
pub use sending::Bounds;

use crate::edge::clock::Clock;
use crate::edge::gbt26875::frame::Dialect;
use crate::engine::Part;
use crate::engine::base::{Text, in_chinese};
use crate::engine::site::Site;
use crate::live::{Picture, Vitals};
use reader::Reader;
use saying::Saying;
use sending::{Item, Sending};
use session::{Ended, Session};
use wire::Wire;

/// Where the centre is and how it is spoken to.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// `host:port`.
    pub centre: String,
    /// Over UDP instead of TCP.
    pub udp: bool,
    /// Our address; six bytes.
    pub source: u64,
    /// The centre's address; six bytes.
    pub destination: u64,
    /// The two version bytes, as they are sent.
    pub version: [u8; 2],
    /// How frames are written.
    pub dialect: Dialect,
    /// Times and counts.
    pub bounds: Bounds,
}

/// What the uplink lives on.
pub struct Feed {
    /// The site.
    pub site: Arc<Site>,
    /// The shown state.
    pub picture: Arc<Picture>,
    /// Where the uplink's health goes.
    pub vitals: Arc<Vitals>,
    /// The journal.
    pub source: Arc<dyn Facts>,
    /// The clock.
    pub clock: Clock,
}

/// The waits before the first, second, … attempt after a failure; then always the last.
const PAUSES: [Duration; 5] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
];
/// How long to wait after our own disk failed.
const RETRY: Duration = Duration::from_secs(1);

/// Reports until `stop`.
pub async fn run(settings: Settings, feed: Feed, stop: CancellationToken) {
    tokio::select! {
        () = report(&settings, &feed) => {}
        () = stop.cancelled() => {}
    }
}

async fn report(settings: &Settings, feed: &Feed) {
    let saying = Arc::new(Saying::new(Arc::clone(&feed.site)));
    let mut sending = Sending::new(settings.bounds, feed.clock.now().mono);
    let mut reader = begin(feed, &saying, &mut sending).await;
    feed.vitals.report(Part::DutyCheck, None);
    let mut session = Session::new(settings.clone(), Arc::clone(&saying), feed);
    let mut failures = 0_usize;
    loop {
        let ended = match Wire::open(&settings.centre, settings.udp, settings.dialect).await {
            Ok(wire) => {
                sending.begin(feed.clock.now().mono);
                session.run(wire, &mut sending, &mut reader).await
            }
            Err(error) => Ended { why: error.to_string(), was_heard: false },
        };
        reader.store(&sending).await;
        // A centre that hangs up after it was heard is called again at once, and only announced when it does not answer.
        failures = if ended.was_heard { 0 } else { failures + 1 };
        tracing::warn!(centre = settings.centre, why = ended.why, failures, "the centre is not reached");
        if failures > 0 {
            let why = ended.why;
            feed.vitals.report(
                Part::Uplink,
                Some(Text::new(
                    &format!("与城市消防远程监控中心 {} 的通信失败：{}", settings.centre, in_chinese(&why)),
                    &format!("communication with the centre {} failed: {why}", settings.centre),
                )),
            );
        }
        session.pause(PAUSES[failures.min(PAUSES.len() - 1)]).await;
    }
}

/// Where the last start left off. A centre that never heard of this site is told its present state and not its past.
async fn begin(feed: &Feed, saying: &Arc<Saying>, sending: &mut Sending) -> Reader {
    let cursor = loop {
        let source = Arc::clone(&feed.source);
        match tokio::task::spawn_blocking(move || source.cursor()).await {
            Ok(Ok(cursor)) => break cursor,
            other => tracing::warn!(?other, "cannot read the cursor of the uplink"),
        }
        sleep(RETRY).await;
    };
    let reader =
        |position| Reader::new(Arc::clone(&feed.source), Arc::clone(saying), Arc::clone(&feed.picture), position);
    if cursor > 0 {
        return reader(cursor);
    }
    let committed = *feed.source.committed().borrow();
    let state = feed.picture.state();
    for (lane, adu) in saying.present(&state, feed.clock.now().wall) {
        sending.push(Item { seq: committed.max(1), lane, adu });
    }
    reader(committed)
}
