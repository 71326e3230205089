//! One connection to the broker, in either version of MQTT.
//!
//! Takes: the settings; requests, which wait in a bounded channel.
//! Gives: a [`Client`] that hands requests over, and a [`Loop`] that carries them out and says what was heard.
//! Never: outlives its connection. What `rumqttc` remembers across a cut is wrong (it loses messages and mixes up packet
//! ids), so a connection that broke is thrown away whole and the next one begins with nothing.

mod five;
mod three;

use std::time::Duration;

use super::Settings;
use crate::config::daemon::MqttVersion;
use crate::edge::broker;
use crate::engine::base::Text;

/// The keep-alive: a broker that says nothing is given up after twice this.
pub const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// The longest an attempt to connect, or a stalled write, may take, in seconds.
const NETWORK_TIMEOUT_S: u64 = 5;
/// Packet ids the client cycles through, where the broker does not ask for fewer. Far more than are ever in flight, so
/// that an id is free again long before it is used again.
const PACKET_IDS: u16 = 1_000;

/// What a connection is for.
#[derive(Clone, Debug)]
pub struct Session {
    /// Client id.
    pub id: String,
    /// Requests that may wait.
    pub channel: usize,
    /// Largest packet taken from the broker, in bytes.
    pub largest: usize,
    /// What the broker says when we are gone without a word.
    pub will: Option<Publication>,
}

/// One message to publish.
#[derive(Clone, Debug)]
pub struct Publication {
    /// Where.
    pub topic: String,
    /// What.
    pub payload: Vec<u8>,
    /// Whether the broker acknowledges it (QoS 1) or not (QoS 0).
    pub acknowledged: bool,
    /// Whether the broker keeps it.
    pub retain: bool,
    /// How long it is true. Only MQTT 5 tells the broker, which then forgets it by itself.
    pub life: Option<Duration>,
}

/// What a step of the loop was.
#[derive(Debug)]
pub enum Heard {
    /// The broker takes us; it takes no packet larger than this.
    Connected(Option<usize>),
    /// A request left the channel; with the packet id of a publication that will be acknowledged.
    Sent(Option<u16>),
    /// The broker has the publication of this packet id.
    Acknowledged(u16),
    /// The broker has answered a subscription.
    Subscribed {
        /// Every filter was granted.
        granted: bool,
    },
    /// A message came.
    Message(Message),
    /// Some other word of the broker.
    Alive,
    /// Something of our own that needs no attention.
    Own,
}

/// A message of the broker.
#[derive(Debug)]
pub struct Message {
    /// Where it was published.
    pub topic: String,
    /// What.
    pub payload: Vec<u8>,
    /// It was kept for us, not sent now.
    pub retain: bool,
}

/// Hands requests over; every one is refused when the channel is full.
#[derive(Clone, Debug)]
pub enum Client {
    /// MQTT 3.1.1.
    Three(rumqttc::AsyncClient),
    /// MQTT 5.
    Five(rumqttc::v5::AsyncClient),
}

/// Carries requests out.
pub enum Loop {
    /// MQTT 3.1.1.
    Three(Box<rumqttc::EventLoop>),
    /// MQTT 5.
    Five(Box<rumqttc::v5::EventLoop>),
}

/// A connection that begins with the first step of its loop. Password and certificates are read anew each time.
///
/// # Errors
/// A file that cannot be read or used, in words.
pub async fn open(settings: &Settings, session: &Session) -> Result<(Client, Loop), Text> {
    let login = broker::login(&settings.broker).await?;
    let transport = broker::transport(&settings.broker)?;
    Ok(match settings.version {
        MqttVersion::Three => {
            let (client, eventloop) = three::open(settings, session, login, transport);
            (Client::Three(client), Loop::Three(Box::new(eventloop)))
        }
        MqttVersion::Five => {
            let (client, eventloop) = five::open(settings, session, login, transport);
            (Client::Five(client), Loop::Five(Box::new(eventloop)))
        }
    })
}

impl Client {
    /// Hands over one message.
    ///
    /// # Errors
    /// The channel is full, or the topic is none.
    pub fn publish(&self, publication: Publication) -> Result<(), String> {
        match self {
            Client::Three(client) => three::publish(client, publication),
            Client::Five(client) => five::publish(client, publication),
        }
    }

    /// Hands over one subscription to several filters; `acknowledged` asks for QoS 1.
    ///
    /// # Errors
    /// The channel is full, or a filter is none.
    pub fn subscribe(&self, filters: Vec<String>, acknowledged: bool) -> Result<(), String> {
        match self {
            Client::Three(client) => three::subscribe(client, filters, acknowledged),
            Client::Five(client) => five::subscribe(client, filters, acknowledged),
        }
    }

    /// Hands over the end of a subscription.
    ///
    /// # Errors
    /// The channel is full.
    pub fn unsubscribe(&self, filter: String) -> Result<(), String> {
        match self {
            Client::Three(client) => client.try_unsubscribe(filter).map_err(|error| error.to_string()),
            Client::Five(client) => client.try_unsubscribe(filter).map_err(|error| error.to_string()),
        }
    }

    /// Hands over our leave.
    ///
    /// # Errors
    /// The channel is full.
    pub fn disconnect(&self) -> Result<(), String> {
        match self {
            Client::Three(client) => client.try_disconnect().map_err(|error| error.to_string()),
            Client::Five(client) => client.try_disconnect().map_err(|error| error.to_string()),
        }
    }
}

impl Loop {
    /// The next thing that happened. After an error the connection is over. May be dropped only with the whole loop:
    /// a step that is dropped may lose a message.
    ///
    /// # Errors
    /// Why the connection is over, in words.
    pub async fn step(&mut self) -> Result<Heard, Text> {
        match self {
            Loop::Three(eventloop) => three::step(eventloop).await,
            Loop::Five(eventloop) => five::step(eventloop).await,
        }
    }
}
