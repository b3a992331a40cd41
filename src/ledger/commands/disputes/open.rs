//! A party disagrees with deliveries, or with what is to become of undelivered money: that much is frozen, and no more.

use crate::domain::context::{Context, found, state_conflict};
use crate::domain::digest::Digest;
use crate::domain::event::{DisputeOpened, Fact};
use crate::domain::id::{ContractId, DeliveryId, DisputeId, FreezeId, Party, RefundId};
use crate::domain::money::Amount;
use crate::domain::objects::{Cause, Contract, ContractState, Delivery, DeliveryState};
use crate::domain::packs;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};
use crate::ledger::commands::freezes::{Setting, Taken, frozen};
use crate::ledger::commands::recalculate::refund_recalculated;

/// Opens a dispute over whole pending deliveries, an amount of the contract's held money, or both.
#[derive(Debug)]
pub struct OpenDispute {
    /// Its id.
    pub dispute: DisputeId,
    /// Id of the freeze to open.
    pub freeze: FreezeId,
    /// The contract.
    pub contract: ContractId,
    /// The deliveries contested, each once.
    pub deliveries: Vec<DeliveryId>,
    /// How much of the held money is contested.
    pub held: Amount,
    /// Commitment to the reason.
    pub reason: Digest,
}

/// What is contested: whole pending deliveries, and an amount of the contract's held money.
pub(in crate::ledger) struct Contested<'a> {
    pub(in crate::ledger) contract: &'a Contract,
    pub(in crate::ledger) deliveries: &'a [&'a Delivery],
    pub(in crate::ledger) held: Amount,
}

/// The dispute to open.
#[derive(Clone, Copy, Debug)]
pub(in crate::ledger) struct Opening {
    pub(in crate::ledger) dispute: DisputeId,
    pub(in crate::ledger) freeze: FreezeId,
    /// Who disagrees.
    pub(in crate::ledger) by: Party,
    /// The refund whose contested part it is about.
    pub(in crate::ledger) refund: Option<RefundId>,
    /// Commitment to the reason.
    pub(in crate::ledger) reason: Digest,
}

impl Command for OpenDispute {
    fn name(&self) -> &'static str {
        "dispute.open"
    }

    fn keys(&self) -> Vec<Key> {
        let deliveries = self.deliveries.iter().map(|delivery| Key::Delivery(*delivery));
        deliveries.chain([Key::Contract(self.contract)]).collect()
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let by = context.party.ok_or(Rejection::NotFound)?;
        let contract = found(state.contracts.get(self.contract))?;
        context.owns(contract.merchant, contract.consumer)?;
        context.reviewed(contract.revision)?;
        if !matches!(contract.state, ContractState::Active | ContractState::Completed | ContractState::Closing) {
            return Err(Rejection::ContractNotActive { current_state: contract.state.to_string() });
        }
        let mut deliveries = Vec::with_capacity(self.deliveries.len());
        for id in &self.deliveries {
            let delivery = state.deliveries.get(*id).filter(|delivery| delivery.contract == contract.id);
            let delivery = found(delivery)?;
            contestable(delivery, context)?;
            deliveries.push(delivery);
        }
        let contested = Contested { contract, deliveries: &deliveries, held: self.held };
        let opening = Opening { dispute: self.dispute, freeze: self.freeze, by, refund: None, reason: self.reason };
        let mut facts = opened(&contested, &opening, context)?;
        facts.extend(refund_recalculated(state, contract, None));
        Ok(Decided { facts, shows: self.dispute.into() })
    }
}

/// Checks that a delivery can still be contested.
///
/// Where silence confirms, the deadline decides: an answer at or after it is refused. Where it does not, nothing else
/// would ever end the wait, so it can be contested for as long as it is pending.
///
/// # Errors
/// A refusal that says why not.
pub(in crate::ledger) fn contestable(delivery: &Delivery, context: &Context<'_>) -> Result<(), Rejection> {
    match delivery.state {
        DeliveryState::Pending if delivery.window_over(context.at) => Err(Rejection::ConfirmWindowOver),
        DeliveryState::Pending => Ok(()),
        DeliveryState::Contested => Err(Rejection::AlreadyContested),
        DeliveryState::Confirmed => Err(Rejection::AlreadyConfirmed),
        other => Err(state_conflict(other.as_str(), &["pending"])),
    }
}

/// The dispute and the freeze of what is contested.
///
/// # Errors
/// [`Rejection::FundsFrozen`] where less of the contract's money is free than is contested.
pub(in crate::ledger) fn opened(
    contested: &Contested<'_>,
    opening: &Opening,
    context: &Context<'_>,
) -> Result<Vec<Fact>, Rejection> {
    let Contested { contract, deliveries, held } = *contested;
    let taken = Taken::of_contract(contract, held, deliveries)?;
    let event = DisputeOpened {
        amount: taken.amount(),
        by: opening.by,
        consumer: contract.consumer,
        contract: contract.id,
        deliveries: taken.deliveries.clone(),
        dispute: opening.dispute,
        freeze: opening.freeze,
        held,
        merchant: contract.merchant,
        negotiate_by: context.at.plus_hours(packs::in_force().times(contract).negotiation_hours),
        reason: opening.reason,
        refund: opening.refund,
    };
    let setting = Setting {
        freeze: opening.freeze,
        cause: Cause::Dispute,
        contract: Some((contract.id, contract.consumer)),
        merchant: contract.merchant,
        dispute: Some(opening.dispute),
    };
    Ok(vec![Fact::plain(event), frozen(&setting, taken)])
}
