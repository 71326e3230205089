//! `[sounder]`: what sounds on this machine itself.
//!
//! Takes: the table, read as texts.
//! Gives: a checked [`Sounder`].
//! Never: a sounder that drives nothing.

use serde::Deserialize;

use super::Places;
use crate::config::problem::Problems;
use crate::engine::base::is_segment;

/// What sounds on this machine itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sounder {
    /// Name of an ALSA playback device.
    pub alsa: Option<String>,
    /// A device, or an element of one (`device/element`), with the commands `start` and `stop`: on while something sounds.
    pub relay: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct RawSounder {
    alsa: Option<String>,
    relay: Option<String>,
}

/// Checks the table.
pub(super) fn settle(raw: RawSounder, places: &Places<'_>, problems: &Problems) -> Option<Sounder> {
    if raw.alsa.is_none() && raw.relay.is_none() {
        let hint = "name an ALSA device (alsa = \"default\"), a relay, or both";
        problems.error(places.root.spot_of("sounder"), "[sounder] drives nothing", hint);
        return None;
    }
    if let Some(relay) = &raw.relay
        && !(relay.split('/').count() <= 2 && relay.split('/').all(is_segment))
    {
        let hint = "write device, or device/element: it has the commands start and stop";
        problems.error(places.spot("sounder.relay"), format!("\"{relay}\" is no device or point"), hint);
    }
    Some(Sounder { alsa: raw.alsa, relay: raw.relay })
}
