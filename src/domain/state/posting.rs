//! Where a posting lands: every account's balance lives in exactly one object.

use super::State;
use super::classes::Step;
use crate::domain::account::{Account, Posting};
use crate::domain::money::Delta;
use crate::domain::table::Knowledge;

/// A posting and the balance it left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The account.
    pub account: Account,
    /// By how much its balance changed.
    pub amount: Delta,
    /// Its balance after that.
    pub balance: Delta,
}

impl State {
    /// The balance of an account, zero where it was never posted to.
    #[must_use]
    pub fn balance(&self, account: Account) -> Delta {
        let merchant = |id| self.merchants.get(id);
        let contract = |id| self.contracts.get(id);
        let found = match account {
            Account::Bank(_)
            | Account::Channel(_)
            | Account::OfficeFees
            | Account::OfficeInterest
            | Account::OfficeSuspense => self.accounts.get(account).copied(),
            Account::MerchantReceivable(id) => merchant(id).map(|merchant| merchant.receivable),
            Account::MerchantPayable(id) => merchant(id).map(|merchant| merchant.payable),
            Account::MerchantFrozen(id) => merchant(id).map(|merchant| merchant.frozen),
            Account::MerchantPayout(id) => merchant(id).map(|merchant| merchant.payout),
            Account::ContractHeld(id) => contract(id).map(|contract| contract.held),
            Account::ContractPending(id) => contract(id).map(|contract| contract.pending),
            Account::ContractFrozen(id) => contract(id).map(|contract| contract.frozen),
            Account::ConsumerRefund(id) => self.consumers.get(id).map(|consumer| consumer.refund),
        };
        found.unwrap_or_default()
    }

    fn set_balance(&mut self, account: Account, balance: Delta) {
        match account {
            Account::Bank(_)
            | Account::Channel(_)
            | Account::OfficeFees
            | Account::OfficeInterest
            | Account::OfficeSuspense => {
                self.accounts.put(account, balance);
            }
            Account::MerchantReceivable(id) => self.merchants.change(id, |merchant| merchant.receivable = balance),
            Account::MerchantPayable(id) => self.merchants.change(id, |merchant| merchant.payable = balance),
            Account::MerchantFrozen(id) => self.merchants.change(id, |merchant| merchant.frozen = balance),
            Account::MerchantPayout(id) => self.merchants.change(id, |merchant| merchant.payout = balance),
            Account::ContractHeld(id) => self.contracts.change(id, |contract| contract.held = balance),
            Account::ContractPending(id) => self.contracts.change(id, |contract| contract.pending = balance),
            Account::ContractFrozen(id) => self.contracts.change(id, |contract| contract.frozen = balance),
            Account::ConsumerRefund(id) => self.consumers.change(id, |consumer| consumer.refund = balance),
        }
    }

    /// Changes balances by an entry's postings.
    ///
    /// # Panics
    /// When the postings do not sum to zero (I1) or a balance ends up on the wrong side of zero (I2).
    pub(super) fn post(&mut self, position: u64, postings: &[Posting]) -> Vec<Posted> {
        let sum = postings.iter().try_fold(Delta::ZERO, |sum, posting| sum.checked_add(posting.amount));
        assert!(sum == Some(Delta::ZERO), "I1: the postings at {position} do not sum to zero");
        let posted = postings.iter().map(|posting| self.post_one(position, *posting)).collect();
        self.entrust(postings);
        posted
    }

    /// Keeps what a merchant's contracts hold together in step. What only moves within a contract changes nothing, so
    /// that marking a delivery leaves the merchant alone.
    fn entrust(&mut self, postings: &[Posting]) {
        let of_contract = |posting: &Posting| match posting.account {
            Account::ContractHeld(id) | Account::ContractPending(id) | Account::ContractFrozen(id) => {
                Some((id, posting.amount))
            }
            _ => None,
        };
        for (place, posting) in postings.iter().enumerate() {
            let Some((id, _)) = of_contract(posting) else { continue };
            let before = postings.iter().take(place).filter_map(of_contract);
            if before.into_iter().any(|(other, _)| other == id) {
                continue;
            }
            let own = postings.iter().filter_map(of_contract).filter(|(other, _)| *other == id);
            let net = own.map(|(_, amount)| amount).try_fold(Delta::ZERO, Delta::checked_add).unwrap_or_default();
            let merchant = self.contracts.get(id).map(|contract| contract.merchant).filter(|_| net != Delta::ZERO);
            if let Some(merchant) = merchant {
                self.merchants.change(merchant, |merchant| {
                    merchant.in_escrow = merchant.in_escrow.checked_add(net).unwrap_or_default();
                });
            }
        }
    }

    fn post_one(&mut self, position: u64, Posting { account, amount }: Posting) -> Posted {
        let before = self.balance(account);
        let after = before.checked_add(amount);
        assert!(after.is_some(), "the balance of {account} overflows");
        let balance = after.unwrap_or_default();
        self.set_balance(account, balance);
        if self.knowledge != Knowledge::Partial {
            assert!(account.allows(balance), "I2: {account} would be {balance}");
            let count = match (before == Delta::ZERO, balance == Delta::ZERO) {
                (true, false) => 1,
                (false, true) => -1,
                _ => 0,
            };
            self.classes_tried.add(account.class(), amount, count);
            if count != 0 {
                self.class_steps_tried.push(Step { class: account.class(), count, position });
            }
        }
        Posted { account, amount, balance }
    }
}
