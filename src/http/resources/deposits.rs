//! Deposits (提存) and the codes a holder's phone shows.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::contracts::{below, own_only};
use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, DepositId, MerchantId};
use crate::domain::money::Amount;
use crate::domain::name::Name;
use crate::domain::objects::{Contract, Deposit, DepositState, Role};
use crate::domain::packs;
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::channels::PaymentChannel;
use crate::http::input::{Nothing, PathId, Query, Text, Write};
use crate::http::paging::{Paging, Unfiltered};
use crate::http::permissions::{IssueCheckinCode, ReadContracts, ReadDeposits, StartDeposit};
use crate::http::problem::Problem;
use crate::http::reply::{Done, Records, Shown, etag, from_object, placed, remembered, submit};
use crate::http::worklist::Worklist;
use crate::ledger::commands::{checkin, deposits};
use crate::store::objects;
use crate::store::queries::{self, DepositFilter};

/// A choice of a channel.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDeposit {
    channel: Text<1, 24>,
}

/// A deposit's wire form.
#[derive(Serialize)]
pub struct DepositView {
    id: DepositId,
    contract_id: ContractId,
    consumer_id: ConsumerId,
    merchant_id: MerchantId,
    state: DepositState,
    revision: u64,
    amount: Amount,
    currency: &'static str,
    channel: Name,
    expires_at: Timestamp,
    credited_at: Option<Timestamp>,
    payment: Option<Payment>,
}

/// How to pay.
#[derive(Serialize)]
struct Payment {
    channel: Name,
    reference: String,
    pay_to: String,
    amount: Amount,
    currency: &'static str,
    expires_at: Timestamp,
}

from_object!(Deposit);

impl Shown for Deposit {
    type View = DepositView;

