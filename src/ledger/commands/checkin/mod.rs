//! Check-in codes.

mod issue;

pub use issue::IssueCheckinCode;
