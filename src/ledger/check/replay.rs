//! The log, entry by entry, applied to a state that knows everything.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{CheckError, differing, entry_finding, row_finding};
use crate::domain::account::Account;
use crate::domain::digest::Digest;
use crate::domain::event::{Event, SettlementProposed};
use crate::domain::id::{MerchantId, ObjectId};
use crate::domain::state::{ClassTotal, Posted, State};
use crate::domain::table::Knowledge;
use crate::domain::time::Timestamp;
use crate::ledger::books::TrialBalance;
use crate::ledger::entry::{Entry, indexed_subjects};
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
    pub(super) state: State,
    pub(super) subjects: BTreeMap<ObjectId, Vec<u64>>,
    pub(super) postings: BTreeMap<Account, Vec<Line>>,
    next_position: u64,
    leaf: Digest,
    at: Timestamp,
    batch_begins: u64,
}

impl<'a> Replay<'a> {
    pub(super) fn new(office: &'a str) -> Self {
        Self {
            office,
            state: State::new(Knowledge::Complete),
            subjects: BTreeMap::new(),
            postings: BTreeMap::new(),
            next_position: 0,
            leaf: Digest::ZERO,
            at: Timestamp::from_micros(i64::MIN),
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
            progress(self.next_position, total);
            let begin = self.next_position;
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
        let after = head::batches_ending(connection, self.office, self.next_position, u64::MAX)?;
        if let Some(batch) = after.first() {
            return Err(row_finding("batches", batch.last_position, What::Surplus));
        }
        if self.batch_begins != self.next_position {
            return Err(row_finding("batches", format!("from {}", self.batch_begins), What::Missing));
        }
        Ok(())
    }

    fn entry(&mut self, stored: &StoredEntry) -> Result<(), CheckError> {
        let position = self.next_position;
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
        self.place(&entry, stored)?;
        if let Event::SettlementProposed(proposed) = &entry.fact.event {
            self.proposal(&entry, proposed)?;
        }
        self.links(&entry, stored)?;
        let posted = self.apply(&entry)?;
        let subjects = indexed_subjects(&entry.fact.event.subjects());
        for subject in subjects {
            self.subjects.entry(subject).or_default().push(position);
        }
        let kept = posted.into_iter().filter(|posted| posted.account.class().keeps_postings());
        for (seq, Posted { account, amount, balance }) in (0_u64..).zip(kept) {
            self.postings.entry(account).or_default().push(Line { account, position, seq, amount, balance });
        }
        self.next_position = position.saturating_add(1);
        self.leaf = leaf;
        self.at = entry.at;
        Ok(())
    }

    /// Checks that an entry stands where it says, in the right log, at the right place of the chain and of time.
    fn place(&self, entry: &Entry, stored: &StoredEntry) -> Result<(), CheckError> {
        let position = self.next_position;
        let kind = entry.fact.event.kind();
        let opens = matches!(entry.fact.event, Event::LogOpened(_));
        let wrong = if entry.position != position {
            format!("it says that it is entry {}", entry.position)
        } else if entry.office.as_str() != self.office {
            format!("it belongs to the log of {}", entry.office)
        } else if entry.prev != self.leaf {
            format!("it names {} as the leaf before it, which is {}", entry.prev, self.leaf)
        } else if entry.at < self.at {
            format!("its time {} lies before {}, the time of the entry before it", entry.at, self.at)
        } else if opens != (position == 0) {
            format!("{kind} cannot stand here: log.opened is the first entry, and only that")
        } else if stored.at != entry.at {
            format!("its time is {}, and the column says {}", entry.at, stored.at)
        } else if stored.kind != kind {
            format!("its kind is {kind}, and the column says {}", stored.kind)
        } else {
            return Ok(());
        };
        Err(entry_finding(position, wrong))
    }

    /// Checks the columns through which a contract's and a merchant's entries are found.
    fn links(&self, entry: &Entry, stored: &StoredEntry) -> Result<(), CheckError> {
        let contract = entry.fact.event.contract().and_then(|contract| self.state.contracts.get(contract));
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

    /// Checks that a proposal takes exactly what has matured, and what no delivery stands for.
    fn proposal(&self, entry: &Entry, proposed: &SettlementProposed) -> Result<(), CheckError> {
        let fail = |what| Err(entry_finding(entry.position, what));
        let merchant = self.state.merchants.get(proposed.merchant);
        let Some(merchant) = merchant else { return fail(format!("there is no merchant {}", proposed.merchant)) };
        let SettlementProposed { since, cutoff, .. } = *proposed;
        if since != merchant.settled_until {
            return fail(format!("it begins at {since}, and the last one ended at {}", merchant.settled_until));
        }
        if cutoff > entry.at {
            return fail(format!("it takes what matures up to {cutoff}, which is not known yet"));
        }
        if proposed.returned != merchant.unreleased {
            return fail(format!(
                "it takes {} that no delivery stands for, of {}",
                proposed.returned, merchant.unreleased
            ));
        }
        let (_, matured) = self.state.matured(merchant.id, since, Some(cutoff), entry.at);
        let amount = matured.amount.checked_add(merchant.unreleased);
        if Some(proposed.amount) != amount || proposed.count != matured.count {
            let due = amount.map_or_else(|| "too much".to_owned(), |amount| amount.to_string());
            return fail(format!(
                "it takes {} with {} deliveries, and {due} with {} is due",
                proposed.amount, proposed.count, matured.count
            ));
        }
        Ok(())
    }

    /// Applies an entry; an invariant that breaks is a finding about it.
    fn apply(&mut self, entry: &Entry) -> Result<Vec<Posted>, CheckError> {
        let state = &mut self.state;
        let applied = catch_unwind(AssertUnwindSafe(|| {
            let posted = state.apply(entry.position, entry.at, entry.actor, &entry.fact);
            state.assert_invariants();
            state.keep();
            posted
        }));
        applied.map_err(|panic| entry_finding(entry.position, said(panic.as_ref())))
    }

    /// Compares the totals that a batch left with those of the replay.
    fn batch(&mut self, batch: &Batch) -> Result<(), CheckError> {
        let fail = |what| Err(row_finding("batches", batch.last_position, what));
        if batch.first_position != self.batch_begins {
            return fail(differing("first_position", self.batch_begins, batch.first_position));
        }
        if batch.at != self.at {
            return fail(differing("at_us", self.at.micros(), batch.at.micros()));
        }
        for ((class, expected), (_, found)) in self.state.classes().iter().zip(batch.totals.iter()) {
            if expected != found {
                let text = |total: ClassTotal| format!("{} in {} accounts of {class}", total.balance, total.count);
                return fail(differing("totals", text(expected), text(found)));
            }
        }
        if self.state.classes() != &batch.totals {
            return fail(differing("totals", "each class once", "something else"));
        }
        if self.state.class_steps() != batch.steps.as_slice() {
            let (expected, found) = (self.state.class_steps().len(), batch.steps.len());
            let expected = format!("those of the log ({expected})");
            return fail(differing("steps", expected, format!("something else ({found})")));
        }
        self.state.next_batch(usize::MAX);
        self.batch_begins = batch.last_position.saturating_add(1);
        Ok(())
    }

    /// Compares the head with the end of the log.
    pub(super) fn compare_head(&self, head: &Head) -> Result<(), CheckError> {
        let fail = |what| Err(row_finding("heads", self.office, what));
        if head.next_position != self.next_position {
            return fail(differing("next_position", self.next_position, head.next_position));
        }
        if head.leaf != self.leaf {
            return fail(differing("leaf", self.leaf, head.leaf));
        }
        if head.at != self.at {
            return fail(differing("at_us", self.at.micros(), head.at.micros()));
        }
        Ok(())
    }

    /// The trial balance after the last entry.
    pub(super) fn trial_balance(&self) -> Result<TrialBalance, CheckError> {
        let last = self.next_position.saturating_sub(1);
        Ok(TrialBalance::of(last, self.at, self.state.classes())?)
    }
}

/// What a panic says.
fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("it cannot be applied").to_owned()
}
