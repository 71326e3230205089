//! The commissioning engineer's tools as a person runs them: `tocsin probe` and `tocsin profile new|try`, the real binary
//! against pymodbus, `tocsin simulate` and scripted devices on loopback.

#[path = "tools/device.rs"]
mod device;
#[path = "tools/new.rs"]
mod new;
#[path = "tools/probe.rs"]
mod probe;
#[path = "tools/program.rs"]
mod program;
#[path = "tools/trial.rs"]
mod trial;
