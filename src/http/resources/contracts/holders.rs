//! Who holds a contract: how old they are, who consents for them, and whom they give it to.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::domain::age::age_class;
use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId};
use crate::domain::objects::{AgeClass, Contract, Document, User};
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Nothing, PathId, Text, Write};
use crate::http::permissions::{AcceptTransfer, ConsentGuardian, OfferTransfer, WithdrawTransfer};
use crate::http::problem::Problem;
use crate::http::reply::{changed, records_of};
use crate::http::resources::registrations::UserProfile;
use crate::http::texts::{record, record_of};
use crate::ledger::commands::contracts;
use crate::store::records::RecordKind;

/// To whom a contract is offered.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTransfer {
    to_consumer: ConsumerId,
}

/// A guardian's consent on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewGuardianConsent {
    name: Text<1, 100>,
    id_number: Text<1, 32>,
    relation: Text<1, 100>,
    document_sha256: Digest,
    document_sm3: Digest,
}

/// Who a guardian is; it stays beside the log.
#[derive(Serialize)]
struct Guardian<'a> {
    id_number: &'a str,
    name: &'a str,
    relation: &'a str,
}

/// How old the caller is today. The day of birth stays in their profile; the log learns only the class.
///
/// # Errors
/// When the database cannot be reached.
pub(super) async fn age_of<P>(app: &App, caller: &Caller<P>) -> Result<AgeClass, Problem> {
    let user = app.user(caller.office, caller.user).await?;
    let users: Vec<_> = user.iter().map(|user| User::clone(user)).collect();
    let records = records_of(app, caller.office, &users).await?;
    let profiles = users.iter().filter_map(|user| user.profile);
    let born_on = profiles.filter_map(|digest| record_of::<UserProfile>(&records, digest)).find_map(|it| it.birth_date);
    let today = app.now().date(&app.office(caller.office)?.office().zone);
    Ok(age_class(born_on, today))
}

/// `POST /v1/contracts/{id}/guardian-consent`
pub async fn consent_guardian(
    caller: Caller<ConsentGuardian>,
    app: Data<App>,
    id: PathId<ContractId>,
    request: Write<NewGuardianConsent>,
) -> Result<HttpResponse, Problem> {
    let body = &request.body;
    let guardian = Guardian { id_number: &body.id_number.0, name: &body.name.0, relation: &body.relation.0 };
    let (guardian, kept) = record(&app, RecordKind::Profile, &guardian)?;
    let document = Document { sha256: body.document_sha256, sm3: body.document_sm3 };
    let command = contracts::ConsentGuardian { contract: id.0, guardian, document };
    changed::<Contract, _, _>(&app, &caller, &request, command, vec![kept]).await
}

/// `POST /v1/contracts/{id}/transfer`
pub async fn offer_transfer(
    caller: Caller<OfferTransfer>,
    app: Data<App>,
    id: PathId<ContractId>,
    request: Write<NewTransfer>,
) -> Result<HttpResponse, Problem> {
    let command = contracts::OfferTransfer { contract: id.0, to: request.body.to_consumer };
    changed::<Contract, _, _>(&app, &caller, &request, command, Vec::new()).await
}

/// `POST /v1/contracts/{id}/transfer/accept`
pub async fn accept_transfer(
    caller: Caller<AcceptTransfer>,
    app: Data<App>,
    id: PathId<ContractId>,
    request: Write<Nothing>,
) -> Result<HttpResponse, Problem> {
    let command = contracts::AcceptTransfer { contract: id.0, holder_age: age_of(&app, &caller).await? };
    changed::<Contract, _, _>(&app, &caller, &request, command, Vec::new()).await
}

/// `POST /v1/contracts/{id}/transfer/withdraw`
pub async fn withdraw_transfer(
    caller: Caller<WithdrawTransfer>,
    app: Data<App>,
    id: PathId<ContractId>,
    request: Write<Nothing>,
) -> Result<HttpResponse, Problem> {
    let command = contracts::WithdrawTransfer { contract: id.0 };
    changed::<Contract, _, _>(&app, &caller, &request, command, Vec::new()).await
}
