//! The field of the consoles' tests: which conditions there are to raise.
//!
//! Takes: a site.
//! Gives: fire conditions that were not used yet; alarms that come, are acknowledged and go.
//! Never: the same condition twice while it is open.

use std::collections::VecDeque;

use tocsin::engine::base::Category;
use tocsin::engine::site::Site;

use crate::bench::Bench;
use crate::client::Client;

pub struct Field {
    fires: VecDeque<u32>,
    faults: VecDeque<u32>,
}

impl Field {
    pub fn of(site: &Site) -> Field {
        let of = |category: Category| {
            let found = site.rules.iter().enumerate().filter(|(_, rule)| rule.condition.category == category);
            found.map(|(index, _)| u32::try_from(index).unwrap()).collect()
        };
        Field { fires: of(Category::Fire), faults: of(Category::Fault) }
    }

    /// So many fire conditions, none of which was given before.
    pub fn fires(&mut self, count: usize) -> Vec<u32> {
        assert!(self.fires.len() >= count, "the site has {} more fire conditions, not {count}", self.fires.len());
        self.fires.drain(..count).collect()
    }

    /// A fault comes, somebody acknowledges it, it goes and its row with it.
    pub async fn come_and_go(&mut self, bench: &Bench, client: &Client) {
        let rule = self.faults.pop_front().expect("the site has faults");
        let id = bench.raise(&[rule]).await;
        let answer = client.post(&format!("/api/v1/alarms/{id}/ack"), "{}").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        bench.clear(rule, id).await;
        self.faults.push_back(rule);
    }
}
