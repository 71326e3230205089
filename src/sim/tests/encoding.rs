//! What is encoded decodes back to itself, for every kind, order and place within a word.

use encoding_rs::GB18030;
use proptest::prelude::*;

use super::*;
use crate::engine::base::{Category, Reason, Truth, Value};
use crate::engine::point::{Raw, decode};
use crate::engine::profile::{Bytes, Characters, Encoding, Kind, Order, Table, TextEncoding};
use crate::sim::Setting;
use crate::sim::encode::{Pattern, cells, raw};

/// Decodes a point from the registers of the world.
pub(super) fn reading(world: &World, slot: u32) -> Result<Value, Reason> {
    let point = &world.site().points[slot as usize];
    if point.is_rate() {
        return Err(Reason::NeverRead);
    }
    let encoding = &point.encoding;
    let cells = world.read(point.device, encoding.table, encoding.address, encoding.width()).expect("its addresses");
    if encoding.table.is_bits() {
        decode(encoding, Raw::Bits(&cells.iter().map(|cell| *cell != 0).collect::<Vec<_>>()))
    } else {
        decode(encoding, Raw::Words(cells))
    }
}

#[test]
fn nothing_is_unknown_and_no_rule_holds_at_rest() {
    let world = world_at(small(), "name = { zh = \"甲\", en = \"A\" }\nstep = []\n");
    let values: Vec<Result<Value, Reason>> =
        (0..world.site().points.len()).map(|slot| reading(&world, u32::try_from(slot).expect("few"))).collect();
    for (point, value) in world.site().points.iter().zip(&values) {
        assert!(value.is_ok() || point.is_rate(), "{}: {value:?}", point.id);
    }
    for rule in &world.site().rules {
        let truth = rule.when.evaluate(&|slot| values[slot as usize].as_ref().ok());
        assert_eq!(truth, Truth::False, "{}", rule.condition);
    }
}

/// The pump of the demo starts, runs and stops as FW-01 has it: neither its lamps nor its currents ever disagree with it for
/// longer than their rules allow, and in the end nothing is left over.
#[test]
fn the_default_story_raises_no_fault_and_ends_quiet() {
    let mut world = world_at(small(), &small_story("smoke"));
    let site = Arc::clone(world.site());
    let mut since: BTreeMap<usize, Duration> = BTreeMap::new();
    let mut fires = 0;
    let end = Duration::from_secs(260);
    let mut at = Duration::ZERO;
    while at <= end {
        world.advance(at);
        let values: Vec<_> = (0..site.points.len() as u32).map(|slot| reading(&world, slot).ok()).collect();
        for (number, rule) in site.rules.iter().enumerate() {
            if rule.when.evaluate(&|slot| values[slot as usize].as_ref()) != Truth::True {
                since.remove(&number);
                continue;
            }
            let begun = *since.entry(number).or_insert(at);
            fires += usize::from(begun == at && rule.condition.category == Category::Fire);
            let wrong = matches!(rule.condition.category, Category::Fault | Category::Limit | Category::Supervisory);
            // Water flows in the story, and its switches say so (FW-08).
            let water = matches!(rule.class.as_deref(), Some("flow-indicator" | "pressure-switch"));
            assert!(!wrong || water || at - begun < rule.delay, "{} holds at {at:?}", rule.condition);
            assert!(at < end, "{} is left over", rule.condition);
        }
        at += Duration::from_millis(500);
    }
    assert_eq!(fires, 2);
}

