//! Which profile a live unit may be: the identity registers of the installed profiles, read and compared.
//!
//! Takes: folders of profiles, a unit that answers.
//! Gives: the profiles whose identity it says.
//! Never: a guess: a profile that names no identity matches nothing.

use std::path::PathBuf;

use super::session::{Answer, Patience, Question, Session};
use crate::config::profile;
use crate::engine::profile::{Identity, Profile};

/// The identities that installed profiles know.
#[derive(Clone, Debug, Default)]
pub struct Identities(Vec<(String, Identity)>);

/// A profile that a unit matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Id of the profile.
    pub profile: String,
}

impl Identities {
    /// Of every profile in the folders; broken ones are `tocsin profile check`'s to tell.
    pub fn load(folders: &[PathBuf]) -> Identities {
        let profiles = profile::list(folders).into_iter().filter_map(|(_, folder)| profile::load(&folder).ok());
        Identities::of(profiles.map(|(profile, _)| profile))
    }

    /// Of these profiles.
    pub fn of(profiles: impl IntoIterator<Item = Profile>) -> Identities {
        let named = |profile: Profile| profile.link.identity.map(|identity| (profile.id, identity));
        Identities(profiles.into_iter().filter_map(named).collect())
    }

    /// Asks the unit for every identity there is, each place once.
    pub async fn of_unit(&self, session: &mut Session, unit: u8, patience: Patience) -> anyhow::Result<Vec<Match>> {
        let mut known: Vec<(Question, Option<Vec<u16>>)> = Vec::new();
        let mut matches = Vec::new();
        for (profile, identity) in &self.0 {
            let Some(question) = question(unit, identity) else { continue };
            if !known.iter().any(|(asked, _)| *asked == question) {
                let exchange = session.ask(question, patience).await.map_err(anyhow::Error::msg)?;
                let Some(exchange) = exchange else { break };
                let words = if let Answer::Data(words) = exchange.answer { Some(words) } else { None };
                known.push((question, words));
            }
            let said = known.iter().find(|(asked, _)| *asked == question).and_then(|(_, words)| words.as_ref());
            if said.is_some_and(|words| identity.accept.contains(words)) {
                matches.push(Match { profile: profile.clone() });
            }
        }
        Ok(matches)
    }
}

/// The read by which a unit says what it is.
pub fn question(unit: u8, identity: &Identity) -> Option<Question> {
    let longest = identity.accept.iter().map(Vec::len).max()?;
    let count = u16::try_from(longest).ok().filter(|count| (1..=identity.table.limit()).contains(count))?;
    Some(Question { unit, table: identity.table, start: identity.address, count })
}
