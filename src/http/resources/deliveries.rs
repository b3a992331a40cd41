//! Deliveries (核销).

mod uses;

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::contracts::{below, own_only};
use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, DeliveryId, DisputeId, FreezeId, MerchantId, Party, VenueId};
use crate::domain::money::Amount;
use crate::domain::objects::{ConfirmedHow, Delivery, DeliveryState, Role};
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Nothing, OptionalReason, PathId, Query, Reason, Text, Whole, Write, time};
use crate::http::paging::Unfiltered;
use crate::http::permissions::{
    CheckIn, ConfirmDelivery, ContestDelivery, ReadContracts, ReadDeliveries, RecordDelivery, ReverseDelivery,
    VoidDelivery,
};
use crate::http::problem::Problem;
use crate::http::reply::{Records, Shown, changed, created, from_object, read_one};
use crate::http::texts::{note, text, text_of};
use crate::http::worklist::Worklist;
use crate::ledger::commands::deliveries;
use crate::store::objects;
use crate::store::queries::{self, DeliveryFilter};
use crate::store::records::Record;

/// A delivery on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDelivery {
    units: Option<Whole<1, 100_000>>,
    gift_service: Option<u32>,
    milestone: Option<u32>,
    value: Option<Amount>,
    list_value: Option<Amount>,
    venue_id: Option<VenueId>,
    #[serde(default, deserialize_with = "time")]
    occurred_at: Option<Timestamp>,
    note: Option<Text<1, 2000>>,
}

/// A delivery on its way in that names the holder's code instead of the contract.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewCheckIn {
    checkin_code: Text<6, 64>,
    units: Option<Whole<1, 100_000>>,
    gift_service: Option<u32>,
    milestone: Option<u32>,
    value: Option<Amount>,
    list_value: Option<Amount>,
    venue_id: Option<VenueId>,
    #[serde(default, deserialize_with = "time")]
    occurred_at: Option<Timestamp>,
    note: Option<Text<1, 2000>>,
}

/// What a body says was used. Both bodies have the same members, and a shared struct would let unknown ones through.
macro_rules! said {
    ($body:expr) => {
        uses::Said {
            units: $body.units,
            gift_service: $body.gift_service,
            milestone: $body.milestone,
            value: $body.value,
            list_value: $body.list_value,
            venue_id: $body.venue_id,
        }
    };
}

/// A delivery's wire form.
#[derive(Debug, Serialize)]
pub struct DeliveryView {
    id: DeliveryId,
    contract_id: ContractId,
    merchant_id: MerchantId,
    consumer_id: ConsumerId,
    state: DeliveryState,
    revision: u64,
    #[serde(flatten)]
    used: uses::View,
    amount: Amount,
    currency: &'static str,
    occurred_at: Timestamp,
    recorded_at: Timestamp,
    confirm_by: Timestamp,
    confirmed_at: Option<Timestamp>,
    confirmed_how: Option<ConfirmedHow>,
    matures_at: Option<Timestamp>,
    reversal_proposed_by: Option<&'static str>,
    dispute_id: Option<DisputeId>,
    note: Option<String>,
}

from_object!(Delivery);

impl Shown for Delivery {
    type View = DeliveryView;

    fn digests(&self) -> Vec<Digest> {
        self.note.into_iter().collect()
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn view(&self, records: &Records, _: Role) -> DeliveryView {
        DeliveryView {
            id: self.id,
            contract_id: self.contract,
            merchant_id: self.merchant,
            consumer_id: self.consumer,
            state: self.state,
            revision: self.revision,
            used: self.used.into(),
            amount: self.amount,
            currency: "CNY",
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
            confirm_by: self.confirm_by,
            confirmed_at: self.confirmed_at,
            confirmed_how: self.confirmed_how,
            matures_at: self.matures_at,
            reversal_proposed_by: self.reversal_proposed_by.map(side),
            dispute_id: self.dispute,
            note: text_of(records, self.note),
        }
    }
}

/// The side a party stands on.
#[must_use]
pub const fn side(party: Party) -> &'static str {
    match party {
        Party::Merchant(_) => "merchant",
        Party::Consumer(_) => "consumer",
    }
}

/// A command with the records that its events commit to.
type Asked<C> = (C, Vec<Record>);

/// What a merchant asks for who records a delivery.
///
/// # Errors
/// `invalid_value` where the members do not go together.
pub fn recording(
    app: &App,
    contract: ContractId,
    body: &NewDelivery,
) -> Result<Asked<deliveries::RecordDelivery>, Problem> {
    let used = said!(body).used()?;
    let (digest, records) = note(app, body.note.as_ref());
    let delivery = DeliveryId::from_bits(app.new_id());
    let occurred_at = body.occurred_at;
    Ok((deliveries::RecordDelivery { delivery, contract, used, occurred_at, note: digest }, records))
}

/// What a merchant asks for who scans the holder's code.
///
/// # Errors
/// `invalid_value` where the members do not go together.
pub fn checking_in(app: &App, body: &NewCheckIn) -> Result<Asked<deliveries::CheckIn>, Problem> {
    let used = said!(body).used()?;
    let (digest, records) = note(app, body.note.as_ref());
    let delivery = DeliveryId::from_bits(app.new_id());
    let code = Digest::of(&[body.checkin_code.0.as_bytes()]);
    Ok((deliveries::CheckIn { delivery, code, used, occurred_at: body.occurred_at, note: digest }, records))
}

