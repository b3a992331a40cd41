//! The offices that are served. They become more while the service runs, and never fewer.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::domain::name::Name;
use crate::ledger::Sequencer;

/// The writers, by office.
pub type Writers = BTreeMap<Name, Sequencer>;

/// The offices that are served now; clones are the same.
#[derive(Clone, Default)]
pub struct Offices(Arc<RwLock<Arc<Writers>>>);

impl Offices {
    /// All of them, as of now.
    #[must_use]
    pub fn all(&self) -> Arc<Writers> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The writer of an office; none where it is not served.
    #[must_use]
    pub fn get(&self, name: Name) -> Option<Sequencer> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&name).cloned()
    }

    /// Whether an office is served.
    #[must_use]
    pub fn has(&self, name: Name) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains_key(&name)
    }

    /// One more is served from now on.
    pub fn add(&self, sequencer: Sequencer) {
        let mut served = self.0.write().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut served).insert(sequencer.office().name, sequencer);
    }
}
