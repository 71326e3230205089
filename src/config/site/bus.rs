//! Serial lines and TCP endpoints.
//!
//! Takes: the `[[bus]]` tables.
//! Gives: checked [`Bus`]es.
//! Never: two buses on one wire; a fire period longer than 10 s.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Once, keys};
use crate::config::document::{Fields, Node};
use crate::config::problem::Problems;
use crate::engine::base::{BusId, Text};
use crate::engine::poll;
use crate::engine::profile::Pace;
use crate::engine::site::{Bus, Checksum, Endpoint, Line, Listen, Parity, Port, Site};

const PARITIES: [(&str, Parity); 3] = [("none", Parity::None), ("even", Parity::Even), ("odd", Parity::Odd)];

/// What is spoken on a bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Modbus,
    Text,
    Gbt26875,
}

const PROTOCOLS: [(&str, Protocol); 3] =
    [("modbus", Protocol::Modbus), ("text", Protocol::Text), ("gbt26875", Protocol::Gbt26875)];

/// The keys of which a bus has one.
const WAYS: [&str; 3] = ["tcp", "serial", "listen"];

/// Whether frames are RTU.
const FRAMINGS: [(&str, bool); 2] = [("tcp", false), ("rtu", true)];

/// Keys that belong to one way.
const NEEDS: [(&str, &str); 6] = [
    ("baud", "serial"),
    ("parity", "serial"),
    ("stop-bits", "serial"),
    ("transport", "listen"),
    ("silent-after", "listen"),
    ("checksum", "listen"),
];

const CHECKSUMS: [(&str, Checksum); 2] = [("standard", Checksum::Standard), ("from-command", Checksum::FromCommand)];

/// Whether it is UDP.
const TRANSPORTS: [(&str, bool); 2] = [("tcp", false), ("udp", true)];

const BAUDS: [i64; 9] = [1200, 2400, 4800, 9600, 14400, 19200, 38400, 57600, 115_200];

/// Heartbeats come every 20 to 30 s in practice.
const SILENT_AFTER: Duration = Duration::from_secs(90);

/// Least and most a period may be, and its default, in milliseconds.
const PERIODS: [(Pace, u64, u64, u64); 4] = [
    (Pace::Fire, 50, 10_000, 1_000),
    (Pace::Fast, 50, 60_000, 1_000),
    (Pace::Normal, 50, 600_000, 5_000),
    (Pace::Slow, 50, 86_400_000, 60_000),
];

/// Reads every `[[bus]]`. A wrong one stays in the list under its id, so that its devices are not reported for it.
pub fn read<'a>(nodes: impl IntoIterator<Item = Node<'a>>) -> Vec<Bus> {
    let (mut ids, mut wires) = (Once::new("bus"), Once::new("endpoint"));
    let mut buses = Vec::new();
    for node in nodes {
        let Some(fields) = node.fields(&keys::BUS) else { continue };
        let id = fields.get("id").and_then(|id| {
            let text = id.segment()?;
            ids.see(text, id.spot(), id.problems());
            Some(text)
        });
        let name = fields.get("name").and_then(Node::both_languages);
        let endpoint = endpoint(&fields, node, &mut wires);
        let periods = periods(&fields);
        let Some(id) = id else { continue };
        buses.push(Bus {
            id: BusId::new(id),
            name: name.unwrap_or_else(|| Text::same(id)),
            endpoint: endpoint.unwrap_or(Endpoint::Tcp(String::new())),
            periods,
            devices: Vec::new(),
        });
    }
    buses
}

/// The oldest a fire point may be while every device answers.
const OLDEST_FIRE: Duration = Duration::from_secs(10);

/// Whether each bus can be polled as it is set: the worst age of its fire points, and its load (design §5).
pub fn check_ages<'a>(site: &Site, nodes: impl IntoIterator<Item = Node<'a>>, problems: &Problems) {
    for (number, node) in (0u32..).zip(nodes) {
        let Some(bus) = site.buses.get(number as usize) else { continue };
        let plan = poll::plan(site, number);
        let seconds = |duration: Duration| format!("{:.1} s", duration.as_secs_f64());
        let hint = "poll less often, spread the devices over more buses, or raise the baud rate";
        if let Some(age) = plan.ages.get(&Pace::Fire) {
            if age.all_answer > OLDEST_FIRE {
                let message = format!("a fire point of bus \"{}\" can be {} old", bus.id, seconds(age.all_answer));
                problems.error(node.spot(), message, format!("at most 10 s; {hint}"));
            } else if let Some(few) = age.dead.iter().position(|age| *age > OLDEST_FIRE) {
                let (dead, age) = (few + 1, seconds(age.dead[few]));
                let devices = if dead == 1 { "device" } else { "devices" };
                let message = format!("with {dead} dead {devices} a fire point of bus \"{}\" can be {age} old", bus.id);
                problems.warning(node.spot(), message, hint);
            }
        }
        if plan.load > 1.0 {
            let message = format!("bus \"{}\" is asked for {:.0} % of its time", bus.id, plan.load * 100.0);
            problems.warning(node.spot(), message, hint);
        }
    }
}

