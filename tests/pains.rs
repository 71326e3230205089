//! The pains of other gateways, each shown here not to be ours.
//!
//! P1 to P9, P13 to P20 and P24 are numbered as in the study of peers; each has a test named after it. Most run the real wire,
//! the real task of a bus or the real program against a scripted device: bytes that no server would send, at moments that
//! no server would choose. `cargo test --test pains` prints nothing when all is well.

#[path = "gateway/bench.rs"]
#[allow(dead_code, reason = "shared with the tests of the program, which also kill and verify")]
mod bench;
#[path = "mqtt/broker.rs"]
#[allow(dead_code, reason = "shared with the tests of the MQTT edge, which also cut wires")]
mod broker;
#[path = "web/client.rs"]
#[allow(dead_code, reason = "shared with the tests of the web edge, which also send forms")]
mod client;
#[path = "pains/commanded.rs"]
mod commanded;
#[path = "pains/device.rs"]
mod device;
#[path = "pains/once.rs"]
mod once;
#[path = "pains/p01.rs"]
mod p01;
#[path = "pains/p02.rs"]
mod p02;
#[path = "pains/p03.rs"]
mod p03;
#[path = "pains/p04.rs"]
mod p04;
#[path = "pains/p05.rs"]
mod p05;
#[path = "pains/p06.rs"]
mod p06;
#[path = "pains/p07.rs"]
mod p07;
#[path = "pains/p08.rs"]
mod p08;
#[path = "pains/p09.rs"]
mod p09;
#[path = "pains/p13.rs"]
mod p13;
#[path = "pains/p14.rs"]
mod p14;
#[path = "pains/p15.rs"]
mod p15;
#[path = "pains/p16.rs"]
mod p16;
#[path = "pains/p17.rs"]
mod p17;
#[path = "pains/p18.rs"]
mod p18;
#[path = "pains/p19.rs"]
mod p19;
#[path = "pains/p20.rs"]
mod p20;
#[path = "pains/p24.rs"]
mod p24;
#[path = "mqtt/port.rs"]
mod port;
#[path = "pains/running.rs"]
mod running;
#[path = "pains/server.rs"]
mod server;
#[path = "gateway/site.rs"]
#[allow(dead_code, reason = "shared with the tests of the program, which also have panels")]
mod site;
#[path = "pains/sites.rs"]
mod sites;

#[test]
fn every_pain_has_a_test_that_is_named_after_it() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pains");
    let files = std::fs::read_dir(folder).expect("the folder of pains").flatten();
    let texts: String = files.filter_map(|file| std::fs::read_to_string(file.path()).ok()).collect();
    for pain in (1..=9).chain(13..=20).chain([24]) {
        assert!(texts.contains(&format!("\nasync fn p{pain:02}_")), "P{pain} has no test");
    }
}
