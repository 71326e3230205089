//! Which point topics the broker must be told about.
//!
//! Takes: the points that changed.
//! Gives: them, in the order in which they first changed, and every point again long before its word expires.
//! Never: a value of its own: whoever publishes reads the present one, so what was overtaken is not sent.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// How long what is said of a point stays valid at a broker that forgets by itself (MQTT 5).
pub const LIFE: Duration = Duration::from_secs(3_600);
/// Every point is said again within this, changed or not.
const ROUND: Duration = Duration::from_secs(LIFE.as_secs() / 3);

/// What is to be said of points.
#[derive(Debug)]
pub struct Points {
    waiting: VecDeque<u32>,
    count: usize,
    /// Points said again in this round, and when it began.
    again: usize,
    began: Instant,
}

impl Points {
    /// Nothing is to be said of `count` points.
    pub fn new(count: usize) -> Points {
        Points { waiting: VecDeque::new(), count, again: 0, began: Instant::now() }
    }

    /// Nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// These changed.
    pub fn changed(&mut self, points: Vec<u32>) {
        self.waiting.extend(points);
    }

    /// The connection is gone. The next one is told everything, so a new round begins with it.
    pub fn clear(&mut self) {
        *self = Points::new(self.count);
    }

    /// Lets those wait, too, that are due to be said again: evenly over the round, so that no broker gets them at once.
    pub fn look(&mut self) {
        let elapsed = self.began.elapsed();
        let due = self.count as u128 * elapsed.as_millis() / ROUND.as_millis();
        let due = usize::try_from(due).unwrap_or(self.count).min(self.count);
        let fresh = (self.again..due).filter_map(|number| u32::try_from(number).ok());
        self.waiting.extend(fresh);
        self.again = due;
        if self.again == self.count && elapsed >= ROUND {
            (self.again, self.began) = (0, Instant::now());
        }
    }

    /// The next point to tell of.
    pub fn next(&self) -> Option<u32> {
        self.waiting.front().copied()
    }

    /// It was told.
    pub fn told(&mut self) {
        self.waiting.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn every_point_is_said_again_within_a_third_of_its_life_and_not_all_at_once() {
        let mut points = Points::new(7);
        let (mut said, mut most) = (vec![0_u32; 7], 0);
        // Two rounds, looked at as often as the outbox does.
        for _ in 0..(2 * ROUND.as_millis() / 250) {
            tokio::time::advance(Duration::from_millis(250)).await;
            points.look();
            let mut at_once = 0;
            while let Some(number) = points.next() {
                said[number as usize] += 1;
                points.told();
                at_once += 1;
            }
            most = most.max(at_once);
        }
        assert_eq!((said, most), (vec![2; 7], 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_connection_forgets_what_waited() {
        let mut points = Points::new(3);
        points.changed(vec![2, 0]);
        points.clear();
        points.look();
        assert!(points.is_empty());
    }
}
