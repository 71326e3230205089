//! What is kept while the broker takes nothing: no more than the client's channel holds.

use rumqttc::{ConnAck, ConnectReturnCode, MqttOptions, SubAck};

use super::*;
use crate::config::daemon::Broker;
use crate::edge::sparkplug::session::tests::feed;
use crate::engine::base::{Reading, Text, Value};
use crate::live::LinkState;

fn settings() -> Settings {
    Settings {
        broker: Broker { host: "127.0.0.1".into(), port: 1, user: None, password_file: None, tls: None },
        group: "g".into(),
        node: None,
        primary_host: None,
        commands: false,
    }
}

#[tokio::test(start_paused = true)]
async fn a_broker_that_takes_nothing_costs_readings_and_no_memory() {
    let (clock, feed) = feed(10);
    // The loop is never polled: what is handed over stays in the channel.
    let (client, _eventloop) = AsyncClient::new(MqttOptions::new("t", "127.0.0.1", 1), CHANNEL);
    let mut outbox = Outbox::new(&settings(), feed.clone(), client);
    let since = clock.now().wall;
    feed.vitals.device_link(0, LinkState { up: Some(true), reason: Text::default(), since });
    outbox.begin(0);
    outbox.push();
    assert_eq!(feed.counters.births(), 0, "nothing is said before there is a connection");
    outbox.heard(&Event::Incoming(Packet::ConnAck(ConnAck::new(ConnectReturnCode::Success, false))));
    outbox.push();
    assert_eq!(feed.counters.births(), 0, "or before the broker has taken the subscriptions");
    outbox
        .heard(&Event::Incoming(Packet::SubAck(SubAck::new(1, vec![SubscribeReasonCode::Success(QoS::AtLeastOnce)]))));
    for number in 0..1_000 {
        for point in 0..10 {
            let known = Ok(Value::Number(f64::from(number)));
            feed.board.post(&[(point, Reading { known, at: clock.now() })]);
        }
        outbox.push();
    }
    let counts = &feed.counters;
    assert_eq!((outbox.queued, counts.births()), (MOST, 2), "the node and the device that answers");
    // One place holds the subscription, two the births.
    assert_eq!(counts.data(), MOST as u64 - 3);
    // Of ten thousand readings ten were in the birth and ten wait; the first ten overtook what a new subscription finds.
    let (born, waits, found) = (10, 10, 10);
    assert_eq!(counts.overwritten(), 10_000 - born - counts.data() * 10 - waits + found, "said, waiting or counted");
    outbox.lost();
    assert_eq!((outbox.queued, outbox.is_live()), (0, false));
}
