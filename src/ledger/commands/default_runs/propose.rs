//! A notary finds that a merchant no longer performs, or that its time of notice is over.

use crate::domain::context::{Context, found, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{DefaultRunProposed, Fact};
use crate::domain::id::{MerchantId, RunId};
use crate::domain::objects::{Merchant, MerchantState, Notice, Proof, RunCause, RunMode};
use crate::domain::packs;
use crate::domain::rejection::Rejection;
use crate::domain::standing::no_open_run;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::ledger::command::{Command, Decided, Key};

/// Proposes a run over the contracts of a merchant.
///
/// A real default needs two documents of different kinds and a notice to the merchant, who can object. An exit needs
/// neither: the merchant gave notice itself, and its time must be over. A drill needs nothing, since it moves nothing.
#[derive(Debug)]
pub struct ProposeRun {
    /// Its id.
    pub run: RunId,
    /// Whose contracts it would end.
    pub merchant: MerchantId,
    /// Why.
    pub cause: RunCause,
    /// Whether it is to move money.
    pub mode: RunMode,
    /// What shows a default.
    pub proofs: Vec<Proof>,
    /// How the merchant was told.
    pub notice: Option<Notice>,
    /// Commitment to what the proposer says about it.
    pub reason: Option<Digest>,
}

impl Command for ProposeRun {
    fn name(&self) -> &'static str {
        "default_run.propose"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::OpenContracts(self.merchant)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        context.notary()?;
        let merchant = found(state.merchants.get(self.merchant))?;
        context.reviewed(merchant.revision)?;
        self.shown()?;
        if self.mode == RunMode::Real {
            no_open_run(state, merchant.id)?;
        }
        self.may_end(merchant, context.at)?;
        let open = state.open_contracts(merchant.id);
        let objection = packs::in_force().times_of_merchant(merchant, context.today()).objection;
        let event = DefaultRunProposed {
            amount: open.held,
            cause: self.cause,
            contracts: open.count,
            merchant: merchant.id,
            mode: self.mode,
            notice: self.notice,
            object_by: self
                .is_real_default()
                .then(|| objection.end_from(context.today(), context.calendar, context.zone)),
            proofs: self.proofs.clone(),
            reason: self.reason,
            run: self.run,
        };
        Ok(Decided::one(self.run, Fact::plain(event)))
    }
}

impl ProposeRun {
    fn is_real_default(&self) -> bool {
        self.mode == RunMode::Real && self.cause == RunCause::Default
    }

    /// Checks that two documents show the default in two ways, and that the merchant was told.
    fn shown(&self) -> Result<(), Rejection> {
        if !self.is_real_default() {
            return Ok(());
        }
        if !Proof::suffice(&self.proofs) {
            return Err(Rejection::ProofsInsufficient);
        }
        if self.notice.is_none() { Err(Rejection::NoticeRequired) } else { Ok(()) }
    }

    /// Checks that the merchant stands so that its contracts can be ended for this cause.
    fn may_end(&self, merchant: &Merchant, at: Timestamp) -> Result<(), Rejection> {
        let allowed: &[MerchantState] = match (self.cause, self.mode) {
            (RunCause::Exit, RunMode::Real) => &[MerchantState::Exiting],
            _ => &[MerchantState::Active, MerchantState::Suspended, MerchantState::Exiting],
        };
        in_state(merchant.state, allowed)?;
        match merchant.exits_at.filter(|_| self.cause == RunCause::Exit && self.mode == RunMode::Real) {
            Some(until) if at < until => Err(Rejection::ExitNoticeOpen { until }),
            _ => Ok(()),
        }
    }
}
