//! What panels print: streams cut into records, records read by patterns, reports made of them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tocsin::config;
use tocsin::engine::base::{Category, Mono, Now, Text, Wall};
use tocsin::engine::panel::{Cut, Cutter, Printer, Reader, What};
use tocsin::engine::profile::{Grammar, Meaning, Pattern, TextEncoding};

use super::harness::Target;

const LONGEST: usize = 200;

/// A grammar like that of a GST panel, or of one that ends lines and marks nothing.
fn grammar(encoding: TextEncoding, marked: bool) -> Grammar {
    let pattern = |key: &str, matches: &str, meaning: Meaning| Pattern {
        key: key.into(),
        matches: matches.into(),
        meaning,
        about: None,
        usual_loop: 1,
    };
    Grammar {
        encoding,
        begins: if marked { vec![vec![0x1B, 0x36]] } else { Vec::new() },
        ends: if marked { vec![vec![0x0A, 0x0A]] } else { vec![vec![0x0D, 0x0A], vec![0x0A]] },
        ignore: vec![vec![0x1B, 0x39], vec![0x1B, 0x40]],
        pause: Duration::from_millis(500),
        longest: LONGEST,
        patterns: vec![
            pattern("cleared", r"(?<loop>\d+)-(?<index>\d+)\s+故障恢复", Meaning::Ended(Category::Fault)),
            pattern(
                "fire",
                r"(?<month>\d\d)/(?<day>\d\d)/(?<year>\d\d)\s+(?<hour>\d\d):(?<minute>\d\d)\s+(?<loop>\d+)-(?<index>\d+)\s+(?<kind>\S*?)\s*(?:首位)?火警\s*(?<place>\S+)?",
                Meaning::Began(Category::Fire),
            ),
            pattern("fault", r"(?<loop>\d+)-(?<index>\d+)\s+(?:故障|FAULT)", Meaning::Began(Category::Fault)),
            pattern("silence", "消音|SILENCED", Meaning::Operation(Text::new("消音", "silence"))),
            pattern("reset", "复位|RESET", Meaning::Reset),
            pattern("alive", "自检正常|OK", Meaning::Nothing),
        ],
        heartbeat: None,
    }
}

const WORDS: &[&str] = &[
    "\u{1b}6",
    "\u{1b}9",
    "\u{1b}@",
    "\u{1b}",
    "\n\n",
    "\n",
    "\r\n",
    "\r",
    "\u{0}",
    "1-17",
    "99999999999999999999-1",
    "65536-65536",
    " FAULT",
    "RESET",
    "OK",
    "07/20/26 09:58",
    "99/99/99 99:99",
];

fn seeds() -> Vec<Vec<u8>> {
    let printed = |text: &str| {
        // The words of the panel in GB 18030, by hand: the test knows no coder but the standard's table.
        let words: &[(&str, &[u8])] = &[
            ("火警", &[0xBB, 0xF0, 0xBE, 0xAF]),
            ("故障", &[0xB9, 0xCA, 0xD5, 0xCF]),
            ("恢复", &[0xBB, 0xD6, 0xB8, 0xB4]),
            ("复位", &[0xB8, 0xB4, 0xCE, 0xBB]),
        ];
        let mut bytes = Vec::new();
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let word = words.iter().find(|(word, _)| rest.starts_with(word));
            bytes.extend_from_slice(word.map_or(&rest.as_bytes()[..letter.len_utf8()], |(_, bytes)| bytes));
            rest = &rest[word.map_or(letter.len_utf8(), |(word, _)| word.len())..];
        }
        bytes
    };
    [
        "\u{1b}607/20/26 09:58 1-17 smoke 火警 B1\n\n\u{1b}6\u{1b}91-18 故障\n\n",
        "\u{1b}61-18 故障恢复\n\n\u{1b}6复位\n\n",
        "1-2 FIRE\r\n1-2 FAULT\r\nRESET\r\n",
        "2-99 FIRE\n\nOK\n",
    ]
    .map(printed)
    .to_vec()
}

