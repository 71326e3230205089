//! Every point's last reading; measurements overwrite, and every overwrite is counted.
//!
//! Takes: readings, by index of the point.
//! Gives: the reading of any point, and to each subscriber the points that changed since it last asked.
//! Never: queues. A slow subscriber loses nothing but intermediate values.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio::sync::Notify;

use crate::engine::base::{Now, Reading, Reason, Truth};
use crate::engine::site::Status;

/// Every point's last reading.
#[derive(Debug)]
pub struct Board {
    readings: RwLock<Vec<Reading>>,
    subscribers: Mutex<Vec<Arc<Subscriber>>>,
}

#[derive(Debug)]
struct Subscriber {
    dirty: Mutex<Dirty>,
    woken: Notify,
    overwritten: AtomicU64,
}

#[derive(Debug)]
struct Dirty {
    marked: Vec<bool>,
    order: Vec<u32>,
}

/// One consumer's view of what changed.
#[derive(Debug)]
pub struct Subscription {
    subscriber: Arc<Subscriber>,
}

/// What a status of the site is by these readings, which stand in the order of its points; unknown where one of them is.
pub fn truth_of(status: &Status, readings: &[Reading]) -> Truth {
    status.when.evaluate(&|slot| readings.get(slot as usize)?.known.as_ref().ok())
}

impl Board {
    /// A board on which nothing was read yet.
    pub fn new(points: usize, now: Now) -> Board {
        Board { readings: RwLock::new(vec![Reading::never(now); points]), subscribers: Mutex::new(Vec::new()) }
    }

    /// Posts new readings.
    pub fn post(&self, values: &[(u32, Reading)]) {
        if values.is_empty() {
            return;
        }
        {
            let mut readings = self.readings.write().unwrap_or_else(PoisonError::into_inner);
            for (point, reading) in values {
                if let Some(slot) = readings.get_mut(*point as usize) {
                    *slot = reading.clone();
                }
            }
        }
        for subscriber in self.subscribers.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            subscriber.mark(values.iter().map(|(point, _)| *point));
        }
    }

    /// Nothing of these points is known any more: their bus is silent.
    pub fn distrust(&self, points: impl Iterator<Item = u32>, reason: Reason, now: Now) {
        let gone: Vec<(u32, Reading)> = points.map(|point| (point, Reading { known: Err(reason), at: now })).collect();
        self.post(&gone);
    }

    /// The reading of one point.
    pub fn read(&self, point: u32) -> Option<Reading> {
        self.readings.read().unwrap_or_else(PoisonError::into_inner).get(point as usize).cloned()
    }

    /// Every reading, in the order of the site's points.
    pub fn all(&self) -> Vec<Reading> {
        self.readings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A new consumer, to which every point is news.
    pub fn subscribe(&self) -> Subscription {
        let points = self.readings.read().unwrap_or_else(PoisonError::into_inner).len();
        let subscriber = Arc::new(Subscriber {
            dirty: Mutex::new(Dirty { marked: vec![false; points], order: Vec::new() }),
            woken: Notify::new(),
            overwritten: AtomicU64::new(0),
        });
        subscriber.mark((0..points).map(|point| u32::try_from(point).unwrap_or(u32::MAX)));
        let mut subscribers = self.subscribers.lock().unwrap_or_else(PoisonError::into_inner);
        // A consumer that is gone holds no other reference.
        subscribers.retain(|other| Arc::strong_count(other) > 1);
        subscribers.push(Arc::clone(&subscriber));
        Subscription { subscriber }
    }
}

impl Subscriber {
    fn mark(&self, points: impl Iterator<Item = u32>) {
        let mut dirty = self.dirty.lock().unwrap_or_else(PoisonError::into_inner);
        for point in points {
            match dirty.marked.get_mut(point as usize) {
                Some(marked) if !*marked => {
                    *marked = true;
                    dirty.order.push(point);
                }
                Some(_) => {
                    self.overwritten.fetch_add(1, Ordering::Relaxed);
                }
                None => {}
            }
        }
        drop(dirty);
        self.woken.notify_one();
    }
}

impl Subscription {
    /// Waits until something changed, then gives the changed points in the order they first changed.
    pub async fn changed(&mut self) -> Vec<u32> {
        loop {
            let points = self.take();
            if !points.is_empty() {
                return points;
            }
            self.subscriber.woken.notified().await;
        }
    }

    /// What changed since the last call, without waiting.
    pub fn take(&mut self) -> Vec<u32> {
        let mut dirty = self.subscriber.dirty.lock().unwrap_or_else(PoisonError::into_inner);
        let points = std::mem::take(&mut dirty.order);
        for point in &points {
            dirty.marked[*point as usize] = false;
        }
        points
    }

    /// How many intermediate values this consumer was too slow to see.
    pub fn overwritten(&self) -> u64 {
        self.subscriber.overwritten.load(Ordering::Relaxed)
    }
}
