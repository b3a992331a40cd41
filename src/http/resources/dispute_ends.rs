//! What becomes of a dispute: its stages, who hears it, what is awarded, and how that is carried out.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::proposals::split;
use crate::domain::digest::Digest;
use crate::domain::id::{DeliveryId, DisputeId, PayoutId, RefundId, UserId};
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, Dispute, Role};
use crate::domain::signature::Signature;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Approval, Nothing, OptionalReason, PathId, Query, Text, Write};
use crate::http::permissions::{
    AssignDispute, AwardDispute, EscalateDispute, ExecuteDispute, ObjectArbitration, StateDisputeDecision,
};
use crate::http::problem::Problem;
use crate::http::reply::{changed, decided};
use crate::http::resources::statements::answer;
use crate::http::texts::{note, record};
use crate::ledger::Command;
use crate::ledger::commands::disputes;
use crate::store::records::RecordKind;

/// Who is to hear a dispute, on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    role: Part,
    user_id: UserId,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    Mediator,
    Arbitrator,
}

/// The document of an institution or a court, on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAward {
    basis: Document,
    number: Text<1, 100>,
    items: Option<Vec<Item>>,
    partial: Option<bool>,
    refund: Amount,
    merchant: Amount,
    held: Amount,
    voided_deliveries: Option<Vec<DeliveryId>>,
    beyond: Option<Amount>,
    costs: Option<Amount>,
    document_sha256: Digest,
    document_sm3: Digest,
    signature: Option<Signature>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Document {
    Award,
    Judgment,
}

/// One item of an award on its way in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    text: Text<1, 500>,
    amount: Amount,
}

/// What an award says beside its figures; kept beside the log, since a number and items can tell whose case it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Particulars {
    /// The document's number.
    pub number: String,
    /// Its items.
    pub items: Vec<ItemView>,
}

/// One item of an award.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ItemView {
    text: String,
    amount: Amount,
}

/// How many items an award can have.
const ITEMS_MAX: usize = 50;

/// What the statement of a decision is made of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnDispute {
    action: DisputeAction,
    basis: Option<Document>,
    refund: Option<Amount>,
    merchant: Option<Amount>,
    held: Option<Amount>,
    partial: Option<YesNo>,
    document_sha256: Option<Digest>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DisputeAction {
    Award,
    Execute,
}

/// A truth value in a query, where every value is text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum YesNo {
    True,
    False,
}

impl From<Document> for Basis {
    fn from(document: Document) -> Self {
        match document {
            Document::Award => Self::Award,
            Document::Judgment => Self::Judgment,
        }
    }
}

/// `POST /v1/disputes/{id}/escalate`
pub async fn escalate(
    caller: Caller<EscalateDispute>,
    app: Data<App>,
    id: PathId<DisputeId>,
    request: Write<Nothing>,
) -> Result<HttpResponse, Problem> {
    let command = disputes::EscalateDispute { dispute: id.0 };
    changed::<Dispute, _, _>(&app, &caller, &request, command, Vec::new()).await
}

/// `POST /v1/disputes/{id}/object-arbitration`
pub async fn object_arbitration(
    caller: Caller<ObjectArbitration>,
    app: Data<App>,
    id: PathId<DisputeId>,
    request: Write<OptionalReason>,
) -> Result<HttpResponse, Problem> {
    let (reason, records) = note(&app, request.body.reason.as_ref());
    let command = disputes::ObjectArbitration { dispute: id.0, reason };
    changed::<Dispute, _, _>(&app, &caller, &request, command, records).await
}

/// `POST /v1/disputes/{id}/assign`
pub async fn assign(
    caller: Caller<AssignDispute>,
    app: Data<App>,
    id: PathId<DisputeId>,
    request: Write<Assignment>,
) -> Result<HttpResponse, Problem> {
    let Assignment { role, user_id: user } = request.body;
    let role = match role {
        Part::Mediator => Role::Mediator,
        Part::Arbitrator => Role::Arbitrator,
    };
    let command = disputes::AssignDispute { dispute: id.0, role, user };
    changed::<Dispute, _, _>(&app, &caller, &request, command, Vec::new()).await
}

/// `POST /v1/disputes/{id}/award`
pub async fn award(
    caller: Caller<AwardDispute>,
    app: Data<App>,
    id: PathId<DisputeId>,
    request: Write<NewAward>,
) -> Result<HttpResponse, Problem> {
    request.reviewed()?;
    let body = &request.body;
    let items = body.items.clone().unwrap_or_default();
    if items.len() > ITEMS_MAX {
        return Err(Problem::value("/items", format!("expected at most {ITEMS_MAX} items")));
    }
    let items = items.into_iter().map(|item| ItemView { text: item.text.0, amount: item.amount }).collect();
    let particulars = Particulars { number: body.number.0.clone(), items };
    let (particulars, kept) = record(&app, RecordKind::Profile, &particulars)?;
    let command = disputes::AwardDispute {
        dispute: id.0,
        basis: body.basis.into(),
        split: split((body.refund, body.merchant, body.held), body.voided_deliveries.as_ref())?,
        beyond: body.beyond.unwrap_or_default(),
        costs: body.costs.unwrap_or_default(),
        partial: body.partial.unwrap_or(false),
        document_sha256: body.document_sha256,
        document_sm3: body.document_sm3,
        particulars,
    };
    decided::<Dispute, _, _>(&app, &caller, &request, command, vec![kept], body.signature).await
}

/// `POST /v1/disputes/{id}/execute`
pub async fn execute(
    caller: Caller<ExecuteDispute>,
    app: Data<App>,
    id: PathId<DisputeId>,
    request: Write<Approval>,
) -> Result<HttpResponse, Problem> {
    let (refund, payout) = (RefundId::from_bits(app.new_id()), PayoutId::from_bits(app.new_id()));
    let command = disputes::ExecuteDispute { dispute: id.0, refund, payout };
    decided::<Dispute, _, _>(&app, &caller, &request, command, Vec::new(), request.body.signature).await
}

/// `GET /v1/disputes/{id}/decision-statement`
pub async fn statement(
    caller: Caller<StateDisputeDecision>,
    app: Data<App>,
    id: PathId<DisputeId>,
    query: Query<OnDispute>,
) -> Result<HttpResponse, Problem> {
    let OnDispute { action, basis, refund, merchant, held, partial, document_sha256 } = query.0;
    let command: Box<dyn Command> = match action {
        DisputeAction::Execute => {
            // Neither id is part of the statement.
            let (refund, payout) = (RefundId::from_bits(0), PayoutId::from_bits(0));
            Box::new(disputes::ExecuteDispute { dispute: id.0, refund, payout })
        }
        DisputeAction::Award => {
            let missing = |name| {
                Problem::new("invalid_request").at(name, "award names basis, refund, merchant, held and document")
            };
            let refund = refund.ok_or_else(|| missing("?refund"))?;
            let merchant = merchant.ok_or_else(|| missing("?merchant"))?;
            let held = held.ok_or_else(|| missing("?held"))?;
            // Neither voided deliveries nor what is certified beyond the money are part of the statement.
            Box::new(disputes::AwardDispute {
                dispute: id.0,
                basis: basis.ok_or_else(|| missing("?basis"))?.into(),
                split: split((refund, merchant, held), None)?,
                beyond: Amount::ZERO,
                costs: Amount::ZERO,
                partial: partial == Some(YesNo::True),
                document_sha256: document_sha256.ok_or_else(|| missing("?document_sha256"))?,
                document_sm3: Digest::ZERO,
                particulars: Digest::ZERO,
            })
        }
    };
    answer(&app, &caller, command).await
}
