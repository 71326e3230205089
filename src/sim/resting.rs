//! How every point stands while nothing happens.
//!
//! Takes: `resting.toml` (a table per class or profile, a value per point) and the site.
//! Gives: [`Resting`]: one raw pattern for every point of the site, what devices do when they are written to, who they say
//! that they are, and what panels print when they are switched on.
//! Never: a value its point could not hold.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::document::{Key, Section, Source};
use crate::config::problem::{Problem, Problems, Spot, did_you_mean};
use crate::engine::profile::{Encoding, Kind, PointSpec, Profile};
use crate::engine::site::{Device, Site};
use crate::sim::encode::{self, Pattern, Setting};
use crate::sim::identity::Identity;
use crate::sim::reaction::Reaction;
use crate::sim::scenario::{self, Change, setting};

/// The resting patterns of a site's points.
#[derive(Clone, Debug, PartialEq)]
pub struct Resting {
    raws: Vec<Pattern>,
    reactions: Vec<Reaction>,
    identities: BTreeMap<u32, Identity>,
    prints: Vec<(Duration, Change)>,
}

static RESTING: Section = Section {
    title: "resting.toml",
    noun: "the resting values",
    keys: &[
        Key { name: "class", takes: "[class.generator]", default: "", meaning: "values of every device of a class" },
        Key { name: "profile", takes: "[profile.deepsea-gencomm]", default: "", meaning: "values of one profile" },
        Key { name: "reaction", takes: "list of tables", default: "", meaning: "what devices do when written to" },
        Key { name: "identity", takes: "list of tables", default: "", meaning: "what devices say of themselves" },
        Key { name: "power-up", takes: "list of tables", default: "", meaning: "what panels print when switched on" },
    ],
};

/// A value of the file, with its own place and its key's.
struct Named {
    setting: Setting,
    spot: Spot,
    key: Spot,
}

impl Resting {
    /// Reads `text`; `file` is how problems call it. Tables are `[class.generator]` or, going first,
    /// `[profile.deepsea-gencomm]`; in them points, or fields of arrays, by their own key. What a class says may not fit
    /// every device of it: that is worth a look, and the device rests as if nothing had been said.
    pub fn parse(file: &str, text: &str, site: &Site) -> Result<(Resting, Vec<Problem>), Vec<Problem>> {
        let problems = Problems::default();
        let source = Source::new(file, text.to_owned());
        let mut named: BTreeMap<(&str, String, String), Named> = BTreeMap::new();
        let (mut reactions, mut identities, mut prints) = (Vec::new(), BTreeMap::new(), Vec::new());
        if let Some(table) = source.parse(&problems) {
            let root = source.root(&table, &RESTING, &problems);
            reactions = root.list("reaction").into_iter().flat_map(|node| scenario::reactions(node, site)).collect();
            identities = root.list("identity").into_iter().flat_map(|node| scenario::identities(node, site)).collect();
            prints = root.list("power-up").into_iter().flat_map(|node| scenario::power_ups(node, site)).collect();
            for kind in ["class", "profile"] {
                for (of, values) in root.entries(kind) {
                    for (name, node) in values.entries().unwrap_or_default() {
                        if let Some(setting) = setting(node) {
                            let value = Named { setting, spot: node.spot(), key: name.spot };
                            named.insert((kind, of.text.to_owned(), name.text.to_owned()), value);
                        }
                    }
                }
            }
        }
        for ((kind, of, key), value) in &named {
            check_key(site, (kind, of, key), &value.key, &problems);
        }
        let mut raws = vec![Pattern::default(); site.points.len()];
        for device in &site.devices {
            for slot in device.points.clone() {
                let point = &site.points[slot as usize];
                let said = key_of(device, point.id.point()).and_then(|key| {
                    let find = |kind, of: &str| named.get(&(kind, of.to_owned(), key.to_owned()));
                    find("profile", &device.profile.id).or_else(|| find("class", &device.profile.class))
                });
                raws[slot as usize] = match said.map(|said| (encode::raw(&point.encoding, &said.setting), said)) {
                    Some((Ok(raw), _)) => raw,
                    Some((Err(misfit), said)) => {
                        problems.warning(said.spot.clone(), format!("{}: {misfit}", point.id), "");
                        unnamed(&point.encoding)
                    }
                    None => unnamed(&point.encoding),
                };
            }
        }
        let failed = problems.has_errors();
        let problems = problems.sorted();
        if failed { Err(problems) } else { Ok((Resting { raws, reactions, identities, prints }, problems)) }
    }

    /// What devices do when they are written to.
    pub fn reactions(&self) -> &[Reaction] {
        &self.reactions
    }

    /// What a device says of itself by function 43, by index in the site; nothing where it refuses to.
    pub fn identity(&self, device: u32) -> Option<&Identity> {
        self.identities.get(&device)
    }

    /// What panels print when they are switched on, and how long after.
    pub fn prints(&self) -> &[(Duration, Change)] {
        &self.prints
    }

    /// The resting pattern of a point, by index in the site.
    pub fn raw(&self, slot: u32) -> Pattern {
        self.raws.get(slot as usize).cloned().unwrap_or_default()
    }
}

/// A key should belong to a profile of its kind, as far as the site has one.
fn check_key(site: &Site, (kind, of, key): (&str, &str, &str), spot: &Spot, problems: &Problems) {
    let mut keys = Vec::new();
    for device in &site.devices {
        let profile = &device.profile;
        if of == if kind == "class" { &profile.class } else { &profile.id } {
            keys.extend(specs(profile).map(|spec| spec.key.as_str()));
        }
    }
    if !keys.is_empty() && !keys.contains(&key) {
        problems.warning(spot.clone(), format!("no {of} of this site has a point \"{key}\""), did_you_mean(key, keys));
    }
}

fn specs(profile: &Profile) -> impl Iterator<Item = &PointSpec> {
    profile.points.iter().chain(profile.arrays.iter().flat_map(|array| &array.fields))
}

/// The profile's own key of a point: its segment, or the field behind the element's name.
fn key_of<'a>(device: &'a Device, segment: &'a str) -> Option<&'a str> {
    if device.profile.points.iter().any(|spec| spec.key == segment) {
        return Some(segment);
    }
    segment.rsplit_once('.').map(|(_, field)| field)
}

/// Where a point that nobody named rests: off, the quiet state or else the first, the middle of what is valid, else zero;
/// a text is empty.
fn unnamed(encoding: &Encoding) -> Pattern {
    if let Some(states) = &encoding.states {
        let quiet = states.iter().find(|state| matches!(state.key.as_str(), "normal" | "none" | "inactive"));
        return Pattern::Field(quiet.or(states.first()).map_or(0, |state| u64::from(state.code)));
    }
    let middle = encoding.valid.map_or(0.0, |(low, high)| low + (high - low) / 2.0);
    let wanted = if let Kind::Text(_) = encoding.kind { Setting::Absent } else { Setting::Number(middle) };
    encode::raw(encoding, &wanted).unwrap_or_else(|_| {
        // A bit, or a number that means "absent": the lowest pattern that does not.
        Pattern::Field((0..=u64::MAX).find(|raw| !encoding.absent.contains(raw)).unwrap_or(0))
    })
}
