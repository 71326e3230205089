//! An incident decided anew: what the engine was told then is told an engine with a given configuration.
//!
//! Takes: a state directory with its journal and its trace, also of a gateway that runs; a site.
//! Gives: what is decided now, and whether that is what the journal holds, fact by fact.
//! Never: a step of its own: whatever comes of it is the engine's. Where inputs are missing nothing is compared.
//!
//! Each start of the gateway begins with what the journal held there, so that what another configuration would have
//! decided in one life does not outlive it.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use super::journal_compared::{Compared, Said};
use super::journal_player::{Player, line};
use crate::edge::journal::{self, Told};
use crate::edge::trace::{Piece, pieces};
use crate::engine::alarm::{Fact, FactKind, State};
use crate::engine::base::{Text, Wall};
use crate::engine::site::Site;
use crate::engine::trace::{Entry, Labels, Retrace, Twins};
use crate::live::document::timestamp;

/// Decides what lies in the player's stretch; nothing where no trace covers it, which `err` is told.
///
/// # Errors
/// The journal or the trace cannot be read, or was written by another release.
pub(super) fn decide(
    state_dir: &Path,
    site: Arc<Site>,
    player: &mut Player<'_, impl Write>,
    err: &mut impl Write,
) -> Result<Option<Compared>> {
    let found = pieces(state_dir)?.collect::<Result<Vec<Piece>, _>>()?;
    let base = journal::base(state_dir)?.last.seq;
    // What was archived since cannot be begun with.
    let found: Vec<Piece> = found.into_iter().filter(|piece| after(piece) >= base).collect();
    let Some(found) = covering(&found, player.from, player.to)? else {
        tell(
            err,
            &Text::new(
                "没有覆盖这段时间的输入记录，改为显示当时的判定",
                "No trace of inputs covers this time; what was decided then is shown as it stands",
            ),
        )?;
        return Ok(None);
    };
    let mut again = Again::new(state_dir, site, after(&found[0]), player)?;
    again.introduce(&found[0], err)?;
    for (number, piece) in found.iter().enumerate() {
        again.begin(piece)?;
        let mut last = piece.first.at().wall;
        for entry in piece.entries() {
            let entry = entry?;
            if again.player.to.is_some_and(|to| entry.at().wall >= to) {
                again.over = true;
                break;
            }
            last = entry.at().wall;
            again.tell(entry)?;
        }
        again.close(found.get(number + 1), last);
        if again.over {
            break;
        }
    }
    again.compared.left_out = again.retrace.as_ref().map(Retrace::left_out).unwrap_or_default();
    Ok(Some(again.compared))
}

/// One line for people, in both languages.
pub(super) fn tell(err: &mut impl Write, text: &Text) -> std::io::Result<()> {
    writeln!(err, "{} / {}", text.zh, text.en)
}

fn after(piece: &Piece) -> u64 {
    piece.first.begins_after().unwrap_or_default()
}

/// The segments that are needed for a stretch; nothing where they hold nothing of it.
fn covering(found: &[Piece], from: Option<Wall>, to: Option<Wall>) -> Result<Option<&[Piece]>> {
    let Some((first, last)) = found.first().zip(found.last()) else { return Ok(None) };
    if to.is_some_and(|to| first.first.at().wall >= to) {
        return Ok(None);
    }
    let Some(from) = from else { return Ok(Some(found)) };
    let mut reaches = last.first.at().wall;
    for entry in last.entries() {
        reaches = reaches.max(entry?.at().wall);
    }
    let begin = found.iter().rposition(|piece| piece.first.at().wall <= from).unwrap_or_default();
    Ok((reaches >= from).then(|| &found[begin..]))
}

/// The journal from some fact on.
struct Again<'a, 'out, W: Write> {
    site: Arc<Site>,
    player: &'a mut Player<'out, W>,
    /// The state of the journal where the present segment begins.
    state: State,
    /// The facts of the journal after that.
    recorded: std::collections::VecDeque<Fact>,
    retrace: Option<Retrace>,
    /// Hash of the configuration that ran.
    ran: String,
    /// What ids stand for, where another configuration decides.
    labels: Option<(Labels, Labels)>,
    compared: Compared,
    over: bool,
}

impl<'a, 'out, W: Write> Again<'a, 'out, W> {
    fn new(
        state_dir: &Path,
        site: Arc<Site>,
        after: u64,
        player: &'a mut Player<'out, W>,
    ) -> Result<Again<'a, 'out, W>> {
        let (mut state, mut begins) = (State::default(), 0);
        let mut recorded = std::collections::VecDeque::new();
        journal::read_through(state_dir, |told| {
            match told {
                Told::Kept(..) => {}
                Told::Begins(base) => (begins, state) = (base.last.seq, *base),
                Told::Fact(fact, _) if fact.id.seq > after => recorded.push_back(fact.clone()),
                Told::Fact(fact, _) => state.apply(fact),
            }
            Ok(())
        })?;
        if begins > after {
            bail!("records were retired while the journal was read; ask again");
        }
        let (ran, compared) = (String::new(), Compared::default());
        Ok(Again { site, player, state, recorded, retrace: None, ran, labels: None, compared, over: false })
    }

