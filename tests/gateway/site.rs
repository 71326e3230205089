//! The site of the tests, as text.
//!
//! Takes: where its devices are.
//! Gives: `site.toml`, `panel-1.csv`.
//! Never: more than a person would write.

use std::fmt::Write as _;

/// Detectors of loop 2 in the point list.
pub const DETECTORS: u16 = 60;

/// Head of every site: who it is and its places.
pub const PLACES: &str = r#"[site]
id = "riverside"
name = { zh = "滨河广场", en = "Riverside Plaza" }
timezone = "Asia/Shanghai"

[[building]]
id = "2"
name = { zh = "2号楼", en = "Building 2" }
floors = ["B1", "1", "2", "3", "4"]

[[zone]]
id = "2-04"
name = { zh = "2号楼4层防火分区", en = "Building 2, floor 4" }
building = "2"
floor = "4"
"#;

/// A fire panel at `address` on a bus of its own.
pub fn panel(address: &str) -> String {
    format!(
        r#"
[[bus]]
id = "panel-lan"
tcp = "{address}"
poll = {{ fire = "1s" }}

[[device]]
id = "panel-1"
name = {{ zh = "1号报警主机", en = "Fire panel 1" }}
bus = "panel-lan"
unit = 1
profile = "notifier-modbus-gw"
building = "2"
floor = "1"
points = "panel-1.csv"
"#
    )
}

/// A generator on the serial line `path`.
pub fn generator(path: &str) -> String {
    format!(
        r#"
[[bus]]
id = "pump-room"
serial = "{path}"
baud = 115200
parity = "none"
poll = {{ normal = "1s" }}

[[device]]
id = "gen-1"
name = {{ zh = "1号柴油发电机", en = "Generator 1" }}
bus = "pump-room"
unit = 10
profile = "deepsea-gencomm"
building = "2"
floor = "B1"
"#
    )
}

/// The panel's point list: [`DETECTORS`] smoke detectors of loop 2 on floor 4.
pub fn point_list() -> String {
    let mut list = "array,loop,address,code,type,building,floor,zone,text_zh,text_en\n".to_owned();
    for detector in 1..=DETECTORS {
        let room = 400 + detector;
        writeln!(
            list,
            "detector,2,{detector},042{detector:03},03,2,4,2-04,2号楼4层{room}室感烟探测器,Building 2 floor 4 room {room} smoke detector"
        )
        .expect("text grows");
    }
    list
}

/// Wire address of a detector of loop 2.
pub fn address(detector: u16) -> u16 {
    400 + detector - 1
}
