//! Texts of linkages: what is proposed, runs, waits for its feedback.
//!
//! Takes: nothing.
//! Gives: one [`Phrase`] per text.
//! Never: one language without the other.

use super::Phrase;

catalogue! {
    LINKAGES: "联动", "Linkages";
    MODE_MONITOR: "监视：由控制器执行", "monitored: the panel acts";
    MODE_MANUAL: "手动：由人员执行", "manual: people act";
    MODE_AUTO: "自动", "automatic";
    BECAUSE: "原因：{}", "because of {}";
    CAUSE_GONE: "原因已消失 {}", "its cause went away at {}";
    IN_DRILL: "演练，不发出命令", "in a drill: nothing is commanded";
    DUE: "延时至 {}", "delayed until {}";
    DELAYED: "延时中", "delayed";
    PROPOSED: "待人员执行", "waits for a person";
    STARTED: "已启动", "started";
    EXPECTED: "应由控制器启动", "the panel is to do it";
    WITHDRAWN: "已撤回", "withdrawn";
    CANCELLED: "已取消", "cancelled";
    FED_AWAITED: "等待反馈，至 {}", "feedback awaited until {}";
    FED_ARRIVED: "已反馈", "fed back";
    FED_MISSING: "无反馈", "NO FEEDBACK";
    FED_NONE: "无反馈信号", "has no feedback";
    RELEASE: "执行", "Do it";
    WITHDRAW: "撤回", "Withdraw";
    BY: "由 {}", "by {}";

    SEQUENCES: "动作过程", "Sequences";
    PHASE_DUE: "应在 {} 前完成", "to be over by {}";
    PHASES_FAILED: "{} 步未按时完成", "{} steps not done in time";
    SEQUENCE_UNKNOWN: "读不到，无法监视", "It cannot be read, so it is not supervised";

}
