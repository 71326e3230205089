//! Values to trends.
//!
//! Takes: every value that a bus posts.
//! Gives: a sample of each that has a number.
//! Never: a number for an unknown value, or a wait.

use std::sync::Arc;

use super::field::Trend;
use crate::edge::trends::{Sample, Trends};
use crate::engine::base::Value;
use crate::engine::site::Site;

/// Makes a sample of every value that is posted.
pub(super) fn sampler(site: Arc<Site>, trends: Trends) -> Trend {
    let classes: Vec<Arc<str>> = site.devices.iter().map(|device| device.profile.class.as_str().into()).collect();
    Arc::new(move |point, reading| {
        let Some(held) = site.points.get(point as usize) else { return };
        let value = match reading.good() {
            Some(Value::Number(number)) => Some(*number),
            Some(Value::Bit(set)) => Some(f64::from(u8::from(*set))),
            // The code on the wire, not our index: it is what the device's manual says.
            Some(Value::State(state)) => held
                .encoding
                .states
                .as_ref()
                .and_then(|states| states.get(usize::from(*state)))
                .map(|state| f64::from(state.code)),
            Some(Value::Text(_)) => return,
            None => None,
        };
        let quality = match reading.known {
            Ok(_) => 0,
            Err(reason) => reason.code(),
        };
        let Some(class) = classes.get(held.device as usize).cloned() else { return };
        trends.record(Sample { point: held.id.clone(), class, at: reading.at.wall, value, quality });
    })
}
