//! What is said of the time-series server.
//!
//! Takes: how each request ended.
//! Gives: a fault once it lasts, and its end.
//! Never: a fault for one lost request, or one that comes and goes with every batch.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::outcome::Denial;
use crate::engine::Part;
use crate::engine::base::{Text, in_chinese};
use crate::live::Vitals;
use crate::live::meters::InfluxMeters;

/// A server that is away for less is no fault.
const AWAY: Duration = Duration::from_secs(2);

/// The health of the connection to the server.
pub struct Health {
    vitals: Arc<Vitals>,
    url: String,
    /// What is asked for at the server.
    bucket: String,
    failing_since: Option<Instant>,
    told: bool,
    /// A loss stays on show for so long, however well the server works meanwhile.
    shown: Duration,
    shown_until: Option<Instant>,
}

impl Health {
    /// Nothing is known yet.
    pub fn new(vitals: Arc<Vitals>, url: &str, bucket: &str, shown: Duration) -> Health {
        let (url, bucket) = (url.to_owned(), bucket.to_owned());
        Health { vitals, url, bucket, failing_since: None, told: false, shown, shown_until: None }
    }

    /// What is counted of it.
    pub fn meters(&self) -> &InfluxMeters {
        &self.vitals.meters().influx
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
    pub fn denied(&mut self, denial: Denial, reason: &str) {
        self.told = true;
        let bucket = &self.bucket;
        match denial {
            Denial::Token => self.say("不接受令牌", "does not accept the token", reason),
            Denial::TokenFile => self.say("的令牌文件不能读取", "has a token file that cannot be read", reason),
            Denial::Missing => {
                let zh = format!("没有存储桶“{bucket}”或其组织");
                let en = format!("knows no bucket \"{bucket}\" or not its organisation");
                self.say(&zh, &en, reason);
            }
            Denial::Elsewhere => self.say(
                "要求转到其他地址，令牌不会转交；请在 url 中写明该地址",
                "sends us elsewhere, where no token is carried; put that address into `url`",
                reason,
            ),
            Denial::Other => self.say("拒绝写入", "denies us", reason),
        }
    }

    /// The server works, but refused some lines for good.
    pub fn refused(&mut self, lines: usize, reason: &str) {
        self.meters().refused.add(lines as u64);
        self.hold();
        self.say(&format!("拒收 {lines} 行"), &format!("refused {lines} lines"), reason);
    }

    /// Samples of so many seconds were too old to be kept for the server.
    pub fn missed(&mut self, seconds: u64) {
        tracing::error!(url = self.url, seconds, "samples were not sent before they were too old to be kept");
        self.meters().missed.add(seconds);
        let zh = format!("缺少 {seconds} 秒的采样");
        let en = format!("misses the samples of {seconds} seconds");
        self.hold();
        self.report(&format!("{zh}：七天内未能写入"), &format!("{en}: not taken within seven days"));
    }

    fn hold(&mut self) {
        self.failing_since = None;
        self.told = true;
        self.shown_until = Some(Instant::now() + self.shown);
    }

    /// The server has everything.
    pub fn well(&mut self) {
        self.failing_since = None;
        if self.shown_until.is_some_and(|until| Instant::now() < until) {
            return;
        }
        self.shown_until = None;
        self.told = false;
        self.vitals.report(Part::Influx, None);
    }

    fn say(&self, zh: &str, en: &str, reason: &str) {
        self.report(&format!("{zh}：{}", in_chinese(reason)), &format!("{en}: {reason}"));
    }

    fn report(&self, zh: &str, en: &str) {
        let zh = format!("时序库 {} {zh}", self.url);
        let en = format!("Time-series server {} {en}", self.url);
        self.vitals.report(Part::Influx, Some(Text::new(&zh, &en)));
    }
}