#[test]
fn every_point_says_what_it_is_set_to_and_its_neighbours_stay() {
    let rested = world("name = { zh = \"甲\", en = \"A\" }\nstep = []\n");
    let site = Arc::clone(rested.site());
    for (slot, point) in site.points.iter().enumerate() {
        let slot = u32::try_from(slot).expect("few");
        let mut world = rested.clone();
        let before: Vec<_> = (0..site.points.len() as u32).map(|slot| reading(&world, slot)).collect();
        let mut settings: Vec<(Setting, Result<Value, Reason>)> = Vec::new();
        match &point.encoding.states {
            Some(states) => {
                for (index, state) in states.iter().enumerate() {
                    settings.push((Setting::State(state.key.clone()), Ok(Value::State(index as u16))));
                }
            }
            None if point.encoding.kind == Kind::Bit => {
                settings.extend([true, false].map(|set| (Setting::Bit(set), Ok(Value::Bit(set)))));
            }
            None => {
                let (low, high) = point.encoding.valid.unwrap_or((0.0, 1000.0));
                for part in [0.0, 0.25, 0.5, 1.0] {
                    let number = low + (high - low) * part;
                    settings.push((Setting::Number(number), Ok(Value::Number(number))));
                }
            }
        }
        if !point.encoding.absent.is_empty() {
            settings.push((Setting::Absent, Err(Reason::Absent)));
        }
        for (setting, expected) in settings {
            world.set(point.id.as_str(), &setting).unwrap_or_else(|error| panic!("{error}"));
            match (reading(&world, slot), &expected) {
                (Ok(Value::Number(read)), Ok(Value::Number(set))) => {
                    // Half a step of a scaled integer; the last of 24 bits of a binary32.
                    let step = if point.encoding.kind == Kind::F32 { set.abs() * 1e-7 } else { point.encoding.scale };
                    assert!((read - set).abs() <= step.abs() * 0.51 + 1e-9, "{}: {read} for {set}", point.id);
                }
                (read, expected) => assert_eq!(&read, expected, "{} as {setting:?}", point.id),
            }
            for (other, before) in before.iter().enumerate().filter(|(other, _)| *other != slot as usize) {
                let (a, b) = (&site.points[other], point);
                let shared = a.device == b.device && overlap(&a.encoding, &b.encoding);
                assert!(shared || reading(&world, other as u32) == *before, "{} changed {}", b.id, a.id);
            }
        }
    }
}

/// Whether two points share a bit.
fn overlap(a: &Encoding, b: &Encoding) -> bool {
    let all = |encoding: &Encoding| -> Vec<(u16, u16)> {
        let nothing = raw(encoding, &Setting::Raw(0)).or_else(|_| raw(encoding, &Setting::Absent)).expect("zero");
        cells(encoding, &nothing).iter().map(|cell| (cell.address, cell.mask)).collect()
    };
    let (first, second) = (all(a), all(b));
    a.table == b.table && first.iter().any(|(at, mask)| second.iter().any(|(to, other)| at == to && mask & other != 0))
}

const NUMBERS: [Kind; 10] =
    [Kind::U16, Kind::I16, Kind::U32, Kind::I32, Kind::U64, Kind::I64, Kind::F32, Kind::F64, Kind::Bcd16, Kind::Bcd32];
const ORDERS: [Order; 4] = [Order::Abcd, Order::Cdab, Order::Badc, Order::Dcba];

fn plain(kind: Kind, order: Order) -> Encoding {
    Encoding {
        table: Table::Holding,
        address: 40,
        kind,
        order,
        bits: None,
        scale: 1.0,
        offset: 0.0,
        valid: None,
        absent: Vec::new(),
        states: None,
    }
}

/// Words full of `around`, with what the point shall hold written into them as the image does.
fn written(encoding: &Encoding, pattern: &Pattern, around: u16) -> Vec<u16> {
    let mut words = vec![around; usize::from(encoding.width())];
    for cell in cells(encoding, pattern) {
        let word = &mut words[usize::from(cell.address - encoding.address)];
        *word = (*word & !cell.mask) | (cell.bits & cell.mask);
    }
    words
}

prop_compose! {
    fn encodings()(
        kind in prop_oneof![Just(Kind::Bit), prop::sample::select(NUMBERS.to_vec())],
        order in prop::sample::select(ORDERS.to_vec()),
        part in proptest::option::of((0u8..64, 1u8..=64)),
        scale in prop_oneof![Just(1.0), Just(0.1), Just(0.001), Just(-2.5), Just(100.0)],
        offset in prop_oneof![Just(0.0), Just(-40.0), Just(1e4)],
        absent in proptest::collection::vec(any::<u64>(), 0..3),
    ) -> Encoding {
        let size = u8::try_from(kind.width() * 16).expect("64 at most");
        let bits = match kind {
            Kind::F32 | Kind::F64 | Kind::Bcd16 | Kind::Bcd32 => None,
            Kind::Bit => part.map(|(lowest, _)| (lowest % size, 1)),
            _ => part.map(|(lowest, many)| (lowest % size, many)).map(|(lowest, many)| (lowest, many.min(size - lowest))),
        };
        Encoding { bits, scale, offset, absent, ..plain(kind, order) }
    }
}