fn endpoint(fields: &Fields<'_>, node: Node<'_>, wires: &mut Once) -> Option<Endpoint> {
    let protocol = match fields.get("protocol") {
        Some(node) => node.word(&PROTOCOLS)?,
        None if fields.get("listen").is_some() => Protocol::Gbt26875,
        None => Protocol::Modbus,
    };
    let given: Vec<(&str, Node<'_>)> = WAYS.iter().filter_map(|way| fields.get(way).map(|node| (*way, node))).collect();
    let (way, place) = match given[..] {
        [] => {
            node.error("a bus needs \"tcp\", \"serial\" or \"listen\"", "tcp = \"10.0.0.20:502\"");
            return None;
        }
        [only] => only,
        [(first, _), (second, extra), ..] => {
            extra.error(format!("a bus has \"{first}\" or \"{second}\", not both"), "make two buses");
            return None;
        }
    };
    for (key, needs) in NEEDS {
        if let Some(extra) = fields.get(key).filter(|_| way != needs) {
            extra.error(format!("\"{key}\" means nothing for {way}"), format!("it is for \"{needs}\""));
        }
    }
    let rtu = fields.get("framing").is_some_and(|node| {
        if way != "tcp" || protocol != Protocol::Modbus {
            node.error("\"framing\" is for Modbus over tcp", "");
        }
        node.word(&FRAMINGS) == Some(true)
    });
    match (protocol, way) {
        (Protocol::Gbt26875, "listen") => listen(fields, place, wires).map(Endpoint::Gbt26875),
        (Protocol::Gbt26875, _) => {
            place.error("devices that speak gbt26875 call the gateway", "listen = \"0.0.0.0:5600\"");
            None
        }
        (_, "listen") => {
            place.error("\"listen\" is for protocol = \"gbt26875\"", "use \"tcp\" or \"serial\"");
            None
        }
        (_, "tcp") => {
            let address = host_and_port(place, "Modbus TCP is 502")?;
            wires.see(&address.to_lowercase(), place.spot(), place.problems());
            Some(match protocol {
                Protocol::Text => Endpoint::Text(Port::Tcp(address)),
                _ if rtu => Endpoint::RtuTcp(address),
                _ => Endpoint::Tcp(address),
            })
        }
        (Protocol::Text, _) => line(fields, place, wires).map(|line| Endpoint::Text(Port::Serial(line))),
        (_, _) => line(fields, place, wires).map(Endpoint::Serial),
    }
}

fn listen(fields: &Fields<'_>, place: Node<'_>, wires: &mut Once) -> Option<Listen> {
    let udp = fields.get("transport").is_some_and(|node| node.word(&TRANSPORTS) == Some(true));
    let address = place.text()?.strip_suffix(":0").map_or_else(
        || host_and_port(place, "GB/T 26875.3 fixes none"),
        // Any free port: the log says which.
        |host| Some(format!("{host}:0")),
    )?;
    let silence = Duration::from_secs(10)..=Duration::from_secs(3600);
    let silent_after = fields.get("silent-after").and_then(|node| node.duration(silence)).unwrap_or(SILENT_AFTER);
    let checksum = fields.get("checksum").and_then(|node| node.word(&CHECKSUMS)).unwrap_or_default();
    wires.see(&format!("{} {address}", if udp { "udp" } else { "tcp" }), place.spot(), place.problems());
    Some(Listen { address, udp, silent_after, checksum })
}

fn host_and_port(node: Node<'_>, usual: &str) -> Option<String> {
    let text = node.text()?;
    let parts = text.rsplit_once(':').filter(|(host, _)| {
        let bracketed = host.starts_with('[') && host.ends_with(']');
        !host.is_empty() && !host.contains(char::is_whitespace) && (bracketed || !host.contains([':', '/']))
    });
    match parts.map(|(_, port)| port.parse::<u16>()) {
        Some(Ok(1..)) => Some(text.to_owned()),
        Some(_) => {
            node.error(format!("\"{text}\" has no valid port"), format!("1 to 65535; {usual}"));
            None
        }
        None => {
            node.error(format!("\"{text}\" is not host:port"), "write for example \"10.0.0.20:502\"");
            None
        }
    }
}

fn line(fields: &Fields<'_>, serial: Node<'_>, wires: &mut Once) -> Option<Line> {
    let baud = fields.get("baud").map_or(Some(9600), |node| {
        let baud = node.integer(1..=4_000_000)?;
        if !BAUDS.contains(&baud) {
            let known: Vec<String> = BAUDS.iter().map(ToString::to_string).collect();
            node.error(format!("{baud} baud is not a rate of serial lines"), format!("known: {}", known.join(", ")));
        }
        u32::try_from(baud).ok()
    });
    let parity = fields.get("parity").map_or(Some(Parity::Even), |node| node.word(&PARITIES));
    let stop_bits = fields.get("stop-bits").map_or(Some(1), |node| node.integer(1..=2));
    let path = serial.text()?;
    if !path.starts_with('/') {
        serial.error(format!("\"{path}\" is not the path of a device file"), "best below /dev/serial/by-id");
    }
    wires.see(path, serial.spot(), serial.problems());
    if path.starts_with("/dev/ttyUSB") || path.starts_with("/dev/ttyACM") {
        let message = format!("\"{path}\" names another adapter when they are plugged in another order");
        serial.warning(message, "use its name below /dev/serial/by-id");
    }
    Some(Line { path: path.to_owned(), baud: baud?, parity: parity?, stop_bits: u8::try_from(stop_bits?).ok()? })
}

fn periods(fields: &Fields<'_>) -> BTreeMap<Pace, Duration> {
    let given = fields.get("poll").and_then(|node| node.fields(&keys::POLL));
    let period = |(pace, least, most, default): (Pace, u64, u64, u64)| {
        let bounds = Duration::from_millis(least)..=Duration::from_millis(most);
        let node = given.as_ref().and_then(|fields| fields.get(pace.as_str()));
        let chosen = node.and_then(|node| node.duration(bounds));
        (pace, chosen.unwrap_or(Duration::from_millis(default)))
    };
    PERIODS.into_iter().map(period).collect()
}
