//! A merchant states that a venue was open on a day.

use crate::domain::context::{Context, found};
use crate::domain::event::{Fact, VenueOpened};
use crate::domain::id::VenueId;
use crate::domain::rejection::Rejection;
use crate::domain::rules::marking_ends_at;
use crate::domain::state::State;
use crate::domain::time::Date;
use crate::ledger::command::{Command, Decided, Key};

/// Marks a venue of the caller's merchant as open on a day. A suspended merchant still serves what it sold, so it
/// can mark as well.
#[derive(Debug)]
pub struct MarkVenueOpen {
    /// The venue.
    pub venue: VenueId,
    /// The day, in the office's zone.
    pub date: Date,
}

impl Command for MarkVenueOpen {
    fn name(&self) -> &'static str {
        "venue.open"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Venue(self.venue), Key::OpenMark(self.venue, self.date)]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        let merchant = context.merchant()?;
        let venue = found(state.venues.get(self.venue).filter(|venue| venue.merchant == merchant))?;
        context.reviewed(venue.revision)?;
        if self.date > context.today() {
            return Err(Rejection::MarkInFuture);
        }
        if context.at >= marking_ends_at(self.date, context.zone) {
            return Err(Rejection::MarkTooLate);
        }
        if state.open_marks.get((self.venue, self.date)).is_some() {
            return Err(Rejection::AlreadyMarked);
        }
        let opened = VenueOpened { date: self.date, merchant, venue: self.venue };
        Ok(Decided::one(self.venue, Fact::plain(opened)))
    }
}
