//! Refunds (退款): from the consumer's request to a notary's order.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::contracts::{below, naming_digest, plan_names};
use super::refund_calculations::CalculationView;
use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, MerchantId, PayoutId, RefundId, UserId};
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, Contract, Refund, RefundState, Role};
use crate::domain::refund::Reason as RefundReason;
use crate::domain::rules::shortfall;
use crate::domain::signature::Signature;
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Approval, Nothing, PathId, Query, Refusal, Text, Write};
use crate::http::paging::Unfiltered;
use crate::http::permissions::{
    AnswerRefund, ApproveRefund, DecideRefund, DeclineRefund, ReadContracts, ReadRefunds, RequestRefund, WithdrawRefund,
};
use crate::http::problem::Problem;
use crate::http::reply::{Records, Shown, changed, created, decided, read_one};
use crate::http::texts::{note, text, text_of};
use crate::http::worklist::Worklist;
use crate::ledger::commands::refunds;
use crate::ledger::rebuild::Object;
use crate::store::queries::{self, Listed, Page, RefundFilter};
use crate::store::{self, Connection, objects};

/// A request on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRefund {
    reason: RefundReason,
    prior_same_service: Option<bool>,
    amount: Option<Amount>,
    note: Option<Text<1, 2000>>,
}

/// A merchant's answer on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    accept: bool,
    amount: Option<Amount>,
    reason: Option<Text<1, 2000>>,
}

/// A notary's decision on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    amount: Amount,
    basis: Basis,
    reason: Option<Text<1, 2000>>,
    document_sha256: Option<Digest>,
    document_sm3: Option<Digest>,
    signature: Option<Signature>,
}

/// A refund with its contract, from which its calculation is shown line by line.
pub struct ShownRefund {
    refund: Refund,
    contract: Contract,
}

/// A refund's wire form.
#[derive(Serialize)]
pub struct RefundView {
    id: RefundId,
    contract_id: ContractId,
    consumer_id: ConsumerId,
    merchant_id: MerchantId,
    state: RefundState,
    revision: u64,
    reason: RefundReason,
    requested_at: Timestamp,
    answer_by: Option<Timestamp>,
    answer: Option<AnswerView>,
    amount: Option<Amount>,
    basis: Option<Basis>,
    shortfall: Amount,
    merchant_share: Option<Amount>,
    proposed_by: Option<UserId>,
    approved_by: Option<UserId>,
    payout_id: Option<PayoutId>,
    newest_entry: u64,
    calculation: CalculationView,
}

#[derive(Serialize)]
struct AnswerView {
    accept: bool,
    amount: Option<Amount>,
    reason: Option<String>,
}

impl TryFrom<Object> for ShownRefund {
    type Error = ();

    fn try_from(object: Object) -> Result<Self, ()> {
        match object {
            Object::Refund(refund, contract) => Ok(Self { refund: *refund, contract: *contract }),
            _ => Err(()),
        }
    }
}

impl Shown for ShownRefund {
    type View = RefundView;

    fn digests(&self) -> Vec<Digest> {
        let reason = self.refund.answer.and_then(|answer| answer.reason);
        reason.into_iter().chain(naming_digest(&self.contract)).collect()
    }

    fn revision(&self) -> u64 {
        self.refund.revision
    }

    fn view(&self, records: &Records, _: Role) -> RefundView {
        let refund = &self.refund;
        RefundView {
            id: refund.id,
            contract_id: refund.contract,
            consumer_id: refund.consumer,
            merchant_id: refund.merchant,
            state: refund.state,
            revision: refund.revision,
            reason: refund.reason,
            requested_at: refund.requested_at,
            answer_by: refund.answer_by,
            answer: refund.answer.map(|answer| AnswerView {
                accept: answer.accept,
                // Who accepts names no amount: the figure agreed to stands in the calculation.
                amount: answer.amount.filter(|_| !answer.accept),
                reason: text_of(records, answer.reason),
            }),
            amount: refund.decision.map(|decision| decision.amount),
            basis: refund.decision.map(|decision| decision.basis),
            shortfall: shortfall(refund, &self.contract),
            merchant_share: refund.merchant_share,
            proposed_by: refund.decision.map(|decision| decision.decided_by),
            approved_by: refund.approved_by,
            payout_id: refund.payout,
            newest_entry: refund.newest_entry,
            calculation: CalculationView::of(refund, &self.contract, plan_names(records, &self.contract)),
        }
    }
}

