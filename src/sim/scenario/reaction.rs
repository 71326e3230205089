//! Reads what devices do when they are written to.
//!
//! Takes: `[[reaction]]` tables of a scenario (one device, points by their id) or of the resting values (every device of a
//! profile, points by their key), and the site.
//! Gives: [`Reaction`]s, every trigger an address and every value a raw pattern.
//! Never: a reaction to a write that no device of the site would take.

use std::time::Duration;

use super::keys::{REACTION, WRITE};
use super::read::{INSTANT, fits, setting};
use crate::config::document::{Fields, Node};
use crate::config::problem::did_you_mean;
use crate::engine::profile::{Table, Write, WriteSpec};
use crate::engine::site::{Command, Device, Site};
use crate::sim::encode::Pattern;
use crate::sim::named;
use crate::sim::reaction::{Reaction, Then, Trigger};

const HOUR: Duration = Duration::from_secs(3600);

/// What one table asks for: one reaction for each device and each command it means.
pub(crate) fn reactions(node: Node<'_>, site: &Site) -> Vec<Reaction> {
    let Some(fields) = node.fields(&REACTION) else { return Vec::new() };
    let mut found = Vec::new();
    for number in devices(node, &fields, site) {
        for (element, trigger) in triggers(node, &fields, site, &site.devices[number as usize]) {
            let Some(then) = then(node, &fields, site, &site.devices[number as usize], element) else { return found };
            found.push(Reaction { device: number, trigger, then });
        }
    }
    found
}

fn devices(node: Node<'_>, fields: &Fields<'_>, site: &Site) -> Vec<u32> {
    match (fields.get("device"), fields.get("profile")) {
        (Some(place), None) => {
            let id = place.text().unwrap_or_default();
            let known = site.devices.iter().map(|device| device.id.as_str());
            let device = named::device(site, id);
            if device.is_none() && !id.is_empty() {
                place.error(format!("the site has no device \"{id}\""), did_you_mean(id, known));
            }
            device.into_iter().collect()
        }
        (None, Some(place)) => {
            let profile = place.text().unwrap_or_default();
            // A site need not have a device of every profile that the resting values know.
            (0u32..).zip(&site.devices).filter(|(_, d)| d.profile.id == profile).map(|(number, _)| number).collect()
        }
        _ => {
            node.error("expected one of `device` and `profile`", "");
            Vec::new()
        }
    }
}

/// What sets it off, each with the point its command belongs to.
fn triggers<'s>(
    node: Node<'_>,
    fields: &Fields<'_>,
    site: &'s Site,
    device: &Device,
) -> Vec<(Option<&'s Command>, Trigger)> {
    match (fields.get("verb"), fields.get("write")) {
        (Some(place), None) => {
            let verb = place.text().unwrap_or_default();
            let commands = site.commands.get(device.commands.start as usize..device.commands.end as usize);
            let commands = commands.unwrap_or_default();
            let named = commands.iter().filter(|command| command.spec.verb == verb);
            let found: Vec<_> = named.filter_map(|c| Trigger::of(&c.spec.write).map(|t| (Some(c), t))).collect();
            if found.is_empty() {
                let known = commands.iter().map(|command| command.spec.verb.as_str());
                let (message, hint) = (format!("{} has no command \"{verb}\"", device.id), did_you_mean(verb, known));
                // A site may have a profile of its own under a shipped name.
                if fields.get("profile").is_some() {
                    place.warning(message, hint);
                } else {
                    place.error(message, hint);
                }
            }
            found
        }
        (None, Some(place)) => written(place).map(|trigger| (None, trigger)).into_iter().collect(),
        _ => {
            node.error("expected one of `verb` and `write`", "");
            Vec::new()
        }
    }
}

fn written(node: Node<'_>) -> Option<Trigger> {
    let fields = node.fields(&WRITE)?;
    let table = fields.get("table")?.word(&[("coil", Table::Coil), ("holding", Table::Holding)])?;
    let address = u16::try_from(fields.get("address")?.integer(0..=0xFFFF)?).ok()?;
    let word =
        |key| fields.get(key).and_then(|node| node.integer(0..=0xFFFF)).and_then(|word| u16::try_from(word).ok());
    let bits = word("value")?;
    let mask = word("mask").unwrap_or(u16::MAX);
    match table {
        Table::Coil => Trigger::of(&WriteSpec::Plain { table, address, write: Write::Coil(bits != 0) }),
        _ => Trigger::of(&WriteSpec::Modify { address, mask, bits }),
    }
}

fn then(node: Node<'_>, fields: &Fields<'_>, site: &Site, device: &Device, command: Option<&Command>) -> Option<Then> {
    match (fields.get("set"), fields.get("refuse"), fields.get("nothing")) {
        (Some(set), None, None) => {
            let after = match fields.get("after") {
                Some(node) => node.duration(Duration::ZERO..=HOUR)?,
                None => INSTANT,
            };
            Some(Then::Set(points(set, site, device, command)?, after))
        }
        (None, Some(code), None) => Some(Then::Refuse(u8::try_from(code.integer(1..=255)?).ok()?)),
        (None, None, Some(nothing)) => nothing.boolean()?.then_some(Then::Nothing),
        _ => {
            node.error("expected one of `set`, `refuse` and `nothing`", "");
            None
        }
    }
}

/// Points by their id, by the device's own key, or, in an array, by the field of the command's element.
fn points(set: Node<'_>, site: &Site, device: &Device, command: Option<&Command>) -> Option<Vec<(u32, Pattern)>> {
    let mut found = Vec::new();
    for (name, node) in set.entries()? {
        let key = name.text;
        let mut ids = vec![key.to_owned(), format!("{}/{key}", device.id)];
        ids.extend(command.map(|command| format!("{}.{key}", command.point)));
        let Some(point) = ids.iter().find_map(|id| named::point(site, id)) else {
            let known = site.points_of(device).iter().map(|point| point.id.point());
            let message = format!("{} has no point \"{key}\"", device.id);
            node.problems().error(name.spot, message, did_you_mean(key, known));
            return None;
        };
        found.push((point, fits(node, point, &setting(node)?, site)?));
    }
    Some(found)
}
