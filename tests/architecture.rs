//! The shape of the source tree: who may import whom, what the engine may not touch, sizes, words.
//!
//! Takes: the files below `src/`.
//! Gives: one sentence for everything that is out of shape.
//! Never: an exception list. A rule that does not fit is changed here, with its reason, in the same commit.

#[path = "architecture/circles.rs"]
mod circles;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;

use std::path::Path;

use source::{File, walk};

fn sources() -> Vec<File> {
    let files = walk(Path::new(env!("CARGO_MANIFEST_DIR")), "src");
    assert!(files.len() > 20, "only {} source files were found: this test looks in the wrong place", files.len());
    files
}

/// Fails with every sentence the rule has to say.
fn holds(rule: impl Fn(&File) -> Vec<String>) {
    let sentences: Vec<String> = sources().iter().flat_map(rule).collect();
    assert!(sentences.is_empty(), "{} to put right:\n{}", sentences.len(), sentences.join("\n"));
}

#[test]
fn every_room_imports_only_what_the_table_allows() {
    holds(rules::imports);
}

#[test]
fn rooms_side_by_side_do_not_know_each_other() {
    let said = circles::circles(&sources(), circles::ON_PURPOSE);
    assert!(said.is_empty(), "{} to put right:\n{}", said.len(), said.join("\n"));
}

#[test]
fn the_engine_is_pure() {
    holds(rules::purity);
}

#[test]
fn foreign_crates_stay_in_their_room() {
    holds(rules::homes);
}

#[test]
fn files_stay_readable() {
    holds(rules::size);
}

#[test]
fn every_module_says_what_it_takes_gives_and_never_does() {
    holds(rules::opening);
}

#[test]
fn one_word_per_idea() {
    holds(rules::words);
}

#[test]
fn nothing_unwraps_or_panics_outside_tests() {
    holds(rules::panics);
}

#[test]
fn every_address_stands_in_a_table() {
    holds(rules::addresses);
}

#[test]
fn the_readme_fits_in_one_sitting() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    if let Ok(text) = std::fs::read_to_string(path) {
        assert!(text.lines().count() < 300, "README.md has {} lines; it ends at 299", text.lines().count());
    }
}

mod the_rules_themselves {
    use super::*;

    fn check(path: &str, text: &str, rule: fn(&File) -> Vec<String>, expected: &[&str]) {
        let said = rule(&File::new(path, text));
        assert_eq!(said.len(), expected.len(), "{path}: {text}\nsaid {said:#?}");
        for (sentence, part) in said.iter().zip(expected) {
            assert!(sentence.contains(part), "{sentence:?} does not say {part:?}");
        }
    }

    #[test]
    fn a_wrong_arrow_is_told_however_it_is_written() {
        let imports = rules::imports;
        check(
            "src/engine/point/mod.rs",
            "use crate::edge::mqtt::Client;",
            imports,
            &["engine::point imports edge::mqtt"],
        );
        check("src/engine/point/mod.rs", "use crate::engine::base::Value;", imports, &[]);
        check(
            "src/engine/base/mod.rs",
            "use crate::engine::{base::Now, poll::{Bus, Next}};",
            imports,
            &["engine::poll", "engine::poll"],
        );
        check(
            "src/engine/poll/bus.rs",
            "fn f() { crate::engine::alarm::State::default(); }",
            imports,
            &["engine::alarm"],
        );
        check("src/engine/base/mod.rs", "use super::poll::Bus;", imports, &["engine::base imports engine::poll"]);
        check("src/engine/base/id.rs", "use super::super::poll::Bus;", imports, &["write the path from `crate::`"]);
        check(
            "src/edge/web/page.rs",
            "use crate::edge::mqtt::Client;",
            imports,
            &["an edge never imports another edge"],
        );
        check("src/edge/web/page.rs", "use crate::edge::web::Page;\nuse crate::live::Board;", imports, &[]);
        check("src/edge/web/mod.rs", "use super::mqtt::Client;", imports, &["an edge never imports another edge"]);
        check("src/live/board.rs", "// use crate::edge::web;\nconst A: &str = \"crate::edge::web\";", imports, &[]);
        check(
            "src/config/mod.rs",
            "#[cfg(test)]\nmod tests { use crate::edge::web::X; }\nuse crate::sim::Y;",
            imports,
            &[":3: config imports sim"],
        );
        check("src/daemon/mod.rs", "use crate::{cli::Arguments, engine::Engine};", imports, &["daemon imports cli"]);
    }

