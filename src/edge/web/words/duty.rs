//! Texts of duty: the four forms, rounds, jobs, and who is there.
//!
//! Takes: nothing.
//! Gives: one [`Phrase`] per text.
//! Never: one language without the other.

use super::Phrase;
use crate::live::form_document::Outcome;

catalogue! {
    NEEDS: "应到 {} 人", "needs {}";

    F_PATROL: "巡查记录", "Patrol record";
    F_PLAN: "维护保养计划", "Maintenance plan";
    F_MAINTENANCE: "维护保养记录", "Maintenance record";
    F_HANDLING: "故障/报警处理记录", "Fault and alarm handling record";
    FROM: "自", "From";
    TO: "至", "To";
    SHOW: "显示", "Show";
    SITE: "单位", "Site";
    PERIOD: "期间", "Period";
    MADE: "制表时间", "Made at";
    LEFT_OUT: "较早的 {} 行未列出，请缩短期间", "{} earlier rows are left out; choose a shorter period";
    NO_ROWS: "此期间没有记录", "Nothing in this period";
    SIGN_OPERATOR: "值班员", "Operator on duty";
    SIGN_SUPERVISOR: "班长", "Supervisor";
    SIGN_MANAGER: "消防安全管理人", "Fire-safety manager";
    SIGN_DATE: "日期", "Date";

    C_BEGAN: "发生时间", "Began";
    C_WHAT: "内容与地点", "What and where";
    C_NOTICED: "发现与发现人", "Noticed, by whom";
    C_STEPS: "经过", "What was done";
    C_OVER: "结束与历时", "Over, duration";
    C_HANDLING: "原因与处理", "Cause and handling";
    C_DUE: "应做时间", "Due";
    C_JOB: "保养工作", "Job";
    C_ROUND: "巡查路线", "Round";
    C_ITEMS: "内容", "Items";
    C_DEVICES: "设备", "Devices";
    C_WHO: "执行人", "By whom";
    C_OUTCOME: "完成情况", "Outcome";
    C_RECORDED: "记录时间与人", "Recorded, by whom";
    C_RESULTS: "检查结果", "Results";
    C_FIGURES: "设备与运行数据", "Devices and figures";
    BY: "限 {}", "by {}";
    BESIDES: "计划外", "Besides the plan";
    IN_ORDER: "正常", "in order";
    S_COMMAND: "命令", "Command";
    S_LINKAGE: "联动", "Linkage";
    MORE_STEPS: "另有 {} 步，见日志", "{} more steps are in the journal";
    NOT_OVER: "未结束", "not over";
    VERDICT: "判定", "Verdict";
    CAUSE: "原因", "Cause";
    MEASURE: "处理措施", "Measure";
    RESULT: "结果", "Result";
    NOT_RECORDED: "处理记录未填", "handling not recorded";
    O_PLANNED: "计划", "planned";
    O_DUE: "到期未做", "due";
    O_OVERDUE: "逾期", "overdue";
    O_MISSED: "漏做", "missed";
    O_RECORDED: "已完成", "done";
    O_LATE: "已完成（逾期）", "done, late";

    DUTY: "值班与记录", "Duty and records";
    PRESENT: "在岗", "On duty";
    PRESENT_N: "在岗 {} 人", "{} on duty";
    NOBODY: "无人签到", "Nobody has signed in";
    SINCE: "自 {}", "since {}";
    SIGN_IN: "签到接班", "Sign in";
    STAY: "续班签到", "Sign in for the next shift too";
    SIGN_OUT: "签退", "Sign out";
    SIGN_OUT_DOES: "有人接班后才能签退；无人接班须继续值班。", "Only when relieved: a shift that nobody took over stays with whoever is on duty.";
    UNRECORDED: "未填处理记录的报警与故障", "Alarms and faults without a handling record";
    UNRECORDED_N: "{} 条未填处理记录", "{} without a handling record";
    ALL_RECORDED: "处理记录都已填写", "Every handling is recorded";
    MORE: "另有 {} 条", "{} more";
    RECORD: "记录", "Record";
    PLANS: "巡查与保养", "Patrols and maintenance";
    NO_PLANS: "没有配置巡查或保养计划", "No patrol or maintenance is configured";
    BEHIND_N: "{} 项巡查或保养逾期", "{} patrols or jobs overdue";
    DUE_N: "{} 项巡查或保养到期", "{} patrols or jobs due";
    DUE_BY: "限 {} 前完成", "due by {}";
    LAST: "上次 {}", "last {}";
    FOUND: "有问题", "something is wrong";
    FINDING: "发现的情况", "What was found";
    AT_POINT: "测点", "At point";
    NOTE: "备注", "Note";
    ADD_NOTE: "补充说明", "Add a note";
}

/// What a round came to.
pub fn outcome(outcome: Outcome) -> Phrase {
    match outcome {
        Outcome::Due => O_DUE,
        Outcome::Overdue => O_OVERDUE,
        Outcome::Missed => O_MISSED,
        Outcome::Recorded => O_RECORDED,
        Outcome::RecordedLate => O_LATE,
    }
}
