//! The site every seed plays on, as a site is configured: `tests/simulation/site`, with its linkages.

use std::path::Path;
use std::sync::Arc;

use tocsin::config;
use tocsin::engine::site::Site;
use tocsin::sim::{Resting, Scenario, World};

/// Reads it.
pub fn site() -> Arc<Site> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = config::load(&root.join("tests/simulation/site"), &[root.join("device-profiles")]);
    let (site, doubts) = read.unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert!(doubts.is_empty(), "{doubts:#?}");
    Arc::new(site)
}

/// Its field at rest: each seed begins with a copy.
pub fn field(site: &Arc<Site>) -> World {
    let resting = tocsin::sim::shipped::RESTING.to_owned() + include_str!("reactions.toml");
    let (resting, _) =
        Resting::parse("resting.toml", &resting, site).unwrap_or_else(|problems| panic!("{problems:#?}"));
    World::new(Arc::clone(site), &resting, Scenario::default(), 0)
}
