//! What the writers write, and what they never do.

use std::fs;
use std::io::Write;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::{Format, Manner, Replacing};
use crate::engine::base::{Language, Text, Wall};
use crate::engine::report::{Cell, Column, Head};

const AT: Wall = Wall(1_795_328_000_120_000);

fn manner(language: Language) -> Manner {
    Manner { language, zone: TimeZone::get("Asia/Shanghai").unwrap() }
}

fn head(key: &'static str) -> Head {
    let pressure = Column { unit: "kPa".into(), ..Column::new("gen-1/oil", "机油压力", "Oil pressure", 10) };
    Head {
        key,
        title: Text::new("数据", "Data"),
        columns: vec![
            Column::new("at", "时间", "time", 20),
            Column::new("name", "名称", "name", 20),
            pressure,
            Column::lapse("lasted", "历时", "lasted"),
        ],
    }
}

fn written(format: Format, language: Language, rows: &[[Cell; 4]]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut sheets = format.writer(&mut out, manner(language)).unwrap();
    sheets.begin(&head("rows")).unwrap();
    rows.iter().for_each(|row| sheets.row(row).unwrap());
    sheets.finish().unwrap();
    drop(sheets);
    out
}

fn row(name: &str, value: Cell) -> [Cell; 4] {
    [Cell::Time(AT), Cell::same(name), value, Cell::Lapse(Duration::from_millis(1_500))]
}

#[test]
fn csv_has_a_mark_units_offsets_and_plain_numbers() {
    let rows = [row("L2-D17", Cell::Number(-2.5)), row("", Cell::Number(f64::NAN)), row("a,\"b\"", Cell::Empty)];
    let text = String::from_utf8(written(Format::Csv, Language::En, &rows)).unwrap();
    let expected = "\u{feff}time,name,Oil pressure (kPa),lasted (s)\r\n\
        2026-11-22T14:13:20.120+08:00,L2-D17,-2.5,1.5\r\n\
        2026-11-22T14:13:20.120+08:00,,,1.5\r\n\
        2026-11-22T14:13:20.120+08:00,\"a,\"\"b\"\"\",,1.5\r\n";
    assert_eq!(text, expected);
    let zh = String::from_utf8(written(Format::Csv, Language::Zh, &[])).unwrap();
    assert_eq!(zh, "\u{feff}时间,名称,机油压力 (kPa),历时 (s)\r\n");
}

#[test]
fn no_text_begins_like_a_formula() {
    for hostile in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "=cmd|' /C calc'!A0"] {
        let text = String::from_utf8(written(Format::Csv, Language::Zh, &[row(hostile, Cell::Number(-1.0))])).unwrap();
        let mut reader = ::csv::ReaderBuilder::new().from_reader(text.as_bytes());
        let record = reader.records().next().unwrap().unwrap();
        assert_eq!(&record[1], format!("'{hostile}"));
        assert_eq!(&record[2], "-1", "a number stays one");
    }
}

#[test]
fn json_has_both_languages_and_null_for_what_is_unknown() {
    let mut rows = [row("=1", Cell::Number(f64::INFINITY)), row("b", Cell::Number(2.0))];
    rows[1][1] = Cell::Text(Text::new("消音", "silenced"));
    let json: serde_json::Value = serde_json::from_slice(&written(Format::Json, Language::En, &rows)).unwrap();
    let expected = serde_json::json!({ "rows": [
        { "at": "2026-11-22T14:13:20.120+08:00", "name": "=1", "gen-1/oil": null, "lasted": 1.5 },
        { "at": "2026-11-22T14:13:20.120+08:00", "name": { "zh": "消音", "en": "silenced" }, "gen-1/oil": 2.0, "lasted": 1.5 },
    ]});
    assert_eq!(json, expected);
    let empty: serde_json::Value = serde_json::from_slice(&written(Format::Json, Language::En, &[])).unwrap();
    assert_eq!(empty, serde_json::json!({ "rows": [] }));
}

#[test]
fn a_file_is_whole_or_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("year.csv");
    fs::write(&path, "before").unwrap();
    let mut broken = Replacing::begin(&path).unwrap();
    broken.write_all(b"half").unwrap();
    drop(broken);
    let names = || fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    assert_eq!((fs::read_to_string(&path).unwrap().as_str(), names().len()), ("before", 1));
    let mut whole = Replacing::begin(&path).unwrap();
    whole.write_all(b"after").unwrap();
    whole.commit().unwrap();
    assert_eq!((fs::read_to_string(&path).unwrap().as_str(), names().len()), ("after", 1));
}