#[test]
fn records() {
    let grammars: Vec<Grammar> = [TextEncoding::Gb18030, TextEncoding::Ascii]
        .into_iter()
        .flat_map(|encoding| [true, false].map(|marked| grammar(encoding, marked)))
        .collect();
    let readers: Vec<Reader> = grammars.iter().map(Reader::new).collect();
    let understood = std::cell::Cell::new(0);
    Target { name: "panel-text", seeds: seeds(), cases: 2_000, words: WORDS }.run(|bytes| {
        for (grammar, reader) in grammars.iter().zip(&readers) {
            let whole = cut(grammar, bytes, bytes.len().max(1))?;
            if whole != cut(grammar, bytes, 1)? {
                return Err("another cutting in pieces gives other records".to_owned());
            }
            for cut in &whole {
                let heard = reader.read(cut);
                understood.set(understood.get() + usize::from(heard.what != What::Unread));
                // The bytes may stand beside the text, in hexadecimal.
                if heard.words.contains('\n') || heard.words.len() > 12 * LONGEST {
                    return Err(format!("a record reads as {:?}", heard.words));
                }
            }
        }
        Ok(())
    });
    assert!(understood.get() > 10, "only {} records were understood", understood.get());
}

fn cut(grammar: &Grammar, bytes: &[u8], piece: usize) -> Result<Vec<Cut>, String> {
    let mut cutter = Cutter::new(grammar);
    let mut cuts: Vec<Cut> = bytes.chunks(piece).flat_map(|piece| cutter.take(piece, Mono(0))).collect();
    cuts.extend(cutter.flush());
    let total: usize = cuts.iter().map(|cut| cut.bytes.len()).sum();
    // A character of four bytes may stand at the limit.
    let longest = cuts.iter().map(|cut| cut.bytes.len()).max().unwrap_or(0);
    if total > bytes.len() || longest > LONGEST + 3 {
        return Err(format!("{total} bytes of {} in records of up to {longest}", bytes.len()));
    }
    Ok(cuts)
}

#[test]
fn ports() {
    let profiles = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rejected/_profiles");
    let folder = tempfile::tempdir().expect("a folder");
    let text = "[site]\nid = \"s\"\nname = { zh = \"站\", en = \"Site\" }\ntimezone = \"Asia/Shanghai\"\n[[bus]]\nid = \"printer\"\n\
                protocol = \"text\"\ntcp = \"127.0.0.1:4001\"\n[[device]]\nid = \"panel\"\nbus = \"printer\"\nprofile = \"printer\"\n\
                points = \"list.csv\"\n";
    std::fs::write(folder.path().join("site.toml"), text).expect("written");
    std::fs::write(folder.path().join("list.csv"), "array,loop,address,text_zh,text_en\npoint,1,2,走廊,Corridor\n")
        .expect("written");
    let (site, _) = config::load(folder.path(), &[profiles]).unwrap_or_else(|problems| panic!("{problems:?}"));
    let site = Arc::new(site);
    Target { name: "panel-port", seeds: seeds(), cases: 1_000, words: WORDS }.run(|bytes| {
        let at = |seconds: u64| Now { mono: Mono(seconds * 1_000_000), wall: Wall(1_767_225_600_000_000) };
        let mut printer = Printer::new(Arc::clone(&site), 0, at(0));
        let mut report = printer.link(true, Text::default(), at(0));
        report.append(printer.take(bytes, at(1)));
        report.append(printer.tick(at(2)));
        report.append(printer.link(false, Text::same("gone"), at(3)));
        let records = report.records.len();
        // Nothing is reported that was not printed: a record takes a byte and its end, and loss is told once.
        if records > bytes.len() + 1 { Err(format!("{records} records of {} bytes", bytes.len())) } else { Ok(()) }
    });
}
