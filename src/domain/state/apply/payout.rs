//! Settlements, payouts and payout returns.

use super::delivery::settle_completion;
use super::{At, bump};
use crate::domain::event::{
    PayoutCreated, PayoutRejected, PayoutReturned, PayoutSettled, PayoutSubmitted, SettlementProposed,
    SettlementRejected, SettlementReleased,
};
use crate::domain::id::{Party, PayoutId, RefundId, UserId};
use crate::domain::money::Amount;
use crate::domain::objects::{
    ContractState, Payout, PayoutReturn, PayoutState, RefundState, Settlement, SettlementState,
};
use crate::domain::state::State;

impl State {
    pub(super) fn settlement_proposed(&mut self, at: At, data: &SettlementProposed) {
        let settlement = Settlement {
            id: data.settlement,
            merchant: data.merchant,
            state: SettlementState::Proposed,
            revision: 1,
            amount: data.amount,
            returned: data.returned,
            count: data.count,
            since: data.since,
            cutoff: data.cutoff,
            proposed_by: at.actor.user().unwrap_or(UserId::from_bits(0)),
            proposed_at: at.time,
            approved_by: None,
            payout: None,
            newest_entry: 0,
        };
        self.settlements.put(data.settlement, settlement);
        self.merchants.change(data.merchant, |merchant| merchant.open_settlement = Some(data.settlement));
    }

    pub(super) fn settlement_released(&mut self, at: At, data: &SettlementReleased) {
        self.settlements.change(data.settlement, |settlement| {
            settlement.state = SettlementState::Released;
            settlement.approved_by = at.actor.user();
            bump(&mut settlement.revision);
        });
        self.merchants.change(data.merchant, |merchant| {
            merchant.open_settlement = None;
            merchant.settled_until = merchant.settled_until.max(data.cutoff);
            merchant.unreleased_changes(data.returned.negated());
        });
    }

    pub(super) fn settlement_rejected(&mut self, data: &SettlementRejected) {
        self.settlements.change(data.settlement, |settlement| {
            settlement.state = SettlementState::Rejected;
            bump(&mut settlement.revision);
        });
        self.merchants.change(data.merchant, |merchant| merchant.open_settlement = None);
    }

    pub(super) fn payout_created(&mut self, at: At, data: &PayoutCreated) {
        let payout = Payout {
            id: data.payout,
            state: PayoutState::Created,
            revision: 1,
            amount: data.amount,
            payee: data.payee,
            settlement: data.settlement,
            refund: data.refund,
            account: data.account,
            created_at: at.time,
            returned_by: None,
        };
        self.payouts.put(data.payout, payout);
        if let Some(settlement) = data.settlement {
            self.settlements.change(settlement, |settlement| settlement.payout = Some(data.payout));
        }
        if let Some(refund) = data.refund {
            self.refunds.change(refund, |refund| {
                refund.payout = Some(data.payout);
                if refund.state == RefundState::NeedsAccount {
                    refund.state = RefundState::Ordered;
                    bump(&mut refund.revision);
                }
            });
        }
    }

    pub(super) fn payout_submitted(&mut self, data: &PayoutSubmitted) {
        self.payout_becomes(data.payout, PayoutState::Submitted);
    }

    pub(super) fn payout_settled(&mut self, at: At, data: &PayoutSettled) {
        self.transaction_taken_in(at, data.transaction, data.payout);
        self.payout_becomes(data.payout, PayoutState::Settled);
        if let Some(settlement) = data.settlement {
            self.settlements.change(settlement, |settlement| {
                settlement.state = SettlementState::Paid;
                bump(&mut settlement.revision);
            });
        }
        self.refund_becomes(data.refund, RefundState::Paid);
        if let Some(contract) = data.contract {
            self.contracts.change(contract, |contract| {
                contract.unpaid = contract.unpaid.saturating_sub(data.amount);
                settle_completion(contract);
                bump(&mut contract.revision);
            });
        }
    }

    pub(super) fn payout_rejected(&mut self, at: At, data: &PayoutRejected) {
        self.transaction_taken_in(at, data.transaction, data.payout);
        self.payout_becomes(data.payout, PayoutState::Rejected);
        self.waits_for_the_next_settlement(data.payee, data.amount);
        self.refund_becomes(data.refund, RefundState::NeedsAccount);
    }

    pub(super) fn payout_returned(&mut self, at: At, data: &PayoutReturned) {
        self.transaction_taken_in(at, data.transaction, data.payout_return);
        let payout_return =
            PayoutReturn { id: data.payout_return, payout: data.payout, amount: data.amount, recorded_at: at.time };
        self.payout_returns.put(data.payout_return, payout_return);
        self.payouts.change(data.payout, |payout| {
            payout.returned_by = Some(data.payout_return);
            bump(&mut payout.revision);
        });
        self.waits_for_the_next_settlement(data.payee, data.amount);
        self.refund_becomes(data.refund, RefundState::NeedsAccount);
        if let Some(contract) = data.contract {
            self.contracts.change(contract, |contract| {
                contract.unpaid = contract.unpaid.saturating_add(data.amount);
                if contract.state == ContractState::Terminated {
                    contract.state = ContractState::Closing;
                }
                bump(&mut contract.revision);
            });
        }
    }

    /// A merchant's money that came back is payable again, but the deliveries it stood for were released: the amount
    /// is kept, so that a settlement finds it. A consumer's refund waits for a new account instead.
    fn waits_for_the_next_settlement(&mut self, payee: Party, amount: Amount) {
        if let Party::Merchant(id) = payee {
            self.merchants.change(id, |merchant| {
                merchant.unreleased_changes(amount.credit());
            });
        }
    }

    fn payout_becomes(&mut self, id: PayoutId, state: PayoutState) {
        self.payouts.change(id, |payout| {
            payout.state = state;
            bump(&mut payout.revision);
        });
    }

    fn refund_becomes(&mut self, id: Option<RefundId>, state: RefundState) {
        if let Some(id) = id {
            self.refunds.change(id, |refund| {
                refund.state = state;
                bump(&mut refund.revision);
            });
        }
    }
}
