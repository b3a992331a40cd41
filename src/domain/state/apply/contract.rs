//! Contracts, deposits, receipts that match nothing, check-in codes.

use super::delivery::settle_completion;
use super::{At, bump};
use crate::domain::digest::Digest;
use crate::domain::event::{
    CheckinIssued, ContractCancelled, ContractDrafted, ContractExtended, ContractGuardianConsented, ContractSigned,
    ContractTransferOffered, ContractTransferWithdrawn, ContractTransferred, DepositCredited, DepositExpired,
    DepositFailed, DepositStarted, PeriodAccrued, SuspenseReceived, UnclaimedWarned,
};
use crate::domain::id::{ConsumerId, ContractId, DepositId, MerchantId, ObjectId, Party};
use crate::domain::money::{Amount, Delta};
use crate::domain::objects::{
    ChannelTransaction, CheckinCode, Contract, ContractState, Deposit, DepositState, Live, Suspense, SuspenseState,
};
use crate::domain::state::State;

impl State {
    pub(super) fn contract_drafted(&mut self, at: At, data: &ContractDrafted) {
        let contract = Contract {
            id: data.contract,
            state: ContractState::Draft,
            revision: 1,
            plan: data.plan,
            plan_version: data.plan_version,
            consumer: data.consumer,
            merchant: data.merchant,
            figures: data.figures.clone(),
            rules_pack: data.rules_pack,
            rules_version: data.rules_version,
            terms_sha256: data.terms_sha256,
            terms_sm3: data.terms_sm3,
            drafted_at: at.time,
            signed_by_consumer_at: None,
            signed_by_merchant_at: None,
            active_since: None,
            paid_on: None,
            ends_on: None,
            cooling_off_until: None,
            live: Live::none(&data.figures.sold),
            amount_live: Amount::ZERO,
            accrued_through: None,
            open_deposit: None,
            open_refund: None,
            deposited: Amount::ZERO,
            held: Delta::ZERO,
            pending: Delta::ZERO,
            frozen: Delta::ZERO,
            unpaid: Amount::ZERO,
            settled: Delta::ZERO,
            to_merchant: Amount::ZERO,
            refunded: Amount::ZERO,
            unclaimed_stage: 0,
            newest_entry: 0,
            newest_delivery: None,
            holder_age: data.holder_age,
            guardian: None,
            holder_since: None,
            transfer_to: None,
            transfer_guardian: None,
            court_orders: Vec::new(),
        };
        self.contracts.put(data.contract, contract);
    }

    pub(super) fn contract_signed(&mut self, at: At, data: &ContractSigned) {
        self.contracts.change(data.contract, |contract| {
            match data.by {
                Party::Consumer(_) => contract.signed_by_consumer_at = Some(at.time),
                Party::Merchant(_) => contract.signed_by_merchant_at = Some(at.time),
            }
            contract.figures.silence_confirms = data.silence_confirms;
            contract.figures.arbitration = data.arbitration;
            if contract.signed_by_consumer_at.is_some() && contract.signed_by_merchant_at.is_some() {
                contract.state = ContractState::Signed;
            }
            bump(&mut contract.revision);
        });
    }

    pub(super) fn contract_cancelled(&mut self, data: &ContractCancelled) {
        self.contracts.change(data.contract, |contract| {
            contract.state = ContractState::Cancelled;
            bump(&mut contract.revision);
        });
    }

    pub(super) fn contract_guardian_consented(&mut self, data: &ContractGuardianConsented) {
        self.contracts.change(data.contract, |contract| {
            // A consent is to one person's contract: the holder's, or that of who is to take it over.
            let consented = if contract.consumer == data.consumer {
                &mut contract.guardian
            } else {
                &mut contract.transfer_guardian
            };
            *consented = Some(data.guardian);
            bump(&mut contract.revision);
        });
    }

    pub(super) fn contract_transfer_offered(&mut self, data: &ContractTransferOffered) {
        self.contracts.change(data.contract, |contract| {
            contract.transfer_to = Some(data.to);
            contract.transfer_guardian = None;
            bump(&mut contract.revision);
        });
    }

    pub(super) fn contract_transfer_withdrawn(&mut self, data: &ContractTransferWithdrawn) {
        self.contracts.change(data.contract, |contract| {
            contract.transfer_to = None;
            contract.transfer_guardian = None;
            bump(&mut contract.revision);
        });
    }

    pub(super) fn contract_transferred(&mut self, at: At, data: &ContractTransferred) {
        self.leaves_portfolio((data.from, data.merchant), data.contract);
        self.adds_to_portfolio((data.consumer, data.merchant), data.contract);
        self.contracts.change(data.contract, |contract| {
            contract.consumer = data.consumer;
            contract.holder_age = data.holder_age;
            contract.holder_since = Some(at.time);
            contract.guardian = contract.transfer_guardian.take();
            contract.transfer_to = None;
            bump(&mut contract.revision);
        });
    }

    pub(super) fn deposit_started(&mut self, at: At, data: &DepositStarted) {
        let deposit = Deposit {
            id: data.deposit,
            contract: data.contract,
            consumer: data.consumer,
            merchant: data.merchant,
            state: DepositState::AwaitingPayment,
            revision: 1,
            amount: data.amount,
            channel: data.channel,
            started_at: at.time,
            expires_at: data.expires_at,
            credited_at: None,
            cooling_off_until: None,
            ends_on: None,
            unclaimed_stage: 0,
        };
        self.deposits.put(data.deposit, deposit);
        self.adds_to_portfolio((data.consumer, data.merchant), data.contract);
        self.contracts.change(data.contract, |contract| {
            contract.open_deposit = Some(data.deposit);
            bump(&mut contract.revision);
        });
    }

