//! A small simulated field for the machine of one bus: devices are lists of registers and a way to answer.

mod commands;
mod identity;
mod interviews;
mod lines;
mod memories;
mod plans;
mod provisos;
mod random;
mod reading;
mod refusing;
mod requests;
mod rig;
mod studying;
