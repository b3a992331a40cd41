//! Freezes: for disputes and by courts, and how contracts, deliveries and proposals follow.

use super::delivery::goes_on;
use super::dispute_ends::Shared;
use super::{At, bump};
use crate::domain::digest::Digest;
use crate::domain::event::{
    Event, FreezeExecuted, FreezeLifted, FreezeOpened, FreezeOrderLifted, FreezeOrdered, FreezeReached,
};
use crate::domain::id::{ContractId, DeliveryId, FreezeId, MerchantId};
use crate::domain::money::Amount;
use crate::domain::objects::{Cause, DeliveryState, Freeze, FreezeState};
use crate::domain::state::State;
use crate::domain::time::Timestamp;

impl State {
    /// Applies what happens to freezes.
    pub(super) fn apply_freeze_event(&mut self, at: At, event: &Event) {
        match event {
            Event::FreezeOpened(data) => self.freeze_opened(at, data),
            Event::FreezeLifted(data) => self.freeze_lifted(at, data),
            Event::FreezeOrdered(data) => self.freeze_ordered(at, data),
            Event::FreezeReached(data) => self.freeze_reached(at, data),
            Event::FreezeOrderLifted(data) => self.freeze_order_lifted(at, data),
            Event::FreezeExecuted(data) => self.freeze_executed(at, data),
            _ => self.apply_run_event(at, event),
        }
    }

    fn freeze_opened(&mut self, at: At, data: &FreezeOpened) {
        let freeze = Freeze {
            id: data.freeze,
            cause: data.cause,
            contract: data.contract,
            merchant: data.merchant,
            consumer: data.consumer,
            held: data.held,
            pending: data.pending,
            payable: data.payable,
            deliveries: data.deliveries.clone(),
            dispute: data.dispute,
            ..empty(data.freeze, data.merchant, at.time)
        };
        // The deliveries of a dispute are contested already.
        self.freezes.put(data.freeze, freeze);
        self.contract_moves(data.contract);
    }

    fn freeze_lifted(&mut self, at: At, data: &FreezeLifted) {
        self.freezes.change(data.freeze, |freeze| {
            freeze.state = FreezeState::Lifted;
            bump(&mut freeze.revision);
        });
        self.clocks_go_on(at, data.freeze, &data.deliveries);
        self.contract_moves(data.contract);
    }

    fn freeze_ordered(&mut self, at: At, data: &FreezeOrdered) {
        let freeze = Freeze {
            cause: Cause::CourtOrder,
            contract: data.contract,
            consumer: data.consumer,
            ordered: Some(data.amount),
            document_sha256: Some(data.document_sha256),
            document_sm3: Some(data.document_sm3),
            particulars: Some(data.particulars),
            ..empty(data.freeze, data.merchant, at.time)
        };
        self.freezes.put(data.freeze, freeze);
        self.queue_changes(data.contract, data.merchant, |orders| orders.push(data.freeze));
    }

    /// The clocks of the deliveries stand still as if the order had found them when it came, so that one moment stands
    /// for all of them.
    fn freeze_reached(&mut self, at: At, data: &FreezeReached) {
        let opened_at = self.freezes.get(data.freeze).map_or(at.time, |freeze| freeze.opened_at);
        self.freezes.change(data.freeze, |freeze| {
            freeze.held = freeze.held.saturating_add(data.held);
            freeze.pending = freeze.pending.saturating_add(data.pending);
            freeze.payable = freeze.payable.saturating_add(data.payable);
            freeze.deliveries.extend(&data.deliveries);
            bump(&mut freeze.revision);
        });
        for delivery in &data.deliveries {
            self.deliveries.change(*delivery, |delivery| {
                delivery.state = DeliveryState::Frozen;
                delivery.confirm_by = delivery.confirm_by.later_by(at.time, opened_at);
                bump(&mut delivery.revision);
            });
        }
        self.contract_moves(data.contract);
        if !data.payable.is_zero() {
            self.merchants.change(data.merchant, |merchant| merchant.unreleased_changes(data.payable.debit()));
        }
        if let Some(settlement) = data.settlement {
            self.settlements.change(settlement, |settlement| {
                let less = data.payable.min(settlement.amount);
                settlement.amount = settlement.amount.saturating_sub(less);
                settlement.returned = settlement.returned.checked_add(less.debit()).unwrap_or_default();
                bump(&mut settlement.revision);
            });
        }
    }

