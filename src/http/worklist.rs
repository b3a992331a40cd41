//! What every worklist is filtered by.

use serde::Deserialize;

use super::caller::Caller;
use super::input::{QueryNumber, time};
use super::paging::{Filters, Paging};
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
    #[serde(default, deserialize_with = "time")]
    pub due_before: Option<Timestamp>,
    /// Only those of this merchant.
    pub merchant_id: Option<MerchantId>,
    limit: Option<QueryNumber>,
    cursor: Option<String>,
}

impl<S: ToString> Worklist<S> {
    /// The page asked for of the list at `path`.
    ///
    /// # Errors
    /// `invalid_request` or `invalid_cursor`.
    pub fn paging(&self, path: &str) -> Result<Paging, Problem> {
        let Self { state, due_before, merchant_id, .. } = self;
        let filter: Filters<'_> = &[("state", state), ("due_before", due_before), ("merchant_id", merchant_id)];
        Paging::new(path, self.limit, self.cursor.as_deref(), filter)
    }

    /// The merchant and the consumer whose rows the caller sees; none where there can be none.
    #[must_use]
    pub fn seen_by<P>(&self, caller: &Caller<P>) -> Option<(Option<MerchantId>, Option<ConsumerId>)> {
        caller.narrowed_merchant(self.merchant_id).zip(caller.narrowed_consumer(None))
    }
}
