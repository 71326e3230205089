//! What the names in a story stand for.
//!
//! Takes: a site, and the id of a point, a device or a bus.
//! Gives: its index in the site; nothing for a name that the site does not have.
//! Never: a point that cannot be set.

use crate::engine::site::{Endpoint, Site};

/// Whether a bus is a serial line, by index in the site.
pub(super) fn is_line(site: &Site, bus: u32) -> bool {
    site.buses.get(bus as usize).is_some_and(|bus| matches!(bus.endpoint, Endpoint::Serial(_)))
}

/// The point's index in the site.
pub fn point(site: &Site, id: &str) -> Option<u32> {
    // A rate is not set: its counter grows.
    position(site.points.iter().map(|point| if point.is_rate() { "" } else { point.id.as_str() }), id)
}

/// The device's index in the site.
pub fn device(site: &Site, id: &str) -> Option<u32> {
    position(site.devices.iter().map(|device| device.id.as_str()), id)
}

/// The bus's index in the site.
pub fn bus(site: &Site, id: &str) -> Option<u32> {
    position(site.buses.iter().map(|bus| bus.id.as_str()), id)
}

fn position<'a>(mut ids: impl Iterator<Item = &'a str>, id: &str) -> Option<u32> {
    ids.position(|known| known == id).and_then(|at| u32::try_from(at).ok())
}
