//! Commands that come over the broker: off unless a token file is named (design §6).
//!
//! Takes: `command/<device>/<point>`: `{"verb","id","at","by","token","arm"}`.
//! Gives: `result/<id>`, with every step of the command; the act itself goes through the same door as everybody's.
//! Never: acts on what was kept for us: a retained message, one older than ten seconds or from the future, or one that came
//! while we were away. The session is clean, so no broker queues for us, and an id stands for one act, also after a
//! restart (peers P16).

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::client::{self, Client, Heard, Loop, Message, Publication, Session};
use super::{Settings, Topics};
use crate::engine::alarm::FactKind;
use crate::engine::base::{Actor, EventId, Role, Wall, is_segment};
use crate::engine::site::Site;
use crate::engine::{Act, Arm};
use crate::live::command_document::command_document;
use crate::live::document::{timestamp, zone};
use crate::live::{Acts, Counted, Picture, Shown, Vitals};

/// A message older than this is not obeyed.
const FRESH: Duration = Duration::from_secs(10);
/// A sender's clock may be ahead of ours by this.
const AHEAD: Duration = Duration::from_secs(2);
/// After a lost connection.
const PAUSE: Duration = Duration::from_secs(1);
/// Requests that may wait.
const CHANNEL: usize = 64;
/// Largest message, in bytes.
const MAX_PACKET: usize = 16 * 1024;
/// Commands whose steps are told at a time; the oldest is told no more when there are more.
const FOLLOWED: usize = 200;

/// The wall clock; nothing while it cannot be trusted.
pub type TrustedClock = Arc<dyn Fn() -> Option<Wall> + Send + Sync>;

/// Where commands go, and where what becomes of them is seen.
#[derive(Clone)]
pub struct Door {
    /// The site.
    pub site: Arc<Site>,
    /// The one door through which people act.
    pub acts: Acts,
    /// The shown state.
    pub picture: Arc<Picture>,
    /// Takes the count of what is refused.
    pub vitals: Arc<Vitals>,
    /// Tells stale messages from fresh ones.
    pub clock: TrustedClock,
}

/// One message.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    verb: String,
    /// The sender's name for this act: the same again changes nothing and gets the same answer.
    id: String,
    at: String,
    by: Option<String>,
    token: String,
    arm: Option<Armed>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Armed {
    First(bool),
    Fire(EventId),
}

/// Why a message was not obeyed before the engine was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dropped {
    Retained,
    Malformed,
    Unsigned,
    Stale,
    Future,
    ClockUntrusted,
}

impl Dropped {
    fn code(self) -> &'static str {
        match self {
            Dropped::Retained => "retained",
            Dropped::Malformed => "malformed",
            Dropped::Unsigned => "unsigned",
            Dropped::Stale => "stale",
            Dropped::Future => "future",
            Dropped::ClockUntrusted => "clock-untrusted",
        }
    }
}

