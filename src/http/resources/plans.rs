//! Plans (服务商品): what merchants sell, in versions that never change.

mod document;
mod finding;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use serde::{Deserialize, Serialize};

pub use document::{Document, NewPlan, PlanChange};

use crate::domain::digest::Digest;
use crate::domain::id::{MerchantId, PlanId};
use crate::domain::objects::{Plan, PlanState, PlanVersion, Role};
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Nothing, PathId, Query, QueryNumber, Reason, Text, Write};
use crate::http::paging::{Filters, Paging};
use crate::http::permissions::{ApprovePlan, DraftPlan, ReadPlans, RejectPlan, RevisePlan, SubmitPlan, WithdrawPlan};
use crate::http::problem::Problem;
use crate::http::reply::{Records, Shown, changed, created, read_one, remembered, written};
use crate::http::texts::{canonical_bytes, note, record_of, text};
use crate::ledger::commands::plans;
use crate::ledger::rebuild::Object;
use crate::ledger::records;
use crate::store::queries::{self, Listed, Page, PlanFilter, PlanScope};
use crate::store::records::Record;
use crate::store::{self, Connection, objects};

/// What a list is filtered by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    merchant_id: Option<MerchantId>,
    state: Option<PlanState>,
    limit: Option<QueryNumber>,
    cursor: Option<String>,
}

/// A notary's approval: terms that are open to doubt need the reason why they may stand.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanApproval {
    note: Option<Text<1, 2000>>,
    reason: Option<Text<1, 2000>>,
}

/// A plan with the version that is shown.
pub struct ShownPlan {
    plan: Plan,
    version: PlanVersion,
}

/// A plan's wire form.
#[derive(Serialize)]
pub struct PlanView {
    id: PlanId,
    on_sale_version: Option<u32>,
    state: PlanState,
    revision: u64,
    terms_sha256: Digest,
    terms_sm3: Digest,
    #[serde(flatten)]
    document: Option<document::Body>,
    merchant_id: MerchantId,
    version: u32,
    // A consumer reads terms that a notary has approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Option<Vec<finding::View>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings_more: Option<u32>,
}

impl TryFrom<Object> for ShownPlan {
    type Error = ();

    fn try_from(object: Object) -> Result<Self, ()> {
        match object {
            Object::Plan(plan, version) => Ok(Self { plan, version }),
            _ => Err(()),
        }
    }
}

impl Shown for ShownPlan {
    type View = PlanView;

    fn digests(&self) -> Vec<Digest> {
        vec![self.version.terms_sha256]
    }

    fn revision(&self) -> u64 {
        self.plan.revision
    }

    fn view(&self, records: &Records, role: Role) -> PlanView {
        let document: Option<Document> = record_of(records, self.version.terms_sha256);
        // A consumer sees the version on sale, whatever is being drafted behind it.
        let state = if role == Role::Consumer { PlanState::OnSale } else { self.plan.state };
        let terms = document.as_ref().map(|document| document.body.terms());
        let reading = self.plan.reading.as_ref();
        let findings = reading.map(|reading| finding::views(reading, terms));
        let is_shown = role != Role::Consumer;
        PlanView {
            id: self.plan.id,
            on_sale_version: self.plan.on_sale_version,
            state,
            revision: self.plan.revision,
            terms_sha256: self.version.terms_sha256,
            terms_sm3: self.version.terms_sm3,
            document: document.map(|document| document.body),
            merchant_id: self.plan.merchant,
            version: self.version.version,
            findings: is_shown.then_some(findings),
            findings_more: is_shown.then(|| reading.map_or(0, |reading| reading.more)),
        }
    }
}

/// The canonical document of a version, as a record under the digest that both parties will sign.
fn terms(document: &Document) -> Result<Record, Problem> {
    Ok(records::terms(canonical_bytes(document)?))
}

