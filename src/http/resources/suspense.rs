//! Receipts that match nothing, to be read.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{DepositId, SuspenseId};
use crate::domain::money::Amount;
use crate::domain::name::Name;
use crate::domain::objects::{Role, Suspense, SuspenseState};
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Query, QueryNumber};
use crate::http::paging::Paging;
use crate::http::permissions::ReadSuspense;
use crate::http::problem::Problem;
use crate::http::reply::{Records, Shown};
use crate::http::texts::text_of;
use crate::store::queries::{self, SuspenseFilter};

/// What a list is filtered by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    state: Option<SuspenseState>,
    limit: Option<QueryNumber>,
    cursor: Option<String>,
}

/// The wire form of a receipt in suspense.
#[derive(Serialize)]
pub struct SuspenseView {
    id: SuspenseId,
    state: SuspenseState,
    revision: u64,
    amount: Amount,
    currency: &'static str,
    channel: Name,
    transaction_id: Option<String>,
    deposit_id: Option<DepositId>,
    reason: crate::domain::objects::SuspenseReason,
    received_at: Timestamp,
}

impl Shown for Suspense {
    type View = SuspenseView;

    fn digests(&self) -> Vec<Digest> {
        vec![self.transaction]
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn view(&self, records: &Records, _: Role) -> SuspenseView {
        SuspenseView {
            id: self.id,
            state: self.state,
            revision: self.revision,
            amount: self.amount,
            currency: "CNY",
            channel: self.channel,
            transaction_id: text_of(records, Some(self.transaction)),
            deposit_id: self.deposit,
            reason: self.reason,
            received_at: self.received_at,
        }
    }
}

/// `GET /v1/suspense`
pub async fn list(caller: Caller<ReadSuspense>, app: Data<App>, query: Query<Filter>) -> Result<HttpResponse, Problem> {
    let Filter { state, limit, cursor } = query.0;
    let paging = Paging::new("/v1/suspense", limit, cursor.as_deref(), &[("state", &state)])?;
    paging.list(&app, &caller, queries::suspense, SuspenseFilter { state }).await
}
