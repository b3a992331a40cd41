//! One file per command, grouped by the object it is about.

pub mod deliveries;
