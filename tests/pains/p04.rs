//! P4: the reconnect that never happens.
//!
//! The task of a bus owns its wire and opens it anew for as long as it runs, whatever ended the last one; that it works
//! again is shown by answers, not by an open socket. (That the task itself is started again is shown in `tests/wire`.)

use tocsin::engine::base::Value;
use tocsin::engine::poll::LinkOf;

use super::device::{Framing, Registers};
use super::running::Running;
use super::server::{Server, silent};
use super::sites::{self, TEN_A_SECOND, TWO_REGISTERS};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p04_a_gateway_that_comes_back_is_read_again_however_it_went() {
    for framing in [Framing::Mbap, Framing::Rtu] {
        let registers = Registers::default();
        registers.set(1, 0, 1100);
        let mut server = Server::tcp_at("127.0.0.1:0", framing, registers.well());
        let place = server.place.clone();
        let key = if framing == Framing::Rtu { "framing = \"rtu\"\n" } else { "" };
        let endpoint = format!("{}\n{key}", sites::tcp(&place));
        let bus = Running::new(sites::site(&sites::text(&endpoint, TEN_A_SECOND, &[1]), TWO_REGISTERS));
        let known = |bus: &Running| bus.known("unit-1/level") == Ok(Value::Number(1100.0));
        for round in 0..3 {
            bus.until("it is read", known).await;
            if round == 1 {
                // First it hangs, then it is gone.
                server.play(silent());
                bus.until("its silence is noticed", |bus| bus.known("unit-1/level").is_err()).await;
            }
            drop(server);
            // Its port is free once its tasks are gone; as long as connections still stand, the bus may have noticed nothing.
            while std::net::TcpListener::bind(&place).is_err() {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            bus.until("nothing is known", |bus| bus.known("unit-1/level").is_err()).await;
            let down = |bus: &Running| bus.links().iter().rfind(|(of, ..)| *of == LinkOf::Bus(0)).is_some_and(|l| !l.1);
            bus.until("its loss is announced", down).await;
            server = Server::tcp_at(&place, framing, registers.well());
        }
        bus.until("it is read after all", known).await;
    }
}
