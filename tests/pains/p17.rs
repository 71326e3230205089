//! P17: a read across a gap hits a register that the device does not have.
//!
//! The range is split until what is refused stands alone; its neighbours are read all the same, what was learned is kept,
//! and the whole is tried again when the device comes back. A refused register of an alarm is never hidden: it is a fault.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use tocsin::engine::base::{Reason, Truth, Value};
use tocsin::engine::poll::LinkOf;

use super::device::{Asked, Registers, Script, Step};
use super::running::Running;
use super::server::{Server, silent};
use super::sites::{self, TEN_A_SECOND};

/// Six detectors with gaps between them, each with its alarm.
fn profile() -> String {
    let mut text = String::from(
        "vendor = \"Test\"\nmodel = \"Gaps\"\nclass = \"panel\"\nsource = \"tests/pains/p17.rs\"\nverified = \"manual-only\"\n\
         [link]\nreply-within = \"200ms\"\nmax-response = \"300ms\"\n[points]\n",
    );
    for address in DETECTORS {
        let name = format!("name = {{ zh = \"探测器\", en = \"Detector {address}\" }}");
        text += &format!(
            "d{address} = {{ table = \"holding\", address = {address}, type = \"bit\", bit = 0, poll = \"fire\", {name} }}\n"
        );
    }
    text += "[alarms]\n";
    for address in DETECTORS {
        let name = format!("name = {{ zh = \"火警\", en = \"Fire {address}\" }}");
        text += &format!(
            "fire-{address} = {{ when = \"d{address}\", category = \"fire\", on = \"d{address}\", {name} }}\n"
        );
    }
    text
}

const DETECTORS: [u16; 6] = [0, 1, 6, 9, 10, 20];

/// Answers with exception 2 what touches one of these registers.
fn lacks(registers: &Registers, holes: &Arc<Mutex<Vec<u16>>>) -> Script {
    let (registers, holes) = (registers.clone(), Arc::clone(holes));
    Arc::new(move |asked| {
        let touched = holes.lock().expect("no panic").iter().any(|hole| touches(asked, *hole));
        vec![Step::Send(if touched { asked.exception(2) } else { registers.answer(asked) })]
    })
}

fn touches(asked: &Asked, address: u16) -> bool {
    (asked.start()..asked.start() + asked.count()).contains(&address)
}

fn id(address: u16) -> String {
    format!("unit-1/d{address}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p17_a_refused_gap_blinds_nobody_and_a_refused_alarm_is_a_fault() {
    let registers = Registers::default();
    registers.set(1, 6, 1);
    let holes = Arc::new(Mutex::new(vec![4, 15]));
    let server = Server::tcp(lacks(&registers, &holes));
    let bus = Running::new(sites::site(&sites::text(&sites::tcp(&server.place), TEN_A_SECOND, &[1]), &profile()));
    bus.until("all is read", |bus| DETECTORS.iter().all(|address| bus.known(&id(*address)).is_ok())).await;
    bus.until("the fire is known", |bus| bus.truths(&id(6)).last() == Some(&Truth::True)).await;
    let first = &server.asked()[0];
    assert_eq!((first.start(), first.count()), (0, 21), "it was tried in one request");

    // What was learned is kept: no request touches a hole again.
    let learned = server.count();
    while server.count() < learned + 40 {
        tokio::task::yield_now().await;
    }
    let since = server.asked().split_off(learned + 1);
    assert!(since.iter().all(|asked| !touches(asked, 4) && !touches(asked, 15)));
    let ranges: BTreeSet<u16> = since.iter().map(Asked::start).collect();
    assert!(ranges.len() < DETECTORS.len(), "not every point by itself: {ranges:?}");
    assert!(bus.links().iter().all(|(_, up, _)| *up), "{:?}", bus.links());

    // A detector's own register is refused from now on: that is announced, and the others go on.
    holes.lock().expect("no panic").push(9);
    let blind = |bus: &Running| bus.links().iter().any(|(of, up, _)| matches!(of, LinkOf::Rule(_)) && !up);
    bus.until("the detector is announced as blind", blind).await;
    bus.until("it alone is unknown", |bus| {
        DETECTORS.iter().all(|address| bus.known(&id(*address)).is_ok() == (*address != 9))
    })
    .await;
    assert_eq!(bus.known(&id(9)), Err(Reason::DeviceException));
    registers.set(1, 10, 1);
    bus.until("its neighbour is live", |bus| bus.known(&id(10)) == Ok(Value::Bit(true))).await;
    let down: Vec<_> = bus.links().into_iter().filter(|(_, up, _)| !up).collect();
    assert!(matches!(down[..], [(LinkOf::Rule(3), ..)]), "{down:?}");

    // The device goes, and one without holes comes back: the whole is tried again, and serves.
    server.play(silent());
    bus.until("it is gone", |bus| bus.links().iter().any(|(of, up, _)| *of == LinkOf::Device(0) && !up)).await;
    holes.lock().expect("no panic").clear();
    server.play(lacks(&registers, &holes));
    bus.until("all is back", |bus| DETECTORS.iter().all(|address| bus.known(&id(*address)).is_ok())).await;
    let back = server.count();
    while server.count() < back + 10 {
        tokio::task::yield_now().await;
    }
    assert!(server.asked().split_off(back).iter().all(|asked| asked.count() == 21));
}
