//! Writes and what comes of them: feedback after a while, nothing, a refusal; a restart forgets them.

use super::*;
use crate::engine::base::{Mono, Truth};
use crate::engine::poll::{Failure, Reply, Request};
use crate::engine::profile::{CommandSpec, Danger, Write, WriteSpec};
use crate::engine::site::Command;
use crate::sim::{Fault, Setting, Trouble};

const NAME: &str = "name = { zh = \"甲\", en = \"A\" }\nstep = []\n";
/// Unit 10 on the line; register 1030 is its speed, 1024 its oil pressure.
const GENERATOR: (u32, u8) = (2, 10);

fn seconds(n: u64) -> Mono {
    Mono(n * 1_000_000)
}

fn write(start: u16, write: Write) -> Request {
    let (device, unit) = GENERATOR;
    Request { count: write.count(), write: Some(write), ..request(device, unit, Table::Holding, start, 1) }
}

fn word(world: &mut World, start: u16, at: Mono) -> u16 {
    let (device, unit) = GENERATOR;
    match world.answer(&request(device, unit, Table::Holding, start, 1), at).result {
        Ok(Reply::Words(words)) => words[0],
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_function_writes_and_is_repeated() {
    let mut world = world(NAME);
    let mut check = |start: u16, what: Write, expected: Result<Reply, Failure>| {
        let got = world.answer(&write(start, what.clone()), seconds(1)).result;
        assert_eq!(got, expected, "{what:?}");
    };
    check(1024, Write::Register(0x0102), Ok(Reply::Written));
    check(1025, Write::Registers(vec![3, 4]), Ok(Reply::Written));
    check(1024, Write::Mask { and: 0xFF00, or: 0x0007 }, Ok(Reply::Written));
    check(60_000, Write::Register(1), Err(Failure::Exception(2)));
    check(7, Write::Coil(true), Err(Failure::Exception(1)));
    check(7, Write::Coils(vec![true; 9]), Err(Failure::Exception(1)));
    assert_eq!(word(&mut world, 1024, seconds(2)), 0x0107);
    assert_eq!((word(&mut world, 1025, seconds(2)), word(&mut world, 1026, seconds(2))), (3, 4));
}

#[test]
fn a_write_whose_answer_is_lost_was_done_all_the_same() {
    for fault in [Fault::Truncated, Fault::Corrupt, Fault::Late(Duration::from_secs(2)), Fault::WrongFunction] {
        let mut world = world(NAME);
        world.fault("gen-1", fault).expect("a device of the site");
        let lost = world.answer(&write(1024, Write::Register(77)), seconds(1)).result;
        assert!(matches!(lost, Err(Failure::Timeout | Failure::Malformed(_))), "{fault:?}: {lost:?}");
        world.fault("gen-1", Fault::None).expect("a device of the site");
        assert_eq!(word(&mut world, 1024, seconds(4)), 77, "{fault:?}");
    }
    for fault in [Fault::Silent, Fault::Exception(4)] {
        let mut world = world(NAME);
        world.fault("gen-1", fault).expect("a device of the site");
        assert!(world.answer(&write(1024, Write::Register(77)), seconds(1)).result.is_err());
        world.fault("gen-1", Fault::None).expect("a device of the site");
        assert_eq!(word(&mut world, 1024, seconds(4)), 0, "{fault:?}");
    }
}

#[test]
fn a_port_that_closes_has_done_the_write_and_says_nothing() {
    let mut world = world(NAME);
    world.trouble("panel-lan", Trouble::ClosesMidFrame).expect("a bus of the site");
    let write = Request { count: 1, write: Some(Write::Register(5)), ..request(0, 1, Table::Holding, 16, 1) };
    assert!(matches!(world.answer(&write, seconds(1)).result, Err(Failure::Malformed(_))));
    assert!(matches!(world.answer(&request(0, 1, Table::Holding, 16, 1), seconds(1)).result, Err(Failure::Link(_))));
    assert_eq!(world.read(0, Table::Holding, 16, 1), Some(&[5][..]));
}

/// The story of a device that starts two seconds after it was told to.
fn starting(then: &str) -> String {
    format!(
        "{NAME}[[reaction]]\ndevice = \"gen-1\"\n\
         write = {{ table = \"holding\", address = 1024, value = 0x0010, mask = 0x00F0 }}\n{then}\n"
    )
}

#[test]
fn a_write_sets_off_what_the_story_says_after_a_while() {
    let mut world = world(&starting("set = { speed = 1500 }\nafter = \"2s\""));
    assert!(world.answer(&write(1024, Write::Register(0x0023)), seconds(1)).result.is_ok());
    assert_eq!(word(&mut world, 1030, seconds(9)), 0, "another write sets nothing off");
    assert!(world.answer(&write(1024, Write::Mask { and: !0x00F0, or: 0x0010 }), seconds(10)).result.is_ok());
    assert_eq!(word(&mut world, 1024, seconds(10)), 0x0013);
    assert_eq!(word(&mut world, 1030, Mono(11_900_000)), 0);
    assert_eq!(world.next_due(), Some(Duration::from_secs(12)));
    assert_eq!(word(&mut world, 1030, Mono(12_100_000)), 1500);
}

#[test]
fn a_device_may_accept_and_do_nothing_or_refuse() {
    let mut idle = world(&starting("nothing = true"));
    assert_eq!(idle.answer(&write(1024, Write::Register(0x0010)), seconds(1)).result, Ok(Reply::Written));
    assert_eq!(word(&mut idle, 1024, seconds(5)), 0);
    let mut stern = world(&starting("refuse = 6"));
    assert_eq!(stern.answer(&write(1024, Write::Register(0x0010)), seconds(1)).result, Err(Failure::Exception(6)));
    assert_eq!(word(&mut stern, 1024, seconds(5)), 0);
    assert_eq!(stern.answer(&write(1024, Write::Register(0x0020)), seconds(6)).result, Ok(Reply::Written));
}

#[test]
fn a_restart_forgets_what_was_written_and_begins_busy() {
    let mut world = world(&starting("set = { speed = 1500 }\nafter = \"20s\""));
    world.set("gen-1/fuel-level", &Setting::Number(63.0)).expect("a point of the site");
    assert!(world.answer(&write(1024, Write::Register(0x0010)), seconds(1)).result.is_ok());
    world.fault("gen-1", Fault::Restart(Duration::from_secs(3))).expect("a device of the site");
    let oil = request(GENERATOR.0, GENERATOR.1, Table::Holding, 1024, 1);
    assert_eq!(world.answer(&oil, seconds(2)).result, Err(Failure::Timeout));
    assert_eq!(world.answer(&oil, seconds(5)).result, Err(Failure::Exception(6)), "the first read of a range");
    assert_eq!(word(&mut world, 1024, seconds(5)), 0, "forgotten");
    let fuel = request(GENERATOR.0, GENERATOR.1, Table::Holding, 1027, 1);
    assert_eq!(world.answer(&fuel, seconds(6)).result, Err(Failure::Exception(6)), "each range once");
    assert_eq!(word(&mut world, 1027, seconds(6)), 63, "the world around it has not changed");
    assert!(world.answer(&request(GENERATOR.0, GENERATOR.1, Table::Holding, 1030, 1), seconds(29)).result.is_err());
    assert_eq!(word(&mut world, 1030, seconds(30)), 0, "what it had begun is over");
}

#[test]
fn a_command_of_the_profile_sets_off_what_the_resting_values_say_of_its_verb() {
    let mut site = Site::clone(&site());
    let spec = CommandSpec {
        verb: "start".into(),
        on: None,
        name: Text::same("start"),
        write: WriteSpec::Plain { table: Table::Holding, address: 4104, write: Write::Registers(vec![35_705, 29_830]) },
        danger: Danger::Plain,
        ttl: Duration::from_secs(5),
        feedback: None,
        pulse: None,
    };
    let point = crate::engine::base::PointId::of(&DeviceId::new("gen-1"), "start");
    let first = u32::try_from(site.commands.len()).expect("few");
    site.commands.push(Command { point, device: 2, name: Text::same("start"), place: Place::default(), spec });
    site.devices[2].commands = first..first + 1;
    let text = "[class.generator]\nspeed = 0\n[[reaction]]\nprofile = \"deepsea-gencomm\"\nverb = \"start\"\nset = { speed = 1500 }\nafter = \"8s\"\n\
                [[reaction]]\nprofile = \"nobody-has-it\"\nverb = \"start\"\nset = { speed = 1500 }\n";
    let (resting, doubts) = Resting::parse("r.toml", text, &site).unwrap_or_else(|e| fail(&e));
    assert!(doubts.is_empty(), "{}", fail::<String>(&doubts));
    let mut world = World::new(Arc::new(site), &resting, Scenario::default(), 1);
    assert_eq!(word(&mut world, 1030, seconds(1)), 0);
    assert!(world.answer(&write(4104, Write::Registers(vec![35_705, 29_830])), seconds(1)).result.is_ok());
    assert_eq!(word(&mut world, 1030, seconds(10)), 1500);
}

/// What can be commanded at the small site is seen to be done there, in the time that its feedback has.
#[test]
fn every_command_of_the_small_site_is_done_in_the_simulated_field() {
    let site = small();
    let mut proven = 0;
    for command in &site.commands {
        let Some(feedback) = &command.spec.feedback else { continue };
        let mut world = world_at(Arc::clone(&site), NAME);
        let WriteSpec::Plain { table, address, write } = &command.spec.write else { panic!("{:?}", command.spec) };
        let unit = site.devices[command.device as usize].unit;
        let request = Request {
            count: write.count(),
            write: Some(write.clone()),
            ..request(command.device, unit, *table, *address, 1)
        };
        assert_eq!(world.answer(&request, seconds(1)).result, Ok(Reply::Written), "{}", command.point);
        world.advance(Duration::from_secs(1) + feedback.within);
        let slots = 0..u32::try_from(site.points.len()).expect("few");
        let values: Vec<_> = slots.map(|slot| super::encoding::reading(&world, slot).ok()).collect();
        let truth = feedback.when.evaluate(&|slot| values[slot as usize].as_ref());
        assert_eq!(truth, Truth::True, "{} {}", command.point, command.spec.verb);
        proven += 1;
    }
    assert!(proven >= 3, "{proven} commands have a feedback");
}
