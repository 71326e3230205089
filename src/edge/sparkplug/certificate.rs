//! What a birth or a death says.
//!
//! Takes: the site, its readings and what its owners say of themselves.
//! Gives: the metrics of births; the payload of the node's death.
//! Never: a device whose command must be armed first, or releases agent: such a command is not offered here.

use super::metrics::{birth, millis, plain};
use super::own::{Aliases, Own};
use super::payload::{Metric, Payload, Scalar};
use crate::engine::base::{Reading, Wall};
use crate::engine::profile::Danger;
use crate::engine::site::{Command, Device, Site};

/// The command by which a host asks for births.
pub const REBIRTH: &str = "Node Control/Rebirth";

/// The node's death: what the broker says for us when we cannot.
pub fn death(bd_seq: u8, at: Wall) -> Vec<u8> {
    let metrics = vec![bd_seq_metric(bd_seq, at)];
    Payload { timestamp: Some(millis(at)), metrics, seq: None }.bytes()
}

fn bd_seq_metric(bd_seq: u8, at: Wall) -> Metric {
    plain(None, Some("bdSeq".into()), Scalar::Long(u64::from(bd_seq)), at)
}

fn text(name: &str, value: &str, at: Wall) -> Metric {
    plain(None, Some(name.into()), Scalar::Text(value.into()), at)
}

/// What an owner says of itself, with names.
fn named(own: &[(Own, Scalar)], device: Option<u32>, aliases: Aliases, at: Wall) -> impl Iterator<Item = Metric> {
    own.iter().map(move |(own, value)| plain(Some(aliases.own(device, *own)), Some(own.name()), value.clone(), at))
}

/// The node's birth.
pub fn of_node(site: &Site, bd_seq: u8, own: &[(Own, Scalar)], aliases: Aliases, at: Wall) -> Vec<Metric> {
    let control = [bd_seq_metric(bd_seq, at), plain(None, Some(REBIRTH.into()), Scalar::Boolean(false), at)];
    let properties = [
        text("Properties/Software", "Tocsin", at),
        text("Properties/Version", env!("CARGO_PKG_VERSION"), at),
        text("Properties/Site", &site.name.en, at),
        text("Properties/Site (zh)", &site.name.zh, at),
    ];
    control.into_iter().chain(properties).chain(named(own, None, aliases, at)).collect()
}

/// The birth of a device, whose points read `readings`; with its commands where they are taken.
pub fn of_device(
    site: &Site,
    number: u32,
    readings: &[Reading],
    own: &[(Own, Scalar)],
    (aliases, commands): (Aliases, bool),
    at: Wall,
) -> Vec<Metric> {
    let Some(device) = site.devices.get(number as usize) else { return Vec::new() };
    let points = device.points.clone().zip(site.points_of(device)).zip(readings);
    let points = points.map(|((point, held), reading)| birth(held, aliases.point(point), reading));
    let properties = [
        text("Properties/Name", &device.name.en, at),
        text("Properties/Name (zh)", &device.name.zh, at),
        text("Properties/Class", &device.profile.class, at),
        text("Properties/Profile", &device.profile.id, at),
        text("Properties/Building", device.place.building.as_deref().unwrap_or_default(), at),
        text("Properties/Floor", device.place.floor.as_deref().unwrap_or_default(), at),
    ];
    let offered = device.commands.clone().filter(|_| commands).filter_map(|command| {
        let name = control_name(site.commands.get(command as usize).filter(|held| is_offered(held, device))?);
        Some(plain(Some(aliases.command(command)), Some(name), Scalar::Boolean(false), at))
    });
    points.chain(named(own, Some(number), aliases, at)).chain(offered).chain(properties).collect()
}

/// Whether a command may be asked for here: one act is enough for it, and the site lets the device be commanded.
pub fn is_offered(command: &Command, device: &Device) -> bool {
    device.control && command.spec.danger == Danger::Plain
}

/// The metric that asks for a command when it is written as true.
pub fn control_name(command: &Command) -> String {
    format!("Control/{}/{}", command.point.point(), command.spec.verb)
}
