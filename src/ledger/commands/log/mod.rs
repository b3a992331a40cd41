//! The log itself: its keys, the rules it goes by, and alarms about its publishing.

mod alarms;
mod keys;
mod rules;

pub use alarms::{ClearAlarm, RaiseAlarm};
pub use keys::{AddLogKey, RetireLogKey};
pub use rules::AdoptRules;
