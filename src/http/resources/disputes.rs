//! Disputes (纠纷).

use std::collections::HashSet;

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::deliveries::side;
use super::dispute_ends::{ItemView, Particulars};
use super::proposals::SplitView;
use crate::domain::digest::Digest;
use crate::domain::id::{
    ConsumerId, ContractId, DeliveryId, DisputeId, FreezeId, MerchantId, ProposalId, RefundId, UserId,
};
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, Dispute, DisputeState, Role};
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Nothing, PathId, Query, Text, Write};
use crate::http::permissions::{OpenDispute, ReadDisputes, WithdrawDispute};
use crate::http::problem::Problem;
use crate::http::reply::{Records, Shown, changed, created, from_object, read_one};
use crate::http::texts::{record_of, text, text_of};
use crate::http::worklist::Worklist;
use crate::ledger::commands::disputes;
use crate::store::objects;
use crate::store::queries::{self, DisputeFilter};

/// How many deliveries one dispute can be about.
const DELIVERIES_MAX: usize = 50;

/// A dispute on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDispute {
    contract_id: ContractId,
    deliveries: Option<Vec<DeliveryId>>,
    held_amount: Option<Amount>,
    reason: Text<1, 2000>,
}

/// A dispute's wire form.
#[derive(Serialize)]
pub struct DisputeView {
    id: DisputeId,
    contract_id: ContractId,
    consumer_id: ConsumerId,
    merchant_id: MerchantId,
    state: DisputeState,
    revision: u64,
    opened_by: &'static str,
    refund_id: Option<RefundId>,
    amount: Amount,
    held_amount: Amount,
    currency: &'static str,
    deliveries: Vec<DeliveryId>,
    freeze_id: FreezeId,
    reason: Option<String>,
    opened_at: Timestamp,
    negotiate_by: Timestamp,
    mediate_by: Option<Timestamp>,
    award_by: Option<Timestamp>,
    review_by: Option<Timestamp>,
    due_by: Option<Timestamp>,
    evidence_by: Option<Timestamp>,
    arbitration_objected_by: Option<&'static str>,
    mediator_id: Option<UserId>,
    arbitrator_id: Option<UserId>,
    proposal_id: Option<ProposalId>,
    decided: Option<SplitView>,
    award: Option<AwardView>,
    executed_by: Option<UserId>,
    paid_as: Option<RefundId>,
    newest_entry: u64,
}

/// What an institution or a court has decided until now.
#[derive(Serialize)]
struct AwardView {
    basis: Basis,
    number: Option<String>,
    items: Vec<ItemView>,
    beyond: Amount,
    costs: Amount,
    document_sha256: Digest,
    document_sm3: Digest,
}

from_object!(boxed Dispute);

impl Shown for Dispute {
    type View = DisputeView;

