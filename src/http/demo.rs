//! The demo's own endpoints; absent from a normal service.

use std::sync::Arc;

use super::channels::Sandbox;

/// What only a demo has.
#[derive(Clone)]
pub struct Demo {
    /// The simulated bank.
    pub bank: Arc<Sandbox>,
    /// The address under which the service calls itself.
    pub base_url: String,
}
