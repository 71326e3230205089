//! The codec against the examples of the standard's tables, the known traps, and random bytes.

use proptest::prelude::*;

use super::cutter::{Cut, Cutter};
use super::frame::{Checksum, Command, Dialect, Edition, Error, Frame, Header, decode, encode};
use super::stamp::Stamp;
use super::v2011::{
    self, Adu, Analogue, Component, ComponentAt, ComponentState, ComponentStatus, ComponentText, Operation, Records,
    Software, System, SystemOperation, SystemSoftware, SystemState, SystemStatus, SystemText, SystemTime,
    UnitOperation, UnitRecords, UnitState, UnitStatus, component, operation, system, unit,
};

const UNIT: u64 = 0x379;
const CENTRE: u64 = 0x0001_5B38;
const AT: Stamp = Stamp { year: 12, month: 9, day: 26, hour: 9, minute: 58, second: 32 };

fn bytes(text: &str) -> Vec<u8> {
    text.split_whitespace().map(|pair| u8::from_str_radix(pair, 16).expect("two digits")).collect()
}

fn seconds(second: u8) -> Stamp {
    Stamp { second, ..AT }
}

fn up(serial: u16) -> Header {
    Header { serial, version: [1, 1], sent: AT, source: UNIT, destination: CENTRE }
}

fn down(serial: u16, second: u8) -> Header {
    Header { serial, version: [1, 1], sent: seconds(second), source: CENTRE, destination: UNIT }
}

fn golden(text: &str, header: Header, command: Command, adu: Option<&Adu>) {
    let data = adu.map_or_else(Vec::new, |adu| adu.encode().expect("objects that fit"));
    let frame = Frame { header, command, data };
    assert_eq!(decode(&bytes(text), Dialect::default()), Ok(frame.clone()), "{text}");
    assert_eq!(encode(&frame, Dialect::default()), Ok(bytes(text)), "{text}");
    if let Some(adu) = adu {
        assert_eq!(Adu::decode(&frame.data).as_ref(), Ok(adu), "{text}");
    }
}

const FIRE_ALARM: System = System { kind: 1, address: 1 };

#[test]
fn golden_frames_without_objects() {
    let head = "20 3A 09 1A 09 0C 79 03 00 00 00 00 38 5B 01 00 00 00 00 00";
    golden(&format!("40 40 02 00 01 01 {head} 02 A8 23 23"), up(2), Command::Send, None);
    let back = "23 3A 09 1A 09 0C 38 5B 01 00 00 00 79 03 00 00 00 00 00 00";
    golden(&format!("40 40 01 00 01 01 {back} 03 AB 23 23"), down(1, 0x23), Command::Confirm, None);
    golden(&format!("40 40 01 00 01 01 {back} 06 AE 23 23"), down(1, 0x23), Command::Deny, None);
    let confirm = Frame::answering(&up(1), Command::Confirm, Vec::new(), seconds(0x23));
    assert_eq!(confirm.header, down(1, 0x23), "an answer exchanges the addresses and repeats the number");
}

#[test]
fn golden_frames_of_a_device() {
    let head = "01 01 20 3A 09 1A 09 0C 79 03 00 00 00 00 38 5B 01 00 00 00";
    let status = UnitStatus(unit::MAINS);
    golden(
        &format!("40 40 01 00 {head} 09 00 02 15 01 08 02 3A 09 1A 09 0C 42 23 23"),
        up(1),
        Command::Send,
        Some(&Adu::UnitState(UnitState { status, at: seconds(2) })),
    );
    let status = SystemStatus(system::NORMAL | system::FIRE);
    golden(
        &format!("40 40 03 00 {head} 0C 00 02 01 01 01 01 03 00 20 3A 09 1A 09 0C 4E 23 23"),
        up(3),
        Command::Send,
        Some(&Adu::SystemStates(vec![SystemState { system: FIRE_ALARM, status, at: AT }])),
    );
    let smoke = Component { at: ComponentAt { system: FIRE_ALARM, zone: 10, point: 2 }, kind: 40 };
    let state = ComponentState {
        component: smoke,
        status: ComponentStatus(system::FIRE),
        description: "1F-R101".into(),
        at: AT,
    };
    golden(
        &format!(
            "40 40 04 00 {head} 30 00 02 02 01 01 01 28 0A 00 02 00 02 00 31 46 2D 52 31 30 31 00 00 00 00 00 00 00 00 \
             00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 20 3A 09 1A 09 0C 2F 23 23"
        ),
        up(4),
        Command::Send,
        Some(&Adu::ComponentStates(vec![state])),
    );
    let tank = Component { at: ComponentAt { system: System { kind: 12, address: 1 }, zone: 1, point: 0 }, kind: 92 };
    golden(
        &format!("40 40 05 00 {head} 12 00 02 03 01 0C 01 5C 01 00 00 00 05 C7 01 20 3A 09 1A 09 0C 8A 23 23"),
        up(5),
        Command::Send,
        Some(&Adu::Analogues(vec![Analogue { component: tank, quantity: 5, value: 455, at: AT }])),
    );
    let silence = SystemOperation { system: FIRE_ALARM, operation: Operation(operation::SILENCE), operator: 7, at: AT };
    golden(
        &format!("40 40 07 00 {head} 0C 00 02 04 01 01 01 02 07 20 3A 09 1A 09 0C 5B 23 23"),
        up(7),
        Command::Send,
        Some(&Adu::SystemOperations(vec![silence])),
    );
}

