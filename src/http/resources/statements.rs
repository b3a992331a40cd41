//! What a decider signs: the exact bytes, so that a phone or a card signs them without putting them together itself.
//!
//! The decision is made on a snapshot as it would be made for good, and refused for the same reasons; its statement is
//! taken from the event, and the event is thrown away.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Deserialize;

use crate::domain::digest::Digest;
use crate::domain::id::{DisputeId, FreezeId, PayoutId, RefundId, RunId, SettlementId};
use crate::domain::money::Amount;
use crate::domain::objects::Basis;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{PathId, Query};
use crate::http::permissions::StateDecision;
use crate::http::problem::Problem;
use crate::http::reply::etag;
use crate::ledger::commands::{default_runs, refunds, settlements};
use crate::ledger::preview::statement;
use crate::ledger::{Command, Submission};

/// Which decision on a settlement.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnSettlement {
    action: SettlementAction,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SettlementAction {
    Approve,
    Reject,
}

/// Which decision on a refund; what is decided belongs to `decide` alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnRefund {
    action: RefundAction,
    amount: Option<Amount>,
    basis: Option<Basis>,
    document_sha256: Option<Digest>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RefundAction {
    Decide,
    OrderUndisputed,
    Approve,
    Decline,
    AcceptPriorService,
    RejectPriorService,
}

/// `GET /v1/settlements/{id}/decision-statement`
pub async fn of_settlement(
    caller: Caller<StateDecision>,
    app: Data<App>,
    id: PathId<SettlementId>,
    query: Query<OnSettlement>,
) -> Result<HttpResponse, Problem> {
    let settlement = id.0;
    // Neither the payout's id nor the reason is part of the statement.
    let command: Box<dyn Command> = match query.0.action {
        SettlementAction::Approve => {
            Box::new(settlements::ApproveSettlement { settlement, payout: PayoutId::from_bits(0) })
        }
        SettlementAction::Reject => Box::new(settlements::RejectSettlement { settlement, reason: Digest::ZERO }),
    };
    answer(&app, &caller, command).await
}

/// `GET /v1/refunds/{id}/decision-statement`
pub async fn of_refund(
    caller: Caller<StateDecision>,
    app: Data<App>,
    id: PathId<RefundId>,
    query: Query<OnRefund>,
) -> Result<HttpResponse, Problem> {
    let (refund, payout) = (id.0, PayoutId::from_bits(0));
    let disputed = refunds::Disputed { dispute: DisputeId::from_bits(0), freeze: FreezeId::from_bits(0) };
    let OnRefund { action, amount, basis, document_sha256 } = query.0;
    let names_something = amount.is_some() || basis.is_some() || document_sha256.is_some();
    if action != RefundAction::Decide && names_something {
        return Err(Problem::new("invalid_request").at("?action", "only decide names amount, basis and document"));
    }
    let command: Box<dyn Command> = match action {
        RefundAction::Decide => {
            let missing = |name| Problem::new("invalid_request").at(name, "decide names amount and basis");
            let amount = amount.ok_or_else(|| missing("?amount"))?;
            if amount.is_zero() {
                return Err(Problem::new("invalid_request").at("?amount", "expected at least 0.01"));
            }
            let basis = basis.ok_or_else(|| missing("?basis"))?;
            // A statement names the document by its SHA-256 alone.
            let (document_sm3, reason) = (None, Some(Digest::ZERO));
            Box::new(refunds::DecideRefund { refund, amount, basis, document_sha256, document_sm3, reason, payout })
        }
        RefundAction::OrderUndisputed => Box::new(refunds::OrderUndisputed { refund, payout, disputed }),
        RefundAction::Approve => Box::new(refunds::ApproveRefund { refund, payout, disputed }),
        RefundAction::AcceptPriorService => {
            Box::new(refunds::DecidePriorService { refund, accepted: true, reason: Digest::ZERO })
        }
        RefundAction::RejectPriorService => {
            Box::new(refunds::DecidePriorService { refund, accepted: false, reason: Digest::ZERO })
        }
        RefundAction::Decline => Box::new(refunds::DeclineRefund { refund, reason: Digest::ZERO }),
    };
    answer(&app, &caller, command).await
}

/// Which decision on a default run.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnDefaultRun {
    action: RunAction,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RunAction {
    Approve,
}

/// `GET /v1/default-runs/{id}/decision-statement`
pub async fn of_default_run(
    caller: Caller<StateDecision>,
    app: Data<App>,
    id: PathId<RunId>,
    query: Query<OnDefaultRun>,
) -> Result<HttpResponse, Problem> {
    let RunAction::Approve = query.0.action;
    answer(&app, &caller, Box::new(default_runs::ApproveRun { run: id.0 })).await
}

/// The statement of what the caller would decide, with the revision that the decision must name.
///
/// # Errors
/// What the decision would be refused for.
pub async fn answer<P>(app: &App, caller: &Caller<P>, command: Box<dyn Command>) -> Result<HttpResponse, Problem> {
    let office = app.office(caller.office)?.office().clone();
    let submission = Submission::new(command, caller.actor(), caller.request, app.now());
    let stated = app.read(move |connection| statement(connection, &office, &submission)).await??;
    let mut response = HttpResponse::Ok();
    response.insert_header(("ETag", etag(stated.revision)));
    Ok(response.content_type("application/json").body(stated.to_bytes()))
}
