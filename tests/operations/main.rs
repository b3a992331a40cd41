//! What keeps a service running, through the program itself: copies and how they come back, a server that fails over,
//! its certificates, and offices that are opened while it runs.
#![cfg(test)]

mod backup;
#[path = "../support/database.rs"]
mod database;
mod failover;
mod offices;
#[path = "../support/process.rs"]
mod process;
#[path = "../support/server.rs"]
mod server;
mod tls;
