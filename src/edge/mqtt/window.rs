//! Which messages are on their way, and up to which event the broker has acknowledged them all.
//!
//! Takes: what was handed to the client in order, packet ids as the client assigns them, acknowledgements.
//! Gives: room for more, and the cursor.
//! Never: advances the cursor past an event that was not acknowledged. After a cut everything on its way is forgotten:
//! the client loses messages across reconnects, so whatever was not acknowledged is sent again from its source.

use std::collections::{BTreeMap, VecDeque};

use crate::engine::base::EventId;

/// The most events that are on their way at once.
pub const EVENTS: usize = 20;
/// The most other acknowledged messages that are on their way at once.
pub const OTHERS: usize = 20;

/// What an acknowledged message carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parcel {
    /// An event, by its sequence number.
    Event(u64),
    /// The present form of an alarm.
    Alarm(EventId),
    /// A ghost's end, an announcement, or that we are online.
    Aside,
    /// That we are offline.
    Farewell,
}

/// The messages on their way.
#[derive(Debug)]
pub struct Window {
    /// Handed to the client, which has not given them a packet id yet.
    submitted: VecDeque<Parcel>,
    /// Sent, by packet id.
    flying: BTreeMap<u16, Parcel>,
    /// Events on their way in order, each with whether it was acknowledged.
    events: VecDeque<(u64, bool)>,
    others: usize,
    cursor: u64,
}

impl Window {
    /// Nothing is on its way; every event up to `cursor` was acknowledged.
    pub fn new(cursor: u64) -> Window {
        Window { submitted: VecDeque::new(), flying: BTreeMap::new(), events: VecDeque::new(), others: 0, cursor }
    }

    /// The last event up to which every one was acknowledged.
    pub fn cursor(&self) -> u64 {
        self.cursor
    }

    /// Events on their way.
    pub fn events(&self) -> usize {
        self.events.len()
    }

    /// Whether anything is on its way.
    pub fn is_owed(&self) -> bool {
        !self.flying.is_empty()
    }

    /// Whether one more event may be sent.
    pub fn has_room_for_event(&self) -> bool {
        self.events.len() < EVENTS
    }

    /// Whether one more message of another kind may be sent.
    pub fn has_room_for_other(&self) -> bool {
        self.others < OTHERS
    }

    /// `parcel` was handed to the client.
    pub fn submit(&mut self, parcel: Parcel) {
        match parcel {
            Parcel::Event(seq) => self.events.push_back((seq, false)),
            Parcel::Alarm(_) | Parcel::Aside | Parcel::Farewell => self.others += 1,
        }
        self.submitted.push_back(parcel);
    }

    /// The client has sent the next parcel under this packet id.
    pub fn sent(&mut self, packet: u16) {
        if let Some(parcel) = self.submitted.pop_front() {
            self.flying.insert(packet, parcel);
        }
    }

    /// The broker has acknowledged this packet id; gives what it carried.
    pub fn acknowledged(&mut self, packet: u16) -> Option<Parcel> {
        let parcel = self.flying.remove(&packet)?;
        match parcel {
            Parcel::Event(seq) => {
                if let Some(event) = self.events.iter_mut().find(|(number, _)| *number == seq) {
                    event.1 = true;
                }
                while let Some((seq, true)) = self.events.front() {
                    self.cursor = *seq;
                    self.events.pop_front();
                }
            }
            Parcel::Alarm(_) | Parcel::Aside | Parcel::Farewell => self.others = self.others.saturating_sub(1),
        }
        Some(parcel)
    }

    /// The connection is gone: nothing is on its way any more. Gives the alarms that may not have arrived.
    pub fn forget(&mut self) -> Vec<EventId> {
        let lost = self.submitted.drain(..).chain(std::mem::take(&mut self.flying).into_values());
        let alarms = lost
            .filter_map(|parcel| match parcel {
                Parcel::Alarm(id) => Some(id),
                _ => None,
            })
            .collect();
        self.events.clear();
        self.others = 0;
        alarms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(window: &mut Window, parcels: &[(u16, Parcel)]) {
        for (packet, parcel) in parcels {
            window.submit(*parcel);
            window.sent(*packet);
        }
    }

    #[test]
    fn the_cursor_waits_for_the_oldest_event() {
        let alarm = EventId { epoch: 1, seq: 9 };
        let mut window = Window::new(4);
        sent(&mut window, &[(1, Parcel::Event(5)), (2, Parcel::Alarm(alarm)), (3, Parcel::Event(6))]);
        assert_eq!((window.acknowledged(3), window.cursor()), (Some(Parcel::Event(6)), 4));
        assert_eq!((window.acknowledged(2), window.cursor()), (Some(Parcel::Alarm(alarm)), 4));
        assert_eq!((window.acknowledged(1), window.cursor()), (Some(Parcel::Event(5)), 6));
        assert_eq!((window.acknowledged(1), window.cursor()), (None, 6));
    }

    #[test]
    fn a_cut_forgets_events_and_gives_back_alarms() {
        let [first, second] = [1, 2].map(|seq| EventId { epoch: 1, seq });
        let mut window = Window::new(0);
        sent(&mut window, &[(1, Parcel::Event(1)), (2, Parcel::Alarm(first))]);
        window.submit(Parcel::Alarm(second));
        let mut lost = window.forget();
        lost.sort();
        assert_eq!((lost, window.cursor()), (vec![first, second], 0));
        // The ids of the old connection mean nothing on the new one.
        sent(&mut window, &[(7, Parcel::Event(1))]);
        assert_eq!((window.acknowledged(1), window.cursor()), (None, 0));
        assert_eq!((window.acknowledged(7), window.cursor()), (Some(Parcel::Event(1)), 1));
    }

    #[test]
    fn the_window_closes_when_it_is_full() {
        let mut window = Window::new(0);
        for seq in 1..=EVENTS as u64 {
            assert!(window.has_room_for_event());
            window.submit(Parcel::Event(seq));
        }
        assert!(!window.has_room_for_event() && window.has_room_for_other());
    }
}
