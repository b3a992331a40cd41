//! Contracts (预付合同): drafting, signing, stepping back, and what happened to them.

mod holders;
mod progress;
mod seen;

use holders::age_of;
pub use holders::{accept_transfer, consent_guardian, offer_transfer, withdraw_transfer};
pub use progress::{naming_digest, plan_names};

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, MerchantId, Party, PlanId};
use crate::domain::money::{Amount, Delta};
use crate::domain::name::Name;
use crate::domain::objects::{AgeClass, Contract, ContractState, PlanKind, Role};
use crate::domain::packs::Version;
use crate::domain::time::{Date, Timestamp};
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{OptionalReason, PathId, Query, QueryNumber, Write};
use crate::http::paging::{Filters, Paging, Unfiltered};
use crate::http::permissions::{
    CancelContract, DraftContract, ExtendContract, Permission, ReadContracts, SignContract,
};
use crate::http::problem::Problem;
use crate::http::reply::{Records, Shown, changed, created, etag, from_object, records_of};
use crate::http::texts::note;
use crate::ledger::books::{self, Viewer};
use crate::ledger::commands::contracts;
use crate::ledger::rebuild::rebuild;
use crate::store::entries::StoredEntry;
use crate::store::queries::{ContractFilter, Listed};
use crate::store::{objects, records};

/// A later end on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    ends_on: Date,
}

/// A choice of a plan.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewContract {
    plan_id: PlanId,
}

/// A signature: the exact terms, by their digest.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    terms_sha256: Digest,
    terms_sm3: Option<Digest>,
    silence_confirms: Option<bool>,
    arbitration: Option<bool>,
}

/// What a list is filtered by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    state: Option<ContractState>,
    merchant_id: Option<MerchantId>,
    consumer_id: Option<ConsumerId>,
    limit: Option<QueryNumber>,
    cursor: Option<String>,
}

/// A contract's wire form.
#[derive(Serialize)]
pub struct ContractView {
    id: ContractId,
    state: ContractState,
    revision: u64,
    plan_id: PlanId,
    plan_version: u32,
    consumer_id: ConsumerId,
    holder_age: AgeClass,
    guardian_consented: bool,
    holder_since: Option<Timestamp>,
    transfer_offered_to: Option<ConsumerId>,
    transfer_guardian_consented: bool,
    merchant_id: MerchantId,
    kind: PlanKind,
    price: Amount,
    currency: &'static str,
    rules_pack: Name,
    rules_version: Version,
    terms_sha256: Digest,
    terms_sm3: Digest,
    signed_by_consumer_at: Option<Timestamp>,
    signed_by_merchant_at: Option<Timestamp>,
    active_since: Option<Timestamp>,
    ends_on: Option<Date>,
    #[serde(flatten)]
    progress: progress::View,
    balances: Balances,
    cooling_off_until: Option<Timestamp>,
    arbitration: bool,
    unclaimed_stage: u32,
}

#[derive(Serialize)]
struct Balances {
    deposited: Amount,
    held: Amount,
    pending: Amount,
    frozen: Amount,
    to_merchant: Amount,
    refunded: Amount,
}

from_object!(boxed Contract);

impl Shown for Contract {
    type View = ContractView;

