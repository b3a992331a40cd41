//! Deliveries (核销).

mod record;

pub use record::{CheckIn, RecordDelivery};
