//! What people write about cause and effect: conditions of linkages, and formulas of panels.

use std::path::Path;

use tocsin::config::{self, formula};
use tocsin::engine::site::{Mode, Site};

use super::harness::{Target, files};

const WORDS: &[&str] = &[
    " && ",
    " || ",
    "!",
    "(",
    ")",
    "count(fire) >= ",
    "status(",
    "all-status(",
    "verdict(real",
    "time(22:00-06:00, ",
    "floor=$floor",
    "zone='2-04'",
    "code='&&****'",
    "code='04****'",
    "class='a|b'",
    "'",
    "\"",
    ",",
    "=",
    "$zone",
    "2",
    "1000",
    "+",
    "X",
    "×",
    "==",
    "=X",
    "＝",
    "*",
    "&",
    "04214630",
    " 00 ",
    " 600",
    "火警",
    "\n",
    "\u{0}",
    "mon-sun",
];

fn small() -> Site {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    config::load(&root.join("tests/sites/small/site"), &[root.join("device-profiles")]).expect("the small site").0
}

#[test]
fn linkages() {
    let site = small();
    let seeds = files("tests/rejected", "site.toml").into_iter().filter_map(|seed| {
        let at = seed.windows(11).position(|part| part == b"[[linkage]]")?;
        Some(seed[at..].to_vec())
    });
    let known: &[u8] =
        b"[[linkage]]\nid = \"a\"\nmode = \"manual\"\nwhen = \"count(fire, building='2', floor=$floor) >= 2\"\n\
        [[linkage.action]]\nstart = { class = \"fire-pump\" }\nfeedback = \"running\"\n";
    let mut seeds: Vec<Vec<u8>> = seeds.collect();
    seeds.push(known.to_vec());
    Target { name: "linkage", seeds, cases: 400, words: WORDS }.run(|bytes| {
        let text = String::from_utf8_lossy(bytes);
        match config::site::refusals(&text, &site).iter().map(ToString::to_string).find(|line| line.contains('\n')) {
            Some(line) => Err(format!("a problem is not one line: {line:?}")),
            None => Ok(()),
        }
    });
}

#[test]
fn formulas() {
    let site = small();
    let seeds = [
        "04210603+04210703=91210103 00 91210203 120\n",
        "1：042***03×0421**03==04210603 30\n# 注释\n",
        "&&****03=X&&****03 05\n04210603X04210703+04210803=91210103 00",
    ];
    let seeds = seeds.map(|seed| seed.as_bytes().to_vec()).to_vec();
    Target { name: "formula", seeds, cases: 300, words: WORDS }.run(|bytes| {
        let text = String::from_utf8_lossy(bytes);
        for precedence in [None, Some(formula::Precedence::And), Some(formula::Precedence::Left)] {
            let options = formula::Options {
                panel: "panel-1".to_owned(),
                mode: Mode::Monitor,
                precedence,
                floors: formula::Floors::default(),
            };
            match formula::import("fuzz.txt", &text, &site, &options) {
                // What is written must be what the reader reads.
                Ok(file) => {
                    if let Some(problem) = config::site::refusals(&file, &site).first() {
                        return Err(format!("{problem}\n{file}"));
                    }
                }
                Err(problems) if problems.is_empty() => return Err("it is refused without a reason".to_owned()),
                Err(problems) => {
                    if let Some(line) = problems.iter().map(ToString::to_string).find(|line| line.contains('\n')) {
                        return Err(format!("a problem is not one line: {line:?}"));
                    }
                }
            }
        }
        Ok(())
    });
}
