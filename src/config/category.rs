//! The categories that can be told: by a class, by a site, by a device that reports by itself.
//!
//! Takes: a word of a file.
//! Gives: its [`Category`].
//! Never: `limit`, `link-fault` or `self`: limits are measured by profiles, links and the gateway speak for themselves.

use super::document::Node;
use crate::engine::base::Category;

/// Every category that can be told.
pub fn told() -> impl Iterator<Item = Category> {
    let own = |category: &Category| matches!(category, Category::Limit | Category::LinkFault | Category::Own);
    Category::ALL.into_iter().filter(move |category| !own(category))
}

/// Reads one; anything else is reported with the nearest word.
pub fn read(node: Node<'_>) -> Option<Category> {
    let words: Vec<(&'static str, Category)> = told().map(|category| (category.as_str(), category)).collect();
    node.word(&words)
}
