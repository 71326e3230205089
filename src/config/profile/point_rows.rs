//! The rows of points of a profile while it is read.
//!
//! Takes: nothing.
//! Gives: [`Points`]: the rows, and what later rows and conditions must know of them.
//! Never: judges a row.

use crate::config::document::Node;
use crate::config::expression::Slot;
use crate::engine::profile::PointSpec;

/// What was read: the rows, the slots conditions may name (same order), and where each row stands.
pub struct Points<'a> {
    /// The rows.
    pub list: Vec<PointSpec>,
    /// What each is to a condition.
    pub slots: Vec<Slot>,
    /// Where each stands, to report what is found later.
    pub nodes: Vec<Node<'a>>,
    /// Whether another point decides about it.
    pub decided: Vec<bool>,
    /// The settings of the class that its conditions may compare with, in the class's order.
    pub settings: Vec<String>,
    /// The alarms of the class that others may follow from.
    pub class_alarms: Vec<String>,
}
