//! Texts of reports and exports.
//!
//! Takes: nothing.
//! Gives: one [`Phrase`] per text.
//! Never: one language without the other.

use super::Phrase;

catalogue! {
    CHECKED_BY: "依据记录号 {} 及以前的全部记录，记录链摘要：", "Made from every record up to {}; hash of the journal:";
    REPORTS: "报表", "Reports";
    A_DAY: "日期", "Day";
    A_MONTH: "月份", "Month";
    AN_INCIDENT: "事件", "Incident";
    NO_INCIDENT: "还没有事件", "There has been no incident";
    SAVE_AS: "存为 {} 文件", "Save as {}";
    LOG_IN_TO_SAVE: "登录后可导出文件", "Log in to save a file";
    TOO_MANY: "正在导出的趋势文件已达上限，请稍后再试", "As many exports of trends as may be are under way; try again later";
    LEFT_OUT: "另有 {} 行未列出，导出文件中可查", "{} more rows are not shown here; files have them";
}
