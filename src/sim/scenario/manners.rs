//! Reads how devices behave by themselves: who they say that they are, and what they print when they are switched on.
//!
//! Takes: `[[identity]]` and `[[power-up]]` tables of the resting values, and the site.
//! Gives: an [`Identity`] for each device of the profile, and the prints with their moments.
//! Never: a line that a panel of another kind would print.

use std::time::Duration;

use super::Change;
use super::keys::{IDENTITY, POWER_UP};
use super::read::printed;
use crate::config::document::Node;
use crate::engine::site::{Device, Site};
use crate::sim::identity::Identity;

/// How long a panel takes to print, when nothing is said.
const USUAL: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// What one table says, for each device of its profile.
pub(crate) fn identities(node: Node<'_>, site: &Site) -> Vec<(u32, Identity)> {
    let Some(fields) = node.fields(&IDENTITY) else { return Vec::new() };
    let text = |key| fields.get(key).and_then(Node::text).unwrap_or_default().to_owned();
    let identity = Identity { vendor: text("vendor"), product: text("product"), revision: text("revision") };
    devices(site, &text("profile")).map(|(number, _)| (number, identity.clone())).collect()
}

/// What one table has panels print, for each panel of its profile.
pub(crate) fn power_ups(node: Node<'_>, site: &Site) -> Vec<(Duration, Change)> {
    let Some(fields) = node.fields(&POWER_UP) else { return Vec::new() };
    let after = fields.get("after").map_or(Some(USUAL), |node| node.duration(Duration::ZERO..=HOUR)).unwrap_or(USUAL);
    let (Some(whose), Some(text)) = (fields.get("profile"), fields.get("text")) else { return Vec::new() };
    let panels = devices(site, whose.text().unwrap_or_default());
    panels.filter_map(|(_, panel)| Some((after, printed(whose, panel, text)?))).collect()
}

/// A site need not have a device of every profile that the resting values know.
fn devices<'s>(site: &'s Site, profile: &str) -> impl Iterator<Item = (u32, &'s Device)> {
    (0u32..).zip(&site.devices).filter(move |(_, device)| device.profile.id == profile)
}
