//! The log, entry by entry, applied to a state that knows everything.

use std::collections::BTreeMap;

use super::{CheckError, differing, entry_finding, row_finding};
use crate::domain::account::Account;
use crate::domain::digest::Digest;
use crate::domain::id::{MerchantId, ObjectId};
use crate::domain::name::Name;
use crate::domain::state::{ClassTotal, Posted, State};
use crate::ledger::books::TrialBalance;
use crate::ledger::entry::{Entry, indexed_subjects};
use crate::ledger::replay::{self, Link};
use crate::log::chain;
use crate::store::entries::StoredEntry;
use crate::store::head::{Batch, Head};
use crate::store::postings::Line;
use crate::store::{Connection, What, entries, head};

/// Entries read at a time.
const ENTRIES_MAX: i64 = 1000;

/// The replayed part of a log, and the rows that it leads to.
pub(super) struct Replay<'a> {
    office: &'a str,
    replay: replay::Replay,
    link: Link,
    subjects: BTreeMap<ObjectId, Vec<u64>>,
    postings: BTreeMap<Account, Vec<Line>>,
    batch_begins: u64,
}

/// What a log leads to.
pub(super) struct Parts {
    pub(super) state: State,
    pub(super) subjects: BTreeMap<ObjectId, Vec<u64>>,
    pub(super) postings: BTreeMap<Account, Vec<Line>>,
}

impl<'a> Replay<'a> {
    pub(super) fn new(office: &'a str) -> Self {
        Self {
            office,
            replay: replay::Replay::default(),
            link: Link::beginning(Name::parse(office)),
            subjects: BTreeMap::new(),
            postings: BTreeMap::new(),
            batch_begins: 0,
        }
    }

    /// Replays every entry there is, and compares each batch's totals on the way.
    pub(super) fn run(
        &mut self,
        connection: &mut Connection,
        total: u64,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), CheckError> {
        loop {
            progress(self.link.next_position, total);
            let begin = self.link.next_position;
            let page = entries::from(connection, self.office, begin, ENTRIES_MAX)?;
            let Some(newest) = page.last().map(|entry| entry.position) else { break };
            let mut batches = head::batches_ending(connection, self.office, begin, newest)?.into_iter().peekable();
            for stored in &page {
                self.entry(stored)?;
                if let Some(batch) = batches.next_if(|batch| batch.last_position == stored.position) {
                    self.batch(&batch)?;
                }
            }
        }
        let after = head::batches_ending(connection, self.office, self.link.next_position, u64::MAX)?;
        if let Some(batch) = after.first() {
            return Err(row_finding("batches", batch.last_position, What::Surplus));
        }
        if self.batch_begins != self.link.next_position {
            return Err(row_finding("batches", format!("from {}", self.batch_begins), What::Missing));
        }
        Ok(())
    }

    fn entry(&mut self, stored: &StoredEntry) -> Result<(), CheckError> {
        let position = self.link.next_position;
        let fail = |what: String| Err(entry_finding(position, what));
        if stored.position != position {
            return fail(format!("it is missing; the next one there is {}", stored.position));
        }
        let leaf = Digest::from_bytes(chain::leaf(&stored.bytes));
        if leaf != stored.leaf {
            return fail(format!("its bytes have the leaf {leaf}, and the column says {}", stored.leaf));
        }
        let entry = match Entry::parse(&stored.bytes) {
            Ok(entry) => entry,
            Err(error) => return fail(error.to_string()),
        };
        self.place(&entry, stored, leaf)?;
        self.links(&entry, stored)?;
        let posted = self.replay.apply(&entry).map_err(|what| entry_finding(position, what))?;
        let subjects = indexed_subjects(&entry.fact.event.subjects());
        for subject in subjects {
            self.subjects.entry(subject).or_default().push(position);
        }
        let kept = posted.into_iter().filter(|posted| posted.account.class().keeps_postings());
        for (seq, Posted { account, amount, balance }) in (0_u64..).zip(kept) {
            self.postings.entry(account).or_default().push(Line { account, position, seq, amount, balance });
        }
        Ok(())
    }

