//! `site.toml`, `conf.d/*.toml`, point lists and profiles -> one checked [`Site`].
//!
//! Takes: the site folder and the folders of profiles; the first folder that has a profile wins, and the site's own
//! `device-profiles` comes before all of them. Its own `device-classes` come before those the binary carries.
//! Gives: [`load`] (strict, for `check`) and [`load_lenient`] (for `run`).
//! Never: a site with a bus, place or time that was not checked.

mod bus;
mod device;
mod floor_plan;
pub mod keys;
mod list;
mod places;
mod plan;
mod said;
mod settings;

pub use floor_plan::read_drawing;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use toml::Spanned;
use toml::de::DeTable;

use super::class;
use super::document::{Fields, Node, Source};
use super::layout::{self, MORE, TESTS};
use super::linkage;
use super::problem::{Problem, Problems, Severity, Spot, did_you_mean};
use crate::engine::base::{SiteId, Text, Wall, Zone};
use crate::engine::class::Classes;
use crate::engine::profile::Profile;
use crate::engine::site::{CodeLayout, ListedPoint, PlanKind, Site};

/// Reads a site. Gives it with what is worth a look, or everything that is wrong.
pub fn load(folder: &Path, profile_folders: &[PathBuf]) -> Result<(Site, Vec<Problem>), Vec<Problem>> {
    let read = read(folder, profile_folders);
    match read.site {
        Some(site) if !read.devices.has_errors() => {
            read.problems.extend(read.devices.sorted());
            Ok((site, read.problems.sorted()))
        }
        _ => {
            read.problems.extend(read.devices.sorted());
            Err(read.problems.sorted())
        }
    }
}

/// Reads a site in which a wrong device disables only itself: it stays with [`crate::engine::site::Device::refused`]
/// and without points. Gives every problem beside the site, also those of refused devices. What is wrong with the site
/// itself, its buses or its places still refuses the whole.
pub fn load_lenient(folder: &Path, profile_folders: &[PathBuf]) -> Result<(Site, Vec<Problem>), Vec<Problem>> {
    let read = read(folder, profile_folders);
    read.problems.extend(read.devices.sorted());
    let problems = read.problems.sorted();
    read.site.map_or_else(|| Err(problems.clone()), |site| Ok((site, problems.clone())))
}

/// Reads the point list of a device that is in no site yet: its elements without their places.
pub fn read_list(name: &str, bytes: &[u8], profile: &Profile) -> Result<Vec<ListedPoint>, Vec<Problem>> {
    let problems = Problems::default();
    let panel = list::Panel { profile, places: None, building: None };
    let points = list::read(name, bytes, &panel, &problems);
    if problems.has_errors() { Err(problems.sorted()) } else { Ok(points) }
}

struct Outcome {
    /// Nothing when the site as a whole is refused.
    site: Option<Site>,
    /// Of the site as a whole.
    problems: Problems,
    /// Of single devices, their profiles and lists.
    devices: Problems,
}

