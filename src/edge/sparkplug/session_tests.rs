//! What a session says, decoded as it would be sent.

use std::sync::Arc;

use super::*;
use crate::edge::clock::Clock;
use crate::engine::alarm::State;
use crate::engine::base::{BusId, DeviceId, PointId, SiteId, Text};
use crate::engine::profile::{Encoding, Kind, Order, Pace, Profile, Table};
use crate::engine::site::{Bus, Device, Endpoint, Place, Point};
use crate::live::{Acts, Board, LinkState, Picture, Vitals};

/// A node with two devices of so many points each.
struct Bench {
    session: Session,
    desk: Desk,
    feed: Feed,
    clock: Clock,
}

fn site(points: u32) -> Site {
    let profile = Arc::new(Profile::new("test", "generator"));
    let device = |number: u32| Device {
        id: DeviceId::new(&format!("gen-{number}")),
        name: Text::same("gen"),
        bus: 0,
        unit: 1,
        address: 0,
        profile: Arc::clone(&profile),
        place: Place::default(),
        control: false,
        refused: None,
        points: number * points..(number + 1) * points,
        rules: 0..0,
        commands: 0..0,
        statuses: 0..0,
    };
    let devices = vec![device(0), device(1)];
    let encoding = Arc::new(Encoding {
        table: Table::Holding,
        address: 0,
        kind: Kind::I16,
        order: Order::Abcd,
        bits: None,
        scale: 1.0,
        offset: 0.0,
        valid: None,
        absent: Vec::new(),
        states: None,
    });
    let point = |number: u32| Point {
        id: PointId::of(&devices[(number / points) as usize].id, &format!("p{}", number % points)),
        device: number / points,
        name: Arc::new(Text::same("p")),
        place: Arc::default(),
        encoding: Arc::clone(&encoding),
        pace: Pace::Normal,
        unit: "".into(),
        deadband: 0.0,
        proviso: None,
    };
    let bus = Bus {
        id: BusId::new("b"),
        name: Text::same("b"),
        endpoint: Endpoint::Tcp("x:502".into()),
        periods: BTreeMap::new(),
        devices: vec![0, 1],
    };
    let points = (0..2 * points).map(point).collect();
    Site { buses: vec![bus], points, devices, ..Site::new(SiteId::new("riverside")) }
}

/// Of two devices with so many points each, of which nothing is known.
pub(in crate::edge::sparkplug) fn feed(points: u32) -> (Clock, Feed) {
    let (clock, site) = (Clock::start(), Arc::new(site(points)));
    let (vitals, _) = Vitals::new(1, 2, clock.now().wall);
    let feed = Feed {
        board: Arc::new(Board::new(site.points.len(), clock.now())),
        vitals: Arc::new(vitals),
        picture: Arc::new(Picture::new(State::default())),
        acts: Acts::new().0,
        wall: Arc::new(move || clock.now().wall),
        trusted: Arc::new(|| None),
        counters: Arc::default(),
        site,
    };
    (clock, feed)
}

impl Bench {
    fn new(points: u32) -> Bench {
        let (clock, feed) = feed(points);
        let mut session = Session::new(feed.clone(), Topics::new("g", "n", None), false);
        session.begin(7);
        Bench { session, desk: Desk::new(feed.acts.clone()), feed, clock }
    }

    fn answers(&self, device: u32, up: bool) {
        let since = self.clock.now().wall;
        self.feed.vitals.device_link(device, LinkState { up: Some(up), reason: Text::default(), since });
    }

    fn reads(&mut self, point: u32, known: Result<f64, Reason>) {
        let reading = Reading { known: known.map(Value::Number), at: self.clock.now() };
        self.feed.board.post(&[(point, reading)]);
        self.session.changed(vec![point]);
    }

    /// Everything that is to be said now: the last two words of each topic, and the payload.
    async fn said(&mut self) -> Vec<(String, Payload)> {
        tokio::time::advance(LOOK).await;
        self.session.look(true, &mut self.desk);
        let mut said = Vec::new();
        while let Some(message) = self.session.next(&self.desk) {
            let topic = message.topic.replacen("spBv1.0/g/", "", 1);
            said.push((topic, Payload::read(&message.payload).expect("it is a payload")));
        }
        said
    }
}