    fn digests(&self) -> Vec<Digest> {
        Vec::new()
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn view(&self, _: &Records, _: Role) -> DepositView {
        DepositView {
            id: self.id,
            contract_id: self.contract,
            consumer_id: self.consumer,
            merchant_id: self.merchant,
            state: self.state,
            revision: self.revision,
            amount: self.amount,
            currency: "CNY",
            channel: self.channel,
            expires_at: self.expires_at,
            credited_at: self.credited_at,
            payment: None,
        }
    }
}

/// A deposit of an office with how to pay it, while it can be paid.
pub fn payable(app: &App, office: Name, deposit: &Deposit) -> DepositView {
    let mut view = deposit.view(&Records::new(), Role::Consumer);
    if deposit.state == DepositState::AwaitingPayment
        && let Ok(channel) = app.channels.of(office, deposit.channel.as_str())
    {
        let instructions = channel.instructions(deposit);
        view.payment = Some(Payment {
            channel: deposit.channel,
            reference: instructions.reference,
            pay_to: instructions.pay_to,
            amount: deposit.amount,
            currency: "CNY",
            expires_at: deposit.expires_at,
        });
    }
    view
}

#[derive(Serialize)]
struct Started {
    #[serde(flatten)]
    view: DepositView,
    log_position: Option<u64>,
}

/// `POST /v1/contracts/{id}/deposits`
pub async fn start(
    caller: Caller<StartDeposit>,
    app: Data<App>,
    id: PathId<ContractId>,
    request: Write<NewDeposit>,
) -> Result<HttpResponse, Problem> {
    let channel = app.channels.of(caller.office, &request.body.channel.0).map(PaymentChannel::name);
    let done = match channel {
        Ok(channel) => {
            let deposit = DepositId::from_bits(app.new_id());
            let command = deposits::StartDeposit { deposit, contract: id.0, channel };
            submit(&app, &caller, &request, command, Vec::new()).await?
        }
        // The channel may have been closed since this very deposit was started.
        Err(problem) => remembered(&app, &caller, &request).await?.ok_or(problem)?,
    };
    let Done { position, object, replayed, .. } = done;
    let deposit = Deposit::try_from(object).map_err(|()| Problem::new("internal"))?;
    let mut response = HttpResponse::build(StatusCode::CREATED);
    placed(&mut response, position, replayed);
    response.insert_header(("ETag", etag(deposit.revision)));
    Ok(response.json(Started { view: payable(&app, caller.office, &deposit), log_position: position }))
}

/// `GET /v1/contracts/{id}/deposits`
pub async fn of_contract(
    caller: Caller<ReadContracts>,
    app: Data<App>,
    id: PathId<ContractId>,
    query: Query<Unfiltered>,
) -> Result<HttpResponse, Problem> {
    let paging = below(&app, &caller, id.0, "deposits", &query.0).await?;
    let filter = DepositFilter { contract: Some(id.0), consumer: own_only(&caller), ..DepositFilter::default() };
    list_filtered(&app, &caller, filter, &paging).await
}

/// `GET /v1/deposits`
pub async fn list(
    caller: Caller<ReadDeposits>,
    app: Data<App>,
    query: Query<Worklist<DepositState>>,
) -> Result<HttpResponse, Problem> {
    let paging = query.0.paging("/v1/deposits")?;
    let Some((merchant, consumer)) = query.0.seen_by(&caller) else { return Ok(paging.nothing()) };
    let Worklist { state, due_before, .. } = query.0;
    let filter = DepositFilter { state, due_before, merchant, consumer, contract: None };
    list_filtered(&app, &caller, filter, &paging).await
}

async fn list_filtered<P>(
    app: &App,
    caller: &Caller<P>,
    filter: DepositFilter,
    paging: &Paging,
) -> Result<HttpResponse, Problem> {
    let listed = paging.read(app, caller, queries::deposits, filter).await?;
    Ok(paging.respond(&listed, |deposit| payable(app, caller.office, deposit)))
}

/// `GET /v1/deposits/{id}`
pub async fn read(
    caller: Caller<ReadDeposits>,
    app: Data<App>,
    id: PathId<DepositId>,
) -> Result<HttpResponse, Problem> {
    let found = app.find(caller.office, id.0, objects::deposits::load).await?;
    let deposit = found.filter(|deposit| caller.sees(deposit.merchant, deposit.consumer));
    let deposit = deposit.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().insert_header(("ETag", etag(deposit.revision))).json(payable(&app, caller.office, &deposit)))
}

#[derive(Serialize)]
struct IssuedCode {
    checkin_code: String,
    contract_id: ContractId,
    expires_at: Timestamp,
    log_position: Option<u64>,
}

/// `POST /v1/contracts/{id}/checkin-codes`: the code follows from the request's own key, so that a repeated request
/// shows the same code and nothing secret is stored.
pub async fn issue_code(
    caller: Caller<IssueCheckinCode>,
    app: Data<App>,
    id: PathId<ContractId>,
    request: Write<Nothing>,
) -> Result<HttpResponse, Problem> {
    let made_from = format!("{}\n{}\n{}\n{}", caller.office, caller.user, id.0, request.key);
    let tag = ring::hmac::sign(&app.code_secret, made_from.as_bytes());
    let checkin_code: String = hex::encode(tag.as_ref()).chars().take(20).collect();
    let code = Digest::of(&[checkin_code.as_bytes()]);
    let command = checkin::IssueCheckinCode { contract: id.0, code };
    let done = submit(&app, &caller, &request, command, Vec::new()).await?;
    let contract = Contract::try_from(done.object).map_err(|_| Problem::new("internal"))?;
    let minutes = packs::in_force().times(&contract).checkin_code_minutes;
    let mut response = HttpResponse::build(StatusCode::CREATED);
    placed(&mut response, done.position, done.replayed);
    Ok(response.json(IssuedCode {
        checkin_code,
        contract_id: id.0,
        expires_at: done.at.plus_minutes(minutes),
        log_position: done.position,
    }))
}
