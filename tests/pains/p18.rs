//! P18: wrong word order, off by one.
//!
//! The registers below were packed by another program (Python's `struct`), in every kind and every order; each must come
//! out as the number that was packed. Read one address aside, or in another order, none of them does: so a profile that is
//! wrong by one is seen to be wrong.

use std::fmt::Write as _;

use tocsin::engine::base::Value;

use super::device::Registers;
use super::running::Running;
use super::server::Server;
use super::sites;

/// Type, order, what was packed, and the words as they come.
const PACKED: [(&str, &str, f64, &[u16]); 28] = [
    ("u32", "ABCD", 305_419_896.0, &[0x1234, 0x5678]),
    ("u32", "CDAB", 305_419_896.0, &[0x5678, 0x1234]),
    ("u32", "BADC", 305_419_896.0, &[0x3412, 0x7856]),
    ("u32", "DCBA", 305_419_896.0, &[0x7856, 0x3412]),
    ("i32", "ABCD", -2.0, &[0xFFFF, 0xFFFE]),
    ("i32", "CDAB", -2.0, &[0xFFFE, 0xFFFF]),
    ("i32", "BADC", -2.0, &[0xFFFF, 0xFEFF]),
    ("i32", "DCBA", -2.0, &[0xFEFF, 0xFFFF]),
    ("f32", "ABCD", 50.25, &[0x4249, 0x0000]),
    ("f32", "CDAB", 50.25, &[0x0000, 0x4249]),
    ("f32", "BADC", 50.25, &[0x4942, 0x0000]),
    ("f32", "DCBA", 50.25, &[0x0000, 0x4942]),
    ("u64", "ABCD", 1_311_768_467_463_790.0, &[0x0004, 0xA90B, 0xE587, 0xDE6E]),
    ("u64", "CDAB", 1_311_768_467_463_790.0, &[0xDE6E, 0xE587, 0xA90B, 0x0004]),
    ("u64", "BADC", 1_311_768_467_463_790.0, &[0x0400, 0x0BA9, 0x87E5, 0x6EDE]),
    ("u64", "DCBA", 1_311_768_467_463_790.0, &[0x6EDE, 0x87E5, 0x0BA9, 0x0400]),
    ("i64", "ABCD", -1_234_567_890_123.0, &[0xFFFF, 0xFEE0, 0x8E04, 0xFB35]),
    ("i64", "CDAB", -1_234_567_890_123.0, &[0xFB35, 0x8E04, 0xFEE0, 0xFFFF]),
    ("i64", "BADC", -1_234_567_890_123.0, &[0xFFFF, 0xE0FE, 0x048E, 0x35FB]),
    ("i64", "DCBA", -1_234_567_890_123.0, &[0x35FB, 0x048E, 0xE0FE, 0xFFFF]),
    ("f64", "ABCD", -123_456.789, &[0xC0FE, 0x240C, 0x9FBE, 0x76C9]),
    ("f64", "CDAB", -123_456.789, &[0x76C9, 0x9FBE, 0x240C, 0xC0FE]),
    ("f64", "BADC", -123_456.789, &[0xFEC0, 0x0C24, 0xBE9F, 0xC976]),
    ("f64", "DCBA", -123_456.789, &[0xC976, 0xBE9F, 0x0C24, 0xFEC0]),
    ("u16", "AB", 4660.0, &[0x1234]),
    ("u16", "BA", 4660.0, &[0x3412]),
    ("i16", "AB", -300.0, &[0xFED4]),
    ("i16", "BA", -300.0, &[0xD4FE]),
];

/// Words between two values, which belong to nobody.
const APART: u16 = 2;
const FIRST: u16 = 10;

/// The profile whose points lie where the words do, `aside` addresses away.
fn profile(aside: i32) -> String {
    let mut text = "vendor = \"Test\"\nmodel = \"Every order\"\nclass = \"meter\"\nsource = \"tests/pains/p18.rs\"\n\
                    verified = \"manual-only\"\n[points]\n"
        .to_owned();
    let mut address = i32::from(FIRST) + aside;
    for (number, (kind, order, _, words)) in PACKED.iter().enumerate() {
        let _ = writeln!(
            text,
            "p{number}-x = {{ table = \"holding\", address = {address}, type = \"{kind}\", order = \"{order}\", \
             poll = \"fast\", name = {{ zh = \"值{number}\", en = \"Value {number}\" }} }}"
        );
        address += i32::try_from(words.len()).expect("few") + i32::from(APART);
    }
    text
}

/// What a site with this profile reads of the words.
async fn read(aside: i32) -> Vec<Option<f64>> {
    let registers = Registers::default();
    (0..400).for_each(|address| registers.set(1, address, 0x5A5A));
    let mut address = FIRST;
    for (.., words) in PACKED {
        for word in words {
            registers.set(1, address, *word);
            address += 1;
        }
        address += APART;
    }
    let server = Server::tcp(registers.well());
    let site = sites::site(&sites::text(&sites::tcp(&server.place), sites::TEN_A_SECOND, &[1]), &profile(aside));
    let running = Running::new(site);
    let id = |number: usize| format!("unit-1/p{number}-x");
    let answered = |running: &Running| (0..PACKED.len()).all(|number| !running.posted(&id(number)).is_empty());
    running.until("every point was read", answered).await;
    let number = |number| match running.known(&id(number)) {
        Ok(Value::Number(number)) => Some(number),
        _ => None,
    };
    (0..PACKED.len()).map(number).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p18_every_kind_in_every_order_is_what_another_program_packed() {
    for (said, (kind, order, packed, _)) in read(0).await.into_iter().zip(PACKED) {
        assert_eq!(said, Some(packed), "{kind} {order}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p18_one_address_aside_nothing_is_right_by_chance() {
    for aside in [-1, 1] {
        for (said, (kind, order, packed, _)) in read(aside).await.into_iter().zip(PACKED) {
            assert_ne!(said, Some(packed), "{kind} {order}, {aside:+}");
        }
    }
}
