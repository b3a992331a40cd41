//! Merchants: onboarding and supervision.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{MerchantId, RunId, UserId};
use crate::domain::money::{Amount, Delta};
use crate::domain::objects::{Merchant, MerchantState, Role};
use crate::domain::packs::Region;
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Note, Nothing, OptionalReason, PathId, Query, QueryNumber, Reason, Text, Write};
use crate::http::paging::Paging;
use crate::http::permissions::{
    AdmitMerchant, ApplyMerchant, ExitMerchant, ReadMerchants, ReinstateMerchant, RejectMerchant, ReviewMerchant,
    SuspendMerchant,
};
use crate::http::problem::Problem;
use crate::http::reply::{Records, Shown, changed, from_object, read_one, submit, written};
use crate::http::texts::{note, record, record_of, text};
use crate::ledger::commands::merchants;
use crate::store::objects;
use crate::store::queries::{self, MerchantFilter};
use crate::store::records::RecordKind;

/// A merchant's application; kept beside the books, and committed to in the log.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewMerchant {
    name: String,
    credit_code: String,
    region: String,
    contact_name: Option<String>,
    contact_phone: Option<String>,
}

/// The same as it comes in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    name: Text<1, 100>,
    credit_code: String,
    region: Text<1, 50>,
    contact_name: Option<Text<1, 100>>,
    contact_phone: Option<Text<1, 32>>,
}

/// What a list is filtered by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    state: Option<MerchantState>,
    limit: Option<QueryNumber>,
    cursor: Option<String>,
}

/// A merchant's wire form: all of it for the merchant itself and the office, a card for consumers.
#[derive(Serialize)]
#[serde(untagged)]
pub enum MerchantView {
    /// All of it.
    Full(Box<Full>),
    /// What consumers see.
    Card(Card),
}

/// All of a merchant.
#[derive(Serialize)]
pub struct Full {
    id: MerchantId,
    state: MerchantState,
    revision: u64,
    name: String,
    credit_code: String,
    region: String,
    region_code: Region,
    contact_name: Option<String>,
    contact_phone: Option<String>,
    owner_id: UserId,
    applied_at: Timestamp,
    balances: Balances,
    exits_at: Option<Timestamp>,
    default_run_id: Option<RunId>,
}

/// What consumers see of a merchant.
#[derive(Serialize)]
pub struct Card {
    id: MerchantId,
    name: String,
    state: MerchantState,
    region: String,
    region_code: Region,
    revision: u64,
}

#[derive(Serialize)]
struct Balances {
    receivable: Amount,
    payable: Amount,
    frozen: Amount,
    payout: Amount,
}

from_object!(Merchant);

impl Shown for Merchant {
    type View = MerchantView;

