//! How fast a counter grows: litres of a meter become a flow, beats of a watchdog become life.
//!
//! Takes: what a counter said, read after read, with the moment of each.
//! Gives: its growth per unit of time over the last window, or that it is not known yet.
//! Never: a rate over less than the window, or across a counter that was set back: a meter that was changed has used
//! nothing.

use std::collections::VecDeque;

use crate::engine::base::{Mono, Reason, Value};
use crate::engine::profile::Rate;

/// Readings kept of one window; the oldest may be older than the window by one part in so many.
const KEPT: u32 = 64;

/// What a counter said over the last window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Growth {
    /// Oldest first.
    kept: VecDeque<(Mono, f64)>,
    /// The last reading.
    last: Option<f64>,
}

impl Growth {
    /// One more verified reading: gives how fast the counter has grown.
    pub fn count(&mut self, rate: &Rate, number: f64, now: Mono) -> Result<Value, Reason> {
        if self.last.is_some_and(|last| number < last) {
            self.kept.clear();
        }
        self.last = Some(number);
        while self.kept.get(1).is_some_and(|(at, _)| now.since(*at) >= rate.over) {
            self.kept.pop_front();
        }
        let grown = self.kept.front().filter(|(at, _)| now.since(*at) >= rate.over).map(|(at, from)| {
            let turns = now.since(*at).as_secs_f64() / rate.per.as_secs_f64();
            told((number - from) / turns * rate.times)
        });
        if self.kept.back().is_none_or(|(at, _)| now.since(*at) >= rate.over / KEPT) {
            self.kept.push_back((now, number));
        }
        grown.map(Value::Number).ok_or(Reason::NeverRead)
    }

    /// The counter cannot be read: what it said before does not count, for it may have been changed meanwhile.
    pub fn lose(&mut self) {
        *self = Growth::default();
    }
}

/// To three digits: steps of the counter and the moments of its readings carry no more.
fn told(rate: f64) -> f64 {
    if rate == 0.0 || !rate.is_finite() {
        return rate;
    }
    // A finite number's magnitude is within -324..=308.
    let digits = 2 - rate.abs().log10().floor() as i32;
    let step = 10f64.powi(digits.clamp(-300, 300));
    (rate * step).round() / step
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn rate(over: Duration) -> Rate {
        Rate { per: HOUR, over, times: 1.0 }
    }

    /// Counts once a minute; `grows` is the volume at a minute.
    fn after(rate: &Rate, minutes: u64, grows: impl Fn(u64) -> f64) -> Result<Value, Reason> {
        let mut growth = Growth::default();
        let at = |minute: u64| Mono(0).after(Duration::from_secs(minute * 60));
        (0..=minutes).map(|minute| growth.count(rate, grows(minute), at(minute))).last().expect("at least one")
    }

    #[test]
    fn nothing_is_known_before_the_window_is_full() {
        let quarter = rate(HOUR / 4);
        assert_eq!(after(&quarter, 14, |minute| minute as f64), Err(Reason::NeverRead));
        assert_eq!(after(&quarter, 15, |minute| minute as f64), Ok(Value::Number(60.0)));
    }

    #[test]
    fn only_the_window_counts() {
        let burst = |minute: u64| if minute <= 30 { minute as f64 } else { 30.0 + (minute - 30) as f64 * 0.1 };
        assert_eq!(after(&rate(HOUR / 4), 60, burst), Ok(Value::Number(6.0)));
        assert_eq!(after(&rate(HOUR / 4), 200, |_| 4711.0), Ok(Value::Number(0.0)));
        let doubled = Rate { times: 2.0, ..rate(HOUR / 4) };
        assert_eq!(after(&doubled, 60, burst), Ok(Value::Number(12.0)));
    }

    #[test]
    fn a_day_is_kept_in_few_readings_and_is_right_to_one_in_sixty_four() {
        let day = rate(24 * HOUR);
        let mut growth = Growth::default();
        for minute in 0..4 * 24 * 60_u64 {
            let known = growth.count(&day, minute as f64 / 6.0, Mono(0).after(Duration::from_secs(minute * 60)));
            assert!(growth.kept.len() <= 67, "{} kept", growth.kept.len());
            assert_eq!(known.is_ok(), minute >= 24 * 60, "minute {minute}");
            assert!(known.is_err() || known == Ok(Value::Number(10.0)));
        }
        let oldest = growth.kept[0].0;
        let end = Mono(0).after(Duration::from_secs((4 * 24 * 60 - 1) * 60));
        assert!(end.since(oldest) <= 24 * HOUR * 66 / 64, "{:?}", end.since(oldest));
    }

    #[test]
    fn a_counter_that_was_set_back_begins_anew() {
        let changed = |minute: u64| if minute < 40 { 1000.0 + minute as f64 } else { (minute - 40) as f64 };
        assert_eq!(after(&rate(HOUR / 4), 54, changed), Err(Reason::NeverRead));
        assert_eq!(after(&rate(HOUR / 4), 55, changed), Ok(Value::Number(60.0)));
    }

    #[test]
    fn what_was_lost_is_not_bridged() {
        let quarter = rate(HOUR / 4);
        let mut growth = Growth::default();
        let at = |minute: u64| Mono(0).after(Duration::from_secs(minute * 60));
        (0..30).for_each(|minute| drop(growth.count(&quarter, minute as f64, at(minute))));
        growth.lose();
        assert_eq!(growth.count(&quarter, 500.0, at(90)), Err(Reason::NeverRead));
        assert_eq!(growth.count(&quarter, 500.0, at(105)), Ok(Value::Number(0.0)));
    }
}
