use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::*;
use crate::engine::alarm::{Acknowledgement, Arrival, FACT_VERSION, FactId};
use crate::engine::base::{Actor, Mono, Now, Role, Tone};
use crate::engine::profile::{Encoding, Kind, Order, Pace, State, Table};
use crate::engine::site::Condition;

/// 2026-03-01T00:00:00.250Z
const AT: Wall = Wall(1_772_323_200_250_000);

fn shanghai() -> TimeZone {
    TimeZone::get("Asia/Shanghai").expect("the machine has zone files")
}

fn raise() -> Raise {
    Raise {
        advice: None,
        class: None,
        condition: Condition { point: PointId::new("panel-1/l2-d17"), category: Category::Fire, level: None },
        name: Text::new("二层走廊 火警", "2F corridor Fire"),
        place: Place { building: Some("2".into()), floor: Some("2".into()), zone: None, text: Text::same("2F") },
        priority: 1,
        latches: true,
        stays: true,
        tone: Tone::Fire,
        code: Some("020417".into()),
        kind: Some("11".into()),
        incident: Some(EventId { epoch: 3, seq: 16 }),
        first: true,
        realarm: false,
        arrival: None,
        momentary: false,
        detail: None,
    }
}

fn numbered() -> Arrival {
    Arrival { number: 2, tied: Some(EventId { epoch: 3, seq: 15 }) }
}

fn actor() -> Actor {
    Actor { user: "wang".into(), role: Role::Operator, origin: "desk".into() }
}

fn fact(kind: FactKind) -> Fact {
    Fact { v: FACT_VERSION, id: FactId { epoch: 3, seq: 17 }, at: AT, by: None, key: Some("private".into()), kind }
}

fn point(states: Option<Arc<[State]>>) -> Point {
    Point {
        id: PointId::new("gen-1/oil-pressure"),
        device: 0,
        name: std::sync::Arc::new(Text::same("x")),
        place: std::sync::Arc::new(Place::default()),
        encoding: std::sync::Arc::new(Encoding {
            table: Table::Holding,
            address: 0,
            kind: Kind::U16,
            order: Order::Abcd,
            bits: None,
            scale: 1.0,
            offset: 0.0,
            valid: None,
            absent: Vec::new(),
            states,
        }),
        pace: Pace::Normal,
        unit: "kPa".into(),
        deadband: 0.0,
        proviso: None,
    }
}

#[test]
fn times_carry_the_offset_of_the_site_and_never_fail() {
    assert_eq!(timestamp(AT, &shanghai()), "2026-03-01T08:00:00.250+08:00");
    assert_eq!(timestamp(AT, &TimeZone::UTC), "2026-03-01T00:00:00.250+00:00");
    assert!(timestamp(Wall(i64::MAX), &shanghai()).starts_with("9999-"));
    assert!(timestamp(Wall(i64::MIN), &shanghai()).starts_with('-'));
}

