//! Trends as tables: gaps, steps, layouts, and what a broken output does.

use std::io;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::trend::{Layout, Samples, TrendExport, Trended, is_like};
use super::{Format, Manner};
use crate::engine::base::{Language, PointId, Text, Wall};
use crate::live::Sample;

const SECOND: i64 = 1_000_000;

/// Samples of two points: one counts seconds and is unknown for a while, one says something twice.
struct Made {
    reads: usize,
}

impl Made {
    fn all(point: &PointId) -> Vec<Sample> {
        let sample = |second: i64, value: Option<f64>, quality| Sample { at: Wall(second * SECOND), value, quality };
        if point.as_str() == "a/count" {
            let counted = |second: i64| sample(second, Some(second as f64), "good");
            vec![counted(0), counted(1), counted(2), sample(3, None, "link-down"), counted(6), counted(7)]
        } else {
            vec![sample(-5, Some(-1.5), "good"), sample(2, Some(0.5), "good")]
        }
    }
}

impl Samples for Made {
    fn read(&mut self, point: &PointId, from: Wall, to: Wall) -> io::Result<Vec<Sample>> {
        self.reads += 1;
        Ok(Made::all(point).into_iter().filter(|sample| (from..to).contains(&sample.at)).collect())
    }

    fn held(&mut self, point: &PointId, at: Wall) -> io::Result<Option<Sample>> {
        Ok(Made::all(point).into_iter().rfind(|sample| sample.at < at))
    }
}

fn export(layout: Layout, step: Option<u64>) -> TrendExport {
    let point =
        |id: &str, name: &str, unit: &str| Trended { id: PointId::new(id), name: Text::same(name), unit: unit.into() };
    TrendExport {
        points: vec![point("a/count", "=count", ""), point("b/level", "Level", "m")],
        from: Wall(0),
        to: Wall(8 * SECOND),
        layout,
        step: step.map(Duration::from_secs),
    }
}

fn csv(export: &TrendExport) -> (u64, String) {
    let mut out = Vec::new();
    let manner = Manner { language: Language::En, zone: TimeZone::UTC };
    let mut sheets = Format::Csv.writer(&mut out, manner).unwrap();
    let rows = export.write(&mut *sheets, &mut Made { reads: 0 }, &mut |_| {}).unwrap();
    drop(sheets);
    (
        rows,
        String::from_utf8(out).unwrap().replace("1970-01-01T00:00:0", "").replace(".000+00:00", "").replace('\r', ""),
    )
}

#[test]
fn a_gap_is_a_row_without_a_value_that_says_why() {
    let (rows, text) = csv(&export(Layout::Long, None));
    let expected = "\u{feff}time,point,name,value,unit,quality\n\
        0,a/count,'=count,0,,good\n1,a/count,'=count,1,,good\n2,a/count,'=count,2,,good\n\
        3,a/count,'=count,,,link-down\n6,a/count,'=count,6,,good\n7,a/count,'=count,7,,good\n\
        2,b/level,Level,0.5,m,good\n";
    assert_eq!((rows, text.as_str()), (7, expected));
}

#[test]
fn steps_say_what_held_and_side_by_side_all_do() {
    let (rows, text) = csv(&export(Layout::Long, Some(3)));
    let expected = "\u{feff}time,point,name,value,unit,quality\n\
        0,a/count,'=count,0,,good\n3,a/count,'=count,,,link-down\n6,a/count,'=count,6,,good\n\
        0,b/level,Level,-1.5,m,good\n3,b/level,Level,0.5,m,good\n6,b/level,Level,0.5,m,good\n";
    assert_eq!((rows, text.as_str()), (6, expected));
    let (rows, text) = csv(&export(Layout::Wide, None));
    let expected = "\u{feff}time,'=count a/count,quality,Level b/level (m),quality\n\
        0,0,good,-1.5,good\n1,1,good,-1.5,good\n2,2,good,0.5,good\n3,,link-down,0.5,good\n6,6,good,0.5,good\n7,7,good,0.5,good\n";
    assert_eq!((rows, text.as_str()), (6, expected));
    let (rows, text) = csv(&export(Layout::Wide, Some(4)));
    let expected = "\u{feff}time,'=count a/count,quality,Level b/level (m),quality\n\
        0,0,good,-1.5,good\n4,,link-down,0.5,good\n";
    assert_eq!((rows, text.as_str()), (2, expected));
}

#[test]
fn an_output_that_breaks_ends_the_reading() {
    struct Broken(usize);
    impl io::Write for Broken {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::BrokenPipe)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let manner = Manner { language: Language::En, zone: TimeZone::UTC };
    let mut sheets = Format::Csv.writer(Broken(120), manner).unwrap();
    let mut samples = Made { reads: 0 };
    let long = TrendExport { to: Wall(365 * 24 * 3600 * SECOND), ..export(Layout::Long, None) };
    let error = long.write(&mut *sheets, &mut samples, &mut |_| {}).unwrap_err();
    assert_eq!((error.kind(), samples.reads), (io::ErrorKind::BrokenPipe, 1));
}

#[test]
fn patterns_find_points() {
    let check =
        |pattern: &str, expected: bool| assert_eq!(is_like("gen-1/oil-pressure", pattern), expected, "{pattern}");
    check("gen-1/oil-pressure", true);
    check("gen-1/*", true);
    check("*", true);
    check("*oil*", true);
    check("gen-?/oil-*e", true);
    check("gen-1", false);
    check("*oil", false);
    check("gen-?oil-pressure", false);
    check("gen-??/oil-pressure", false);
    check("", false);
}