    fn digests(&self) -> Vec<Digest> {
        naming_digest(self).into_iter().collect()
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn view(&self, records: &Records, _: Role) -> ContractView {
        let amount = |balance: Delta| balance.amount().unwrap_or_default();
        ContractView {
            id: self.id,
            state: self.state,
            revision: self.revision,
            plan_id: self.plan,
            plan_version: self.plan_version,
            consumer_id: self.consumer,
            holder_age: self.holder_age,
            guardian_consented: self.guardian.is_some(),
            holder_since: self.holder_since,
            transfer_offered_to: self.transfer_to,
            transfer_guardian_consented: self.transfer_guardian.is_some(),
            merchant_id: self.merchant,
            kind: self.figures.sold.kind(),
            price: self.figures.price,
            currency: "CNY",
            rules_pack: self.rules_pack,
            rules_version: self.rules_version,
            terms_sha256: self.terms_sha256,
            terms_sm3: self.terms_sm3,
            signed_by_consumer_at: self.signed_by_consumer_at,
            signed_by_merchant_at: self.signed_by_merchant_at,
            active_since: self.active_since,
            ends_on: self.ends_on,
            progress: progress::View::of(self, &plan_names(records, self)),
            balances: Balances {
                deposited: self.deposited,
                held: amount(self.held),
                pending: amount(self.pending),
                frozen: amount(self.frozen),
                to_merchant: self.to_merchant,
                refunded: self.refunded,
            },
            cooling_off_until: self.cooling_off_until,
            arbitration: self.figures.arbitration && self.signed_by_consumer_at.is_some(),
            unclaimed_stage: self.unclaimed_stage,
        }
    }
}

/// The contract under an id, where it is the caller's business: as it stands for its parties and for whom it is offered
/// to, and as they left it for who was holder before.
///
/// # Errors
/// `not_found` where there is none, and for strangers.
pub async fn visible<P: Permission>(app: &App, caller: &Caller<P>, id: ContractId) -> Result<Contract, Problem> {
    let found = app.find(caller.office, id, objects::contracts::load).await?;
    let found = found.ok_or_else(Problem::not_found)?;
    let own = caller.party.and_then(Party::consumer).filter(|_| caller.role == Role::Consumer);
    if caller.sees(found.merchant, found.consumer) || (own.is_some() && own == found.transfer_to) {
        return Ok(found);
    }
    // Only a contract that was transferred once can have been somebody else's.
    let former = own.filter(|_| found.holder_since.is_some()).ok_or_else(Problem::not_found)?;
    let office = caller.office;
    let left = app.read(move |connection| {
        let Some(position) = books::given_away(connection, office.as_str(), id, former)? else { return Ok(None) };
        rebuild(connection, office.as_str(), id.into(), position)
    });
    let (object, _) = left.await?.ok_or_else(Problem::not_found)?;
    Contract::try_from(object).map_err(|()| Problem::not_found())
}

/// The same without whom it is only offered to: what happened under it is not theirs.
async fn holder_or_former<P: Permission>(app: &App, caller: &Caller<P>, id: ContractId) -> Result<Contract, Problem> {
    let contract = visible(app, caller, id).await?;
    let offered = own_only(caller).is_some_and(|own| contract.consumer != own && contract.transfer_to == Some(own));
    if offered { Err(Problem::not_found()) } else { Ok(contract) }
}

/// Whose entries of a contract a caller sees: all of them, but where it has had more holders than one, their own.
fn viewer<P>(caller: &Caller<P>, contract: &Contract) -> Viewer {
    match (caller.role, caller.party) {
        (Role::Consumer, Some(party)) if contract.holder_since.is_some() => Viewer::Party(party),
        _ => Viewer::All,
    }
}

/// The consumer whose own objects a list below a contract shows; none where it shows all.
#[must_use]
pub fn own_only<P>(caller: &Caller<P>) -> Option<ConsumerId> {
    caller.party.and_then(Party::consumer).filter(|_| caller.role == Role::Consumer)
}

/// The paging of a list below a contract, where the contract is the caller's business.
///
/// # Errors
/// `not_found` for strangers; `invalid_request` or `invalid_cursor`.
pub async fn below<P: Permission>(
    app: &App,
    caller: &Caller<P>,
    id: ContractId,
    list: &str,
    query: &Unfiltered,
) -> Result<Paging, Problem> {
    holder_or_former(app, caller, id).await?;
    query.paging(&format!("/v1/contracts/{id}/{list}"))
}

/// `POST /v1/contracts`
pub async fn draft(
    caller: Caller<DraftContract>,
    app: Data<App>,
    request: Write<NewContract>,
) -> Result<HttpResponse, Problem> {
    let contract = ContractId::from_bits(app.new_id());
    let holder_age = age_of(&app, &caller).await?;
    let command = contracts::DraftContract {
        contract,
        plan: request.body.plan_id,
        consumer: caller.party.and_then(Party::consumer),
        holder_age,
    };
    created::<Contract, _, _>(&app, &caller, &request, command, Vec::new()).await
}

/// What one of the two parties asks for who signs.
///
/// # Errors
/// `invalid_value` where a merchant answers what only the consumer is asked.
pub fn signing(role: Role, contract: ContractId, body: &Signature) -> Result<contracts::SignContract, Problem> {
    let Signature { terms_sha256, terms_sm3, silence_confirms, arbitration } = *body;
    if silence_confirms.is_some() && role != Role::Consumer {
        return Err(Problem::value("/silence_confirms", "only the consumer answers this"));
    }
    if arbitration.is_some() && role != Role::Consumer {
        return Err(Problem::value("/arbitration", "only the consumer answers this"));
    }
    Ok(contracts::SignContract { contract, terms_sha256, terms_sm3, silence_confirms, arbitration })
}

/// `POST /v1/contracts/{id}/sign`
pub async fn sign(
    caller: Caller<SignContract>,
    app: Data<App>,
    id: PathId<ContractId>,
    request: Write<Signature>,
) -> Result<HttpResponse, Problem> {
    let command = signing(caller.role, id.0, &request.body)?;
    changed::<Contract, _, _>(&app, &caller, &request, command, Vec::new()).await
}

/// `POST /v1/contracts/{id}/cancel`
pub async fn cancel(
    caller: Caller<CancelContract>,
    app: Data<App>,
    id: PathId<ContractId>,
    request: Write<OptionalReason>,
) -> Result<HttpResponse, Problem> {
    let (reason, records) = note(&app, request.body.reason.as_ref());
    changed::<Contract, _, _>(&app, &caller, &request, contracts::CancelContract { contract: id.0, reason }, records)
        .await
}

/// `POST /v1/contracts/{id}/extend`
pub async fn extend(
    caller: Caller<ExtendContract>,
    app: Data<App>,
    id: PathId<ContractId>,
    request: Write<Extension>,
) -> Result<HttpResponse, Problem> {
    let command = contracts::ExtendContract { contract: id.0, ends_on: request.body.ends_on };
    changed::<Contract, _, _>(&app, &caller, &request, command, Vec::new()).await
}

/// `GET /v1/contracts`
pub async fn list(
    caller: Caller<ReadContracts>,
    app: Data<App>,
    query: Query<Filter>,
) -> Result<HttpResponse, Problem> {
    let Filter { state, merchant_id, consumer_id, limit, cursor } = query.0;
    let filter: Filters<'_> = &[("state", &state), ("merchant_id", &merchant_id), ("consumer_id", &consumer_id)];
    let paging = Paging::new("/v1/contracts", limit, cursor.as_deref(), filter)?;
    let narrowed = caller.narrowed_merchant(merchant_id).zip(caller.narrowed_consumer(consumer_id));
    let Some((merchant, consumer)) = narrowed else { return Ok(paging.nothing()) };
    let (office, now) = (app.office(caller.office)?.office().clone(), app.now());
    let asked = seen::Asked { filter: ContractFilter { state, merchant, consumer }, office, now };
    paging.list(&app, &caller, seen::page, asked).await
}

/// `GET /v1/contracts/{id}`
pub async fn read(
    caller: Caller<ReadContracts>,
    app: Data<App>,
    id: PathId<ContractId>,
) -> Result<HttpResponse, Problem> {
    let contract = visible(&app, &caller, id.0).await?;
    let (office, now) = (app.office(caller.office)?.office().clone(), app.now());
    let found = app.read(move |connection| seen::today(connection, &office, now, contract)).await?;
    let objects = [found.ok_or_else(Problem::not_found)?];
    let records = records_of(&app, caller.office, &objects).await?;
    let [seen] = objects;
    let tag = etag(seen.revision());
    Ok(HttpResponse::Ok().insert_header(("ETag", tag)).json(seen.view(&records, caller.role)))
}

/// `GET /v1/contracts/{id}/terms`: the exact bytes that both sign.
pub async fn terms(
    caller: Caller<ReadContracts>,
    app: Data<App>,
    id: PathId<ContractId>,
) -> Result<HttpResponse, Problem> {
    let contract = visible(&app, &caller, id.0).await?;
    let (office, digest) = (caller.office, contract.terms_sha256);
    let found = app.read(move |connection| records::find(connection, office.as_str(), &[digest])).await?;
    let record = found.into_iter().next().ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok()
        .insert_header(("Ticun-Terms-Sha256", digest.to_string()))
        .insert_header(("Ticun-Terms-Sm3", contract.terms_sm3.to_string()))
        .content_type("application/json")
        .body(record.body))
}

