//! The site on an MQTT broker: what is now as retained topics, what happened as a gapless stream (design §6).
//!
//! Takes: committed facts through [`EventSource`], readings from [`Board`], links from [`Vitals`].
//! Gives: the topics below `tocsin/<site>/`, and the health of [`Part::Mqtt`](crate::engine::Part).
//! Never: keeps a queue of its own (the journal's cursor is the only one), or makes anybody wait. Commands have a connection
//! of their own, and only where a token file is named.

mod alarms;
mod backlog;
mod client;
mod commands;
mod devices;
mod discovery;
mod link;
mod outbox;
mod overview;
mod payloads;
mod points;
mod sweep;
mod topics;
mod window;

pub use alarms::Alarms;
pub use commands::{Door, TrustedClock, take_commands};
pub use topics::Topics;

pub use crate::config::daemon::{Broker, HomeAssistant, Mqtt as Settings, MqttVersion, Tls};

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::engine::alarm::{Fact, State};
use crate::engine::base::Wall;
use crate::engine::site::Site;
use crate::live::{Board, Vitals};

/// The journal as this edge needs it. The three calls that block are made off the asynchronous threads.
pub trait EventSource: Send + Sync + 'static {
    /// The last durable fact, and every change of it.
    fn committed(&self) -> watch::Receiver<u64>;
    /// Sequence number of the last event that a broker acknowledged.
    ///
    /// # Errors
    /// What the disk said.
    fn cursor(&self) -> Result<u64, String>;
    /// Every event up to `seq` was acknowledged.
    ///
    /// # Errors
    /// What the disk said; it is tried again.
    fn advance(&self, seq: u64) -> Result<(), String>;
    /// At most `limit` facts after `after`, in order and without a gap.
    ///
    /// # Errors
    /// What the disk said; it is tried again.
    fn read(&self, after: u64, limit: usize) -> Result<Vec<Fact>, String>;
}

/// Reads the wall clock; `daemon` gives it.
pub type WallClock = Arc<dyn Fn() -> Wall + Send + Sync>;

/// Everything this edge publishes from.
#[derive(Clone)]
pub struct Feed {
    /// The site.
    pub site: Arc<Site>,
    /// Readings.
    pub board: Arc<Board>,
    /// Links of the devices; takes the health of this edge.
    pub vitals: Arc<Vitals>,
    /// The state recovered at start; later facts come from the source.
    pub state: State,
    /// Epoch of this process.
    pub epoch: u32,
    /// The journal.
    pub source: Arc<dyn EventSource>,
    /// For `t_sent` and `valid_until`.
    pub wall: WallClock,
}

/// Above everything we send and every retained message we may find on our own topics, in bytes.
const MAX_PACKET: usize = 16 * 1024 * 1024;

impl Settings {
    /// The client id of the connection that publishes.
    fn own_id(&self, site: &Site) -> String {
        self.client_id.clone().unwrap_or_else(|| format!("tocsin-{}", site.id))
    }
}

/// Publishes until `stop`, then says `offline` and ends. Connects again by itself for as long as it takes.
pub async fn run(settings: Settings, feed: Feed, stop: CancellationToken) {
    let mut topics = topics::Topics::new(&settings.prefix, &feed.site.id);
    let discovery = settings.home_assistant.as_ref().map(|to| {
        topics.announce(&to.prefix);
        discovery::Discovery::new(to, &feed.site)
    });
    let session = client::Session {
        id: settings.own_id(&feed.site),
        channel: outbox::CHANNEL,
        largest: MAX_PACKET,
        will: Some(payloads::will(&topics, feed.epoch)),
    };
    let (acknowledged, kept) = watch::channel(0);
    let cursor = tokio::spawn(backlog::keep_cursor(Arc::clone(&feed.source), kept));
    let Some(from) = backlog::first_cursor(&feed.source, &stop).await else { return };
    let outbox = outbox::Outbox::new(feed, topics, discovery, acknowledged, from);
    link::Link::new(settings, session, outbox).run(&stop).await;
    // The link has dropped the sender, so the task ends once the last acknowledgement is stored.
    if let Err(error) = cursor.await {
        tracing::error!(%error, "the cursor of MQTT was not stored");
    }
}
