//! The wire and the task of a bus against devices that misbehave, and against servers that are not ours.
//!
//! One property holds in every test, whatever the other side does: a reply that is given as good holds exactly the
//! registers that were asked for, from an answer to this very request. The scripted devices make it visible: every
//! register's value is made from its address and from a number that rises with each request, so that any shift, mix-up
//! or late answer shows.

#[path = "wire/bus.rs"]
mod bus;
#[path = "wire/device.rs"]
mod device;
#[path = "wire/foreign.rs"]
mod foreign;
#[path = "wire/gateway.rs"]
mod gateway;
#[path = "wire/line.rs"]
mod line;
#[path = "wire/session.rs"]
mod session;
#[path = "wire/tcp.rs"]
mod tcp;
#[path = "wire/tunnel.rs"]
mod tunnel;
#[path = "wire/writes.rs"]
mod writes;
