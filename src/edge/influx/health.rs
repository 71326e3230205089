//! What is said of the time-series server.
//!
//! Takes: how each request ended.
//! Gives: a fault once it lasts, and its end.
//! Never: a fault for one lost request.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::engine::Part;
use crate::engine::base::Text;
use crate::live::Vitals;

/// A server that is away for less is no fault.
const AWAY: Duration = Duration::from_secs(2);

/// The health of the connection to the server.
pub struct Health {
    vitals: Arc<Vitals>,
    url: String,
    failing_since: Option<Instant>,
    told: bool,
}

impl Health {
    /// Nothing is known yet.
    pub fn new(vitals: Arc<Vitals>, url: String) -> Health {
        Health { vitals, url, failing_since: None, told: false }
    }

    /// It will never work as it is configured.
    pub fn broken(&self, reason: &str) {
        tracing::error!(url = self.url, reason, "cannot send samples");
        self.say("不能使用", "cannot be used", reason);
    }

    /// A request that began at `began` did not reach a working server.
    pub fn away(&mut self, began: Instant, reason: &str) {
        tracing::debug!(url = self.url, reason, "the time-series server took nothing");
        let since = *self.failing_since.get_or_insert(began);
        if since.elapsed() >= AWAY && !self.told {
            self.told = true;
            self.say("不可用", "is away", reason);
        }
    }

    /// The server denied us; time alone will not change that.
    pub fn denied(&mut self, reason: &str) {
        self.told = true;
        self.say("拒绝写入", "denies us", reason);
    }

    /// The server works, but refused some lines for good.
    pub fn refused(&mut self, lines: usize, reason: &str) {
        self.failing_since = None;
        self.told = true;
        self.say(&format!("拒收 {lines} 行"), &format!("refused {lines} lines"), reason);
    }

    /// The server has everything.
    pub fn well(&mut self) {
        self.failing_since = None;
        self.told = false;
        self.vitals.report(Part::Influx, None);
    }

    fn say(&self, zh: &str, en: &str, reason: &str) {
        let zh = format!("时序库 {} {zh}：{reason}", self.url);
        let en = format!("Time-series server {} {en}: {reason}", self.url);
        self.vitals.report(Part::Influx, Some(Text::new(&zh, &en)));
    }
}
