//! The merchant agrees to a refund, or objects.

use super::{found_with_contract, unusable};
use crate::domain::context::{Context, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, RefundAnswered, RefundRecalculated};
use crate::domain::figures::Asked;
use crate::domain::id::RefundId;
use crate::domain::money::Amount;
use crate::domain::objects::{Claims, RefundState};
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Answers a refund request.
#[derive(Debug)]
pub struct AnswerRefund {
    /// The refund.
    pub refund: RefundId,
    /// Whether the merchant agrees to the figures as they stand.
    pub accept: bool,
    /// What the merchant would give back instead; with an objection only.
    pub amount: Option<Amount>,
    /// What the merchant brings; with an objection only. It changes the figures, and a person decides.
    pub claims: Option<Claims>,
    /// Commitment to the reason of an objection.
    pub reason: Option<Digest>,
}

impl Command for AnswerRefund {
    fn name(&self) -> &'static str {
        "refund.answer"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Refund(self.refund)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let merchant = context.merchant()?;
        let (refund, contract) = found_with_contract(state, self.refund, |refund| refund.merchant == merchant)?;
        context.reviewed(refund.revision)?;
        in_state(refund.state, &[RefundState::Requested])?;
        if refund.answer_by.is_some_and(|answer_by| context.at >= answer_by) {
            return Err(Rejection::AnswerWindowOver);
        }
        let counterclaims = self.claims.as_ref().filter(|_| !self.accept);
        let figures = match counterclaims {
            Some(_) => Some(Asked { counterclaims, ..Asked::of(refund) }.figures(state, contract).map_err(unusable)?),
            None => None,
        };
        let event = RefundAnswered {
            accept: self.accept,
            amount: self.amount.filter(|_| !self.accept),
            claims: counterclaims.cloned(),
            consumer: refund.consumer,
            contract: refund.contract,
            merchant,
            reason: self.reason,
            refund: refund.id,
        };
        let mut facts = vec![Fact::plain(event)];
        facts.extend(figures.map(|figures| {
            let (consumer, contract) = (refund.consumer, refund.contract);
            Fact::plain(RefundRecalculated { consumer, contract, figures, merchant, refund: refund.id })
        }));
        Ok(Decided { facts, shows: refund.id.into() })
    }
}
