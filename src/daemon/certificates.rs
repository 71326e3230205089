//! The certificates with which the gateway itself comes to brokers: whether they are good, and for how long.
//!
//! Takes: the files that the settings name, the clock.
//! Gives: a fault of the gateway before one ends, and its end for `/metrics`.
//! Never: the console's; whoever serves it looks at the one in use.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::config::daemon::Certificates;
use crate::edge::clock::Clock;
use crate::edge::web::When;
use crate::engine::Part;
use crate::live::Vitals;

/// How often the files are looked at: they are read again at each connection.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Who comes somewhere with a certificate.
const CLIENTS: [&str; 2] = ["mqtt", "sparkplug"];

/// Looks until `stop`.
pub(super) async fn watch(held: Certificates, when: When, clock: Clock, vitals: Arc<Vitals>, stop: CancellationToken) {
    let mut beat = tokio::time::interval(LOOK_EVERY);
    while stop.run_until_cancelled(beat.tick()).await.is_some() {
        let (files, when, vitals) = (held.clone(), when.clone(), Arc::clone(&vitals));
        let looked = tokio::task::spawn_blocking(move || {
            for whose in CLIENTS {
                let named = files.named.iter().find(|named| named.whose == whose);
                let validity = named.and_then(|named| named.validity());
                let fault = validity.and_then(|good| good.fault(clock.now().wall, files.warned, |at| when.date(at)));
                vitals.meters().certificate_ends(whose, validity.map(|good| good.until));
                vitals.report_each(&Part::CertificateOf(whose.to_owned()), fault);
            }
        });
        if let Err(error) = looked.await {
            warn!(%error, "looking at certificates broke");
        }
    }
}
