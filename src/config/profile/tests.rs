//! A whole profile becomes what it says; broken ones are in `tests/rejected`.

use std::time::Duration;

use super::*;
use crate::engine::base::{Category, Value};
use crate::engine::profile::{
    Affine, Bytes, Characters, Comparison, Expression, Factor, Kind, OnlyIf, Order, Pace, ScaleBy, Selector, Table,
    Term, TextEncoding,
};

const WHOLE: &str = r#"
vendor = "Acme"
model = "P-1"
class = "panel"
source = "Manual 1"
verified = "manual-only"
unit = 10
holds-alarms = true

[link]
reply-within = "300ms"
max-registers = 100

[points]
oil-pressure = { table = "holding", address = 1024, type = "u16", unit = "kPa", valid = [0, 10000], absent = [0xFFFF, 0xFFFE], deadband = 2, name = { zh = "机油压力", en = "Oil pressure" } }
power = { table = "input", address = 12, type = "f32", order = "CDAB", scale = 0.001, name = { zh = "功率", en = "Power" } }
delta = { table = "input", address = 14, type = "i16", absent = [-1], name = { zh = "差", en = "Delta" } }
trouble = { table = "holding", address = 0, type = "bit", bit = 13, poll = "fast", name = { zh = "故障", en = "Trouble" } }
mode = { table = "holding", address = 772, type = "u16", bits = [8, 4], name = { zh = "模式", en = "Mode" }, states = { stop = { code = 0, zh = "停止", en = "Stop" }, auto = { code = 1, zh = "自动", en = "Auto" } } }

[alarms]
low-oil = { when = "oil-pressure < 150 && mode == auto", category = "limit", level = "low", latches = true, delay = "5s", on = "oil-pressure", name = { zh = "机油压力低", en = "Low oil pressure" } }
trouble-any = { when = "trouble", category = "fault", name = { zh = "故障", en = "Trouble" } }

[arrays.detector]
element = "l{loop}-d{index}"
table = "holding"
address = "(loop-1)*400 + (index-1)"
loop = [1, 10]
index = [1, 159]
[arrays.detector.fields]
event = { type = "u16", bits = [0, 8], poll = "fire", name = { zh = "事件", en = "Event" }, states = { normal = { code = 0, zh = "正常", en = "Normal" }, fire = { code = 1, zh = "火警", en = "Fire" } } }
[arrays.detector.alarms]
fire = { when = "event == fire", category = "fire", name = { zh = "火警", en = "Fire" } }
"#;

#[test]
fn a_whole_profile_is_read() {
    let (profile, warnings) = parse("acme", "profile.toml", WHOLE.as_bytes()).expect("a whole profile");
    assert_eq!(warnings, []);
    assert_eq!((profile.unit, profile.holds_alarms), (Some(10), true));
    assert_eq!(profile.link.reply_within, Duration::from_millis(300));
    assert_eq!((profile.link.max_registers, profile.link.max_bits), (100, 2000));
    let keys: Vec<&str> = profile.points.iter().map(|point| point.key.as_str()).collect();
    assert_eq!(keys, ["oil-pressure", "power", "delta", "trouble", "mode"], "in the order of the file");
    assert_eq!(profile.points[0].encoding.absent, [0xFFFF, 0xFFFE]);
    assert_eq!((profile.points[1].encoding.kind, profile.points[1].encoding.order), (Kind::F32, Order::Cdab));
    assert_eq!(profile.points[2].encoding.absent, [0xFFFF]);
    assert_eq!(profile.points[3].encoding.bits, Some((13, 1)));
    assert_eq!(profile.points[4].encoding.states.as_ref().map(|states| states.len()), Some(2));

    let low = &profile.alarms[0];
    assert_eq!((low.on, low.latches, low.delay), (Some(0), true, Duration::from_secs(5)));
    let below = Expression::Compare(Term::Slot(0), Comparison::Less, Term::Literal(150.0));
    assert_eq!(low.when, Expression::All(vec![below, Expression::StateIn(4, vec![1])]));
    assert_eq!(profile.alarms[1].on, None);

    let array = &profile.arrays[0];
    assert_eq!(array.address, Affine { constant: -401, per_loop: 400, per_index: 1 });
    assert_eq!(array.fields[0].encoding.table, Table::Holding);
    assert_eq!(array.alarms[0].category, Category::Fire);
    assert!(array.alarms[0].latches, "fire latches by its category");
}

