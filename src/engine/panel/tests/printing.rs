use std::sync::Arc;
use std::time::Duration;

use encoding_rs::GB18030;

use super::listening::{now, site_of};
use crate::engine::base::{Category, Mono, Now, Text, Wall};
use crate::engine::panel::{Cut, Cutter, Printer, Reader, What};
use crate::engine::poll::{Report, Said};
use crate::engine::profile::{Grammar, Meaning, Pattern, TextEncoding};
use crate::engine::site::Site;

const HEAD: &str = r"(?<month>\d\d)/(?<day>\d\d)/(?<year>\d\d)\s+(?<hour>\d\d):(?<minute>\d\d)";

fn pattern(key: &str, matches: &str, meaning: Meaning, about: Option<&str>) -> Pattern {
    let matches = matches.replace("HEAD", HEAD);
    Pattern { key: key.into(), matches, meaning, about: about.map(str::to_owned), usual_loop: 1 }
}

/// A grammar like that of a GST panel: ESC 6 begins a record, two line feeds end it.
pub(super) fn grammar() -> Grammar {
    Grammar {
        encoding: TextEncoding::Gb18030,
        begins: vec![vec![0x1B, 0x36]],
        ends: vec![vec![0x0A, 0x0A]],
        ignore: vec![vec![0x1B, 0x39]],
        pause: Duration::from_millis(500),
        longest: 200,
        patterns: vec![
            pattern(
                "recovered",
                r"HEAD\s+(?<loop>\d+)-(?<index>\d+)\s+故障恢复",
                Meaning::Ended(Category::Fault),
                None,
            ),
            pattern(
                "fire",
                r"HEAD\s+(?<loop>\d+)-(?<index>\d+)\s+(?<kind>\S*?)\s*(?:首|首位)?火警\s*(?<place>\S+)?",
                Meaning::Began(Category::Fire),
                None,
            ),
            pattern("fault", r"(?<loop>\d+)-(?<index>\d+)\s+故障", Meaning::Began(Category::Fault), None),
            pattern("mains", r"HEAD\s+主电故障", Meaning::Began(Category::MainsFault), Some("mains")),
            pattern("silence", "HEAD\\s+消音", Meaning::Operation(Text::new("消音", "silence")), None),
            pattern("reset", "HEAD\\s+复位", Meaning::Reset, None),
            pattern("alive", "HEAD\\s+自检正常", Meaning::Nothing, None),
        ],
        heartbeat: None,
    }
}

/// A record as the panel prints it.
pub(super) fn printed(body: &str) -> Vec<u8> {
    let mut bytes = vec![0x1B, 0x36];
    bytes.extend_from_slice(&GB18030.encode(&body.replace("ESC9", "\u{1b}9")).0);
    bytes.extend_from_slice(b"\n\n");
    bytes
}

/// What a report says, one word a record.
pub(super) fn told(site: &Site, report: &Report) -> Vec<String> {
    let tell = |said: &Said| match said {
        Said::Listed { rule, active } => format!("{} {active}", site.rules[*rule as usize].condition),
        Said::Unlisted { segment, category, active, .. } => format!("{segment}:{} {active}", category.as_str()),
        Said::Reset => "reset".to_owned(),
        Said::Operation { name } => format!("operated {}", name.en),
        Said::Unread => "unread".to_owned(),
        Said::Remembered { .. } | Said::Forgotten { .. } => panic!("nobody asks a printer"),
    };
    report.records.iter().map(|record| tell(&record.said)).collect()
}

fn rig() -> (Arc<Site>, Printer) {
    let site = site_of(grammar());
    let mut printer = Printer::new(Arc::clone(&site), 0, now(0));
    printer.link(true, Text::default(), now(0));
    (site, printer)
}

#[test]
fn records_are_read_however_their_bytes_are_split() {
    let mut stream = printed("11/22/26  07:00\n  002-017\nESC9首火警 三层走廊");
    stream.extend(printed("11/22/26  07:01\n  003-005\nESC9故障"));
    stream.extend(printed("11/22/26  07:02 复位"));
    for size in 1..stream.len() {
        let (site, mut printer) = rig();
        let mut report = Report::default();
        for part in stream.chunks(size) {
            report.append(printer.take(part, now(1)));
        }
        assert_eq!(
            told(&site, &report),
            ["panel-1/l2-p17:fire true", "l3-p5:fault true", "reset"],
            "in parts of {size} bytes"
        );
        let fire = &report.records[0];
        assert_eq!(fire.device_time.as_deref(), Some("2026-11-22 07:00"));
        assert_eq!(fire.words, "11/22/26 07:00 002-017 首火警 三层走廊");
    }
}

