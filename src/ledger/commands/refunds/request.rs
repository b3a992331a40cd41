//! A consumer asks for money back, and the engine works out what the law gives.

use crate::domain::context::{Context, found};
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, RefundRequested};
use crate::domain::id::{ContractId, RefundId};
use crate::domain::money::{Amount, Delta};
use crate::domain::objects::Contract;
use crate::domain::packs;
use crate::domain::refund::Reason;
use crate::domain::rejection::Rejection;
use crate::domain::rules::{as_of, refund_figures};
use crate::domain::standing::may_refund;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
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
    /// The amount the parties agreed on; for `mutual` and for no other reason.
    pub agreed: Option<Amount>,
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
        let then = as_of(state, contract, context.today());
        let figures = refund_figures(&then, self.reason, self.agreed, self.prior_same_service, context.today())
            .map_err(|_| Rejection::ReasonNotSupported)?;
        let event = RefundRequested {
            agreed: self.agreed,
            answer_by: self.answer_by(contract, context),
            consumer,
            contract: contract.id,
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
    /// Checks that the reason comes with what it needs: an amount where people agreed on one, facts elsewhere.
    fn supported(&self, contract: &Contract) -> Result<(), Rejection> {
        match (self.reason, self.agreed) {
            (Reason::Mutual, Some(agreed)) => {
                let available = in_escrow(contract);
                if agreed > available { Err(Rejection::AmountExceedsEscrow { available }) } else { Ok(()) }
            }
            (Reason::Mutual | Reason::Award | Reason::Mixed, _) | (_, Some(_)) => Err(Rejection::ReasonNotSupported),
            (_, None) => Ok(()),
        }
    }

    /// Until when the merchant can answer: the end of the last day. Inside the cooling-off nobody has to be
    /// asked, and there is no such time.
    fn answer_by(&self, contract: &Contract, context: &Context<'_>) -> Option<Timestamp> {
        let times = packs::built_in().times(contract);
        let in_window = |paid_on| context.today() <= times.cooling_off.last_from(paid_on, context.calendar);
        let in_window = contract.paid_on.is_some_and(in_window);
        if self.reason == Reason::SevenDay && in_window && !self.prior_same_service {
            return None;
        }
        Some(times.answer.end_from(context.today(), context.calendar, context.zone))
    }
}

/// What the contract still holds, contested money included.
fn in_escrow(contract: &Contract) -> Amount {
    let parts = [contract.held, contract.pending, contract.frozen];
    parts.into_iter().try_fold(Delta::ZERO, Delta::checked_add).and_then(Delta::amount).unwrap_or_default()
}
