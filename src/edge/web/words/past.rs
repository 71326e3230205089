//! Texts of the pages that look back: journal, incidents, register of isolations, performance.
//!
//! Takes: nothing.
//! Gives: one [`Phrase`] per text.
//! Never: one language without the other.

use super::Phrase;

catalogue! {
    HISTORY: "历史记录", "Records";
    NOT_LIVE: "本页是记录，不随现场变化", "Records: this page does not follow what happens";

    SEARCH: "查找", "Search";
    SEARCHED: "日志查找", "Search of the journal";
    FILTERS: "筛选", "Filters";
    SHOWS_ONLY: "只显示：", "Showing only:";
    REMOVE: "去掉“{}”", "Remove {}";
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
