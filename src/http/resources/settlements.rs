//! Settlements (结算): what a notary releases to a merchant, and another one approves.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{MerchantId, PayoutId, SettlementId, UserId};
use crate::domain::money::Amount;
use crate::domain::objects::{Role, Settlement, SettlementState};
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Approval, PathId, Query, QueryNumber, Refusal, Write, time};
use crate::http::paging::{Filters, Paging};
use crate::http::permissions::{
    ApproveSettlement, PreviewSettlement, ProposeSettlement, ReadSettlements, RejectSettlement,
};
use crate::http::problem::Problem;
use crate::http::reply::{Records, Shown, created, decided, from_object, read_one};
use crate::http::texts::text;
use crate::ledger::commands::settlements;
use crate::ledger::preview::preview;
use crate::ledger::rebuild::Object;
use crate::ledger::{Submission, accruals};
use crate::store::objects;
use crate::store::queries::{self, SettlementFilter};

/// A proposal on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSettlement {
    merchant_id: MerchantId,
    #[serde(default, deserialize_with = "time")]
    cutoff: Option<Timestamp>,
}

/// What a list is filtered by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    state: Option<SettlementState>,
    merchant_id: Option<MerchantId>,
    limit: Option<QueryNumber>,
    cursor: Option<String>,
}

/// A settlement's wire form.
#[derive(Serialize)]
pub struct SettlementView {
    id: SettlementId,
    merchant_id: MerchantId,
    state: SettlementState,
    revision: u64,
    amount: Amount,
    currency: &'static str,
    count: u64,
    since: Option<Timestamp>,
    cutoff: Timestamp,
    proposed_by: UserId,
    approved_by: Option<UserId>,
    payout_id: Option<PayoutId>,
    newest_entry: u64,
}

#[derive(Serialize)]
struct PreviewView {
    merchant_id: MerchantId,
    amount: Amount,
    currency: &'static str,
    count: u64,
    since: Option<Timestamp>,
    cutoff: Timestamp,
}

from_object!(Settlement);

/// The moment after which a settlement takes; none for a merchant's first one.
fn since(settlement: &Settlement) -> Option<Timestamp> {
    Some(settlement.since).filter(|since| since.micros() > 0)
}

impl Shown for Settlement {
    type View = SettlementView;

    fn digests(&self) -> Vec<Digest> {
        Vec::new()
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn view(&self, _: &Records, _: Role) -> SettlementView {
        SettlementView {
            id: self.id,
            merchant_id: self.merchant,
            state: self.state,
            revision: self.revision,
            amount: self.amount,
            currency: "CNY",
            count: self.count,
            since: since(self),
            cutoff: self.cutoff,
            proposed_by: self.proposed_by,
            approved_by: self.approved_by,
            payout_id: self.payout,
            newest_entry: self.newest_entry,
        }
    }
}

/// `POST /v1/settlements`
pub async fn propose(
    caller: Caller<ProposeSettlement>,
    app: Data<App>,
    request: Write<NewSettlement>,
) -> Result<HttpResponse, Problem> {
    let settlement = SettlementId::from_bits(app.new_id());
    let NewSettlement { merchant_id: merchant, cutoff } = request.body;
    accrue(&app, &caller, merchant, cutoff).await?;
    let command = settlements::ProposeSettlement { settlement, merchant, cutoff };
    created::<Settlement, _, _>(&app, &caller, &request, command, Vec::new()).await
}

/// Has what the merchant's period contracts have earned posted, so that the proposal finds it.
async fn accrue<P>(
    app: &App,
    caller: &Caller<P>,
    merchant: MerchantId,
    cutoff: Option<Timestamp>,
) -> Result<(), Problem> {
    let sequencer = app.office(caller.office)?;
    let (now, mut after) = (app.now(), None);
    loop {
        let office = sequencer.office().clone();
        let page =
            app.read(move |connection| accruals::due(connection, &office, merchant, (cutoff, now), after)).await?;
        accruals::post(&sequencer, page.due, caller.request, now).await?;
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}

/// `GET /v1/settlements/preview`: the same decision on a snapshot, discarded.
pub async fn read_preview(
    caller: Caller<PreviewSettlement>,
    app: Data<App>,
    query: Query<NewSettlement>,
) -> Result<HttpResponse, Problem> {
    let settlement = SettlementId::from_bits(app.new_id());
    let NewSettlement { merchant_id: merchant, cutoff } = query.0;
    let command = settlements::ProposeSettlement { settlement, merchant, cutoff };
    let office = app.office(caller.office)?.office().clone();
    let submission = Submission::new(Box::new(command), caller.actor(), caller.request, app.now());
    let now = app.now();
    let proposed = app
        .read(move |connection| {
            let first = accruals::all_due(connection, &office, merchant, (cutoff, now))?;
            preview(connection, &office, &first, &submission)
        })
        .await??;
    let Object::Settlement(settlement) = proposed else { return Err(Problem::new("internal")) };
    Ok(HttpResponse::Ok().json(PreviewView {
        merchant_id: settlement.merchant,
        amount: settlement.amount,
        currency: "CNY",
        count: settlement.count,
        since: since(&settlement),
        cutoff: settlement.cutoff,
    }))
}

/// `POST /v1/settlements/{id}/approve`
pub async fn approve(
    caller: Caller<ApproveSettlement>,
    app: Data<App>,
    id: PathId<SettlementId>,
    request: Write<Approval>,
) -> Result<HttpResponse, Problem> {
    request.reviewed()?;
    let payout = PayoutId::from_bits(app.new_id());
    let command = settlements::ApproveSettlement { settlement: id.0, payout };
    decided::<Settlement, _, _>(&app, &caller, &request, command, Vec::new(), request.body.signature).await
}

/// `POST /v1/settlements/{id}/reject`
pub async fn reject(
    caller: Caller<RejectSettlement>,
    app: Data<App>,
    id: PathId<SettlementId>,
    request: Write<Refusal>,
) -> Result<HttpResponse, Problem> {
    request.reviewed()?;
    let (reason, kept) = text(&app, &request.body.reason);
    let command = settlements::RejectSettlement { settlement: id.0, reason };
    decided::<Settlement, _, _>(&app, &caller, &request, command, vec![kept], request.body.signature).await
}

/// `GET /v1/settlements`
pub async fn list(
    caller: Caller<ReadSettlements>,
    app: Data<App>,
    query: Query<Filter>,
) -> Result<HttpResponse, Problem> {
    let Filter { state, merchant_id, limit, cursor } = query.0;
    let filter: Filters<'_> = &[("state", &state), ("merchant_id", &merchant_id)];
    let paging = Paging::new("/v1/settlements", limit, cursor.as_deref(), filter)?;
    let Some(merchant) = caller.narrowed_merchant(merchant_id) else { return Ok(paging.nothing()) };
    paging.list(&app, &caller, queries::settlements, SettlementFilter { state, merchant }).await
}

/// `GET /v1/settlements/{id}`
pub async fn read(
    caller: Caller<ReadSettlements>,
    app: Data<App>,
    id: PathId<SettlementId>,
) -> Result<HttpResponse, Problem> {
    let sees = |settlement: &Settlement| caller.is_of_merchant(settlement.merchant);
    read_one(&app, &caller, id.0, objects::settlements::load, sees).await
}
