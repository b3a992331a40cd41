//! Court orders through HTTP: what they reach, in whose turn, what is refused meanwhile, and where the money ends. After
//! each story the books are checked against the log, and the log against the rules.

#![cfg(test)]

mod ended;
mod guards;
mod notices;
mod ordered;
mod races;
mod runs;
mod story;
#[path = "../support/mod.rs"]
mod support;
mod turns;
