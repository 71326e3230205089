//! The windows of the display: alarms, actions, faults, and what is set aside (FA-14).
//!
//! Takes: nothing.
//! Gives: [`Window`], its categories and its words.
//! Never: a category in two windows, or in none.

use super::words::{Phrase, desk};
use crate::engine::base::Category;

/// One window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// What people must act on at once.
    Alarms,
    /// What equipment does.
    Actions,
    /// What is broken.
    Faults,
    /// What is disabled or under test.
    SetAside,
}

impl Window {
    /// Every window, in the order of their keys.
    pub const ALL: [Window; 4] = [Window::Alarms, Window::Actions, Window::Faults, Window::SetAside];

    /// The word of addresses and of `GET state`.
    pub fn as_str(self) -> &'static str {
        match self {
            Window::Alarms => "alarms",
            Window::Actions => "actions",
            Window::Faults => "faults",
            Window::SetAside => "set-aside",
        }
    }

    /// What people read.
    pub fn phrase(self) -> Phrase {
        match self {
            Window::Alarms => desk::W_ALARMS,
            Window::Actions => desk::W_ACTIONS,
            Window::Faults => desk::W_FAULTS,
            Window::SetAside => desk::W_SET_ASIDE,
        }
    }

    /// What is in it.
    pub fn categories(self) -> &'static [Category] {
        match self {
            Window::Alarms => &[
                Category::Fire,
                Category::Discharge,
                Category::Gas,
                Category::Emergency,
                Category::Supervisory,
                Category::Prealarm,
            ],
            Window::Actions => &[Category::Start, Category::Feedback, Category::Delay],
            Window::Faults => &[
                Category::Fault,
                Category::MainsFault,
                Category::BackupFault,
                Category::LinkFault,
                Category::Limit,
                Category::Own,
            ],
            Window::SetAside => &[Category::Disabled, Category::Test],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_is_in_exactly_one_window() {
        for category in Category::ALL {
            let held = Window::ALL.iter().filter(|window| window.categories().contains(&category)).count();
            assert_eq!(held, 1, "{category:?}");
        }
    }
}
