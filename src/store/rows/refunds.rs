//! Refunds as rows. Written out, since answer and decision are parts that may be absent.

use diesel::prelude::*;

use super::{Row, columns};
use crate::domain::objects::{Answer, Decision, Declaration, Document, Figures, PriorService, Refund};
use crate::store::Error;
use crate::store::column::Column;
use crate::store::schema::refunds;

/// One row of `refunds`.
#[derive(Queryable, Insertable, PartialEq, Eq)]
#[diesel(table_name = refunds, treat_none_as_default_value = false)]
pub struct RefundRow {
    /// The office.
    pub office: String,
    /// `id`.
    pub id: String,
    /// `contract_id`.
    pub contract_id: String,
    /// `consumer_id`.
    pub consumer_id: String,
    /// `merchant_id`.
    pub merchant_id: String,
    /// `state`.
    pub state: String,
    /// `revision`.
    pub revision: i64,
    /// `reason`.
    pub reason: String,
    /// `prior_same_service`.
    pub prior_same_service: bool,
    /// `requested_at_us`.
    pub requested_at_us: i64,
    /// `requested_on`.
    pub requested_on: String,
    /// `answer_by_us`.
    pub answer_by_us: Option<i64>,
    /// `needs_decision`.
    pub needs_decision: bool,
    /// `refund_fen`.
    pub refund_fen: i64,
    /// `used_fen`.
    pub used_fen: i64,
    /// `live`.
    pub live: String,
    /// `agreed_fen`.
    pub agreed_fen: Option<i64>,
    /// `answer_accept`.
    pub answer_accept: Option<bool>,
    /// `answer_amount_fen`.
    pub answer_amount_fen: Option<i64>,
    /// `answer_reason`.
    pub answer_reason: Option<String>,
    /// `decided_amount_fen`.
    pub decided_amount_fen: Option<i64>,
    /// `decided_basis`.
    pub decided_basis: Option<String>,
    /// `decided_by`.
    pub decided_by: Option<String>,
    /// `document_sha256`.
    pub document_sha256: Option<String>,
    /// The same by SM3.
    pub document_sm3: Option<String>,
    /// `approved_by`.
    pub approved_by: Option<String>,
    /// `ordered_at_us`.
    pub ordered_at_us: Option<i64>,
    /// `merchant_share_fen`.
    pub merchant_share_fen: Option<i64>,
    /// `payout_id`.
    pub payout_id: Option<String>,
    /// `newest_entry`.
    pub newest_entry: i64,
    /// `claim_by`.
    pub claim_by_us: Option<i64>,
    /// The award asked for, by SHA-256.
    pub award_sha256: Option<String>,
    /// The same by SM3.
    pub award_sm3: Option<String>,
    /// `claims`, as the log has them.
    pub claims: Option<String>,
    /// `counterclaims`, as the log has them.
    pub counterclaims: Option<String>,
    /// `declared_amount_fen`.
    pub declared_amount_fen: Option<i64>,
    /// `declared_basis`.
    pub declared_basis: Option<String>,
    /// How far the claim of prior service has come.
    pub prior_service: Option<String>,
    /// What proves it, by SHA-256.
    pub prior_service_sha256: Option<String>,
    /// The same by SM3.
    pub prior_service_sm3: Option<String>,
    /// The merchant's note on it.
    pub prior_service_note: Option<String>,
    /// The decision's reason.
    pub decided_reason: Option<String>,
    /// `shortfall_fen`.
    pub shortfall_fen: Option<i64>,
    /// `pay_by_us`.
    pub pay_by_us: Option<i64>,
    /// What the decision leaves to a dispute.
    pub contested_fen: Option<i64>,
    /// `dispute_id`.
    pub dispute_id: Option<String>,
}

impl Row for RefundRow {
    type Object = Refund;

    fn of(office: &str, refund: &Refund) -> Self {
        let answer = refund.answer;
        let decision = refund.decision;
        Self {
            office: office.to_owned(),
            id: refund.id.to_column(),
            contract_id: refund.contract.to_column(),
            consumer_id: refund.consumer.to_column(),
            merchant_id: refund.merchant.to_column(),
            state: refund.state.to_column(),
            revision: refund.revision.to_column(),
            reason: refund.reason.to_column(),
            prior_same_service: refund.prior_same_service,
            requested_at_us: refund.requested_at.to_column(),
            requested_on: refund.requested_on.to_column(),
            answer_by_us: refund.answer_by.to_column(),
            needs_decision: refund.figures.needs_decision,
            refund_fen: refund.figures.refund.to_column(),
            used_fen: refund.figures.used.to_column(),
            live: refund.figures.live.to_column(),
            agreed_fen: refund.agreed.to_column(),
            answer_accept: answer.map(|answer| answer.accept),
            answer_amount_fen: answer.and_then(|answer| answer.amount).to_column(),
            answer_reason: answer.and_then(|answer| answer.reason).to_column(),
            decided_amount_fen: decision.map(|decision| decision.amount).to_column(),
            decided_basis: decision.map(|decision| decision.basis).to_column(),
            decided_by: decision.and_then(|decision| decision.decided_by).to_column(),
            document_sha256: decision.and_then(|decision| decision.document_sha256).to_column(),
            document_sm3: decision.and_then(|decision| decision.document_sm3).to_column(),
            approved_by: refund.approved_by.to_column(),
            ordered_at_us: refund.ordered_at.to_column(),
            merchant_share_fen: refund.merchant_share.to_column(),
            payout_id: refund.payout.to_column(),
            newest_entry: refund.newest_entry.to_column(),
            claim_by_us: refund.claim_by.to_column(),
            award_sha256: refund.award.map(|award| award.sha256).to_column(),
            award_sm3: refund.award.map(|award| award.sm3).to_column(),
            claims: refund.claims.to_column(),
            counterclaims: refund.counterclaims.to_column(),
            declared_amount_fen: refund.declaration.map(|declared| declared.amount).to_column(),
            declared_basis: refund.declaration.map(|declared| declared.basis).to_column(),
            prior_service: refund.prior_service.map(|claim| claim.state).to_column(),
            prior_service_sha256: refund.prior_service.map(|claim| claim.document.sha256).to_column(),
            prior_service_sm3: refund.prior_service.map(|claim| claim.document.sm3).to_column(),
            prior_service_note: refund.prior_service.and_then(|claim| claim.note).to_column(),
            decided_reason: decision.and_then(|decision| decision.reason).to_column(),
            shortfall_fen: refund.shortfall.to_column(),
            pay_by_us: refund.pay_by.to_column(),
            contested_fen: decision.and_then(|decision| decision.contested).to_column(),
            dispute_id: refund.dispute.to_column(),
        }
    }

