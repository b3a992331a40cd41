//! The measurements, each a part of a run.

pub mod batch;
pub mod growth;
pub mod hot;
pub mod single;
pub mod verifier;
