//! A site with transmission devices, and where they may call.
//!
//! Takes: how they report.
//! Gives: an installed gateway and the address on which it listens.
//! Never: a fixed port: the gateway takes any and says which.

use std::fmt::Write as _;

use super::bench::{Gateway, Installed, once};
use super::site::PLACES;

/// Listed components of loop 10.
pub const LISTED: u16 = 120;

/// A site whose transmission device reports by `transport`; `more` are keys of the bus.
pub fn installed(transport: &str, more: &str) -> Installed {
    let site = format!(
        r#"{PLACES}
[[bus]]
id = "city"
listen = "127.0.0.1:0"
transport = "{transport}"
{more}

[[device]]
id = "unit-1"
name = {{ zh = "1号传输装置", en = "Unit 1" }}
bus = "city"
address = "79 03 00 00 00 00"
profile = "gbt26875-uitd"
building = "2"
points = "unit-1.csv"
"#
    );
    let mut list = "array,loop,address,building,floor,text_zh,text_en\n".to_owned();
    for point in 1..=LISTED {
        writeln!(list, "component,10,{point},2,1,1层R{point}室,Floor 1 room R{point}").expect("text grows");
    }
    let installed = Installed::with(&site);
    installed.write("site/unit-1.csv", &list);
    installed
}

/// Where the gateway listens for devices.
pub async fn place(gateway: &Gateway) -> String {
    once(20, "it says where it listens", async || {
        let log = gateway.log();
        let line = log.lines().rfind(|line| line.contains("devices may report"))?;
        let address = line.split("address=").nth(1)?;
        Some(address.split_whitespace().next()?.to_owned())
    })
    .await
}
