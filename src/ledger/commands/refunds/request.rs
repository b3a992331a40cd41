//! A consumer asks for money back, and the engine works out what the law gives.

use super::unusable;
use crate::domain::context::{Context, found};
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, RefundRequested};
use crate::domain::figures::Asked;
use crate::domain::id::{ContractId, RefundId};
use crate::domain::money::Amount;
use crate::domain::objects::{Claims, Contract, Document};
use crate::domain::packs;
use crate::domain::refund::Reason;
use crate::domain::rejection::Rejection;
use crate::domain::standing::may_refund;
use crate::domain::state::State;
use crate::domain::time::{Date, Timestamp};
use crate::ledger::command::{Command, Decided, Key};

/// Opens a refund on a contract.
#[derive(Debug)]
pub struct RequestRefund {
    /// Its id.
    pub refund: RefundId,
    /// The contract.
    pub contract: ContractId,
    /// Why.
    pub reason: Reason,
    /// The amount agreed on, for `mutual`, or awarded, for `award`; for no other reason.
    pub agreed: Option<Amount>,
    /// The award, for `award` and for no other reason.
    pub award: Option<Document>,
    /// What the consumer brings.
    pub claims: Option<Claims>,
    /// Whether the same service had been received before.
    pub prior_same_service: bool,
    /// Commitment to the consumer's note.
    pub note: Option<Digest>,
}

impl Command for RequestRefund {
    fn name(&self) -> &'static str {
        "refund.request"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Contract(self.contract)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let consumer = context.consumer()?;
        let contract = state.contracts.get(self.contract).filter(|contract| contract.consumer == consumer);
        let contract = found(contract)?;
        context.reviewed(contract.revision)?;
        may_refund(state, contract.id)?;
        if contract.open_refund.is_some() {
            return Err(Rejection::RefundOpen);
        }
        if !contract.may_be_refunded() {
            return Err(Rejection::ContractNotActive { current_state: contract.state.to_string() });
        }
        self.supported(contract)?;
        let figures = self.asked(context.today()).figures(state, contract).map_err(unusable)?;
        // Inside the seven days nobody has to be asked; the merchant can only claim that they do not apply.
        let cooling_off = self.in_cooling_off(contract, context);
        let times = packs::in_force().times(contract);
        let claim_by = times.prior_service_claim.end_from(context.today(), context.calendar, context.zone);
        let event = RefundRequested {
            agreed: self.agreed,
            answer_by: (!cooling_off).then(|| answer_by(contract, context)),
            claim_by: cooling_off.then_some(claim_by),
            claims: self.claims.clone(),
            consumer,
            contract: contract.id,
            document_sha256: self.award.map(|award| award.sha256),
            document_sm3: self.award.map(|award| award.sm3),
            figures,
            merchant: contract.merchant,
            note: self.note,
            prior_same_service: self.prior_same_service,
            reason: self.reason,
            refund: self.refund,
            requested_on: context.today(),
        };
        Ok(Decided::one(self.refund, Fact::plain(event)))
    }
}

impl RequestRefund {
    /// Checks that the reason comes with what it needs: an amount where people settled one, facts elsewhere. What is
    /// awarded can be more than escrow holds; what two people agree to take out of it cannot.
    fn supported(&self, contract: &Contract) -> Result<(), Rejection> {
        match (self.reason, self.agreed, self.award) {
            (Reason::Mutual, Some(agreed), None) => {
                let available = contract.in_escrow();
                if agreed > available { Err(Rejection::AmountExceedsEscrow { available }) } else { Ok(()) }
            }
            (Reason::Award, Some(_), Some(_)) => Ok(()),
            (Reason::Mutual | Reason::Award, ..) | (_, Some(_), _) | (.., Some(_)) => {
                Err(Rejection::ReasonNotSupported)
            }
            (_, None, None) => Ok(()),
        }
    }

    const fn asked(&self, requested_on: Date) -> Asked<'_> {
        Asked {
            reason: self.reason,
            agreed: self.agreed,
            prior_same_service: self.prior_same_service,
            requested_on,
            claims: self.claims.as_ref(),
            counterclaims: None,
        }
    }

    fn in_cooling_off(&self, contract: &Contract, context: &Context<'_>) -> bool {
        let cooling_off = packs::in_force().times(contract).cooling_off;
        let in_window = |paid_on| context.today() <= cooling_off.last_from(paid_on, context.calendar);
        let in_window = contract.paid_on.is_some_and(in_window);
        self.reason == Reason::SevenDay && in_window && !self.prior_same_service
    }
}

/// Until when the merchant can answer what is asked today: the end of the last day.
pub(super) fn answer_by(contract: &Contract, context: &Context<'_>) -> Timestamp {
    packs::in_force().times(contract).answer.end_from(context.today(), context.calendar, context.zone)
}
