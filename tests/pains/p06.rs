//! P6: the adapter that is unplugged and plugged in again.
//!
//! A line that is gone is noticed at once, asked or idle, and its file descriptor closed, so that the adapter can come
//! back under its own name. Whatever comes back, however fast, is announced as a line that was lost, so that the devices
//! behind it are not believed before they have shown who they are.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use tocsin::engine::base::{Reason, Value};
use tocsin::engine::poll::LinkOf;

use super::device::Registers;
use super::running::Running;
use super::server::Server;
use super::sites;

/// The level is read so seldom that nothing but the look at the line can notice its end in time.
const SELDOM: &str = "poll = { slow = \"20s\" }";
const ONE_REGISTER: &str = r#"
vendor = "Test"
model = "One register"
class = "tank"
source = "tests/pains/p06.rs"
verified = "manual-only"
[points]
level = { table = "holding", address = 0, type = "u16", unit = "mm", poll = "slow", name = { zh = "液位", en = "Level" } }
"#;
/// Noticed within 300 ms, and what a loaded machine may add.
const SOON: Duration = Duration::from_secs(5);

fn line(level: u16) -> Server {
    let registers = Registers::default();
    registers.set(1, 0, level);
    Server::line(registers.well())
}

/// Gives the adapter its name, or another one the name of the last.
fn plug(name: &Path, server: &Server) {
    let new = name.with_extension("new");
    symlink(&server.place, &new).expect("the folder is ours");
    std::fs::rename(&new, name).expect("the folder is ours");
}

fn buses(bus: &Running) -> Vec<bool> {
    bus.links().into_iter().filter(|(of, ..)| *of == LinkOf::Bus(0)).map(|(_, up, _)| up).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p06_an_adapter_is_missed_at_once_and_used_again_when_it_is_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let name = folder.path().join("usb-adapter");
    let endpoint = sites::line(name.to_str().expect("temporary folders have plain names"));
    let mut server = line(1000);
    plug(&name, &server);
    let bus = Running::new(sites::site(&sites::text(&endpoint, SELDOM, &[1]), ONE_REGISTER));
    for round in 1..4_u16 {
        let level = f64::from(999 + round);
        bus.until("it is read", |bus| bus.known("unit-1/level") == Ok(Value::Number(level))).await;
        let told = buses(&bus).len();
        std::fs::remove_file(&name).expect("the link is ours");
        drop(server);
        let took = bus.until("it is missed", |bus| buses(bus).len() > told).await;
        assert!(took < SOON, "missed after {took:?}");
        assert_eq!(buses(&bus).last(), Some(&false));
        assert_eq!(bus.known("unit-1/level"), Err(Reason::LinkDown));
        server = line(1000 + round);
        plug(&name, &server);
    }
    bus.until("it is read at the end", |bus| bus.known("unit-1/level") == Ok(Value::Number(1003.0))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p06_another_adapter_under_the_same_name_is_not_taken_for_the_first() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let name = folder.path().join("usb-adapter");
    let endpoint = sites::line(name.to_str().expect("temporary folders have plain names"));
    let (first, second) = (line(1100), line(2200));
    plug(&name, &first);
    let bus = Running::new(sites::site(&sites::text(&endpoint, SELDOM, &[1]), ONE_REGISTER));
    bus.until("the first is read", |bus| bus.known("unit-1/level") == Ok(Value::Number(1100.0))).await;
    // The first still answers to whoever holds it open: only its name has gone to another.
    plug(&name, &second);
    let took = bus.until("the change is noticed", |bus| buses(bus).ends_with(&[false, true])).await;
    assert!(took < SOON, "noticed after {took:?}");
    bus.until("the second is read", |bus| bus.known("unit-1/level") == Ok(Value::Number(2200.0))).await;
    let posted = bus.posted("unit-1/level");
    let after = posted.iter().rposition(|reading| reading.known == Ok(Value::Number(1100.0))).expect("it was read");
    assert!(posted[after + 1].known.is_err(), "unknown in between: {posted:?}");
}
