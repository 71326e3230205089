//! Formulas become linkages, or are refused with their place.

use std::fs;
use std::path::Path;
use std::time::Duration;

use super::*;
use crate::config::load;
use crate::engine::site::When;

fn folder() -> tempfile::TempDir {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rejected");
    let whole = fs::read_to_string(tests.join("linkage-keys/site.toml")).expect("it is there");
    let (head, _) = whole.split_once("[[linkage]]").expect("it has a linkage");
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("site.toml"), head).expect("a temporary file");
    fs::copy(tests.join("linkage-keys/list.csv"), folder.path().join("list.csv")).expect("a temporary file");
    folder
}

fn site(folder: &Path) -> Site {
    let profiles = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rejected/_profiles");
    load(folder, &[profiles]).unwrap_or_else(|problems| panic!("{problems:#?}")).0
}

fn options(precedence: Option<Precedence>) -> Options {
    Options { panel: "panel-1".into(), mode: Mode::Monitor, precedence, floors: Floors::default() }
}

/// What is said about a list.
fn refused(list: &str, options: &Options) -> Vec<String> {
    let folder = folder();
    match import("formulas.txt", list, &site(folder.path()), options) {
        Ok(file) => panic!("it was taken:\n{file}"),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

/// Id, condition, targets with their delays.
type Taken = (String, String, Vec<(String, Duration)>);

/// The linkages that come of a list: each condition as the shape of its joins, and its actions with delays.
fn taken(list: &str, options: &Options) -> Vec<Taken> {
    let folder = folder();
    let held = site(folder.path());
    let file = import("formulas.txt", list, &held, options).unwrap_or_else(|problems| panic!("{problems:#?}"));
    fs::create_dir_all(folder.path().join("conf.d")).expect("a temporary folder");
    fs::write(folder.path().join("conf.d/f.toml"), &file).expect("a temporary file");
    let site = site(folder.path());
    let shape = |linkage: &crate::engine::site::Linkage| {
        let actions = linkage
            .actions
            .iter()
            .flat_map(|action| action.targets.iter().map(|target| (target.point.to_string(), action.delay)));
        (linkage.id.clone(), shape(&linkage.when, &site), actions.collect())
    };
    site.linkages.iter().map(shape).collect()
}

fn shape(when: &When, site: &Site) -> String {
    let joined = |parts: &[When], with: &str| {
        format!("({})", parts.iter().map(|part| shape(part, site)).collect::<Vec<_>>().join(with))
    };
    match when {
        When::Alarms(alarms, _) => {
            let points = alarms.rules.iter().map(|rule| site.rules[*rule as usize].condition.point.point());
            points.collect::<Vec<_>>().join("/")
        }
        When::All(parts) => joined(parts, " and "),
        When::Any(parts) => joined(parts, " or "),
        other => format!("{other:?}"),
    }
}

const SECONDS: fn(u64) -> Duration = Duration::from_secs;

#[test]
fn a_formula_becomes_the_linkage_it_says() {
    let list = "\u{feff}# of panel 1\r\n04200103+04200203=04210113 00 03210113 120\r\n2：０３２００１０３×03200203==04210113 10\n042***03=X04210113 05\n";
    let panel = |point: &str| format!("panel-1/{point}");
    assert_eq!(
        taken(list, &options(None)),
        [
            ("panel-1.f2".into(), "(d1 or d2)".into(), vec![(panel("m1"), SECONDS(0)), (panel("m2"), SECONDS(120))]),
            ("panel-1.f3".into(), "(d3 and d4)".into(), vec![(panel("m1"), SECONDS(10))]),
            ("panel-1.f4".into(), "d1/d2".into(), vec![(panel("m1"), SECONDS(5))]),
        ]
    );
}

#[test]
fn precedence_is_declared_and_never_guessed() {
    let list = "04200103+04200203X03200103+03200203=04210113 00";
    let says = |precedence| taken(list, &options(Some(precedence))).remove(0).1;
    assert_eq!(says(Precedence::And), "(d1 or (d2 and d3) or d4)");
    assert_eq!(says(Precedence::Or), "((d1 or d2) and (d3 or d4))");
    assert_eq!(says(Precedence::Left), "(((d1 or d2) and d3) or d4)");
    let said = refused(list, &options(None));
    assert_eq!(said, ["formulas.txt:1:18: this mixes + and X; say which binds closer: --precedence and, or, or left"]);
}

#[test]
fn a_shared_digit_is_written_out() {
    let list = "&&****03=&&*1**1* 00";
    let all: Vec<_> =
        taken(list, &options(None)).into_iter().map(|(id, _, actions)| (id, actions[0].0.clone())).collect();
    let pair = |id: &str, point: &str| (id.to_owned(), point.to_owned());
    assert_eq!(all, [pair("panel-1.f1[03]", "panel-1/m2"), pair("panel-1.f1[04]", "panel-1/m1")]);
}

#[test]
fn every_line_that_cannot_be_taken_is_told_and_nothing_is_written() {
    let list = "04200103=04210113 00\n0420010=04210113 00\n04200103 04200203=04210113 00\n04200103\n04200103=04210113\n\
                04200103=04210113 0\n04200103=04210113 601\n04200903=04210113 00\n04200103=&4210113 00\n04200103=\n\
                04200103+=04210113 00\n04200103=04210113 00\n04200103=04200203 00\n火警=声光\n";
    assert_eq!(
        refused(list, &options(None)),
        [
            "formulas.txt:2:1: \"0420010\" has 7 characters and is no code with its type; six digits of the secondary code and two of the type; * any digit, & the same on both sides",
            "formulas.txt:3:10: unexpected \"0\"; conditions are joined by + or X and end with =",
            "formulas.txt:4:9: there is no \"=\": what shall be done?; condition=action delay",
            "formulas.txt:5:18: this action has no delay; two or three digits, in seconds: 00 for at once",
            "formulas.txt:6:19: \"0\" is no delay; two or three digits, in seconds: 00 for at once",
            "formulas.txt:7:19: a delay of 601 s; at most 600 s",
            "formulas.txt:8:1: \"panel-1\" has nothing of code 042009 and type 03; did you mean \"04200103\"?",
            "formulas.txt:9:10: digit 1 is & here, and in no condition; & stands at the same place on both sides",
            "formulas.txt:10:10: expected an action, but the line ends here; six digits of the secondary code and two of the type; * any digit, & the same on both sides",
            "formulas.txt:11:10: expected a condition, found \"=\"; six digits of the secondary code and two of the type; * any digit, & the same on both sides",
            "formulas.txt:12:1: this formula is in the list twice; first in line 1",
            "formulas.txt:13:1: nothing that \"panel-1/d2\" shows proves \"start\"; it shows nothing: bind its statuses in its profile",
            "formulas.txt:14:1: expected a condition, found \"火\"; six digits of the secondary code and two of the type; * any digit, & the same on both sides",
        ]
    );
}

#[test]
fn a_table_of_floors_must_agree_with_the_point_list() {
    let table = |text: &str| Floors::parse("floors.csv", text.as_bytes());
    let with = |text: &str| Options { floors: table(text).expect("a table"), ..options(None) };
    assert_eq!(taken("04200103=04210113 00", &with("digits,floor\n04,4\n03,3\n")).len(), 1);
    let said = refused("04200103=03210113 00", &with("04,3\n"));
    assert_eq!(
        said,
        [
            "formulas.txt:1:1: code 042001 says floor 3, and the point list 4; put the list right, or the table of floors",
            "formulas.txt:1:10: the table has no floor for the digits 03 of 032101; did you mean \"04\"?",
        ]
    );
    let wrong: Vec<String> =
        table("4,4\n04\n05,5\n05,6\n").expect_err("wrong").iter().map(ToString::to_string).collect();
    assert_eq!(
        wrong,
        [
            "floors.csv:1:1: \"4\" is not two digits; 91,B1",
            "floors.csv:2:1: a row is two digits and a floor; 91,B1",
            "floors.csv:4:1: \"05\" is given twice",
        ]
    );
}

#[test]
fn a_formula_is_said_in_both_languages() {
    let said =
        |line: &str, precedence| explain(line, precedence, &Floors::default(), &shipped_classes()).expect("a formula");
    let all = said("04214630+91****03X**1***11==&&212019 00 04214713 030", Some(Precedence::And));
    assert_eq!(
        all.when.zh,
        "2号楼4层146号水流指示器动作 或者 （任一楼栋B1层任一点型感烟探测器动作 并且 1号楼任一楼层任一手动报警按钮动作）"
    );
    assert_eq!(
        all.when.en,
        "146, water-flow indicator (building 2, floor 4) alarms or acts or (any point smoke detector (any building, floor B1) \
         alarms or acts and any manual call point (building 1, any floor) alarms or acts)"
    );
    assert_eq!(all.effects[0].zh, "立即启动2号楼同一楼层120号排烟风机（仅全自动时）");
    assert_eq!(all.effects[1].en, "30 s later start 147, sounder (building 2, floor 4), only in full automatic");
    let finding = explain("04214630+91****03X**1***11=04214713 00", None, &Floors::default(), &shipped_classes());
    assert!(finding.is_err_and(|finding| finding.message == "this mixes + and X"));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(512))]
    /// Whatever a line holds, it is read or refused at a place within it.
    #[test]
    fn a_damaged_line_is_never_a_panic(line in "([0-9*&]{0,9}[+X=×＋ ,:]{0,2}|[火x=]){0,12}") {
        match syntax::parse(&line) {
            Ok(formula) => proptest::prop_assert!(!formula.terms.is_empty() && !formula.effects.is_empty()),
            Err(finding) => proptest::prop_assert!(line.is_char_boundary(finding.offset) && finding.offset <= line.len()),
        }
    }
}
