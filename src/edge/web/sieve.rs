//! What somebody looks for in the journal, as it stands in an address.
//!
//! Takes: the parameters of `/journal`, `GET journal` and `GET journal/export`, which are the same.
//! Gives: a [`Sieve`], one [`Chip`] for each part of it, and addresses with and without that part.
//! Never: a parameter that is passed over in silence.

use serde::Deserialize;

use super::api::escaped;
use super::problem::Problem;
use super::when::When;
use super::words::{self, Phrase, past};
use crate::engine::base::{Category, Language, Text};
use crate::engine::report::Sort;
use crate::engine::site::Site;
use crate::live::Sieve;

/// The parameters; an empty one counts as none, because a form sends all of its fields.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SieveQuery {
    pub text: Option<String>,
    pub sort: Option<String>,
    pub kind: Option<String>,
    pub category: Option<String>,
    pub device: Option<String>,
    pub point: Option<String>,
    pub building: Option<String>,
    pub floor: Option<String>,
    pub person: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub after: Option<u64>,
    pub before: Option<u64>,
    pub limit: Option<usize>,
    pub form: Option<String>,
}

/// One part of what is looked for, which a person can take away.
pub struct Chip {
    /// What it is a part of.
    pub head: Phrase,
    /// What it asks for.
    pub value: String,
    /// The address without it.
    pub without: String,
}

/// The names of the parts, in the order in which they are shown and written.
const PARTS: [&str; 11] =
    ["text", "sort", "kind", "category", "device", "point", "building", "floor", "person", "from", "to"];

impl SieveQuery {
    fn part(&self, name: &str) -> Option<&str> {
        let part = match name {
            "text" => &self.text,
            "sort" => &self.sort,
            "kind" => &self.kind,
            "category" => &self.category,
            "device" => &self.device,
            "point" => &self.point,
            "building" => &self.building,
            "floor" => &self.floor,
            "person" => &self.person,
            "from" => &self.from,
            _ => &self.to,
        };
        part.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }

    /// What is typed into a field; empty where nothing is.
    pub fn typed(&self, name: &str) -> &str {
        self.part(name).unwrap_or_default()
    }

    /// What is looked for.
    pub fn sieve(&self, when: &When) -> Result<Sieve, Problem> {
        let owned = |name: &str| self.part(name).map(str::to_owned);
        let listed = |name: &str| self.part(name).map(|list| list.split(',').map(str::trim).collect::<Vec<_>>());
        let sort =
            |word: &str| Sort::named(word).ok_or_else(|| Problem::bad("sort", &known(Sort::ALL.map(Sort::as_str))));
        let category = |word: &str| {
            let found = Category::ALL.into_iter().find(|category| category.as_str() == word);
            found.ok_or_else(|| Problem::bad("category", &known(Category::ALL.map(Category::as_str))))
        };
        let time = |name: &'static str| {
            let wrong = "RFC 3339 with an offset, a day, or a day and a time of the site";
            self.part(name).map(|text| when.instant(text, name == "to").ok_or_else(|| Problem::bad(name, wrong)))
        };
        let (from, to) = (time("from").transpose()?, time("to").transpose()?);
        if let (Some(from), Some(to)) = (from, to)
            && from >= to
        {
            return Err(Problem::bad("to", "must be later than `from`"));
        }
        Ok(Sieve {
            from,
            to,
            sorts: listed("sort").unwrap_or_default().into_iter().map(sort).collect::<Result<_, _>>()?,
            kinds: listed("kind").unwrap_or_default().into_iter().map(str::to_owned).collect(),
            category: self.part("category").map(category).transpose()?,
            device: owned("device"),
            point: owned("point"),
            building: owned("building"),
            floor: owned("floor"),
            person: owned("person"),
            text: owned("text").unwrap_or_default(),
        })
    }

    /// The parts as they stand in an address, after the question mark; without the one that is named.
    pub fn address(&self, without: &str) -> String {
        let parts = PARTS.into_iter().filter(|name| *name != without);
        let given = parts.filter_map(|name| Some((name, self.part(name)?)));
        given.map(|(name, value)| format!("{name}={}", escaped(value))).collect::<Vec<_>>().join("&")
    }

    /// The parts as they are recorded.
    pub fn said(&self) -> String {
        let given = PARTS.into_iter().filter_map(|name| Some(format!("{name} {}", self.part(name)?)));
        given.collect::<Vec<_>>().join(", ")
    }

    /// One chip for each part that is given.
    pub fn chips(&self, site: &Site, language: Language) -> Vec<Chip> {
        let chip = |name: &str| {
            let value = self.part(name)?;
            let head = match name {
                "text" => past::TEXT,
                "sort" => past::SORT,
                "kind" => words::H_EVENT,
                "category" => words::H_WHAT,
                "device" => past::DEVICE,
                "point" => words::H_POINT,
                "building" => words::desk::BUILDING,
                "floor" => past::FLOOR,
                "person" => past::PERSON,
                "from" => past::FROM,
                _ => past::TO,
            };
            let value = spelt(name, value, site).map_or_else(|| value.to_owned(), |text| text.get(language).to_owned());
            Some(Chip { head, value, without: self.address(name) })
        };
        PARTS.into_iter().filter_map(chip).collect()
    }
}

/// The words people know a value by; none where it is its own word.
fn spelt(name: &str, value: &str, site: &Site) -> Option<Text> {
    match name {
        "sort" => Sort::named(value).map(Sort::text),
        "kind" => words::kind(value).map(Phrase::text),
        "category" => Category::ALL.into_iter().find(|category| category.as_str() == value).map(Category::text),
        "device" => site.devices.iter().find(|device| device.id.as_str() == value).map(|device| device.name.clone()),
        "building" => Some(site.building_name(value)),
        "from" | "to" => Some(Text::same(&value.replace('T', " "))),
        _ => None,
    }
}

fn known<const N: usize>(words: [&str; N]) -> String {
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    fn query(pairs: &str) -> SieveQuery {
        let uri: axum::http::Uri = format!("/journal?{pairs}").parse().unwrap();
        axum::extract::Query::<SieveQuery>::try_from_uri(&uri).unwrap().0
    }

    #[test]
    fn what_is_typed_becomes_a_sieve_and_goes_back_into_an_address() {
        let when = When::new(TimeZone::get("Asia/Shanghai").unwrap());
        let asked = query("text=%E6%84%9F%E7%83%9F&sort=alarms,acts&device=&from=2026-11-22&to=2026-11-22T18:30");
        let sieve = asked.sieve(&when).unwrap();
        assert_eq!(sieve.text, "感烟");
        assert_eq!(sieve.sorts, [Sort::Alarms, Sort::Acts]);
        assert_eq!(sieve.device, None, "an empty field asks for nothing");
        let spelt = |at: Option<crate::engine::base::Wall>| at.map(|at| when.rfc3339(at)).unwrap();
        assert_eq!(spelt(sieve.from), "2026-11-22T00:00:00.000+08:00");
        assert_eq!(spelt(sieve.to), "2026-11-22T18:30:00.000+08:00");
        assert_eq!(asked.address("sort"), "text=%E6%84%9F%E7%83%9F&from=2026-11-22&to=2026-11-22T18:30");
        assert!(query("text=+").sieve(&when).unwrap().is_open());
        let refused = |pairs: &str| query(pairs).sieve(&when).unwrap_err().more["field"].clone();
        assert_eq!(refused("sort=alarm"), "sort");
        assert_eq!(refused("category=smoke"), "category");
        assert_eq!(refused("from=yesterday"), "from");
        assert_eq!(refused("from=2026-11-23&to=2026-11-22"), "to");
    }
}
