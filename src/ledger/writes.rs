//! What a batch writes: collected while deciding, written in one go.

use std::collections::HashMap;

use super::linked::Linked;
use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, MerchantId, ObjectId};
use crate::domain::signature::SignerKey;
use crate::domain::state::{Posted, State};
use crate::domain::table::Dirty;
use crate::store::credentials::Credential;
use crate::store::entries::StoredEntry;
use crate::store::head::{Batch, Head};
use crate::store::idempotency::Remembered;
use crate::store::pile::{self, Pile};
use crate::store::records::Record;
use crate::store::{self, Connection, credentials, entries, head, idempotency, objects, postings, records, subjects};

/// Rows to insert; the changed objects are taken from the state.
#[derive(Default)]
pub(super) struct Writes {
    entries: Vec<StoredEntry>,
    subjects: Vec<(ObjectId, u64)>,
    postings: Vec<(u64, Posted)>,
    remembered: Vec<Remembered>,
    remembered_by_key: HashMap<String, usize>,
    pub(super) records: Vec<Record>,
    pub(super) credentials: Vec<Credential>,
}

/// Saves the changed objects of each table.
macro_rules! save {
    ($pile:ident, $state:ident: $($table:ident,)+) => { $(
        objects::$table::save($pile, &$state.$table.take_dirty())?;
    )+ };
}

impl Writes {
    /// Writes everything and the new head.
    ///
    /// # Errors
    /// When the database refuses; the transaction must then be rolled back and the state dropped.
    pub(super) fn write(
        &self,
        connection: &mut Connection,
        office: &str,
        state: &mut State,
        new_head: &Head,
    ) -> store::Result<()> {
        records::keep(connection, office, &self.records)?;
        for credential in &self.credentials {
            credentials::write(connection, office, credential)?;
        }
        pile::write(connection, office, |pile| {
            entries::append(pile, &self.entries)?;
            subjects::append(pile, &self.subjects)?;
            postings::append(pile, &self.postings)?;
            idempotency::remember(pile, &self.remembered)?;
            save_objects(pile, state)?;
            if let (Some(first), Some(last)) = (self.entries.first(), self.entries.last()) {
                let batch = Batch {
                    first_position: first.position,
                    last_position: last.position,
                    at: last.at,
                    totals: state.classes().clone(),
                    steps: state.class_steps().to_vec(),
                };
                head::write_batch(pile, &batch)?;
            }
            head::write(pile, new_head)
        })
    }

    /// Adds an entry with all that is written beside it.
    pub(super) fn push(&mut self, linked: Linked) {
        let position = linked.stored.position;
        self.subjects.extend(linked.subjects.into_iter().map(|subject| (subject, position)));
        self.postings.extend(linked.posted.into_iter().map(|posted| (position, posted)));
        self.entries.push(linked.stored);
    }

    /// Remembers an answer under its key.
    pub(super) fn remember(&mut self, answer: Remembered) {
        self.remembered_by_key.insert(answer.scope_key.clone(), self.remembered.len());
        self.remembered.push(answer);
    }

    /// The answer remembered in this batch under a key.
    pub(super) fn remembered_now(&self, scope_key: &str) -> Option<&Remembered> {
        self.remembered_by_key.get(scope_key).and_then(|index| self.remembered.get(*index))
    }
}

fn save_objects(pile: &mut Pile<'_>, state: &mut State) -> store::Result<()> {
    save! { pile, state:
        users, merchants, consumers, venues, open_marks, plans, plan_versions, contracts, deposits, checkin_codes,
    channel_transactions, suspense, deliveries, freezes, disputes, settlements, payouts, payout_returns,
    refunds, default_runs, run_contracts, log_keys, rules, alarms, proposals, evidence,
    }
    // Sign-in names are written with their credentials, keys with their users, portfolios with their contracts.
    let _: Vec<Dirty<(ConsumerId, MerchantId), _>> = state.portfolios.take_dirty();
    let _: Vec<Dirty<Digest, _>> = state.logins.take_dirty();
    let _: Vec<Dirty<SignerKey, _>> = state.signing_keys.take_dirty();
    objects::accounts::save(pile, &state.accounts.take_dirty())
}