#[test]
fn every_meaning_is_passed_on() {
    let (site, mut printer) = rig();
    let mut check = |body: &str, expected: &[&str]| {
        let report = printer.take(&printed(body), now(1));
        assert_eq!(told(&site, &report), expected, "{body}");
    };
    check("11/22/26 07:00 002-017 故障", &["panel-1/l2-p17:fault true"]);
    check("11/22/26 07:00 002-017 故障恢复", &["panel-1/l2-p17:fault false"]);
    check("11/22/26 07:00 主电故障", &["panel-1/mains:mains-fault true"]);
    check("11/22/26 07:00 消音", &["operated silence"]);
    check("11/22/26 07:00 自检正常", &[]);
    check("11/22/26 07:00 002-017 从来没见过的", &["unread"]);
    check("11/22/26 07:00 099999-1 火警", &["unread"]);
    check("", &[]);
    check(" \n ", &[]);
}

#[test]
fn what_is_not_ended_is_taken_as_it_stands_after_a_pause() {
    let (site, mut printer) = rig();
    let bytes = printed("11/22/26 07:00 002-017 火警");
    assert!(printer.take(&bytes[..bytes.len() - 2], now(1)).records.is_empty());
    let due = Mono(1_500_000);
    assert!(printer.next_tick() <= due);
    assert!(printer.tick(Now { mono: Mono(due.0 - 1), wall: Wall(0) }).records.is_empty());
    let report = printer.tick(Now { mono: due, wall: Wall(0) });
    assert_eq!(told(&site, &report), ["panel-1/l2-p17:fire true"]);
    // What stands when the port is lost is all there will ever be of it; and it comes before the loss.
    printer.take(&bytes[..bytes.len() - 2], now(9));
    let report = printer.link(false, Text::same("unplugged"), now(9));
    assert_eq!((told(&site, &report).len(), report.links.len()), (1, 1));
    assert!(printer.tick(now(20)).records.is_empty());
}

#[test]
fn bytes_that_waited_while_the_machine_was_busy_are_one_record() {
    let (site, mut printer) = rig();
    let bytes = printed("11/22/26 07:00 002-017 火警");
    printer.take(&bytes[..15], now(1));
    let report = printer.take(&bytes[15..], now(9));
    assert_eq!(told(&site, &report), ["panel-1/l2-p17:fire true"]);
}

#[test]
fn a_record_that_began_before_anybody_listened_is_kept_as_not_understood() {
    let (site, mut printer) = rig();
    let bytes = printed("11/22/26 07:00 002-017 火警 三层走廊");
    // The head is gone: no loop, no point. It may have been a fire, so it is announced.
    let report = printer.take(&bytes[24..], now(1));
    assert_eq!(told(&site, &report), ["unread"]);
    let report = printer.take(&bytes, now(2));
    assert_eq!(told(&site, &report), ["panel-1/l2-p17:fire true"]);
}

#[test]
fn an_end_that_was_damaged_joins_no_two_records() {
    let (site, mut printer) = rig();
    let mut stream = printed("11/22/26 07:00 003-005 故障");
    stream.truncate(stream.len() - 1);
    stream.extend(printed("11/22/26 07:00 002-017 火警"));
    assert_eq!(told(&site, &printer.take(&stream, now(1))), ["l3-p5:fault true", "panel-1/l2-p17:fire true"]);
}

#[test]
fn a_damaged_record_begins_but_never_ends() {
    let (site, mut printer) = rig();
    let mut check = |body: &str, expected: &[&str]| {
        let mut bytes = printed(body);
        // One byte of a character is lost, and the next character begins with a byte that fits none.
        bytes.insert(bytes.len() - 2, 0xFF);
        let report = printer.take(&bytes, now(1));
        assert_eq!(told(&site, &report), expected, "{body}");
        let last = report.records.last().expect("a record");
        assert!(last.words.ends_with(" FF]"), "{}", last.words);
    };
    check("11/22/26 07:00 002-017 火警", &["panel-1/l2-p17:fire true", "unread"]);
    check("11/22/26 07:00 002-017 故障恢复", &["unread"]);
    check("11/22/26 07:00 复位", &["unread"]);
    check("11/22/26 07:00 消音", &["unread"]);
}

