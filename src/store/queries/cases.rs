//! Lists of disputes, of proposals to end them, and of freezes.

use diesel::prelude::*;

use super::page::{Listed, Page, narrow, page_of};
use crate::domain::id::{ConsumerId, ContractId, DisputeId, MerchantId, Party, UserId};
use crate::domain::objects::{Dispute, DisputeState, Evidence, EvidenceState, Freeze, FreezeState, Proposal};
use crate::domain::time::Timestamp;
use crate::store::column::Column as _;
use crate::store::rows::{DisputeRow, EvidenceRow, FreezeRow, ProposalRow};
use crate::store::schema::{disputes, evidence as files, freezes, proposals};
use crate::store::{Connection, Result};

/// Which disputes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DisputeFilter {
    /// Only those in this state.
    pub state: Option<DisputeState>,
    /// Only those whose present stage ends before this moment.
    pub due_before: Option<Timestamp>,
    /// Only those with this merchant.
    pub merchant: Option<MerchantId>,
    /// Only those with this consumer.
    pub consumer: Option<ConsumerId>,
    /// Only those about this contract.
    pub contract: Option<ContractId>,
    /// Only those that this user mediates, and that have not come to arbitration.
    pub mediator: Option<UserId>,
    /// Only those that this user arbitrates, and that have come to arbitration.
    pub arbitrator: Option<UserId>,
}

/// Which freezes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FreezeFilter {
    /// Only those in this state.
    pub state: Option<FreezeState>,
    /// Only those whose dispute comes to its next stage before this moment: a freeze has no deadline of its own.
    pub due_before: Option<Timestamp>,
    /// Only those with this merchant.
    pub merchant: Option<MerchantId>,
    /// Only those with this consumer.
    pub consumer: Option<ConsumerId>,
    /// Only those of this contract's money.
    pub contract: Option<ContractId>,
}

/// Which proposals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProposalFilter {
    /// The dispute they belong to.
    pub dispute: DisputeId,
    /// Leaves out what was offered in mediation.
    pub without_mediation: bool,
}

/// A page of disputes.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn disputes(
    connection: &mut Connection,
    office: &str,
    filter: &DisputeFilter,
    page: &Page,
) -> Result<Listed<Dispute>> {
    let mut query = page_of!(disputes, office, page);
    narrow!(query, disputes:
        state = filter.state, merchant_id = filter.merchant, consumer_id = filter.consumer,
        contract_id = filter.contract, mediator = filter.mediator, arbitrator = filter.arbitrator,
    );
    if filter.mediator.is_some() {
        query = query.filter(disputes::arbitration_since_us.is_null());
    }
    if filter.arbitrator.is_some() {
        query = query.filter(disputes::arbitration_since_us.is_not_null());
    }
    if let Some(due_before) = filter.due_before {
        query = query.filter(disputes::due_by_us.lt(due_before.micros()));
    }
    page.listed(query.load::<DisputeRow>(connection)?, |row| row.id.clone())
}

/// A page of freezes.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn freezes(
    connection: &mut Connection,
    office: &str,
    filter: &FreezeFilter,
    page: &Page,
) -> Result<Listed<Freeze>> {
    let mut query = page_of!(freezes, office, page);
    narrow!(query, freezes:
        state = filter.state, merchant_id = filter.merchant, consumer_id = filter.consumer,
        contract_id = filter.contract,
    );
    if let Some(due_before) = filter.due_before {
        let due = disputes::table
            .filter(disputes::office.eq(office).and(disputes::due_by_us.lt(due_before.micros())))
            .select(disputes::id.nullable());
        query = query.filter(freezes::dispute_id.eq_any(due));
    }
    page.listed(query.load::<FreezeRow>(connection)?, |row| row.id.clone())
}

/// A page of a dispute's proposals.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn proposals(
    connection: &mut Connection,
    office: &str,
    filter: &ProposalFilter,
    page: &Page,
) -> Result<Listed<Proposal>> {
    let mut query = page_of!(proposals, office, page);
    query = query.filter(proposals::dispute_id.eq(filter.dispute.to_column()));
    if filter.without_mediation {
        query = query.filter(proposals::stage.ne(DisputeState::Mediating.as_str()));
    }
    page.listed(query.load::<ProposalRow>(connection)?, |row| row.id.clone())
}

/// Disputes whose present stage is over at `now`, the longest due first.
///
/// # Errors
/// When the database cannot be reached.
pub fn due_disputes(connection: &mut Connection, office: &str, now: Timestamp, limit: i64) -> Result<Vec<DisputeId>> {
    let ids: Vec<String> = disputes::table
        .filter(disputes::office.eq(office).and(disputes::due_by_us.le(now.micros())))
        .order(disputes::due_by_us)
        .limit(limit)
        .select(disputes::id)
        .load(connection)?;
    ids.into_iter().map(DisputeId::from_column).collect()
}

/// Which evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvidenceFilter {
    /// The dispute it belongs to.
    pub dispute: DisputeId,
    /// Beside what was submitted, what this party has staged.
    pub staged_by: Option<Party>,
}

/// A page of a dispute's evidence.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn evidence(
    connection: &mut Connection,
    office: &str,
    filter: &EvidenceFilter,
    page: &Page,
) -> Result<Listed<Evidence>> {
    let mut query = page_of!(files, office, page);
    query = query.filter(files::dispute_id.eq(filter.dispute.to_column()));
    let submitted = files::state.eq(EvidenceState::Submitted.as_str());
    query = match filter.staged_by {
        Some(party) => query.filter(submitted.or(files::brought_by.eq(party.to_column()))),
        None => query.filter(submitted),
    };
    page.listed(query.load::<EvidenceRow>(connection)?, |row| row.id.clone())
}
