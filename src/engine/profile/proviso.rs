//! What must be known besides a point's own registers before they mean something.
//!
//! Takes: nothing; `config` fills these structs and checks them.
//! Gives: [`Proviso`]: which other point decides about this one, and how its own readings prove that they live.
//! Never: a chain. A point that decides about another is not decided about itself.

use std::time::Duration;

use crate::engine::base::Value;

/// What must be known before a point's registers mean something.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proviso {
    /// The point exists only while another one says so: a slot whose kind of sensor is chosen by a register.
    pub only_if: Option<OnlyIf>,
    /// Its scale or unit is another point's to say.
    pub scale_by: Option<ScaleBy>,
    /// Values outside are unknown, in the unit, after `scale_by`; in its place [`super::Encoding::valid`] is empty then.
    pub valid: Option<(f64, f64)>,
    /// What is read within this time after the first answer is not believed.
    pub settle: Duration,
    /// The device changes it at least this often; when it stands still, so does the device's own processor.
    pub toggles_within: Option<Duration>,
    /// It says how fast the counter in these registers grows, and not what the counter says.
    pub rate: Option<Rate>,
}

/// How fast a counter grows.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// Per so much time: an hour for m³/h.
    pub per: Duration,
    /// Over the last so much time; it is not known before.
    pub over: Duration,
    /// Times this: 3 for "three times the usual".
    pub times: f64,
}

/// A point of the same device that decides about another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selector {
    /// Its index.
    pub slot: u32,
    /// Whether that counts in the device's single points; else in the same list of points. In a site it counts in the
    /// site's points, and this is set.
    pub single: bool,
}

/// A point exists only while another says one of these.
#[derive(Clone, Debug, PartialEq)]
pub struct OnlyIf {
    /// Which decides.
    pub point: Selector,
    /// Bits, or states.
    pub is: Vec<Value>,
}

/// A number is multiplied by what another point says.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaleBy {
    /// Which decides.
    pub point: Selector,
    /// How.
    pub by: Factor,
}

/// How another point's value becomes a factor.
#[derive(Clone, Debug, PartialEq)]
pub enum Factor {
    /// Times it: a transformer's ratio.
    Value,
    /// Divided by it.
    Divisor,
    /// Times ten to its power: an exponent, whole, -30 to 30.
    Power,
    /// Times the greatest power of ten that is not above it: 100 for 250.
    Magnitude,
    /// For a state (by index): times the first number, plus the second. A state that is not here gives no value.
    States(Vec<(u16, f64, f64)>),
}

impl Proviso {
    /// Whether it says anything.
    pub fn is_empty(&self) -> bool {
        *self == Proviso::default()
    }

    /// The points that decide.
    pub fn selectors(&self) -> impl Iterator<Item = Selector> {
        let only_if = self.only_if.as_ref().map(|only_if| only_if.point);
        only_if.into_iter().chain(self.scale_by.as_ref().map(|scale_by| scale_by.point))
    }

    /// The same with every selector renamed: how a profile's proviso becomes a site's.
    pub fn with_selectors(&self, rename: impl Fn(Selector) -> Selector) -> Proviso {
        let mut renamed = self.clone();
        if let Some(only_if) = &mut renamed.only_if {
            only_if.point = rename(only_if.point);
        }
        if let Some(scale_by) = &mut renamed.scale_by {
            scale_by.point = rename(scale_by.point);
        }
        renamed
    }
}
