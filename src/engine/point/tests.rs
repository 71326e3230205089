use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::engine::base::Text;
use crate::engine::profile::{Bytes, Characters, State, Table, TextEncoding};

fn plain(kind: Kind) -> Encoding {
    Encoding {
        table: Table::Holding,
        address: 0,
        kind,
        order: Order::Abcd,
        bits: None,
        scale: 1.0,
        offset: 0.0,
        valid: None,
        absent: Vec::new(),
        states: None,
    }
}

fn states(codes: &[u32]) -> Option<Arc<[State]>> {
    Some(codes.iter().map(|code| State { code: *code, key: format!("s{code}"), name: Text::default() }).collect())
}

fn number(value: f64) -> Result<Value, Reason> {
    Ok(Value::Number(value))
}

#[test]
fn whole_numbers_keep_their_exact_value() {
    let check = |kind, words: &[u16], expected| assert_eq!(decode(&plain(kind), Raw::Words(words)), number(expected));
    check(Kind::U16, &[0], 0.0);
    check(Kind::U16, &[0xFFFF], 65_535.0);
    check(Kind::I16, &[0x8000], -32_768.0);
    check(Kind::I16, &[0x7FFF], 32_767.0);
    check(Kind::U32, &[0xFFFF, 0xFFFF], 4_294_967_295.0);
    check(Kind::I32, &[0xFFFF, 0xFFFE], -2.0);
    check(Kind::I32, &[0x8000, 0], -2_147_483_648.0);
    check(Kind::U64, &[0, 1, 0, 0], 4_294_967_296.0);
    check(Kind::U64, &[0x0020, 0, 0, 0], 9_007_199_254_740_992.0);
    check(Kind::I64, &[0xFFFF, 0xFFFF, 0xFFFF, 0xFFFE], -2.0);
    check(Kind::Bcd16, &[0x1234], 1234.0);
    check(Kind::Bcd32, &[0x0012, 0x3456], 123_456.0);
}

#[test]
fn the_four_orders_of_thirty_two_bits() {
    // 123456.7 is 0x47F12059 as binary32.
    let check = |kind, order, words: [u16; 2], expected: f64| {
        assert_eq!(decode(&Encoding { order, ..plain(kind) }, Raw::Words(&words)), number(expected), "{order:?}");
    };
    let float = f64::from(f32::from_bits(0x47F1_2059));
    for (order, words) in [
        (Order::Abcd, [0x47F1, 0x2059]),
        (Order::Cdab, [0x2059, 0x47F1]),
        (Order::Badc, [0xF147, 0x5920]),
        (Order::Dcba, [0x5920, 0xF147]),
    ] {
        check(Kind::F32, order, words, float);
        check(Kind::U32, order, words, f64::from(0x47F1_2059_u32));
        check(Kind::I32, order, words, f64::from(0x47F1_2059_i32));
    }
}

#[test]
fn the_four_orders_of_sixty_four_bits() {
    let double = 1234.5678_f64.to_bits();
    let [a, b, c, d] = [48, 32, 16, 0].map(|shift| (double >> shift) as u16);
    let swap = |words: [u16; 4]| words.map(u16::swap_bytes);
    for (order, words) in [
        (Order::Abcd, [a, b, c, d]),
        (Order::Cdab, [d, c, b, a]),
        (Order::Badc, swap([a, b, c, d])),
        (Order::Dcba, swap([d, c, b, a])),
    ] {
        let encoding = Encoding { order, ..plain(Kind::F64) };
        assert_eq!(decode(&encoding, Raw::Words(&words)), number(1234.5678), "{order:?}");
    }
    let swapped = Encoding { order: Order::Badc, ..plain(Kind::I16) };
    assert_eq!(decode(&swapped, Raw::Words(&[0xFEFF])), number(-2.0), "one register has a byte order too");
}

#[test]
fn a_nibble_beyond_nine_is_no_digit() {
    let check = |kind, words: &[u16]| assert_eq!(decode(&plain(kind), Raw::Words(words)), Err(Reason::BadValue));
    check(Kind::Bcd16, &[0x12A4]);
    check(Kind::Bcd32, &[0xF000, 0]);
    let all_ones = Encoding { absent: vec![0xFFFF], ..plain(Kind::Bcd16) };
    assert_eq!(decode(&all_ones, Raw::Words(&[0xFFFF])), Err(Reason::Absent), "a sentinel goes first");
}

