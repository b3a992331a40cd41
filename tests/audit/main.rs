//! The offline verifier and the export, through the program itself: a good log passes, and everything that an operator
//! could do to a log is caught and named.
#![cfg(test)]
#![expect(clippy::as_conversions, reason = "the positions of a small log fit into every integer")]

#[path = "../support/database.rs"]
mod database;
mod export;
mod keys;
mod log;
mod memory;
mod period;
mod receipts;
mod replayed;
mod restore;
mod rules;
mod run;
mod served;
mod signed;
mod speed;
mod story;
mod successor;
mod tampered;
mod views;
