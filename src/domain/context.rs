//! What comes into a decision from outside: time, caller, zone.

use std::fmt::Display;

use jiff::tz::TimeZone;

use super::actor::Actor;
use super::calendar::Calendar;
use super::id::{ConsumerId, MerchantId, Party, UserId};
use super::name::Name;
use super::objects::Role;
use super::rejection::Rejection;
use super::standing::no_open_run;
use super::state::State;
use super::time::{Date, Timestamp};

/// The circumstances of one decision.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// The office whose books these are.
    pub office: Name,
    /// The name of the office's log.
    pub origin: &'a str,
    /// The moment of the decision: never before the log's newest entry.
    pub at: Timestamp,
    /// Who asks.
    pub actor: Actor,
    /// The party the asking user acts for, from the live user.
    pub party: Option<Party>,
    /// The revision the caller says they reviewed.
    pub if_match: Option<u64>,
    /// The zone in which the office counts days.
    pub zone: &'a TimeZone,
    /// Working days.
    pub calendar: &'a Calendar,
}

impl Context<'_> {
    /// Today in the office's zone.
    #[must_use]
    pub fn today(&self) -> Date {
        self.at.date(self.zone)
    }

    /// The merchant the caller acts for.
    ///
    /// # Errors
    /// [`Rejection::NotFound`] when the caller acts for none: no object can be theirs.
    pub fn merchant(&self) -> Result<MerchantId, Rejection> {
        self.party.and_then(Party::merchant).ok_or(Rejection::NotFound)
    }

    /// The consumer the caller acts for.
    ///
    /// # Errors
    /// [`Rejection::NotFound`] when the caller acts for none: no object can be theirs.
    pub fn consumer(&self) -> Result<ConsumerId, Rejection> {
        self.party.and_then(Party::consumer).ok_or(Rejection::NotFound)
    }

    /// The user who asks.
    ///
    /// # Errors
    /// [`Rejection::Forbidden`] for a channel or the service itself.
    pub fn user(&self) -> Result<UserId, Rejection> {
        self.actor.user().ok_or(Rejection::Forbidden)
    }

    /// The notary who asks.
    ///
    /// # Errors
    /// [`Rejection::Forbidden`] for anyone else.
    pub fn notary(&self) -> Result<UserId, Rejection> {
        self.acts_as(&[Role::Notary])?;
        self.user()
    }

    /// Checks that the caller acts in one of `roles`.
    ///
    /// # Errors
    /// [`Rejection::Forbidden`] for anyone else.
    pub fn acts_as(&self, roles: &[Role]) -> Result<(), Rejection> {
        if roles.contains(&self.actor.role()) { Ok(()) } else { Err(Rejection::Forbidden) }
    }

    /// Checks that the caller is one of an object's two parties, or holds an office that stands above them.
    ///
    /// # Errors
    /// [`Rejection::NotFound`] for strangers, who must not learn that the object exists.
    pub fn owns(&self, merchant: MerchantId, consumer: ConsumerId) -> Result<(), Rejection> {
        let owns = match self.actor.role() {
            Role::Consumer => self.party == Some(Party::Consumer(consumer)),
            Role::Merchant => self.party == Some(Party::Merchant(merchant)),
            _ => true,
        };
        if owns { Ok(()) } else { Err(Rejection::NotFound) }
    }

    /// Checks the revision the caller reviewed, where they named one.
    ///
    /// # Errors
    /// [`Rejection::RevisionMismatch`] with the revision the object has now.
    pub fn reviewed(&self, current_revision: u64) -> Result<u64, Rejection> {
        match self.if_match {
            Some(reviewed) if reviewed != current_revision => Err(Rejection::RevisionMismatch { current_revision }),
            _ => Ok(current_revision),
        }
    }
}

/// A refusal because an object is in one state and this needs it in another.
#[must_use]
pub fn state_conflict(current: &str, allowed: &[&str]) -> Rejection {
    Rejection::StateConflict {
        current_state: current.to_owned(),
        allowed: allowed.iter().map(|word| (*word).to_owned()).collect(),
    }
}

/// Checks that an object is in one of the states that this needs.
///
/// # Errors
/// [`Rejection::StateConflict`] with both.
pub fn in_state<S: Copy + PartialEq + Display>(current: S, allowed: &[S]) -> Result<(), Rejection> {
    if allowed.contains(&current) {
        return Ok(());
    }
    Err(Rejection::StateConflict {
        current_state: current.to_string(),
        allowed: allowed.iter().map(ToString::to_string).collect(),
    })
}

/// Finds an object or answers that there is none.
///
/// # Errors
/// [`Rejection::NotFound`].
pub fn found<T>(object: Option<&T>) -> Result<&T, Rejection> {
    object.ok_or(Rejection::NotFound)
}

/// The caller's own merchant, where it may sell.
///
/// # Errors
/// [`Rejection::MerchantNotActive`] when the caller has not applied, is not admitted, or is suspended.
pub fn own_active_merchant(state: &State, context: &Context<'_>) -> Result<MerchantId, Rejection> {
    let not_applied = || Rejection::MerchantNotActive { current_state: "not_applied".to_owned() };
    let own = context.party.and_then(Party::merchant).ok_or_else(not_applied)?;
    active_merchant(state, own).map(|merchant| merchant.id)
}

/// The state of a merchant's standing that selling needs.
///
/// # Errors
/// [`Rejection::DefaultRunOpen`] while a run holds it up, [`Rejection::MerchantNotActive`] unless it is admitted and not
/// suspended.
pub fn active_merchant(state: &State, id: MerchantId) -> Result<&super::objects::Merchant, Rejection> {
    let merchant = found(state.merchants.get(id))?;
    no_open_run(state, id)?;
    match merchant.state {
        super::objects::MerchantState::Active => Ok(merchant),
        other => Err(Rejection::MerchantNotActive { current_state: other.to_string() }),
    }
}
