//! Every text of the pages and of the API's own errors, in both languages. The one catalogue.
//!
//! Takes: nothing.
//! Gives: one [`Phrase`] per text.
//! Never: one language without the other (the type has both, a test finds empty ones).

macro_rules! catalogue {
    ($($name:ident: $zh:literal, $en:literal;)*) => {
        $(pub(crate) const $name: Phrase = Phrase { zh: $zh, en: $en };)*
        #[cfg(test)]
        pub(super) const ALL: &[(&str, Phrase)] = &[$((stringify!($name), $name)),*];
    };
}

pub(crate) mod access;
pub(crate) mod app;
pub(crate) mod desk;
pub(crate) mod duty;
pub(crate) mod linkage;
mod names;
pub(crate) mod past;
pub(crate) mod report;

pub(crate) use names::{close, kind, pace, reason, role, source, stage, state, tone, verdict};

use crate::engine::base::{Language, Text};

/// A text of the program in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// Simplified Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Phrase {
    /// The text in one language.
    pub fn get(self, language: Language) -> &'static str {
        match language {
            Language::Zh => self.zh,
            Language::En => self.en,
        }
    }

    /// The text in both.
    pub fn text(self) -> Text {
        Text::new(self.zh, self.en)
    }

    /// The text with `{}` replaced by `value`.
    pub fn fill(self, language: Language, value: impl std::fmt::Display) -> String {
        self.get(language).replacen("{}", &value.to_string(), 1)
    }
}

