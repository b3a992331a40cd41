//! Rule packs: what they limit, from when on, and what is told about them.

#![cfg(test)]

#[path = "rules/limits.rs"]
mod limits;
#[path = "rules/packs.rs"]
mod packs;
mod support;
