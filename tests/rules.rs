//! Rule packs: what they limit, from when on, and what is told about them.

#![cfg(test)]

#[path = "rules/adopted.rs"]
mod adopted;
#[path = "rules/command.rs"]
mod command;
#[path = "rules/folder.rs"]
mod folder;
#[path = "rules/limits.rs"]
mod limits;
#[path = "rules/packs.rs"]
mod packs;
mod support;