    /// From here on the contract may hold money. A portfolio that nobody asked for is read from storage when it is.
    fn adds_to_portfolio(&mut self, key: (ConsumerId, MerchantId), contract: ContractId) {
        let known = self.portfolios.seen(key).cloned();
        let is_new = known.as_ref().is_none_or(|contracts| !contracts.contains(&contract));
        if is_new && (known.is_some() || self.knows_everything()) {
            let mut contracts = known.unwrap_or_default();
            contracts.push(contract);
            self.portfolios.put(key, contracts);
        }
    }

    fn leaves_portfolio(&mut self, key: (ConsumerId, MerchantId), contract: ContractId) {
        if let Some(mut contracts) = self.portfolios.seen(key).cloned() {
            contracts.retain(|other| *other != contract);
            self.portfolios.put(key, contracts);
        }
    }

    pub(super) fn deposit_credited(&mut self, at: At, data: &DepositCredited) {
        self.transaction_taken_in(at, data.transaction, data.deposit);
        self.deposits.change(data.deposit, |deposit| {
            deposit.state = DepositState::Credited;
            deposit.credited_at = Some(at.time);
            deposit.cooling_off_until = Some(data.cooling_off_until);
            deposit.ends_on = Some(data.ends_on);
            bump(&mut deposit.revision);
        });
        self.contracts.change(data.contract, |contract| {
            contract.state = ContractState::Active;
            contract.open_deposit = None;
            contract.active_since = Some(at.time);
            contract.paid_on = Some(data.paid_on);
            contract.ends_on = Some(data.ends_on);
            contract.cooling_off_until = Some(data.cooling_off_until);
            if let Live::Days(days) = &mut contract.live {
                let starts_on = data.ends_on.plus_days(1_i64.saturating_sub(contract.figures.validity_days.into()));
                days.starts_on = Some(starts_on);
                contract.accrued_through = Some(starts_on.plus_days(-1));
            }
            contract.deposited = contract.deposited.saturating_add(data.amount);
            bump(&mut contract.revision);
        });
    }

    pub(super) fn unclaimed_warned(&mut self, data: &UnclaimedWarned) {
        self.deposits.change(data.deposit, |deposit| {
            deposit.unclaimed_stage = data.stage;
            bump(&mut deposit.revision);
        });
        self.contracts.change(data.contract, |contract| {
            contract.unclaimed_stage = data.stage;
            bump(&mut contract.revision);
        });
    }

    /// Open days were earned: no delivery stands for them, so that the next settlement takes them as they are.
    pub(super) fn period_accrued(&mut self, data: &PeriodAccrued) {
        self.contracts.change(data.contract, |contract| {
            if let Live::Days(days) = &mut contract.live {
                (days.closed, days.open) = (data.closed_days, data.open_days);
            }
            contract.accrued_through = Some(data.through);
            contract.ends_on = Some(data.ends_on);
            contract.amount_live = contract.amount_live.saturating_add(data.amount);
            contract.to_merchant = contract.to_merchant.saturating_add(data.amount);
            settle_completion(contract);
            bump(&mut contract.revision);
        });
        self.merchants.change(data.merchant, |merchant| {
            merchant.unreleased_changes(data.amount.credit());
        });
    }

    pub(super) fn contract_extended(&mut self, data: &ContractExtended) {
        self.contracts.change(data.contract, |contract| {
            let more = contract.ends_on.map_or(0, |before| data.ends_on.days_since(before));
            if let Live::Days(days) = &mut contract.live {
                days.extended = days.extended.saturating_add(u64::try_from(more).unwrap_or_default());
            }
            contract.ends_on = Some(data.ends_on);
            bump(&mut contract.revision);
        });
    }

    pub(super) fn deposit_failed(&mut self, at: At, data: &DepositFailed) {
        self.transaction_taken_in(at, data.transaction, data.deposit);
        self.deposit_ends(data.deposit, data.contract, DepositState::Failed);
    }

    pub(super) fn deposit_expired(&mut self, data: &DepositExpired) {
        self.deposit_ends(data.deposit, data.contract, DepositState::Expired);
    }

    fn deposit_ends(&mut self, deposit: DepositId, contract: ContractId, state: DepositState) {
        self.deposits.change(deposit, |deposit| {
            deposit.state = state;
            bump(&mut deposit.revision);
        });
        self.contracts.change(contract, |contract| {
            contract.open_deposit = None;
            bump(&mut contract.revision);
        });
    }

    pub(super) fn suspense_received(&mut self, at: At, data: &SuspenseReceived) {
        self.transaction_taken_in(at, data.transaction, data.suspense);
        let suspense = Suspense {
            id: data.suspense,
            state: SuspenseState::Received,
            revision: 1,
            amount: data.amount,
            channel: data.channel,
            transaction: data.transaction,
            deposit: data.deposit,
            reason: data.reason,
            received_at: at.time,
        };
        self.suspense.put(data.suspense, suspense);
    }

    pub(super) fn transaction_taken_in(&mut self, at: At, digest: Digest, subject: impl Into<ObjectId>) {
        let transaction = ChannelTransaction { digest, subject: subject.into(), received_at: at.time };
        self.channel_transactions.put(digest, transaction);
    }

    pub(super) fn checkin_issued(&mut self, data: &CheckinIssued) {
        let code = CheckinCode { digest: data.code, contract: data.contract, expires_at: data.expires_at, used: false };
        self.checkin_codes.put(data.code, code);
    }
}
