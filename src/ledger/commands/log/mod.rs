//! The log itself: its keys, and alarms about its publishing.

mod alarms;
mod keys;

pub use alarms::{ClearAlarm, RaiseAlarm};
pub use keys::{AddLogKey, RetireLogKey};
