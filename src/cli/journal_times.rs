//! Times of a record on the command line: as a person writes them, and as the site's clocks show them.
//!
//! Takes: an argument; a state directory.
//! Gives: the moment; the time zone.
//! Never: a time without an offset: whoever reads a record elsewhere must mean the same moment.

use std::path::Path;

use anyhow::{Result, anyhow};
use jiff::tz::TimeZone;

use crate::daemon::accepted;
use crate::edge::web::When;
use crate::engine::base::Wall;
use crate::live::document::zone;

/// Reads a time of the command line.
pub(super) fn time(name: &str, text: Option<&str>) -> Result<Option<Wall>> {
    text.map(|text| {
        When::parse(text).ok_or_else(|| {
            anyhow!("--{name} {text}: not a time; write RFC 3339 with an offset: 2026-03-01T08:00:00+08:00")
        })
    })
    .transpose()
}

/// The time zone of the site whose state this is; this machine's where none was accepted yet.
pub(super) fn zone_of(state: &Path) -> TimeZone {
    accepted::load(state).map_or_else(|_| TimeZone::system(), |(site, _)| zone(&site))
}
