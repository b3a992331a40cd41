//! The service beside the model.

use std::collections::BTreeMap;

use serde_json::json;

use super::books::{
    ContractState, Delivery, DeliveryState, DepositState, PayoutState, Refund, RefundState, SettlementState,
};
use super::support::text;
use super::walk::{Walk, amount, fen};

const fn contract_state(state: ContractState) -> &'static str {
    match state {
        ContractState::Draft => "draft",
        ContractState::Signed => "signed",
        ContractState::Active => "active",
        ContractState::Completed => "completed",
        ContractState::Closing => "closing",
        ContractState::Terminated => "terminated",
        ContractState::Cancelled => "cancelled",
    }
}

const fn deposit_state(state: DepositState) -> &'static str {
    match state {
        DepositState::AwaitingPayment => "awaiting_payment",
        DepositState::Credited => "credited",
        DepositState::Failed => "failed",
        DepositState::Expired => "expired",
    }
}

const fn delivery_state(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Pending => "pending",
        DeliveryState::Contested => "contested",
        DeliveryState::Confirmed => "confirmed",
        DeliveryState::Voided => "voided",
        DeliveryState::Reversed => "reversed",
    }
}

const fn settlement_state(state: SettlementState) -> &'static str {
    match state {
        SettlementState::Proposed => "proposed",
        SettlementState::Released => "released",
        SettlementState::Paid => "paid",
        SettlementState::Rejected => "rejected",
    }
}

const fn payout_state(state: PayoutState) -> &'static str {
    match state {
        PayoutState::Created => "created",
        PayoutState::Submitted => "submitted",
        PayoutState::Settled => "settled",
        PayoutState::Rejected => "rejected",
        PayoutState::Cancelled => "cancelled",
    }
}

const fn refund_state(state: RefundState) -> &'static str {
    match state {
        RefundState::Requested => "requested",
        RefundState::Answered => "answered",
        RefundState::Proposed => "proposed",
        RefundState::Ordered => "ordered",
        RefundState::NeedsAccount => "needs_account",
        RefundState::Paid => "paid",
        RefundState::Declined => "declined",
        RefundState::Withdrawn => "withdrawn",
    }
}

impl Walk {
    /// After a step: the contract it was about, another one, and the totals.
    pub async fn compare(&mut self, step: usize, about: Option<usize>) {
        let other = self.random.below(self.books.contracts.len().max(1));
        for contract in about.into_iter().chain([other]).filter(|contract| *contract < self.books.contracts.len()) {
            self.compare_contract(step, contract).await;
        }
        self.compare_totals(step).await;
    }

    async fn compare_contract(&self, step: usize, contract: usize) {
        let expected = &self.books.contracts[contract];
        let shown = self.world.get("notary1", format!("/v1/contracts/{}", expected.id)).await;
        let balances = json!({
            "deposited": amount(expected.deposited), "held": amount(expected.held), "pending": amount(expected.pending),
            "frozen": amount(expected.frozen), "to_merchant": amount(expected.to_merchant),
            "refunded": amount(expected.refunded)
        });
        assert_eq!(shown["balances"], balances, "step {step}: {expected:?}");
        assert_eq!(shown["state"], contract_state(expected.state), "step {step}: {expected:?}");
        assert_eq!(expected.kind.used_of(&shown), expected.used, "step {step}: {expected:?}");
    }

    async fn compare_totals(&self, step: usize) {
        let shown = self.world.get("regulator1", "/v1/books/trial-balance").await;
        assert_eq!(shown["total_assets"], shown["total_liabilities"], "step {step}");
        let contracts = &self.books.contracts;
        let merchants = &self.books.merchants;
        let of_contracts = |class: &str, balances: Vec<i64>| (format!("contract/{class}"), balances);
        let expected = [
            ("bank".to_owned(), vec![self.books.bank]),
            of_contracts("held", contracts.iter().map(|contract| contract.held).collect()),
            of_contracts("pending", contracts.iter().map(|contract| contract.pending).collect()),
            of_contracts("frozen", contracts.iter().map(|contract| contract.frozen).collect()),
            ("merchant/payable".to_owned(), merchants.iter().map(|merchant| merchant.payable).collect()),
            ("merchant/frozen".to_owned(), merchants.iter().map(|merchant| merchant.frozen).collect()),
            ("merchant/payout".to_owned(), merchants.iter().map(|merchant| merchant.payout).collect()),
            ("consumer/refund".to_owned(), self.books.owed.clone()),
            ("office/suspense".to_owned(), vec![self.books.suspense]),
        ];
        for (class, balances) in expected {
            let line = shown["classes"].as_array().unwrap().iter().find(|line| line["class"] == class.as_str());
            let line = line.unwrap_or_else(|| panic!("{class} is missing in {shown}"));
            let count = balances.iter().filter(|balance| **balance != 0).count();
            let found = (fen(&line["balance"]), line["count"].as_u64());
            assert_eq!(found, (balances.iter().sum(), u64::try_from(count).ok()), "step {step}: {class}");
        }
    }

