//! A refund's wire form: what the engine gives and what people decided stand apart.

use serde::Serialize;

use super::claims::ClaimsView;
use crate::domain::digest::Digest;
use crate::domain::figures::shortfall;
use crate::domain::id::{ConsumerId, ContractId, DisputeId, MerchantId, PayoutId, RefundId, UserId};
use crate::domain::money::{Amount, Delta};
use crate::domain::objects::{Basis, Contract, PriorServiceState, Refund, RefundState, Role};
use crate::domain::refund::Reason;
use crate::domain::time::Timestamp;
use crate::http::reply::{Records, Shown};
use crate::http::resources::contracts::{naming_digest, plan_names};
use crate::http::resources::refund_calculations::CalculationView;
use crate::http::texts::text_of;
use crate::ledger::rebuild::Object;

/// A refund with its contract, from which its calculation is shown line by line.
pub struct ShownRefund {
    /// The refund.
    pub refund: Refund,
    /// The contract whose money it is.
    pub contract: Contract,
}

/// A refund's wire form.
#[derive(Serialize)]
pub struct RefundView {
    id: RefundId,
    contract_id: ContractId,
    consumer_id: ConsumerId,
    merchant_id: MerchantId,
    state: RefundState,
    revision: u64,
    reason: Reason,
    requested_at: Timestamp,
    answer_by: Option<Timestamp>,
    claim_by: Option<Timestamp>,
    award: Option<DocumentView>,
    claims: Option<ClaimsView>,
    answer: Option<AnswerView>,
    prior_service_claim: Option<PriorServiceView>,
    declaration: Option<DeclarationView>,
    amount: Option<Amount>,
    basis: Option<Basis>,
    document: Option<DocumentView>,
    difference: Option<DifferenceView>,
    shortfall: Amount,
    merchant_share: Option<Amount>,
    contested_amount: Option<Amount>,
    dispute_id: Option<DisputeId>,
    proposed_by: Option<UserId>,
    approved_by: Option<UserId>,
    pay_by: Option<Timestamp>,
    payout_id: Option<PayoutId>,
    newest_entry: u64,
    calculation: CalculationView,
}

#[derive(Serialize)]
struct AnswerView {
    accept: bool,
    amount: Option<Amount>,
    reason: Option<String>,
    claims: Option<ClaimsView>,
}

#[derive(Serialize)]
struct DocumentView {
    sha256: Digest,
    sm3: Digest,
}

#[derive(Serialize)]
struct PriorServiceView {
    state: PriorServiceState,
    document: DocumentView,
    note: Option<String>,
}

#[derive(Serialize)]
struct DeclarationView {
    basis: Basis,
    amount: Amount,
}

/// How far the decision lies from the engine's figure, and why.
#[derive(Serialize)]
struct DifferenceView {
    amount: Delta,
    reason: Option<String>,
}

impl TryFrom<Object> for ShownRefund {
    type Error = ();

    fn try_from(object: Object) -> Result<Self, ()> {
        match object {
            Object::Refund(refund, contract) => Ok(Self { refund: *refund, contract: *contract }),
            _ => Err(()),
        }
    }
}

impl Shown for ShownRefund {
    type View = RefundView;

    fn digests(&self) -> Vec<Digest> {
        let refund = &self.refund;
        let brought = refund.claims.iter().chain(&refund.counterclaims);
        let names = brought.flat_map(|claims| &claims.deductions).map(|deduction| deduction.name);
        let said = [
            refund.answer.and_then(|answer| answer.reason),
            refund.decision.and_then(|decision| decision.reason),
            refund.prior_service.and_then(|claim| claim.note),
        ];
        said.into_iter().flatten().chain(names).chain(naming_digest(&self.contract)).collect()
    }

    fn revision(&self) -> u64 {
        self.refund.revision
    }

    fn view(&self, records: &Records, _: Role) -> RefundView {
        let refund = &self.refund;
        let decision = refund.decision;
        let document = decision.and_then(|decision| decision.document_sha256.zip(decision.document_sm3));
        let difference = refund.difference().filter(|amount| *amount != Delta::ZERO);
        RefundView {
            id: refund.id,
            contract_id: refund.contract,
            consumer_id: refund.consumer,
            merchant_id: refund.merchant,
            state: refund.state,
            revision: refund.revision,
            reason: refund.reason,
            requested_at: refund.requested_at,
            answer_by: refund.answer_by,
            claim_by: refund.claim_by,
            award: refund.award.map(|award| DocumentView { sha256: award.sha256, sm3: award.sm3 }),
            claims: refund.claims.as_ref().map(|claims| ClaimsView::of(claims, records)),
            answer: refund.answer.map(|answer| AnswerView {
                accept: answer.accept,
                // Who accepts names no amount: the figure agreed to stands in the calculation.
                amount: answer.amount.filter(|_| !answer.accept),
                reason: text_of(records, answer.reason),
                claims: refund.counterclaims.as_ref().map(|claims| ClaimsView::of(claims, records)),
            }),
            prior_service_claim: refund.prior_service.map(|claim| PriorServiceView {
                state: claim.state,
                document: DocumentView { sha256: claim.document.sha256, sm3: claim.document.sm3 },
                note: text_of(records, claim.note),
            }),
            declaration: refund
                .declaration
                .map(|declared| DeclarationView { basis: declared.basis, amount: declared.amount }),
            amount: decision.map(|decision| decision.amount),
            basis: decision.map(|decision| decision.basis),
            document: document.map(|(sha256, sm3)| DocumentView { sha256, sm3 }),
            difference: difference.map(|amount| DifferenceView {
                amount,
                reason: text_of(records, decision.and_then(|decision| decision.reason)),
            }),
            shortfall: shortfall(refund, &self.contract),
            merchant_share: refund.merchant_share,
            contested_amount: decision.and_then(|decision| decision.contested),
            dispute_id: refund.dispute,
            proposed_by: decision.and_then(|decision| decision.decided_by),
            approved_by: refund.approved_by,
            pay_by: refund.pay_by,
            payout_id: refund.payout,
            newest_entry: refund.newest_entry,
            calculation: CalculationView::of(refund, &self.contract, records, plan_names(records, &self.contract)),
        }
    }
}
