//! What several test binaries share: a small site built in code, and golden files.
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod golden;
pub mod story;
