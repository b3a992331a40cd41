//! Freezes (冻结): those of disputes to be read, those of courts to be ordered, lifted and carried out.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::proposals::split;
use super::statements::answer;
use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, DeliveryId, DisputeId, FreezeId, MerchantId, PayoutId, RefundId};
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, Cause, Freeze, FreezeState, Role};
use crate::domain::signature::Signature;
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{PathId, Query, Text, Write};
use crate::http::permissions::{ExecuteFreeze, LiftFreeze, OrderFreeze, ReadFreezes, StateDecision};
use crate::http::problem::Problem;
use crate::http::reply::{Records, Shown, created, decided, from_object, read_one};
use crate::http::texts::{record, record_of};
use crate::http::worklist::Worklist;
use crate::ledger::Command;
use crate::ledger::commands::freezes::{self, Target};
use crate::store::objects;
use crate::store::queries::{self, FreezeFilter};
use crate::store::records::RecordKind;

/// A court's order on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    contract_id: Option<ContractId>,
    merchant_id: Option<MerchantId>,
    amount: Amount,
    court: Text<1, 200>,
    case_number: Text<1, 100>,
    document_sha256: Digest,
    document_sm3: Digest,
}

/// The court and its case; kept beside the log, since a case can tell whose it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Particulars {
    case_number: String,
    court: String,
}

/// The document that lifts an order, on its way in.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifting {
    document_sha256: Digest,
    document_sm3: Digest,
    signature: Option<Signature>,
}

/// The document by which frozen money is paid, on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Execution {
    basis: Document,
    refund: Amount,
    merchant: Amount,
    held: Amount,
    voided_deliveries: Option<Vec<DeliveryId>>,
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

impl From<Document> for Basis {
    fn from(document: Document) -> Self {
        match document {
            Document::Award => Self::Award,
            Document::Judgment => Self::Judgment,
        }
    }
}

/// What the statement of a decision is made of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnFreeze {
    action: FreezeAction,
    basis: Option<Document>,
    refund: Option<Amount>,
    merchant: Option<Amount>,
    held: Option<Amount>,
    document_sha256: Digest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FreezeAction {
    Lift,
    Execute,
}

/// A freeze's wire form.
#[derive(Serialize)]
pub struct FreezeView {
    id: FreezeId,
    cause: Cause,
    contract_id: Option<ContractId>,
    merchant_id: MerchantId,
    consumer_id: Option<ConsumerId>,
    state: FreezeState,
    revision: u64,
    ordered_amount: Option<Amount>,
    amount: Amount,
    waiting_amount: Amount,
    currency: &'static str,
    parts: PartsView,
    dispute_id: Option<DisputeId>,
    court: Option<String>,
    case_number: Option<String>,
    document_sha256: Option<Digest>,
    document_sm3: Option<Digest>,
    opened_at: Timestamp,
    ended_at: Option<Timestamp>,
    ended_document_sha256: Option<Digest>,
    ended_document_sm3: Option<Digest>,
    paid_as: Option<RefundId>,
    newest_entry: u64,
}

/// Where the money of a freeze was taken from.
#[derive(Serialize)]
struct PartsView {
    held: Amount,
    pending: Amount,
    deliveries: Vec<DeliveryId>,
    payable: Amount,
}

from_object!(Freeze);

impl Shown for Freeze {
    type View = FreezeView;

