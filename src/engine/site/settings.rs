//! What a site may set within bounds.
//!
//! Takes: nothing.
//! Gives: [`Settings`] and what holds where the site says nothing.
//! Never: a time without the bounds it was read within.

use std::time::Duration;

/// Times a site may set within the bounds the standards leave (design §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Unacknowledged fire sounds again this long after it was silenced; 60 to 300 s.
    pub resound_after: Duration,
    /// How long after a reset the panel may take to show that it took place; 1 to 60 s.
    pub reset_window: Duration,
    /// A point that was judged false and alarms again within this time is proposed for isolation (FA-03); 1 h to 7 d.
    pub false_alarm_watch: Duration,
    /// A panel whose clock is off by more is announced (FA-19); 10 s to 1 h.
    pub clock_off: Duration,
    /// A fault that is not removed for this long is announced, and again after each such time (FL-04); 10 min to 30 d.
    pub standing_fault: Duration,
    /// So many people must have signed in for a shift (FL-05); 0 where nobody is expected to. Without shifts it means
    /// nothing.
    pub on_duty: u8,
    /// How long after a shift began they must have signed in; 1 min to 2 h.
    pub take_over: Duration,
    /// A condition that becomes active so often within [`Settings::chatter_within`] is marked as chattering; 2 to 20.
    pub chatter_times: u32,
    /// See [`Settings::chatter_times`]; 10 s to 10 min.
    pub chatter_within: Duration,
    /// The mark ends when it held still for so long; 1 min to 1 h.
    pub chatter_still: Duration,
    /// A commit slower than this leaves facts unrecorded for the moment; 500 ms.
    pub commit_within: Duration,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            resound_after: Duration::from_secs(180),
            reset_window: Duration::from_secs(20),
            false_alarm_watch: Duration::from_secs(24 * 3600),
            clock_off: Duration::from_secs(60),
            standing_fault: Duration::from_secs(24 * 3600),
            on_duty: 2,
            take_over: Duration::from_secs(15 * 60),
            chatter_times: 3,
            chatter_within: Duration::from_secs(60),
            chatter_still: Duration::from_secs(300),
            commit_within: Duration::from_millis(500),
        }
    }
}
