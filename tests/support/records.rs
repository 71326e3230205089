//! What a device that reports by itself says in a story: `record panel-9 …`.
//!
//! - `record panel-9 says d1:fire true`: a condition began or is over; listed or not is looked up in the site;
//! - `record panel-9 says-at 08:59:30 d1:fire true`: the same, with a time of its own;
//! - `record panel-9 says-again d1:fire true`: the same, said anew because the engine asked;
//! - `record panel-9 reset`, `record panel-9 operated silence`, `record panel-9 unread any words`.
//!
//! What a device noted itself: `memory io-1 100:1 160:2` (the time and the code of each entry, the oldest first), or
//! `memory io-1 refused`. Its codes are those of [`six_entries`].

use tocsin::engine::base::{Category, Now, Text};
use tocsin::engine::poll::{Record, Said};
use tocsin::engine::profile::{CodeSpec, Entry, Memory, Order, Sequence, Stamp, Table};
use tocsin::engine::site::Site;

/// The record that a step tells.
pub fn read(words: &[&str], site: &Site, now: Now) -> Result<Record, String> {
    let (device, rest) = words.split_first().ok_or("record needs a device")?;
    let number = site.devices.iter().position(|held| held.id.as_str() == *device).ok_or("no such device")?;
    let mut device_time = format!("2026-01-01 08:{:02}", now.mono.0 / 60_000_000);
    let (said, again) = match *rest {
        ["says-at", time, condition, truth] => {
            device_time = format!("2026-01-01 {time}");
            (condition_of(site, device, condition, truth == "true")?, false)
        }
        ["says", condition, truth] => (condition_of(site, device, condition, truth == "true")?, false),
        ["says-again", condition, truth] => (condition_of(site, device, condition, truth == "true")?, true),
        ["reset"] => (Said::Reset, false),
        ["operated", name] => (Said::Operation { name: Text::same(name) }, false),
        ["unread", ..] => (Said::Unread, false),
        _ => return Err("a record says something, is unread, a reset or an operation".into()),
    };
    let device_time = (!matches!(said, Said::Unread)).then_some(device_time);
    Ok(Record { device: number as u32, at: now, device_time, words: rest.join(" "), again, said })
}

/// What a memory was found to hold.
pub fn memory(words: &[&str], site: &Site, now: Now) -> Result<Record, String> {
    let (device, entries) = words.split_first().ok_or("memory needs a device")?;
    let number = site.devices.iter().position(|held| held.id.as_str() == *device).ok_or("no such device")?;
    let entry = |text: &&str| {
        let (time, code) = text.split_once(':')?;
        Some(Entry { time: time.parse().ok()?, code: code.parse().ok()? })
    };
    let said = match entries {
        ["refused"] => Said::Forgotten { reason: Text::new("拒绝", "refused") },
        entries => {
            let entries: Option<Vec<Entry>> = entries.iter().map(entry).collect();
            Said::Remembered { entries: entries.ok_or("an entry is time:code")? }
        }
    };
    Ok(Record { device: number as u32, at: now, device_time: None, words: String::new(), again: false, said })
}

/// The memory of `io-1`: six entries; 1 is history, 2 and 3 are fire, 4 the mains, 5 that they are back, 6 a test.
pub fn six_entries() -> Memory {
    let code = |key: &str, code, category, active| CodeSpec {
        key: key.into(),
        codes: (code, code),
        name: Text::same(key),
        category,
        active,
        alarms: Vec::new(),
    };
    Memory {
        table: Table::Holding,
        counter: None,
        first: 0,
        stride: 3,
        entries: 6,
        order: Sequence::OldestFirst,
        code: 2,
        time: Some(Stamp { offset: 0, order: Order::Abcd, epoch: None }),
        codes: vec![
            code("power-on", 1, None, true),
            code("fire", 2, Some(Category::Fire), true),
            code("fire-2", 3, Some(Category::Fire), true),
            code("mains-lost", 4, Some(Category::MainsFault), true),
            code("mains-back", 5, Some(Category::MainsFault), false),
            code("test", 6, Some(Category::Test), true),
        ],
    }
}

fn condition_of(site: &Site, device: &str, condition: &str, active: bool) -> Result<Said, String> {
    let whole = format!("{device}/{condition}");
    if let Some(rule) = site.rules.iter().position(|rule| rule.condition.to_string() == whole) {
        return Ok(Said::Listed { rule: rule as u32, active });
    }
    let (segment, category) = condition.split_once(':').ok_or("a condition is point:category")?;
    let category = Category::ALL.into_iter().find(|known| known.as_str() == category).ok_or("no such category")?;
    let name = Text::same(&format!("{segment} {}", category.as_str()));
    Ok(Said::Unlisted { segment: segment.into(), category, active, name, place: Text::same("走廊") })
}
