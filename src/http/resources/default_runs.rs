//! Default runs (跑路) and orderly exits: proposed by one notary, approved by another, followed while they go on.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, MerchantId, RefundId, RunId, UserId};
use crate::domain::money::Amount;
use crate::domain::objects::{
    DefaultRun, Notice, NoticeHow, Progress, Proof, ProofKind, RefundState, Role, RunCause, RunContract, RunMode,
    RunOutcome, RunState,
};
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Approval, PathId, Query, QueryNumber, Reason, Text, Write, time};
use crate::http::paging::{Filters, Paging};
use crate::http::permissions::{
    ApproveDefaultRun, ObjectToDefaultRun, ProposeDefaultRun, ReadDefaultRuns, RescindDefaultRun,
};
use crate::http::problem::Problem;
use crate::http::reply::{Records, Shown, changed, created, decided, from_object, read_one};
use crate::http::texts::{note, text, text_of};
use crate::ledger::commands::default_runs;
use crate::store::queries::{self, Listed, Page, RunContractFilter, RunFilter};
use crate::store::{self, Connection, objects};

const PROOFS_MAX: usize = 20;

/// A proposal on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRun {
    cause: Option<RunCause>,
    mode: Option<RunMode>,
    #[serde(default)]
    proofs: Vec<NewProof>,
    notice: Option<NewNotice>,
    reason: Option<Text<1, 2000>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewProof {
    kind: ProofKind,
    document_sha256: Digest,
    document_sm3: Digest,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewNotice {
    how: NoticeHow,
    #[serde(default, deserialize_with = "time")]
    sent_at: Option<Timestamp>,
    document_sha256: Digest,
    document_sm3: Digest,
}

/// What a list of runs is filtered by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    state: Option<RunState>,
    merchant_id: Option<MerchantId>,
    limit: Option<QueryNumber>,
    cursor: Option<String>,
}

/// What a list of a run's contracts is filtered by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeFilter {
    outcome: Option<RunOutcome>,
    limit: Option<QueryNumber>,
    cursor: Option<String>,
}

/// A run's wire form.
#[derive(Serialize)]
pub struct RunView {
    id: RunId,
    merchant_id: MerchantId,
    state: RunState,
    revision: u64,
    cause: RunCause,
    mode: RunMode,
    proofs: Vec<ProofView>,
    notice: Option<NoticeView>,
    reason: Option<String>,
    contracts: u64,
    amount: Amount,
    currency: &'static str,
    proposed_by: UserId,
    proposed_at: Timestamp,
    object_by: Option<Timestamp>,
    objected_at: Option<Timestamp>,
    objection: Option<String>,
    approved_by: Option<UserId>,
    approved_at: Option<Timestamp>,
    frozen: Amount,
    progress: Progress,
    ended_at: Option<Timestamp>,
    rescind_reason: Option<String>,
    newest_entry: u64,
}

#[derive(Serialize)]
struct ProofView {
    kind: ProofKind,
    document_sha256: Digest,
    document_sm3: Digest,
}

#[derive(Serialize)]
struct NoticeView {
    how: NoticeHow,
    sent_at: Timestamp,
    document_sha256: Digest,
    document_sm3: Digest,
}

#[derive(Serialize)]
struct ListedView {
    contract_id: ContractId,
    consumer_id: Option<ConsumerId>,
    outcome: RunOutcome,
    amount: Amount,
    currency: &'static str,
    refund_id: Option<RefundId>,
    refund_state: Option<RefundState>,
}

from_object!(boxed DefaultRun);

impl Shown for DefaultRun {
    type View = RunView;