    /// Checks that an entry stands at the right place, and that the columns beside its bytes say what it says.
    fn place(&mut self, entry: &Entry, stored: &StoredEntry, leaf: Digest) -> Result<(), CheckError> {
        let kind = entry.fact.event.kind();
        self.link.follow(entry, leaf).map_err(|what| entry_finding(stored.position, what))?;
        let wrong = if stored.at != entry.at {
            format!("its time is {}, and the column says {}", entry.at, stored.at)
        } else if stored.kind != kind {
            format!("its kind is {kind}, and the column says {}", stored.kind)
        } else {
            return Ok(());
        };
        Err(entry_finding(stored.position, wrong))
    }

    /// Checks the columns through which a contract's and a merchant's entries are found.
    fn links(&self, entry: &Entry, stored: &StoredEntry) -> Result<(), CheckError> {
        let contract = entry.fact.event.contract().and_then(|contract| self.replay.state.contracts.get(contract));
        let contract_prev = contract.map(|contract| contract.newest_entry);
        let merchant = entry.fact.event.merchant();
        let text = |value: Option<String>| value.unwrap_or_else(|| "nothing".to_owned());
        let (column, expected, found) = if stored.contract_prev != contract_prev {
            let text_of = |position: Option<u64>| text(position.map(|position| position.to_string()));
            ("contract_prev", text_of(contract_prev), text_of(stored.contract_prev))
        } else if stored.merchant != merchant {
            let text_of = |merchant: Option<MerchantId>| text(merchant.map(|merchant| merchant.to_string()));
            ("merchant_id", text_of(merchant), text_of(stored.merchant))
        } else {
            return Ok(());
        };
        Err(entry_finding(entry.position, format!("its {column} is {expected}, and the column says {found}")))
    }

    /// Compares the totals that a batch left with those of the replay.
    fn batch(&mut self, batch: &Batch) -> Result<(), CheckError> {
        let fail = |what| Err(row_finding("batches", batch.last_position, what));
        if batch.first_position != self.batch_begins {
            return fail(differing("first_position", self.batch_begins, batch.first_position));
        }
        if batch.at != self.link.at {
            return fail(differing("at_us", self.link.at.micros(), batch.at.micros()));
        }
        for ((class, expected), (_, found)) in self.replay.state.classes().iter().zip(batch.totals.iter()) {
            if expected != found {
                let text = |total: ClassTotal| format!("{} in {} accounts of {class}", total.balance, total.count);
                return fail(differing("totals", text(expected), text(found)));
            }
        }
        if self.replay.state.classes() != &batch.totals {
            return fail(differing("totals", "each class once", "something else"));
        }
        if self.replay.state.class_steps() != batch.steps.as_slice() {
            let (expected, found) = (self.replay.state.class_steps().len(), batch.steps.len());
            let expected = format!("those of the log ({expected})");
            return fail(differing("steps", expected, format!("something else ({found})")));
        }
        self.replay.state.next_batch(usize::MAX);
        self.batch_begins = batch.last_position.saturating_add(1);
        Ok(())
    }

    /// What the log leads to: the state, the entries about each subject, and the postings of each account.
    pub(super) fn into_parts(self) -> Parts {
        Parts { state: self.replay.state, subjects: self.subjects, postings: self.postings }
    }

    /// Compares the head with the end of the log.
    pub(super) fn compare_head(&self, head: &Head) -> Result<(), CheckError> {
        let fail = |what| Err(row_finding("heads", self.office, what));
        if head.next_position != self.link.next_position {
            return fail(differing("next_position", self.link.next_position, head.next_position));
        }
        if head.leaf != self.link.leaf {
            return fail(differing("leaf", self.link.leaf, head.leaf));
        }
        if head.at != self.link.at {
            return fail(differing("at_us", self.link.at.micros(), head.at.micros()));
        }
        Ok(())
    }

    /// The trial balance after the last entry.
    pub(super) fn trial_balance(&self) -> Result<TrialBalance, CheckError> {
        let last = self.link.next_position.saturating_sub(1);
        Ok(TrialBalance::of(last, self.link.at, self.replay.state.classes())?)
    }
}
