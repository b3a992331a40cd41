//! Decisions that carry their decider's signature: keys over HTTP, what is signed, what is refused, the command that
//! signs without a service, and tools that are not ours.
#![cfg(test)]

mod decisions;
mod keys;
mod offline;
#[path = "../support/mod.rs"]
mod support;
