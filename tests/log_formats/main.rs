//! The log's formats: against other implementations, against the test data of others where that lies beside the
//! project, case by case, and under hostile input.
#![cfg(test)]

mod checkpoint;
mod cosignature;
mod hostile;
mod jcs;
mod keys;
mod note;
mod policy;
mod proof;
mod support;
mod tiles;
mod tiles_read;
mod tree;
mod tree_random;
mod witness;