fn read(folder: &Path, profile_folders: &[PathBuf]) -> Outcome {
    let problems = Problems::default();
    let mut parts = Parts::default();
    let sources = sources(folder, &mut parts, &problems);
    let tables: Vec<(&Source, Option<Spanned<DeTable<'_>>>)> =
        sources.iter().map(|source| (source, source.parse(&problems))).collect();
    if problems.has_errors() {
        // With a file missing, every reference into it would be reported too.
        return Outcome { site: None, problems, devices: Problems::default() };
    }
    let roots: Vec<Fields<'_>> = tables
        .iter()
        .filter_map(|(source, table)| Some(source.root(table.as_ref()?, &keys::FILE, &problems)))
        .collect();
    let mut site = identity(&roots, &problems);
    let all = |key: &'static str| roots.iter().flat_map(move |root| root.list(key));
    let mut places = places::Places::default();
    places.read_buildings(all("building"));
    places.read_zones(all("zone"));
    site.buildings.clone_from(&places.buildings);
    site.buses = bus::read(all("bus"));
    let mut folders = vec![layout::profiles(folder)];
    folders.extend(profile_folders.iter().filter(|path| **path != folders[0]).cloned().collect::<Vec<_>>());
    let classes = classes(folder, &mut parts, &problems);
    site.classes = Arc::clone(&classes);
    let mut devices = device::Devices::new(folder, &folders, &places, &classes, &mut parts);
    for node in all("device") {
        devices.read(node, &mut site);
    }
    devices.find_panels(&mut site);
    devices.find_supplies(&mut site);
    // Lists that grew by doubling hold room for as much again; a site of a hundred thousand points stays as it is.
    site.points.shrink_to_fit();
    site.rules.shrink_to_fit();
    let devices = devices.problems;
    site.plans = plan::read(PlanKind::Patrol, all("patrol"), &places, &site);
    site.plans.extend(plan::read(PlanKind::Maintenance, all("maintenance"), &places, &site));
    let mut plans = floor_plan::Reader { folder, places: &places, site: &site, parts: &mut parts };
    site.floor_plans = plans.read(all("plan"));
    let own = Problems::default();
    site.linkages = linkage::read(all("linkage"), &site, &own);
    settle_linkages(&mut site, own, &problems, &devices);
    if site.devices.is_empty() {
        problems.warning(Spot::file(layout::SITE), "the site has no devices", "add [[device]] here or in conf.d");
    } else if all("bus").next().is_none() {
        problems.error(Spot::file(layout::SITE), "the site has devices but no bus", "add [[bus]] here or in conf.d");
    }
    site.hash = parts.hash();
    let fine = !problems.has_errors();
    if fine {
        // Beside the devices' problems: too slow a bus is refused when it is checked, but it is better than none.
        bus::check_ages(&site, all("bus"), &devices);
    }
    Outcome { site: fine.then_some(site), problems, devices }
}

/// The shipped classes and the site's own. Where its own are wrong the shipped ones serve to find what else is.
fn classes(folder: &Path, parts: &mut Parts, problems: &Problems) -> Arc<Classes> {
    let own = class::own(folder).unwrap_or_else(|wrong| {
        problems.extend(wrong);
        Vec::new()
    });
    for (name, text) in class::files().chain(own.iter().cloned()) {
        parts.add(&format!("{}/{name}", class::FOLDER), text.as_bytes());
    }
    if own.is_empty() {
        return class::shipped();
    }
    match class::read(own) {
        Ok((classes, warnings)) => {
            problems.extend(warnings);
            Arc::new(classes)
        }
        Err(wrong) => {
            problems.extend(wrong);
            class::shipped()
        }
    }
}

/// What a site would refuse of a text with linkages.
pub fn refusals(text: &str, site: &Site) -> Vec<Problem> {
    let problems = Problems::default();
    let source = Source::new("linkages", text.to_owned());
    if let Some(table) = source.parse(&problems) {
        let root = source.root(&table, &keys::FILE, &problems);
        linkage::read(root.list("linkage"), site, &problems);
    }
    problems.sorted().into_iter().filter(|problem| problem.severity == Severity::Error).collect()
}

/// The texts in which a site's tests of rules may stand: those of its folder of tests, and its own files.
pub fn texts(folder: &Path, problems: &Problems) -> (Vec<Source>, Vec<Source>) {
    let mut own = Vec::new();
    for name in files(&folder.join(TESTS), "toml") {
        let name = format!("{TESTS}/{name}");
        match fs::read_to_string(folder.join(&name)) {
            Ok(text) => own.push(Source::new(&name, text)),
            Err(error) => problems.error(Spot::file(&name), format!("cannot be read: {error}"), ""),
        }
    }
    (own, sources(folder, &mut Parts::default(), problems))
}

/// The linkages of a site in words, as they are written in its files.
pub fn described(folder: &Path, site: &Site) -> Vec<linkage::Described> {
    let (mut parts, problems) = (Parts::default(), Problems::default());
    let sources = sources(folder, &mut parts, &problems);
    let tables: Vec<_> = sources.iter().filter_map(|source| Some((source, source.parse(&problems)?))).collect();
    let roots: Vec<Fields<'_>> =
        tables.iter().map(|(source, table)| source.root(table, &keys::FILE, &problems)).collect();
    linkage::describe(roots.iter().flat_map(|root| root.list("linkage")), site)
}

/// What is wrong with linkages is wrong with the site. While a device is refused, a linkage may only lack what that device
/// would bring: then nothing is said of it but that it is left out, and the device's fault says so too.
fn settle_linkages(site: &mut Site, own: Problems, problems: &Problems, devices: &Problems) {
    let failed = own.errors();
    match site.devices.iter_mut().find_map(|device| device.refused.as_mut()).filter(|_| failed > 0) {
        Some(reason) => {
            reason.push_str("; linkages that may need it are left out");
            let message = format!("{failed} findings in linkages are not shown while a device is refused");
            devices.warning(Spot::file(layout::SITE), message, "put the device right first");
        }
        None => problems.extend(own.sorted()),
    }
}

fn sources(folder: &Path, parts: &mut Parts, problems: &Problems) -> Vec<Source> {
    let names = std::iter::once(layout::SITE.to_owned())
        .chain(files(&folder.join(MORE), "toml").into_iter().map(|name| format!("{MORE}/{name}")));
    let mut sources = Vec::new();
    for name in names {
        match fs::read(folder.join(&name)) {
            Ok(bytes) => {
                parts.add(&name, &bytes);
                match String::from_utf8(bytes) {
                    Ok(text) => sources.push(Source::new(&name, text)),
                    Err(_) => problems.error(Spot::file(&name), "is not UTF-8 text", "save it as UTF-8"),
                }
            }
            Err(error) => problems.error(Spot::file(&name), format!("cannot be read: {error}"), ""),
        }
    }
    sources
}

/// Names of the files in `folder` that end in `.extension`, sorted, hidden ones left out.
fn files(folder: &Path, extension: &str) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|found| found == extension))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}

