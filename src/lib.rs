//! Ticun (提存): a notarized escrow ledger for prepaid services.

pub mod cli;
pub mod domain;
pub mod http;
pub mod jobs;
pub mod ledger;
pub mod log;
pub mod store;