#[test]
fn every_type_and_every_order_is_read() {
    let kind = |row: &str| {
        let text = format!(
            "vendor = \"A\"\nmodel = \"B\"\nclass = \"meter\"\nsource = \"d\"\nverified = \"capture\"\n[points]\n\
             p = {{ table = \"input\", address = 7, {row}, name = {{ zh = \"名\", en = \"Name\" }} }}\n"
        );
        let (profile, warnings) = parse("acme", "profile.toml", text.as_bytes()).unwrap_or_else(|p| panic!("{p:?}"));
        assert_eq!(warnings, []);
        profile.points[0].encoding.clone()
    };
    for (word, wanted, registers) in [
        ("u16", Kind::U16, 1),
        ("i16", Kind::I16, 1),
        ("u32", Kind::U32, 2),
        ("i32", Kind::I32, 2),
        ("u64", Kind::U64, 4),
        ("i64", Kind::I64, 4),
        ("f32", Kind::F32, 2),
        ("f64", Kind::F64, 4),
        ("bcd16", Kind::Bcd16, 1),
        ("bcd32", Kind::Bcd32, 2),
    ] {
        let encoding = kind(&format!("type = \"{word}\""));
        assert_eq!((encoding.kind, encoding.width(), encoding.kind.as_str()), (wanted, registers, word));
        let order = if registers == 1 { "BA" } else { "BADC" };
        assert_eq!(kind(&format!("type = \"{word}\", order = \"{order}\"")).order, Order::Badc);
    }
    let byte = kind("type = \"i8\", byte = \"high\", absent = [-1]");
    assert_eq!((byte.kind, byte.bits, byte.absent.clone()), (Kind::I16, Some((8, 8)), vec![0xFF]));
    assert_eq!(kind("type = \"u64\", absent = [0xFFFF_FFFF_FFFF_FFFF]").absent, [u64::MAX]);
    let text = kind("type = \"text\", registers = 6, encoding = \"gb18030\", order = \"BA\"");
    let characters = Characters { registers: 6, set: TextEncoding::Gb18030, bytes: Bytes::Both };
    assert_eq!((text.kind, text.order), (Kind::Text(characters), Order::Badc));
}

#[test]
fn every_problem_is_reported_at_once_and_at_its_place() {
    let text = WHOLE
        .replace("unit = \"kPa\"", "unti = \"kPa\"")
        .replace("\"holding\", address = 0,", "\"holdnig\", address = 0,")
        .replace("event == fire", "event == fier");
    let problems = parse("acme", "profile.toml", text.as_bytes()).expect_err("three mistakes");
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "profile.toml:15:67: unknown key \"unti\" in a point; did you mean \"unit\"?",
            "profile.toml:18:21: unknown word \"holdnig\"; did you mean \"holding\"?",
            "profile.toml:34:27: \"event\" has no state \"fier\"; did you mean \"fire\"?",
        ]
    );
}

#[test]
fn points_share_states_by_name() {
    let own = "states = { stop = { code = 0, zh = \"停止\", en = \"Stop\" }, auto = { code = 1, zh = \"自动\", en = \"Auto\" } }";
    let table = "[states.mode]\nstop = { code = 0, zh = \"停止\", en = \"Stop\" }\nauto = { code = 1, zh = \"自动\", en = \"Auto\" }\n";
    let shared = WHOLE.replace(own, "states = \"mode\"") + table;
    let (profile, warnings) = parse("acme", "profile.toml", shared.as_bytes()).expect("shared states");
    assert_eq!(warnings, []);
    assert_eq!(profile, parse("acme", "profile.toml", WHOLE.as_bytes()).expect("own states").0);

    let (_, warnings) = parse("acme", "profile.toml", (WHOLE.to_owned() + table).as_bytes()).expect("only unused");
    let lines: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(lines, ["profile.toml:35:9: warning: no point uses the shared states \"mode\""]);

    let wrong = shared.replace("states = \"mode\"", "states = \"mod\"");
    let problems = parse("acme", "profile.toml", wrong.as_bytes()).expect_err("no such states");
    assert!(
        problems[0].to_string().ends_with("there are no shared states \"mod\"; did you mean \"mode\"?"),
        "{}",
        problems[0]
    );
}