/// What a consumer asks for who says that a delivery did not happen.
#[must_use]
pub fn contesting(app: &App, delivery: DeliveryId, body: &Reason) -> Asked<deliveries::ContestDelivery> {
    let (reason, kept) = text(app, &body.reason);
    let (dispute, freeze) = (DisputeId::from_bits(app.new_id()), FreezeId::from_bits(app.new_id()));
    (deliveries::ContestDelivery { delivery, dispute, freeze, reason }, vec![kept])
}

/// What a merchant asks for who takes a delivery back.
#[must_use]
pub fn voiding(app: &App, delivery: DeliveryId, body: &OptionalReason) -> Asked<deliveries::VoidDelivery> {
    let (reason, records) = note(app, body.reason.as_ref());
    (deliveries::VoidDelivery { delivery, reason }, records)
}

/// What somebody asks for who wants a confirmed delivery undone.
#[must_use]
pub fn reversing(app: &App, delivery: DeliveryId, body: &Reason) -> Asked<deliveries::ReverseDelivery> {
    let (reason, kept) = text(app, &body.reason);
    (deliveries::ReverseDelivery { delivery, reason }, vec![kept])
}

/// `POST /v1/contracts/{id}/deliveries`
pub async fn record(
    caller: Caller<RecordDelivery>,
    app: Data<App>,
    contract: PathId<ContractId>,
    request: Write<NewDelivery>,
) -> Result<HttpResponse, Problem> {
    let (command, records) = recording(&app, contract.0, &request.body)?;
    created::<Delivery, _, _>(&app, &caller, &request, command, records).await
}

/// `POST /v1/deliveries`
pub async fn check_in(
    caller: Caller<CheckIn>,
    app: Data<App>,
    request: Write<NewCheckIn>,
) -> Result<HttpResponse, Problem> {
    let (command, records) = checking_in(&app, &request.body)?;
    created::<Delivery, _, _>(&app, &caller, &request, command, records).await
}

/// `GET /v1/deliveries/{id}`
pub async fn read(
    caller: Caller<ReadDeliveries>,
    app: Data<App>,
    id: PathId<DeliveryId>,
) -> Result<HttpResponse, Problem> {
    let sees = |delivery: &Delivery| caller.sees(delivery.merchant, delivery.consumer);
    read_one(&app, &caller, id.0, objects::deliveries::load, sees).await
}

/// `POST /v1/deliveries/{id}/confirm`
pub async fn confirm(
    caller: Caller<ConfirmDelivery>,
    app: Data<App>,
    id: PathId<DeliveryId>,
    request: Write<Nothing>,
) -> Result<HttpResponse, Problem> {
    changed::<Delivery, _, _>(&app, &caller, &request, deliveries::ConfirmDelivery { delivery: id.0 }, Vec::new()).await
}

/// `POST /v1/deliveries/{id}/contest`
pub async fn contest(
    caller: Caller<ContestDelivery>,
    app: Data<App>,
    id: PathId<DeliveryId>,
    request: Write<Reason>,
) -> Result<HttpResponse, Problem> {
    let (command, records) = contesting(&app, id.0, &request.body);
    changed::<Delivery, _, _>(&app, &caller, &request, command, records).await
}

/// `POST /v1/deliveries/{id}/void`
pub async fn void(
    caller: Caller<VoidDelivery>,
    app: Data<App>,
    id: PathId<DeliveryId>,
    request: Write<OptionalReason>,
) -> Result<HttpResponse, Problem> {
    let (command, records) = voiding(&app, id.0, &request.body);
    changed::<Delivery, _, _>(&app, &caller, &request, command, records).await
}

/// `POST /v1/deliveries/{id}/reverse`
pub async fn reverse(
    caller: Caller<ReverseDelivery>,
    app: Data<App>,
    id: PathId<DeliveryId>,
    request: Write<Reason>,
) -> Result<HttpResponse, Problem> {
    let (command, records) = reversing(&app, id.0, &request.body);
    changed::<Delivery, _, _>(&app, &caller, &request, command, records).await
}

/// `GET /v1/contracts/{id}/deliveries`
pub async fn of_contract(
    caller: Caller<ReadContracts>,
    app: Data<App>,
    id: PathId<ContractId>,
    query: Query<Unfiltered>,
) -> Result<HttpResponse, Problem> {
    let paging = below(&app, &caller, id.0, "deliveries", &query.0).await?;
    let filter = DeliveryFilter { contract: Some(id.0), consumer: own_only(&caller), ..DeliveryFilter::default() };
    paging.list(&app, &caller, queries::deliveries, filter).await
}

/// `GET /v1/deliveries`
pub async fn list(
    caller: Caller<ReadDeliveries>,
    app: Data<App>,
    query: Query<Worklist<DeliveryState>>,
) -> Result<HttpResponse, Problem> {
    let paging = query.0.paging("/v1/deliveries")?;
    let Some((merchant, consumer)) = query.0.seen_by(&caller) else { return Ok(paging.nothing()) };
    let Worklist { state, due_before, .. } = query.0;
    let filter = DeliveryFilter { state, due_before, merchant, consumer, contract: None };
    paging.list(&app, &caller, queries::deliveries, filter).await
}
