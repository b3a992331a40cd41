//! Proposals: how a dispute's frozen money is to be split, by a party or the mediator.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{DeliveryId, DisputeId, ProposalId};
use crate::domain::money::Amount;
use crate::domain::objects::{Dispute, DisputeState, Proposal, ProposalState, Role, Split};
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Nothing, PathId, PathIds, Query, Text, Write};
use crate::http::paging::Unfiltered;
use crate::http::permissions::{AcceptProposal, MakeProposal, Permission, ReadProposals};
use crate::http::problem::Problem;
use crate::http::reply::{Records, Shown, changed, created, from_object, read_one};
use crate::http::resources::disputes::sees;
use crate::http::texts::{note, text_of};
use crate::ledger::commands::disputes;
use crate::store::objects;
use crate::store::queries::{self, ProposalFilter};

/// How many deliveries a split can void.
const VOIDED_MAX: usize = 50;

/// A split on its way in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewProposal {
    refund: Amount,
    merchant: Amount,
    held: Amount,
    voided_deliveries: Option<Vec<DeliveryId>>,
    note: Option<Text<1, 2000>>,
}

/// A split's wire form.
#[derive(Clone, Debug, Serialize)]
pub struct SplitView {
    refund: Amount,
    merchant: Amount,
    held: Amount,
    voided_deliveries: Vec<DeliveryId>,
}

/// A proposal's wire form.
#[derive(Serialize)]
pub struct ProposalView {
    id: ProposalId,
    dispute_id: DisputeId,
    state: ProposalState,
    revision: u64,
    made_by: Role,
    stage: DisputeState,
    split: SplitView,
    currency: &'static str,
    note: Option<String>,
    made_at: Timestamp,
    accepted_by_consumer_at: Option<Timestamp>,
    accepted_by_merchant_at: Option<Timestamp>,
}

from_object!(Proposal);

impl From<&Split> for SplitView {
    fn from(split: &Split) -> Self {
        let Split { held, merchant, refund, ref voided } = *split;
        Self { refund, merchant, held, voided_deliveries: voided.clone() }
    }
}

impl Shown for Proposal {
    type View = ProposalView;

    fn digests(&self) -> Vec<Digest> {
        self.note.into_iter().collect()
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn view(&self, records: &Records, _: Role) -> ProposalView {
        ProposalView {
            id: self.id,
            dispute_id: self.dispute,
            state: self.state,
            revision: self.revision,
            made_by: self.made_by,
            stage: self.stage,
            split: SplitView::from(&self.split),
            currency: "CNY",
            note: text_of(records, self.note),
            made_at: self.made_at,
            accepted_by_consumer_at: self.accepted_by_consumer_at,
            accepted_by_merchant_at: self.accepted_by_merchant_at,
        }
    }
}

/// A split as it came in, which voids no delivery twice and not too many.
///
/// # Errors
/// `invalid_value` with a pointer.
pub fn split(
    (refund, merchant, held): (Amount, Amount, Amount),
    voided: Option<&Vec<DeliveryId>>,
) -> Result<Split, Problem> {
    let voided = voided.cloned().unwrap_or_default();
    if voided.len() > VOIDED_MAX {
        return Err(Problem::value("/voided_deliveries", format!("expected at most {VOIDED_MAX} deliveries")));
    }
    Ok(Split { held, merchant, refund, voided })
}

/// `POST /v1/disputes/{id}/proposals`
pub async fn make(
    caller: Caller<MakeProposal>,
    app: Data<App>,
    id: PathId<DisputeId>,
    request: Write<NewProposal>,
) -> Result<HttpResponse, Problem> {
    let body = &request.body;
    let split = split((body.refund, body.merchant, body.held), body.voided_deliveries.as_ref())?;
    let (note, records) = note(&app, body.note.as_ref());
    let proposal = ProposalId::from_bits(app.new_id());
    let command = disputes::MakeProposal { proposal, dispute: id.0, split, note };
    created::<Proposal, _, _>(&app, &caller, &request, command, records).await
}

/// `POST /v1/disputes/{id}/proposals/{proposal}/accept`
pub async fn accept(
    caller: Caller<AcceptProposal>,
    app: Data<App>,
    ids: PathIds<DisputeId, ProposalId>,
    request: Write<Nothing>,
) -> Result<HttpResponse, Problem> {
    request.reviewed()?;
    let command = disputes::AcceptProposal { proposal: ids.1, dispute: ids.0 };
    changed::<Proposal, _, _>(&app, &caller, &request, command, Vec::new()).await
}

/// `GET /v1/disputes/{id}/proposals`
pub async fn list(
    caller: Caller<ReadProposals>,
    app: Data<App>,
    id: PathId<DisputeId>,
    query: Query<Unfiltered>,
) -> Result<HttpResponse, Problem> {
    visible(&app, &caller, id.0).await?;
    let paging = query.0.paging(&format!("/v1/disputes/{}/proposals", id.0))?;
    let filter = ProposalFilter { dispute: id.0, without_mediation: caller.role == Role::Arbitrator };
    paging.list(&app, &caller, queries::proposals, filter).await
}

/// `GET /v1/disputes/{id}/proposals/{proposal}`
pub async fn read(
    caller: Caller<ReadProposals>,
    app: Data<App>,
    ids: PathIds<DisputeId, ProposalId>,
) -> Result<HttpResponse, Problem> {
    visible(&app, &caller, ids.0).await?;
    // What is offered in mediation is not shown to the arbitrator.
    let hidden = |proposal: &Proposal| caller.role == Role::Arbitrator && proposal.stage == DisputeState::Mediating;
    let belongs = |proposal: &Proposal| proposal.dispute == ids.0 && !hidden(proposal);
    read_one(&app, &caller, ids.1, objects::proposals::load, belongs).await
}

/// The dispute, where it is the caller's business.
///
/// # Errors
/// `not_found` for strangers.
pub async fn visible<P: Permission>(app: &App, caller: &Caller<P>, id: DisputeId) -> Result<Dispute, Problem> {
    let found = app.find(caller.office, id, objects::disputes::load).await?;
    found.filter(|dispute| sees(caller, dispute)).ok_or_else(Problem::not_found)
}
