//! A contract's evidence: what is in the file, who gets it, that it proves what it says to somebody without the
//! service, and that a change of any part of it is found.
#![cfg(test)]

mod contents;
mod files;
mod story;
#[path = "../support/mod.rs"]
mod support;
mod tampered;
mod times;
mod tools;
mod witness;
