//! The columns of a list of registers, and the many names they go by.
//!
//! Takes: the first line of a list.
//! Gives: where each [`Column`] is.
//! Never: a column that is dropped in silence; what is not known is told.

use std::collections::BTreeMap;

use crate::config::problem::{Problems, did_you_mean};
use crate::config::rows::Row;

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The point's id, or what people call it.
    Name,
    /// Chinese text.
    Zh,
    /// English text.
    En,
    /// Modbus table.
    Table,
    /// Address.
    Address,
    /// Type of the value.
    Kind,
    /// Byte order.
    Order,
    /// One bit of a word.
    Bit,
    /// Some bits of a word.
    Bits,
    /// Factor.
    Scale,
    /// Added after scaling.
    Offset,
    /// Unit.
    Unit,
    /// Least value.
    Least,
    /// Greatest value.
    Greatest,
    /// Patterns that mean "no value".
    Absent,
    /// How often it is read.
    Poll,
    /// Names of codes.
    States,
    /// Category of the alarm that a bit is.
    Alarm,
    /// Something for people that a profile has no place for.
    Remark,
}

/// The columns with their names; the first of each is the one that is told.
pub const COLUMNS: [(Column, &[&str]); 19] = [
    (Column::Name, &["name", "point", "key", "id", "tag", "signal", "variable", "parameter", "名称", "点名"]),
    (Column::Zh, &["zh", "name_zh", "text_zh", "chinese", "中文", "中文名称"]),
    (Column::En, &["en", "name_en", "text_en", "english", "description", "英文", "英文名称"]),
    (Column::Table, &["table", "area", "function", "function_code", "fc", "register_type", "功能码", "寄存器类型"]),
    (Column::Address, &["address", "addr", "register", "reg", "reference", "地址", "寄存器", "寄存器地址"]),
    (Column::Kind, &["type", "datatype", "data_type", "format", "类型", "数据类型"]),
    (Column::Order, &["order", "byte_order", "word_order", "endian", "字节序"]),
    (Column::Bit, &["bit", "位"]),
    (Column::Bits, &["bits"]),
    (Column::Scale, &["scale", "factor", "multiplier", "gain", "倍率", "系数"]),
    (Column::Offset, &["offset", "偏移"]),
    (Column::Unit, &["unit", "units", "单位"]),
    (Column::Least, &["min", "minimum", "low", "least", "最小值"]),
    (Column::Greatest, &["max", "maximum", "high", "greatest", "最大值"]),
    (Column::Absent, &["absent", "invalid", "无效值"]),
    (Column::Poll, &["poll", "pace"]),
    (Column::States, &["states", "enum", "values", "状态", "枚举"]),
    (Column::Alarm, &["alarm", "category", "报警"]),
    (
        Column::Remark,
        &["remark", "remarks", "note", "notes", "comment", "access", "rw", "r/w", "no", "no.", "备注", "序号"],
    ),
];

impl Column {
    /// Its first name.
    pub fn as_str(self) -> &'static str {
        COLUMNS.iter().find(|(column, _)| *column == self).and_then(|(_, names)| names.first()).copied().unwrap_or("")
    }
}

/// Where each column is.
pub(super) fn find(head: &Row<'_>, problems: &Problems) -> BTreeMap<Column, usize> {
    let mut found = BTreeMap::new();
    for (at, name) in head.record.iter().enumerate() {
        let plain = name.to_lowercase().replace([' ', '-'], "_");
        match COLUMNS.iter().find(|(_, names)| names.contains(&plain.as_str())) {
            None if plain.is_empty() => {}
            None => {
                let hint = did_you_mean(name, COLUMNS.iter().map(|(column, _)| column.as_str()));
                problems.error(head.spot(at), format!("unknown column \"{name}\""), hint);
            }
            Some((Column::Remark, _)) => {}
            Some((column, _)) => {
                if found.insert(*column, at).is_some() {
                    let message = format!("two columns say \"{}\"", column.as_str());
                    problems.error(head.spot(at), message, "rename one to \"remark\"");
                }
            }
        }
    }
    if !found.contains_key(&Column::Address) {
        problems.error(
            head.spot(0),
            "a list of registers needs the column \"address\"",
            "its first line names the columns",
        );
    }
    if ![Column::Name, Column::Zh, Column::En].iter().any(|column| found.contains_key(column)) {
        problems.error(head.spot(0), "a list of registers needs the column \"name\"", "or \"zh\" and \"en\"");
    }
    found
}
