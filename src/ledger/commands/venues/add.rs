//! A merchant publishes a place where it serves.

use crate::domain::context::{Context, own_active_merchant};
use crate::domain::digest::Digest;
use crate::domain::event::{Fact, VenueAdded};
use crate::domain::id::VenueId;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Date;
use crate::ledger::command::{Command, Decided, Key};

/// Publishes a venue of the caller's merchant.
#[derive(Debug)]
pub struct AddVenue {
    /// Its id.
    pub venue: VenueId,
    /// Commitment to name and address.
    pub profile: Digest,
    /// Last day of the lease.
    pub lease_ends_on: Date,
}

impl Command for AddVenue {
    fn name(&self) -> &'static str {
        "venue.add"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Venue(self.venue)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let merchant = own_active_merchant(state, context)?;
        let added =
            VenueAdded { lease_ends_on: self.lease_ends_on, merchant, profile: self.profile, venue: self.venue };
        Ok(Decided::one(self.venue, Fact::plain(added)))
    }
}
