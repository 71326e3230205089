//! The lamps in the panel's order, and the symbols of states and categories.
//!
//! Takes: the summary.
//! Gives: every lamp with its count, as wall, desk and phone light it; the sentence of a banner without a place.
//! Never: a category in two lamps, or in none.

use super::summary::{Count, Summary, Word};
use super::words::{self, Phrase};
use crate::engine::base::Category;

struct Lamp {
    id: &'static str,
    label: Phrase,
    categories: &'static [Category],
}

/// Every category is in exactly one lamp; the order never changes.
const LAMPS: [Lamp; 12] = [
    Lamp { id: "fire", label: words::W_FIRE, categories: &[Category::Fire] },
    Lamp { id: "discharge", label: words::W_DISCHARGE, categories: &[Category::Discharge] },
    Lamp { id: "gas", label: words::W_GAS, categories: &[Category::Gas] },
    Lamp { id: "emergency", label: words::W_EMERGENCY, categories: &[Category::Emergency] },
    Lamp { id: "supervisory", label: words::W_SUPERVISORY, categories: &[Category::Supervisory] },
    Lamp { id: "prealarm", label: words::W_PREALARM, categories: &[Category::Prealarm] },
    Lamp { id: "start", label: words::L_ACTION, categories: &[Category::Start, Category::Delay] },
    Lamp { id: "feedback", label: words::L_FEEDBACK, categories: &[Category::Feedback] },
    Lamp { id: "fault", label: words::L_FAULT, categories: &[Category::Fault, Category::Own, Category::Limit] },
    Lamp { id: "power", label: words::L_POWER, categories: &[Category::MainsFault, Category::BackupFault] },
    Lamp { id: LINK, label: words::L_LINK, categories: &[Category::LinkFault] },
    Lamp { id: DISABLED, label: words::L_DISABLED, categories: &[Category::Disabled, Category::Test] },
];

const LINK: &str = "link";
const DISABLED: &str = "disabled";

/// One lamp as it is now.
#[derive(Clone, Copy, Debug)]
pub struct Lit {
    /// Its word for programs.
    pub id: &'static str,
    /// Its symbol.
    pub symbol: &'static str,
    /// What people read.
    pub label: Phrase,
    /// Open and unacknowledged.
    pub count: Count,
    /// Devices that are wholly read, of how many; only for the lamp of links.
    pub links: Option<(usize, usize)>,
    /// Whether it is on.
    pub lit: bool,
    /// Some source cannot be read: the count is a lower bound.
    pub blind: bool,
}

/// Every lamp, in the panel's order.
pub fn lit(summary: &Summary) -> Vec<Lit> {
    let blind_devices = summary.blind_devices();
    let devices = summary.devices.len();
    let of = |lamp: &Lamp| {
        let mut count = summary.count(lamp.categories);
        if lamp.id == DISABLED {
            count.total += summary.isolations.len();
        }
        let links = (lamp.id == LINK).then(|| (devices - blind_devices, devices));
        let broken = links.is_some_and(|(up, of)| up < of);
        Lit {
            id: lamp.id,
            symbol: if broken { "link-broken" } else { lamp.id },
            label: lamp.label,
            count,
            links,
            lit: count.total > 0 || broken,
            blind: blind_devices > 0,
        }
    };
    LAMPS.iter().map(of).collect()
}

/// The symbol of a category: that of its lamp.
pub fn category_symbol(category: Category) -> &'static str {
    match category {
        Category::LinkFault => "link-broken",
        _ => LAMPS.iter().find(|lamp| lamp.categories.contains(&category)).map_or("fault", |lamp| lamp.id),
    }
}

/// The symbol of a state word.
pub fn word_symbol(word: Word) -> &'static str {
    match word {
        Word::Fire => "fire",
        Word::Discharge => "discharge",
        Word::Gas => "gas",
        Word::Emergency => "emergency",
        Word::Supervisory => "supervisory",
        Word::Prealarm => "prealarm",
        Word::LinkLost | Word::Unknown => "link-broken",
        Word::Fault => "fault",
        Word::Action => "start",
        Word::Disabled => "disabled",
        Word::Normal => "normal",
    }
}

/// What the banner says where there is nothing to point at; none where the state has a place or a part to name.
pub fn sentence(summary: &Summary) -> Option<Phrase> {
    let never = summary.devices.iter().any(|device| device.is_blind() && device.up.is_none());
    match summary.word {
        Word::LinkLost if summary.devices.is_empty() => Some(words::NO_DEVICES),
        Word::LinkLost | Word::Unknown if never => Some(words::NOT_READ_YET),
        Word::LinkLost => Some(words::DO_LINK_LOST),
        Word::Unknown => Some(words::DO_UNKNOWN),
        Word::Normal => Some(words::NOTHING_OPEN),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_lights_exactly_one_lamp() {
        for category in Category::ALL {
            let lit = LAMPS.iter().filter(|lamp| lamp.categories.contains(&category)).count();
            assert_eq!(lit, 1, "{category:?}");
        }
    }
}
