//! What a person does next about an alarm: silence, look where it is, check, judge, reset (FA-01, FA-04).
//!
//! Takes: an occurrence as it stands.
//! Gives: one sentence in both languages; nothing where nobody owes it anything.
//! Never: tells to reset what was not judged, or that something is over that cannot be read.

use crate::engine::alarm::{Occurrence, Source, Verdict};
use crate::engine::base::{Category, Text};

/// The next step.
pub fn next_step(occurrence: &Occurrence) -> Option<Text> {
    if !occurrence.is_open() || occurrence.is_test() {
        return None;
    }
    let (zh, en) = urgent(occurrence).or_else(|| after_acknowledgement(occurrence))?;
    Some(Text::new(zh, en))
}

type Sentence = (&'static str, &'static str);

/// Up to the acknowledgement every alarm goes the same way: stop the sound, read the place, send somebody.
fn urgent(occurrence: &Occurrence) -> Option<Sentence> {
    if occurrence.sounding {
        return Some(("消音，查看报警地点", "Silence, then read where it is"));
    }
    if occurrence.false_alarms > 0 && occurrence.inhibit.is_empty() {
        return Some((
            "该点曾判误报又报警：现场核实；仍为误报则隔离并报修",
            "This point was false before: check the place; if it is false again, isolate it and raise a repair order",
        ));
    }
    if !occurrence.is_unacknowledged() {
        return None;
    }
    Some(match occurrence.source {
        Source::Unknown => (
            "读不到该点：到控制器和现场查看后确认",
            "It cannot be read: look at the panel and the place, then acknowledge",
        ),
        _ if occurrence.raise.condition.category.rules().incident => {
            ("确认收到，派人到现场核实", "Acknowledge, and send somebody to check the place")
        }
        _ => ("确认收到，查明原因", "Acknowledge, and find the cause"),
    })
}

fn after_acknowledgement(occurrence: &Occurrence) -> Option<Sentence> {
    let category = occurrence.raise.condition.category;
    if category.rules().incident {
        return Some(match (occurrence.verdict, occurrence.source) {
            (Verdict::Unverified, _) => ("现场核实后判定：真实或误报", "Check the place, then judge: real or false"),
            (Verdict::Real, Source::Active | Source::Unknown) if !occurrence.calls.is_empty() => (
                "真实火情，已呼叫：启动声光警报、组织疏散、启动灭火设备，迎接消防队；结束前不复位",
                "It is real and the call was made: start the sounders, clear the place, start extinguishing, meet the brigade; no reset before the end",
            ),
            (Verdict::Real, Source::Active | Source::Unknown) => (
                "真实火情：启动声光警报、组织疏散、拨打119、启动灭火设备；结束前不复位",
                "It is real: start the sounders, clear the place, call the fire brigade, start extinguishing; no reset before the end",
            ),
            (Verdict::False, Source::Active | Source::Unknown) => (
                "误报：查原因（灰尘、温度、人为），在控制器取消或复位，观察该点是否再报",
                "It is false: find the cause (dust, heat, people), cancel or reset at the panel, watch whether the point alarms again",
            ),
            (Verdict::Drill, Source::Active | Source::Unknown) => {
                ("演练：结束后复位", "A drill: reset when it is over")
            }
            (_, Source::Quiet) => ("已恢复并已判定：可以复位", "Over and judged: it can be reset"),
        });
    }
    if occurrence.is_ready_to_reset() {
        return Some(("已恢复：可以复位", "Over: it can be reset"));
    }
    match category {
        Category::MainsFault => Some((
            "判断是停电还是本机线路、熔断器：看双电源、电表、相邻控制器",
            "Outage, or this panel's own wiring or fuse? Look at the transfer switch, the meter, other panels",
        )),
        Category::BackupFault => Some((
            "查电池接插件与接线；查是否放电过久电压过低",
            "Check battery connector and wiring; check whether it carried the load too long",
        )),
        Category::LinkFault => Some((
            "状况未知：以控制器为准，查通信线路与设备电源",
            "Its state is not known: go by the panel; check the line and the device's power",
        )),
        Category::Fault | Category::Limit => Some((
            "立即检修；一时修不好则隔离并报修，修好后释放",
            "Repair at once; if that is not possible isolate it with a repair order, and release it when repaired",
        )),
        Category::Supervisory => {
            Some(("恢复正常位置或状态，然后复位", "Bring it back to its normal state, then reset"))
        }
        _ => None,
    }
}

#[cfg(test)]
#[path = "next_step_tests.rs"]
mod tests;
