//! Publishing a log: tiles and heads on disk, the steps to a signed head and what is left when the process dies between
//! them, databases that were set back, and several nodes.
#![cfg(test)]

mod files;
mod heads;
mod kill;
mod nodes;
mod set_back;
mod signed;
mod support;
