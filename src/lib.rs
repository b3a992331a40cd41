//! Ticun (提存): a notarized escrow ledger for prepaid services.

pub mod domain;
pub mod http;
pub mod ledger;
pub mod log;
pub mod store;
