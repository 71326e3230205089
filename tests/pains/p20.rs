//! P20: two clients on one line, and gateways with one connection.
//!
//! However many devices stand behind an endpoint, there is one connection to it. Another master on a line is heard by its
//! requests, and announced: two masters on one line spoil each other's frames, and nobody finds out by looking at values.

use std::sync::Arc;
use std::time::Duration;

use tocsin::engine::Part;
use tocsin::engine::base::Value;

use super::device::{Registers, Script, Step, checksum};
use super::running::Running;
use super::server::Server;
use super::sites::{self, TEN_A_SECOND, TWO_REGISTERS};

fn sealed(bytes: &[u8]) -> Vec<u8> {
    [bytes, &checksum(bytes).to_le_bytes()].concat()
}

/// Answers well; some 20 ms after every fifth answer these bytes are heard.
fn heard(registers: &Registers, bytes: Vec<u8>) -> Script {
    let registers = registers.clone();
    Arc::new(move |asked| {
        let mut steps = vec![Step::Send(registers.answer(asked))];
        if asked.number % 5 == 4 {
            steps.extend([Step::Wait(Duration::from_millis(20)), Step::Send(bytes.clone())]);
        }
        steps
    })
}

fn told(bus: &Running) -> Option<String> {
    bus.vitals.parts().get(&Part::Line("field".into())).cloned().flatten().map(|fault| fault.en)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p20_another_master_on_the_line_is_announced() {
    let registers = Registers::default();
    registers.set(1, 0, 1100);
    let cases: [(&str, Vec<u8>); 3] = [
        ("it reads the device that we read", sealed(&[1, 3, 0, 9, 0, 4])),
        ("it writes to another one", sealed(&[7, 16, 0, 1, 0, 1, 2, 0, 5])),
        ("another device answers it, its requests are not heard", sealed(&[7, 4, 2, 0, 5])),
    ];
    for (what, bytes) in cases {
        let server = Server::line(heard(&registers, bytes));
        let text = sites::text(&sites::line(&server.place), TEN_A_SECOND, &[1]);
        let bus = Running::new(sites::site(&text, TWO_REGISTERS));
        bus.until(what, |bus| told(bus).is_some()).await;
        assert_eq!(told(&bus).as_deref(), Some("another master talks on this line"));
        bus.until("it is read all the same", |bus| bus.known("unit-1/level") == Ok(Value::Number(1100.0))).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p20_noise_and_late_answers_are_not_another_master() {
    let registers = Registers::default();
    registers.set(1, 0, 1100);
    let noise: Vec<u8> = (0..40_u8).map(|i| i.wrapping_mul(37) ^ 0xA5).collect();
    let late = sealed(&[1, 3, 4, 0, 9, 0, 9]);
    for (bytes, noisy) in [(noise, true), (late, false)] {
        let server = Server::line(heard(&registers, bytes));
        let text = sites::text(&sites::line(&server.place), TEN_A_SECOND, &[1]);
        let bus = Running::new(sites::site(&text, TWO_REGISTERS));
        bus.until("it was heard often", |_| server.count() >= 60).await;
        assert_eq!(told(&bus), None);
        assert_eq!(bus.vitals.noise()[0] > 0, noisy, "noise is counted: {:?}", bus.vitals.noise());
        assert_eq!(bus.known("unit-1/level"), Ok(Value::Number(1100.0)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p20_all_devices_behind_an_endpoint_share_one_connection() {
    let registers = Registers::default();
    (1..=8).for_each(|unit| registers.set(unit, 0, 1100 + u16::from(unit)));
    let server = Server::tcp(registers.well());
    server.seats(1);
    let units: Vec<u8> = (1..=8).collect();
    let text = sites::text(&sites::tcp(&server.place), TEN_A_SECOND, &units);
    let bus = Running::new(sites::site(&text, TWO_REGISTERS));
    bus.until("all are read", |bus| {
        units
            .iter()
            .all(|unit| bus.known(&format!("unit-{unit}/level")) == Ok(Value::Number(1100.0 + f64::from(*unit))))
    })
    .await;
    assert_eq!((server.accepted(), server.most_at_once()), (1, 1));
}
