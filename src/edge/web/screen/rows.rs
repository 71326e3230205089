//! The alarms of a screen, each worded once.
//!
//! Takes: the shown state.
//! Gives: the JSON of open alarms; which differ, and which are gone.
//! Never: words an alarm anew that did not change.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::edge::web::Web;
use crate::edge::web::lamps::category_symbol;
use crate::edge::web::summary::counted_as;
use crate::edge::web::window::Window;
use crate::edge::web::wording::{both, state_of, tags};
use crate::edge::web::words;
use crate::engine::alarm::{Occurrence, State};
use crate::engine::base::EventId;

/// Open alarms as they were told last.
#[derive(Default)]
pub struct Rows {
    told: BTreeMap<EventId, (Occurrence, String)>,
}

impl Rows {
    /// Takes over what is open now; gives the JSON of what differs, in the order of arrival, and the ids that are gone.
    pub fn follow(&mut self, web: &Web, state: &State) -> (Vec<String>, Vec<EventId>) {
        let mut changed = Vec::new();
        for (id, occurrence) in state.occurrences.iter().filter(|(_, occurrence)| occurrence.is_open()) {
            if self.told.get(id).is_none_or(|(told, _)| told != occurrence) {
                let json = web.screen_row(occurrence).to_string();
                changed.push(json.clone());
                self.told.insert(*id, (occurrence.clone(), json));
            }
        }
        let is_open = |id: &EventId| state.occurrences.get(id).is_some_and(Occurrence::is_open);
        let gone: Vec<EventId> = self.told.keys().copied().filter(|id| !is_open(id)).collect();
        for id in &gone {
            self.told.remove(id);
        }
        (changed, gone)
    }

    /// Every open alarm, in the order of arrival.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.told.values().map(|(_, json)| json.as_str())
    }
}

impl Web {
    /// An alarm as a console shows it: the document of `GET alarms`, and how it is put in words.
    fn screen_row(&self, occurrence: &Occurrence) -> Value {
        let site = &self.services.site;
        let raise = &occurrence.raise;
        let (state, mark, word) = state_of(occurrence);
        // Over, and nobody acknowledged it: a row that no longer flashes as new.
        let state = if mark == "mark-over" { "over" } else { state };
        let category = counted_as(occurrence);
        let window = Window::ALL.into_iter().find(|window| window.categories().contains(&category));
        let tags: Vec<Value> =
            tags(occurrence).into_iter().map(|tag| json!({ "key": tag.key, "text": tag.text })).collect();
        let mut row = self.row_document(occurrence);
        row["shown"] = json!({
            "state": state, "state_text": word.text(),
            "category_text": raise.condition.category.text(), "symbol": category_symbol(raise.condition.category),
            "head": both(site, |say| say.row(raise).0), "left": both(site, |say| say.row(raise).1),
            "rest": both(site, |say| say.rest(&raise.place)),
            "source_text": words::source(occurrence.source).text(),
            "verdict_text": words::verdict(occurrence.verdict).text(),
            "tags": tags, "counted_as": category, "window": window.map(Window::as_str),
        });
        row
    }
}
