//! The log's bytes: chain links and canonical form. Pure, and without knowledge of what the entries mean.

pub mod canonical;
pub mod chain;
pub mod key;
