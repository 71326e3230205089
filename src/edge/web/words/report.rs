//! Texts of reports and exports.
//!
//! Takes: nothing.
//! Gives: one [`Phrase`] per text.
//! Never: one language without the other.

use super::Phrase;

catalogue! {
    CHECKED_BY: "依据记录号 {} 及以前的全部记录，记录链摘要：", "Made from every record up to {}; hash of the journal:";
    LEFT_OUT: "另有 {} 行未列出，导出文件中可查", "{} more rows are not shown here; files have them";
}