    fn digests(&self) -> Vec<Digest> {
        [self.reason].into_iter().chain(self.award.as_ref().map(|award| award.particulars)).collect()
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn view(&self, records: &Records, role: Role) -> DisputeView {
        DisputeView {
            id: self.id,
            contract_id: self.contract,
            consumer_id: self.consumer,
            merchant_id: self.merchant,
            state: self.state,
            revision: self.revision,
            opened_by: side(self.opened_by),
            refund_id: self.refund,
            amount: self.amount,
            held_amount: self.held,
            currency: "CNY",
            deliveries: self.deliveries.clone(),
            freeze_id: self.freeze,
            // A regulator reads no personal data, which a reason may hold.
            reason: text_of(records, Some(self.reason)).filter(|_| role != Role::Regulator),
            opened_at: self.opened_at,
            negotiate_by: self.negotiate_by,
            mediate_by: self.mediate_by,
            award_by: self.award_by,
            review_by: self.review_by,
            due_by: self.due_by,
            evidence_by: self.evidence_by(),
            arbitration_objected_by: self.arbitration_objected_by.map(side),
            mediator_id: self.mediator,
            arbitrator_id: self.arbitrator,
            proposal_id: self.proposal,
            decided: self.decided.as_ref().map(SplitView::from),
            award: self.award.as_ref().map(|award| {
                let known = role != Role::Regulator;
                let particulars: Option<Particulars> = record_of(records, award.particulars).filter(|_| known);
                let (number, items) = particulars.map(|kept| (kept.number, kept.items)).unzip();
                AwardView {
                    basis: award.basis,
                    number,
                    items: items.unwrap_or_default(),
                    beyond: award.beyond,
                    costs: award.costs,
                    document_sha256: award.document_sha256,
                    document_sm3: award.document_sm3,
                }
            }),
            executed_by: self.executed_by,
            paid_as: self.paid_as,
            newest_entry: self.newest_entry,
        }
    }
}

/// `POST /v1/disputes`
pub async fn open(
    caller: Caller<OpenDispute>,
    app: Data<App>,
    request: Write<NewDispute>,
) -> Result<HttpResponse, Problem> {
    let body = &request.body;
    let deliveries = body.deliveries.clone().unwrap_or_default();
    let held = body.held_amount.unwrap_or_default();
    if deliveries.is_empty() && held.is_zero() {
        return Err(Problem::value("/held_amount", "a dispute names deliveries, an amount of held money, or both"));
    }
    if deliveries.len() > DELIVERIES_MAX {
        return Err(Problem::value("/deliveries", format!("a dispute names at most {DELIVERIES_MAX} deliveries")));
    }
    if deliveries.iter().collect::<HashSet<_>>().len() < deliveries.len() {
        return Err(Problem::value("/deliveries", "a delivery is named twice"));
    }
    let (reason, kept) = text(&app, &body.reason);
    let command = disputes::OpenDispute {
        dispute: DisputeId::from_bits(app.new_id()),
        freeze: FreezeId::from_bits(app.new_id()),
        contract: body.contract_id,
        deliveries,
        held,
        reason,
    };
    created::<Dispute, _, _>(&app, &caller, &request, command, vec![kept]).await
}

/// `POST /v1/disputes/{id}/withdraw`
pub async fn withdraw(
    caller: Caller<WithdrawDispute>,
    app: Data<App>,
    id: PathId<DisputeId>,
    request: Write<Nothing>,
) -> Result<HttpResponse, Problem> {
    let command = disputes::WithdrawDispute { dispute: id.0 };
    changed::<Dispute, _, _>(&app, &caller, &request, command, Vec::new()).await
}

/// `GET /v1/disputes`
pub async fn list(
    caller: Caller<ReadDisputes>,
    app: Data<App>,
    query: Query<Worklist<DisputeState>>,
) -> Result<HttpResponse, Problem> {
    let paging = query.0.paging("/v1/disputes")?;
    let Some((merchant, consumer)) = query.0.seen_by(&caller) else { return Ok(paging.nothing()) };
    let Worklist { state, due_before, .. } = query.0;
    let mediator = Some(caller.user).filter(|_| caller.role == Role::Mediator);
    let arbitrator = Some(caller.user).filter(|_| caller.role == Role::Arbitrator);
    let filter = DisputeFilter { state, due_before, merchant, consumer, contract: None, mediator, arbitrator };
    paging.list(&app, &caller, queries::disputes, filter).await
}

/// `GET /v1/disputes/{id}`
pub async fn read(
    caller: Caller<ReadDisputes>,
    app: Data<App>,
    id: PathId<DisputeId>,
) -> Result<HttpResponse, Problem> {
    // Who was served before the contract passed on can have opened it, and sees what becomes of that.
    let opened = |dispute: &Dispute| caller.party.is_some() && caller.party == Some(dispute.opened_by);
    read_one(&app, &caller, id.0, objects::disputes::load, |dispute| sees(&caller, dispute) || opened(dispute)).await
}

/// Whether a dispute is the caller's business: its parties, who was named to hear it while it is theirs, and those above.
pub fn sees<P>(caller: &Caller<P>, dispute: &Dispute) -> bool {
    match caller.role {
        Role::Mediator => dispute.is_mediated_by(caller.user),
        Role::Arbitrator => dispute.is_arbitrated_by(caller.user),
        _ => caller.sees(dispute.merchant, dispute.consumer),
    }
}
