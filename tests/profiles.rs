//! The catalogue of device profiles: every folder, by the same rules, without a list of exceptions.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tocsin::cli::profile_check::{self, Verdict};
use tocsin::config::profile;
use tocsin::engine::base::Text;
use tocsin::engine::profile::{PointSpec, Profile};

fn catalogue() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("device-profiles")
}

/// Every folder below `device-profiles/`, whether it has a profile or not.
fn folders() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(catalogue()).expect("device-profiles is part of the package");
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    assert!(folders.len() >= 5, "only {} profiles: this test looks in the wrong place", folders.len());
    folders
}

fn profiles() -> Vec<Profile> {
    let read = |folder: &PathBuf| match profile::load(folder) {
        Ok((profile, _)) => profile,
        Err(problems) => panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    };
    folders().iter().map(read).collect()
}

/// Names are checked once for every profile, with who bears them.
fn names(profile: &Profile) -> Vec<(String, &Text)> {
    let mut names: Vec<(String, &Text)> = Vec::new();
    let arrays = profile.arrays.iter();
    let points = profile.points.iter().chain(arrays.clone().flat_map(|array| &array.fields));
    for point in points {
        names.push((point.key.clone(), &point.name));
        let states = point.encoding.states.as_deref().unwrap_or_default();
        names.extend(states.iter().map(|state| (format!("{} {}", point.key, state.key), &state.name)));
    }
    let alarms = profile.alarms.iter().chain(arrays.flat_map(|array| &array.alarms));
    names.extend(alarms.map(|alarm| (alarm.key.clone(), &alarm.name)));
    names
}

#[test]
fn every_profile_does_what_its_cases_say() {
    let checked: Vec<_> = folders().iter().map(|folder| profile_check::check(folder, false)).collect();
    let text: Vec<String> = checked.iter().flat_map(|checked| checked.lines.clone()).collect();
    assert!(checked.iter().all(|checked| checked.verdict == Verdict::Fine), "\n{}", text.join("\n"));
}

#[test]
fn keys_are_kebab_case() {
    let kebab = |key: &str| {
        let fine = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        key.split('-').all(fine)
    };
    for profile in profiles() {
        // A leading underscore keeps the example at the head of the list.
        assert!(kebab(profile.id.trim_start_matches('_')), "the folder {}", profile.id);
        for (bearer, _) in names(&profile) {
            let keys: Vec<&str> = bearer.split(' ').collect();
            assert!(keys.iter().all(|key| kebab(key)), "{}: {bearer}", profile.id);
        }
        assert!(profile.arrays.iter().all(|array| kebab(&array.key)), "{}", profile.id);
    }
}

#[test]
fn everything_a_person_reads_is_there_in_both_languages() {
    let is_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    for profile in profiles() {
        for (bearer, name) in names(&profile) {
            assert!(is_chinese(&name.zh), "{}: {bearer}: \"{}\" is not Chinese", profile.id, name.zh);
            assert!(!is_chinese(&name.en), "{}: {bearer}: \"{}\" is not English", profile.id, name.en);
            assert_eq!(name.en.trim(), name.en, "{}: {bearer}", profile.id);
        }
    }
}

#[test]
fn two_points_of_a_device_never_share_a_name_on_the_screen() {
    for profile in profiles() {
        for points in [&profile.points].into_iter().chain(profile.arrays.iter().map(|array| &array.fields)) {
            let mut seen = BTreeSet::new();
            for point in points {
                assert!(seen.insert(&point.name.en), "{}: \"{}\" twice", profile.id, point.name.en);
                assert!(seen.insert(&point.name.zh), "{}: \"{}\" twice", profile.id, point.name.zh);
            }
        }
    }
}

#[test]
fn values_of_one_word_are_read_as_one_kind_of_thing() {
    for profile in profiles() {
        for points in [&profile.points].into_iter().chain(profile.arrays.iter().map(|array| &array.fields)) {
            for (number, one) in points.iter().enumerate() {
                for other in &points[number + 1..] {
                    // A rate has the registers of its counter.
                    let rate = |spec: &PointSpec| spec.proviso.as_ref().is_some_and(|proviso| proviso.rate.is_some());
                    if rate(one) || rate(other) {
                        continue;
                    }
                    let (a, b) = (&one.encoding, &other.encoding);
                    let apart =
                        a.table != b.table || a.address >= b.address + b.width() || b.address >= a.address + a.width();
                    // Parts of one word are told by their bits; whole values never overlap.
                    let parts = a.bits.is_some() && b.bits.is_some() && a.address == b.address;
                    assert!(apart || parts, "{}: \"{}\" and \"{}\" overlap", profile.id, one.key, other.key);
                }
            }
        }
    }
}

#[test]
fn the_source_of_the_registers_is_named() {
    for profile in profiles() {
        assert!(profile.source.chars().count() >= 20, "{}: \"{}\" names no document", profile.id, profile.source);
        assert!(
            !profile.alarms.is_empty()
                || !profile.statuses.is_empty()
                || profile.arrays.iter().any(|array| !array.alarms.is_empty())
        );
    }
}