/// `GET /v1/contracts/{id}/timeline`: its entries of the log.
pub async fn timeline(
    caller: Caller<ReadContracts>,
    app: Data<App>,
    id: PathId<ContractId>,
    query: Query<Unfiltered>,
) -> Result<HttpResponse, Problem> {
    let viewer = viewer(&caller, &holder_or_former(&app, &caller, id.0).await?);
    let paging = query.0.paging(&format!("/v1/contracts/{}/timeline", id.0))?;
    let (office, after, rows) = (caller.office, paging.after_number()?, paging.rows());
    let found = app.read(move |connection| books::timeline(connection, office.as_str(), id.0, viewer, after, rows));
    let found = found.await?;
    let listed = Listed { items: found.items, next: found.next.map(|position| position.to_string()) };
    let data = raw_entries(&listed.items)?;
    Ok(paging.respond_with(data, paging.next_cursor(&listed)))
}

/// Entries in their own bytes.
///
/// # Errors
/// `internal` for bytes that are no JSON, which no entry's are.
pub fn raw_entries(entries: &[StoredEntry]) -> Result<Vec<Box<RawValue>>, Problem> {
    let raw = |entry: &StoredEntry| {
        let text = String::from_utf8(entry.bytes.clone()).ok()?;
        RawValue::from_string(text).ok()
    };
    entries.iter().map(|entry| raw(entry).ok_or_else(|| Problem::new("internal"))).collect()
}

