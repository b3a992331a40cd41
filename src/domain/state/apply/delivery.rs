//! Deliveries.

use super::{At, bump};
use crate::domain::event::{
    DeliveryConfirmed, DeliveryRecorded, DeliveryReversalProposed, DeliveryReversed, DeliveryVoided,
};
use crate::domain::id::ContractId;
use crate::domain::money::{Amount, Delta};
use crate::domain::objects::{Contract, ContractState, Delivery, DeliveryState, Origin, Used};
use crate::domain::state::State;

impl State {
    pub(super) fn delivery_recorded(&mut self, at: At, data: &DeliveryRecorded) {
        if let Some(code) = data.checkin {
            self.checkin_codes.change(code, |code| code.used = true);
        }
        let contract = self.contracts.get(data.contract);
        let silence_confirms = contract.is_some_and(|contract| contract.figures.silence_confirms);
        let delivery = Delivery {
            id: data.delivery,
            contract: data.contract,
            merchant: data.merchant,
            consumer: data.consumer,
            state: DeliveryState::Pending,
            revision: 1,
            used: data.used,
            amount: data.amount,
            occurred_at: data.occurred_at,
            recorded_at: at.time,
            confirm_by: data.confirm_by,
            silence_confirms,
            confirmed_at: None,
            confirmed_how: None,
            matures_at: None,
            reversal_proposed_by: None,
            dispute: None,
            note: data.note,
            before: contract.and_then(|contract| contract.newest_delivery),
        };
        self.deliveries.put(data.delivery, delivery);
        self.contracts.change(data.contract, |contract| {
            let live = contract.live.with(&data.used, data.amount);
            assert!(live.is_some(), "{} has nothing of what was used", contract.id);
            contract.live = live.unwrap_or_else(|| contract.live.clone());
            contract.amount_live = contract.amount_live.saturating_add(data.amount);
            contract.newest_delivery = Some(data.delivery);
            bump(&mut contract.revision);
        });
    }

    pub(super) fn delivery_confirmed(&mut self, at: At, data: &DeliveryConfirmed) {
        self.deliveries.change(data.delivery, |delivery| {
            delivery.state = DeliveryState::Confirmed;
            delivery.confirmed_at = Some(at.time);
            delivery.confirmed_how = Some(data.how);
            delivery.matures_at = Some(data.matures_at);
            bump(&mut delivery.revision);
        });
        self.contracts.change(data.contract, |contract| {
            contract.to_merchant = contract.to_merchant.saturating_add(data.amount);
            settle_completion(contract);
            bump(&mut contract.revision);
        });
        if data.origin == Origin::Frozen {
            self.leaves_freeze(data.delivery, data.amount);
        }
    }

    pub(super) fn delivery_voided(&mut self, data: &DeliveryVoided) {
        let used = self.deliveries.get(data.delivery).map(|delivery| delivery.used);
        self.deliveries.change(data.delivery, |delivery| {
            delivery.state = DeliveryState::Voided;
            bump(&mut delivery.revision);
        });
        self.use_comes_back(data.contract, used, data.amount);
        if data.origin == Origin::Frozen {
            self.merchant_gives_in(data.delivery, data.amount);
        }
    }

    pub(super) fn delivery_reversal_proposed(&mut self, data: &DeliveryReversalProposed) {
        self.deliveries.change(data.delivery, |delivery| {
            delivery.reversal_proposed_by = Some(data.by);
            bump(&mut delivery.revision);
        });
    }

    pub(super) fn delivery_reversed(&mut self, data: &DeliveryReversed) {
        let used = self.deliveries.get(data.delivery).map(|delivery| delivery.used);
        self.deliveries.change(data.delivery, |delivery| {
            delivery.state = DeliveryState::Reversed;
            bump(&mut delivery.revision);
        });
        self.use_comes_back(data.contract, used, data.amount);
        self.contracts.change(data.contract, |contract| {
            contract.to_merchant = contract.to_merchant.saturating_sub(data.amount);
        });
        if let Some(settlement) = data.settlement {
            self.settlements.change(settlement, |settlement| {
                settlement.amount = settlement.amount.saturating_sub(data.amount);
                settlement.count = settlement.count.saturating_sub(1);
                bump(&mut settlement.revision);
            });
        }
    }

    fn use_comes_back(&mut self, contract: ContractId, used: Option<Used>, amount: Amount) {
        self.contracts.change(contract, |contract| {
            if let Some(used) = used {
                let live = contract.live.without(&used, amount);
                assert!(live.is_some(), "{} has not used what comes back to it", contract.id);
                contract.live = live.unwrap_or_else(|| contract.live.clone());
            }
            contract.amount_live = contract.amount_live.saturating_sub(amount);
            goes_on(contract);
            bump(&mut contract.revision);
        });
    }
}

/// Undelivered money came back to a contract: one that a refund was closing goes on, so that the money can be used or
/// asked for.
pub(super) fn goes_on(contract: &mut Contract) {
    if contract.state == ContractState::Closing && contract.held > Delta::ZERO {
        contract.state = ContractState::Active;
    }
    settle_completion(contract);
}

/// A contract is completed while everything is delivered and nothing is open. One that a refund is closing ends when
/// nothing of it is open any more.
pub(super) fn settle_completion(contract: &mut Contract) {
    let nothing_open =
        contract.pending == Delta::ZERO && contract.frozen == Delta::ZERO && contract.court_orders.is_empty();
    let done = contract.is_used_up() && nothing_open;
    match contract.state {
        ContractState::Closing if nothing_open && contract.held == Delta::ZERO && contract.unpaid.is_zero() => {
            contract.state = ContractState::Terminated;
        }
        ContractState::Active if done && contract.open_refund.is_none() => contract.state = ContractState::Completed,
        ContractState::Completed if !done => contract.state = ContractState::Active,
        _ => {}
    }
}
