//! The command line: serve, demo, office, user, migrate, books, config, openapi, health.

pub mod boot;
pub mod config;
pub mod keys;
pub mod logging;
