//! Which samples go next: the newest first, and what an outage left behind.
//!
//! Takes: how far the store and the server are.
//! Gives: how far the server has everything, and the gap that is still to be filled.
//! Never: a sample outside both: each is sent, in the gap, or ahead.

/// How far the server has what the store has: all before `filled`, and all from `resumed` to `live`. Between `filled`
/// and `resumed` lies the gap of an outage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Everything before it is at the server.
    pub filled: u64,
    /// Where the newest samples were taken up again after an outage; not beyond `filled` while nothing is missing.
    pub resumed: u64,
    /// Everything from `resumed` to here is at the server.
    pub live: u64,
}

impl Sent {
    /// Whether samples are still to be filled in.
    pub fn has_gap(self) -> bool {
        self.filled < self.resumed
    }

    /// The newest samples up to `live` are at the server.
    pub fn live_to(self, live: u64) -> Sent {
        Sent { live, ..self }.settled()
    }

    /// The gap is filled up to `filled`.
    pub fn filled_to(self, filled: u64) -> Sent {
        Sent { filled, ..self }.settled()
    }

    /// The newest samples are taken up at `end`; what lies before it becomes the gap. Where there is one already, both
    /// become one, and what was sent between them goes again, which overwrites it with itself.
    pub fn resumed_at(self, end: u64) -> Sent {
        Sent { resumed: end, live: end, ..self }.settled()
    }

    /// With every position where it belongs: all at the same place without a gap, so that the store keeps nothing for
    /// a position that means nothing. Also reads what an earlier release kept, which knew `filled` alone.
    pub fn settled(self) -> Sent {
        if self.has_gap() {
            Sent { live: self.live.max(self.resumed), ..self }
        } else {
            let live = self.live.max(self.filled);
            Sent { filled: live, resumed: live, live }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(cursor: u64) -> Sent {
        Sent { filled: cursor, resumed: cursor, live: cursor }
    }

    #[test]
    fn a_gap_opens_fills_and_closes() {
        let away = at(100).resumed_at(500);
        assert_eq!(away, Sent { filled: 100, resumed: 500, live: 500 });
        let filling = away.live_to(510).filled_to(300);
        assert_eq!(filling, Sent { filled: 300, resumed: 500, live: 510 });
        assert_eq!(filling.filled_to(500), at(510));
        assert_eq!(filling.filled_to(505), at(510), "a commit that spans the end of the gap");
        assert_eq!(filling.resumed_at(900), Sent { filled: 300, resumed: 900, live: 900 });
        let earlier_release = Sent { filled: 42, resumed: 0, live: 0 };
        assert_eq!(earlier_release.settled(), at(42));
    }

    proptest! {
        /// Whatever comes, a sample that was not sent is in the gap or ahead.
        #[test]
        fn no_sample_is_ever_passed_over(steps in prop::collection::vec((0u8..4, 1u64..50), 1..200)) {
            let (mut end, mut there, mut sent) = (0u64, std::collections::BTreeSet::new(), at(0));
            for (step, count) in steps {
                match step {
                    0 => end += count,
                    1 => sent = sent.resumed_at(end),
                    2 => {
                        let next = (sent.live + count).min(end);
                        there.extend(sent.live..next);
                        sent = sent.live_to(next);
                    }
                    _ if sent.has_gap() => {
                        let next = (sent.filled + count).min(sent.resumed);
                        there.extend(sent.filled..next);
                        sent = sent.filled_to(next);
                    }
                    _ => {}
                }
                prop_assert!(sent.live <= end);
                for sample in (0..sent.filled).chain(sent.resumed..sent.live) {
                    prop_assert!(there.contains(&sample), "{} of {:?} was never sent", sample, sent);
                }
            }
        }
    }
}
