//! Commands as they are written become what is sent; broken ones are in `tests/rejected`.

use std::sync::Arc;
use std::time::Duration;

use crate::config::profile::parse;
use crate::engine::base::{BusId, DeviceId, SiteId, Text};
use crate::engine::profile::{CommandSpec, Danger, Expression, Pulse, Table, Write, WriteSpec};
use crate::engine::site::{self, Bus, Device, Endpoint, ListedPoint, Place, Settings, Site};

const HEAD: &str = r#"
vendor = "Acme"
model = "P-1"
class = "panel"
source = "Manual 1"
verified = "manual-only"
[points]
fault = { table = "coil", address = 1, type = "bit", name = { zh = "故障", en = "Fault" } }
running = { table = "coil", address = 0, type = "bit", name = { zh = "运行", en = "Running" } }
"#;

fn commands(rows: &[(&str, &str)]) -> Vec<CommandSpec> {
    let mut text = format!("{HEAD}[commands]\n");
    for (name, rest) in rows {
        text += &format!("{name} = {{ name = {{ zh = \"名\", en = \"Name\" }}, {rest} }}\n");
    }
    let (profile, warnings) = parse("acme", "profile.toml", text.as_bytes()).unwrap_or_else(|p| panic!("{p:#?}"));
    assert_eq!(warnings, []);
    profile.commands
}

#[test]
fn every_kind_of_write_is_read() {
    let check = |write: &str, expected: WriteSpec| {
        let read = commands(&[("start", &format!("feedback = \"none\", write = {write}"))]);
        assert_eq!(read[0].write, expected, "{write}");
    };
    let holding = |write| WriteSpec::Plain { table: Table::Holding, address: 4106, write };
    let coil = |write| WriteSpec::Plain { table: Table::Coil, address: 3, write };
    check("{ table = \"coil\", address = 3, value = true }", coil(Write::Coil(true)));
    check("{ table = \"coil\", address = 3, values = [true, false] }", coil(Write::Coils(vec![true, false])));
    check("{ table = \"coil\", address = 3, value = true, function = \"multiple\" }", coil(Write::Coils(vec![true])));
    check("{ table = \"holding\", address = 4106, value = -1 }", holding(Write::Register(0xFFFF)));
    check("{ table = \"holding\", address = 4106, values = [1, 0xFFFE] }", holding(Write::Registers(vec![1, 0xFFFE])));
    check(
        "{ table = \"holding\", address = 4106, value = 1, function = \"multiple\" }",
        holding(Write::Registers(vec![1])),
    );
    check("{ address = 7, mask = 0x00FF, bits = 1 }", WriteSpec::Modify { address: 7, mask: 0xFF, bits: 1 });
    check(
        "{ address = 4106, mask = 0x00FF, bits = 1, function = \"mask-write\" }",
        holding(Write::Mask { and: 0xFF00, or: 1 }),
    );
    let fields = vec!["year".to_owned(), "hour".to_owned()];
    check("{ address = 9, clock = [\"year\", \"hour\"] }", WriteSpec::Clock { address: 9, fields });
}

#[test]
fn what_is_left_out_has_its_default_and_what_is_given_is_kept() {
    let coil = "write = { table = \"coil\", address = 3, value = true }";
    let read = commands(&[
        ("stop", &format!("feedback = \"none\", {coil}")),
        ("set-clock", "feedback = \"none\", write = { address = 9, clock = [\"year\"] }"),
        (
            "start-1",
            &format!(
                "verb = \"start\", on = \"running\", danger = \"armed\", ttl = \"10s\", {coil}, \
                 feedback = {{ when = \"running && !fault\", within = \"30s\" }}, \
                 pulse = {{ after = \"2s\", value = false }}"
            ),
        ),
    ]);
    assert_eq!((read[0].verb.as_str(), read[0].danger, read[0].on), ("stop", Danger::Plain, None));
    assert_eq!((read[0].ttl, read[1].ttl), (Duration::from_secs(5), Duration::from_secs(2)));
    let start = &read[2];
    assert_eq!((start.verb.as_str(), start.danger, start.on), ("start", Danger::Armed, Some(1)));
    let feedback = start.feedback.as_ref().expect("it has one");
    let running = Expression::All(vec![Expression::Bit(1), Expression::Not(Box::new(Expression::Bit(0)))]);
    assert_eq!((&feedback.when, feedback.within), (&running, Duration::from_secs(30)));
    let end = WriteSpec::Plain { table: Table::Coil, address: 3, write: Write::Coil(false) };
    assert_eq!(start.pulse, Some(Pulse { after: Duration::from_secs(2), end }));
}

