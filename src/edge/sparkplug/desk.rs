//! Commands that come from a Sparkplug host: off unless the settings say so.
//!
//! Takes: DCMD messages: a metric `Control/<point>/<verb>` written as true.
//! Gives: acts at the same door as everybody's, and how the last command of each device stands, told as `Control/Result`.
//! Never: acts on what was kept for us: a retained message, one older than ten seconds or from the future. Never fires
//! what must be armed first: Sparkplug has no word for it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::task::JoinSet;

use super::certificate::{control_name, is_offered};
use super::own::Aliases;
use super::payload::{Metric, Payload, Scalar};
use crate::engine::alarm::{State, Step};
use crate::engine::base::{Actor, EventId, Role, Wall};
use crate::engine::site::Site;
use crate::engine::{Act, Done, Refusal};
use crate::live::{Acts, Stopping};

/// A message older than this is not obeyed.
const FRESH: Duration = Duration::from_secs(10);
/// A host's clock may be ahead of ours by this.
const AHEAD: Duration = Duration::from_secs(2);
/// Acts that wait for the engine's answer at a time; what comes beyond is refused.
const ASKING: usize = 16;

/// Why a message was not obeyed before the engine was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// It was kept for us by the broker.
    Retained,
    /// It is no payload, or has no time.
    Malformed,
    /// It is older than ten seconds.
    Stale,
    /// It is from the future.
    Future,
    /// Nobody can say how old it is.
    ClockUntrusted,
    /// There is no such metric to be written here.
    NoSuchMetric,
    /// Too many commands wait for an answer.
    Busy,
}

impl Dropped {
    /// The word in the log and in `Control/Result`.
    pub fn code(self) -> &'static str {
        match self {
            Dropped::Retained => "retained",
            Dropped::Malformed => "malformed",
            Dropped::Stale => "stale",
            Dropped::Future => "future",
            Dropped::ClockUntrusted => "clock-untrusted",
            Dropped::NoSuchMetric => "no-such-metric",
            Dropped::Busy => "busy",
        }
    }
}

/// How the last command of a device stands.
#[derive(Debug)]
struct Last {
    /// `running/start`.
    what: String,
    /// The fact that requested it, until it is settled.
    command: Option<EventId>,
    said: String,
}

/// An act that was answered.
struct Answered {
    device: u32,
    what: String,
    answer: Result<Result<Done, Refusal>, Stopping>,
}

/// Commands on their way, and what became of the last of each device.
pub struct Desk {
    acts: Acts,
    asking: JoinSet<Answered>,
    last: BTreeMap<u32, Last>,
    news: BTreeSet<u32>,
}

impl Desk {
    /// Nothing was commanded.
    pub fn new(acts: Acts) -> Desk {
        Desk { acts, asking: JoinSet::new(), last: BTreeMap::new(), news: BTreeSet::new() }
    }

    /// How the last command of a device stands; empty when there was none.
    pub fn result(&self, device: u32) -> String {
        self.last.get(&device).map_or_else(String::new, |last| format!("{}: {}", last.what, last.said))
    }

    /// Devices whose result changed since this was last asked.
    pub fn news(&mut self) -> impl Iterator<Item = u32> {
        std::mem::take(&mut self.news).into_iter()
    }

    /// Does what a DCMD asks for, or says why not. `now` is none while the clock cannot be trusted.
    ///
    /// # Errors
    /// Why nothing of it, or the last of it, was asked for.
    pub fn hear(
        &mut self,
        site: &Site,
        device: u32,
        (bytes, retained): (&[u8], bool),
        aliases: Aliases,
        now: Option<Wall>,
    ) -> Result<(), Dropped> {
        let payload = check(bytes, retained, now)?;
        let mut outcome = Ok(());
        for metric in &payload.metrics {
            let Some(command) = meant(site, device, metric, aliases) else {
                outcome = Err(Dropped::NoSuchMetric);
                continue;
            };
            // Buttons of hosts write false after true; that asks for nothing.
            if metric.value != Some(Scalar::Boolean(true)) {
                continue;
            }
            if self.asking.len() >= ASKING {
                return Err(Dropped::Busy);
            }
            self.ask(site, device, command, payload.timestamp.unwrap_or_default());
        }
        outcome
    }

