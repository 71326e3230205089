//! Segments on a disk that is cut, damaged, full or somebody else's.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use super::*;
use crate::edge::clock::Clock;
use crate::engine::base::{Mono, Now, Truth, Wall};
use crate::engine::poll::{Edge, Report};
use crate::engine::trace::{Names, Told};
use crate::engine::{Input, Start};

fn header() -> Header {
    Header { config: "c0ffee".into(), version: "0.1.0".into(), names: Names::default() }
}

fn now(at: u64) -> Now {
    Now { mono: Mono(at), wall: Wall(1_767_225_600_000_000 + i64::try_from(at).expect("small")) }
}

fn started() -> Entry {
    let start = Start { epoch: 1, version: "0.1.0".into(), clock_trusted: true };
    Entry::Started { after: 0, start, at: now(0) }
}

/// The input of this number: an edge, or the word that its fact is durable.
fn told(number: u64) -> Entry {
    let at = now(number * 1_000);
    let truth = if number.is_multiple_of(4) { Truth::True } else { Truth::False };
    let rule = u32::try_from(number % 997).expect("small");
    let input = if number.is_multiple_of(2) {
        let report = Report { edges: vec![Edge { rule, truth, at, sweep: number }], ..Report::default() };
        Input::Report { bus: 0, report }
    } else {
        Input::Committed { upto: number }
    };
    Entry::Told(Told { at, input, heard: [(1, at.mono)].into(), figures: Vec::new() })
}

fn line(entry: &Entry) -> String {
    serde_json::to_string(entry).expect("can be written")
}

/// Every piece: its first entry, the others, and whether it is torn.
fn read(state: &Path) -> Vec<(String, Vec<String>, bool)> {
    let pieces = pieces(state).expect("the folder can be read");
    let whole = |piece: Result<Piece, TraceError>| {
        let piece = piece.expect("can be read");
        assert_eq!(piece.header, header());
        let entries = piece.entries().map(|entry| line(&entry.expect("is one"))).collect();
        (line(&piece.first), entries, piece.is_torn())
    };
    pieces.map(whole).collect()
}

fn write(state: &Path, numbers: std::ops::Range<u64>) {
    let trace = Trace::open(state, 1 << 20, header());
    trace.push(started());
    numbers.for_each(|number| trace.push(told(number)));
}

fn segments(state: &Path) -> Vec<std::path::PathBuf> {
    segment::list(&segment::folder(state)).expect("is there").into_iter().map(|(_, path, _)| path).collect()
}

/// Until it holds; the writer has a thread of its own.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let (clock, minute) = (Clock::start(), Duration::from_secs(60));
    let end = clock.now().mono.after(minute);
    while !holds() {
        assert!(clock.now().mono < end, "not within a minute: {what}");
        std::thread::yield_now();
    }
}

