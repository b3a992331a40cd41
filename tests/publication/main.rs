//! Publishing a log: tiles and heads on disk, the steps to a signed head and what is left when the process dies between
//! them, databases that were set back, and several nodes.
#![cfg(test)]

mod alarms;
#[path = "../support/mod.rs"]
mod demo;
mod files;
mod foreign_witness;
mod heads;
mod keys;
mod kill;
mod nodes;
mod service;
mod set_back;
mod signed;
mod support;
mod witness;
mod witnessing;