    fn freeze_order_lifted(&mut self, at: At, data: &FreezeOrderLifted) {
        self.order_ends(at, data.freeze, FreezeState::Lifted, (data.document_sha256, data.document_sm3));
        self.clocks_go_on(at, data.freeze, &data.deliveries);
        self.queue_changes(data.contract, data.merchant, |orders| orders.retain(|order| *order != data.freeze));
        self.earned_apart(data.merchant, data.payable);
    }

    fn freeze_executed(&mut self, at: At, data: &FreezeExecuted) {
        let documents = (data.document_sha256, data.document_sm3);
        self.order_ends(at, data.freeze, FreezeState::Executed, documents);
        self.freezes.change(data.freeze, |freeze| freeze.paid_as = data.refund);
        match data.contract.zip(data.consumer) {
            Some((contract, consumer)) => {
                let parties = (contract, consumer, data.merchant);
                let shared = Shared {
                    parties,
                    basis: data.basis,
                    documents,
                    ordered: (data.requested_on, data.pay_by),
                    freeze: data.freeze,
                    refund: data.refund,
                    split: &data.split,
                };
                self.money_shared(at, &shared);
            }
            None => self.earned_apart(data.merchant, data.split.merchant),
        }
        // Only now, so that a contract does not end before its refund is there to be paid.
        self.queue_changes(data.contract, data.merchant, |orders| orders.retain(|order| *order != data.freeze));
    }

    fn order_ends(&mut self, at: At, id: FreezeId, state: FreezeState, documents: (Option<Digest>, Option<Digest>)) {
        self.freezes.change(id, |freeze| {
            freeze.state = state;
            freeze.ended_at = Some(at.time);
            (freeze.ended_sha256, freeze.ended_sm3) = documents;
            bump(&mut freeze.revision);
        });
    }

    /// The clocks of the deliveries go on where they stopped.
    fn clocks_go_on(&mut self, at: At, freeze: FreezeId, deliveries: &[DeliveryId]) {
        let opened_at = self.freezes.get(freeze).map_or(at.time, |freeze| freeze.opened_at);
        for delivery in deliveries {
            self.deliveries.change(*delivery, |delivery| {
                delivery.state = DeliveryState::Pending;
                delivery.confirm_by = delivery.confirm_by.later_by(opened_at, at.time);
                bump(&mut delivery.revision);
            });
        }
    }

    fn contract_moves(&mut self, contract: Option<ContractId>) {
        if let Some(contract) = contract {
            self.contracts.change(contract, |contract| {
                goes_on(contract);
                bump(&mut contract.revision);
            });
        }
    }

    /// The orders on a contract, or on a merchant's earnings, become others.
    fn queue_changes(
        &mut self,
        contract: Option<ContractId>,
        merchant: MerchantId,
        change: impl FnOnce(&mut Vec<FreezeId>),
    ) {
        match contract {
            Some(contract) => {
                self.contracts.change(contract, |contract| change(&mut contract.court_orders));
                self.contract_moves(Some(contract));
            }
            None => self.merchants.change(merchant, |merchant| change(&mut merchant.court_orders)),
        }
    }

    /// The merchant has earned what no delivery stands for: the next settlement takes it as it is.
    pub(super) fn earned_apart(&mut self, merchant: MerchantId, amount: Amount) {
        if !amount.is_zero() {
            self.merchants.change(merchant, |merchant| merchant.unreleased_changes(amount.credit()));
        }
    }
}

/// An open freeze in which nothing stands yet.
const fn empty(id: FreezeId, merchant: MerchantId, opened_at: Timestamp) -> Freeze {
    Freeze {
        id,
        cause: Cause::Dispute,
        contract: None,
        merchant,
        consumer: None,
        state: FreezeState::Open,
        revision: 1,
        ordered: None,
        held: Amount::ZERO,
        pending: Amount::ZERO,
        payable: Amount::ZERO,
        deliveries: Vec::new(),
        dispute: None,
        document_sha256: None,
        document_sm3: None,
        particulars: None,
        opened_at,
        ended_at: None,
        ended_sha256: None,
        ended_sm3: None,
        paid_as: None,
        newest_entry: 0,
    }
}