#[derive(Serialize)]
struct StatementView {
    contract_id: ContractId,
    currency: &'static str,
    data: Vec<LineView>,
    has_more: bool,
    next_cursor: Option<String>,
}

#[derive(Serialize)]
struct LineView {
    position: u64,
    at: Timestamp,
    kind: String,
    account: crate::domain::account::Account,
    amount: Delta,
    balance: Amount,
}

/// `GET /v1/contracts/{id}/statement`: its postings with running balances.
pub async fn statement(
    caller: Caller<ReadContracts>,
    app: Data<App>,
    id: PathId<ContractId>,
    query: Query<Unfiltered>,
) -> Result<HttpResponse, Problem> {
    let viewer = viewer(&caller, &holder_or_former(&app, &caller, id.0).await?);
    let paging = query.0.paging(&format!("/v1/contracts/{}/statement", id.0))?;
    let (office, skip, rows) = (caller.office, paging.after_number()?.unwrap_or(0), paging.rows());
    let found = app.read(move |connection| books::statement(connection, office.as_str(), id.0, viewer, skip, rows));
    let found = found.await?;
    let listed = Listed { items: found.lines, next: found.next.map(|skipped| skipped.to_string()) };
    let next_cursor = paging.next_cursor(&listed);
    let data = listed.items.into_iter().map(|line| LineView {
        position: line.position,
        at: line.at,
        kind: line.kind,
        account: line.account,
        amount: line.amount,
        balance: line.balance,
    });
    Ok(paging.linked(next_cursor.as_deref()).json(StatementView {
        contract_id: id.0,
        currency: "CNY",
        data: data.collect(),
        has_more: next_cursor.is_some(),
        next_cursor,
    }))
}
