//! The written reference of everything in `config/`, printed from the key tables that the readers themselves check by.
//!
//! Takes: the sections of `tocsin.toml`, of the site's files and of point lists.
//! Gives: [`page`], which is `config/README.md` (`UPDATE=1 cargo test --test rejected` writes it).
//! Never: a key that exists but is not printed.

use super::document::Key;
use super::document::printed::table;
use super::{daemon, linkage, site};

const OPENING: &str = "\
# Configuration

Check before you trust it: `tocsin check --config FOLDER` prints every problem at once, each with file, line, column and the
nearest right word, and exits with 2. Without problems it prints what the site consists of, every request that will go over the
wire, and how old a point can be at worst.

| file | what it holds |
| --- | --- |
| `tocsin.toml` | settings of the daemon; overridden key by key by `TOCSIN_…` in the environment |
| `site/site.toml` | the site, its buildings and zones |
| `site/conf.d/*.toml` | the same tables, read in the order of the files' names; lists add up, duplicates are refused |
| `site/*.csv` | point lists of panels |
| `site/plans/` | floor plans (SVG) and where things stand on them (CSV) |
| `site/device-profiles/` | profiles of this site only; they win over the shipped ones |
| `site/rules-tests/*.toml` | tests of its linkages and alarm rules, run by `tocsin rules test` |
| `site/device-classes/` | classes of equipment of this site only; a file takes the place of the shipped one of its name |

An unknown key is an error. A wrong device is refused alone and becomes a fault of the gateway; anything else that is wrong
refuses the whole. Secrets are named by file, never written here: a relative name is first looked for among the systemd
credentials of the service. Durations are written `500ms`, `10s`, `3m`, `1h`; ids consist of `a-z 0-9 _ . -`; every text that
people read is written in both languages, `{ zh = \"…\", en = \"…\" }`. The files of this folder are a working sample.

This page is printed from the tables that the program reads by; do not edit it.
";

/// The whole page.
pub fn page() -> String {
    let mut page = OPENING.to_owned();
    for (section, prefix) in daemon::keys::SECTIONS {
        let variable = |key: &Key| match key.takes {
            "table" | "tables" => String::new(),
            _ => format!("`{}`", daemon::keys::variable(&format!("{prefix}{}", key.name))),
        };
        table(&mut page, section, Some(&variable));
        if prefix == "walls." {
            table(&mut page, &daemon::keys::WALL, None);
        }
    }
    for listed in site::keys::SECTIONS.into_iter().chain(linkage::keys::SECTIONS) {
        table(&mut page, listed, None);
    }
    page
}