#[test]
fn what_is_too_long_is_cut_and_announced_and_what_follows_is_read() {
    let (site, mut printer) = rig();
    let mut report = printer.take(&vec![b'x'; 1_000], now(1));
    assert_eq!(told(&site, &report), vec!["unread"; 5]);
    report = printer.take(&printed("11/22/26 07:00 002-017 火警"), now(1));
    assert_eq!(told(&site, &report), ["panel-1/l2-p17:fire true"]);
}

#[test]
fn only_what_can_be_read_is_a_sign_of_life() {
    let (_, mut printer) = rig();
    assert!(printer.take(b"\xff\xff\xff\n\n", now(1)).links.is_empty());
    assert_eq!(printer.take(&printed("从来没见过的"), now(3)).links.len(), 1);
}

#[test]
fn sequences_are_not_found_within_characters() {
    // 0x7D is the second byte of 寎 in GB 18030; as an end it must not cut the character.
    let mut cutter = Cutter::new(&Grammar { ends: vec![vec![0x7D]], begins: Vec::new(), ..grammar() });
    let mut bytes = GB18030.encode("\u{5bce}").0.into_owned();
    assert_eq!(bytes[1], 0x7D, "{bytes:X?}");
    bytes.extend_from_slice(b"a}b}");
    let cuts: Vec<usize> = cutter.take(&bytes, Mono(0)).iter().map(|cut| cut.bytes.len()).collect();
    assert_eq!(cuts, [3, 1]);
    // Four bytes of one character, the second and fourth of which are digits.
    let mut cutter = Cutter::new(&Grammar { ends: vec![vec![b'2']], begins: Vec::new(), ..grammar() });
    let bytes = [0x81, 0x32, 0x81, 0x32, b'2'];
    assert_eq!(cutter.take(&bytes, Mono(0)), [Cut { bytes: bytes[..4].to_vec(), too_long: false }]);
}

#[test]
fn without_marks_a_pause_alone_divides() {
    let grammar = Grammar {
        encoding: TextEncoding::Ascii,
        begins: Vec::new(),
        ends: Vec::new(),
        ignore: Vec::new(),
        patterns: vec![pattern("fire", r"FIRE L(?<loop>\d+)D(?<index>\d+)", Meaning::Began(Category::Fire), None)],
        ..grammar()
    };
    let site = site_of(grammar);
    let mut printer = Printer::new(Arc::clone(&site), 0, now(0));
    printer.take(b"FIRE L2D", now(1));
    printer.take(b"17\r\n", now(1));
    let report = printer.take(b"FIRE L3D1\r\n", now(2));
    assert_eq!(told(&site, &report), ["panel-1/l2-p17:fire true"]);
    assert_eq!(told(&site, &printer.tick(now(3))), ["l3-p1:fire true"]);
}

#[test]
fn a_pattern_that_names_no_loop_uses_the_only_one() {
    let mut only = pattern("fire", r"FIRE (?<index>\d+)", Meaning::Began(Category::Fire), Some("point"));
    only.usual_loop = 7;
    let reader = Reader::new(&Grammar { encoding: TextEncoding::Ascii, patterns: vec![only], ..grammar() });
    let cut = Cut { bytes: b"FIRE 12".to_vec(), too_long: false };
    let What::Condition(statement) = reader.read(&cut).what else { panic!("a condition") };
    assert_eq!((statement.loop_number, statement.index, statement.array.as_deref()), (7, 12, Some("point")));
    assert_eq!(reader.pattern(&cut), Some("fire"));
}

#[test]
fn a_panel_whose_configuration_was_refused_is_not_listened_to() {
    let mut site = (*site_of(grammar())).clone();
    site.buses[0].devices.clear();
    let mut printer = Printer::new(Arc::new(site), 0, now(0));
    assert!(printer.take(&printed("11/22/26 07:00 002-017 火警"), now(1)).is_empty());
    assert_eq!(printer.link(true, Text::default(), now(1)).links.len(), 1);
}
