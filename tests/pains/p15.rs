//! P15: a write believed without proof.
//!
//! An accepted write is accepted and no more. What was done is what points read after the write show; an exception is a
//! failure; what was read before the write proves nothing.

use std::sync::Arc;

use super::bench::open_alarm;
use super::commanded::{PUMP, command, installed, obedient, settled};
use super::device::{Asked, Registers, Script, Step};
use super::server::Server;
use super::sites;

/// A pump that answers a write by `written` and every read rightly.
fn pump(registers: &Registers, written: impl Fn(&Asked, &Registers) -> Vec<u8> + Send + Sync + 'static) -> Script {
    let registers = registers.clone();
    Arc::new(move |asked| {
        let answer = if asked.is_write() { written(asked, &registers) } else { registers.answer(asked) };
        vec![Step::Send(answer)]
    })
}

async fn fails(server: &Server, code: &str) -> serde_json::Value {
    let (_installed, _gateway, client) = installed(&sites::tcp(&server.place), PUMP, "").await;
    let id = command(&client, "start").await;
    let end = settled(&client, &id).await;
    assert_eq!((&end["state"], &end["failure"]["code"]), (&"failed".into(), &code.into()), "{end}");
    let alarm = open_alarm(&client, "unit-1/running:fault").await.expect("a failed command is a fault");
    assert_eq!(alarm["detail"], end["failure"]["message"]);
    assert_eq!(server.asked().iter().filter(|asked| asked.is_write()).count(), 1, "it is written once");
    end
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p15_a_write_that_is_answered_and_not_done_is_a_failure() {
    let server = Server::tcp(pump(&Registers::default(), |asked, _| asked.echo()));
    let end = fails(&server, "no-feedback").await;
    let steps: Vec<&str> = end["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["requested", "accepted", "failed"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p15_an_exception_is_a_failure() {
    let server = Server::tcp(pump(&Registers::default(), |asked, _| asked.exception(4)));
    let end = fails(&server, "refused").await;
    assert_eq!(end["failure"]["exception"], 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p15_an_answer_to_another_write_is_no_acceptance() {
    let server = Server::tcp(pump(&Registers::default(), |asked, _| {
        // The right function, another coil.
        asked.frame(&[asked.pdu[0], 0, 7, asked.pdu[3], asked.pdu[4]])
    }));
    fails(&server, "no-answer").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p15_what_was_read_before_the_write_proves_nothing() {
    // It seems to run, and trips as it is started: only a read from after the write can know.
    let registers = Registers::default();
    registers.set_bit(1, 10, true);
    let server = Server::tcp(pump(&registers, |asked, registers| {
        registers.set_bit(asked.unit, 10, false);
        asked.echo()
    }));
    fails(&server, "no-feedback").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p15_what_is_done_is_confirmed() {
    let server = Server::tcp(obedient(&Registers::default()));
    let (_installed, _gateway, client) = installed(&sites::tcp(&server.place), PUMP, "").await;
    for verb in ["start", "stop"] {
        let id = command(&client, verb).await;
        let end = settled(&client, &id).await;
        assert_eq!(end["state"], "confirmed", "{end}");
        // Polls go on; none of them takes it back.
        let points = client.get("/api/v1/points?device=unit-1").await.json();
        assert_eq!(points["points"][0]["v"], verb == "start", "{points}");
    }
}
