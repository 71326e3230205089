//! Every shipped profile runs in the simulator: it rests quietly, and what it can be told to do comes about.

use super::encoding::reading;
use super::*;
use crate::engine::base::{Reason, Truth, Value};
use crate::engine::profile::{Profile, Write, WriteSpec};
use crate::engine::site::Command;
use crate::sim::Resting;

/// One device of a profile with the first and the last element of each of its arrays.
fn alone(profile: Profile) -> Arc<Site> {
    let mut site = Site { classes: crate::config::class::shipped(), ..Site::new(SiteId::new("catalogue")) };
    site.buses.push(Bus {
        id: BusId::new("bus"),
        name: Text::same("bus"),
        endpoint: Endpoint::Tcp("127.0.0.1:502".into()),
        periods: BTreeMap::new(),
        devices: Vec::new(),
    });
    let rows = profile.arrays.iter().flat_map(|array| {
        [(array.loops.0, array.indices.0), (array.loops.1, array.indices.1)].map(|(loop_number, index)| ListedPoint {
            row: 1,
            array: array.key.clone(),
            loop_number,
            index,
            code: None,
            kind: None,
            place: Place::default(),
        })
    });
    let rows: Vec<ListedPoint> = rows.collect();
    let device = Device {
        id: DeviceId::new("it"),
        name: Text::same("it"),
        bus: 0,
        unit: 1,
        profile: Arc::new(profile),
        place: Place::default(),
        control: true,
        refused: None,
        points: 0..0,
        rules: 0..0,
        commands: 0..0,
        statuses: 0..0,
        address: 0,
    };
    expand(&mut site, device, &rows).expect("rows of the profile's ranges");
    Arc::new(site)
}

fn catalogue() -> Vec<(String, Arc<Site>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("device-profiles");
    let shipped = crate::config::profile::list(&[folder]).into_iter().filter(|(id, _)| !id.starts_with('_'));
    let polled = shipped.filter_map(|(id, folder)| {
        let (profile, _) = crate::config::profile::load(&folder).expect("a shipped profile");
        (!profile.reports()).then(|| (id, alone(profile)))
    });
    let sites: Vec<_> = polled.collect();
    assert!(sites.len() > 30, "only {} profiles: this test looks in the wrong place", sites.len());
    sites
}

fn still(site: &Arc<Site>) -> World {
    let scenario = "name = { zh = \"甲\", en = \"A\" }\nstep = []\n";
    let scenario = Scenario::parse("still.toml", scenario, site).unwrap_or_else(|e| fail(&e));
    // What a class says need not fit every device of it.
    let (resting, _) = Resting::parse("resting.toml", shipped::RESTING, site).unwrap_or_else(|e| fail(&e));
    World::new(Arc::clone(site), &resting, scenario, 7)
}

fn values(world: &World) -> Vec<Result<Value, Reason>> {
    (0..world.site().points.len()).map(|slot| reading(world, u32::try_from(slot).expect("few"))).collect()
}

#[test]
fn every_shipped_profile_rests_without_an_alarm() {
    let mut loud = Vec::new();
    for (id, site) in catalogue() {
        let values = values(&still(&site));
        for rule in &site.rules {
            if rule.when.evaluate(&|slot| values[slot as usize].as_ref().ok()) == Truth::True {
                loud.push(format!("{id}: {}", rule.condition));
            }
        }
    }
    assert!(loud.is_empty(), "{}", loud.join("\n"));
}

/// What a command of wired equipment writes, as a request.
fn request(write: &WriteSpec) -> Vec<u8> {
    let WriteSpec::Plain { address, write: Write::Coil(on), .. } = write else {
        panic!("I/O units are commanded by single coils: {write:?}")
    };
    let [high, low] = address.to_be_bytes();
    vec![5, high, low, if *on { 0xFF } else { 0 }, 0]
}

#[test]
fn wired_equipment_does_what_it_is_told_and_proves_it_in_time() {
    let mut told = 0;
    for (id, site) in catalogue() {
        if site.devices[0].profile.vendor != "Generic" {
            continue;
        }
        for command in &site.commands {
            let Some(feedback) = &command.spec.feedback else { continue };
            let mut world = still(&site);
            let mut at = Duration::ZERO;
            if command.spec.verb == "stop" {
                // What rests is stopped already: it is started first, and given the time to come up.
                let of = |other: &&Command| other.point == command.point || other.point.point() == "start";
                let start = site.commands.iter().filter(of).find(|other| other.spec.verb == "start");
                world.respond(0, 1, &request(&start.expect("a start").spec.write)).expect("an answer");
                at = Duration::from_secs(100);
                world.advance(at);
            }
            world.respond(0, 1, &request(&command.spec.write)).expect("an answer");
            let end = at + feedback.within;
            let held = |world: &World| {
                let values = values(world);
                feedback.when.evaluate(&|slot| values[slot as usize].as_ref().ok()) == Truth::True
            };
            while at <= end && !held(&world) {
                at += Duration::from_millis(500);
                world.advance(at);
            }
            assert!(at <= end, "{id}: {} \"{}\" is not proven", command.point, command.spec.verb);
            told += 1;
        }
    }
    assert!(told > 40, "only {told} commands");
}