prop_compose! {
    fn texts()(
        registers in 1u16..20,
        set in prop_oneof![Just(TextEncoding::Ascii), Just(TextEncoding::Gb18030)],
        bytes in prop_oneof![Just(Bytes::Both), Just(Bytes::High), Just(Bytes::Low)],
        order in prop_oneof![Just(Order::Abcd), Just(Order::Badc)],
    ) -> Encoding {
        plain(Kind::Text(Characters { registers, set, bytes }), order)
    }
}

proptest! {
    #[test]
    fn any_pattern_decodes_back(encoding in encodings(), pattern: u64, around: u16) {
        let Ok(held) = raw(&encoding, &Setting::Raw(pattern)) else { return Ok(()) };
        let words = written(&encoding, &held, around);
        match decode(&encoding, Raw::Words(&words)) {
            Err(Reason::Absent) => prop_assert!(encoding.absent.contains(&pattern)),
            Err(_) => {
                let nibbles = (0..16).any(|place| pattern >> (4 * place) & 0xF > 9);
                let finite = match encoding.kind {
                    Kind::F32 => f32::from_bits(pattern as u32).is_finite(),
                    Kind::F64 => (f64::from_bits(pattern) * encoding.scale + encoding.offset).is_finite(),
                    Kind::Bcd16 | Kind::Bcd32 => !nibbles,
                    _ => true,
                };
                prop_assert!(!finite, "{pattern:#x}");
            }
            Ok(Value::Bit(set)) => prop_assert_eq!(pattern, u64::from(set)),
            Ok(Value::Number(read)) => {
                // A number that was read can be set again: the same pattern, as far as an f64 is exact.
                let exact = !encoding.kind.is_float() && read.abs() < 4e12;
                if exact {
                    prop_assert_eq!(raw(&encoding, &Setting::Number(read)), Ok(held));
                }
            }
            Ok(other) => prop_assert!(false, "{:?}", other),
        }
    }

    /// P18: one codec for both directions. What a point is told to say, it says, in every kind and every order.
    #[test]
    fn any_number_comes_back(number in -9999i32..9999, around: u16) {
        for (kind, order) in NUMBERS.into_iter().flat_map(|kind| ORDERS.map(|order| (kind, order))) {
            let signed = kind.is_signed() || kind.is_float();
            let number = f64::from(if signed { number } else { number.abs() });
            let encoding = plain(kind, order);
            let held = raw(&encoding, &Setting::Number(number)).expect("four digits fit everything");
            let words = written(&encoding, &held, around);
            prop_assert_eq!(decode(&encoding, Raw::Words(&words)), Ok(Value::Number(number)), "{:?} {:?}", kind, order);
        }
    }

    #[test]
    fn any_text_comes_back(encoding in texts(), text in "[ -~]{0,12}|[火警一-龥ａ €𠀀]{0,6}", around: u16) {
        match raw(&encoding, &Setting::State(text.clone())) {
            Ok(held) => {
                let words = written(&encoding, &held, around);
                let said = if text.is_empty() { Err(Reason::Absent) } else { Ok(Value::Text(text.as_str().into())) };
                prop_assert_eq!(decode(&encoding, Raw::Words(&words)), said);
            }
            Err(_) => {
                let Kind::Text(characters) = encoding.kind else { unreachable!("only texts are drawn") };
                let room = usize::from(characters.registers) * if characters.bytes == Bytes::Both { 2 } else { 1 };
                let long = GB18030.encode(&text).0.len() > room;
                let foreign = characters.set == TextEncoding::Ascii && !text.is_ascii();
                prop_assert!(long || foreign || text.trim_matches(' ') != text, "{text:?}");
            }
        }
    }
}
