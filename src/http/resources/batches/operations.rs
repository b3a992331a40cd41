//! What a line of a batch can ask for: the one table that the service, the description and the tests read.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::body::Body;
use crate::domain::digest::Digest;
use crate::domain::id::{ContractId, DeliveryId, VenueId};
use crate::domain::objects::{Contract, Delivery, Role, Venue};
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Nothing, OptionalReason, Reason, fingerprint, parse, usable_key};
use crate::http::permissions::{
    CheckIn, ConfirmDelivery, ContestDelivery, MarkOpen, Permission, RecordDelivery, ReverseDelivery, SignContract,
    VoidDelivery,
};
use crate::http::problem::Problem;
use crate::http::reply::{Records, Shown, Written, scope_key};
use crate::http::resources::contracts::{Signature, signing};
use crate::http::resources::deliveries::{
    NewCheckIn, NewDelivery, checking_in, contesting, recording, reversing, voiding,
};
use crate::http::resources::venues::{NewOpenMark, marking_open};
use crate::ledger::commands::deliveries;
use crate::ledger::rebuild::Object;
use crate::ledger::{Command, Idempotency, Submission};
use crate::store::records::Record;

/// Something that a line can ask for; it means what the request of the same command means, and gets the same answer.
pub struct Operation {
    /// The name of the command, and of the permission it needs.
    pub name: &'static str,
    /// Who has that permission.
    pub roles: &'static [Role],
    /// The path of the request, with the member of a line's body that names its object in braces.
    pub path: &'static str,
    /// What the request is answered with when it succeeds.
    pub status: StatusCode,
    read: fn(&App, Role, Body<'_>) -> Result<Asked, Problem>,
    digests: fn(&Object) -> Vec<Digest>,
    show: Show,
}

/// Writes an object's wire form with the position at which it was written.
type Show = fn(&Object, &Records, Role, Option<u64>, &mut Vec<u8>) -> Result<(), Problem>;

/// A command with the records that its events commit to.
type Asked = (Box<dyn Command>, Vec<Record>);

/// Every operation.
static OPERATIONS: [Operation; 8] = [
    operation::<RecordDelivery, Delivery>("/v1/contracts/{contract_id}/deliveries", |app, _, body| {
        let (contract, new): (ContractId, NewDelivery) = body.on()?;
        let (command, records) = recording(app, contract, &new)?;
        Ok((Box::new(command), records))
    })
    .creates(),
    operation::<CheckIn, Delivery>("/v1/deliveries", |app, _, body| {
        let new: NewCheckIn = body.whole()?;
        let (command, records) = checking_in(app, &new)?;
        Ok((Box::new(command), records))
    })
    .creates(),
    operation::<ConfirmDelivery, Delivery>("/v1/deliveries/{delivery_id}/confirm", |_, _, body| {
        let (delivery, Nothing {}) = body.on()?;
        Ok((Box::new(deliveries::ConfirmDelivery { delivery }), Vec::new()))
    }),
    operation::<ContestDelivery, Delivery>("/v1/deliveries/{delivery_id}/contest", |app, _, body| {
        let (delivery, because): (DeliveryId, Reason) = body.on()?;
        let (command, records) = contesting(app, delivery, &because);
        Ok((Box::new(command), records))
    }),
    operation::<VoidDelivery, Delivery>("/v1/deliveries/{delivery_id}/void", |app, _, body| {
        let (delivery, because): (DeliveryId, OptionalReason) = body.on()?;
        let (command, records) = voiding(app, delivery, &because);
        Ok((Box::new(command), records))
    }),
    operation::<ReverseDelivery, Delivery>("/v1/deliveries/{delivery_id}/reverse", |app, _, body| {
        let (delivery, because): (DeliveryId, Reason) = body.on()?;
        let (command, records) = reversing(app, delivery, &because);
        Ok((Box::new(command), records))
    }),
    operation::<SignContract, Contract>("/v1/contracts/{contract_id}/sign", |_, role, body| {
        let (contract, signature): (ContractId, Signature) = body.on()?;
        Ok((Box::new(signing(role, contract, &signature)?), Vec::new()))
    }),
    operation::<MarkOpen, Venue>("/v1/venues/{venue_id}/open-marks", |_, _, body| {
        let (venue, mark): (VenueId, NewOpenMark) = body.on()?;
        Ok((Box::new(marking_open(venue, &mark)), Vec::new()))
    }),
];

/// Every operation that a line can ask for.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter()
}

