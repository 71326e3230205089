//! A panel formula in words, in both languages.
//!
//! Takes: a [`Formula`], the floors its codes speak of, the device types.
//! Gives: one sentence for its condition and one for each action.
//! Never: the site: a formula is explained before anything of it is believed.

use super::Precedence;
use super::floors::Floors;
use super::syntax::{Formula, Join, Term};
use crate::config::linkage::Pattern;
use crate::engine::base::Text;
use crate::engine::class::Classes;

/// What a formula says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// When.
    pub when: Text,
    /// What then happens, one by one.
    pub effects: Vec<Text>,
}

/// A formula in words; without a precedence one that mixes + and X is read as it stands, joins in a row.
pub fn said(formula: &Formula, precedence: Option<Precedence>, floors: &Floors, classes: &Classes) -> Said {
    let term = |at: usize| {
        let of = thing(&formula.terms[at], floors, classes);
        Text::new(&format!("{}动作", of.zh), &format!("{} alarms or acts", of.en))
    };
    let tree = super::tree(formula, precedence.unwrap_or(Precedence::Left));
    let when = tree.fold(&term, &|join, parts: Vec<Text>, inside| {
        let (zh, en) = match join {
            Join::Or => (" 或者 ", " or "),
            Join::And => (" 并且 ", " and "),
        };
        let zh = parts.iter().map(|part| part.zh.as_str()).collect::<Vec<_>>().join(zh);
        let en = parts.iter().map(|part| part.en.as_str()).collect::<Vec<_>>().join(en);
        if inside { Text::new(&format!("（{zh}）"), &format!("({en})")) } else { Text::new(&zh, &en) }
    });
    let effects = formula.effects.iter().map(|effect| {
        let of = thing(&effect.term, floors, classes);
        let (zh, en) = if formula.stop { ("停止", "stop") } else { ("启动", "start") };
        let (after_zh, after_en) = match effect.delay {
            0 => ("立即".to_owned(), "at once".to_owned()),
            delay => (format!("延时{delay}秒后"), format!("{delay} s later")),
        };
        let (full_zh, full_en) =
            if formula.full_automatic { ("（仅全自动时）", ", only in full automatic") } else { ("", "") };
        Text::new(&format!("{after_zh}{zh}{}{full_zh}", of.zh), &format!("{after_en} {en} {}{full_en}", of.en))
    });
    Said { when, effects: effects.collect() }
}

/// Digits 1 and 2 are the floor, 3 the building, 4 to 6 the device (FA-15).
fn thing(term: &Term, floors: &Floors, classes: &Classes) -> Text {
    let code = term.code.to_string();
    let (floor, building, device) = (&code[..2], &code[2..3], &code[3..]);
    let building = match building {
        "*" => Text::new("任一楼栋", "any building"),
        "&" => Text::new("同一楼栋", "the same building"),
        digit => Text::new(&format!("{digit}号楼"), &format!("building {digit}")),
    };
    let floor = match (floor, floors.of(floor)) {
        ("**", _) => Text::new("任一楼层", "any floor"),
        ("&&", _) => Text::new("同一楼层", "the same floor"),
        (_, Some(floor)) => Text::new(&format!("{floor}层"), &format!("floor {floor}")),
        (digits, None) => Text::new(&format!("{digits}层"), &format!("floor {digits}")),
    };
    let kind = kind(&term.kind, classes);
    let (number_zh, number_en) = match device {
        "***" => ("任一".to_owned(), "any ".to_owned()),
        "&&&" => ("同号".to_owned(), "the same number's ".to_owned()),
        digits => (format!("{digits}号"), format!("{digits}, ")),
    };
    Text::new(
        &format!("{}{}{number_zh}{}", building.zh, floor.zh, kind.zh),
        &format!("{number_en}{} ({}, {})", kind.en, building.en, floor.en),
    )
}

fn kind(kind: &Pattern, classes: &Classes) -> Text {
    let digits = kind.to_string();
    match (digits.as_str(), classes.types.get(&digits)) {
        ("**", _) => Text::new("设备", "device"),
        (_, Some(known)) => Text::new(&known.name.zh, &known.name.en.to_lowercase()),
        _ => Text::new(&format!("类型{digits}设备"), &format!("device of type {digits}")),
    }
}
