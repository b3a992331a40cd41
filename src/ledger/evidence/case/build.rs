//! From what was taken in to the result.

use super::{Case, Head};
use crate::domain::event::{Event, LogOpened};
use crate::domain::money::{Amount, Delta};
use crate::domain::name::Name;
use crate::domain::objects::{Contract, Delivery, DeliveryState};
use crate::ledger::evidence::Finding;
use crate::ledger::evidence::names::{Named, TERMS};
use crate::ledger::evidence::settled::took;
use crate::ledger::evidence::summary::{
    Balances, ContractSummary, DeliveryLine, DepositLine, EntryLine, LogSummary, RefundLine, SettlementLine, Summary,
    TextLine,
};
use crate::log::text::base64;

impl Case {
    /// What it all comes to.
    ///
    /// # Errors
    /// When a part without which nothing can be said is missing.
    pub fn finish(self) -> Result<Summary, Finding> {
        let first = Named::Entry(0).name();
        let head = self.known_head()?;
        let opening = self.opening.as_ref().ok_or_else(|| Finding::undecided(&first, "it is missing"))?;
        if opening.1.origin != head.checkpoint.origin() {
            return Err(Finding::refuted(&first, "it opens another log than the one that is signed"));
        }
        let contract = self.state.contracts.get(self.contract);
        let contract =
            contract.ok_or_else(|| Finding::undecided("entries/", "the contract's first entry is missing"))?;
        if self.documents.iter().any(|line| line.kind == "terms" && line.file.is_none()) {
            return Err(Finding::undecided(TERMS, "it is missing"));
        }
        let below_zero =
            [contract.held, contract.pending, contract.frozen].iter().any(|balance| balance.amount().is_none());
        if below_zero || !contract.adds_up() {
            let what = "the contract's money does not add up: entries of it are missing";
            return Err(Finding::undecided("entries/", what));
        }
        Ok(Summary {
            v: 1,
            contract: contract_summary(contract),
            balances: balances(contract),
            adds_up: contract.adds_up(),
            log: self.log(head, opening),
            entries: self.entries(),
            deposits: self.deposits(),
            deliveries: self.deliveries(),
            settlements: self.settlements(),
            refunds: self.refunds(),
            texts: self.texts(),
            documents: self.documents,
        })
    }

    fn log(&self, head: &Head, (office, opened): &(Name, LogOpened)) -> LogSummary {
        LogSummary {
            office: *office,
            origin: opened.origin.clone(),
            mode: opened.mode.clone(),
            time_zone: opened.time_zone.clone(),
            key: head.key.clone(),
            size: head.checkpoint.size(),
            root: base64(head.checkpoint.root()),
            witnesses_required: self.policy.requires_witnesses(),
            seen_at: head.seen_at,
            cosigned: head.cosigned.clone(),
        }
    }

    fn entries(&self) -> Vec<EntryLine> {
        let line = |taken: &super::Taken| EntryLine {
            position: taken.position,
            kind: taken.kind,
            actor: taken.actor,
            request: taken.request,
            at: taken.at,
            entered: self.times.of(taken.position),
            clock_differs: self.times.of(taken.position).differs(taken.at),
            amount: taken.amount,
            postings: taken.postings.clone(),
            leaf: taken.leaf,
        };
        self.taken.iter().map(line).collect()
    }

    fn deposits(&self) -> Vec<DepositLine> {
        let found = self.deposits.iter().filter_map(|id| self.state.deposits.get(*id));
        let line = |deposit: &crate::domain::objects::Deposit| DepositLine {
            id: deposit.id,
            amount: deposit.amount,
            state: deposit.state,
            credited_at: deposit.credited_at,
        };
        found.map(line).collect()
    }

    fn known_deliveries(&self) -> impl Iterator<Item = &Delivery> {
        self.deliveries.iter().filter_map(|id| self.state.deliveries.get(*id))
    }

    /// The settlement that took a delivery, as far as settlements are here.
    fn settlement_of(&self, delivery: &Delivery) -> Option<&crate::ledger::evidence::settled::Released> {
        if delivery.state == DeliveryState::Confirmed { took(&self.released, delivery) } else { None }
    }

