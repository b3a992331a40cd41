//! Contracts of every kind of plan, over HTTP: from the plan to the last fen, and every plan that contradicts itself.

#![cfg(test)]

#[path = "kinds/lives.rs"]
mod lives;
#[path = "kinds/plans.rs"]
mod plans;
mod support;
