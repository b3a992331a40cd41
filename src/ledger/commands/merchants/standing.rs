//! The office's decisions about a merchant's standing.

use crate::domain::context::{Context, found, in_state};
use crate::domain::digest::Digest;
use crate::domain::event::{
    Event, Fact, MerchantAdmitted, MerchantReinstated, MerchantRejected, MerchantReviewed, MerchantSuspended,
};
use crate::domain::id::MerchantId;
use crate::domain::objects::MerchantState;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// An operator finds an application in order.
#[derive(Debug)]
pub struct ReviewMerchant {
    /// The merchant.
    pub merchant: MerchantId,
    /// Commitment to the operator's note.
    pub note: Option<Digest>,
}

/// A notary admits a reviewed merchant.
#[derive(Debug)]
pub struct AdmitMerchant {
    /// The merchant.
    pub merchant: MerchantId,
}

/// An operator or a notary turns an application down.
#[derive(Debug)]
pub struct RejectMerchant {
    /// The merchant.
    pub merchant: MerchantId,
    /// Commitment to the reason.
    pub reason: Digest,
}

/// A notary stops a merchant from selling anything new.
#[derive(Debug)]
pub struct SuspendMerchant {
    /// The merchant.
    pub merchant: MerchantId,
    /// Commitment to the reason.
    pub reason: Digest,
}

/// A notary lets a suspended merchant sell again.
#[derive(Debug)]
pub struct ReinstateMerchant {
    /// The merchant.
    pub merchant: MerchantId,
    /// Commitment to the notary's note.
    pub note: Option<Digest>,
}

impl ReviewMerchant {
    fn event(&self) -> Event {
        MerchantReviewed { merchant: self.merchant, note: self.note }.into()
    }
}

impl AdmitMerchant {
    fn event(&self) -> Event {
        MerchantAdmitted { merchant: self.merchant }.into()
    }
}

impl RejectMerchant {
    fn event(&self) -> Event {
        MerchantRejected { merchant: self.merchant, reason: self.reason }.into()
    }
}

impl SuspendMerchant {
    fn event(&self) -> Event {
        MerchantSuspended { merchant: self.merchant, reason: self.reason }.into()
    }
}

impl ReinstateMerchant {
    fn event(&self) -> Event {
        MerchantReinstated { merchant: self.merchant, note: self.note }.into()
    }
}

/// Declares the commands, which differ only in the states they start from and in the event they lead to.
macro_rules! standing {
    ($($name:ident = $word:literal from $($from:ident)|+,)+) => { $(
        impl Command for $name {
            fn name(&self) -> &'static str {
                $word
            }

            fn keys(&self) -> Vec<Key> {
                vec![Key::Merchant(self.merchant)]
            }

            fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
                may_change(state, context, self.merchant, &[$(MerchantState::$from),+])?;
                Ok(Decided::one(self.merchant, Fact::plain(self.event())))
            }
        }
    )+ };
}

standing! {
    ReviewMerchant = "merchant.review" from Applied,
    AdmitMerchant = "merchant.admit" from Reviewed,
    RejectMerchant = "merchant.reject" from Applied | Reviewed,
    SuspendMerchant = "merchant.suspend" from Active,
    ReinstateMerchant = "merchant.reinstate" from Suspended,
}

fn may_change(
    state: &State,
    context: &Context<'_>,
    id: MerchantId,
    allowed: &[MerchantState],
) -> Result<(), Rejection> {
    let merchant = found(state.merchants.get(id))?;
    context.reviewed(merchant.revision)?;
    in_state(merchant.state, allowed)
}
