//! A site of four panels with two thousand detectors, for floods of alarms.
//!
//! Takes: a folder.
//! Gives: its files, and how everything names a detector.
//! Never: a name that is the beginning of another.

use std::path::Path;

/// Panels, each on a bus of its own.
pub const PANELS: usize = 4;
/// Loops of a panel.
pub const LOOPS: usize = 5;
/// Detectors of a loop.
pub const DETECTORS: usize = 100;

/// What people call it; no name is the beginning of another.
pub fn place(n: usize) -> String {
    let (panel, rest) = (n / (LOOPS * DETECTORS), n % (LOOPS * DETECTORS));
    format!("Detector {}-{}-{}.", panel + 1, rest / DETECTORS + 1, rest % DETECTORS + 1)
}

/// Writes the site into a folder of ours.
pub fn write(folder: &Path) {
    let mut text = String::from(
        "[site]\nid = \"flood\"\nname = { zh = \"洪流\", en = \"Flood\" }\ntimezone = \"Asia/Shanghai\"\n\
         [[building]]\nid = \"1\"\nname = { zh = \"1号楼\", en = \"Building 1\" }\nfloors = [\"1\"]\n",
    );
    for panel in 1..=PANELS {
        text.push_str(&format!(
            "[[bus]]\nid = \"lan-{panel}\"\ntcp = \"10.0.0.{panel}:502\"\n[[device]]\nid = \"panel-{panel}\"\n\
             bus = \"lan-{panel}\"\nunit = 1\nprofile = \"notifier-modbus-gw\"\nbuilding = \"1\"\npoints = \"panel-{panel}.csv\"\n"
        ));
        let mut list = String::from("array,loop,address,code,type,building,floor,zone,text_zh,text_en\n");
        for at in 0..LOOPS * DETECTORS {
            let (circuit, address) = (at / DETECTORS + 1, at % DETECTORS + 1);
            let name = place((panel - 1) * LOOPS * DETECTORS + at);
            let code = format!("011{:03}", at + 1);
            list.push_str(&format!(
                "detector,{circuit},{address},{code},03,1,1,,{panel}-{circuit}-{address} 号,{name}\n"
            ));
        }
        std::fs::write(folder.join(format!("panel-{panel}.csv")), list).expect("the folder is ours");
    }
    std::fs::write(folder.join("site.toml"), text).expect("the folder is ours");
}