#[test]
fn texts_lie_in_both_bytes_or_in_one() {
    let check = |set, bytes, order, words: &[u16], expected: Result<&str, Reason>| {
        let registers = u16::try_from(words.len()).expect("few");
        let encoding = Encoding { order, ..plain(Kind::Text(Characters { registers, set, bytes })) };
        assert_eq!(decode(&encoding, Raw::Words(words)), expected.map(|text| Value::Text(text.into())), "{words:x?}");
    };
    let (ascii, gb) = (TextEncoding::Ascii, TextEncoding::Gb18030);
    check(ascii, Bytes::Both, Order::Abcd, &[0x534F, 0x434F, 0x2020], Ok("SOCO"));
    check(ascii, Bytes::Both, Order::Badc, &[0x4F53, 0x4F43], Ok("SOCO"));
    check(ascii, Bytes::High, Order::Abcd, &[0x41FF, 0x4200, 0x00FF, 0x4300], Ok("AB"));
    check(ascii, Bytes::Low, Order::Abcd, &[0x0020, 0xFF44, 0x0036], Ok("D6"));
    check(gb, Bytes::Both, Order::Abcd, &[0xBBF0, 0xBEAF, 0], Ok("火警"));
    check(gb, Bytes::Low, Order::Abcd, &[0xBB, 0xF0, 0xBE, 0xAF], Ok("火警"));
    check(ascii, Bytes::Both, Order::Abcd, &[0, 0x4142], Err(Reason::Absent));
    check(ascii, Bytes::Both, Order::Abcd, &[0x2020], Err(Reason::Absent));
    check(ascii, Bytes::Both, Order::Abcd, &[0x41FF], Err(Reason::BadValue));
    check(ascii, Bytes::Both, Order::Abcd, &[0x4107], Err(Reason::BadValue));
    check(gb, Bytes::Both, Order::Abcd, &[0x41FF], Err(Reason::BadValue));
    // Half a Chinese character, cut by the end of the registers.
    check(gb, Bytes::Both, Order::Abcd, &[0xBBF0, 0x20BE], Err(Reason::BadValue));
    let long = plain(Kind::Text(Characters { registers: 2, set: ascii, bytes: Bytes::Both }));
    assert_eq!(decode(&long, Raw::Words(&[0x4142])), Err(Reason::BadValue), "half a text is no text");
}

#[test]
fn a_float_that_is_no_number_is_unknown() {
    let check = |bits: u32, expected| {
        let words = [(bits >> 16) as u16, bits as u16];
        assert_eq!(decode(&plain(Kind::F32), Raw::Words(&words)), expected);
    };
    check(0x7FC0_0000, Err(Reason::BadValue));
    check(0x7F80_0000, Err(Reason::BadValue));
    check(0xFF80_0000, Err(Reason::BadValue));
    check(0x3F80_0000, number(1.0));
}

#[test]
fn bits_and_parts_of_words() {
    let check = |kind, bits, words: &[u16], expected: Result<Value, Reason>| {
        assert_eq!(decode(&Encoding { bits, ..plain(kind) }, Raw::Words(words)), expected, "{kind:?} {bits:?}");
    };
    check(Kind::Bit, Some((13, 1)), &[0x2000], Ok(Value::Bit(true)));
    check(Kind::Bit, Some((13, 1)), &[0xDFFF], Ok(Value::Bit(false)));
    check(Kind::Bit, None, &[0x0001], Ok(Value::Bit(true)));
    check(Kind::Bit, None, &[0xFFFE], Ok(Value::Bit(false)));
    check(Kind::U16, Some((8, 4)), &[0xABCD], number(11.0));
    check(Kind::I16, Some((8, 4)), &[0x0F00], number(-1.0));
    check(Kind::I16, Some((0, 12)), &[0xF7FF], number(2047.0));
    check(Kind::U32, Some((16, 16)), &[0xABCD, 0], number(f64::from(0xABCD_u16)));
    check(Kind::U32, Some((0, 32)), &[0xFFFF, 0xFFFF], number(f64::from(u32::MAX)));
    check(Kind::U16, Some((12, 5)), &[0xFFFF], Err(Reason::BadValue));
    check(Kind::F32, Some((0, 16)), &[0, 0], Err(Reason::BadValue));
}

#[test]
fn coils_and_discrete_inputs() {
    let coil = Encoding { table: Table::Coil, ..plain(Kind::Bit) };
    let check = |bits: &[bool], expected| assert_eq!(decode(&coil, Raw::Bits(bits)), expected);
    check(&[true, false], Ok(Value::Bit(true)));
    check(&[false, true], Ok(Value::Bit(false)));
    check(&[], Err(Reason::BadValue));
}

#[test]
fn a_code_outside_the_table_is_never_a_guess() {
    let check = |bits, word, expected| {
        let encoding = Encoding { bits, states: states(&[0, 1, 4]), ..plain(Kind::U16) };
        assert_eq!(decode(&encoding, Raw::Words(&[word])), expected, "{word:#x}");
    };
    check(None, 0, Ok(Value::State(0)));
    check(None, 4, Ok(Value::State(2)));
    check(None, 2, Err(Reason::BadValue));
    check(None, 0x0104, Err(Reason::BadValue));
    check(Some((0, 8)), 0x0104, Ok(Value::State(2)));
}