    fn digests(&self) -> Vec<Digest> {
        [self.reason, self.objection, self.rescinded].into_iter().flatten().collect()
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn view(&self, records: &Records, role: Role) -> RunView {
        // A regulator reads what was done, but no free text, which may hold personal data.
        let told = |digest: Option<Digest>| text_of(records, digest).filter(|_| role != Role::Regulator);
        let proof = |proof: &Proof| {
            let Proof { kind, sha256, sm3 } = *proof;
            ProofView { kind, document_sha256: sha256, document_sm3: sm3 }
        };
        let notice = |Notice { how, sent_at, sha256, sm3 }| NoticeView {
            how,
            sent_at,
            document_sha256: sha256,
            document_sm3: sm3,
        };
        RunView {
            id: self.id,
            merchant_id: self.merchant,
            state: self.state,
            revision: self.revision,
            cause: self.cause,
            mode: self.mode,
            proofs: self.proofs.iter().map(proof).collect(),
            notice: self.notice.map(notice),
            reason: told(self.reason),
            contracts: self.contracts,
            amount: self.amount,
            currency: "CNY",
            proposed_by: self.proposed_by,
            proposed_at: self.proposed_at,
            object_by: self.object_by,
            objected_at: self.objected_at,
            objection: told(self.objection),
            approved_by: self.approved_by,
            approved_at: self.approved_at,
            frozen: self.frozen,
            progress: self.progress,
            ended_at: self.ended_at,
            rescind_reason: told(self.rescinded),
            newest_entry: self.newest_entry,
        }
    }
}

/// `POST /v1/merchants/{id}/default-runs`
pub async fn propose(
    caller: Caller<ProposeDefaultRun>,
    app: Data<App>,
    id: PathId<MerchantId>,
    request: Write<NewRun>,
) -> Result<HttpResponse, Problem> {
    let body = &request.body;
    if body.proofs.len() > PROOFS_MAX {
        return Err(Problem::value("/proofs", "expected at most 20"));
    }
    let notice = body.notice.as_ref().map(|notice| read_notice(notice, app.now())).transpose()?;
    let proof = |proof: &NewProof| Proof { kind: proof.kind, sha256: proof.document_sha256, sm3: proof.document_sm3 };
    let (reason, records) = note(&app, body.reason.as_ref());
    let command = default_runs::ProposeRun {
        run: RunId::from_bits(app.new_id()),
        merchant: id.0,
        cause: body.cause.unwrap_or(RunCause::Default),
        mode: body.mode.unwrap_or(RunMode::Real),
        proofs: body.proofs.iter().map(proof).collect(),
        notice,
        reason,
    };
    created::<DefaultRun, _, _>(&app, &caller, &request, command, records).await
}

fn read_notice(notice: &NewNotice, now: Timestamp) -> Result<Notice, Problem> {
    let missing = || Problem::new("invalid_request").at("/notice/sent_at", "missing field");
    let sent_at = notice.sent_at.ok_or_else(missing)?;
    if sent_at > now {
        return Err(Problem::value("/notice/sent_at", "a notice was sent before it is told of"));
    }
    Ok(Notice { how: notice.how, sent_at, sha256: notice.document_sha256, sm3: notice.document_sm3 })
}

/// `POST /v1/default-runs/{id}/object`
pub async fn object(
    caller: Caller<ObjectToDefaultRun>,
    app: Data<App>,
    id: PathId<RunId>,
    request: Write<Reason>,
) -> Result<HttpResponse, Problem> {
    let (reason, kept) = text(&app, &request.body.reason);
    let command = default_runs::ObjectToRun { run: id.0, reason };
    changed::<DefaultRun, _, _>(&app, &caller, &request, command, vec![kept]).await
}

/// `POST /v1/default-runs/{id}/approve`
pub async fn approve(
    caller: Caller<ApproveDefaultRun>,
    app: Data<App>,
    id: PathId<RunId>,
    request: Write<Approval>,
) -> Result<HttpResponse, Problem> {
    request.reviewed()?;
    let command = default_runs::ApproveRun { run: id.0 };
    decided::<DefaultRun, _, _>(&app, &caller, &request, command, Vec::new(), request.body.signature).await
}

/// `POST /v1/default-runs/{id}/rescind`
pub async fn rescind(
    caller: Caller<RescindDefaultRun>,
    app: Data<App>,
    id: PathId<RunId>,
    request: Write<Reason>,
) -> Result<HttpResponse, Problem> {
    let (reason, kept) = text(&app, &request.body.reason);
    let command = default_runs::RescindRun { run: id.0, reason };
    changed::<DefaultRun, _, _>(&app, &caller, &request, command, vec![kept]).await
}

/// `GET /v1/default-runs`
pub async fn list(
    caller: Caller<ReadDefaultRuns>,
    app: Data<App>,
    query: Query<Filter>,
) -> Result<HttpResponse, Problem> {
    let Filter { state, merchant_id, limit, cursor } = query.0;
    let filter: Filters<'_> = &[("state", &state), ("merchant_id", &merchant_id)];
    let paging = Paging::new("/v1/default-runs", limit, cursor.as_deref(), filter)?;
    let Some(merchant) = caller.narrowed_merchant(merchant_id) else { return Ok(paging.nothing()) };
    paging.list(&app, &caller, queries::default_runs, RunFilter { state, merchant }).await
}

/// `GET /v1/default-runs/{id}`
pub async fn read(caller: Caller<ReadDefaultRuns>, app: Data<App>, id: PathId<RunId>) -> Result<HttpResponse, Problem> {
    let sees = |run: &DefaultRun| caller.is_of_merchant(run.merchant);
    read_one(&app, &caller, id.0, objects::default_runs::load, sees).await
}

/// `GET /v1/default-runs/{id}/contracts`: what could not be given back, and why.
pub async fn contracts(
    caller: Caller<ReadDefaultRuns>,
    app: Data<App>,
    id: PathId<RunId>,
    query: Query<OutcomeFilter>,
) -> Result<HttpResponse, Problem> {
    let run = app.find(caller.office, id.0, objects::default_runs::load).await?;
    let run = run.filter(|run| caller.is_of_merchant(run.merchant)).ok_or_else(Problem::not_found)?;
    let OutcomeFilter { outcome, limit, cursor } = query.0;
    let path = format!("/v1/default-runs/{}/contracts", run.id);
    let paging = Paging::new(&path, limit, cursor.as_deref(), &[("outcome", &outcome)])?;
    let filter = RunContractFilter { run: run.id, outcome };
    let listed = paging.read(&app, &caller, listed, filter).await?;
    Ok(paging.respond_with(listed.items.iter().map(view).collect(), paging.next_cursor(&listed)))
}

type Found = (RunContract, Option<ConsumerId>, Option<RefundState>);

/// The rows with whose they are, and what has become of the refunds since.
fn listed(
    connection: &mut Connection,
    office: &str,
    filter: &RunContractFilter,
    page: &Page,
) -> store::Result<Listed<Found>> {
    let found = queries::run_contracts(connection, office, filter, page)?;
    let ids: Vec<ContractId> = found.items.iter().map(|row| row.contract).collect();
    let contracts = objects::contracts::load(connection, office, &ids)?;
    let ids: Vec<RefundId> = found.items.iter().filter_map(|row| row.refund).collect();
    let refunds = objects::refunds::load(connection, office, &ids)?;
    let with = |row: RunContract| {
        let contract = contracts.iter().find(|contract| contract.id == row.contract);
        let refund = refunds.iter().find(|refund| Some(refund.id) == row.refund);
        (row, contract.map(|contract| contract.consumer), refund.map(|refund| refund.state))
    };
    Ok(Listed { items: found.items.into_iter().map(with).collect(), next: found.next })
}

fn view((row, consumer_id, refund_state): &Found) -> ListedView {
    ListedView {
        contract_id: row.contract,
        consumer_id: *consumer_id,
        outcome: row.outcome,
        amount: row.amount,
        currency: "CNY",
        refund_id: row.refund,
        refund_state: *refund_state,
    }
}
