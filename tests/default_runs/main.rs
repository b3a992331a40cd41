//! A merchant absconds, or leaves in order: one order gives every consumer back what is unspent, once, whatever else
//! happens at the same time and whoever dies.
#![cfg(test)]

mod ends;
mod figures;
mod many;
mod money;
mod proposed;
mod races;
mod seed;
#[path = "../support/mod.rs"]
mod support;
mod verified;

use serde_json::Value;
use support::World;
pub use support::books::holds;
use support::side::id;

/// The address of an object.
pub fn at(folder: &str, object: &Value) -> String {
    format!("/v1/{folder}/{}", id(object))
}

/// The balance of a class in the trial balance.
pub async fn class(world: &World, name: &str) -> String {
    let balance = world.get("notary1", "/v1/books/trial-balance").await;
    let classes = balance["classes"].as_array().expect("classes");
    let found = classes.iter().find(|class| class["class"] == name).unwrap_or_else(|| panic!("no {name}"));
    support::text(found, "balance")
}
