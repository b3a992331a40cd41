//! Payouts (划款).

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::payout_accounts::{AccountView, NewPayoutAccount, account_record, account_view};
use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, MerchantId, Party, PayoutId, RefundId, ReturnId, SettlementId};
use crate::domain::money::Amount;
use crate::domain::objects::{Payout, PayoutState, Role};
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{PathId, Query, QueryNumber, Write};
use crate::http::paging::{Filters, Paging};
use crate::http::permissions::{NewPayoutAccount as MayNameAccount, ReadPayouts};
use crate::http::problem::Problem;
use crate::http::reply::{Records, Shown, changed, from_object, read_one};
use crate::ledger::commands::payouts;
use crate::store::objects;
use crate::store::queries::{self, PayoutFilter};

/// Another account for a payout that failed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    account: NewPayoutAccount,
}

/// What a list is filtered by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    state: Option<PayoutState>,
    merchant_id: Option<MerchantId>,
    limit: Option<QueryNumber>,
    cursor: Option<String>,
}

/// A payout's wire form.
#[derive(Serialize)]
pub struct PayoutView {
    id: PayoutId,
    state: PayoutState,
    revision: u64,
    amount: Amount,
    currency: &'static str,
    payee: Party,
    merchant_id: Option<MerchantId>,
    consumer_id: Option<ConsumerId>,
    settlement_id: Option<SettlementId>,
    refund_id: Option<RefundId>,
    account: Option<AccountView>,
    returned_by: Option<ReturnId>,
}

from_object!(Payout);

impl Shown for Payout {
    type View = PayoutView;

    fn digests(&self) -> Vec<Digest> {
        vec![self.account]
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn view(&self, records: &Records, role: Role) -> PayoutView {
        PayoutView {
            id: self.id,
            state: self.state,
            revision: self.revision,
            amount: self.amount,
            currency: "CNY",
            payee: self.payee,
            merchant_id: self.payee.merchant(),
            consumer_id: self.payee.consumer(),
            settlement_id: self.settlement,
            refund_id: self.refund,
            // A regulator reads amounts and states, but no personal data.
            account: account_view(records, self.account).filter(|_| role != Role::Regulator),
            returned_by: self.returned_by,
        }
    }
}

/// `POST /v1/payouts/{id}/new-account`
pub async fn new_account(
    caller: Caller<MayNameAccount>,
    app: Data<App>,
    id: PathId<PayoutId>,
    request: Write<AccountChange>,
) -> Result<HttpResponse, Problem> {
    let live = app.user(caller.office, caller.user).await?.and_then(|user| user.party);
    let party = live.ok_or_else(Problem::not_found)?;
    let (account, kept) = account_record(&app, party, &request.body.account)?;
    let new_payout = PayoutId::from_bits(app.new_id());
    let command = payouts::NewAccount { payout: id.0, account, new_payout };
    changed::<Payout, _, _>(&app, &caller, &request, command, vec![kept]).await
}

/// `GET /v1/payouts`
pub async fn list(caller: Caller<ReadPayouts>, app: Data<App>, query: Query<Filter>) -> Result<HttpResponse, Problem> {
    let Filter { state, merchant_id, limit, cursor } = query.0;
    let filter: Filters<'_> = &[("state", &state), ("merchant_id", &merchant_id)];
    let paging = Paging::new("/v1/payouts", limit, cursor.as_deref(), filter)?;
    let payee = match (caller.narrowed_merchant(merchant_id), caller.narrowed_consumer(None)) {
        (Some(None), Some(Some(consumer))) => Some(Party::Consumer(consumer)),
        (Some(Some(merchant)), Some(None)) => Some(Party::Merchant(merchant)),
        (Some(None), Some(None)) => None,
        _ => return Ok(paging.nothing()),
    };
    paging.list(&app, &caller, queries::payouts, PayoutFilter { state, payee }).await
}

/// `GET /v1/payouts/{id}`
pub async fn read(caller: Caller<ReadPayouts>, app: Data<App>, id: PathId<PayoutId>) -> Result<HttpResponse, Problem> {
    let sees = |payout: &Payout| match caller.role {
        Role::Merchant | Role::Consumer => caller.party == Some(payout.payee),
        _ => true,
    };
    read_one(&app, &caller, id.0, objects::payouts::load, sees).await
}
