//! Every decoder of bytes from outside, fed with what nobody should send: no panic, bounded time, bounded memory.
//!
//! The inputs are mutations of real ones: shipped files, golden frames. `FUZZ_CASES=n` says how many for each target (a few
//! by default, so that the whole takes seconds), `FUZZ_SEED=n` which; `make fuzz` runs long with another seed each time.
//! An input that fails is made as small as possible and kept in `tests/fuzz/corpus/<target>/`, where every later run begins.

#[path = "fuzz/facts.rs"]
mod facts;
#[path = "fuzz/frames.rs"]
mod frames;
#[path = "fuzz/harness.rs"]
mod harness;
#[path = "fuzz/mutation.rs"]
mod mutation;
#[path = "fuzz/panels.rs"]
mod panels;
#[path = "fuzz/rules.rs"]
mod rules;
#[path = "fuzz/texts.rs"]
mod texts;
#[path = "fuzz/wires.rs"]
mod wires;