    /// Says what decides, and from where on.
    fn introduce(&mut self, piece: &Piece, err: &mut impl Write) -> std::io::Result<()> {
        let at = timestamp(piece.first.at().wall, &self.player.zone);
        let (ran, given) = (piece.header.config.clone(), self.site.hash.clone());
        if ran == given {
            let (zh, en) = (
                format!("按当时的配置 {given} 从 {at} 起重新判定"),
                format!("Deciding anew from {at} with the configuration that ran, {given}"),
            );
            tell(err, &Text::new(&zh, &en))?;
        } else {
            let zh = format!("从 {at} 起重新判定；当时的配置为 {ran}，现用另一配置 {given}");
            let en =
                format!("Deciding anew from {at}; the configuration that ran was {ran}, this is another one, {given}");
            tell(err, &Text::new(&zh, &en))?;
            let new = self.new_conditions(piece);
            if new > 0 {
                let zh = format!("其中 {new} 个条件当时没有：对其一无所知");
                let en = format!("{new} of its conditions did not exist then: nothing is known of them");
                tell(err, &Text::new(&zh, &en))?;
            }
        }
        if self.player.from.is_some_and(|from| from < piece.first.at().wall) {
            tell(err, &Text::new("更早的输入已不在记录中", "The trace does not reach further back"))?;
        }
        Ok(())
    }

    fn new_conditions(&self, piece: &Piece) -> usize {
        let known: std::collections::BTreeSet<_> = piece.header.names.rules.iter().collect();
        self.site.rules.iter().filter(|rule| !known.contains(&rule.condition)).count()
    }

    /// Begins a segment: goes on with the engine, where it is the same one.
    fn begin(&mut self, piece: &Piece) -> Result<()> {
        let missed = match &piece.first {
            Entry::Resumed { missed, .. } => Some(*missed),
            _ => None,
        };
        if missed == Some(0) && self.goes_on(piece) {
            return Ok(());
        }
        self.compared.missed += missed.unwrap_or_default();
        self.ran.clone_from(&piece.header.config);
        self.player.state.clone_from(&self.state);
        let mut retrace = if self.ran == self.site.hash {
            self.labels = None;
            Retrace::same(Arc::clone(&self.site))
        } else {
            let mut recorded = Labels::new(after(piece));
            self.recorded.iter().for_each(|fact| recorded.note(fact));
            let retrace = Retrace::other(Arc::clone(&self.site), &piece.header.names, Twins::new(recorded.clone()));
            self.labels = Some((recorded, Labels::new(after(piece))));
            self.compared.ran.get_or_insert_with(|| piece.header.config.clone());
            retrace
        };
        let facts = retrace.begin(piece.first.clone(), self.state.clone());
        let facts = facts.with_context(|| piece.path.display().to_string())?;
        self.retrace = Some(retrace);
        // What a restart in the middle would have decided stands against nothing.
        Ok(self.decided(&facts, missed.is_none())?)
    }

    fn goes_on(&self, piece: &Piece) -> bool {
        let stands = self.retrace.as_ref().and_then(Retrace::state).map(|state| state.last.seq);
        let same = self.labels.is_some() || stands == Some(after(piece));
        stands.is_some() && same && self.ran == piece.header.config
    }

    fn tell(&mut self, entry: Entry) -> std::io::Result<()> {
        let Some(retrace) = &mut self.retrace else { return Ok(()) };
        let facts = retrace.tell(entry);
        self.decided(&facts, true)
    }

    fn decided(&mut self, facts: &[Fact], compare: bool) -> std::io::Result<()> {
        for fact in facts {
            self.player.fact(fact)?;
            if let Some((_, decided)) = &mut self.labels {
                decided.note(fact);
            }
            if compare && self.counts(fact) {
                let plain = self.labels.as_ref().map(|(_, decided)| decided.plain(fact));
                let said = self.said(fact, plain, &self.player.state);
                self.compared.now.push(said);
            }
        }
        Ok(())
    }

    /// Whether a fact lies in the stretch and can be compared.
    fn counts(&self, fact: &Fact) -> bool {
        let within =
            self.player.from.is_none_or(|from| fact.at >= from) && self.player.to.is_none_or(|to| fact.at < to);
        within && !(self.labels.is_some() && matches!(fact.kind, FactKind::Configured { .. }))
    }

    fn said(&self, fact: &Fact, plain: Option<String>, state: &State) -> Said {
        let key = plain.map_or_else(|| fact.to_bytes(), String::into_bytes);
        Said { seq: fact.id.seq, key, line: line(fact, state, &self.player.zone) }
    }

    /// A segment is over: what the journal holds of its time stands against what was decided.
    fn close(&mut self, next: Option<&Piece>, last: Wall) {
        let upto = next.map_or(u64::MAX, after);
        let covered = self.recorded.iter().take_while(|fact| fact.id.seq <= upto);
        let covered = covered.filter(|fact| fact.at <= last).last().map_or(0, |fact| fact.id.seq);
        let decided = self.retrace.as_ref().and_then(Retrace::state).map_or(0, |state| state.last.seq);
        let covered = if self.labels.is_none() { covered.max(decided) } else { covered };
        let mut written = self.state.last.seq;
        while let Some(fact) = self.recorded.pop_front_if(|fact| fact.id.seq <= upto) {
            self.state.apply(&fact);
            written = fact.id.seq;
            if fact.id.seq <= covered && self.counts(&fact) {
                let plain = self.labels.as_ref().map(|(recorded, _)| recorded.plain(&fact));
                let said = self.said(&fact, plain, &self.state);
                self.compared.then.push(said);
            } else if fact.id.seq > covered && !self.over {
                self.compared.uncovered += 1;
            }
        }
        // Decided and lost with the process, or on their way to the disk while the journal was read.
        let ends = next.is_none_or(|next| matches!(next.first, Entry::Started { .. }));
        if ends && self.labels.is_none() {
            while self.compared.now.pop_if(|said| said.seq > written).is_some() {
                self.compared.lost += 1;
            }
        }
    }
}