#[test]
fn golden_frames_of_a_centre() {
    let tail = "3A 09 1A 09 0C 38 5B 01 00 00 00 79 03 00 00 00 00";
    golden(
        &format!("40 40 01 00 01 01 20 {tail} 03 00 04 51 01 00 FE 23 23"),
        down(1, 0x20),
        Command::Request,
        Some(&Adu::ReadUnitState),
    );
    for (second, sum) in [("1D", "0F"), ("20", "12")] {
        golden(
            &format!("40 40 01 00 01 01 {second} {tail} 03 00 04 5B 01 0A {sum} 23 23"),
            down(1, bytes(second)[0]),
            Command::Request,
            Some(&Adu::DutyCheck { within: 10 }),
        );
    }
    golden(
        &format!("40 40 06 00 01 01 20 {tail} 08 00 01 5A 01 20 3A 09 1A 09 0C A0 23 23"),
        down(6, 0x20),
        Command::Control,
        Some(&Adu::SetClock(AT)),
    );
}

#[test]
fn data_that_contradict_themselves_are_refused() {
    let check = |text: &str, expected: Error| assert_eq!(Adu::decode(&bytes(text)), Err(expected), "{text}");
    check("01 00", Error::NoObjects);
    check("02 00 01 01", Error::NoObjects);
    check("", Error::Length { kind: 0, objects: 0, bytes: 0 });
    check("15", Error::Length { kind: 21, objects: 0, bytes: 1 });
    check("15 01 08 02 3A 09 1A 09", Error::Length { kind: 21, objects: 1, bytes: 8 });
    check("15 01 08 02 3A 09 1A 09 0C 00", Error::Length { kind: 21, objects: 1, bytes: 10 });
    check("15 02 08 02 3A 09 1A 09 0C 08 02 3A 09 1A 09 0C", Error::TooManyObjects(2));
    check("01 67", Error::TooManyObjects(103));
    check("06 01 01 01 05 41", Error::Length { kind: 6, objects: 1, bytes: 6 });
    check("06 01 01", Error::Length { kind: 6, objects: 1, bytes: 3 });
    check("06 01 01 01 01 41 42", Error::Length { kind: 6, objects: 1, bytes: 7 });
    check("1A 01 02 41", Error::Length { kind: 26, objects: 1, bytes: 4 });
    let other = Adu::Other { kind: 200, objects: 3, bytes: vec![1, 2, 3, 4] };
    assert_eq!(Adu::decode(&bytes("C8 03 01 02 03 04")), Ok(other), "what a vendor defines is kept");
}

