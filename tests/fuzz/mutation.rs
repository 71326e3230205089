//! What becomes of a real input on its way: bits flip, pieces go, come twice, come from elsewhere.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// Inputs are cut to this; what comes from outside is bounded long before.
const LONGEST: usize = 64 * 1024;

/// How an input is made; small recipes are simple ones, so that a failure shrinks well.
#[derive(Clone, Debug)]
pub struct Recipe {
    base: Option<Index>,
    steps: Vec<Step>,
    noise: Vec<u8>,
}

/// One change.
#[derive(Clone, Debug)]
enum Step {
    /// A bit is another.
    Flip(Index, u8),
    /// A byte is another.
    Set(Index, u8),
    /// Bytes are missing.
    Cut(Index, u16),
    /// Nothing comes after this.
    End(Index),
    /// A piece comes again, so often.
    Again(Index, u8, u8),
    /// A word that means something stands there, so often.
    Word(Index, Index, u8),
    /// A piece of another real input stands there.
    Splice(Index, Index, Index, u16),
    /// Two bytes are a number of the ends of its range.
    Edge(Index, Index),
}

/// Numbers at which lengths and counts turn wrong.
const EDGES: [[u8; 2]; 8] = [[0, 0], [0xFF, 0xFF], [0x7F, 0xFF], [0x80, 0], [0, 1], [1, 0], [0xFE, 0xFF], [0, 0xFF]];

/// Every recipe over so many seeds.
pub fn recipe(seeds: usize) -> impl Strategy<Value = Recipe> {
    let index = any::<Index>;
    let step = prop_oneof![
        4 => (index(), 0..8u8).prop_map(|(at, bit)| Step::Flip(at, bit)),
        3 => (index(), any::<u8>()).prop_map(|(at, byte)| Step::Set(at, byte)),
        2 => (index(), 1..200u16).prop_map(|(at, many)| Step::Cut(at, many)),
        1 => index().prop_map(Step::End),
        1 => (index(), any::<u8>(), 1..40u8).prop_map(|(at, length, times)| Step::Again(at, length, times)),
        4 => (index(), index(), 1..3u8).prop_map(|(at, word, times)| Step::Word(at, word, times)),
        1 => (index(), index(), Just(200u8)).prop_map(|(at, word, times)| Step::Word(at, word, times)),
        2 => (index(), index(), index(), 1..400u16).prop_map(|(at, other, from, many)| Step::Splice(at, other, from, many)),
        2 => (index(), index()).prop_map(|(at, edge)| Step::Edge(at, edge)),
    ];
    let base = prop_oneof![15 => index().prop_map(Some), 1 => Just(None)];
    assert!(seeds > 0, "without seeds there is nothing to change");
    (base, vec(step, 0..7), vec(any::<u8>(), 0..64)).prop_map(|(base, steps, noise)| Recipe { base, steps, noise })
}

impl Recipe {
    /// The input.
    pub fn cook(&self, seeds: &[Vec<u8>], words: &[&str]) -> Vec<u8> {
        let mut bytes = self.base.as_ref().map_or_else(|| self.noise.clone(), |base| base.get(seeds).clone());
        for step in &self.steps {
            change(&mut bytes, step, seeds, words);
            bytes.truncate(LONGEST);
        }
        bytes
    }
}

fn change(bytes: &mut Vec<u8>, step: &Step, seeds: &[Vec<u8>], words: &[&str]) {
    let place = |at: &Index, length: usize| at.index(length + 1);
    let length = bytes.len();
    match step {
        Step::Flip(at, bit) => {
            if let Some(byte) = bytes.get_mut(place(at, length)) {
                *byte ^= 1 << bit;
            }
        }
        Step::Set(at, new) => {
            if let Some(byte) = bytes.get_mut(place(at, length)) {
                *byte = *new;
            }
        }
        Step::Cut(at, many) => {
            let from = place(at, length);
            bytes.drain(from..(from + usize::from(*many)).min(length));
        }
        Step::End(at) => bytes.truncate(place(at, length)),
        Step::Again(at, many, times) => {
            let from = place(at, length);
            let piece = bytes[from..(from + usize::from(*many)).min(length)].repeat(usize::from(*times));
            bytes.splice(from..from, piece);
        }
        Step::Word(at, word, times) => {
            if !words.is_empty() {
                let from = place(at, length);
                let word = word.get(words).as_bytes().repeat(usize::from(*times));
                bytes.splice(from..from, word);
            }
        }
        Step::Splice(at, other, from, many) => {
            let other = other.get(seeds);
            let from = from.index(other.len() + 1);
            let piece = &other[from..(from + usize::from(*many)).min(other.len())];
            let at = place(at, length);
            bytes.splice(at..at, piece.iter().copied());
        }
        Step::Edge(at, edge) => {
            let at = place(at, length);
            if let Some(two) = bytes.get_mut(at..at + 2) {
                let number: &[u8; 2] = edge.get(&EDGES[..]);
                two.copy_from_slice(number);
            }
        }
    }
}
