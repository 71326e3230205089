//! What the journal says of duty: handling records, rounds, who came and went.
//!
//! Takes: duty facts.
//! Gives: one line each.
//! Never: an id where a name is still known.

use maud::{Markup, html};

use super::View;
use super::journal_rows::{headed_line, named};
use crate::edge::web::words::duty;
use crate::engine::alarm::{DutyFact, State};
use crate::engine::base::EventId;

/// What it is about.
pub fn about(view: &View, state: &State, fact: &DutyFact) -> Markup {
    let round = |id: &EventId| {
        let mut rounds = state.duty.plans.values().filter_map(|held| held.round.as_ref());
        match rounds.find(|round| round.id == *id) {
            Some(round) => headed_line(view, &round.due.name, &round.due.place),
            None => html! { (id) },
        }
    };
    match fact {
        DutyFact::Noted { of, text } => html! { (named(view, state, *of)) " · " bdi { (text) } },
        DutyFact::Handled { occurrences, cause, measure, result } => html! {
            @for occurrence in occurrences.iter().take(3) { (named(view, state, *occurrence)) " · " }
            @if occurrences.len() > 3 { "+" (occurrences.len() - 3) " · " }
            bdi { (cause) } " · " bdi { (measure) } @if let Some(result) = result { " · " bdi { (result) } }
        },
        DutyFact::Standing { occurrence, .. } => named(view, state, *occurrence),
        DutyFact::PlanTakenUp { name, .. } => html! { (name.get(view.language())) },
        DutyFact::PlanDropped { plan, .. } => html! { code { (plan) } },
        DutyFact::RoundDue(due) => html! { (headed_line(view, &due.name, &due.place)) },
        DutyFact::RoundOverdue { round: id } | DutyFact::RoundMissed { round: id } => html! { (round(id)) },
        DutyFact::RoundRecorded(record) => html! {
            (headed_line(view, &record.name, &record.place))
            @for result in record.results.iter().filter(|result| !result.ok) {
                " · " (result.item.name.get(view.language())) ": " bdi { (result.words.as_deref().unwrap_or_default()) }
            }
        },
        DutyFact::SignedIn {} | DutyFact::SignedOut {} => html! {},
        DutyFact::ShiftShort { needs, came, .. } => html! { (came.len()) " · " (view.fill(duty::NEEDS, needs)) },
    }
}
