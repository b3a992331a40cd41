//! Disputes through HTTP: what is frozen, who may do what, and where the money ends. After each story the books are
//! checked against the log, and the log against the rules.

#![cfg(test)]

mod ended;
mod evidence;
mod opened;
mod paths;
mod story;
#[path = "../support/mod.rs"]
mod support;
