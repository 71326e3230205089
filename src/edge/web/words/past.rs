//! Texts of the pages that look back: journal, incidents, register of isolations, performance.
//!
//! Takes: nothing.
//! Gives: one [`Phrase`] per text.
//! Never: one language without the other.

use super::Phrase;

catalogue! {
    HISTORY: "历史记录", "Records";
    NOT_LIVE: "本页是记录，不随现场变化", "Records: this page does not follow what happens";

    INCIDENTS: "事件", "Incidents";
    REGISTER: "隔离登记", "Isolation register";
    PERFORMANCE: "报警性能", "Alarm performance";
    I_BEGAN: "开始", "Began";
    I_FIRST: "首警", "First alarm";
    I_ALARMS: "报警", "Alarms";
    I_END: "结论", "Conclusion";
    I_LASTED: "历时", "Lasted";
    I_OPEN: "尚未结束", "Not concluded yet";
    ALARMS_N: "{} 条报警", "alarms: {}";
    MEANING: "各指标的含义与目标（ISA-18.2）", "What the figures mean, and what is aimed at (ISA-18.2)";
    F_RATE: "每10分钟、每天报警数", "Alarms in 10 minutes and in a day";
    F_RATE_MEANS: "一名值班员能处理多少：平均每10分钟不多于1条，最多2条；每天约150条，最多300条。", "What one operator can deal with: on average 1 in 10 minutes, at most 2; about 150 a day, at most 300.";
    F_FLOOD: "报警洪泛", "Floods";
    F_FLOOD_MEANS: "10分钟内超过10条即为洪泛，此时容易漏看；目标为时间的1%以内。", "More than 10 in 10 minutes is a flood, in which alarms are missed; aimed at below 1 % of the time.";
    F_ACTORS: "报警最多的点", "Bad actors";
    F_ACTORS_MEANS: "少数几个点常占多数报警；先修这些点，从对象可查到它的全部记录。", "A few points often make most alarms: repair these first; each leads to its records.";
    F_ACK: "确认时间", "Time to acknowledge";
    F_ACK_MEANS: "从报警到有人确认；中位数表示平常，95%表示最慢的情形。", "From the alarm until somebody acknowledged it; the median is the usual, the 95 % the slow ones.";
    F_STALE: "超过24小时仍存在", "Stale, above 24 hours";
    F_STALE_MEANS: "一直挂着而无人处理的报警，会盖住新的；目标少于5条。", "Alarms that stand and nobody deals with, before which new ones are overlooked; aimed at fewer than 5.";
    F_CHATTER: "频繁跳变", "Chattering";
    F_CHATTER_MEANS: "反复报警又恢复的点；目标为0，多因接触不良或限值过紧。", "Points that alarm and return again and again; aimed at none. Mostly a bad contact or a limit set too tight.";

    OLD_RECORDS: "旧记录归档", "Old records";
    OLD_WHAT: "归档的记录移出日志，存入状态目录的 archive/；每类最新的 10000 条仍留在日志中。网关照常运行，归档不能撤回。", "What is archived leaves the journal for archive/ in the state directory; the newest 10,000 of each class stay. The gateway goes on meanwhile. It cannot be taken back.";
    OLD_FOR_EVER: "本站永久保存日志；tocsin.toml 的 [journal] keep 可另行规定。", "This site keeps its journal for ever; keep of [journal] in tocsin.toml says otherwise.";
    OLD_DUE: "已超过保存期限的记录：{} 条", "Records older than the site keeps them: {}";
    OLD_NONE: "没有超过保存期限的记录", "No record is older than the site keeps it";
    OLD_LEAVES: "现在可归档：第 {}", "Can be archived now: {}";
    OLD_WHY: "到此为止：{}", "No further: {}";
    OLD_LAST: "上次归档：第 {} 条及以前", "Archived last: up to {}";
    OLD_KEY: "检查点公钥（请另行抄存）", "Public key of the checkpoint (note it elsewhere)";
    OLD_REASON: "归档理由", "Reason";
    OLD_UNTIL: "只到第几条（空为全部）", "Only up to number (empty: all)";
    OLD_PASSWORD: "本人密码", "Your password";
    OLD_DO: "批准并归档", "Approve and archive";
    OLD_PREPARING: "正在准备：{}；刷新可看进度", "Being made ready: {}; reload to see how far";
    OLD_LOOKING: "查看记录", "looking at the records";
    OLD_ARCHIVING: "写入归档", "writing the archive";
    OLD_CHECKING: "读回归档核对", "reading the archive back";
    OLD_DONE: "已归档到第 {} 条", "Archived up to {}";
    OLD_LEFT: "其中 {} 条正从文件中移除，查询已不再显示", "{} of them are still being taken out of the file; nobody sees them any more";
    OLD_REFUSED: "未归档：{}", "Nothing was archived: {}";
    OLD_WRONG: "密码不对", "The password is wrong";
    OLD_RUNS: "归档正在进行", "Records are being archived already";

    SEARCH: "查找", "Search";
    SEARCHED: "日志查找", "Search of the journal";
    FILTERS: "筛选", "Filters";
    SHOWS_ONLY: "只显示：", "Showing only:";
    REMOVE: "{}，去掉", "{}, remove";
    REMOVE_ALL: "全部去掉", "Remove all";
    TEXT: "文字", "Words";
    TEXT_HINT: "中文或英文，任何一段", "Chinese or English, any part of a word";
    SORT: "种类", "Sort";
    ANY: "不限", "Any";
    DEVICE: "设备", "Device";
    FLOOR: "楼层", "Floor";
    PERSON: "人员", "Person";
    FROM: "自", "From";
    TO: "至", "To";
    FOUND_N: "本页 {} 条", "{} on this page";
    HIDDEN_N: "查过的范围内另有 {} 条未列出", "{} others in what was searched are not listed";
    HIDDEN_SHOW: "全部显示", "show all";
    HIDDEN_FIRES: "其中火警 {} 条未列出", "{} of them began a fire and are not listed";
    FIRES_SHOW: "显示火警", "show the fires";
    NOTHING_FOUND: "没有符合的记录", "Nothing in the journal fits";
    SEARCHED_BACK_TO: "已查到 {} 号记录", "Searched back to record {}";
    GO_ON: "继续往前查", "Search further back";
    TO_BEGINNING: "已查到最早的记录", "Searched back to the first record";
    NOT_INDEXED: "最新 {} 条尚未编入索引，查找结果中没有", "The newest {} records are not in the index yet and were not searched";
    EXPORT_THESE: "导出这些记录：", "Export these records:";
    STORY: "经过", "What happened";
    NO_STORY: "经过暂时读不到，报警与操作不受影响", "What happened so far cannot be read just now; the alarm and the acts do not depend on it";
    ORIGIN: "来自 {}", "from {}";
    OF_INCIDENT: "事件 {}", "Incident {}";
    TREND_OF: "前后趋势", "Trend around it";
    JOURNAL_OF: "日志中的记录", "In the journal";
}