/// `POST /v1/contracts/{id}/refunds`
pub async fn request(
    caller: Caller<RequestRefund>,
    app: Data<App>,
    id: PathId<ContractId>,
    request: Write<NewRefund>,
) -> Result<HttpResponse, Problem> {
    let body = &request.body;
    match (body.reason, body.amount) {
        (RefundReason::Mutual, None) => {
            return Err(Problem::value("/amount", "a mutual refund names the amount agreed on"));
        }
        (RefundReason::Mutual, Some(_)) | (_, None) => {}
        (_, Some(_)) => return Err(Problem::value("/amount", "only a mutual refund names an amount")),
    }
    let (note, records) = note(&app, body.note.as_ref());
    let command = refunds::RequestRefund {
        refund: RefundId::from_bits(app.new_id()),
        contract: id.0,
        reason: body.reason,
        agreed: body.amount,
        prior_same_service: body.prior_same_service.unwrap_or(false),
        note,
    };
    created::<ShownRefund, _, _>(&app, &caller, &request, command, records).await
}

/// `POST /v1/refunds/{id}/answer`
pub async fn answer(
    caller: Caller<AnswerRefund>,
    app: Data<App>,
    id: PathId<RefundId>,
    request: Write<Answer>,
) -> Result<HttpResponse, Problem> {
    let body = &request.body;
    if body.accept && (body.amount.is_some() || body.reason.is_some()) {
        return Err(Problem::new("invalid_request").at("/accept", "who accepts names neither amount nor reason"));
    }
    if !body.accept && (body.amount.is_none() || body.reason.is_none()) {
        return Err(Problem::new("invalid_request").at("/accept", "who objects names amount and reason"));
    }
    let (reason, records) = note(&app, body.reason.as_ref());
    let command = refunds::AnswerRefund { refund: id.0, accept: body.accept, amount: body.amount, reason };
    changed::<ShownRefund, _, _>(&app, &caller, &request, command, records).await
}

/// `POST /v1/refunds/{id}/decide`
pub async fn decide(
    caller: Caller<DecideRefund>,
    app: Data<App>,
    id: PathId<RefundId>,
    request: Write<Decision>,
) -> Result<HttpResponse, Problem> {
    request.reviewed()?;
    let body = &request.body;
    if body.amount.is_zero() {
        return Err(Problem::value("/amount", "expected at least 0.01; a refund of nothing is declined"));
    }
    // The service never sees the document, so it cannot work the other digest out.
    match (body.document_sha256, body.document_sm3) {
        (Some(_), None) => return Err(Problem::value("/document_sm3", "a document is named by both its digests")),
        (None, Some(_)) => return Err(Problem::value("/document_sha256", "a document is named by both its digests")),
        _ => {}
    }
    let (reason, records) = note(&app, body.reason.as_ref());
    let command = refunds::DecideRefund {
        refund: id.0,
        amount: body.amount,
        basis: body.basis,
        document_sha256: body.document_sha256,
        document_sm3: body.document_sm3,
        reason,
        payout: PayoutId::from_bits(app.new_id()),
    };
    decided::<ShownRefund, _, _>(&app, &caller, &request, command, records, body.signature).await
}

