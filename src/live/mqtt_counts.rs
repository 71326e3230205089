//! What is counted of MQTT since the start, for whoever watches the gateway.
//!
//! Takes: counts of the edge, one by one.
//! Gives: each count, what is on its way, and how far the broker is behind the journal.
//! Never: a lock: these are written for each message.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Events the broker acknowledged; repetitions count, too.
    Events,
    /// Alarm topics the broker acknowledged.
    Alarms,
    /// Point documents sent.
    Points,
    /// Device documents sent.
    Devices,
    /// Readings that were overtaken by a newer one of their point before they were sent: never an event.
    Overtaken,
    /// Documents that were larger than the broker takes.
    LeftOut,
    /// Connections that came about.
    Connections,
    /// Commands that were not obeyed.
    RefusedCommands,
}

impl Counted {
    /// Everything that is counted.
    pub const ALL: [Counted; 8] = [
        Counted::Events,
        Counted::Alarms,
        Counted::Points,
        Counted::Devices,
        Counted::Overtaken,
        Counted::LeftOut,
        Counted::Connections,
        Counted::RefusedCommands,
    ];

    /// Its name, `kebab-case`.
    pub fn as_str(self) -> &'static str {
        match self {
            Counted::Events => "events",
            Counted::Alarms => "alarms",
            Counted::Points => "points",
            Counted::Devices => "devices",
            Counted::Overtaken => "overtaken",
            Counted::LeftOut => "left-out",
            Counted::Connections => "connections",
            Counted::RefusedCommands => "refused-commands",
        }
    }
}

/// The counts.
#[derive(Debug, Default)]
pub struct MqttCounts {
    counts: [AtomicU64; Counted::ALL.len()],
    connected: AtomicBool,
    window: AtomicU64,
    lag: AtomicU64,
}

impl MqttCounts {
    /// So many more of these.
    pub fn add(&self, counted: Counted, more: u64) {
        self.counts[counted as usize].fetch_add(more, Ordering::Relaxed);
    }

    /// How many of these since the start.
    pub fn of(&self, counted: Counted) -> u64 {
        self.counts[counted as usize].load(Ordering::Relaxed)
    }

    /// Whether the broker has taken us.
    pub fn connect(&self, connected: bool) {
        self.connected.store(connected, Ordering::Relaxed);
        self.add(Counted::Connections, u64::from(connected));
    }

    /// The broker has taken us, and is not known to be gone.
    pub fn is_connected(&self) -> bool {
        self.connected.load(Ordering::Relaxed)
    }

    /// `window` events are on their way, `lag` of the journal are not acknowledged.
    pub fn progress(&self, window: usize, lag: u64) {
        self.window.store(window as u64, Ordering::Relaxed);
        self.lag.store(lag, Ordering::Relaxed);
    }

    /// Events on their way now.
    pub fn window(&self) -> u64 {
        self.window.load(Ordering::Relaxed)
    }

    /// Committed events that no broker has acknowledged.
    pub fn lag(&self) -> u64 {
        self.lag.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_count_has_a_place_and_a_name_of_its_own() {
        let counts = MqttCounts::default();
        for (place, counted) in Counted::ALL.into_iter().enumerate() {
            assert_eq!(counted as usize, place);
            counts.add(counted, place as u64 + 1);
        }
        let mut names = Counted::ALL.map(Counted::as_str);
        assert_eq!(Counted::ALL.map(|counted| counts.of(counted)), [1, 2, 3, 4, 5, 6, 7, 8]);
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