    fn into_object(self) -> Result<Refund, Error> {
        let answer = match self.answer_accept {
            Some(accept) => Some(Answer {
                accept,
                amount: Column::from_column(self.answer_amount_fen)?,
                reason: Column::from_column(self.answer_reason)?,
            }),
            None => None,
        };
        let decision = match (self.decided_amount_fen, self.decided_basis) {
            (Some(amount), Some(basis)) => Some(Decision {
                amount: Column::from_column(amount)?,
                basis: Column::from_column(basis)?,
                contested: Column::from_column(self.contested_fen)?,
                decided_by: Column::from_column(self.decided_by)?,
                document_sha256: Column::from_column(self.document_sha256)?,
                document_sm3: Column::from_column(self.document_sm3)?,
                reason: Column::from_column(self.decided_reason)?,
            }),
            _ => None,
        };
        let prior_service = match (self.prior_service, document(self.prior_service_sha256, self.prior_service_sm3)?) {
            (Some(state), Some(document)) => Some(PriorService {
                state: Column::from_column(state)?,
                document,
                note: Column::from_column(self.prior_service_note)?,
            }),
            _ => None,
        };
        Ok(Refund {
            id: Column::from_column(self.id)?,
            contract: Column::from_column(self.contract_id)?,
            consumer: Column::from_column(self.consumer_id)?,
            merchant: Column::from_column(self.merchant_id)?,
            state: Column::from_column(self.state)?,
            revision: Column::from_column(self.revision)?,
            reason: Column::from_column(self.reason)?,
            prior_same_service: self.prior_same_service,
            requested_at: Column::from_column(self.requested_at_us)?,
            requested_on: Column::from_column(self.requested_on)?,
            answer_by: Column::from_column(self.answer_by_us)?,
            figures: Figures {
                live: Column::from_column(self.live)?,
                needs_decision: self.needs_decision,
                refund: Column::from_column(self.refund_fen)?,
                used: Column::from_column(self.used_fen)?,
            },
            agreed: Column::from_column(self.agreed_fen)?,
            claim_by: Column::from_column(self.claim_by_us)?,
            award: document(self.award_sha256, self.award_sm3)?,
            claims: Column::from_column(self.claims)?,
            counterclaims: Column::from_column(self.counterclaims)?,
            declaration: declaration(self.declared_amount_fen, self.declared_basis)?,
            prior_service,
            answer,
            decision,
            approved_by: Column::from_column(self.approved_by)?,
            ordered_at: Column::from_column(self.ordered_at_us)?,
            merchant_share: Column::from_column(self.merchant_share_fen)?,
            shortfall: Column::from_column(self.shortfall_fen)?,
            pay_by: Column::from_column(self.pay_by_us)?,
            payout: Column::from_column(self.payout_id)?,
            dispute: Column::from_column(self.dispute_id)?,
            newest_entry: Column::from_column(self.newest_entry)?,
        })
    }

    columns! {
        refunds: id fixed, contract_id fixed, consumer_id fixed, merchant_id fixed, state, revision, reason, prior_same_service, requested_at_us,
        requested_on, answer_by_us, needs_decision, refund_fen, used_fen, live, agreed_fen, answer_accept,
        answer_amount_fen, answer_reason, decided_amount_fen, decided_basis, decided_by, document_sha256, document_sm3,
        approved_by, ordered_at_us, merchant_share_fen, payout_id, newest_entry, claim_by_us, award_sha256 fixed, award_sm3 fixed,
        claims fixed, counterclaims, declared_amount_fen, declared_basis, prior_service, prior_service_sha256,
        prior_service_sm3, prior_service_note, decided_reason, shortfall_fen, pay_by_us,
        contested_fen, dispute_id,
    }
}

fn declaration(amount: Option<i64>, basis: Option<String>) -> Result<Option<Declaration>, Error> {
    let (Some(amount), Some(basis)) = (amount, basis) else { return Ok(None) };
    Ok(Some(Declaration { amount: Column::from_column(amount)?, basis: Column::from_column(basis)? }))
}

fn document(sha256: Option<String>, sm3: Option<String>) -> Result<Option<Document>, Error> {
    let (Some(sha256), Some(sm3)) = (sha256, sm3) else { return Ok(None) };
    Ok(Some(Document { sha256: Column::from_column(sha256)?, sm3: Column::from_column(sm3)? }))
}
