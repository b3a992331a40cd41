//! The database fails under the writer, and comes back: nothing acknowledged is lost, nothing is done twice, and what
//! passes quickly is not noticed.

#![cfg(test)]

mod alone;
mod connection;
#[path = "../support/database.rs"]
mod database;
mod disk;
mod duty;
mod lost;
mod momentary;
mod office;
mod proxy;
#[path = "../ledger_money/seed.rs"]
#[allow(dead_code, reason = "other tests use the other parts of it")]
mod seed;
mod timers;