fn identity(roots: &[Fields<'_>], problems: &Problems) -> Site {
    let mut site = Site { name: Text::default(), ..Site::new(SiteId::new("")) };
    let mut once = Once::new("table");
    for root in roots.iter().filter(|root| root.get("site").is_some()) {
        once.see("[site]", root.spot_of("site"), problems);
    }
    let Some(node) = roots.iter().find_map(|root| root.get("site")) else {
        problems.error(Spot::file(layout::SITE), "there is no [site]", "add [site] with id, name and timezone");
        return site;
    };
    let Some(fields) = node.fields(&keys::SITE) else { return site };
    if let Some(id) = fields.get("id").and_then(Node::segment) {
        site.id = SiteId::new(id);
    }
    site.name = fields.get("name").and_then(Node::both_languages).unwrap_or_default();
    site.timezone = fields.get("timezone").and_then(timezone).unwrap_or_default();
    site.zone = offsets(&site.timezone);
    site.shifts = fields.get("shifts").map(shifts).unwrap_or_default();
    site.code_layout = fields.get("code-layout").and_then(code_layout).unwrap_or_default();
    settings::read(&fields, &mut site.settings);
    site
}

/// Times of day, as minutes after midnight, in order.
fn shifts(node: Node<'_>) -> Vec<u16> {
    let mut minutes: Vec<u16> = node.list().unwrap_or_default().into_iter().filter_map(time_of_day).collect();
    minutes.sort_unstable();
    minutes.dedup();
    minutes
}

fn time_of_day(node: Node<'_>) -> Option<u16> {
    let text = node.text()?;
    let number = |text: &str| text.parse::<u16>().ok().filter(|_| text.len() == 2);
    let read = text.split_once(':').and_then(|(hour, minute)| Some((number(hour)?, number(minute)?)));
    match read {
        Some((hour, minute)) if hour < 24 && minute < 60 => Some(hour * 60 + minute),
        _ => {
            node.error(format!("\"{text}\" is no time of day"), "write 08:00");
            None
        }
    }
}

fn code_layout(node: Node<'_>) -> Option<CodeLayout> {
    let text = node.text()?;
    let layout = CodeLayout::new(text);
    if layout.is_none() {
        let hint = "six letters, one for each digit: F floor, B building, D device, such as FFBDDD";
        node.error(format!("\"{text}\" is no layout of a secondary code"), hint);
    }
    layout
}

fn timezone(node: Node<'_>) -> Option<String> {
    let text = node.text()?;
    if jiff::tz::TimeZone::get(text).is_ok() {
        return Some(text.to_owned());
    }
    let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    if known.is_empty() {
        node.error("this machine has no time zone data", "install the package tzdata");
    } else {
        let hint = match did_you_mean(text, known.iter().map(String::as_str)) {
            near if near.starts_with("did you mean") => near,
            _ => "an IANA name such as \"Asia/Shanghai\"".to_owned(),
        };
        node.error(format!("unknown time zone \"{text}\""), hint);
    }
    None
}

/// The zone's offsets over the years a gateway may run.
fn offsets(timezone: &str) -> Zone {
    let Ok(zone) = jiff::tz::TimeZone::get(timezone) else { return Zone::default() };
    let (Ok(from), Ok(until)) = (jiff::Timestamp::from_second(ZONE_FROM), jiff::Timestamp::from_second(ZONE_UNTIL))
    else {
        return Zone::default();
    };
    let first = (Wall(from.as_microsecond()), zone.to_offset(from).seconds());
    let later = zone.following(from).take_while(|change| change.timestamp() < until);
    let later = later.map(|change| (Wall(change.timestamp().as_microsecond()), change.offset().seconds()));
    Zone { changes: std::iter::once(first).chain(later).collect() }
}

/// 2020-01-01T00:00:00Z and 2080-01-01T00:00:00Z.
const ZONE_FROM: i64 = 1_577_836_800;
const ZONE_UNTIL: i64 = 3_471_292_800;

/// Reports what is defined twice, naming both places.
struct Once {
    what: &'static str,
    seen: BTreeMap<String, Spot>,
}

impl Once {
    fn new(what: &'static str) -> Once {
        Once { what, seen: BTreeMap::new() }
    }

    fn see(&mut self, name: &str, spot: Spot, problems: &Problems) {
        match self.seen.get(name) {
            Some(first) => {
                let quoted = if self.what == "unit" { name.to_owned() } else { format!("\"{name}\"") };
                problems.error(spot, format!("{} {quoted} is given twice", self.what), format!("first at {first}"));
            }
            None => {
                self.seen.insert(name.to_owned(), spot);
            }
        }
    }
}

/// Every file that took part, for the hash: the same hash means the same configuration.
#[derive(Default)]
struct Parts(BTreeMap<String, Vec<u8>>);

impl Parts {
    fn add(&mut self, name: &str, bytes: &[u8]) {
        self.0.insert(name.to_owned(), bytes.to_owned());
    }

    fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        for (name, bytes) in &self.0 {
            for part in [name.as_bytes(), bytes] {
                hasher.update((part.len() as u64).to_be_bytes());
                hasher.update(part);
            }
        }
        hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod class_tests;
#[cfg(test)]
mod tests;