proptest::proptest! {
    /// Whatever a slip of the pen does to a file, it is read or refused with a place in it.
    #[test]
    fn a_damaged_profile_is_never_a_panic(at in 0usize..WHOLE.len(), length in 0usize..12, put in "[a-z0-9\\[\\]{}=\"',. -]{0,6}|\\PC{0,3}") {
        let boundary = |mut at: usize| {
            while !WHOLE.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let (from, to) = (boundary(at), boundary((at + length).min(WHOLE.len())));
        let text = format!("{}{put}{}", &WHOLE[..from], &WHOLE[to..]);
        if let Err(problems) = parse("acme", "profile.toml", text.as_bytes()) {
            proptest::prop_assert!(!problems.is_empty());
            proptest::prop_assert!(problems.iter().all(|problem| problem.spot.line <= text.lines().count() + 1));
        }
    }
}

#[test]
fn workarounds_are_named() {
    let link = "workarounds = [\"echoes\", \"ignores-transaction-id\"]\nreconnect-after = \"2s\"\n[points]";
    let text = WHOLE.replacen("[points]", link, 1);
    let (profile, _) = parse("acme", "profile.toml", text.as_bytes()).expect("a whole profile");
    let workarounds = profile.link.workarounds;
    assert_eq!(workarounds.names(), ["ignores-transaction-id", "echoes"]);
    assert_eq!(workarounds.reconnect_after, Duration::from_secs(2));
}

#[test]
fn what_decides_about_a_point_is_found_beside_it_or_in_the_device() {
    let text = r#"
vendor = "Acme"
model = "P-2"
class = "meter"
source = "Manual 1"
verified = "manual-only"
[points]
unit = { table = "holding", address = 0, type = "u16", poll = "slow", name = { zh = "单位", en = "Unit" }, states = { metric = { code = 0, zh = "公制", en = "Metric" }, us = { code = 1, zh = "英制", en = "US" } } }
water = { table = "holding", address = 1, type = "u16", poll = "fast", valid = [-20, 150], scale-by = { point = "unit", factors = { metric = 1, us = [0.5, -16] } }, name = { zh = "水温", en = "Water" } }
life = { table = "holding", address = 2, type = "bit", bit = 11, poll = "fast", toggles-within = "5s", name = { zh = "心跳", en = "Life" } }
[arrays.feeder]
element = "f{index}"
table = "holding"
address = "index*10"
index = [1, 4]
[arrays.feeder.fields]
fitted = { type = "bit", bit = 0, name = { zh = "已装", en = "Fitted" } }
power = { address = 1, type = "u16", poll = "fire", only-if = { point = "fitted", is = [true] }, scale-by = { point = "water", as = "power" }, name = { zh = "功率", en = "Power" } }
level = { address = 2, type = "u16", settle = "10s", scale-by = { point = "unit", factors = { us = 0.145 } }, name = { zh = "液位", en = "Level" } }
"#;
    // A decided point cannot decide: the feeder's power may not take its exponent from `water`.
    let problems = parse("acme", "profile.toml", text.as_bytes()).expect_err("a chain");
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let chain =
        "profile.toml:18:119: another point decides about \"water\" itself; \"only-if\" and \"scale-by\" do not chain";
    assert_eq!(lines, [chain]);

    let text = text.replace(", scale-by = { point = \"water\", as = \"power\" }", "");
    let (profile, _) = parse("acme", "profile.toml", text.as_bytes()).expect("no chain");
    let single = |slot| Selector { slot, single: true };
    let water = profile.points[1].proviso.as_ref().expect("it is scaled");
    assert_eq!(water.valid, Some((-20.0, 150.0)));
    assert_eq!(profile.points[1].encoding.valid, None, "the range is that of the scaled number");
    let of_states = Factor::States(vec![(0, 1.0, 0.0), (1, 0.5, -16.0)]);
    let by = Selector { slot: 0, single: false };
    assert_eq!(water.scale_by, Some(ScaleBy { point: by, by: of_states }));
    assert_eq!(profile.points[0].pace, Pace::Fast, "who decides is read as often as what it decides about");
    let life = profile.points[2].proviso.as_ref().expect("a heartbeat");
    assert_eq!(life.toggles_within, Some(Duration::from_secs(5)));
    let fields = &profile.arrays[0].fields;
    assert_eq!(fields[0].pace, Pace::Fire);
    let fitted = OnlyIf { point: Selector { slot: 0, single: false }, is: vec![Value::Bit(true)] };
    assert_eq!(fields[1].proviso.as_ref().and_then(|proviso| proviso.only_if.clone()), Some(fitted));
    let level = fields[2].proviso.as_ref().expect("it settles");
    assert_eq!(level.settle, Duration::from_secs(10));
    assert_eq!(level.scale_by.as_ref().map(|scale_by| scale_by.point), Some(single(0)));
}
