//! MQTT 5.
//!
//! Takes: requests.
//! Gives: what was heard; what the broker refuses ends the connection with its reason.
//! Never: lets the broker's keep-alive slow ours down, or a topic alias or a user property out: nothing needs them.

use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{
    ConnectProperties, Filter, LastWill, LastWillProperties, Packet, PubAckReason, PublishProperties,
    SubscribeReasonCode,
};
use rumqttc::v5::{AsyncClient, ConnectionError, Event, EventLoop, MqttOptions, StateError};
use rumqttc::{NetworkOptions, Outgoing, Transport};

use super::{Heard, KEEP_ALIVE, Message, NETWORK_TIMEOUT_S, PACKET_IDS, Publication, Session};
use crate::edge::broker;
use crate::edge::mqtt::Settings;
use crate::engine::base::Text;

/// Everything we publish.
const JSON: &str = "application/json";
/// The payload is UTF-8.
const TEXT: u8 = 1;

fn qos(acknowledged: bool) -> QoS {
    if acknowledged { QoS::AtLeastOnce } else { QoS::AtMostOnce }
}

/// A client that is not connected yet.
pub fn open(
    settings: &Settings,
    session: &Session,
    login: Option<(String, String)>,
    transport: Transport,
) -> (AsyncClient, EventLoop) {
    let mut options = MqttOptions::new(session.id.clone(), settings.broker.host.clone(), settings.broker.port);
    let mut properties = ConnectProperties::new();
    // The journal is the queue: a broker that kept a session for us would keep what is sent again anyway.
    properties.session_expiry_interval = Some(0);
    properties.max_packet_size = Some(u32::try_from(session.largest).unwrap_or(u32::MAX));
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    options
        .set_keep_alive(KEEP_ALIVE)
        .set_clean_start(true)
        .set_connect_properties(properties)
        .set_outgoing_inflight_upper_limit(PACKET_IDS)
        .set_connection_timeout(NETWORK_TIMEOUT_S)
        .set_network_options(network)
        .set_transport(transport);
    if let Some((user, password)) = login {
        options.set_credentials(user, password);
    }
    if let Some(will) = session.will.clone() {
        let properties = LastWillProperties {
            delay_interval: None,
            payload_format_indicator: Some(TEXT),
            message_expiry_interval: None,
            content_type: Some(JSON.to_owned()),
            response_topic: None,
            correlation_data: None,
            user_properties: Vec::new(),
        };
        let (topic, qos) = (will.topic, qos(will.acknowledged));
        options.set_last_will(LastWill::new(topic, will.payload, qos, will.retain, Some(properties)));
    }
    AsyncClient::new(options, session.channel)
}

/// Hands over one message.
pub fn publish(client: &AsyncClient, of: Publication) -> Result<(), String> {
    // The end of a retained topic is no document.
    let is_document = !of.payload.is_empty();
    let properties = PublishProperties {
        payload_format_indicator: is_document.then_some(TEXT),
        content_type: is_document.then(|| JSON.to_owned()),
        message_expiry_interval: of.life.map(|life| u32::try_from(life.as_secs()).unwrap_or(u32::MAX)),
        ..PublishProperties::default()
    };
    client
        .try_publish_with_properties(of.topic, qos(of.acknowledged), of.retain, of.payload, properties)
        .map_err(|error| error.to_string())
}

/// Hands over one subscription.
pub fn subscribe(client: &AsyncClient, filters: Vec<String>, acknowledged: bool) -> Result<(), String> {
    let filters = filters.into_iter().map(|filter| Filter::new(filter, qos(acknowledged)));
    client.try_subscribe_many(filters).map_err(|error| error.to_string())
}

/// The next thing that happened.
pub async fn step(eventloop: &mut EventLoop) -> Result<Heard, Text> {
    match eventloop.poll().await.map_err(|error| spell(&error))? {
        Event::Incoming(packet) => incoming(eventloop, packet),
        Event::Outgoing(Outgoing::Publish(packet)) => Ok(Heard::Sent((packet != 0).then_some(packet))),
        Event::Outgoing(Outgoing::Subscribe(_) | Outgoing::Unsubscribe(_) | Outgoing::Disconnect) => {
            Ok(Heard::Sent(None))
        }
        Event::Outgoing(_) => Ok(Heard::Own),
    }
}

fn incoming(eventloop: &mut EventLoop, packet: Packet) -> Result<Heard, Text> {
    Ok(match packet {
        Packet::ConnAck(ack) => {
            // A broker may allow a longer silence, or any (0, of which the client makes an endless ping). We stay with ours.
            if eventloop.options.keep_alive() > KEEP_ALIVE || eventloop.options.keep_alive().is_zero() {
                eventloop.options.set_keep_alive(KEEP_ALIVE);
            }
            Heard::Connected(ack.properties.and_then(|given| given.max_packet_size).map(|size| size as usize))
        }
        Packet::PubAck(ack) => match ack.reason {
            PubAckReason::Success | PubAckReason::NoMatchingSubscribers => Heard::Acknowledged(ack.pkid),
            reason => return Err(broker::not_taken(reason, ack.properties.and_then(|given| given.reason_string))),
        },
        Packet::SubAck(ack) => Heard::Subscribed {
            granted: ack.return_codes.iter().all(|code| matches!(code, SubscribeReasonCode::Success(_))),
        },
        Packet::Publish(found) => Heard::Message(Message {
            topic: String::from_utf8_lossy(&found.topic).into_owned(),
            payload: found.payload.to_vec(),
            retain: found.retain,
        }),
        _ => Heard::Alive,
    })
}

fn spell(error: &ConnectionError) -> Text {
    use rumqttc::v5::mqttbytes::Error as Bytes;
    match error {
        ConnectionError::ConnectionRefused(code) => broker::refused(*code),
        ConnectionError::MqttState(StateError::ServerDisconnect { reason_code, reason_string }) => {
            broker::sent_away(*reason_code, reason_string.as_deref())
        }
        ConnectionError::Io(error)
        | ConnectionError::MqttState(StateError::Io(error) | StateError::Deserialization(Bytes::Io(error))) => {
            broker::io(error)
        }
        ConnectionError::Tls(error) => broker::tls(error),
        ConnectionError::Timeout(_) | ConnectionError::MqttState(StateError::AwaitPingResp) => broker::no_answer(),
        ConnectionError::MqttState(StateError::ConnectionAborted) => broker::closed(),
        other => broker::as_said(&other.to_string()),
    }
}
