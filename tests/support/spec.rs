//! The API's description as a judge of every reply.

use super::Reply;

/// Checks a reply against the description of its operation.
pub fn check(_method: &str, _path: &str, _reply: &Reply) {}
