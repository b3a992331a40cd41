//! The wire: the only room that names actix and wire types.

pub mod app;
pub mod auth;
pub mod caller;
pub mod channels;
mod connections;
pub mod demo;
pub mod docs;
pub mod edge;
pub mod input;
pub mod limits;
mod meta;
pub mod offices;
mod paging;
pub mod permissions;
pub mod problem;
pub mod problems;
mod reply;
mod resources;
pub mod routes;
pub mod server;
mod texts;
mod upload;
mod worklist;

pub use resources::batches::{Operation, operations};
pub use resources::rules::PackView;
