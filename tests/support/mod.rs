//! What several test binaries share: a small site built in code, buses in simulated time, the words of transcripts, and
//! golden files.
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod acts;
pub mod console;
pub mod equipment;
pub mod field;
pub mod golden;
pub mod linkages;
pub mod log;
pub mod records;
pub mod story;
pub mod whole;
