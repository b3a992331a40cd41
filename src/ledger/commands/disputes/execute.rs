//! A notary carries out what the parties have agreed, an institution has awarded, or a court has judged.

use super::award::review;
use super::{Case, case, may_split, splits_all};
use crate::domain::account::{Account, transfer};
use crate::domain::context::{Context, found, in_state};
use crate::domain::court_orders::nothing_waits;
use crate::domain::event::{DisputeExecuted, Fact};
use crate::domain::id::{DisputeId, PayoutId, RefundId};
use crate::domain::money::Amount;
use crate::domain::objects::{Basis, Contract, DisputeState, Freeze, Split};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::statement::Action;
use crate::ledger::command::{Command, Decided, Key};
use crate::ledger::commands::payouts::payout_of_refund;
use crate::ledger::commands::recalculate::refund_recalculated;
use crate::ledger::commands::refunds::pay_by;

/// Splits the whole frozen money as it was decided.
#[derive(Debug)]
pub struct ExecuteDispute {
    /// The dispute.
    pub dispute: DisputeId,
    /// Id of the refund that pays the consumer's part.
    pub refund: RefundId,
    /// Id of its payout.
    pub payout: PayoutId,
}

impl Command for ExecuteDispute {
    fn name(&self) -> &'static str {
        "dispute.execute"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Dispute(self.dispute)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.notary()?;
        let Case { dispute, revision, contract, freeze, .. } = case(state, context, self.dispute)?;
        let reviewed = context.reviewed(revision)?;
        in_state(dispute.state, &[DisputeState::Settled, DisputeState::Awarded])?;
        let split = found(dispute.decided.as_ref())?;
        may_split(state, split, freeze)?;
        splits_all(split, freeze)?;
        // What two parties agree on cannot pay past an order that waits; what an institution or a court decides can.
        if dispute.state == DisputeState::Settled {
            nothing_waits(state, contract)?;
        }
        // After this point it must succeed.
        let award = dispute.award.as_ref().filter(|_| dispute.state == DisputeState::Awarded);
        let refund = Some(self.refund).filter(|_| !split.refund.is_zero());
        let event = DisputeExecuted {
            basis: award.map_or(Basis::Consent, |award| award.basis),
            consumer: dispute.consumer,
            contract: dispute.contract,
            dispute: dispute.id,
            document_sha256: award.map(|award| award.document_sha256),
            document_sm3: award.map(|award| award.document_sm3),
            freeze: freeze.id,
            merchant: dispute.merchant,
            pay_by: refund.map(|_| pay_by(contract, None, context)),
            refund,
            requested_on: context.today(),
            review: review(&dispute, Action::ExecuteDispute, split.refund, reviewed),
            signature: None,
            split: split.clone(),
        };
        let from = Account::ContractFrozen(dispute.contract);
        let mut postings = transfer(from, Account::ConsumerRefund(dispute.consumer), split.refund);
        postings.extend(transfer(from, Account::MerchantPayable(dispute.merchant), split.merchant));
        postings.extend(transfer(from, Account::ContractHeld(dispute.contract), split.held));
        let mut facts = vec![Fact::moving(event, postings)];
        facts.extend(refund.and_then(|refund| payout_of_split(state, contract, (refund, self.payout), split)));
        facts.extend(refund_recalculated(state, &after(state, contract, (freeze, split)), None));
        Ok(Decided { facts, shows: dispute.id.into() })
    }
}

/// The transfer of the consumer's part, where there is an account to pay to.
pub(in crate::ledger::commands) fn payout_of_split(
    state: &State,
    contract: &Contract,
    (refund, payout): (RefundId, PayoutId),
    split: &Split,
) -> Option<Fact> {
    let account = state.consumers.get(contract.consumer)?.payout_account?;
    let whose = (refund, contract.id, contract.consumer);
    Some(payout_of_refund(whose, split.refund, account, payout))
}

/// The contract as a refund sees it once the money is split: the voided deliveries do not count any more, and what was
/// given away is.
pub(in crate::ledger::commands) fn after(
    state: &State,
    contract: &Contract,
    (freeze, split): (&Freeze, &Split),
) -> Contract {
    let mut voided = split.voided.iter().filter_map(|id| state.deliveries.get(*id));
    let live = voided.try_fold(contract.live.clone(), |live, delivery| live.without(&delivery.used, delivery.amount));
    Contract {
        live: live.unwrap_or_else(|| contract.live.clone()),
        refunded: contract.refunded.saturating_add(split.refund),
        to_merchant: contract.to_merchant.saturating_add(split.merchant),
        settled: contract.settled_with(split, counted(state, freeze, split)),
        ..contract.clone()
    }
}

/// What the contested deliveries are worth that the split lets count.
fn counted(state: &State, freeze: &Freeze, split: &Split) -> Amount {
    let counts = freeze.deliveries.iter().filter(|id| !split.voided.contains(id));
    let amounts = counts.filter_map(|id| state.deliveries.get(*id)).map(|delivery| delivery.amount);
    amounts.fold(Amount::ZERO, Amount::saturating_add)
}
