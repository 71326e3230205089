//! Slows down whoever guesses passwords.
//!
//! Takes: the address and the account's name of each attempt to log in.
//! Gives: whether it may be tried now, or how long to wait.
//! Never: locks an account for good; somebody else's guessing costs the owner seconds, not the night.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock as _;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::DefaultClock};

/// Attempts in a row before one has to wait.
const BURST: NonZeroU32 = NonZeroU32::new(8).expect("eight is not zero");
/// Time that gives one attempt back.
const REFILL: Duration = Duration::from_secs(5);
/// Names and addresses remembered before those at rest are forgotten.
const KEPT: usize = 4_096;

/// Counts attempts by address and by account.
#[derive(Debug)]
pub struct Throttle {
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    users: DefaultKeyedRateLimiter<String>,
    clock: DefaultClock,
}

impl Default for Throttle {
    fn default() -> Throttle {
        let quota = Quota::with_period(REFILL).expect("the refill time is not zero").allow_burst(BURST);
        Throttle {
            addresses: RateLimiter::keyed(quota),
            users: RateLimiter::keyed(quota),
            clock: DefaultClock::default(),
        }
    }
}

impl Throttle {
    /// Counts one attempt.
    ///
    /// # Errors
    /// How long to wait before the next one.
    pub fn attempt(&self, address: IpAddr, user: &str) -> Result<(), Duration> {
        if self.addresses.len() > KEPT {
            self.addresses.retain_recent();
        }
        if self.users.len() > KEPT {
            self.users.retain_recent();
        }
        let now = self.clock.now();
        self.addresses.check_key(&address).map_err(|early| early.wait_time_from(now))?;
        // A name is cut: nobody fills the memory with long ones.
        let name: String = user.chars().take(64).collect();
        self.users.check_key(&name).map_err(|early| early.wait_time_from(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_a_name_are_counted_apart() {
        let throttle = Throttle::default();
        let address = |last: u8| IpAddr::from([10, 0, 0, last]);
        for _ in 0..BURST.get() {
            throttle.attempt(address(1), "admin").unwrap();
        }
        assert!(throttle.attempt(address(1), "li").unwrap_err() <= REFILL, "the address has to wait");
        assert!(throttle.attempt(address(2), "admin").is_err(), "the name has to wait");
        throttle.attempt(address(2), "li").unwrap();
    }
}
