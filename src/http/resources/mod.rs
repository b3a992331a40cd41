//! One file per resource: its requests, its handlers and its wire form.

pub mod deliveries;