#[test]
fn scale_range_and_sentinels() {
    let encoding = Encoding {
        scale: 0.1,
        offset: -40.0,
        valid: Some((-20.0, 100.0)),
        absent: vec![0xFFFF, 0x8000],
        ..plain(Kind::U16)
    };
    let check = |word, expected| assert_eq!(decode(&encoding, Raw::Words(&[word])), expected, "{word:#x}");
    check(200, number(-20.0));
    check(650, number(25.0));
    check(1400, number(100.0));
    check(199, Err(Reason::BadValue));
    check(1401, Err(Reason::BadValue));
    check(0xFFFF, Err(Reason::Absent));
    check(0x8000, Err(Reason::Absent));
}

#[test]
fn a_scaled_number_is_the_one_a_person_would_write() {
    let check = |scale, offset, raw: i16, expected| {
        let encoding = Encoding { scale, offset, ..plain(Kind::I16) };
        assert_eq!(decode(&encoding, Raw::Words(&[raw.cast_unsigned()])), number(expected), "{raw} * {scale}");
    };
    check(0.001, 0.0, -2800, -2.8);
    check(0.1, 0.0, 3, 0.3);
    check(0.1, -40.0, 652, 25.2);
    check(0.01, 0.0, 1157, 11.57);
    check(0.5, 0.0, 3, 1.5);
    check(10.0, 1.0, 7, 71.0);
    check(-0.1, 0.0, 5, -0.5);
    check(0.3, 0.0, 2, 0.6);
}

#[test]
fn half_a_value_is_no_value() {
    let check = |kind, words: &[u16]| assert_eq!(decode(&plain(kind), Raw::Words(words)), Err(Reason::BadValue));
    check(Kind::U16, &[]);
    check(Kind::U32, &[1]);
    check(Kind::F32, &[0x3F80]);
    check(Kind::U64, &[1, 2, 3]);
    check(Kind::F64, &[0x3FF0, 0, 0]);
}

fn any_encoding() -> impl Strategy<Value = Encoding> {
    let text = |set, bytes| Kind::Text(Characters { registers: 3, set, bytes });
    let kinds = [
        Kind::Bit,
        Kind::U16,
        Kind::I16,
        Kind::U32,
        Kind::I32,
        Kind::U64,
        Kind::I64,
        Kind::F32,
        Kind::F64,
        Kind::Bcd16,
        Kind::Bcd32,
        text(TextEncoding::Gb18030, Bytes::Both),
        text(TextEncoding::Ascii, Bytes::Low),
    ];
    let orders = [Order::Abcd, Order::Cdab, Order::Badc, Order::Dcba];
    (
        prop::sample::select(kinds.to_vec()),
        prop::sample::select(orders.to_vec()),
        prop::option::of(any::<(u8, u8)>()),
        any::<(f64, f64)>(),
        prop::option::of(any::<(f64, f64)>()),
        prop::collection::vec(any::<u64>(), 0..3),
        prop::option::of(prop::collection::vec(0_u32..16, 0..6)),
    )
        .prop_map(|(kind, order, bits, (scale, offset), valid, absent, codes)| Encoding {
            order,
            bits,
            scale,
            offset,
            valid,
            absent,
            states: codes.and_then(|codes| states(&codes)),
            ..plain(kind)
        })
}

proptest! {
    #[test]
    fn no_input_panics_and_no_unknown_code_becomes_a_value(
        encoding in any_encoding(),
        words in prop::collection::vec(prop_oneof![any::<u16>(), 0_u16..20, Just(0x4142)], 0..6),
        bits in prop::collection::vec(any::<bool>(), 0..3),
    ) {
        for raw in [Raw::Words(&words), Raw::Bits(&bits)] {
            let decoded = decode(&encoding, raw);
            if let Kind::Text(_) = encoding.kind {
                match decoded {
                    Ok(Value::Text(text)) => prop_assert!(!text.is_empty() && !text.chars().any(char::is_control)),
                    other => prop_assert!(matches!(other, Err(Reason::BadValue | Reason::Absent)), "{other:?}"),
                }
                continue;
            }
            let pattern = field(&encoding, raw).map(|(field, _)| field);
            match decoded {
                Ok(Value::State(state)) => {
                    let states = encoding.states.as_ref().expect("only a table gives states");
                    prop_assert_eq!(Some(u64::from(states[usize::from(state)].code)), pattern);
                }
                Ok(Value::Number(number)) => {
                    prop_assert!(encoding.states.is_none() && number.is_finite());
                    prop_assert!(encoding.valid.is_none_or(|(low, high)| low <= number && number <= high));
                }
                Ok(Value::Bit(_)) => prop_assert!(encoding.states.is_none() && encoding.kind == Kind::Bit),
                Ok(Value::Text(_)) => prop_assert!(false, "only a text gives text"),
                Err(Reason::Absent) => prop_assert!(encoding.absent.contains(&pattern.expect("a sentinel is a pattern"))),
                Err(reason) => prop_assert_eq!(reason, Reason::BadValue),
            }
            if let Some(pattern) = pattern && encoding.absent.contains(&pattern) {
                prop_assert_eq!(decode(&encoding, raw), Err(Reason::Absent));
            }
        }
    }
}