#[test]
fn each_check_of_a_frame_is_made() {
    let good = bytes(
        "40 40 01 00 01 01 20 3A 09 1A 09 0C 79 03 00 00 00 00 38 5B 01 00 00 00 09 00 02 15 01 08 02 3A 09 1A 09 0C 42 23 23",
    );
    let check = |broken: Vec<u8>, expected: Error| {
        let refused = decode(&broken, Dialect::default()).expect_err("broken on purpose");
        assert_eq!(refused.what, expected);
        refused.header
    };
    let with = |at: usize, byte: u8| {
        let mut broken = good.clone();
        broken[at] = byte;
        broken
    };
    assert_eq!(check(with(0, 0), Error::Start), None);
    assert_eq!(check(with(38, 0), Error::End), Some(up(1)), "whom to deny it to is known");
    assert_eq!(check(with(36, 0), Error::Checksum { given: 0, summed: 0x42 }), Some(up(1)));
    check(with(29, 9), Error::Checksum { given: 0x42, summed: 0x43 });
    check(with(25, 5), Error::TooLong(0x509));
    check(good[..38].to_vec(), Error::TooShort);
    check(good[..20].to_vec(), Error::TooShort);
    check([&good[..], &[0]].concat(), Error::End);
    for command in [0, 7, 127, 128, 255] {
        let mut broken = with(26, command);
        broken[36] = 0x42_u8.wrapping_sub(2).wrapping_add(command);
        check(broken, Error::Command(command));
    }
    assert_eq!(
        encode(&Frame { header: up(1), command: Command::Send, data: vec![0; 1025] }, Dialect::default()),
        Err(Error::TooLong(1025))
    );
}

#[test]
fn the_checksum_variant_belongs_to_the_peer() {
    let other = Dialect { edition: Edition::V2011, checksum: Checksum::FromCommand };
    let frame = Frame { header: up(2), command: Command::Send, data: Vec::new() };
    let written = encode(&frame, other).expect("a frame");
    assert_eq!(written[27], 2, "the command byte alone");
    assert_eq!(decode(&written, other), Ok(frame));
    let refused = decode(&written, Dialect::default()).expect_err("the standard's sum differs");
    assert_eq!(refused.what, Error::Checksum { given: 2, summed: 0xA8 });
}

#[test]
fn a_status_of_zeros_is_in_test_and_not_healthy() {
    assert!(!SystemStatus(0).has(system::NORMAL));
    assert!(SystemStatus(0).with(system::NORMAL, true).has(system::NORMAL));
    assert!(ComponentStatus(0x0102).has(component::POWER | system::FIRE));
    assert_eq!(SystemStatus(3).with(system::NORMAL, false), SystemStatus(2));
}

#[test]
fn texts_are_gb_18030_and_cut_between_characters() {
    let component = Component::default();
    let written = |description: &str| {
        let adu = Adu::ComponentTexts(vec![ComponentText { component, description: description.into() }]);
        let data = adu.encode().expect("one object");
        assert_eq!(data.len(), 2 + 38);
        match Adu::decode(&data) {
            Ok(Adu::ComponentTexts(mut texts)) => (data, texts.remove(0).description),
            other => panic!("{other:?}"),
        }
    };
    let (data, read) = written("一层烟感");
    assert_eq!(data[9..17], [0xD2, 0xBB, 0xB2, 0xE3, 0xD1, 0xCC, 0xB8, 0xD0]);
    assert_eq!(read, "一层烟感");
    // Sixteen characters are 32 bytes; the field has 31.
    assert_eq!(written("一二三四五六七八九十一二三四五六").1, "一二三四五六七八九十一二三四五");
    assert_eq!(
        written("\u{1F525}\u{1F525}\u{1F525}\u{1F525}\u{1F525}\u{1F525}\u{1F525}\u{1F525}").1.chars().count(),
        7
    );
    assert_eq!(written("a\u{E5E5}b\0c").1, "a?bc");
    assert_eq!(written("padded with blanks             ").1, "padded with blanks");
}

#[test]
fn a_stream_is_cut_whatever_its_pieces() {
    let heartbeat = encode(&Frame { header: up(2), command: Command::Send, data: Vec::new() }, Dialect::default());
    let heartbeat = heartbeat.expect("a frame");
    let stream = [b"\r\n@noise@", &heartbeat[..], &heartbeat[..], b"##", &heartbeat[..]].concat();
    for size in [1, 2, 7, 29, 30, 31, 1000] {
        let mut cutter = Cutter::new(Dialect::default());
        let cuts: Vec<Cut> = stream.chunks(size).flat_map(|piece| cutter.push(piece)).collect();
        let frames = cuts.iter().filter(|cut| matches!(cut, Cut::Frame(_))).count();
        assert_eq!(frames, 3, "in pieces of {size}");
        assert!(!cutter.is_within());
    }
}

