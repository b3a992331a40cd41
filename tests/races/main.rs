//! Two people act on the same money at the same moment, over HTTP: exactly one of them gets their way, whoever comes
//! first, and the other is told by name what came before. After each race the books are checked against the log.
#![cfg(test)]

mod answers;
mod awards;
mod defaults;
mod refunds;
#[path = "../support/mod.rs"]
mod support;

use actix_web::http::Method;
use futures_util::future::join;
use serde_json::Value;
use support::side::id;
use support::{Ask, World};

/// Who is sent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The left one, and then the right one.
    Left,
    /// The right one, and then the left one.
    Right,
    /// Both at once, the left one a little earlier.
    AtOnceLeft,
    /// Both at once, the right one a little earlier.
    AtOnceRight,
}

/// Every order once, and both at once until either may well have won.
pub const ROUNDS: [Order; 8] = {
    use Order::{AtOnceLeft, AtOnceRight, Left, Right};
    [Left, Right, AtOnceLeft, AtOnceRight, AtOnceLeft, AtOnceRight, AtOnceLeft, AtOnceRight]
};

/// A request, and what it is told where it comes too late.
pub struct Racer<'a> {
    /// The request.
    pub ask: Ask<'a>,
    /// Status and code of its refusal.
    pub too_late: (u16, &'static str),
}

/// Which of the two was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Won {
    /// The left one.
    Left,
    /// The right one.
    Right,
}

/// Sends two requests, of which exactly one must be done; answers which.
pub async fn race(order: Order, left: Racer<'_>, right: Racer<'_>) -> Won {
    let (sent_left, sent_right) = (left.ask.send(), right.ask.send());
    let (from_left, from_right) = match order {
        Order::Left => {
            let first = sent_left.await;
            (first, sent_right.await)
        }
        Order::Right => {
            let first = sent_right.await;
            (sent_left.await, first)
        }
        Order::AtOnceLeft => join(sent_left, sent_right).await,
        Order::AtOnceRight => {
            let (right, left) = join(sent_right, sent_left).await;
            (left, right)
        }
    };
    let is_done = |status: u16| (200..300).contains(&status);
    let (won, lost, told) = match (is_done(from_left.status), is_done(from_right.status)) {
        (true, false) => (Won::Left, from_right, right.too_late),
        (false, true) => (Won::Right, from_left, left.too_late),
        _ => panic!("not exactly one was done ({order:?}): {from_left:?} {from_right:?}"),
    };
    assert_eq!((lost.status, lost.problem().1.as_str()), told, "{order:?}: {lost:?}");
    match order {
        Order::Left => assert_eq!(won, Won::Left, "the first one wins"),
        Order::Right => assert_eq!(won, Won::Right, "the first one wins"),
        Order::AtOnceLeft | Order::AtOnceRight => {}
    }
    won
}

/// A write by a user.
pub fn post<'a>(world: &'a World, user: &str, path: String, body: &Value) -> Ask<'a> {
    world.ask(Method::POST, path).by(user).json(body)
}

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
