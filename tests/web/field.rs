//! The field of the consoles' tests: which conditions there are to raise.
//!
//! Takes: a site.
//! Gives: fire conditions that were not used yet.
//! Never: the same condition twice while it is open.

use std::collections::VecDeque;

use tocsin::engine::base::Category;
use tocsin::engine::site::Site;

pub struct Field {
    fires: VecDeque<u32>,
}

impl Field {
    pub fn of(site: &Site) -> Field {
        let fires = site.rules.iter().enumerate().filter(|(_, rule)| rule.condition.category == Category::Fire);
        Field { fires: fires.map(|(index, _)| u32::try_from(index).unwrap()).collect() }
    }

    /// So many fire conditions, none of which was given before.
    pub fn fires(&mut self, count: usize) -> Vec<u32> {
        assert!(self.fires.len() >= count, "the site has {} more fire conditions, not {count}", self.fires.len());
        self.fires.drain(..count).collect()
    }
}
