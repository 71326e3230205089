//! The words every other part of the engine shares. A closed list.
//!
//! Takes: nothing.
//! Gives: ids, time, texts, values, categories, actors.
//! Never: imports anything above it.

mod actor;
mod category;
mod date;
mod id;
mod system_words;
mod text;
mod time;
mod value;
mod verdict;
mod zone;

pub use actor::{Actor, Role};
pub use category::{Category, Rules, Tone};
pub use date::Date;
pub use id::{BusId, DeviceId, EventId, PointId, SiteId, is_segment};
pub use system_words::in_chinese;
pub use text::{Language, Text};
pub use time::{Deadline, Mono, Now, Wall};
pub use value::{Reading, Reason, Truth, Value};
pub use verdict::Verdict;
pub use zone::Zone;