/// Takes commands until `stop`, if the settings say by which token.
pub async fn take_commands(settings: Settings, door: Door, stop: CancellationToken) {
    let Some(token) = settings.command_token_file.clone() else { return };
    let topics = Topics::new(&settings.prefix, &door.site.id);
    let zone = zone(&door.site);
    let taker = Taker { settings, token, topics, zone, door, followed: Mutex::default() };
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            reason = taker.visit() => tracing::debug!(reason, "the broker of commands is away"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

struct Taker {
    settings: Settings,
    token: PathBuf,
    topics: Topics,
    zone: TimeZone,
    door: Door,
    /// Commands of ours that are not settled, and what their senders call them.
    followed: Mutex<BTreeMap<EventId, String>>,
}

impl Taker {
    /// One connection, until it breaks; says why it did.
    async fn visit(&self) -> String {
        let session = Session {
            id: format!("{}-commands", self.settings.own_id(&self.door.site)),
            channel: CHANNEL,
            largest: MAX_PACKET,
            will: None,
        };
        let (client, eventloop) = match client::open(&self.settings, &session).await {
            Ok(pair) => pair,
            Err(reason) => return reason.en,
        };
        tokio::select! {
            reason = self.listen(&client, eventloop) => reason,
            () = self.follow(&client) => "the gateway stops".to_owned(),
        }
    }

    async fn listen(&self, client: &Client, mut eventloop: Loop) -> String {
        loop {
            match eventloop.step().await {
                Ok(Heard::Connected(_)) => {
                    // The channel was made a moment ago, so there is room in it.
                    if let Err(error) = client.subscribe(vec![self.topics.commands()], true) {
                        return error;
                    }
                }
                Ok(Heard::Message(message)) => self.heard(client, &message).await,
                Ok(_) => {}
                Err(reason) => return reason.en,
            }
        }
    }

    async fn heard(&self, client: &Client, message: &Message) {
        let Some(point) = self.topics.commanded(&message.topic) else { return };
        let asked = serde_json::from_slice::<Asked>(&message.payload).ok();
        let named = asked.as_ref().map(|asked| asked.id.clone()).filter(|id| id.len() <= 64 && is_segment(id));
        let act = match self.check(message, asked).await {
            Ok(asked) => asked,
            Err(dropped) => {
                self.refuse(message, dropped.code());
                // Whoever has no token learns nothing, and what was kept for us is not answered.
                if let (Some(id), Dropped::Stale | Dropped::Future | Dropped::ClockUntrusted) = (named, dropped) {
                    self.tell(client, &id, &json!({ "id": id, "ok": false, "error": dropped.code() }));
                }
                return;
            }
        };
        let by = Actor {
            user: format!("mqtt/{}", act.by.as_deref().unwrap_or("-")),
            role: Role::Operator,
            origin: "mqtt".to_owned(),
        };
        let arm = match act.arm {
            None | Some(Armed::First(false)) => None,
            Some(Armed::First(true)) => Some(Arm::First),
            Some(Armed::Fire(id)) => Some(Arm::Fire(id)),
        };
        let wanted = Act::Command { point, verb: act.verb, arm };
        match self.door.acts.ask(by, Some(act.id.clone()), wanted).await {
            Err(_) => {}
            Ok(Err(refusal)) => {
                self.refuse(message, refusal.code());
                let said = json!({ "id": act.id, "ok": false, "error": refusal.code(), "message": refusal.text() });
                self.tell(client, &act.id, &said);
            }
            Ok(Ok(done)) => {
                let Some(fact) = done.fact.map(EventId::from) else { return };
                let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
                followed.insert(fact, act.id);
                while followed.len() > FOLLOWED {
                    followed.pop_first();
                }
                drop(followed);
                self.stands(client, fact);
            }
        }
    }

    /// Everything a message must be before the engine hears of it.
    async fn check(&self, message: &Message, asked: Option<Asked>) -> Result<Asked, Dropped> {
        if message.retain {
            return Err(Dropped::Retained);
        }
        let asked = asked.ok_or(Dropped::Malformed)?;
        let fits = |text: &str| text.len() <= 64 && is_segment(text);
        if !fits(&asked.id) || asked.by.as_ref().is_some_and(|by| !fits(by)) {
            return Err(Dropped::Malformed);
        }
        let token = first_line(&self.token).await.map_err(|_| Dropped::Unsigned)?;
        // Of equal length whatever was sent, so that the time it takes tells nothing.
        let same = Sha256::digest(token.as_bytes()) == Sha256::digest(asked.token.as_bytes());
        if token.is_empty() || !same {
            return Err(Dropped::Unsigned);
        }
        let now = (self.door.clock)().ok_or(Dropped::ClockUntrusted)?;
        let at = asked.at.parse::<jiff::Timestamp>().map_err(|_| Dropped::Malformed)?;
        let at = Wall(at.as_microsecond());
        if now.since(at) > FRESH {
            return Err(Dropped::Stale);
        }
        if at.since(now) > AHEAD {
            return Err(Dropped::Future);
        }
        Ok(asked)
    }

    fn refuse(&self, message: &Message, why: &str) {
        let counts = self.door.vitals.mqtt();
        counts.add(Counted::RefusedCommands, 1);
        let refused = counts.of(Counted::RefusedCommands);
        tracing::warn!(topic = message.topic, why, refused, "a command over MQTT is not obeyed");
    }

    /// Tells each step of the commands that came this way.
    async fn follow(&self, client: &Client) {
        use tokio::sync::broadcast::error::RecvError;
        let (_, mut feed) = self.door.picture.follow();
        loop {
            match feed.recv().await {
                Ok(Shown { fact, .. }) => {
                    if let FactKind::Command(command) = &fact.kind
                        && let Some(id) = command.command()
                    {
                        self.stands(client, id);
                    }
                }
                Err(RecvError::Lagged(_)) => {
                    let all: Vec<EventId> =
                        self.followed.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect();
                    all.into_iter().for_each(|id| self.stands(client, id));
                }
                Err(RecvError::Closed) => return,
            }
        }
    }

    /// Tells how a command or an arming of ours stands.
    fn stands(&self, client: &Client, fact: EventId) {
        let mut followed = self.followed.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(id) = followed.get(&fact).cloned() else { return };
        let state = self.door.picture.state();
        if let Some(record) = state.commands.get(&fact) {
            let document = command_document(record, &self.zone);
            self.tell(client, &id, &json!({ "id": id, "ok": true, "command": document }));
            if record.is_settled() {
                followed.remove(&fact);
            }
        } else {
            followed.remove(&fact);
            if let Some(arming) = state.armed.get(&fact) {
                let until = timestamp(arming.until.due(), &self.zone);
                self.tell(client, &id, &json!({ "id": id, "ok": true, "armed": fact, "until": until }));
            }
        }
    }

    fn tell(&self, client: &Client, id: &str, said: &Json) {
        let payload = said.to_string().into_bytes();
        let topic = self.topics.result(id);
        let said = Publication { topic, payload, acknowledged: true, retain: false, life: None };
        if let Err(error) = client.publish(said) {
            // The journal, the page and HTTP still have it.
            tracing::warn!(%error, id, "the result of a command could not be told");
        }
    }
}

async fn first_line(path: &std::path::Path) -> Result<String, String> {
    let text = tokio::fs::read_to_string(path).await.map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(text.lines().next().unwrap_or_default().trim().to_owned())
}