/// `POST /v1/plans`
pub async fn draft(
    caller: Caller<DraftPlan>,
    app: Data<App>,
    request: Write<NewPlan>,
) -> Result<HttpResponse, Problem> {
    let body = request.body.clone().checked()?;
    let live = app.user(caller.office, caller.user).await?.and_then(|user| user.party);
    let merchant = live.and_then(crate::domain::id::Party::merchant);
    let plan = PlanId::from_bits(app.new_id());
    let (figures, venues) = (body.figures()?, body.venues().to_vec());
    let document =
        Document { plan_id: plan, version: 1, merchant_id: merchant.unwrap_or(MerchantId::from_bits(0)), body };
    let kept = terms(&document)?;
    let terms_sm3 = Digest::sm3(&kept.body);
    let command = plans::DraftPlan { plan, figures, venues, terms_sha256: kept.digest, terms_sm3 };
    created::<ShownPlan, _, _>(&app, &caller, &request, command, vec![kept]).await
}

/// `PATCH /v1/plans/{id}`: a change is a new version; what is on sale stays on sale until the new one is approved.
pub async fn revise(
    caller: Caller<RevisePlan>,
    app: Data<App>,
    id: PathId<PlanId>,
    request: Write<PlanChange>,
) -> Result<HttpResponse, Problem> {
    let (before, document) = own_newest(&app, &caller, id.0).await?;
    let merchant = before.plan.merchant;
    let body = match request.body.clone().over(document.body) {
        Ok(body) => body,
        // The plan may have changed since this very change was made.
        Err(problem) => {
            let done = remembered(&app, &caller, &request).await?.ok_or(problem)?;
            return written::<ShownPlan, _>(&app, &caller, done, StatusCode::OK).await;
        }
    };
    let version = before.plan.version.saturating_add(1);
    let (figures, venues) = (body.figures()?, body.venues().to_vec());
    let kept = terms(&Document { plan_id: id.0, version, merchant_id: merchant, body })?;
    let terms_sm3 = Digest::sm3(&kept.body);
    let command = plans::RevisePlan { plan: id.0, version, figures, venues, terms_sha256: kept.digest, terms_sm3 };
    changed::<ShownPlan, _, _>(&app, &caller, &request, command, vec![kept]).await
}

/// The newest version of the caller's own plan, with its document.
async fn own_newest<P>(app: &App, caller: &Caller<P>, id: PlanId) -> Result<(ShownPlan, Document), Problem> {
    let live = app.user(caller.office, caller.user).await?.and_then(|user| user.party);
    let merchant = live.and_then(crate::domain::id::Party::merchant).ok_or_else(Problem::not_found)?;
    let found = app.find(caller.office, id, load(NEWEST)).await?;
    let shown = found.filter(|shown| shown.plan.merchant == merchant).ok_or_else(Problem::not_found)?;
    let records = crate::http::reply::records_of(app, caller.office, std::slice::from_ref(&shown)).await?;
    let document: Option<Document> = record_of(&records, shown.version.terms_sha256);
    Ok((shown, document.ok_or_else(|| Problem::new("internal"))?))
}

/// `POST /v1/plans/{id}/submit`: the terms are read, and what was found in them is answered.
pub async fn offer(
    caller: Caller<SubmitPlan>,
    app: Data<App>,
    id: PathId<PlanId>,
    request: Write<Nothing>,
) -> Result<HttpResponse, Problem> {
    let (newest, document) = own_newest(&app, &caller, id.0).await?;
    let version = newest.plan.version;
    let command = web::block(move || plans::SubmitPlan::of(id.0, version, document.body.terms())).await;
    let command = command.map_err(|_| Problem::new("internal"))?;
    changed::<ShownPlan, _, _>(&app, &caller, &request, command, Vec::new()).await
}

/// `POST /v1/plans/{id}/approve`
pub async fn approve(
    caller: Caller<ApprovePlan>,
    app: Data<App>,
    id: PathId<PlanId>,
    request: Write<PlanApproval>,
) -> Result<HttpResponse, Problem> {
    request.reviewed()?;
    let (reason, mut records) = note(&app, request.body.reason.as_ref());
    let (note, noted) = note(&app, request.body.note.as_ref());
    records.extend(noted);
    let command = plans::ApprovePlan { plan: id.0, note, reason };
    changed::<ShownPlan, _, _>(&app, &caller, &request, command, records).await
}

