//! When a plan is due.
//!
//! Takes: a [`Plan`], the site's zone and instants of the wall clock.
//! Gives: the next time after an instant, every one in a stretch, and when the running shift began.
//! Never: reads a clock; never looks further ahead than [`AHEAD`].

use crate::engine::base::{Date, Wall, Zone};
use crate::engine::site::Plan;

/// Days looked ahead: the 29th of February comes within eight years and a day.
const AHEAD: i64 = 8 * 366 + 1;

/// The first time after `after` at which `plan` is due; none when no day fits, such as the 31st of June.
pub(super) fn next(plan: &Plan, zone: &Zone, after: Wall) -> Option<Wall> {
    let today = zone.day(after);
    (today..today + AHEAD)
        .filter(|day| fits(plan, *day))
        .flat_map(|day| plan.times.iter().map(move |minute| zone.instant(day, *minute)))
        .find(|slot| *slot > after)
}

/// Every time after `after` and not after `until`, at most `most` of them.
pub(super) fn between(plan: &Plan, zone: &Zone, after: Wall, until: Wall, most: usize) -> Vec<Wall> {
    let days = zone.day(after)..=zone.day(until);
    days.filter(|day| fits(plan, *day))
        .flat_map(|day| plan.times.iter().map(move |minute| zone.instant(day, *minute)))
        .filter(|slot| *slot > after && *slot <= until)
        .take(most)
        .collect()
}

/// The last time at or before `now`, and how many came before it, all after `after`.
pub(super) fn latest(plan: &Plan, zone: &Zone, after: Wall, now: Wall) -> Option<(Wall, u32)> {
    // A year of hourly rounds: whoever was away for longer has missed "many".
    const MOST: usize = 10_000;
    let slots = between(plan, zone, after, now, MOST);
    let last = slots.last().copied()?;
    Some((last, u32::try_from(slots.len() - 1).unwrap_or(u32::MAX)))
}

/// When the shift that runs at `now` began; none where there are no shifts.
pub(super) fn shift_began(shifts: &[u16], zone: &Zone, now: Wall) -> Option<Wall> {
    let today = zone.day(now);
    let slots = (today - 1..=today).flat_map(|day| shifts.iter().map(move |minute| zone.instant(day, *minute)));
    slots.filter(|slot| *slot <= now).max()
}

fn fits(plan: &Plan, day: i64) -> bool {
    // 1970-01-01 was a Thursday; Monday is 0.
    let weekday = (day + 3).rem_euclid(7);
    let date = Date::of_day(day);
    let of_month = |held: &crate::engine::site::DayOfMonth| {
        held.day == date.day && held.month.is_none_or(|month| month == date.month)
    };
    plan.days >> weekday & 1 == 1 && (plan.dates.is_empty() || plan.dates.iter().any(of_month))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::base::{Role, Text};
    use crate::engine::site::{DayOfMonth, Place, PlanKind};

    fn plan(times: &[u16], days: u8, dates: &[(Option<u8>, u8)]) -> Plan {
        Plan {
            kind: PlanKind::Patrol,
            id: "p".into(),
            name: Text::same("P"),
            place: Place::default(),
            items: Vec::new(),
            times: times.to_vec(),
            days,
            dates: dates.iter().map(|(month, day)| DayOfMonth { month: *month, day: *day }).collect(),
            within: std::time::Duration::from_secs(3600),
            role: Role::Operator,
            devices: Vec::new(),
            figures: Vec::new(),
        }
    }

    fn shanghai() -> Zone {
        Zone { changes: vec![(Wall(0), 8 * 3600)] }
    }

    /// 2026-01-01 (a Thursday) at this minute, in Shanghai.
    fn on(day: i64, minute: u16) -> Wall {
        shanghai().instant(20_454 + day, minute)
    }

    #[test]
    fn the_next_time_is_found_by_day_week_month_and_year() {
        let check = |plan: Plan, after: Wall, expected: &str| {
            let found = next(&plan, &shanghai(), after).map(|slot| shanghai().spelt(slot));
            assert_eq!(found.as_deref(), Some(expected));
        };
        check(plan(&[510, 1230], 0x7F, &[]), on(0, 480), "2026-01-01 08:30");
        check(plan(&[510, 1230], 0x7F, &[]), on(0, 510), "2026-01-01 20:30");
        check(plan(&[510, 1230], 0x7F, &[]), on(0, 1230), "2026-01-02 08:30");
        check(plan(&[510], 0b1, &[]), on(0, 480), "2026-01-05 08:30");
        check(plan(&[510], 0x7F, &[(None, 1)]), on(0, 600), "2026-02-01 08:30");
        check(plan(&[510], 0x7F, &[(None, 31)]), on(31, 0), "2026-03-31 08:30");
        check(plan(&[510], 0x7F, &[(Some(7), 1), (Some(1), 15)]), on(20, 0), "2026-07-01 08:30");
        check(plan(&[510], 0x7F, &[(Some(2), 29)]), on(0, 0), "2028-02-29 08:30");
        assert_eq!(next(&plan(&[510], 0x7F, &[(Some(6), 31)]), &shanghai(), on(0, 0)), None);
    }

    #[test]
    fn what_was_due_while_nobody_ran_is_the_last_one_and_a_number() {
        let plan = plan(&[510, 1230], 0x7F, &[]);
        let zone = shanghai();
        assert_eq!(latest(&plan, &zone, on(0, 0), on(2, 600)), Some((on(2, 510), 4)));
        assert_eq!(latest(&plan, &zone, on(0, 510), on(0, 600)), None);
        assert_eq!(latest(&plan, &zone, on(0, 509), on(0, 510)), Some((on(0, 510), 0)));
    }

    #[test]
    fn the_running_shift_began_today_or_yesterday() {
        let zone = shanghai();
        assert_eq!(shift_began(&[480, 1200], &zone, on(1, 600)), Some(on(1, 480)));
        assert_eq!(shift_began(&[480, 1200], &zone, on(1, 479)), Some(on(0, 1200)));
        assert_eq!(shift_began(&[], &zone, on(1, 479)), None);
    }
}