    fn digests(&self) -> Vec<Digest> {
        self.particulars.into_iter().collect()
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn view(&self, records: &Records, role: Role) -> FreezeView {
        // A regulator reads no personal data, which a case may be.
        let particulars = self.particulars.filter(|_| role != Role::Regulator);
        let known: Option<Particulars> = particulars.and_then(|digest| record_of(records, digest));
        let (court, case_number) = known.map(|known| (known.court, known.case_number)).unzip();
        FreezeView {
            id: self.id,
            cause: self.cause,
            contract_id: self.contract,
            merchant_id: self.merchant,
            consumer_id: self.consumer,
            state: self.state,
            revision: self.revision,
            ordered_amount: self.ordered,
            amount: self.amount(),
            waiting_amount: self.waiting(),
            currency: "CNY",
            parts: PartsView {
                held: self.held,
                pending: self.pending,
                deliveries: self.deliveries.clone(),
                payable: self.payable,
            },
            dispute_id: self.dispute,
            court,
            case_number,
            document_sha256: self.document_sha256,
            document_sm3: self.document_sm3,
            opened_at: self.opened_at,
            ended_at: self.ended_at,
            ended_document_sha256: self.ended_sha256,
            ended_document_sm3: self.ended_sm3,
            paid_as: self.paid_as,
            newest_entry: self.newest_entry,
        }
    }
}

/// `POST /v1/freezes`
pub async fn order(
    caller: Caller<OrderFreeze>,
    app: Data<App>,
    request: Write<NewOrder>,
) -> Result<HttpResponse, Problem> {
    let body = &request.body;
    let target = match (body.contract_id, body.merchant_id) {
        (Some(contract), None) => Target::Contract(contract),
        (None, Some(merchant)) => Target::Merchant(merchant),
        _ => return Err(Problem::value("/contract_id", "an order is on either a contract or a merchant")),
    };
    if body.amount.is_zero() {
        return Err(Problem::value("/amount", "expected at least 0.01"));
    }
    let particulars = Particulars { case_number: body.case_number.0.clone(), court: body.court.0.clone() };
    let (particulars, kept) = record(&app, RecordKind::Profile, &particulars)?;
    let command = freezes::OrderFreeze {
        freeze: FreezeId::from_bits(app.new_id()),
        target,
        amount: body.amount,
        document_sha256: body.document_sha256,
        document_sm3: body.document_sm3,
        particulars,
    };
    created::<Freeze, _, _>(&app, &caller, &request, command, vec![kept]).await
}

/// `POST /v1/freezes/{id}/lift`
pub async fn lift(
    caller: Caller<LiftFreeze>,
    app: Data<App>,
    id: PathId<FreezeId>,
    request: Write<Lifting>,
) -> Result<HttpResponse, Problem> {
    let Lifting { document_sha256, document_sm3, signature } = request.body;
    let command = freezes::LiftFreeze { freeze: id.0, document_sha256, document_sm3 };
    decided::<Freeze, _, _>(&app, &caller, &request, command, Vec::new(), signature).await
}

/// `POST /v1/freezes/{id}/execute`
pub async fn execute(
    caller: Caller<ExecuteFreeze>,
    app: Data<App>,
    id: PathId<FreezeId>,
    request: Write<Execution>,
) -> Result<HttpResponse, Problem> {
    let body = &request.body;
    let command = freezes::ExecuteFreeze {
        freeze: id.0,
        basis: body.basis.into(),
        split: split((body.refund, body.merchant, body.held), body.voided_deliveries.as_ref())?,
        document_sha256: body.document_sha256,
        document_sm3: body.document_sm3,
        refund: RefundId::from_bits(app.new_id()),
        payout: PayoutId::from_bits(app.new_id()),
    };
    decided::<Freeze, _, _>(&app, &caller, &request, command, Vec::new(), body.signature).await
}

/// `GET /v1/freezes/{id}/decision-statement`
pub async fn statement(
    caller: Caller<StateDecision>,
    app: Data<App>,
    id: PathId<FreezeId>,
    query: Query<OnFreeze>,
) -> Result<HttpResponse, Problem> {
    let OnFreeze { action, basis, refund, merchant, held, document_sha256 } = query.0;
    // A statement names the document by its SHA-256 alone, and neither voided deliveries nor ids are part of it.
    let document_sm3 = Digest::ZERO;
    let command: Box<dyn Command> = match (action, basis, (refund, merchant, held)) {
        (FreezeAction::Lift, None, (None, None, None)) => {
            Box::new(freezes::LiftFreeze { freeze: id.0, document_sha256, document_sm3 })
        }
        (FreezeAction::Execute, Some(basis), (Some(refund), Some(merchant), Some(held))) => {
            Box::new(freezes::ExecuteFreeze {
                freeze: id.0,
                basis: basis.into(),
                split: split((refund, merchant, held), None)?,
                document_sha256,
                document_sm3,
                refund: RefundId::from_bits(0),
                payout: PayoutId::from_bits(0),
            })
        }
        _ => {
            let detail = "execute, and nothing else, names basis, refund, merchant and held";
            return Err(Problem::new("invalid_request").at("?action", detail));
        }
    };
    answer(&app, &caller, command).await
}

/// `GET /v1/freezes`
pub async fn list(
    caller: Caller<ReadFreezes>,
    app: Data<App>,
    query: Query<Worklist<FreezeState>>,
) -> Result<HttpResponse, Problem> {
    let paging = query.0.paging("/v1/freezes")?;
    let Some((merchant, consumer)) = query.0.seen_by(&caller) else { return Ok(paging.nothing()) };
    let Worklist { state, due_before, .. } = query.0;
    let filter = FreezeFilter { state, due_before, merchant, consumer, contract: None };
    paging.list(&app, &caller, queries::freezes, filter).await
}

/// `GET /v1/freezes/{id}`
pub async fn read(caller: Caller<ReadFreezes>, app: Data<App>, id: PathId<FreezeId>) -> Result<HttpResponse, Problem> {
    let sees = |freeze: &Freeze| caller.is_of_merchant(freeze.merchant);
    read_one(&app, &caller, id.0, objects::freezes::load, sees).await
}
