//! Cause and effect (联动): what must happen when, and whether it did.
//!
//! Takes: what is known of conditions, statuses and verdicts; what people release and withdraw.
//! Gives: decided facts, commands that pass the one gate, and an alarm for every feedback that is missing or unexpected.
//! Never: acts on the unknown, or by a way round the gate; loops: no linkage reads another.