    fn digests(&self) -> Vec<Digest> {
        vec![self.profile]
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn view(&self, records: &Records, role: Role) -> MerchantView {
        let profile: NewMerchant = record_of(records, self.profile).unwrap_or_else(erased);
        if role == Role::Consumer {
            let (id, state, revision) = (self.id, self.state, self.revision);
            let (region, region_code) = (profile.region, self.region);
            return MerchantView::Card(Card { id, name: profile.name, state, region, region_code, revision });
        }
        // A regulator reads standing and money, but no personal data.
        let personal = role != Role::Regulator;
        let amount = |balance: Delta| balance.amount().unwrap_or_default();
        MerchantView::Full(Box::new(Full {
            id: self.id,
            state: self.state,
            revision: self.revision,
            name: profile.name,
            credit_code: profile.credit_code,
            region: profile.region,
            region_code: self.region,
            contact_name: profile.contact_name.filter(|_| personal),
            contact_phone: profile.contact_phone.filter(|_| personal),
            owner_id: self.owner,
            applied_at: self.applied_at,
            balances: Balances {
                receivable: amount(self.receivable.negated()),
                payable: amount(self.payable),
                frozen: amount(self.frozen),
                payout: amount(self.payout),
            },
            exits_at: self.exits_at,
            default_run_id: self.default_run,
        }))
    }
}

fn erased() -> NewMerchant {
    let gone = || "(erased)".to_owned();
    NewMerchant { name: gone(), credit_code: gone(), region: gone(), contact_name: None, contact_phone: None }
}

/// `POST /v1/merchants`
pub async fn apply(
    caller: Caller<ApplyMerchant>,
    app: Data<App>,
    request: Write<Application>,
) -> Result<HttpResponse, Problem> {
    let body = &request.body;
    if !credit_code_holds(&body.credit_code) {
        return Err(Problem::new("credit_code_invalid").at("/credit_code", "its check character does not fit"));
    }
    let region = Region::named(&body.region.0).map_err(|error| Problem::value("/region", error.to_string()))?;
    let profile = NewMerchant {
        name: body.name.0.clone(),
        credit_code: body.credit_code.clone(),
        region: body.region.0.clone(),
        contact_name: body.contact_name.as_ref().map(|name| name.0.clone()),
        contact_phone: body.contact_phone.as_ref().map(|phone| phone.0.clone()),
    };
    let (profile, kept) = record(&app, RecordKind::Profile, &profile)?;
    let command = merchants::ApplyAsMerchant { merchant: MerchantId::from_bits(app.new_id()), profile, region };
    let done = submit(&app, &caller, &request, command, vec![kept]).await?;
    app.forget_user(caller.office, caller.user);
    written::<Merchant, _>(&app, &caller, done, StatusCode::CREATED).await
}

/// Whether the check character of a unified social credit code fits (GB 32100-2015).
fn credit_code_holds(code: &str) -> bool {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let digit = |letter: char| ALPHABET.find(letter).and_then(|index| u32::try_from(index).ok());
    let Some(digits) = code.chars().map(digit).collect::<Option<Vec<u32>>>() else { return false };
    let [body @ .., check] = digits.as_slice() else { return false };
    if body.len() != 17 {
        return false;
    }
    let mut weight = 1;
    let mut sum = 0;
    for value in body {
        sum = (sum + value * weight) % 31;
        weight = (weight * 3) % 31;
    }
    (31 - sum) % 31 == *check
}

/// `POST /v1/merchants/{id}/review`
pub async fn review(
    caller: Caller<ReviewMerchant>,
    app: Data<App>,
    id: PathId<MerchantId>,
    request: Write<Note>,
) -> Result<HttpResponse, Problem> {
    let (note, records) = note(&app, request.body.note.as_ref());
    let command = merchants::ReviewMerchant { merchant: id.0, note };
    changed::<Merchant, _, _>(&app, &caller, &request, command, records).await
}

/// `POST /v1/merchants/{id}/admit`
pub async fn admit(
    caller: Caller<AdmitMerchant>,
    app: Data<App>,
    id: PathId<MerchantId>,
    request: Write<Nothing>,
) -> Result<HttpResponse, Problem> {
    changed::<Merchant, _, _>(&app, &caller, &request, merchants::AdmitMerchant { merchant: id.0 }, Vec::new()).await
}

/// `POST /v1/merchants/{id}/reject`
pub async fn reject(
    caller: Caller<RejectMerchant>,
    app: Data<App>,
    id: PathId<MerchantId>,
    request: Write<Reason>,
) -> Result<HttpResponse, Problem> {
    let (reason, kept) = text(&app, &request.body.reason);
    changed::<Merchant, _, _>(&app, &caller, &request, merchants::RejectMerchant { merchant: id.0, reason }, vec![kept])
        .await
}

/// `POST /v1/merchants/{id}/suspend`
pub async fn suspend(
    caller: Caller<SuspendMerchant>,
    app: Data<App>,
    id: PathId<MerchantId>,
    request: Write<Reason>,
) -> Result<HttpResponse, Problem> {
    let (reason, kept) = text(&app, &request.body.reason);
    changed::<Merchant, _, _>(
        &app,
        &caller,
        &request,
        merchants::SuspendMerchant { merchant: id.0, reason },
        vec![kept],
    )
    .await
}

/// `POST /v1/merchants/{id}/reinstate`
pub async fn reinstate(
    caller: Caller<ReinstateMerchant>,
    app: Data<App>,
    id: PathId<MerchantId>,
    request: Write<Note>,
) -> Result<HttpResponse, Problem> {
    let (note, records) = note(&app, request.body.note.as_ref());
    let command = merchants::ReinstateMerchant { merchant: id.0, note };
    changed::<Merchant, _, _>(&app, &caller, &request, command, records).await
}

/// `POST /v1/merchants/{id}/exit`
pub async fn exit(
    caller: Caller<ExitMerchant>,
    app: Data<App>,
    id: PathId<MerchantId>,
    request: Write<OptionalReason>,
) -> Result<HttpResponse, Problem> {
    let (reason, records) = note(&app, request.body.reason.as_ref());
    let command = merchants::ExitMerchant { merchant: id.0, reason };
    changed::<Merchant, _, _>(&app, &caller, &request, command, records).await
}

/// `GET /v1/merchants`
pub async fn list(
    caller: Caller<ReadMerchants>,
    app: Data<App>,
    query: Query<Filter>,
) -> Result<HttpResponse, Problem> {
    let Filter { state, limit, cursor } = query.0;
    let paging = Paging::new("/v1/merchants", limit, cursor.as_deref(), &[("state", &state)])?;
    let Some(merchant) = caller.narrowed_merchant(None) else { return Ok(paging.nothing()) };
    let state = match caller.role {
        Role::Consumer if state.is_some_and(|state| state != MerchantState::Active) => return Ok(paging.nothing()),
        Role::Consumer => Some(MerchantState::Active),
        _ => state,
    };
    paging.list(&app, &caller, queries::merchants, MerchantFilter { merchant, state }).await
}

/// `GET /v1/merchants/{id}`
pub async fn read(
    caller: Caller<ReadMerchants>,
    app: Data<App>,
    id: PathId<MerchantId>,
) -> Result<HttpResponse, Problem> {
    let sees = |merchant: &Merchant| match caller.role {
        Role::Consumer => merchant.state == MerchantState::Active,
        _ => caller.is_of_merchant(merchant.id),
    };
    read_one(&app, &caller, id.0, objects::merchants::load, sees).await
}
