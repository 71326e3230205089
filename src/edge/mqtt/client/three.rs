//! MQTT 3.1.1.
//!
//! Takes: requests.
//! Gives: what was heard.
//! Never: anything of MQTT 5: there is no expiry and no reason but the few of the connection's answer.

use rumqttc::{
    AsyncClient, Event, EventLoop, LastWill, MqttOptions, Outgoing, Packet, QoS, SubscribeFilter, SubscribeReasonCode,
    Transport,
};

use super::{Heard, KEEP_ALIVE, Message, NETWORK_TIMEOUT_S, PACKET_IDS, Publication, Session};
use crate::edge::broker;
use crate::edge::mqtt::Settings;
use crate::engine::base::Text;

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
    options
        .set_keep_alive(KEEP_ALIVE)
        .set_clean_session(true)
        .set_inflight(PACKET_IDS)
        .set_max_packet_size(session.largest, session.largest)
        .set_transport(transport);
    if let Some((user, password)) = login {
        options.set_credentials(user, password);
    }
    if let Some(will) = session.will.clone() {
        options.set_last_will(LastWill::new(will.topic, will.payload, qos(will.acknowledged), will.retain));
    }
    let (client, mut eventloop) = AsyncClient::new(options, session.channel);
    eventloop.network_options.set_connection_timeout(NETWORK_TIMEOUT_S);
    eventloop.network_options.set_tcp_nodelay(true);
    (client, eventloop)
}

/// Hands over one message.
pub fn publish(client: &AsyncClient, of: Publication) -> Result<(), String> {
    client.try_publish(of.topic, qos(of.acknowledged), of.retain, of.payload).map_err(|error| error.to_string())
}

/// Hands over one subscription.
pub fn subscribe(client: &AsyncClient, filters: Vec<String>, acknowledged: bool) -> Result<(), String> {
    let filters = filters.into_iter().map(|filter| SubscribeFilter::new(filter, qos(acknowledged)));
    client.try_subscribe_many(filters).map_err(|error| error.to_string())
}

/// The next thing that happened.
pub async fn step(eventloop: &mut EventLoop) -> Result<Heard, Text> {
    Ok(match eventloop.poll().await.map_err(|error| broker::three(&error))? {
        Event::Incoming(packet) => incoming(packet),
        Event::Outgoing(Outgoing::Publish(packet)) => Heard::Sent((packet != 0).then_some(packet)),
        Event::Outgoing(Outgoing::Subscribe(_) | Outgoing::Unsubscribe(_) | Outgoing::Disconnect) => Heard::Sent(None),
        Event::Outgoing(_) => Heard::Own,
    })
}

fn incoming(packet: Packet) -> Heard {
    match packet {
        Packet::ConnAck(_) => Heard::Connected(None),
        Packet::PubAck(ack) => Heard::Acknowledged(ack.pkid),
        Packet::SubAck(ack) => {
            Heard::Subscribed { granted: ack.return_codes.iter().all(|code| *code != SubscribeReasonCode::Failure) }
        }
        Packet::Publish(found) => {
            Heard::Message(Message { topic: found.topic, payload: found.payload.to_vec(), retain: found.retain })
        }
        _ => Heard::Alive,
    }
}