    fn deliveries(&self) -> Vec<DeliveryLine> {
        let line = |delivery: &Delivery| DeliveryLine {
            id: delivery.id,
            used: delivery.used,
            amount: delivery.amount,
            state: delivery.state,
            occurred_at: delivery.occurred_at,
            recorded_at: delivery.recorded_at,
            confirmed_at: delivery.confirmed_at,
            confirmed_how: delivery.confirmed_how,
            settlement_id: self.settlement_of(delivery).map(|release| release.settlement),
        };
        self.known_deliveries().map(line).collect()
    }

    fn settlements(&self) -> Vec<SettlementLine> {
        let mut lines = Vec::new();
        for release in &self.released {
            let is_this = |delivery: &&Delivery| {
                self.settlement_of(delivery).is_some_and(|took| took.settlement == release.settlement)
            };
            let (mut deliveries, mut amount) = (0_u64, Amount::ZERO);
            for delivery in self.known_deliveries().filter(is_this) {
                deliveries = deliveries.saturating_add(1);
                amount = amount.saturating_add(delivery.amount);
            }
            if deliveries > 0 {
                lines.push(SettlementLine { id: release.settlement, released_at: release.at, deliveries, amount });
            }
        }
        lines
    }

    fn refunds(&self) -> Vec<RefundLine> {
        let found = self.refunds.iter().filter_map(|id| self.state.refunds.get(*id));
        let line = |refund: &crate::domain::objects::Refund| RefundLine {
            id: refund.id,
            state: refund.state,
            reason: refund.reason,
            requested_at: refund.requested_at,
            calculated: refund.figures.refund,
            amount: refund.decision.map(|decision| decision.amount),
            basis: refund.decision.map(|decision| decision.basis),
            merchant_share: refund.merchant_share,
        };
        found.map(line).collect()
    }

    fn texts(&self) -> Vec<TextLine> {
        let line = |one: &super::Commitment| TextLine {
            position: one.position,
            field: one.field.to_owned(),
            commitment: one.digest,
            text: one.text.clone(),
        };
        self.commitments.iter().map(line).collect()
    }
}

fn contract_summary(contract: &Contract) -> ContractSummary {
    ContractSummary {
        id: contract.id,
        state: contract.state,
        plan_id: contract.plan,
        plan_version: contract.plan_version,
        consumer_id: contract.consumer,
        merchant_id: contract.merchant,
        price: contract.figures.price,
        currency: "CNY",
        sold: contract.figures.sold.clone(),
        used: contract.live.clone(),
        signed_by_consumer_at: contract.signed_by_consumer_at,
        signed_by_merchant_at: contract.signed_by_merchant_at,
        active_since: contract.active_since,
        ends_on: contract.ends_on,
        terms_sha256: contract.terms_sha256,
        terms_sm3: contract.terms_sm3,
    }
}

fn balances(contract: &Contract) -> Balances {
    let amount = |balance: Delta| balance.amount().unwrap_or_default();
    Balances {
        deposited: contract.deposited,
        held: amount(contract.held),
        pending: amount(contract.pending),
        frozen: amount(contract.frozen),
        to_merchant: contract.to_merchant,
        refunded: contract.refunded,
    }
}

/// The money that an event is about, where there is one sum.
pub(super) fn amount_of(event: &Event) -> Option<Amount> {
    Some(match event {
        Event::ContractDrafted(data) => data.figures.price,
        Event::DepositStarted(data) => data.amount,
        Event::DepositCredited(data) => data.amount,
        Event::DeliveryRecorded(data) => data.amount,
        Event::DeliveryConfirmed(data) => data.amount,
        Event::DisputeOpened(data) => data.amount,
        Event::DeliveryVoided(data) => data.amount,
        Event::DeliveryReversed(data) => data.amount,
        Event::PeriodAccrued(data) => data.amount,
        Event::SettlementReleased(data) => data.amount,
        Event::PayoutCreated(data) => data.amount,
        Event::PayoutSettled(data) => data.amount,
        Event::PayoutRejected(data) => data.amount,
        Event::PayoutReturned(data) => data.amount,
        Event::RefundRequested(data) => data.figures.refund,
        Event::RefundRecalculated(data) => data.figures.refund,
        Event::RefundProposed(data) => data.amount,
        Event::RefundOrdered(data) => data.amount,
        Event::DefaultRunContractRefunded(data) => data.amount,
        Event::PayoutCancelled(data) => data.amount,
        Event::RefundAnswered(data) => return data.amount,
        _ => return None,
    })
}
