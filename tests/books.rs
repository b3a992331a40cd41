//! The books read at any position, and checked against their log, over a small story told entry by entry.
#![cfg(test)]

#[path = "support/database.rs"]
mod database;

#[path = "books/check.rs"]
mod check;
#[path = "books/columns.rs"]
mod columns;
#[path = "books/lists.rs"]
mod lists;
#[path = "books/read.rs"]
mod read;
#[path = "books/world.rs"]
mod world;