/// `POST /v1/plans/{id}/reject`
pub async fn reject(
    caller: Caller<RejectPlan>,
    app: Data<App>,
    id: PathId<PlanId>,
    request: Write<Reason>,
) -> Result<HttpResponse, Problem> {
    request.reviewed()?;
    let (reason, kept) = text(&app, &request.body.reason);
    changed::<ShownPlan, _, _>(&app, &caller, &request, plans::RejectPlan { plan: id.0, reason }, vec![kept]).await
}

/// `POST /v1/plans/{id}/withdraw`
pub async fn withdraw(
    caller: Caller<WithdrawPlan>,
    app: Data<App>,
    id: PathId<PlanId>,
    request: Write<Nothing>,
) -> Result<HttpResponse, Problem> {
    changed::<ShownPlan, _, _>(&app, &caller, &request, plans::WithdrawPlan { plan: id.0 }, Vec::new()).await
}

/// `GET /v1/plans`
pub async fn list(caller: Caller<ReadPlans>, app: Data<App>, query: Query<Filter>) -> Result<HttpResponse, Problem> {
    let Filter { merchant_id, state, limit, cursor } = query.0;
    let filter: Filters<'_> = &[("merchant_id", &merchant_id), ("state", &state)];
    let paging = Paging::new("/v1/plans", limit, cursor.as_deref(), filter)?;
    let Some(merchant) = caller.narrowed_merchant(merchant_id) else { return Ok(paging.nothing()) };
    let (scope, state) = match (caller.role, state) {
        (Role::Consumer, Some(state)) if state != PlanState::OnSale => return Ok(paging.nothing()),
        (Role::Consumer, _) => (PlanScope::OnSale, None),
        (_, state) => (PlanScope::Everything, state),
    };
    let version = version_for(caller.role);
    let shown = move |connection: &mut Connection, office: &str, filter: &PlanFilter, page: &Page| {
        let plans = queries::plans(connection, office, filter, page)?;
        Ok(Listed { items: with_versions(connection, office, plans.items, version)?, next: plans.next })
    };
    paging.list(&app, &caller, shown, PlanFilter { scope, merchant, state }).await
}

/// `GET /v1/plans/{id}`
pub async fn read(caller: Caller<ReadPlans>, app: Data<App>, id: PathId<PlanId>) -> Result<HttpResponse, Problem> {
    let sees = |shown: &ShownPlan| caller.is_of_merchant(shown.plan.merchant);
    read_one(&app, &caller, id.0, load(version_for(caller.role)), sees).await
}

/// Which version of a plan is meant, where there is one.
type Version = fn(&Plan) -> Option<u32>;

const NEWEST: Version = |plan| Some(plan.version);
const ON_SALE: Version = |plan| plan.on_sale_version;

fn version_for(role: Role) -> Version {
    if role == Role::Consumer { ON_SALE } else { NEWEST }
}

/// Loads plans with the version meant.
fn load(version: Version) -> impl FnOnce(&mut Connection, &str, &[PlanId]) -> store::Result<Vec<ShownPlan>> {
    move |connection, office, ids| {
        let plans = objects::plans::load(connection, office, ids)?;
        with_versions(connection, office, plans, version)
    }
}

/// Each plan with the version meant, where it has one.
fn with_versions(
    connection: &mut Connection,
    office: &str,
    plans: Vec<Plan>,
    version: Version,
) -> store::Result<Vec<ShownPlan>> {
    let keys: Vec<(PlanId, u32)> =
        plans.iter().filter_map(|plan| version(plan).map(|version| (plan.id, version))).collect();
    let mut versions = objects::plan_versions::load(connection, office, &keys)?;
    let mut found = Vec::with_capacity(plans.len());
    for plan in plans {
        let place = versions.iter().position(|version| version.plan == plan.id);
        if let Some(place) = place {
            found.push(ShownPlan { plan, version: versions.swap_remove(place) });
        }
    }
    Ok(found)
}