/// Two devices of one profile and two elements of one array: addresses become absolute, slots the site's.
#[test]
fn commands_become_those_of_the_site() {
    let text = format!(
        "{HEAD}[commands]\n\
         start = {{ name = {{ zh = \"启动\", en = \"Start\" }}, on = \"running\", write = {{ table = \"coil\", address = 3, value = true }}, feedback = {{ when = \"running\" }} }}\n\
         reset = {{ name = {{ zh = \"复位\", en = \"Reset\" }}, write = {{ address = 8, mask = 1, bits = 1 }}, feedback = \"none\" }}\n\
         [arrays.detector]\nelement = \"d{{index}}\"\ntable = \"holding\"\naddress = \"100 + 10*index\"\nindex = [1, 9]\n\
         [arrays.detector.fields]\nstate = {{ type = \"u16\", name = {{ zh = \"状态\", en = \"State\" }} }}\n\
         [arrays.detector.commands]\n\
         isolate = {{ name = {{ zh = \"屏蔽\", en = \"Disable\" }}, write = {{ address = 2, value = 1 }}, feedback = {{ when = \"state == 4\" }}, pulse = {{ after = \"1s\", value = 0 }} }}\n"
    );
    let (profile, _) = parse("acme", "profile.toml", text.as_bytes()).unwrap_or_else(|p| panic!("{p:#?}"));
    let profile = Arc::new(profile);
    let mut site = empty();
    for id in ["p-1", "p-2"] {
        let listed: Vec<ListedPoint> = [2, 3].map(element).into();
        site::expand(&mut site, device(id, &profile), &listed).expect("a list that fits");
    }
    let told: Vec<String> = site
        .commands
        .iter()
        .map(|command| {
            let spec = &command.spec;
            let slot = spec.feedback.as_ref().map(|feedback| {
                let mut slots = Vec::new();
                feedback.when.slots(&mut |slot| slots.push(site.points[slot as usize].id.to_string()));
                slots.join(",")
            });
            let end = spec.pulse.as_ref().map(|pulse| pulse.end.covers().0);
            format!("{} {} at {} proven by {slot:?} ends at {end:?}", command.point, spec.verb, spec.write.covers().0)
        })
        .collect();
    let expected = |id: &str| {
        vec![
            format!("{id}/running start at 3 proven by Some(\"{id}/running\") ends at None"),
            format!("{id}/reset reset at 8 proven by None ends at None"),
            format!("{id}/d2 isolate at 122 proven by Some(\"{id}/d2.state\") ends at Some(122)"),
            format!("{id}/d3 isolate at 132 proven by Some(\"{id}/d3.state\") ends at Some(132)"),
        ]
    };
    assert_eq!(told, [expected("p-1"), expected("p-2")].concat());
    assert_eq!(site.devices[1].commands, 4..8);
    assert!(site.goes_through(1, "reset").is_none(), "control is off");
    site.devices[1].control = true;
    assert_eq!(site.goes_through(1, "reset").map(|command| command.point.as_str()), Some("p-2/reset"));
    assert!(site.goes_through(1, "isolate").is_none(), "that is an element's");
}

fn element(index: u16) -> ListedPoint {
    let place = Place::default();
    ListedPoint { row: 1, array: "detector".into(), loop_number: 1, index, code: None, kind: None, place }
}

fn device(id: &str, profile: &Arc<crate::engine::profile::Profile>) -> Device {
    Device {
        statuses: 0..0,
        id: DeviceId::new(id),
        name: Text::same(id),
        bus: 0,
        unit: 1,
        address: 0,
        profile: Arc::clone(profile),
        place: Place::default(),
        control: false,
        refused: None,
        points: 0..0,
        rules: 0..0,
        commands: 0..0,
    }
}

fn empty() -> Site {
    Site {
        id: SiteId::new("s"),
        name: Text::default(),
        timezone: "UTC".into(),
        buildings: Vec::new(),
        buses: vec![Bus {
            id: BusId::new("lan"),
            name: Text::default(),
            endpoint: Endpoint::Tcp("127.0.0.1:502".into()),
            periods: std::collections::BTreeMap::new(),
            devices: Vec::new(),
        }],
        devices: Vec::new(),
        points: Vec::new(),
        rules: Vec::new(),
        commands: Vec::new(),
        settings: Settings::default(),
        hash: String::new(),
        ..Site::new(SiteId::new(""))
    }
}
