//! Refunds (退款): from the consumer's request to a notary's order.

mod claims;
mod view;

pub use view::ShownRefund;

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Deserialize;

use super::contracts::{below, own_only};
use crate::domain::digest::Digest;
use crate::domain::id::{ContractId, DisputeId, FreezeId, PayoutId, RefundId};
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, Declaration, Document, Refund, RefundState};
use crate::domain::refund::{Rate, Reason as RefundReason};
use crate::domain::signature::Signature;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Approval, Nothing, PathId, Query, Refusal, Text, Whole, Write};
use crate::http::paging::Unfiltered;
use crate::http::permissions::{
    AnswerRefund, ApproveRefund, ClaimPriorService, DecidePriorService, DecideRefund, DeclareRefund, DeclineRefund,
    OrderUndisputed, ReadContracts, ReadRefunds, RequestRefund, WithdrawRefund,
};
use crate::http::problem::Problem;
use crate::http::reply::{changed, created, decided, read_one};
use crate::http::texts::{note, text};
use crate::http::worklist::Worklist;
use crate::ledger::commands::refunds;
use crate::store::queries::{self, Listed, Page, RefundFilter};
use crate::store::{self, Connection, objects};
use claims::{Brought, NamedDeduction, document};

/// A request on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRefund {
    reason: RefundReason,
    prior_same_service: Option<bool>,
    amount: Option<Amount>,
    document_sha256: Option<Digest>,
    document_sm3: Option<Digest>,
    merchant_fault_percent: Option<Whole<0, 100>>,
    list_price_proven: Option<bool>,
    market_price: Option<Amount>,
    agreed_rate: Option<Rate>,
    note: Option<Text<1, 2000>>,
}

/// A merchant's answer on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    accept: bool,
    amount: Option<Amount>,
    reason: Option<Text<1, 2000>>,
    deductions: Option<Vec<NamedDeduction>>,
    merchant_fault_percent: Option<Whole<0, 100>>,
    list_price_proven: Option<bool>,
    market_price: Option<Amount>,
    agreed_rate: Option<Rate>,
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

/// What a consumer declares on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDeclaration {
    basis: Basis,
    amount: Amount,
    note: Option<Text<1, 2000>>,
}

/// A claim of prior service on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPriorService {
    document_sha256: Digest,
    document_sm3: Digest,
    note: Option<Text<1, 2000>>,
}

/// A notary's decision on such a claim on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriorServiceDecision {
    accepted: bool,
    reason: Text<1, 2000>,
    signature: Option<Signature>,
}

/// `POST /v1/contracts/{id}/refunds`
pub async fn request(
    caller: Caller<RequestRefund>,
    app: Data<App>,
    id: PathId<ContractId>,
    request: Write<NewRefund>,
) -> Result<HttpResponse, Problem> {
    let body = &request.body;
    let award = document("", body.document_sha256, body.document_sm3)?;
    body.is_whole(award)?;
    let brought = Brought {
        agreed_rate: body.agreed_rate,
        deductions: None,
        list_price_proven: body.list_price_proven,
        market_price: body.market_price,
        merchant_fault_percent: body.merchant_fault_percent,
    };
    let (claims, mut records) = brought.claims(&app)?;
    let (note, noted) = note(&app, body.note.as_ref());
    records.extend(noted);
    let command = refunds::RequestRefund {
        refund: RefundId::from_bits(app.new_id()),
        contract: id.0,
        reason: body.reason,
        agreed: body.amount,
        award,
        claims,
        prior_same_service: body.prior_same_service.unwrap_or(false),
        note,
    };
    created::<ShownRefund, _, _>(&app, &caller, &request, command, records).await
}

impl NewRefund {
    /// Checks that the reason comes with what belongs to it, and with nothing that does not.
    fn is_whole(&self, award: Option<Document>) -> Result<(), Problem> {
        let settled = matches!(self.reason, RefundReason::Mutual | RefundReason::Award);
        let wrong = match (self.reason, award) {
            _ if settled && self.amount.is_none() => ("/amount", "this reason names the amount agreed on or awarded"),
            _ if !settled && self.amount.is_some() => ("/amount", "only a mutual or awarded refund names an amount"),
            (RefundReason::Award, None) => ("/document_sha256", "an award is named by its document"),
            (RefundReason::Award, Some(_)) | (_, None) => return self.has_fault_percent(),
            _ => ("/document_sha256", "only an awarded refund names a document"),
        };
        Err(Problem::value(wrong.0, wrong.1))
    }

    fn has_fault_percent(&self) -> Result<(), Problem> {
        let mixed = self.reason == RefundReason::Mixed;
        if mixed == self.merchant_fault_percent.is_some() {
            return Ok(());
        }
        Err(Problem::value("/merchant_fault_percent", "mixed fault, and nothing else, names the merchant's part of it"))
    }
}