    #[test]
    fn an_impure_engine_is_told() {
        let purity = rules::purity;
        check("src/engine/poll/bus.rs", "use std::time::{Duration, Instant};", purity, &["std::time::Instant"]);
        check("src/engine/poll/bus.rs", "use std::collections::HashMap;", purity, &["HashMap"]);
        check("src/engine/poll/bus.rs", "fn f() { std::fs::read(\"x\"); }", purity, &["std::fs"]);
        check("src/engine/poll/bus.rs", "fn f() { tracing::info!(\"x\"); }", purity, &["tracing"]);
        check("src/engine/poll/bus.rs", "async fn f() {}", purity, &["async"]);
        check("src/engine/poll/bus.rs", "/// An Instant of a HashMap.\nfn operand() { let brand = 'a'; }", purity, &[]);
        check("src/edge/clock.rs", "use std::time::Instant;", purity, &[]);
        check("src/live/board.rs", "use std::time::Instant;", purity, &["live"]);
    }

    #[test]
    fn other_faults_are_told() {
        check("src/daemon/x.rs", "use rusqlite::Connection;", rules::homes, &["rusqlite"]);
        check("src/edge/journal/x.rs", "use rusqlite::Connection;", rules::homes, &[]);
        check("src/live/x.rs", &"\n".repeat(401), rules::size, &["401 lines"]);
        check("src/main.rs", &"\n".repeat(40), rules::size, &["40 lines"]);
        check("src/live/x.rs", "//! One.\n//!\n//! Takes: a.\n//! Gives: b.\n//! Never: c.\n", rules::opening, &[]);
        check("src/live/x.rs", "//! One.\n//!\n//! Takes: a.\n//! Gives: b.\n", rules::opening, &["Never"]);
        check("src/live/x.rs", "use std::fmt;\n", rules::opening, &["opens with"]);
        check("src/live/x.rs", "struct SlaveManager;", rules::words, &["slave", "manager"]);
        check("src/live/utils.rs", "", rules::words, &["utils"]);
        check("src/live/x.rs", "fn f() { let (a, b) = mpsc::channel(1); }", rules::words, &[]);
        check("src/live/x.rs", "fn f() { a.unwrap(); }", rules::panics, &["unwrap"]);
        check("src/live/x.rs", "fn f() { a.expect(\"no\"); }", rules::panics, &["proof"]);
        check("src/live/x.rs", "fn f() { a.expect(\"a list that was just filled\"); }", rules::panics, &[]);
        check("src/live/x.rs", "#[cfg(test)]\nmod tests { fn f() { a.unwrap(); } }", rules::panics, &[]);
        check("src/live/x.rs", "fn f() { todo!() }", rules::panics, &["todo!"]);
        check("src/edge/web/x.rs", "fn f() { r.route(\"/x\", get(x)); }", rules::addresses, &["no table"]);
        check("src/edge/web/routes.rs", "fn f() { r.route(\"/x\", get(x)); }", rules::addresses, &[]);
    }

    #[test]
    fn a_circle_is_told_however_it_closes() {
        let file = |path: &str, text: &str| File::new(path, text);
        let plan = |b: &str, c: &str| {
            vec![
                file("src/config/mod.rs", "mod a;\nmod b;\nmod c;\npub use a::Site;\npub use b::Bus;"),
                file("src/config/a.rs", "use super::b::Bus;\nuse crate::config::problem::Spot;"),
                file("src/config/b/mod.rs", "mod inner;"),
                file("src/config/b/inner.rs", b),
                file("src/config/c.rs", c),
            ]
        };
        let told = |b: &str, c: &str| circles::circles(&plan(b, c), &[]);
        assert_eq!(told("use super::Line;", "use super::{a, b};"), [""; 0], "an arrow down is no circle");
        for (b, c) in [
            ("use crate::config::a::Site;", ""),
            ("use crate::config::{problem::Spot, a::Site};", ""),
            ("fn f() -> crate::config::a::Site {}", ""),
            // Handed on by the room around them.
            ("use crate::config::Site;", ""),
            // Through a third.
            ("use crate::config::c::Line;", "use super::a::Site;"),
        ] {
            let said = told(b, c);
            assert!(said.len() == 1 && said[0].starts_with("src/config: a, b"), "{b} {c}: {said:?}");
        }
        let hidden = "#[cfg(test)]\nmod tests { use crate::config::a::Site; }\n// use crate::config::a::Site;";
        assert_eq!(told(hidden, ""), [""; 0]);
        let closed = plan("use crate::config::a::Site;", "");
        assert_eq!(circles::circles(&closed, &[("config", &["a", "b"], "for the test")]), [""; 0]);
        assert_eq!(
            circles::circles(&closed, &[("config", &["a", "c"], "for the test")]).len(),
            2,
            "another, and one gone"
        );
    }
}
