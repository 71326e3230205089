//! The bar of the pages that look back.
//!
//! Takes: which page it stands on.
//! Gives: the ways between them, and the words that say that none of them is live.
//! Never: the look of a live page; what burns now is in the banner above.

use maud::{Markup, html};

use super::View;
use super::frame::symbol;
use crate::edge::web::words::{self, Phrase, past};

/// The pages that look back.
pub const PAGES: [(&str, Phrase); 5] = [
    ("/journal", words::JOURNAL),
    ("/incidents", past::INCIDENTS),
    ("/isolations", past::REGISTER),
    ("/performance", past::PERFORMANCE),
    ("/reports", words::report::REPORTS),
];

/// The bar; `here` is the address of the page it stands on.
pub fn bar(view: &View, here: &str) -> Markup {
    html! {
        nav .history-bar aria-label=(view.say(past::HISTORY)) {
            p { (symbol("eye")) (view.say(past::NOT_LIVE)) }
            ul { @for (address, phrase) in PAGES {
                li { a href=(address) aria-current=[(address == here).then_some("page")] { (view.say(phrase)) } }
            } }
        }
    }
}