    /// Every object there is, and every contract's statement.
    pub async fn compare_all(&self) {
        for contract in 0..self.books.contracts.len() {
            self.compare_contract(0, contract).await;
            self.compare_statement(contract).await;
        }
        self.compare_merchants().await;
        for delivery in &self.books.deliveries {
            self.compare_delivery(delivery).await;
        }
        for expected in &self.books.settlements {
            let shown = self.world.get("notary1", format!("/v1/settlements/{}", expected.id)).await;
            let found = (shown["state"].as_str(), shown["revision"].as_u64(), fen(&shown["amount"]));
            let state = settlement_state(expected.state);
            assert_eq!(found, (Some(state), Some(expected.revision), expected.amount), "{expected:?}");
            assert_eq!(shown["count"], expected.count, "{expected:?}");
        }
        for expected in &self.books.payouts {
            let shown = self.world.get("notary1", format!("/v1/payouts/{}", expected.id)).await;
            let found = (shown["state"].as_str(), fen(&shown["amount"]), shown["returned_by"].is_string());
            assert_eq!(found, (Some(payout_state(expected.state)), expected.amount, expected.returned), "{expected:?}");
        }
        for expected in &self.books.deposits {
            let shown = self.world.get("notary1", format!("/v1/deposits/{}", expected.id)).await;
            assert_eq!(shown["state"], deposit_state(expected.state), "{expected:?}");
        }
        for expected in &self.books.refunds {
            self.compare_refund(expected).await;
        }
    }

    /// State, figures, and what was decided by whom.
    async fn compare_refund(&self, expected: &Refund) {
        let shown = self.world.get("notary1", format!("/v1/refunds/{}", expected.id)).await;
        let found = (shown["state"].as_str(), shown["revision"].as_u64());
        assert_eq!(found, (Some(refund_state(expected.state)), Some(expected.revision)), "{expected:?} {shown}");
        let calculation = &shown["calculation"];
        let found = (fen(&calculation["refund"]), calculation["needs_decision"].as_bool());
        assert_eq!(found, (expected.figure, Some(expected.needs_decision)), "{expected:?} {shown}");
        let decided = expected.decision.map(|decision| (amount(decision.amount), decision.basis));
        let found = shown["amount"].as_str().zip(shown["basis"].as_str());
        assert_eq!(found, decided.as_ref().map(|(amount, basis)| (amount.as_str(), *basis)), "{expected:?} {shown}");
        let two = expected.decision.is_some_and(|decision| decision.second.is_some());
        assert_eq!(shown["approved_by"].is_string(), two, "{expected:?} {shown}");
        assert!(!two || shown["approved_by"] != shown["proposed_by"], "{expected:?} {shown}");
        let contract = &self.books.contracts[expected.contract];
        let escrow = contract.held + contract.pending + contract.frozen;
        let shortfall = expected.shortfall.unwrap_or((expected.figure - escrow).max(0));
        assert_eq!(fen(&shown["shortfall"]), shortfall, "{expected:?} {shown}");
        let whole = expected.decision.filter(|decision| decision.contested.is_none());
        let differs = whole.map_or(0, |decision| decision.amount + shortfall - expected.figure);
        let contested = expected.decision.and_then(|decision| decision.contested).map(amount);
        assert_eq!(shown["contested_amount"].as_str(), contested.as_deref(), "{expected:?} {shown}");
        let found = shown["difference"]["amount"].as_str().map_or(0, |_| fen(&shown["difference"]["amount"]));
        assert_eq!(found, differs, "{expected:?} {shown}");
    }

    async fn compare_merchants(&self) {
        for expected in &self.books.merchants {
            let shown = self.world.get("notary1", format!("/v1/merchants/{}", expected.id)).await;
            let balances = json!({
                "receivable": "0.00", "payable": amount(expected.payable), "frozen": amount(expected.frozen),
                "payout": amount(expected.payout)
            });
            assert_eq!(shown["balances"], balances, "{expected:?}");
        }
    }

    async fn compare_delivery(&self, expected: &Delivery) {
        let shown = self.world.get("notary1", format!("/v1/deliveries/{}", expected.id)).await;
        let kind = self.books.contracts[expected.contract].kind;
        let found = (shown["state"].as_str(), kind.used(&shown), fen(&shown["amount"]));
        let state = delivery_state(expected.state);
        assert_eq!(found, (Some(state), expected.units, expected.amount), "{expected:?}");
    }

    /// The lines of a statement sum up to the balances, line by line.
    async fn compare_statement(&self, contract: usize) {
        let expected = &self.books.contracts[contract];
        let path = format!("/v1/contracts/{}/statement?limit=100", expected.id);
        let mut balances: BTreeMap<String, i64> = BTreeMap::new();
        let mut next = path.clone();
        loop {
            let page = self.world.get("notary1", next).await;
            for line in page["data"].as_array().unwrap() {
                let balance = balances.entry(text(line, "account")).or_default();
                *balance += fen(&line["amount"]);
                assert_eq!(fen(&line["balance"]), *balance, "{line}");
            }
            if page["has_more"] == false {
                break;
            }
            next = format!("{path}&cursor={}", text(&page, "next_cursor"));
        }
        for (class, balance) in [("held", expected.held), ("pending", expected.pending), ("frozen", expected.frozen)] {
            let account = format!("contract/{}/{class}", expected.id);
            assert_eq!(balances.get(&account).copied().unwrap_or(0), balance, "{account}");
        }
    }
}
