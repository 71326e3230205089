//! What is known now, shared between the engine's task and the edges.
//!
//! Takes: values from the buses, shown facts from the engine.
//! Gives: [`Board`] (every point's reading), [`Picture`] (the shown state), [`Vitals`] (the gateway's own health),
//! [`Acts`] (the one door through which people act), [`Records`], [`Search`] and [`History`] (the past), [`Retirement`] (what leaves it), usable by any edge at any
//! time; [`Meters`] and [`Measures`], what is counted beside the work; [`document`] and [`command_document`], the public form of what these hold; [`next_step`], what a person does next; [`Inquiries`], [`trouble_words`] and [`identity_words`], what whoever brings devices on line asks and reads;
//! [`tones`], what sounds how.
//! Never: decides anything, and never lets a slow reader hold up a writer.

mod acts;
mod board;
pub mod command_document;
pub mod document;
mod excerpt;
mod exchanges;
pub mod form_document;
pub mod identity_words;
mod inquiries;
pub mod linkage_document;
mod measures;
pub mod meters;
mod mqtt_counts;
pub mod next_step;
pub mod performance_document;
mod picture;
mod records;
pub mod report_period;
mod retirement;
mod search;
pub mod tones;
pub mod trouble_words;
mod troubles;
mod uses;
mod vitals;

pub use acts::{ActRequest, Acts, Stopping};
pub use board::{Board, Subscription, truth_of};
pub use excerpt::one_by_one;
pub use exchanges::{Ending, Exchanged};
pub use inquiries::{Inquiries, Inquiry};
pub use measures::{Family, Figure, Gather, Kind, Label, Measures};
pub use meters::Meters;
pub use mqtt_counts::{Counted, MqttCounts};
pub use picture::{Picture, Shown};
pub use records::{History, Records, Rollup, Sample, Segment, Span};
pub use retirement::{Checkpointed, NotBegun, Outlook, Progress, Retirement};
pub use search::{Excerpt, Found, Search, Sieve, Stretch, Things, Told, Where};
pub use troubles::{Asked, Trouble};
pub use uses::Use;
pub use vitals::{BusVitals, LinkState, Vitals};
