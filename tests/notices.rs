//! Who must be told what by when: each kind of notice for those it concerns and for nobody else, and the warnings about
//! money that nobody claims.

#![cfg(test)]

#[path = "notices/kinds.rs"]
mod kinds;
mod support;
#[path = "notices/unclaimed.rs"]
mod unclaimed;

use serde_json::Value;
use support::World;

/// Every notice that a user is told, page by page.
async fn told(world: &World, user: &str, query: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut next = format!("/v1/notices?limit=2{query}");
    loop {
        let page = world.get(user, next.clone()).await;
        found.extend(page["data"].as_array().expect("a list").iter().cloned());
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("/v1/notices?limit=2{query}&cursor={cursor}"),
            None => return found,
        }
    }
}

/// The notice of a kind about an object that a user is told; none where there is none.
async fn notice(world: &World, user: &str, kind: &str, subject: &str) -> Option<Value> {
    let found = told(world, user, &format!("&kind={kind}")).await;
    assert!(found.iter().all(|notice| notice["kind"] == kind), "{found:?}");
    found.into_iter().find(|notice| notice["subject"] == subject)
}
