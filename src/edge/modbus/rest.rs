//! Rests between the frames of a serial line, exact to a fraction of a character.
//!
//! Takes: an instant.
//! Gives: a wait that ends there, late by some ten microseconds.
//! Never: ends early, or keeps the processor busy.
//!
//! The runtime's own timers count whole milliseconds and end up to two of them late. At 9600 baud that is half of the
//! silence between two frames, with every exchange: it cost short reads a twentieth of the line. The kernel's timers count
//! nanoseconds.

use std::io;
use std::os::fd::OwnedFd;

use rustix::io::read;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use tokio::io::unix::AsyncFd;
use tokio::time::{Instant, sleep_until};

/// One timer of the kernel.
#[derive(Debug)]
pub(super) struct Rest(AsyncFd<OwnedFd>);

impl Rest {
    /// Makes the timer. Fails where the process has no file descriptor left.
    pub(super) fn new() -> io::Result<Rest> {
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
        // An owned descriptor stays what it is and stays open, which is all that the constructor in its place asks its
        // caller to promise; but that one is unsafe.
        #[expect(deprecated, reason = "its successor is unsafe to call, and nothing here is")]
        let timer = AsyncFd::new(timer)?;
        Ok(Rest(timer))
    }

    /// Waits until `at`; not at all when that has passed.
    pub(super) async fn until(&self, at: Instant) {
        if self.wait(at).await.is_err() {
            // Neither setting nor reading a timer that exists fails by its manual. Should it: late is better than early.
            sleep_until(at).await;
        }
    }

    async fn wait(&self, at: Instant) -> io::Result<()> {
        loop {
            let left = at.saturating_duration_since(Instant::now());
            // A timer that is set to zero is stopped and never ends.
            let (Ok(it_value), false) = (Timespec::try_from(left), left.is_zero()) else { return Ok(()) };
            let interval = Timespec { tv_sec: 0, tv_nsec: 0 };
            timerfd_settime(&self.0, TimerfdTimerFlags::empty(), &Itimerspec { it_interval: interval, it_value })?;
            let mut expirations = [0; 8];
            let mut ready = self.0.readable().await?;
            match ready.try_io(|timer| Ok(read(timer, &mut expirations)?)) {
                // Whether the time has come is said by the clock alone: what was readable may be a wait called off before.
                Ok(read) => drop(read?),
                Err(_not_yet) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn it_never_ends_early_also_after_a_wait_that_was_called_off() {
        let rest = Rest::new().expect("a timer");
        for micros in [0, 1, 300, 3_646, 20_000] {
            let called_off =
                tokio::time::timeout(Duration::from_millis(2), rest.until(Instant::now() + Duration::from_millis(3)));
            let _ = called_off.await;
            let at = Instant::now() + Duration::from_micros(micros);
            rest.until(at).await;
            assert!(Instant::now() >= at, "{micros}");
        }
    }
}