#[test]
fn a_broken_frame_hides_none_behind_it() {
    let frame = |serial| Frame { header: up(serial), command: Command::Send, data: Vec::new() };
    let written = |serial| encode(&frame(serial), Dialect::default()).expect("a frame");
    let mut cutter = Cutter::new(Dialect::default());
    // A length that claims the frame behind it as well, and ends where that one ends.
    let mut swallowing = written(1);
    swallowing[24] = 30;
    let cuts = cutter.push(&[swallowing, written(2)].concat());
    assert!(matches!(cuts[0], Cut::Refused(_)), "{cuts:?}");
    assert_eq!(cuts.last(), Some(&Cut::Frame(frame(2))));
    // A length that can be no length.
    let mut long = written(3);
    long[25] = 0xFF;
    assert_eq!(cutter.push(&[long, written(4)].concat()).last(), Some(&Cut::Frame(frame(4))));
    // A frame that was cut off and claims more than ever comes.
    let mut cut = written(5);
    cut[25] = 4;
    assert_eq!(cutter.push(&[&cut[..], &written(6)].concat()), []);
    assert!(cutter.is_within());
    assert_eq!(cutter.give_up().last(), Some(&Cut::Frame(frame(6))));
    assert!(!cutter.is_within());
}

fn stamp() -> impl Strategy<Value = Stamp> {
    any::<[u8; 6]>().prop_map(Stamp::from_bytes)
}

fn systems() -> impl Strategy<Value = System> {
    any::<(u8, u8)>().prop_map(|(kind, address)| System { kind, address })
}

fn places() -> impl Strategy<Value = ComponentAt> {
    (systems(), any::<(u16, u16)>()).prop_map(|(system, (zone, point))| ComponentAt { system, zone, point })
}

fn components() -> impl Strategy<Value = Component> {
    (places(), any::<u8>()).prop_map(|(at, kind)| Component { at, kind })
}

fn operations() -> impl Strategy<Value = (Operation, u8, Stamp)> {
    (any::<u8>().prop_map(Operation), any::<u8>(), stamp())
}

fn list<T: std::fmt::Debug>(of: impl Strategy<Value = T>, most: usize) -> impl Strategy<Value = Vec<T>> {
    prop::collection::vec(of, 1..=most)
}

fn said() -> impl Strategy<Value = Adu> {
    let system_state = (systems(), any::<u16>(), stamp()).prop_map(|(system, status, at)| SystemState {
        system,
        status: SystemStatus(status),
        at,
    });
    let component_state =
        (components(), any::<u16>(), "[a-z一-十]{0,15}", stamp()).prop_map(|(component, status, description, at)| {
            ComponentState { component, status: ComponentStatus(status), description, at }
        });
    let analogue = (components(), any::<(u8, i16)>(), stamp())
        .prop_map(|(component, (quantity, value), at)| Analogue { component, quantity, value, at });
    let done = (systems(), operations()).prop_map(|(system, (operation, operator, at))| SystemOperation {
        system,
        operation,
        operator,
        at,
    });
    let software = any::<(u8, u8)>().prop_map(|(main, sub)| Software { main, sub });
    let unit_done = operations().prop_map(|(operation, operator, at)| UnitOperation { operation, operator, at });
    prop_oneof![
        list(system_state, 102).prop_map(Adu::SystemStates),
        list(component_state, 22).prop_map(Adu::ComponentStates),
        list(analogue, 63).prop_map(Adu::Analogues),
        list(done, 102).prop_map(Adu::SystemOperations),
        list((systems(), software.clone()).prop_map(|(system, software)| SystemSoftware { system, software }), 255)
            .prop_map(Adu::SystemSoftware),
        list((systems(), "[A-Z一-十]{0,127}").prop_map(|(system, text)| SystemText { system, text }), 3)
            .prop_map(Adu::SystemTexts),
        list(
            (components(), "[a-z]{0,31}").prop_map(|(component, description)| ComponentText { component, description }),
            26
        )
        .prop_map(Adu::ComponentTexts),
        list((systems(), stamp()).prop_map(|(system, time)| SystemTime { system, time }), 127)
            .prop_map(Adu::SystemTimes),
        (any::<u8>(), stamp()).prop_map(|(status, at)| Adu::UnitState(UnitState { status: UnitStatus(status), at })),
        list(unit_done, 127).prop_map(Adu::UnitOperations),
        software.prop_map(Adu::UnitSoftware),
        "[a-z一-十]{0,127}".prop_map(Adu::UnitText),
        stamp().prop_map(Adu::UnitTime),
    ]
}

