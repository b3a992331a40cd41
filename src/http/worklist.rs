//! What every worklist is filtered by.

use serde::Deserialize;

use super::caller::Caller;
use super::input::QueryNumber;
use super::paging::Paging;
use super::problem::Problem;
use crate::domain::id::{ConsumerId, MerchantId};
use crate::domain::time::Timestamp;

/// `?state=&due_before=&merchant_id=` with paging.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de>"))]
pub struct Worklist<S> {
    /// Only those in this state.
    pub state: Option<S>,
    /// Only those due before this moment.
    pub due_before: Option<Timestamp>,
    /// Only those of this merchant.
    pub merchant_id: Option<MerchantId>,
    limit: Option<QueryNumber>,
    cursor: Option<String>,
}

/// Whose rows a caller sees.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// Only those of this merchant.
    pub merchant: Option<MerchantId>,
    /// Only those of this consumer.
    pub consumer: Option<ConsumerId>,
}

impl<S: ToString> Worklist<S> {
    /// The page asked for of the list at `path`.
    ///
    /// # Errors
    /// `invalid_request` or `invalid_cursor`.
    pub fn paging(&self, path: &str) -> Result<Paging, Problem> {
        let filter = [
            ("state", self.state.as_ref().map(ToString::to_string)),
            ("due_before", self.due_before.map(|moment| moment.to_string())),
            ("merchant_id", self.merchant_id.map(|id| id.to_string())),
        ];
        Paging::new(path, self.limit, self.cursor.as_deref(), &filter)
    }

    /// Whose rows the caller sees; none where there can be none.
    #[must_use]
    pub fn seen_by<P>(&self, caller: &Caller<P>) -> Option<Seen> {
        let (merchant, consumer) = caller.narrowed_merchant(self.merchant_id).zip(caller.narrowed_consumer(None))?;
        Some(Seen { merchant, consumer })
    }
}