#[test]
fn what_was_told_is_read_again_and_only_the_gateway_may_read_it() {
    let state = tempfile::tempdir().expect("a folder");
    write(state.path(), 0..500);
    write(state.path(), 500..600);
    let lines = |numbers: std::ops::Range<u64>| numbers.map(|number| line(&told(number))).collect::<Vec<_>>();
    let first = line(&started());
    assert_eq!(read(state.path()), [(first.clone(), lines(0..500), false), (first, lines(500..600), false)]);
    for path in segments(state.path()) {
        let mode = std::fs::metadata(path).expect("is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_tail_that_was_cut_anywhere_costs_the_last_block_alone() {
    let state = tempfile::tempdir().expect("a folder");
    let folder = segment::folder(state.path());
    let mut written = segment::Segment::begin(&folder, 1, &header()).expect("can be written");
    let mut ends = Vec::new();
    for block in [vec![started(), told(1)], vec![told(2), told(3)], vec![told(4)]] {
        let lines: String = block.iter().map(|entry| line(entry) + "\n").collect();
        written.append(lines.as_bytes()).expect("can be written");
        ends.push(usize::try_from(written.bytes).expect("small"));
    }
    let path = segments(state.path()).remove(0);
    let whole = std::fs::read(&path).expect("is there");
    for length in 0..whole.len() {
        std::fs::write(&path, &whole[..length]).expect("can be written");
        let blocks = ends.iter().filter(|end| **end <= length).count();
        let entries = [0, 1, 3, 4][blocks];
        match read(state.path()).pop() {
            None => assert_eq!(entries, 0, "cut at {length}"),
            Some((_, read, torn)) => {
                assert_eq!((read.len(), torn), (entries, !ends.contains(&length)), "cut at {length}");
            }
        }
    }
    // A bit that fell over is found by the checksum of its block.
    let mut spoilt = whole.clone();
    spoilt[ends[0] + 20] ^= 4;
    std::fs::write(&path, &spoilt).expect("can be written");
    let (_, entries, torn) = read(state.path()).pop().expect("the first block is whole");
    assert_eq!((entries.len(), torn), (1, true));
}

#[test]
fn what_a_newer_release_wrote_is_refused_and_so_is_what_is_no_segment() {
    let state = tempfile::tempdir().expect("a folder");
    write(state.path(), 0..3);
    let path = segments(state.path()).remove(0);
    let mut bytes = std::fs::read(&path).expect("is there");
    bytes[segment::MARK.len()] = 2;
    std::fs::write(&path, &bytes).expect("can be written");
    let said = pieces(state.path()).expect("reads").next().expect("one").expect_err("is refused").to_string();
    assert!(said.contains("version 2 of the trace was written by a newer release, this one knows 1"), "{said}");
    std::fs::write(&path, b"something else entirely").expect("can be written");
    let said = pieces(state.path()).expect("reads").next().expect("one").expect_err("is refused").to_string();
    assert!(said.ends_with("not a segment of a trace; move it away"), "{said}");
}

#[test]
fn the_oldest_segment_goes_first_and_the_bytes_are_bounded() {
    const MOST: u64 = 128 << 10;
    let state = tempfile::tempdir().expect("a folder");
    let trace = Trace::open(state.path(), MOST, header());
    trace.push(started());
    let mut begun = 0;
    for number in 0..60_000 {
        if trace.wants_beginning().is_some() {
            begun += 1;
            trace.push(started());
        }
        trace.push(told(number));
        // As fast as it is written, and no faster: this test is about the disk.
        until("the writer follows", || trace.figures().waiting < 64);
        assert!(trace.figures().bytes <= MOST, "{:?}", trace.figures());
    }
    drop(trace);
    let paths = segments(state.path());
    let bytes: u64 = paths.iter().map(|path| std::fs::metadata(path).expect("is there").len()).sum();
    assert!(begun > 10 && bytes <= MOST && bytes > MOST / 2, "{begun} segments, {bytes} bytes");
    assert!(!paths[0].ends_with("0000000001.trace"), "the first is gone: {paths:?}");
    let read = read(state.path());
    let last = read.last().and_then(|(_, entries, _)| entries.last()).expect("some");
    assert_eq!(*last, line(&told(59_999)));
    let first = 60_000 - read.iter().map(|(_, entries, _)| entries.len() as u64).sum::<u64>();
    for (number, entry) in (first..).zip(read.iter().flat_map(|(_, entries, _)| entries)) {
        assert_eq!(*entry, line(&told(number)), "none is missing");
    }
}

#[test]
fn a_queue_that_is_full_makes_a_gap_that_the_trace_tells_of() {
    let state = tempfile::tempdir().expect("a folder");
    let (inner, writer) = Inner::new(state.path(), 1 << 20, header(), 4);
    let trace = Trace { inner: Arc::new(inner) };
    trace.push(started());
    (0..10).for_each(|number| trace.push(told(number)));
    assert_eq!((trace.figures().missed, trace.wants_beginning()), (7, Some(7)), "four fit");
    let writer = std::thread::spawn(move || writer.run());
    until("what fitted is taken", || trace.figures().waiting == 0);
    trace.push(told(10));
    assert_eq!(trace.figures().missed, 8, "nothing follows a gap but a beginning");
    trace.push(started());
    assert_eq!(trace.wants_beginning(), None);
    trace.push(told(11));
    drop(trace);
    writer.join().expect("ends");
    let read = read(state.path());
    let entries: Vec<usize> = read.iter().map(|(_, entries, _)| entries.len()).collect();
    assert_eq!(entries, [3, 1], "two segments: {read:?}");
    assert_eq!(read[1].1, [line(&told(11))]);
}

#[test]
fn a_disk_that_refuses_costs_the_trace_and_nothing_else() {
    let state = tempfile::tempdir().expect("a folder");
    std::fs::write(state.path().join("trace"), "a file in the way").expect("can be written");
    let trace = Trace::open(state.path(), 1 << 20, header());
    trace.push(started());
    (0..5).for_each(|number| trace.push(told(number)));
    until("all of it is missed", || trace.figures().missed == 6);
    assert_eq!((trace.figures().written, trace.wants_beginning()), (0, None), "it is not tried again at once");
}
