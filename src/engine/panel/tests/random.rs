//! Whatever bytes come: nothing panics, nothing grows, and records between noise are still found.

use std::sync::Arc;

use proptest::prelude::*;

use super::listening::{now, site_of};
use super::printing::{grammar, printed, told};
use crate::engine::base::{Mono, Now, Text, Wall};
use crate::engine::panel::{Cutter, Printer, Reader};
use crate::engine::poll::Report;
use crate::engine::profile::{Grammar, TextEncoding};

/// Bytes that are likely to be mistaken for something.
fn likely() -> impl Strategy<Value = u8> {
    prop_oneof![
        any::<u8>(),
        Just(0x1B),
        Just(0x36),
        Just(0x39),
        Just(0x0A),
        Just(0x81),
        Just(0xFE),
        Just(0xBB),
        Just(0xF0),
    ]
}

/// Noise that neither ends a record nor begins one.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>().prop_filter("no mark", |byte| !matches!(byte, 0x0A | 0x1B)), 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_cut_within_bounds_and_none_is_lost(
        parts in prop::collection::vec(prop::collection::vec(likely(), 0..80), 0..40),
        ascii in any::<bool>(),
        marked in any::<bool>(),
    ) {
        let encoding = if ascii { TextEncoding::Ascii } else { TextEncoding::Gb18030 };
        let mut grammar = Grammar { encoding, longest: 64, ..grammar() };
        if !marked {
            (grammar.begins, grammar.ends, grammar.ignore) = (Vec::new(), Vec::new(), Vec::new());
        }
        let (mut cutter, reader) = (Cutter::new(&grammar), Reader::new(&grammar));
        let mut cuts = Vec::new();
        let (mut at, mut all) = (0, Vec::new());
        for part in &parts {
            at += 7_000;
            cuts.extend(cutter.take(part, Mono(at)));
            all.extend_from_slice(part);
        }
        cuts.extend(cutter.flush());
        prop_assert_eq!(cutter.due(), None, "nothing is held any more");
        for cut in &cuts {
            // One character of four bytes may lie across the bound.
            prop_assert!(cut.bytes.len() < 64 + 4, "{} bytes", cut.bytes.len());
            let heard = reader.read(cut);
            prop_assert!(heard.words.len() < 64 * 8);
            prop_assert!(!heard.words.chars().any(char::is_control));
        }
        if !marked {
            // Without marks every visible byte stands in a record.
            let visible = |byte: &&u8| !byte.is_ascii_control() && **byte != b' ';
            let kept: usize = cuts.iter().map(|cut| cut.bytes.iter().filter(visible).count()).sum();
            prop_assert_eq!(kept, all.iter().filter(visible).count());
        }
    }

    #[test]
    fn any_bytes_at_a_port_make_reports_and_no_end(parts in prop::collection::vec(prop::collection::vec(likely(), 0..200), 0..20)) {
        let site = site_of(grammar());
        let mut printer = Printer::new(Arc::clone(&site), 0, now(0));
        printer.link(true, Text::default(), now(0));
        let mut at = 0;
        for part in parts {
            at += 300_000;
            let now = Now { mono: Mono(at), wall: Wall(0) };
            let mut report = printer.take(&part, now);
            report.append(printer.tick(now));
            prop_assert!(printer.next_tick() > Mono(at));
            prop_assert!(!told(&site, &report).iter().any(|said| said == "reset" || said.ends_with("false")));
        }
    }

    #[test]
    fn records_between_noise_are_still_found(
        noises in prop::collection::vec(noise(), 1..12),
        indices in prop::collection::vec(1_u16..=242, 12),
        size in 1_usize..50,
    ) {
        let site = site_of(grammar());
        let mut printer = Printer::new(Arc::clone(&site), 0, now(0));
        let (mut stream, mut expected) = (Vec::new(), Vec::new());
        for (noise, index) in noises.iter().zip(&indices) {
            stream.extend_from_slice(noise);
            stream.extend(printed(&format!("11/22/26  07:00\n  003-{index:03}\nESC9火警")));
            expected.push(format!("l3-p{index}:fire true"));
        }
        let mut report = Report::default();
        for part in stream.chunks(size) {
            report.append(printer.take(part, now(1)));
        }
        let found: Vec<String> = told(&site, &report).into_iter().filter(|said| said.ends_with("true")).collect();
        prop_assert_eq!(found, expected);
    }
}
