//! The site as a Sparkplug B 3.0 edge node: births, changes and deaths over a connection of its own.
//!
//! Takes: readings from [`Board`], links from [`Vitals`], open alarms from [`Picture`].
//! Gives: the topics `spBv1.0/<group>/…/<node>`, and the health of [`Part::Sparkplug`](crate::engine::Part).
//! Never: replays the past (a host that was away is brought up to date), shows an unknown point as a number, or makes anybody
//! wait. Commands are taken only where the settings say so, and pass the gate like everybody's.

mod alarms;
mod bd_seq;
mod certificate;
mod counters;
mod desk;
mod host;
mod link;
mod metrics;
mod outbox;
mod own;
mod payload;
mod session;
mod topics;

pub use counters::Counters;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rumqttc::{AsyncClient, EventLoop, MqttOptions};
use tokio_util::sync::CancellationToken;

pub use crate::config::daemon::Sparkplug as Settings;

use crate::engine::base::Wall;
use crate::engine::site::Site;
use crate::live::{Acts, Board, Picture, Vitals};

/// Everything this edge speaks of.
#[derive(Clone)]
pub struct Feed {
    /// The site.
    pub site: Arc<Site>,
    /// Readings.
    pub board: Arc<Board>,
    /// Links of the devices; takes the health of this edge.
    pub vitals: Arc<Vitals>,
    /// Open alarms, and how commands stand.
    pub picture: Arc<Picture>,
    /// The one door through which people act.
    pub acts: Acts,
    /// The wall clock.
    pub wall: Arc<dyn Fn() -> Wall + Send + Sync>,
    /// The wall clock; nothing while it cannot be trusted. Tells stale commands from fresh ones.
    pub trusted: Arc<dyn Fn() -> Option<Wall> + Send + Sync>,
    /// What this edge did, counted.
    pub counters: Arc<Counters>,
}

/// The keep-alive: a broker that says nothing is given up after twice this.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// The longest an attempt to connect, or a stalled write, may take, in seconds.
const NETWORK_TIMEOUT_S: u64 = 5;
/// Above the birth of the largest device.
const MAX_PACKET: usize = 16 * 1024 * 1024;

/// Speaks until `stop`, then says its death and ends. Connects again by itself for as long as it takes. The number of the
/// last birth is kept in `births`.
pub async fn run(settings: Settings, births: PathBuf, feed: Feed, stop: CancellationToken) {
    let bd_seq = match tokio::task::spawn_blocking(move || bd_seq::BdSeq::open(&births)).await {
        Ok(bd_seq) => bd_seq,
        Err(error) => return tracing::error!(%error, "the number of the last Sparkplug birth cannot be read"),
    };
    let (client, eventloop) = client(&settings, &feed);
    let outbox = outbox::Outbox::new(&settings, feed, client);
    link::Link::new(settings, outbox, eventloop, bd_seq).run(&stop).await;
}

fn client(settings: &Settings, feed: &Feed) -> (AsyncClient, EventLoop) {
    let id = format!("tocsin-{}-sparkplug", feed.site.id);
    let mut options = MqttOptions::new(id, settings.broker.host.clone(), settings.broker.port);
    options.set_keep_alive(KEEP_ALIVE).set_clean_session(true).set_max_packet_size(MAX_PACKET, MAX_PACKET);
    let (client, mut eventloop) = AsyncClient::new(options, outbox::CHANNEL);
    eventloop.network_options.set_connection_timeout(NETWORK_TIMEOUT_S);
    eventloop.network_options.set_tcp_nodelay(true);
    (client, eventloop)
}
