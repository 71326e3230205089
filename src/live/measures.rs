//! The gateway's figures at one moment, named and with units, for whoever watches gateways.
//!
//! Takes: figures under a name, each with its labels.
//! Gives: families: what is counted or measured, and every figure of it.
//! Never: a label whose values grow with the points of a site: buses, devices, classes and categories are few.

use std::sync::Arc;

use super::meters::Histogram;

/// Adds the figures of this moment. May block on the disk for a moment.
pub type Gather = Arc<dyn Fn(&mut Measures) + Send + Sync>;

/// A label and its value.
pub type Label<'a> = (&'static str, &'a str);

/// What kind of figure a family has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Rises, from 0 at the start.
    Counter,
    /// Rises and falls.
    Gauge,
    /// How many were at most so long.
    Histogram,
}

/// One figure. A histogram is several, told apart by `suffix` and the label `le`.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What follows the family's name.
    pub suffix: &'static str,
    /// Whose figure.
    pub labels: Vec<(&'static str, String)>,
    /// The figure in the base unit that the name ends with.
    pub value: f64,
}

/// All figures of one name.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// `tocsin_…`, ending with the unit, and `_total` where it counts.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub help: &'static str,
    /// What kind.
    pub kind: Kind,
    /// The figures.
    pub figures: Vec<Figure>,
}

/// Families in the order in which they were first named.
#[derive(Clone, Debug, Default)]
pub struct Measures {
    families: Vec<Family>,
}

impl Measures {
    /// Something that rises and falls.
    pub fn gauge(&mut self, name: &'static str, help: &'static str, labels: &[Label], value: f64) {
        self.figure((name, help, Kind::Gauge), "", owned(labels), value);
    }

    /// Something counted since the start.
    #[expect(clippy::cast_precision_loss, reason = "no counter here reaches 2^53")]
    pub fn counter(&mut self, name: &'static str, help: &'static str, labels: &[Label], value: u64) {
        self.figure((name, help, Kind::Counter), "", owned(labels), value as f64);
    }

    /// Time spent since the start.
    pub fn seconds(&mut self, name: &'static str, help: &'static str, labels: &[Label], seconds: f64) {
        self.figure((name, help, Kind::Counter), "", owned(labels), seconds);
    }

    /// How long something took.
    #[expect(clippy::cast_precision_loss, reason = "no counter here reaches 2^53")]
    pub fn histogram(&mut self, name: &'static str, help: &'static str, labels: &[Label], of: &Histogram) {
        let family = (name, help, Kind::Histogram);
        let mut below = 0;
        for (bound, count) in of.read() {
            below += count;
            let mut labels = owned(labels);
            labels.push(("le", bound.map_or("+Inf".to_owned(), |bound| bound.as_secs_f64().to_string())));
            self.figure(family, "_bucket", labels, below as f64);
        }
        self.figure(family, "_sum", owned(labels), of.sum().as_secs_f64());
        self.figure(family, "_count", owned(labels), below as f64);
    }

    fn figure(
        &mut self,
        (name, help, kind): (&'static str, &'static str, Kind),
        suffix: &'static str,
        labels: Vec<(&'static str, String)>,
        value: f64,
    ) {
        let figure = Figure { suffix, labels, value };
        match self.families.iter_mut().find(|family| family.name == name) {
            Some(family) => family.figures.push(figure),
            None => self.families.push(Family { name, help, kind, figures: vec![figure] }),
        }
    }

    /// Every family.
    pub fn families(&self) -> &[Family] {
        &self.families
    }
}

fn owned(labels: &[Label]) -> Vec<(&'static str, String)> {
    labels.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}