/// `POST /v1/refunds/{id}/answer`
pub async fn answer(
    caller: Caller<AnswerRefund>,
    app: Data<App>,
    id: PathId<RefundId>,
    request: Write<Answer>,
) -> Result<HttpResponse, Problem> {
    let body = &request.body;
    let brought = Brought {
        agreed_rate: body.agreed_rate,
        deductions: request.body.deductions.clone(),
        list_price_proven: body.list_price_proven,
        market_price: body.market_price,
        merchant_fault_percent: body.merchant_fault_percent,
    };
    let (claims, mut records) = brought.claims(&app)?;
    if body.accept && (body.amount.is_some() || body.reason.is_some() || claims.is_some()) {
        let detail = "who accepts names neither amount nor reason, and claims nothing";
        return Err(Problem::new("invalid_request").at("/accept", detail));
    }
    if !body.accept && (body.amount.is_none() || body.reason.is_none()) {
        return Err(Problem::new("invalid_request").at("/accept", "who objects names amount and reason"));
    }
    let (reason, said) = note(&app, body.reason.as_ref());
    records.extend(said);
    let command = refunds::AnswerRefund { refund: id.0, accept: body.accept, amount: body.amount, claims, reason };
    changed::<ShownRefund, _, _>(&app, &caller, &request, command, records).await
}

/// `POST /v1/refunds/{id}/declare`
pub async fn declare(
    caller: Caller<DeclareRefund>,
    app: Data<App>,
    id: PathId<RefundId>,
    request: Write<NewDeclaration>,
) -> Result<HttpResponse, Problem> {
    let NewDeclaration { basis, amount, note: words } = &request.body;
    if !matches!(basis, Basis::Waiver | Basis::TakenBack) {
        return Err(Problem::value("/basis", "expected waiver or taken_back"));
    }
    let (note, records) = note(&app, words.as_ref());
    let declaration = Declaration { amount: *amount, basis: *basis };
    let command = refunds::DeclareRefund { refund: id.0, declaration, note };
    changed::<ShownRefund, _, _>(&app, &caller, &request, command, records).await
}

/// `POST /v1/refunds/{id}/prior-service-claim`
pub async fn claim_prior_service(
    caller: Caller<ClaimPriorService>,
    app: Data<App>,
    id: PathId<RefundId>,
    request: Write<NewPriorService>,
) -> Result<HttpResponse, Problem> {
    let NewPriorService { document_sha256, document_sm3, note: words } = &request.body;
    let (note, records) = note(&app, words.as_ref());
    let document = Document { sha256: *document_sha256, sm3: *document_sm3 };
    let command = refunds::ClaimPriorService { refund: id.0, document, note };
    changed::<ShownRefund, _, _>(&app, &caller, &request, command, records).await
}

/// `POST /v1/refunds/{id}/prior-service-claim/decide`
pub async fn decide_prior_service(
    caller: Caller<DecidePriorService>,
    app: Data<App>,
    id: PathId<RefundId>,
    request: Write<PriorServiceDecision>,
) -> Result<HttpResponse, Problem> {
    request.reviewed()?;
    let (reason, kept) = text(&app, &request.body.reason);
    let command = refunds::DecidePriorService { refund: id.0, accepted: request.body.accepted, reason };
    decided::<ShownRefund, _, _>(&app, &caller, &request, command, vec![kept], request.body.signature).await
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
    document("", body.document_sha256, body.document_sm3)?;
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

/// `POST /v1/refunds/{id}/undisputed`
pub async fn order_undisputed(
    caller: Caller<OrderUndisputed>,
    app: Data<App>,
    id: PathId<RefundId>,
    request: Write<Approval>,
) -> Result<HttpResponse, Problem> {
    request.reviewed()?;
    let payout = PayoutId::from_bits(app.new_id());
    let command = refunds::OrderUndisputed { refund: id.0, payout, disputed: disputed(&app) };
    decided::<ShownRefund, _, _>(&app, &caller, &request, command, Vec::new(), request.body.signature).await
}

/// Ids of the dispute that an order may leave.
fn disputed(app: &App) -> refunds::Disputed {
    refunds::Disputed { dispute: DisputeId::from_bits(app.new_id()), freeze: FreezeId::from_bits(app.new_id()) }
}

/// `POST /v1/refunds/{id}/approve`
pub async fn approve(
    caller: Caller<ApproveRefund>,
    app: Data<App>,
    id: PathId<RefundId>,
    request: Write<Approval>,
) -> Result<HttpResponse, Problem> {
    request.reviewed()?;
    let payout = PayoutId::from_bits(app.new_id());
    let command = refunds::ApproveRefund { refund: id.0, payout, disputed: disputed(&app) };
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
    let filter = RefundFilter { contract: Some(id.0), consumer: own_only(&caller), ..RefundFilter::default() };
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
