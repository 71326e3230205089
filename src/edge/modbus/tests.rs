//! Whatever bytes come, in whatever pieces: nothing panics or grows, and nothing but the awaited answer comes up.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;

use super::checksum::checksum;
use super::expected::{Body, Expected};
use super::mbap::Mbap;
use super::overheard::Heard;
use super::rtu::Rtu;

fn sealed(bytes: &[u8]) -> Vec<u8> {
    [bytes, &checksum(bytes).to_le_bytes()].concat()
}

fn expected() -> impl Strategy<Value = Expected> {
    let read = (1..=4_u8, 1..=250_u8).prop_map(|(function, data)| (function, Body::Data(data)));
    let repeat = |function: u8, length: u8| {
        any::<[u8; 6]>().prop_map(move |mut body| {
            body[usize::from(length)..].fill(0);
            (function, Body::Repeat(body, length))
        })
    };
    let any_body = prop_oneof![read, repeat(5, 4), repeat(6, 4), repeat(15, 4), repeat(16, 4), repeat(22, 6)];
    (1..=3_u8, any_body).prop_map(|(unit, (function, body))| Expected { unit, function, body })
}

/// Pieces of a line: noise, and frames that are nearly what is awaited.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let frame =
        (1..=3_u8, prop_oneof![1..=6_u8, Just(15), Just(16), Just(22), 0x81..=0x90_u8], vec(any::<u8>(), 0..260));
    let near = frame.prop_map(|(unit, function, rest)| sealed(&[&[unit, function], &rest[..]].concat()));
    vec(prop_oneof![vec(any::<u8>(), 0..40), near], 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn a_line_gives_the_awaited_frame_or_nothing(
        expected in expected(),
        bytes in line(),
        chunk in 1..300_usize,
        echoes in proptest::option::of(any::<bool>()),
    ) {
        let (mut rtu, mut held, mut answer) = (Rtu::new(echoes), Vec::new(), Vec::new());
        rtu.ask(expected);
        rtu.outgoing(&sealed(&[expected.unit, expected.function, 0, 1, 0, 2]));
        for piece in bytes.chunks(chunk) {
            held.extend_from_slice(piece);
            if rtu.scan(&mut held, &mut answer).is_err() {
                break;
            }
            prop_assert!(held.len() <= 2 * 256, "{} bytes are kept", held.len());
        }
        if !answer.is_empty() {
            prop_assert_eq!(checksum(&answer), 0);
            prop_assert!(expected.check(answer[0], &answer[1..answer.len() - 2]).is_ok());
        }
        rtu.overhear(&bytes);
        prop_assert!(rtu.heard.noise as usize <= 2 * bytes.len());
    }

    #[test]
    fn a_connection_gives_the_awaited_frame_or_nothing(
        expected in expected(),
        numbered in any::<bool>(),
        heads in vec((0..4_u16, 0..3_u16, 0..270_u16, 1..=3_u8), 0..6),
        body in vec(any::<u8>(), 0..300),
        chunk in 1..300_usize,
    ) {
        let (mut mbap, mut held, mut answer) = (Mbap::new(numbered), Vec::new(), Vec::new());
        mbap.ask(expected);
        mbap.outgoing(&mut [0xAB, 0xCD, 0, 0, 0, 6, expected.unit, expected.function, 0, 0, 0, 1]);
        let frame = |(number, protocol, length, unit): &(u16, u16, u16, u8)| {
            let head = [*number, protocol / 2, *length].map(u16::to_be_bytes).concat();
            [&head[..], &[*unit, expected.function], &body[..]].concat()
        };
        for piece in heads.iter().flat_map(frame).collect::<Vec<u8>>().chunks(chunk) {
            held.extend_from_slice(piece);
            if mbap.scan(&mut held, &mut answer).is_err() {
                break;
            }
            prop_assert!(held.len() < 6 + 254, "{} bytes are kept", held.len());
        }
        if !answer.is_empty() {
            prop_assert_eq!(&answer[..2], [0xAB, 0xCD]);
            prop_assert!(expected.check(answer[6], &answer[7..]).is_ok());
        }
    }

    #[test]
    fn what_is_overheard_is_counted_within_bounds(bytes in line(), own in vec(any::<u8>(), 0..9), awaiting in any::<bool>()) {
        let mut heard = Heard::default();
        heard.take(&bytes, &own, &BTreeSet::from([(1, 3)]), awaiting);
        prop_assert!(heard.noise as usize + 5 * heard.strangers as usize <= bytes.len());
    }
}