/// `POST /v1/refunds/{id}/approve`
pub async fn approve(
    caller: Caller<ApproveRefund>,
    app: Data<App>,
    id: PathId<RefundId>,
    request: Write<Approval>,
) -> Result<HttpResponse, Problem> {
    request.reviewed()?;
    let command = refunds::ApproveRefund { refund: id.0, payout: PayoutId::from_bits(app.new_id()) };
    decided::<ShownRefund, _, _>(&app, &caller, &request, command, Vec::new(), request.body.signature).await
}

/// `POST /v1/refunds/{id}/decline`
pub async fn decline(
    caller: Caller<DeclineRefund>,
    app: Data<App>,
    id: PathId<RefundId>,
    request: Write<Refusal>,
) -> Result<HttpResponse, Problem> {
    request.reviewed()?;
    let (reason, kept) = text(&app, &request.body.reason);
    let command = refunds::DeclineRefund { refund: id.0, reason };
    decided::<ShownRefund, _, _>(&app, &caller, &request, command, vec![kept], request.body.signature).await
}

/// `POST /v1/refunds/{id}/withdraw`
pub async fn withdraw(
    caller: Caller<WithdrawRefund>,
    app: Data<App>,
    id: PathId<RefundId>,
    request: Write<Nothing>,
) -> Result<HttpResponse, Problem> {
    changed::<ShownRefund, _, _>(&app, &caller, &request, refunds::WithdrawRefund { refund: id.0 }, Vec::new()).await
}

/// `GET /v1/contracts/{id}/refunds`
pub async fn of_contract(
    caller: Caller<ReadContracts>,
    app: Data<App>,
    id: PathId<ContractId>,
    query: Query<Unfiltered>,
) -> Result<HttpResponse, Problem> {
    let paging = below(&app, &caller, id.0, "refunds", &query.0).await?;
    let filter = RefundFilter { contract: Some(id.0), ..RefundFilter::default() };
    paging.list(&app, &caller, shown, filter).await
}

/// `GET /v1/refunds`
pub async fn list(
    caller: Caller<ReadRefunds>,
    app: Data<App>,
    query: Query<Worklist<RefundState>>,
) -> Result<HttpResponse, Problem> {
    let paging = query.0.paging("/v1/refunds")?;
    let Some((merchant, consumer)) = query.0.seen_by(&caller) else { return Ok(paging.nothing()) };
    let Worklist { state, due_before, .. } = query.0;
    let filter = RefundFilter { state, due_before, merchant, consumer, contract: None };
    paging.list(&app, &caller, shown, filter).await
}

fn shown(
    connection: &mut Connection,
    office: &str,
    filter: &RefundFilter,
    page: &Page,
) -> store::Result<Listed<ShownRefund>> {
    let found = queries::refunds(connection, office, filter, page)?;
    Ok(Listed { items: with_contracts(connection, office, found.items)?, next: found.next })
}

/// `GET /v1/refunds/{id}`
pub async fn read(caller: Caller<ReadRefunds>, app: Data<App>, id: PathId<RefundId>) -> Result<HttpResponse, Problem> {
    let sees = |shown: &ShownRefund| caller.sees(shown.refund.merchant, shown.refund.consumer);
    read_one(&app, &caller, id.0, load, sees).await
}

fn load(connection: &mut Connection, office: &str, ids: &[RefundId]) -> store::Result<Vec<ShownRefund>> {
    let refunds = objects::refunds::load(connection, office, ids)?;
    with_contracts(connection, office, refunds)
}

fn with_contracts(connection: &mut Connection, office: &str, refunds: Vec<Refund>) -> store::Result<Vec<ShownRefund>> {
    let ids: Vec<ContractId> = refunds.iter().map(|refund| refund.contract).collect();
    let contracts = objects::contracts::load(connection, office, &ids)?;
    let with = |refund: Refund| {
        let contract = contracts.iter().find(|contract| contract.id == refund.contract)?.clone();
        Some(ShownRefund { refund, contract })
    };
    Ok(refunds.into_iter().filter_map(with).collect())
}
