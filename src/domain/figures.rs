//! What the engine makes of a real refund: the books' facts, what the parties bring, and the figures that are kept.

use super::calendar;
use super::digest::Digest;
use super::money::{Amount, Delta};
use super::objects::{Claims, Contract, Figures, Live, Refund};
use super::refund::{Benchmarks, Facts, Reason, RefundError, calculate};
use super::rules::{as_of, refund_facts, unspent};
use super::state::State;
use super::time::Date;

/// What a consumer asks for, with what both parties bring.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Why.
    pub reason: Reason,
    /// The amount agreed on or awarded, where there is one: nothing is calculated then.
    pub agreed: Option<Amount>,
    /// Whether the same service had been received before.
    pub prior_same_service: bool,
    /// The day it was asked for.
    pub requested_on: Date,
    /// What the consumer brings.
    pub claims: Option<&'a Claims>,
    /// What the merchant brings.
    pub counterclaims: Option<&'a Claims>,
}

impl<'a> Asked<'a> {
    /// What a refund asks for.
    #[must_use]
    pub const fn of(refund: &'a Refund) -> Self {
        Self {
            reason: refund.reason,
            agreed: refund.agreed,
            prior_same_service: refund.prior_same_service,
            requested_on: refund.requested_on,
            claims: refund.claims.as_ref(),
            counterclaims: refund.counterclaims.as_ref(),
        }
    }

    fn brought(&self) -> impl Iterator<Item = &'a Claims> {
        self.claims.into_iter().chain(self.counterclaims)
    }

    /// The facts of its calculation: the books', then the consumer's, then the merchant's. `name` tells what a
    /// deduction is for.
    ///
    /// # Errors
    /// [`RefundError::ClaimWithoutBearing`].
    pub fn facts(&self, contract: &Contract, name: impl Fn(Digest) -> String) -> Result<Facts, RefundError> {
        let mut facts = refund_facts(contract, self.reason, self.prior_same_service, self.requested_on);
        for claims in self.brought() {
            claims.bear_on(&mut facts, &name)?;
        }
        Ok(facts)
    }

    /// The engine's figures, as the books keep them: those of a period as of the day of the request.
    ///
    /// `state` must know the contract with all it points to.
    ///
    /// # Errors
    /// When the engine cannot work them out.
    pub fn figures(&self, state: &State, contract: &Contract) -> Result<Figures, RefundError> {
        let contract = &*as_of(state, contract, self.requested_on);
        if let Some(refund) = self.agreed {
            let used = contract.deposited.saturating_sub(refund);
            return Ok(Figures { live: contract.live.clone(), needs_decision: false, refund, used });
        }
        // What a deduction is called does not change what it comes to.
        let facts = self.facts(contract, |_| String::new())?;
        let calculation = calculate(&facts, calendar::built_in(), Benchmarks::built_in())?;
        Ok(Figures {
            live: contract.live.clone(),
            needs_decision: calculation.needs_decision || self.brought().any(Claims::need_a_person),
            refund: left_of(contract, calculation.refund),
            used: calculation.used,
        })
    }
}

/// What is left of all that the law gives back of a contract: what an earlier refund gave back is not given twice, and
/// what a dispute has decided stands.
fn left_of(contract: &Contract, whole: Amount) -> Amount {
    let settled = match contract.live {
        // Where days are earned, what a dispute gave the merchant was in part theirs already.
        Live::Days(_) => {
            let due = contract.deposited.saturating_sub(whole);
            contract.settled.min(contract.to_merchant.saturating_sub(due).credit())
        }
        _ => contract.settled,
    };
    let taken = contract.refunded.credit().checked_add(settled);
    let left = taken.and_then(|taken| whole.credit().checked_add(taken.negated()));
    left.and_then(Delta::amount).unwrap_or_default()
}

/// What goes back of a contract whose merchant closes: the engine's figure at the deal price, as far as undelivered money
/// reaches (法释〔2025〕4号 arts. 13, 18, 22). The seven days give more only to those who ask for it.
///
/// `state` must know the contract with all it points to.
#[must_use]
pub fn on_closing(state: &State, contract: &Contract, day: Date) -> Amount {
    let asked = Asked {
        reason: Reason::MerchantClosed,
        agreed: None,
        prior_same_service: false,
        requested_on: day,
        claims: None,
        counterclaims: None,
    };
    let held = contract.held.amount().unwrap_or_default();
    match asked.figures(state, contract) {
        Ok(figures) => figures.refund.min(held),
        // Facts that no figure can be made of leave the merchant what the books say was earned.
        Err(_) => unspent(state, contract, day),
    }
}

/// What the two sides of a refund would give back, where the merchant has objected with less than the consumer is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sides {
    /// What the law gives on what the consumer brings: without anything that the merchant claims.
    pub consumer: Amount,
    /// What the merchant has offered.
    pub merchant: Amount,
}

impl Sides {
    /// The two figures; none where the merchant has not objected, or has offered no less.
    ///
    /// `state` must know the contract with all it points to.
    ///
    /// # Errors
    /// When the engine cannot work the consumer's figure out.
    pub fn of(state: &State, contract: &Contract, refund: &Refund) -> Result<Option<Self>, RefundError> {
        let Some(merchant) = refund.offered() else { return Ok(None) };
        let consumer = match refund.counterclaims {
            Some(_) => Asked { counterclaims: None, ..Asked::of(refund) }.figures(state, contract)?.refund,
            None => refund.figures.refund,
        };
        Ok(Some(Self { consumer, merchant }).filter(|sides| sides.merchant < sides.consumer))
    }

    /// What both give where escrow holds `available`, what is contested of the rest, and what escrow falls short of the
    /// consumer's figure.
    #[must_use]
    pub fn within(&self, available: Amount) -> Shares {
        let reached = self.consumer.min(available);
        let undisputed = self.merchant.min(reached);
        Shares {
            undisputed,
            contested: reached.saturating_sub(undisputed),
            shortfall: self.consumer.saturating_sub(reached),
        }
    }
}

/// How what the consumer is due comes apart where the merchant objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares {
    /// What both sides give: it can be paid at once.
    pub undisputed: Amount,
    /// What only the consumer's figure gives: the matter of a dispute.
    pub contested: Amount,
    /// What escrow does not hold of the consumer's figure.
    pub shortfall: Amount,
}

/// What the law gives back beyond what escrow can: a claim on the merchant, as it stood when the refund was ordered.
#[must_use]
pub fn shortfall(refund: &Refund, contract: &Contract) -> Amount {
    refund.shortfall.unwrap_or_else(|| refund.within(contract.in_escrow()).1)
}
