//! What refusals call the fields of acts and the roles of people.
//!
//! Takes: a field or a role.
//! Gives: its word.
//! Never: decides anything.

use super::base::Role;

/// A field of an act, in Chinese.
pub(super) fn field_zh(field: &str) -> &str {
    match field {
        "reason" => "原因",
        "cause" => "误报原因",
        "review_at" => "复查时间",
        "ids" => "条目",
        "order" => "维修单",
        "text" => "情况",
        "measure" => "处理措施",
        "finding" => "发现的情况",
        other => other,
    }
}

/// A role, in Chinese.
pub(super) fn role_zh(role: Role) -> &'static str {
    match role {
        Role::Display => "显示",
        Role::Operator => "值班员",
        Role::Supervisor => "班长",
        Role::Engineer => "工程师",
        Role::Manager => "经理",
    }
}

/// A role, in English.
pub(super) fn role_en(role: Role) -> &'static str {
    match role {
        Role::Display => "display",
        Role::Operator => "operator",
        Role::Supervisor => "supervisor",
        Role::Engineer => "engineer",
        Role::Manager => "manager",
    }
}