const fn operation<P: Permission, T: Shown>(
    path: &'static str,
    read: fn(&App, Role, Body<'_>) -> Result<Asked, Problem>,
) -> Operation
where
    for<'a> &'a T: TryFrom<&'a Object>,
{
    let (name, roles, status) = (P::NAME, P::ROLES, StatusCode::OK);
    Operation { name, roles, path, status, read, digests: digests::<T>, show: show::<T> }
}

fn digests<T: Shown>(object: &Object) -> Vec<Digest>
where
    for<'a> &'a T: TryFrom<&'a Object>,
{
    <&T>::try_from(object).map(Shown::digests).unwrap_or_default()
}

fn show<T: Shown>(
    object: &Object,
    records: &Records,
    role: Role,
    position: Option<u64>,
    out: &mut Vec<u8>,
) -> Result<(), Problem>
where
    for<'a> &'a T: TryFrom<&'a Object>,
{
    let internal = || Problem::new("internal");
    let object = <&T>::try_from(object).map_err(|_| internal())?;
    serde_json::to_writer(out, &Written::new(object.view(records, role), position)).map_err(|_| internal())
}

impl Operation {
    const fn creates(mut self) -> Self {
        self.status = StatusCode::CREATED;
        self
    }

    /// The records that the answer shows something of.
    #[must_use]
    pub fn digests(&self, object: &Object) -> Vec<Digest> {
        (self.digests)(object)
    }

    /// Writes the answer's body.
    ///
    /// # Errors
    /// `internal` where the object is not what this operation is about.
    pub fn show(
        &self,
        object: &Object,
        records: &Records,
        role: Role,
        position: Option<u64>,
        out: &mut Vec<u8>,
    ) -> Result<(), Problem> {
        (self.show)(object, records, role, position, out)
    }
}

/// A line as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    #[serde(borrow)]
    op: Cow<'a, str>,
    idempotency_key: Option<String>,
    #[serde(borrow)]
    body: &'a RawValue,
}

/// A line that the ledger can be asked.
pub struct Ready {
    /// What it asks for.
    pub operation: &'static Operation,
    /// The path of the request it stands for.
    pub path: String,
    /// What is handed in.
    pub submission: Submission,
}

/// A line that says nothing the ledger could be asked.
#[derive(Debug)]
pub struct Refused {
    /// Why.
    pub problem: Box<Problem>,
    /// The path of the request it stands for, where that is known.
    pub path: Option<String>,
}

impl Refused {
    /// A refusal of the request with this path, where that is known.
    #[must_use]
    pub fn at(problem: Problem, path: Option<String>) -> Self {
        Self { problem: Box::new(problem), path }
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::at(problem, None)
    }
}

/// Reads a line.
///
/// # Errors
/// What the request that it stands for would be refused with, or why it stands for none.
pub fn read<P>(app: &App, caller: &Caller<P>, line: &[u8]) -> Result<Ready, Refused> {
    let wire: Wire<'_> = parse(line)?;
    let operation = operations().find(|operation| operation.name == wire.op);
    let operation = operation.ok_or_else(|| {
        let allowed = operations().map(|operation| operation.name.to_owned());
        Problem::new("batch_op_unknown").at("/op", "this is no operation of a batch").allowing(allowed)
    })?;
    let body = Body::of(wire.body.get(), operation.path);
    let place = body.place(operation.path)?;
    let refused = |problem| Refused::at(problem, place.path.clone());
    if !operation.roles.contains(&caller.role) {
        return Err(refused(Problem::new("forbidden")));
    }
    let key = wire.idempotency_key.ok_or_else(|| refused(Problem::new("idempotency_key_missing")))?;
    let key = usable_key(key.as_bytes()).ok_or_else(|| refused(Problem::new("idempotency_key_invalid")))?;
    let (command, records) = (operation.read)(app, caller.role, body).map_err(refused)?;
    let path = place.path.unwrap_or_default();
    let fingerprint = fingerprint(app, &format!("POST {path}"), None, &place.canonical);
    let mut submission = Submission::new(command, caller.actor(), caller.request, app.now());
    submission.idempotency =
        Some(Idempotency { scope_key: scope_key(caller, key), fingerprint: fingerprint.as_bytes().to_vec() });
    submission.records = records;
    Ok(Ready { operation, path, submission })
}