fn topics(said: &[(String, Payload)]) -> Vec<&str> {
    said.iter().map(|(topic, _)| topic.as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_device_is_born_when_it_answers_and_dies_when_it_does_not() {
    let mut bench = Bench::new(2);
    bench.answers(0, true);
    // Nothing of a device that does not answer is said, whatever the board holds of it.
    bench.reads(2, Ok(5.0));
    assert_eq!(topics(&bench.said().await), ["NBIRTH/n", "DBIRTH/n/gen-0"]);
    bench.reads(3, Ok(5.0));
    assert_eq!(topics(&bench.said().await), [] as [&str; 0]);
    bench.answers(1, true);
    bench.answers(0, false);
    bench.reads(0, Err(Reason::LinkDown));
    assert_eq!(topics(&bench.said().await), ["DDEATH/n/gen-0", "DBIRTH/n/gen-1"]);
    bench.reads(0, Ok(1.0));
    assert_eq!(topics(&bench.said().await), [] as [&str; 0], "a dead device says nothing");
    bench.answers(0, true);
    let said = bench.said().await;
    assert_eq!(topics(&said), ["DBIRTH/n/gen-0", "NDATA/n"]);
    assert_eq!(said[0].1.metrics[0].value, Some(Scalar::Int(1)), "with what is known of it now");
}

#[tokio::test(start_paused = true)]
async fn seq_counts_around_and_only_what_changed_is_said() {
    let mut bench = Bench::new(1);
    bench.answers(0, true);
    bench.reads(0, Ok(-1.0));
    let mut seqs: Vec<u64> = bench.said().await.iter().filter_map(|(_, payload)| payload.seq).collect();
    for number in 0..300 {
        bench.reads(0, Ok(f64::from(number)));
        // The same again is no change.
        bench.reads(0, Ok(f64::from(number)));
        let said = bench.said().await;
        let [(topic, payload)] = &said[..] else { panic!("{said:?}") };
        let [metric] = &payload.metrics[..] else { panic!("{payload:?}") };
        assert_eq!((topic.as_str(), &metric.value), ("DDATA/n/gen-0", &Some(Scalar::Int(number))));
        assert_eq!((&metric.name, metric.alias, &metric.properties), (&None, Some(1), &None));
        seqs.extend(payload.seq);
    }
    assert_eq!(seqs, (0..302).map(|number| number % 256).collect::<Vec<u64>>());
    // What was overtaken is not said: from 299 to 7 and back is no change.
    bench.reads(0, Ok(7.0));
    bench.reads(0, Ok(299.0));
    assert_eq!(topics(&bench.said().await), [] as [&str; 0]);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_point_is_null_and_says_so_until_it_is_good() {
    let mut bench = Bench::new(1);
    bench.answers(0, true);
    bench.said().await;
    let quality = |said: &[(String, Payload)]| {
        let metric = &said[0].1.metrics[0];
        let properties = metric.properties.clone().unwrap_or_default();
        (metric.is_null, metric.value.clone(), properties.values.first().and_then(|value| value.value.clone()))
    };
    for (known, null, value, told) in [
        (Ok(3.0), None, Some(Scalar::Int(3)), Some(192)),
        (Ok(4.0), None, Some(Scalar::Int(4)), None),
        (Err(Reason::Stale), Some(true), None, Some(500)),
        (Err(Reason::BadValue), Some(true), None, Some(0)),
        (Ok(-2.0), None, Some(Scalar::Int(u32::MAX - 1)), Some(192)),
        // What its type cannot hold is no value, whatever the board says.
        (Ok(0.5), Some(true), None, Some(0)),
    ] {
        bench.reads(0, known);
        let expected = (null, value, told.map(crate::edge::sparkplug::payload::Property::Int));
        assert_eq!(quality(&bench.said().await), expected, "{known:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn many_changes_are_several_messages_and_births_are_not_said_without_end() {
    let mut bench = Bench::new(1_200);
    bench.answers(1, true);
    bench.said().await;
    for point in 1_200..2_400 {
        bench.reads(point, Ok(1.0));
    }
    let sizes: Vec<usize> = bench.said().await.iter().map(|(_, payload)| payload.metrics.len()).collect();
    assert_eq!(sizes, [500, 500, 200]);
    // A host that asks again and again is answered once a second.
    tokio::time::advance(BIRTHS_APART).await;
    bench.session.ask_birth();
    assert_eq!(topics(&bench.said().await), ["NBIRTH/n", "DBIRTH/n/gen-1"]);
    bench.session.ask_birth();
    assert_eq!(topics(&bench.said().await), [] as [&str; 0]);
    tokio::time::advance(BIRTHS_APART).await;
    let said = bench.said().await;
    assert_eq!(topics(&said), ["NBIRTH/n", "DBIRTH/n/gen-1"]);
    assert_eq!((said[0].1.seq, said[1].1.seq), (Some(0), Some(1)));
    assert_eq!(said[0].1.metrics[0].value, Some(Scalar::Long(7)), "of the same session");
}
