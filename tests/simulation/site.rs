//! The site every seed plays on: ten devices of four real profiles and two that can be
//! commanded, on two networks and two serial lines.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tocsin::config::{class, profile};
use tocsin::engine::base::{BusId, DeviceId, SiteId, Text};
use tocsin::engine::profile::{Pace, Profile};
use tocsin::engine::site::{Building, Bus, Device, Endpoint, Line, ListedPoint, Parity, Place, Settings, Site, expand};

/// Builds it.
pub fn site() -> Arc<Site> {
    let lines = [("lan-a", None), ("lan-b", None), ("line-a", Some(9600)), ("line-b", Some(19_200))];
    let mut site = Site {
        id: SiteId::new("seeded"),
        name: Text::same("Seeded"),
        timezone: "Asia/Shanghai".into(),
        buildings: ["1", "2", "3"]
            .map(|id| Building { id: id.into(), name: Text::same(id), floors: vec!["1".into(), "2".into()] })
            .into(),
        buses: lines.map(|(id, baud)| bus(id, baud)).into(),
        devices: Vec::new(),
        points: Vec::new(),
        rules: Vec::new(),
        commands: Vec::new(),
        classes: class::shipped(),
        settings: Settings::default(),
        hash: "seeded".into(),
        ..Site::new(SiteId::new(""))
    };
    let load = |id: &str| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = root.join(if id == "fan-cabinet" { "tests/simulation" } else { "device-profiles" }).join(id);
        let (profile, _) = profile::load(&folder).unwrap_or_else(|problems| panic!("{id}: {problems:?}"));
        Arc::new(profile)
    };
    let (panel, generator) = (load("notifier-modbus-gw"), load("deepsea-gencomm"));
    let (meter, pump, fan) = (load("eastron-sdm630"), load("fire-pump-cabinet"), load("fan-cabinet"));
    // Device, bus, unit, profile, building, how many detectors.
    type Row<'a> = (&'a str, u32, u8, &'a Arc<Profile>, &'a str, u16);
    let devices: [Row<'_>; 12] = [
        ("panel-1", 0, 1, &panel, "1", 30),
        ("panel-2", 0, 2, &panel, "2", 12),
        ("panel-3", 1, 1, &panel, "3", 20),
        ("generator-1", 1, 10, &generator, "1", 0),
        ("pump-1", 2, 1, &pump, "1", 0),
        ("pump-2", 2, 2, &pump, "1", 0),
        ("meter-1", 2, 3, &meter, "1", 0),
        ("pump-3", 3, 1, &pump, "3", 0),
        ("meter-2", 3, 2, &meter, "2", 0),
        ("generator-2", 3, 10, &generator, "2", 0),
        ("fan-1", 1, 3, &fan, "3", 0),
        ("fan-2", 3, 3, &fan, "3", 0),
    ];
    for (id, bus, unit, profile, building, elements) in devices {
        let place = Place { building: Some(building.into()), ..Place::default() };
        let device = Device {
            statuses: 0..0,
            id: DeviceId::new(id),
            name: Text::same(id),
            bus,
            unit,
            profile: Arc::clone(profile),
            place: place.clone(),
            control: profile.id == "fan-cabinet",
            refused: None,
            points: 0..0,
            rules: 0..0,
            commands: 0..0,
            address: 0,
        };
        let listed: Vec<ListedPoint> = (1..=elements)
            .map(|index| ListedPoint {
                row: usize::from(index),
                array: "detector".into(),
                loop_number: index % 3 + 1,
                // Not all of them neighbours, so that some stand alone in a request.
                index: if index % 5 == 0 { index + 60 } else { index },
                code: None,
                kind: None,
                place: place.clone(),
            })
            .collect();
        expand(&mut site, device, &listed).unwrap_or_else(|errors| panic!("{id}: {errors:?}"));
    }
    Arc::new(site)
}

fn bus(id: &str, baud: Option<u32>) -> Bus {
    let endpoint = match baud {
        Some(baud) => {
            Endpoint::Serial(Line { path: format!("/simulated/{id}"), baud, parity: Parity::None, stop_bits: 1 })
        }
        None => Endpoint::Tcp("simulated:502".into()),
    };
    let period = |pace, seconds| (pace, Duration::from_secs(seconds));
    Bus {
        id: BusId::new(id),
        name: Text::same(id),
        endpoint,
        periods: BTreeMap::from([
            period(Pace::Fire, 1),
            period(Pace::Fast, 2),
            period(Pace::Normal, 10),
            period(Pace::Slow, 60),
        ]),
        devices: Vec::new(),
    }
}