catalogue! {
    // Errors of the API.
    LOGIN_NEEDED: "请先登录", "Log in first";
    NO_WALL_TOKEN: "此显示屏没有令牌：请用带令牌的地址打开（tocsin walls）", "This wall has no token: open it by its address with the token (tocsin walls)";
    STORE_FAILED: "读取存储失败，原因见日志", "The store could not be read; the log has the reason";
    BAD_REQUEST: "请求内容有误", "The request is not well formed";
    STOPPING: "网关正在停止", "The gateway is stopping";
    TOO_MANY_ATTEMPTS: "尝试过多，请稍候", "Too many attempts; wait a little";
    BAD_CREDENTIALS: "用户名或密码不对", "The name or the password is wrong";
    FOREIGN_ORIGIN: "请求不是来自本页面", "The request does not come from this console's own pages";
    DEFECT: "程序出错，已记入日志", "The program failed; the log has it";
    MALFORMED: "不是有效的 JSON", "The body is not JSON";
    TOO_LARGE: "请求过大", "The body is too large";
    NOT_ASKED: "此设备自行上报或未启用，不能询问", "This device reports by itself or takes no part: it cannot be asked";
    NO_ROUTE: "没有这个地址", "There is nothing at this address";
    WRONG_METHOD: "此地址不接受这种方法", "This address does not take that method";
    TOO_MANY_STREAMS: "连接的屏幕过多", "Too many screens are connected";
    BAD_KEY: "幂等键须为 1-128 个可见字符", "An idempotency key has 1 to 128 visible characters";
    ONE_TARGET: "此码涉及多个测点，须指明一个", "This code means several points; name one";

    // State words.
    W_FIRE: "火警", "Fire";
    W_DISCHARGE: "喷洒", "Discharge";
    W_GAS: "燃气", "Gas";
    W_EMERGENCY: "紧急", "Emergency";
    W_SUPERVISORY: "监管", "Supervisory";
    W_PREALARM: "预警", "Pre-alarm";
    W_LINK_LOST: "失联", "Link lost";
    W_UNKNOWN: "部分未知", "Part unknown";
    W_FAULT: "故障", "Fault";
    W_ACTION: "动作", "Active";
    W_DISABLED: "有屏蔽", "Disabled";
    W_NORMAL: "正常", "Normal";
    ISOLATED_SUFFIX: "已隔离", "Isolated";
    BESIDE: "另有未隔离", "Also, not isolated";
    DO_LINK_LOST: "现场情况未知，以控制器为准", "The site cannot be seen. Go by the panels themselves";
    DO_UNKNOWN: "下列设备读不到，正常与否不知", "Cannot be read, so their state is not known";
    NOT_READ_YET: "刚启动，尚未读全", "Just started; not everything was read yet";
    NOTHING_OPEN: "无火警、无故障、无屏蔽", "No fire, no fault, nothing disabled";
    NO_DEVICES: "没有配置任何设备", "No device is configured";
    SINCE_FIRST: "自首警 {}", "since first alarm {}";
    SINCE: "自 {}", "since {}";
    UNKNOWN_DEVICES: "未知设备 {} 台", "Unknown devices: {}";

    // Lamps.
    L_ACTION: "启动", "Start";
    L_FEEDBACK: "反馈", "Feedback";
    L_FAULT: "故障", "Fault";
    L_POWER: "电源", "Power";
    L_LINK: "通信", "Link";
    L_DISABLED: "屏蔽", "Disabled";
    LAMPS: "状态灯", "State lamps";
    LOWER_BOUND: "有设备读不到，实际可能更多", "Some devices cannot be read; there may be more";
    UNACKED_N: "{} 条未确认", "{} not acknowledged";
    OPEN_N: "共 {} 条", "{} open";
    NOT_RECORDED: "未写入日志", "NOT RECORDED";
    NOT_RECORDED_DO: "磁盘不接受记录；报警照常显示，重启会丢失", "The disk takes no records; alarms still show, a restart would lose them";

    // The list.
    ALARMS: "报警", "Alarms";
    NOTHING_TO_SHOW: "没有未结束的条目", "Nothing is open";
    MORE_ROWS: "另有 {} 条，全部显示", "{} more; show all";
    NEXT_STEP: "下一步", "Next step";
    H_STATE: "状态", "State";
    H_TIME: "时间", "Time";
    H_AGE: "已过", "Age";
    H_WHAT: "类别", "Category";
    H_PLACE: "地点", "Place";
    H_SOURCE: "信号", "Source";
    H_ACK: "确认", "Acknowledged";
    H_VERDICT: "判定", "Verdict";
    H_ACTS: "操作", "Acts";
    S_NEW: "新", "NEW";
    S_ACKED: "已确认", "ACKED";
    S_QUIET_LATCHED: "可复位", "READY TO RESET";
    S_QUIET_NEW: "已恢复 未确认", "OVER, NOT ACKED";
    S_SHOWN: "持续", "ON";
    FIRST_ALARM: "首警", "First alarm";
    TIED: "同时到达", "Came together";
    REALARM: "复位后再报", "Re-alarm";
    TIMES: "第 {} 次", "{} times";
    CHATTERING: "频繁跳变", "chattering";
    INHIBITED: "已隔离", "Isolated";
    PANEL_DISABLED: "控制器屏蔽", "Disabled at panel";
    WAITING_RESET: "等待复位结果", "Reset pending";
    NOT_ACKED: "未确认", "not acknowledged";
    BUILDING: "号楼", "Bldg";
    FLOOR: "层", "Floor";
    ZONE: "分区", "Zone";
    NO_PLACE: "地点未填", "No place given";

    // Acts.
    ACKNOWLEDGE: "确认", "Acknowledge";
    VERDICT: "判定", "Verdict";
    ISOLATE: "隔离", "Isolate";
    RELEASE: "释放", "Release";
    SILENCE: "消音", "Silence";
    OPEN_ROW: "处置", "Handle";
    ACK_DOES: "该条不再鸣响、不再呼叫；其他条目照旧。不复位，不判定。", "This one stops sounding and paging; the others go on. Does not reset or judge.";
    VERDICT_DOES: "记入日志，不可更改；不启动也不停止任何设备。", "Goes into the journal for good; starts and stops nothing.";
    ISOLATE_DOES: "停止该点的声音、呼叫与联动；条目、计数与横幅仍在。", "Stops sound, paging and linkage of this point; its row, count and banner stay.";
    RESET_DOES: "记录已在控制器复位；仍有信号的会作为再报返回。", "Records a reset made at the panel; what is still active returns as a re-alarm.";
    SILENCE_DOES: "只停止此刻的声音；新报警会再响，未确认火警也会再响。", "Stops the sound of this moment; a new alarm sounds, unacknowledged fire sounds again.";
    NOTE: "备注（可不填）", "Note (optional)";
    CAUSE: "误报原因", "Cause of the false alarm";
    REASON: "原因", "Reason";
    REVIEW_IN: "复查时间", "Review in";
    HOURS: "{} 小时后", "{} h";
    DAYS: "{} 天后", "{} days";
    V_REAL_ACT: "判为真实", "It is real";
    V_FALSE_ACT: "判为误报", "It is false";
    V_DRILL_ACT: "判为演练", "It is a drill";
    RESET_WHERE: "复位 {}", "Reset {}";
    RESET_REFUSED: "{} 条未确认，不能复位", "refused: {} not acknowledged";
    RESETS: "复位", "Reset";
    NOTHING_LATCHED: "没有需要复位的条目", "Nothing to reset";
    LOGIN_TO_ACT: "登录后可操作", "Log in to act";
    MAY_NOT: "此账号只能查看", "This account may only look";
    REFUSED: "未执行", "Not done";
    BACK: "返回", "Back";

    // Side.
    ISOLATIONS: "隔离", "Isolations";
    NO_ISOLATIONS: "没有隔离", "Nothing is isolated";
    REVIEW_AT: "复查 {}", "review {}";
    FOLDED: "并入其原因", "under its cause";
    BY_WHEN: "限时 {}", "by {}";
    OVERDUE: "逾期未复查", "review overdue";
    SOUND_OK: "声音正常", "SOUND OK";
    SOUND_MUTED: "本屏已静音", "MUTED (this screen)";
    SOUND_BLOCKED: "浏览器未放行声音，点此放行", "SOUND BLOCKED: press here to allow";
    SOUND_NONE: "本屏不发声（无脚本）", "This screen makes no sound (no script)";
    MUTE_SCREEN: "本屏静音", "Mute this screen";
    UNMUTE_SCREEN: "本屏恢复声音", "Unmute this screen";
    SOUNDING: "正在鸣响：{}", "Sounding: {}";
    SILENT: "无声", "Silent";
    SILENCED_AT: "{} 已消音", "Silenced {}";
    RESOUNDS_AT: "{} 再响", "sounds again {}";
    GATEWAY: "网关", "Gateway";
    ALL_PARTS_WELL: "各部分正常", "every part works";
    CONTROL_OFF: "只监视，不控制", "Supervision only, control off";
    CONTROL_ON: "{} 台设备允许控制", "control enabled on {} devices";

    // Frame.
    CONSOLE: "值班台", "Console";
    DEVICES: "设备", "Devices";
    JOURNAL: "日志", "Journal";
    LOGIN: "登录", "Log in";
    LOGOUT: "退出", "Log out";
    USER: "用户名", "Name";
    PASSWORD: "密码", "Password";
    OTHER_LANGUAGE: "English", "中文";
    NIGHT: "夜间", "Night";
    DAY: "日间", "Day";
    FEED_AGE: "总线 {}前报告", "buses reported {} ago";
    FEED_NEVER: "总线尚无报告", "the buses have not reported";
    READINESS: "设备读数", "Devices, as read";
    POINTS_READ: "{} 点有效", "{} points good";
    PAGE_OF: "页面生成于 {}", "Page made at {}";
    FEED_LOST: "失联：本屏不再更新", "Feed lost: this screen is not being updated";
    FEED_LOST_DO: "以下是旧数据，不可据此判断。现场以控制器为准。", "What you see is old; do not judge by it. Go by the panels.";
    LAST_DATA: "末次数据", "last data";
    SKIP: "跳到报警列表", "Skip to the alarms";

    // Devices.
    H_UNKNOWN: "未知测点", "Unknown points";
    H_UNIT: "地址", "Unit";
    H_MODEL: "型号", "Model";
    H_STANDS: "现状", "How it stands";
    H_POINT: "测点", "Point";
    H_VALUE: "数值", "Value";
    H_QUALITY: "质量", "Quality";
    H_OLDEST: "最旧读数", "Oldest read";
    LINK_UP: "在线", "Answers";
    LINK_DOWN: "失联", "Down";
    LINK_NEVER: "未读到", "Not read yet";
    GOOD: "有效", "good";
    H_HELD: "已保持", "Held for";
    PACE_FIRE: "火警级", "fire pace";
    PACE_FAST: "快速级", "fast pace";
    PACE_NORMAL: "常规级", "normal pace";
    PACE_SLOW: "慢速级", "slow pace";
    UNKNOWN_VALUE: "未知", "unknown";
    REFUSED_DEVICE: "配置有误，未投入", "Configuration refused; takes no part";
    ON: "是", "yes";
    OFF: "否", "no";

    // Commands.
    COMMANDS: "命令", "Commands";
    CONTROL_OFF_HERE: "此设备未启用控制", "Control of this device is off";
    BY_LINKAGE_ONLY: "只能由联动执行", "Only by linkage";
    NEEDS_ROLE: "需要{}", "Needs the role {}";
    SEND: "下达", "Send";
    ARM: "预备", "Arm";
    ARM_DOES: "第一步：预备；10 秒内由同一人执行", "Step one; to be fired within 10 s by the same person";
    FIRE_NOW: "执行", "Fire";
    ARMED_UNTIL: "已预备，{} 前有效", "Armed until {}";

    // Journal.
    OLDER: "更早", "Older";
    NEWEST: "最新", "Newest";
    H_SEQ: "序号", "No.";
    H_EVENT: "事件", "Event";
    H_BY: "何人", "By";
    H_SUBJECT: "内容", "About";
    EMPTY_JOURNAL: "日志是空的", "The journal is empty";

    K_CLOSED: "结束", "Closed";
    DEVICE_TIME: "设备时间 {}", "device time {}";
    BACK_FILLED: "补录：本网关未曾看到", "back-filled: not seen live";
    SEEN_LIVE: "已看到：{}", "seen live: {}";
    CLOCK_BACK: "设备时钟曾被拨回", "the device's clock was set back";
    MEMORY_FIRST: "首次读取，原有 {} 条视为历史", "read for the first time: {} entries are history";
    MEMORY_RETURNED: "原有内容重新出现", "what it held before is back";
    MEMORY_RENEWED: "内容已不同于上次读取：被清除、已溢出或换了设备", "not what was read before: cleared, overflowed, or another device";
    K_REQUESTED: "命令下达", "Command requested";
    K_ACCEPTED: "命令被接受", "Command accepted";
    K_CONFIRMED: "命令已证实", "Command confirmed";
    K_DONE: "命令完成，无反馈", "Command done, no feedback";
    K_FAILED: "命令失败", "Command failed";
    K_OUTCOME_UNKNOWN: "命令结果未知", "Command outcome unknown";
    SEQUENCE_ABANDONED: "中止", "given up";

    CL_OVER: "已恢复", "over";
    CL_RESET: "已复位", "reset";
    CL_PANEL_RESET: "已在控制器复位", "reset at the panel";
    CL_REMOVED: "测点已不在配置中", "no longer configured";
    BY_LINK: "读不到", "cannot be read";
    BY_RESET: "复位后仍未恢复", "not cleared by the reset";
    AWAITING: "等待 {}", "waiting for {}";
    VERSION: "版本 {}", "version {}";
    CLOCK_DOUBTED: "时钟不可信", "clock not trusted";

    SRC_ACTIVE: "动作", "active";
    SRC_QUIET: "恢复", "quiet";
    SRC_UNKNOWN: "未知", "unknown";
    V_UNVERIFIED: "待核实", "not verified";
    V_REAL: "真实", "real";
    V_FALSE: "误报", "false";
    V_DRILL: "演练", "drill";

    Q_NEVER: "尚未读到", "never read";
    Q_STALE: "过期", "stale";
    Q_LINK: "失联", "link down";
    Q_BAD: "数值无效", "bad value";
    Q_ABSENT: "设备无此值", "device has none";
    Q_EXCEPTION: "设备拒答", "device exception";

    T_FIRE: "火警声", "fire tone";
    T_EMERGENCY: "紧急声", "emergency tone";
    T_SUPERVISORY: "监管声", "supervisory tone";
    T_PREALARM: "预警声", "pre-alarm tone";
    T_FAULT: "故障声", "fault tone";
    T_SHORT: "提示声", "short tone";
    T_NONE: "无声", "silent";

    R_DISPLAY: "显示", "display";
    R_OPERATOR: "值班员", "operator";
    R_SUPERVISOR: "班长", "supervisor";
    R_ENGINEER: "工程师", "engineer";
    R_MANAGER: "经理", "manager";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_exists_in_both_languages() {
        for (name, phrase) in ALL
            .iter()
            .chain(access::ALL)
            .chain(app::ALL)
            .chain(desk::ALL)
            .chain(linkage::ALL)
            .chain(duty::ALL)
            .chain(report::ALL)
            .chain(past::ALL)
        {
            assert!(!phrase.zh.trim().is_empty() && !phrase.en.trim().is_empty(), "{name}");
            assert_eq!(phrase.zh.matches("{}").count(), phrase.en.matches("{}").count(), "{name}");
            let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            if *name != "OTHER_LANGUAGE" {
                assert!(phrase.zh.chars().any(is_chinese), "{name}: {}", phrase.zh);
                assert!(!phrase.en.chars().any(is_chinese), "{name}: {}", phrase.en);
            }
        }
    }
}