fn asked() -> impl Strategy<Value = Adu> {
    prop_oneof![
        list(systems(), 102).prop_map(Adu::ReadSystemStates),
        list(places(), 22).prop_map(Adu::ReadComponentStates),
        list(places(), 63).prop_map(Adu::ReadAnalogues),
        (systems(), any::<u8>(), stamp()).prop_map(|(system, wanted, from)| Adu::ReadSystemOperations(Records {
            system,
            wanted,
            from
        })),
        list(systems(), 255).prop_map(Adu::ReadSystemSoftware),
        list(systems(), 3).prop_map(Adu::ReadSystemTexts),
        list(places(), 26).prop_map(Adu::ReadComponentTexts),
        list(systems(), 255).prop_map(Adu::ReadSystemTimes),
        (any::<u8>(), stamp()).prop_map(|(wanted, from)| Adu::ReadUnitOperations(UnitRecords { wanted, from })),
        prop::sample::select(vec![
            Adu::ReadUnitState,
            Adu::ReadUnitSoftware,
            Adu::ReadUnitText,
            Adu::ReadUnitTime,
            Adu::Initialise,
        ]),
        stamp().prop_map(Adu::SetClock),
        any::<u8>().prop_map(|within| Adu::DutyCheck { within }),
        (128..=254_u8, 1..=255_u8, prop::collection::vec(any::<u8>(), 0..1022))
            .prop_map(|(kind, objects, bytes)| Adu::Other { kind, objects, bytes }),
    ]
}

fn frames() -> impl Strategy<Value = (Frame, Dialect)> {
    let header = (any::<u16>(), any::<[u8; 2]>(), stamp(), 0..1_u64 << 48, 0..1_u64 << 48);
    let adu = prop_oneof![said(), asked()];
    (header, prop::sample::select(Command::ALL.to_vec()), adu, any::<bool>()).prop_map(
        |((serial, version, sent, source, destination), command, adu, standard)| {
            let checksum = if standard { Checksum::Standard } else { Checksum::FromCommand };
            let data = adu.encode().unwrap_or_default();
            let header = Header { serial, version, sent, source, destination };
            (Frame { header, command, data }, Dialect { edition: Edition::V2011, checksum })
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(adu in prop_oneof![said(), asked()], (frame, dialect) in frames()) {
        match adu.encode() {
            Ok(data) => prop_assert_eq!(Adu::decode(&data), Ok(adu)),
            Err(error) => prop_assert!(matches!(error, Error::TooLong(_)), "{}", error),
        }
        let bytes = encode(&frame, dialect).expect("data that fit");
        prop_assert_eq!(decode(&bytes, dialect), Ok(frame));
    }

    #[test]
    fn a_frame_with_one_byte_changed_or_cut_is_never_accepted(
        (frame, dialect) in frames(), at in any::<prop::sample::Index>(), change in 1..=255_u8
    ) {
        let bytes = encode(&frame, dialect).expect("data that fit");
        let at = at.index(bytes.len());
        let mut broken = bytes.clone();
        broken[at] ^= change;
        // A sum sees every change of one byte that it covers.
        let covered = dialect.checksum == Checksum::Standard || !(2..24).contains(&at);
        prop_assert_eq!(decode(&broken, dialect).is_err(), covered);
        prop_assert!(decode(&bytes[..at], dialect).is_err());
    }

    #[test]
    fn whatever_comes_nothing_panics_and_little_is_held(pieces in prop::collection::vec(
        prop_oneof![
            prop::collection::vec(any::<u8>(), 0..1500),
            frames().prop_map(|(frame, dialect)| encode(&frame, dialect).unwrap_or_default()),
            Just(b"@@".to_vec()),
        ],
        0..12,
    )) {
        let mut cutter = Cutter::new(Dialect::default());
        for piece in &pieces {
            for cut in cutter.push(piece) {
                if let Cut::Frame(frame) = cut {
                    let _ = Adu::decode(&frame.data);
                }
            }
            prop_assert!(cutter.held() <= v2011::HEAD + v2011::DATA_MOST + v2011::TAIL);
        }
        cutter.give_up();
        let _ = decode(&pieces.concat(), Dialect::default());
        let _ = Adu::decode(&pieces.concat());
    }
}