#[test]
fn an_alarm_is_the_object_of_the_contract() {
    let mut occurrence = Occurrence {
        id: EventId { epoch: 3, seq: 17 },
        raised_at: AT,
        raise: std::sync::Arc::new(raise()),
        source: Source::Active,
        known: Source::Active,
        latched: true,
        ack: None,
        verdict: Verdict::Unverified,
        judged: None,
        chattering: None,
        cause: None,
        inhibit: BTreeSet::from([Inhibit::Isolated]),
        count: 1,
        sounding: true,
        resounds: None,
        resetting: None,
        false_alarms: 2,
        tied: false,
        handled: false,
        calls: Vec::new(),
        closed: None,
    };
    let json = |occurrence: &Occurrence| serde_json::to_value(alarm_document(occurrence, &shanghai())).unwrap();
    assert_eq!(
        json(&occurrence),
        json!({
            "id": "3-17", "condition": "panel-1/l2-d17:fire", "device": "panel-1", "point": "panel-1/l2-d17",
            "category": "fire", "priority": 1, "name": {"zh": "二层走廊 火警", "en": "2F corridor Fire"},
            "code": "020417", "type": "11",
            "place": {"building": "2", "floor": "2", "zone": null, "text": {"zh": "2F", "en": "2F"}},
            "source": "active", "latched": true, "ack": null, "verdict": "unverified", "inhibit": ["isolated"], "false_alarms": 2,
            "life": "open", "raised_at": "2026-03-01T08:00:00.250+08:00", "count": 1, "first": true, "realarm": false,
            "incident": "3-16",
        })
    );
    occurrence.raise = std::sync::Arc::new(Raise { arrival: Some(numbered()), ..raise() });
    occurrence.tied = true;
    let told = json(&occurrence);
    assert_eq!((&told["arrival"], &told["tied"]), (&json!(2), &json!(true)));
    occurrence.ack = Some(Acknowledgement { by: actor(), at: AT, note: None });
    occurrence.closed = Some((AT, CloseReason::Reset));
    let closed = json(&occurrence);
    assert_eq!(closed["ack"], json!({"by": "wang", "at": "2026-03-01T08:00:00.250+08:00", "note": null}));
    assert_eq!((&closed["life"], &closed["close_reason"]), (&json!("closed"), &json!("reset")));
}

#[test]
fn a_raise_tells_its_number_as_its_alarm_does() {
    let raised = Raise { arrival: Some(numbered()), ..raise() };
    let event = event_document(&fact(FactKind::Raised(std::sync::Arc::new(raised))), &shanghai());
    assert_eq!((&event["arrival"], &event["tied_with"]), (&json!(2), &json!("3-15")));
}

#[test]
fn an_event_keeps_its_kind_beside_the_device_type_and_hides_the_key() {
    let raised = fact(FactKind::Raised(std::sync::Arc::new(raise())));
    assert_eq!(Fact::from_bytes(&raised.to_bytes()), Ok(raised.clone()));
    let event = event_document(&raised, &shanghai());
    assert_eq!(
        [&event["id"], &event["seq"], &event["epoch"], &event["kind"], &event["type"], &event["condition"]],
        [&json!("3-17"), &json!(17), &json!(3), &json!("raised"), &json!("11"), &json!("panel-1/l2-d17:fire")]
    );
    assert_eq!(event["at"], "2026-03-01T08:00:00.250+08:00");
    assert_eq!((event.get("key"), &event["device"]), (None, &json!("panel-1")));
}

#[test]
fn deadlines_are_given_as_the_time_they_fall_due() {
    let start = Now { mono: Mono(0), wall: AT };
    let resound = Deadline::starting(start, Duration::from_secs(180));
    let silenced = fact(FactKind::Silenced { occurrences: vec![EventId { epoch: 3, seq: 5 }], resound });
    let event = event_document(&silenced, &shanghai());
    assert_eq!(event["resound"], "2026-03-01T08:03:00.250+08:00");
    assert_eq!(event["occurrences"], json!(["3-5"]));
}

#[test]
fn a_value_is_written_as_its_kind_and_an_unknown_one_not_at_all() {
    let states: Arc<[State]> = Arc::from([State { code: 1, key: "auto".into(), name: Text::same("auto") }]);
    let point = point(Some(states));
    let at = Now { mono: Mono(0), wall: AT };
    let check = |known: Result<Value, Reason>, v: Json, q: &str| {
        let document = point_document(&Reading { known, at }, &point, AT, &shanghai());
        assert_eq!((&document.v, document.q, document.t_read.is_some()), (&v, q, !v.is_null()));
    };
    check(Ok(Value::Bit(true)), json!(true), "good");
    check(Ok(Value::Number(3.0)), json!(3), "good");
    check(Ok(Value::Number(-0.25)), json!(-0.25), "good");
    check(Ok(Value::Number(f64::NAN)), Json::Null, "bad-value");
    check(Ok(Value::State(0)), json!("auto"), "good");
    check(Ok(Value::State(7)), Json::Null, "bad-value");
    check(Ok(Value::Text("油".into())), json!("油"), "good");
    check(Err(Reason::Stale), Json::Null, "stale");
}