    fn ask(&mut self, site: &Site, device: u32, command: u32, sent: u64) {
        let Some(held) = site.commands.get(command as usize) else { return };
        let what = format!("{}/{}", held.point.point(), held.spec.verb);
        let by = Actor { user: "sparkplug".to_owned(), role: Role::Operator, origin: "sparkplug".to_owned() };
        // The broker may deliver one message twice; the same key changes nothing the second time.
        let key = format!("sparkplug-{sent}-{}-{}", held.point, held.spec.verb);
        let wanted = Act::Command { point: held.point.clone(), verb: held.spec.verb.clone(), arm: None };
        let acts = self.acts.clone();
        self.asking.spawn(async move { Answered { device, what, answer: acts.ask(by, Some(key), wanted).await } });
    }

    /// Waits for an answer of the engine; for ever while nothing was asked. Gives whether it refused. Nothing is lost
    /// when it is dropped.
    pub async fn answered(&mut self) -> bool {
        let Some(answered) = self.asking.join_next().await else { return std::future::pending().await };
        let Ok(Answered { device, what, answer: Ok(answer) }) = answered else { return false };
        let refused = answer.is_err();
        let (command, said) = match answer {
            Ok(done) => (done.fact.map(EventId::from), "requested".to_owned()),
            Err(refusal) => {
                tracing::warn!(what, why = refusal.code(), "a command over Sparkplug is not obeyed");
                (None, format!("refused, {}: {}", refusal.code(), refusal.text().en))
            }
        };
        self.last.insert(device, Last { what, command, said });
        self.news.insert(device);
        refused
    }

    /// A message to a device was dropped: the host may know.
    pub fn refuse(&mut self, device: u32, dropped: Dropped) {
        let said = format!("refused, {}", dropped.code());
        self.last.insert(device, Last { what: "DCMD".to_owned(), command: None, said });
        self.news.insert(device);
    }

    /// How commands stand by the shown state.
    pub fn follow(&mut self, state: &State) {
        for (device, last) in &mut self.last {
            let Some(record) = last.command.and_then(|command| state.commands.get(&command)) else { continue };
            let said = match record.last() {
                Some(Step::Failed(failure)) => format!("failed: {}", failure.text().en),
                _ => record.stage().to_owned(),
            };
            if record.is_settled() {
                last.command = None;
            }
            if last.said != said {
                last.said = said;
                self.news.insert(*device);
            }
        }
    }
}

/// Everything a message must be before anybody looks at what it asks for.
fn check(bytes: &[u8], retained: bool, now: Option<Wall>) -> Result<Payload, Dropped> {
    if retained {
        return Err(Dropped::Retained);
    }
    let payload = Payload::read(bytes).ok_or(Dropped::Malformed)?;
    let sent = payload.timestamp.and_then(|millis| i64::try_from(millis).ok()?.checked_mul(1_000));
    let sent = Wall(sent.ok_or(Dropped::Malformed)?);
    let now = now.ok_or(Dropped::ClockUntrusted)?;
    if now.since(sent) > FRESH {
        return Err(Dropped::Stale);
    }
    if sent.since(now) > AHEAD {
        return Err(Dropped::Future);
    }
    Ok(payload)
}

/// The command of `device` that a metric names, by its alias or in words.
fn meant(site: &Site, device: u32, metric: &Metric, aliases: Aliases) -> Option<u32> {
    let held = site.devices.get(device as usize)?;
    let by_alias = metric.alias.and_then(|alias| aliases.commanded(alias));
    let by_name = || {
        let name = metric.name.as_deref()?;
        held.commands.clone().find(|at| site.commands.get(*at as usize).is_some_and(|held| control_name(held) == name))
    };
    let command = by_alias.or_else(by_name).filter(|command| held.commands.contains(command))?;
    site.commands.get(command as usize).filter(|command| is_offered(command, held)).map(|_| command)
}
