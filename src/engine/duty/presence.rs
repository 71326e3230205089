//! Who is on duty, and what a shift is told when it begins (FL-05).
//!
//! Takes: who signed in, the site's shifts, what nobody has recorded yet.
//! Gives: the row that says that too few took over, and the one that names what is not recorded.
//! Never: takes a shift for taken over by whoever was there before it and did not say so.

use super::{announce, calendar, own};
use crate::engine::alarm::{Decision, DutyFact, FactKind, OwnFault, Present};
use crate::engine::base::{Category, Text, Wall};
use crate::engine::site::{Condition, Place, Site};

/// Relief may sign in so long before its shift begins.
const EARLY: std::time::Duration = std::time::Duration::from_secs(3600);

/// The row that says that too few are there.
pub(super) fn row() -> Condition {
    Condition { point: own("duty"), category: Category::Own, level: None }
}

/// Whether anybody is expected to sign in.
pub(super) fn is_watched(site: &Site) -> bool {
    !site.shifts.is_empty() && site.settings.on_duty > 0
}

/// Says whether enough people have signed in for the running shift.
pub(super) fn judge(decision: &mut Decision<'_>, again: bool) {
    let site = decision.site;
    let needs = site.settings.on_duty;
    let Some(began) = calendar::shift_began(&site.shifts, &site.zone, decision.now.wall) else { return };
    let from = Wall(began.0.saturating_sub(i64::try_from(EARLY.as_micros()).unwrap_or(0)));
    let (came, stay): (Vec<_>, Vec<_>) = decision.state.duty.present.values().partition(|held| held.since >= from);
    let users = |list: &[&Present]| list.iter().map(|held| held.by.user.clone()).collect::<Vec<_>>();
    let (came, stay) = (users(&came), users(&stay));
    let short = came.len() < usize::from(needs);
    let names = |list: &[String], none: &str, gap: &str| {
        if list.is_empty() { none.to_owned() } else { list.join(gap) }
    };
    let detail = short.then(|| {
        let at = site.zone.spelt(began);
        Text::new(
            &format!(
                "{at} 的班次应到 {needs} 人，已签到：{}；上一班继续值班：{}",
                names(&came, "无", "、"),
                names(&stay, "无", "、")
            ),
            &format!(
                "The shift of {at} needs {needs}; signed in: {}; staying on duty from before: {}",
                names(&came, "nobody", ", "),
                names(&stay, "nobody", ", ")
            ),
        )
    });
    let fault = OwnFault {
        point: row().point,
        category: Category::Own,
        name: Text::new("值班人员不足", "Too few on duty"),
        place: Place::default(),
        detail,
    };
    if short && again {
        decision.decide(FactKind::Duty(DutyFact::ShiftShort { began, needs, came, stay }));
        announce(decision, fault);
    } else {
        decision.own_condition(fault);
    }
}

/// A shift begins: alarms and faults whose handling nobody recorded are told, and somebody must acknowledge that they
/// heard.
pub(super) fn remind(decision: &mut Decision<'_>) {
    let duty = &decision.state.duty;
    let count = duty.unrecorded.len() as u64 + duty.older;
    if count == 0 {
        return;
    }
    let names = |language: fn(&Text) -> &str, gap: &str| {
        let told: Vec<&str> = duty.unrecorded.values().take(10).map(|held| language(&held.raise.name)).collect();
        let more = count.saturating_sub(told.len() as u64);
        format!("{}{}", told.join(gap), if more > 0 { format!(" +{more}") } else { String::new() })
    };
    let detail = Text::new(
        &format!("有 {count} 条报警或故障未填处理记录：{}", names(|text| &text.zh, "、")),
        &format!("{count} alarms or faults without a handling record: {}", names(|text| &text.en, ", ")),
    );
    decision.happened(OwnFault {
        point: own("handling"),
        category: Category::Own,
        name: Text::new("交接班：处理记录未填", "Shift change: handling is not recorded"),
        place: Place::default(),
        detail: Some(detail),
    });
}
