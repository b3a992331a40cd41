//! A log applied entry by entry to a state that knows everything: what the check of the books and the verifier share.

mod link;
mod maturing;
mod runs;

pub use link::Link;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::entry::Entry;
use crate::domain::event::{Event, SettlementProposed};
use crate::domain::id::{DisputeId, EvidenceId, ObjectId, ProposalId};
use crate::domain::money::Delta;
use crate::domain::objects::{ConfirmedHow, Delivery, Evidence, FreezeState, Proposal};
use crate::domain::state::{Posted, State};
use crate::domain::table::Knowledge;
use maturing::{Maturing, delivery_of};

/// The state that a log leads to.
pub struct Replay {
    /// Everything the entries applied so far say.
    pub state: State,
    maturing: Maturing,
    runs: runs::Runs,
    forgets: bool,
}

impl Default for Replay {
    fn default() -> Self {
        Self {
            state: State::new(Knowledge::Complete),
            maturing: Maturing::default(),
            runs: runs::Runs::default(),
            forgets: false,
        }
    }
}

impl Replay {
    /// A replay that keeps in mind only what can still change: contracts, their parties, and what is open.
    #[must_use]
    pub fn forgetting() -> Self {
        Self { forgets: true, ..Self::default() }
    }

    /// Applies an entry, which must stand at the right place of its log: see [`Link`].
    ///
    /// # Errors
    /// A sentence about the entry when an invariant breaks, when it is about an object that does not exist, or when it
    /// proposes to settle something else than what has matured, or when a run tells of refunds that were not ordered.
    pub fn apply(&mut self, entry: &Entry) -> Result<Vec<Posted>, String> {
        let event = &entry.fact.event;
        if let Event::SettlementProposed(proposed) = event {
            self.proposal(entry, proposed)?;
        }
        self.runs.take_in(&self.state, event)?;
        let delivery = delivery_of(event);
        let before = delivery.and_then(|id| self.state.deliveries.get(id)).cloned();
        let state = &mut self.state;
        // What the state asserts of a live command it asserts of a log, too; here the log may be somebody else's.
        let applied = catch_unwind(AssertUnwindSafe(|| {
            let posted = state.apply(entry.position, entry.at, entry.actor, &entry.fact);
            state.assert_invariants();
            state.keep();
            posted
        }));
        let posted = applied.map_err(|panic| said(panic.as_ref()))?;
        if let Some(delivery) = delivery {
            self.maturing.replace(before.as_ref(), self.state.deliveries.get(delivery));
        }
        let released = match event {
            Event::SettlementReleased(released) => self.maturing.released(released.merchant, released.cutoff),
            _ => Vec::new(),
        };
        if self.forgets {
            released.into_iter().for_each(|delivery| self.state.deliveries.forget(delivery));
            self.forget_ended(event, before.as_ref());
        }
        Ok(posted)
    }

    /// Forgets what this event has ended: no event that the rules allow is about it any more.
    fn forget_ended(&mut self, event: &Event, before: Option<&Delivery>) {
        let contested = before.and_then(|delivery| delivery.dispute);
        let named = event.subjects().into_iter().filter_map(|subject| match subject {
            ObjectId::DisputeId(id) => Some(id),
            _ => None,
        });
        named.chain(contested).for_each(|dispute| self.forget_dispute(dispute));
        match event {
            Event::DeliveryVoided(data) => self.state.deliveries.forget(data.delivery),
            Event::DeliveryReversed(data) => self.state.deliveries.forget(data.delivery),
            Event::FreezeOrderLifted(data) => self.state.freezes.forget(data.freeze),
            Event::FreezeExecuted(data) => {
                let frozen = self.state.freezes.get(data.freeze).map(|freeze| freeze.deliveries.clone());
                frozen.into_iter().flatten().for_each(|delivery| self.state.deliveries.forget(delivery));
                self.state.freezes.forget(data.freeze);
            }
            Event::DeliveryRecorded(data) => {
                data.checkin.into_iter().for_each(|code| self.state.checkin_codes.forget(code));
            }
            _ => {}
        }
    }

    /// Forgets a dispute once it has ended and nothing is frozen for it.
    fn forget_dispute(&mut self, id: DisputeId) {
        let Some(dispute) = self.state.disputes.get(id).filter(|dispute| dispute.state.is_final()) else { return };
        let freeze = dispute.freeze;
        if self.state.freezes.get(freeze).is_none_or(|freeze| freeze.state != FreezeState::Open) {
            let contested = self.state.freezes.get(freeze).map(|freeze| freeze.deliveries.clone()).unwrap_or_default();
            // What the dispute's end has confirmed is settled with it, and can neither mature nor be reversed.
            let settled = |delivery: &Delivery| delivery.confirmed_how == Some(ConfirmedHow::Dispute);
            for delivery in contested {
                if self.state.deliveries.get(delivery).is_none_or(settled) {
                    self.state.deliveries.forget(delivery);
                }
            }
            let of_it = |proposal: &&Proposal| proposal.dispute == id;
            let proposals: Vec<ProposalId> =
                self.state.proposals.iter().map(|(_, proposal)| proposal).filter(of_it).map(|found| found.id).collect();
            proposals.into_iter().for_each(|proposal| self.state.proposals.forget(proposal));
            let of_it = |evidence: &&Evidence| evidence.dispute == id;
            let files: Vec<EvidenceId> =
                self.state.evidence.iter().map(|(_, evidence)| evidence).filter(of_it).map(|found| found.id).collect();
            files.into_iter().for_each(|file| self.state.evidence.forget(file));
            self.state.freezes.forget(freeze);
            self.state.disputes.forget(id);
        }
    }

    /// Checks that a proposal takes exactly what has matured, and what no delivery stands for.
    fn proposal(&self, entry: &Entry, proposed: &SettlementProposed) -> Result<(), String> {
        let SettlementProposed { since, cutoff, .. } = *proposed;
        let merchant = self.state.merchants.get(proposed.merchant);
        let merchant = merchant.ok_or_else(|| format!("there is no merchant {}", proposed.merchant))?;
        if since != merchant.settled_until {
            return Err(format!("it begins at {since}, and the last one ended at {}", merchant.settled_until));
        }
        if cutoff > entry.at {
            return Err(format!("it takes what matures up to {cutoff}, which is not known yet"));
        }
        if proposed.returned != merchant.unreleased {
            return Err(format!(
                "it takes {} that no delivery stands for, of {}",
                proposed.returned, merchant.unreleased
            ));
        }
        let matured = self.maturing.between(merchant.id, since, cutoff);
        let amount = matured.amount.credit().checked_add(merchant.unreleased).and_then(Delta::amount);
        if Some(proposed.amount) != amount || proposed.count != matured.count {
            let due = amount.map_or_else(|| "too much".to_owned(), |amount| amount.to_string());
            return Err(format!(
                "it takes {} with {} deliveries, and {due} with {} is due",
                proposed.amount, proposed.count, matured.count
            ));
        }
        Ok(())
    }
}

/// What a panic says.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("it cannot be applied").to_owned()
}
