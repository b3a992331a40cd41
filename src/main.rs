//! The `ticun` binary.

fn main() {}
