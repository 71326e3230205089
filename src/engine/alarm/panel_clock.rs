//! The clock of a panel against the gateway's own (FA-19).
//!
//! Takes: the time a panel wrote on what it said, and when that was heard.
//! Gives: how far the panel's clock is off, in seconds; none where its time cannot be told without doubt.
//! Never: a guess: a date without its century is not read.

use super::decision::{Decision, OwnFault};
use super::evaluate::Live;
use crate::engine::base::{Category, PointId, Text, Wall, Zone};
use crate::engine::poll::Record;

/// Two records that are off by the same, give or take so many seconds, are off because of the clock: one alone may have
/// waited on its way.
const AGREE_S: i64 = 30;
const SECONDS_A_DAY: i64 = 86_400;

impl Live {
    /// What a panel wrote says how its clock stands.
    pub fn panel_time(&mut self, decision: &mut Decision<'_>, record: &Record) {
        let Some(written) = record.device_time.as_deref().filter(|_| !record.again && self.clock_trusted) else {
            return;
        };
        let site = decision.site;
        let (Some(off), Some(device)) =
            (off_by(written, record.at.wall, &site.zone), site.devices.get(record.device as usize))
        else {
            return;
        };
        let before = self.clocks_off.insert(record.device, off);
        let within = |off: i64| off.unsigned_abs() <= site.settings.clock_off.as_secs();
        let agrees = before.is_some_and(|before| (before - off).abs() <= AGREE_S);
        if !within(off) && !agrees {
            return;
        }
        let detail = (!within(off)).then(|| {
            let (zh, en) = if off > 0 { ("快", "ahead") } else { ("慢", "behind") };
            let by = off.abs();
            Text::new(&format!("控制器时钟{zh} {by} 秒，请对时"), &format!("The panel's clock is {by} s {en}; set it"))
        });
        decision.own_condition(OwnFault {
            point: PointId::of(&device.id, "clock"),
            category: Category::Fault,
            name: Text::new(&format!("{} 时钟不准", device.name.zh), &format!("{} clock is wrong", device.name.en)),
            place: device.place.clone(),
            detail,
        });
    }
}

/// By how many seconds a written time is ahead of `heard`; negative when it is behind.
fn off_by(written: &str, heard: Wall, zone: &Zone) -> Option<i64> {
    let mut numbers = written.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
    let year = numbers.next().filter(|digits| digits.len() == 4)?.parse::<i64>().ok()?;
    let mut next = |most: i64| numbers.next()?.parse::<i64>().ok().filter(|value| *value <= most);
    let (month, day, hour, minute) = (next(12)?, next(31)?, next(23)?, next(59)?);
    // A panel that writes no seconds means some second of that minute.
    let second = next(59);
    let local = heard.0.div_euclid(1_000_000) + i64::from(zone.offset(heard));
    let told = days(year, month, day) * SECONDS_A_DAY + hour * 3600 + minute * 60;
    Some(match second {
        Some(second) => told + second - local,
        None if (told..told + 60).contains(&local) => 0,
        None if local < told => told - local,
        None => told + 59 - local,
    })
}

/// Days since 1970-01-01 of a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March here, so that the leap day comes last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (month * 153 + 2) / 5 + day
        - 719_469
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_time_is_compared_in_the_sites_zone() {
        let shanghai = Zone { changes: vec![(Wall(0), 8 * 3600)] };
        // 2026-11-22T06:13:20Z
        let heard = Wall(1_795_328_000_000_000);
        let check = |written, expected| assert_eq!(off_by(written, heard, &shanghai), expected, "{written}");
        check("2026-11-22 14:13:20", Some(0));
        check("2026年11月22日14时14分20秒", Some(60));
        check("2026-11-22 14:12:20", Some(-60));
        check("2026-11-22 14:13", Some(0));
        check("2026-11-22 14:15", Some(100));
        check("2026-11-22 14:11", Some(-81));
        check("11/22/26 14:13", None);
        check("2026-13-22 14:13", None);
        check("", None);
    }

    #[test]
    fn days_are_counted_over_leap_years() {
        let check = |date: (i64, i64, i64), expected| assert_eq!(days(date.0, date.1, date.2), expected);
        check((1970, 1, 1), 0);
        check((2000, 2, 29), 11_016);
        check((2000, 3, 1), 11_017);
        check((2026, 1, 1), 20_454);
    }
}
