//! What a site says of one device otherwise than its profile and its class.
//!
//! Takes: nothing; `config` fills these structs and checks them.
//! Gives: [`Overrides`].
//! Never: fire, discharge or gas taken away, delayed or made something else.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::engine::base::Category;

/// What a site says otherwise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// The class it is, in place of its profile's.
    pub class: Option<String>,
    /// Numbers, by the setting's word; times in seconds.
    pub settings: BTreeMap<String, f64>,
    /// Its own alarms, by their keys.
    pub alarms: BTreeMap<String, AlarmOverride>,
}

/// What a site says of one alarm otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AlarmOverride {
    /// The site does not want it.
    pub off: bool,
    /// How long it must hold.
    pub delay: Option<Duration>,
    /// What it is.
    pub category: Option<Category>,
}
