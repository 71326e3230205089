//! What must not be asked of a device, and how it is known again: parts of `[link]`.
//!
//! Takes: `forbidden`, `limits` and `identity`, and the points they must agree with.
//! Gives: [`Region`]s and the [`Identity`].
//! Never: a point that no request may read.

use super::encoding::TABLES;
use super::keys;
use crate::config::document::{Fields, Node};
use crate::config::problem::Problems;
use crate::engine::profile::{Encoding, Identity, Link, Profile, Region};

/// Words that identify a device, at most: what tells kinds apart is short.
const LONGEST_IDENTITY: usize = 16;

/// The regions that no request may touch.
pub fn forbidden(link: &Fields<'_>) -> Vec<Region> {
    let read = |node: Node<'_>| region(&node.fields(&keys::FORBIDDEN)?);
    link.list("forbidden").into_iter().filter_map(read).collect()
}

/// The regions in which a request may ask for fewer addresses; no two of them overlap.
pub fn limits(link: &Fields<'_>) -> Vec<(Region, u16)> {
    let mut limits: Vec<(Region, u16)> = Vec::new();
    for node in link.list("limits") {
        let Some(fields) = node.fields(&keys::LIMIT) else { continue };
        let Some(region) = region(&fields) else { continue };
        let most = fields.get("most").and_then(|node| node.integer(1..=i64::from(region.table.limit())));
        let Some(most) = most.and_then(|most| u16::try_from(most).ok()) else { continue };
        if limits.iter().any(|(other, _)| overlap(other, &region)) {
            node.error("two limits hold for the same addresses", "make them three regions");
        }
        limits.push((region, most));
    }
    limits
}

/// What tells the device from others.
pub fn identity(link: &Fields<'_>) -> Option<Identity> {
    let fields = link.get("identity")?.fields(&keys::IDENTITY)?;
    let table = fields.get("table").and_then(|node| {
        let table = node.word(&TABLES)?;
        if table.is_bits() {
            node.error("an identity is words", "table = \"holding\" or \"input\"");
        }
        Some(table)
    });
    let address = fields.get("address").and_then(|node| node.integer(0..=65535));
    let accept = fields.get("accept")?;
    let words = |node: Node<'_>| -> Option<Vec<u16>> {
        let word = |node: Node<'_>| node.integer(0..=65535).and_then(|word| u16::try_from(word).ok());
        if matches!(node.value(), toml::de::DeValue::Array(_)) {
            node.list()?.into_iter().map(word).collect()
        } else {
            Some(vec![word(node)?])
        }
    };
    let given: Vec<Vec<u16>> = accept.list()?.into_iter().map(words).collect::<Option<_>>()?;
    let length = given.first().map_or(0, Vec::len);
    if !(1..=LONGEST_IDENTITY).contains(&length) || given.iter().any(|words| words.len() != length) {
        accept.error("an identity is 1 to 16 words, and as many in each that is accepted", "accept = [[0x1234, 2]]");
        return None;
    }
    let address = u16::try_from(address?).ok()?;
    if usize::from(address) + length > 65_536 {
        accept.error("the identity reaches beyond address 65535", "");
    }
    Some(Identity { table: table?, address, accept: given })
}

fn region(fields: &Fields<'_>) -> Option<Region> {
    let address = |key| {
        let node = fields.get(key)?;
        node.integer(0..=65535).and_then(|address| u16::try_from(address).ok()).map(|address| (address, node))
    };
    let table = fields.get("table").and_then(|node| node.word(&TABLES));
    let ((first, _), (last, node)) = (address("first")?, address("last")?);
    if first > last {
        node.error(format!("the region {first} to {last} is empty"), "\"last\" is its last address");
        return None;
    }
    Some(Region { table: table?, first, last })
}

fn overlap(one: &Region, other: &Region) -> bool {
    one.table == other.table && one.first <= other.last && other.first <= one.last
}

/// Reports what could never be read: a point or an identity in a forbidden region, or across the border of a limited one.
pub fn check(profile: &Profile, root: &Fields<'_>, problems: &Problems) {
    let Some(fields) = root.get("link").and_then(|node| node.fields(&keys::LINK)) else { return };
    let report = |who: &str, place: Region| {
        let Some((key, message)) = obstacle(&profile.link, &place) else { return false };
        problems.error(fields.spot_of(key), format!("{who} at {} {message}", place.first), "no request could read it");
        true
    };
    if let Some(identity) = &profile.link.identity {
        let length = identity.accept.first().map_or(1, Vec::len);
        let last = identity.address.saturating_add(u16::try_from(length - 1).unwrap_or(u16::MAX));
        report("the identity", Region { table: identity.table, first: identity.address, last });
    }
    if let Some(memory) = &profile.memory {
        let place =
            |first: u16, words: u16| Region { table: memory.table, first, last: first.saturating_add(words - 1) };
        if let Some(counter) = memory.counter {
            report("the counter of the memory", place(counter, 1));
        }
        let firsts = (0..memory.entries).map(|number| memory.first.saturating_add(number * memory.stride));
        // One sentence says it for all of them.
        firsts.map(|first| place(first, memory.stride)).any(|entry| report("an entry of the memory", entry));
    }
    for point in &profile.points {
        report(&format!("\"{}\"", point.key), place(&point.encoding, 0));
    }
    for array in &profile.arrays {
        let affine = array.address;
        'elements: for number_of_loop in array.loops.0..=array.loops.1 {
            for index in array.indices.0..=array.indices.1 {
                let base =
                    affine.constant + affine.per_loop * i32::from(number_of_loop) + affine.per_index * i32::from(index);
                for field in &array.fields {
                    let who = || format!("\"{}\" of \"{}\" loop {number_of_loop} index {index}", field.key, array.key);
                    let place = place(&field.encoding, u16::try_from(base).unwrap_or(0));
                    if obstacle(&profile.link, &place).is_some() && report(&who(), place) {
                        break 'elements;
                    }
                }
            }
        }
    }
}

fn place(encoding: &Encoding, base: u16) -> Region {
    let first = encoding.address.saturating_add(base);
    Region { table: encoding.table, first, last: first.saturating_add(encoding.width().saturating_sub(1)) }
}

/// The key of what keeps every request from a place, and why.
fn obstacle(link: &Link, place: &Region) -> Option<(&'static str, String)> {
    if let Some(region) = link.forbidden.iter().find(|region| overlap(region, place)) {
        return Some(("forbidden", format!("lies in the forbidden region {} to {}", region.first, region.last)));
    }
    let (region, most) = link.limits.iter().find(|(region, _)| overlap(region, place))?;
    let (first, last) = (region.first, region.last);
    if place.first < first || place.last > last {
        return Some(("limits", format!("crosses the border of the limited region {first} to {last}")));
    }
    (place.last - place.first >= *most)
        .then(|| ("limits", format!("is wider than the {most} that the region {first} to {last} allows")))
}
