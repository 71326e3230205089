//! The pure field: time, ramps, faults, exchanges.

use super::*;
use crate::engine::base::Mono;
use crate::engine::poll::{Failure, Reply};
use crate::sim::{Fault, Setting};

const NAME: &str = "name = { zh = \"甲\", en = \"A\" }\n";

fn seconds(n: u64) -> Mono {
    Mono(n * 1_000_000)
}

fn speed(world: &mut World, at: Mono) -> u16 {
    match world.answer(&request(2, 10, Table::Holding, 1030, 1), at).result {
        Ok(Reply::Words(words)) => words[0],
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_ramp_depends_on_time_alone() {
    let text = format!(
        "{NAME}[[step]]\nat = \"10s\"\nset = {{ \"gen-1/speed\" = 1000 }}\nramp = {{ point = \"gen-1/speed\", to = 1500, over = \"10s\" }}\n\
         [[step]]\nat = \"15s\"\nramp = {{ point = \"gen-1/speed\", to = 0, over = \"5s\" }}\n"
    );
    let fresh = world(&text);
    let mut often = fresh.clone();
    for tenths in 0..=250u64 {
        let once = &mut fresh.clone();
        let at = Mono(tenths * 100_000);
        let seen = speed(&mut often, at);
        if tenths % 10 == 0 {
            assert_eq!(seen, speed(once, at), "at {tenths} tenths");
        }
        let expected = match tenths {
            0..100 => 0.0,
            100..150 => 1000.0 + 50.0 * (tenths - 100) as f64 / 10.0,
            150..200 => 1250.0 - 250.0 * (tenths - 150) as f64 / 10.0,
            _ => 0.0,
        };
        assert!((f64::from(seen) - expected).abs() <= 0.51, "at {tenths} tenths: {seen}, expected {expected}");
    }
}

#[test]
fn wandering_is_bounded_and_the_same_for_the_same_seed() {
    let text = format!(
        "{NAME}[[step]]\nat = \"0s\"\nset = {{ \"gen-1/speed\" = 1500 }}\nwander = {{ point = \"gen-1/speed\", by = 20, every = \"1s\" }}\n"
    );
    let run = || {
        let mut world = world(&text);
        (0..100).map(|at| speed(&mut world, seconds(at))).collect::<Vec<_>>()
    };
    let values = run();
    assert_eq!(values, run());
    assert!(values.iter().all(|value| (1480..=1520).contains(value)));
    assert!(values.iter().collect::<std::collections::BTreeSet<_>>().len() > 10);
}

#[test]
fn steps_repeat_as_often_as_they_say() {
    let text = format!(
        "{NAME}[[step]]\nat = \"1s\"\nsay = {{ zh = \"又\", en = \"again\" }}\nrepeat = {{ every = \"2s\", times = 3 }}\n"
    );
    let mut world = world(&text);
    world.advance(Duration::from_secs(100));
    let times: Vec<u64> = world.told().iter().map(|(at, _)| at.as_secs()).collect();
    assert_eq!(times, [1, 3, 5]);
    assert_eq!(world.next_due(), None);
}

#[test]
fn every_fault_ends_as_a_fenced_edge_would_see_it() {
    let rested = world(&format!("{NAME}step = []\n"));
    let check = |device: &str, fault: Fault, expected: Result<usize, &str>| {
        let mut world = rested.clone();
        world.fault(device, fault).expect("a device of the site");
        let asked =
            if device == "gen-1" { request(2, 10, Table::Holding, 1024, 4) } else { request(1, 2, Table::Input, 0, 4) };
        let got = match world.answer(&asked, seconds(1)).result {
            Ok(Reply::Written | Reply::Objects(_)) => panic!("nothing was written"),
            Ok(Reply::Words(words)) => Ok(words.len()),
            Ok(Reply::Bits(bits)) => Ok(bits.len()),
            Err(Failure::Timeout) => Err("timeout"),
            Err(Failure::Exception(6)) => Err("exception"),
            Err(Failure::Malformed(_)) => Err("malformed"),
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(got, expected, "{device} {fault:?}");
    };
    for device in ["gen-1", "meter-1"] {
        check(device, Fault::None, Ok(4));
        check(device, Fault::Silent, Err("timeout"));
        check(device, Fault::Late(Duration::from_millis(300)), Ok(4));
        check(device, Fault::Late(Duration::from_millis(600)), Err("timeout"));
        check(device, Fault::Exception(6), Err("exception"));
        check(device, Fault::WrongUnit, Err("malformed"));
        check(device, Fault::WrongFunction, Err("malformed"));
        check(device, Fault::Short, Err("malformed"));
        check(device, Fault::Long, Err("malformed"));
        check(device, Fault::Truncated, Err("timeout"));
        check(device, Fault::Repeated, Ok(4));
        check(device, Fault::Restart(Duration::from_secs(9)), Err("timeout"));
    }
    check("meter-1", Fault::Corrupt, Err("malformed"));
    check("gen-1", Fault::Corrupt, Err("timeout"));
    check("meter-1", Fault::WrongTransaction, Err("timeout"));
    check("gen-1", Fault::WrongTransaction, Err("malformed"));
}

#[test]
fn a_cut_bus_refuses_or_stays_silent_and_the_rest_answers() {
    let mut world = world(&format!(
        "{NAME}[[step]]\nat = \"5s\"\ncut = [\"pump-room\", \"panel-lan\"]\n[[step]]\nat = \"9s\"\nmend = \"panel-lan\"\n"
    ));
    let meter = request(1, 2, Table::Input, 0, 2);
    let generator = request(2, 10, Table::Holding, 1024, 1);
    assert!(world.answer(&meter, seconds(4)).result.is_ok());
    assert!(matches!(world.answer(&meter, seconds(5)).result, Err(Failure::Link(_))));
    assert_eq!(world.answer(&generator, seconds(6)).result, Err(Failure::Timeout));
    assert!(world.answer(&meter, seconds(9)).result.is_ok());
    assert_eq!(world.answer(&generator, seconds(9)).result, Err(Failure::Timeout));
}

#[test]
fn a_line_takes_its_time() {
    let mut world = world(&format!("{NAME}step = []\n"));
    // 8 characters asked, 3.5 of silence, 5 + 2 * 40 answered, 10 bits each at 9600 baud.
    let exchange = world.answer(&request(2, 10, Table::Holding, 1024, 40), seconds(1));
    let expected = Duration::from_secs_f64((8.0 + 3.5 + 85.0) * 10.0 / 9600.0);
    assert!(exchange.takes.abs_diff(expected) < Duration::from_micros(10), "{:?}", exchange.takes);
    assert!(exchange.result.is_ok());
}

#[test]
fn the_protocol_is_answered_as_its_specification_asks() {
    let mut world = world(&format!("{NAME}step = []\n"));
    let mut check = |bus: u32, unit: u8, request: &[u8], expected: Option<&[u8]>| {
        let answer = world.respond(bus, unit, request).map(|answer| answer.pdu);
        assert_eq!(answer.as_deref(), expected, "{request:02x?}");
    };
    check(0, 1, &[], Some(&[0x80, 1]));
    check(1, 10, &[0x2B, 14, 1, 0], Some(&[0xAB, 1]));
    check(0, 1, &[0x2B, 14, 4, 2], Some(b"\x2B\x0E\x04\x81\0\0\x01\x02\x05V1.24"));
    check(0, 1, &[3], Some(&[0x83, 3]));
    check(0, 1, &[3, 0, 0, 0, 0], Some(&[0x83, 3]));
    check(0, 1, &[3, 0, 0, 0, 126], Some(&[0x83, 3]));
    check(0, 1, &[3, 0, 0, 0, 1, 9], Some(&[0x83, 3]));
    check(0, 1, &[3, 0xFF, 0xFF, 0, 2], Some(&[0x83, 2]));
    check(0, 1, &[1, 0, 0, 0, 1], Some(&[0x81, 1]));
    check(0, 1, &[5, 0, 0, 0xFF, 0], Some(&[0x85, 1]));
    check(0, 1, &[6, 0, 3, 0x12, 0x34], Some(&[6, 0, 3, 0x12, 0x34]));
    check(0, 1, &[3, 0, 3, 0, 1], Some(&[3, 2, 0x12, 0x34]));
    check(0, 1, &[16, 0, 3, 0, 2, 4, 0, 1, 0, 2], Some(&[16, 0, 3, 0, 2]));
    check(0, 1, &[3, 0, 3, 0, 2], Some(&[3, 4, 0, 1, 0, 2]));
    check(0, 1, &[16, 0, 3, 0, 2, 4, 0, 1, 0], Some(&[0x90, 3]));
    check(0, 1, &[16, 0, 3, 0x08, 0x00, 4, 0, 1, 0, 2], Some(&[0x90, 3]));
    check(0, 1, &[16, 0, 3], Some(&[0x90, 3]));
    // The example of the specification, 6.16: 0x12 AND 0xF2, OR 0x25 where the mask is off.
    check(0, 1, &[6, 0, 4, 0x00, 0x12], Some(&[6, 0, 4, 0x00, 0x12]));
    check(0, 1, &[22, 0, 4, 0x00, 0xF2, 0x00, 0x25], Some(&[22, 0, 4, 0x00, 0xF2, 0x00, 0x25]));
    check(0, 1, &[3, 0, 4, 0, 1], Some(&[3, 2, 0x00, 0x17]));
    check(0, 1, &[22, 0, 4, 0x00, 0xF2], Some(&[0x96, 3]));
    check(0, 1, &[22, 0xFF, 0xFF, 0, 0, 0, 0], Some(&[0x96, 2]));
    check(0, 1, &[15, 0, 0, 0xFF, 0xFF, 1, 0], Some(&[0x8F, 3]));
    check(0, 9, &[3, 0, 0, 0, 1], Some(&[0x83, 0x0B]));
    check(1, 9, &[3, 0, 0, 0, 1], None);
    check(1, 0, &[6, 4, 0, 0, 1], None);
    check(1, 10, &[3, 4, 0, 0, 1], Some(&[3, 2, 0, 1]));
}

#[test]
fn what_does_not_exist_cannot_be_set() {
    let mut world = world(&format!("{NAME}step = []\n"));
    let told = |outcome: Result<(), crate::sim::Impossible>| outcome.expect_err("impossible").to_string();
    assert_eq!(told(world.set("gen-1/sped", &Setting::Number(1.0))), "the site has no point \"gen-1/sped\"");
    assert_eq!(told(world.set("gen-1/speed", &Setting::Bit(true))), "gen-1/speed: takes a number");
    assert_eq!(told(world.fault("gen-9", Fault::Silent)), "the site has no device \"gen-9\"");
    assert_eq!(told(world.cut("attic", true)), "the site has no bus \"attic\"");
}

#[test]
fn a_heart_beats_by_itself_and_stands_still_once_it_is_set() {
    let mut site = (*site()).clone();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("device-profiles/honeywell-midas");
    let (profile, _) = crate::config::profile::load(&folder).expect("a shipped profile");
    let pump = site.devices[3].clone();
    let detector = Device { id: DeviceId::new("gas-1"), unit: 7, profile: Arc::new(profile), ..pump };
    expand(&mut site, detector, &[]).expect("nothing is listed");
    let mut world = world_at(Arc::new(site), &format!("{NAME}step = []\n"));
    let life = |world: &mut World, millis: u64| {
        world.advance(Duration::from_millis(millis));
        world.read(4, Table::Holding, 0, 1).expect("its state word")[0] >> 11 & 1
    };
    // It must change within five seconds.
    let seen: Vec<u16> = [0, 2400, 2600, 4900, 5100, 7600].into_iter().map(|at| life(&mut world, at)).collect();
    assert_eq!(seen, [0, 0, 1, 1, 0, 1]);
    world.set("gas-1/life", &Setting::Bit(false)).expect("a bit");
    let seen: Vec<u16> = [8000, 10_100, 12_600, 60_000].into_iter().map(|at| life(&mut world, at)).collect();
    assert_eq!(seen, [0, 0, 0, 0]);
}
