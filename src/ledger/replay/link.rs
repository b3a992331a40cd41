//! Where a log stands, and whether the next entry fits behind it.

use crate::domain::digest::Digest;
use crate::domain::event::Event;
use crate::domain::name::Name;
use crate::domain::time::Timestamp;
use crate::ledger::entry::Entry;

/// The end of the part of a log that was looked at.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// Whose log it is; known from the first entry on.
    pub office: Option<Name>,
    /// The position of the entry to come.
    pub next_position: u64,
    /// The leaf of the entry before it; zeros at the beginning.
    pub leaf: Digest,
    /// The time of the entry before it.
    pub at: Timestamp,
}

impl Link {
    /// The beginning of the log of an office; of any office, if none is named.
    #[must_use]
    pub const fn beginning(office: Option<Name>) -> Self {
        Self { office, next_position: 0, leaf: Digest::ZERO, at: Timestamp::from_micros(i64::MIN) }
    }

    /// Checks that an entry stands where it says, in the right log, at the right place of the chain and of time; goes
    /// on behind it. `leaf` is the entry's own.
    ///
    /// # Errors
    /// A sentence about the entry.
    pub fn follow(&mut self, entry: &Entry, leaf: Digest) -> Result<(), String> {
        let office = *self.office.get_or_insert(entry.office);
        let opens = matches!(entry.fact.event, Event::LogOpened(_));
        if entry.position != self.next_position {
            return Err(format!("it says that it is entry {}", entry.position));
        }
        if entry.office != office {
            return Err(format!("it belongs to the log of {}", entry.office));
        }
        if entry.prev != self.leaf {
            return Err(format!("it names {} as the leaf before it, which is {}", entry.prev, self.leaf));
        }
        if entry.at < self.at {
            return Err(format!("its time {} lies before {}, the time of the entry before it", entry.at, self.at));
        }
        if opens != (self.next_position == 0) {
            let kind = entry.fact.event.kind();
            return Err(format!("{kind} cannot stand here: log.opened is the first entry, and only that"));
        }
        self.next_position = self.next_position.saturating_add(1);
        self.leaf = leaf;
        self.at = entry.at;
        Ok(())
    }
}
