//! The books as people read them: totals and balances at any position of the log, statements, and the log as a feed.
//!
//! Each function reads several tables; call it on one snapshot.

mod feed;
mod statement;

pub use feed::{Feed, FeedFilter, Viewer, concerns, feed};
pub use statement::{Entries, Line, Statement, statement, timeline};

use super::entry::Entry;
use crate::domain::account::{Account, AccountClass, Side};
use crate::domain::event::Event;
use crate::domain::id::{ConsumerId, ContractId, ObjectId};
use crate::domain::money::{Amount, Delta};
use crate::domain::state::ClassTotals;
use crate::domain::time::Timestamp;
use crate::store::entries::{Span, StoredEntry};
use crate::store::queries::{self, Listed, Page};
use crate::store::{self, Connection, entries, head, objects, postings, subjects};

/// One class of accounts in a trial balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassBalance {
    /// The class.
    pub class: AccountClass,
    /// The side on which it grows.
    pub side: Side,
    /// The sum of its accounts, positive on that side.
    pub balance: Amount,
    /// How many of its accounts are not zero.
    pub count: u64,
}

/// The sums of all classes of accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialBalance {
    /// The entry after which it holds.
    pub position: u64,
    /// That entry's time.
    pub at: Timestamp,
    /// Every class, in the order of [`AccountClass::ALL`].
    pub classes: Vec<ClassBalance>,
    /// The sum of the assets.
    pub total_assets: Amount,
    /// The sum of the liabilities, which is the same unless something is wrong.
    pub total_liabilities: Amount,
}

/// One account with its balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountBalance {
    /// The account.
    pub account: Account,
    /// Its balance, positive on its own side.
    pub balance: Amount,
}

/// One account with its balance after an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountAt {
    /// The account.
    pub account: Account,
    /// Its balance, positive on its own side.
    pub balance: Amount,
    /// The entry after which it holds.
    pub position: u64,
    /// That entry's time.
    pub at: Timestamp,
}

impl TrialBalance {
    /// The trial balance that totals stand for.
    ///
    /// # Errors
    /// When a class is on the wrong side of zero or beyond what can be written, which no entry allows.
    pub fn of(position: u64, at: Timestamp, totals: &ClassTotals) -> store::Result<Self> {
        let mut balance = Self {
            position,
            at,
            classes: Vec::with_capacity(AccountClass::ALL.len()),
            total_assets: Amount::ZERO,
            total_liabilities: Amount::ZERO,
        };
        for (class, total) in totals.iter() {
            let shown = own_side(class, total.balance)?;
            let count = u64::try_from(total.count)
                .map_err(|_| store::Error::corrupt("count of accounts", &total.count.to_string()))?;
            let sum = match class.side() {
                Side::Asset => &mut balance.total_assets,
                Side::Liability => &mut balance.total_liabilities,
            };
            *sum = sum.checked_add(shown).ok_or_else(|| store::Error::corrupt("total", class.as_str()))?;
            balance.classes.push(ClassBalance { class, side: class.side(), balance: shown, count });
        }
        Ok(balance)
    }
}

/// A credit-positive balance as it is shown: positive on its class's own side.
fn own_side(class: AccountClass, balance: Delta) -> store::Result<Amount> {
    let shown = match class.side() {
        Side::Asset => balance.negated(),
        Side::Liability => balance,
    };
    shown.amount().ok_or_else(|| store::Error::corrupt(class.as_str(), &balance.to_string()))
}

/// The entry a stored one holds.
fn parsed(stored: &StoredEntry) -> store::Result<Entry> {
    Entry::parse(&stored.bytes).map_err(|error| store::Error::corrupt("entry", &error.to_string()))
}

/// The position of the newest entry; none where the office does not exist.
///
/// # Errors
/// When the database cannot be reached.
pub fn newest(connection: &mut Connection, office: &str) -> store::Result<Option<u64>> {
    Ok(head::read(connection, office)?.and_then(|head| head.next_position.checked_sub(1)))
}

/// The position of the newest entry not after `moment`; none where the log begins later.
///
/// # Errors
/// When the database cannot be reached.
pub fn position_at(connection: &mut Connection, office: &str, moment: Timestamp) -> store::Result<Option<u64>> {
    entries::position_at(connection, office, moment)
}

/// The position asked for, or the newest one, with its entry's time; none where the log has not reached it.
fn moment(connection: &mut Connection, office: &str, position: Option<u64>) -> store::Result<Option<(u64, Timestamp)>> {
    let position = match position {
        Some(position) => Some(position),
        None => newest(connection, office)?,
    };
    let Some(position) = position else { return Ok(None) };
    Ok(entries::at(connection, office, position)?.map(|entry| (position, entry.at)))
}

/// The trial balance after the entry at `position`, or after the newest one; none where the log has not reached it.
///
/// # Errors
/// When the database cannot be reached, or holds what this service does not write.
pub fn trial_balance(
    connection: &mut Connection,
    office: &str,
    position: Option<u64>,
) -> store::Result<Option<TrialBalance>> {
    let Some((position, at)) = moment(connection, office, position)? else { return Ok(None) };
    let batch = head::batch_up_to(connection, office, position)?;
    let (mut totals, next) = match batch {
        Some(batch) => (batch.totals, batch.last_position.saturating_add(1)),
        None => (ClassTotals::default(), 0),
    };
    if next <= position {
        // The position lies inside a batch, of which only the end has totals: add what its first entries moved.
        let count = position.saturating_sub(next).saturating_add(1);
        for stored in entries::from(connection, office, next, i64::try_from(count).unwrap_or(i64::MAX))? {
            for posting in parsed(&stored)?.fact.postings {
                totals.add(posting.account.class(), posting.amount, 0);
            }
        }
        let holding = head::batch_holding(connection, office, position)?;
        let steps = holding.map(|batch| batch.steps).unwrap_or_default();
        for step in steps.iter().filter(|step| step.position <= position) {
            totals.add(step.class, Delta::ZERO, step.count);
        }
    }
    TrialBalance::of(position, at, &totals).map(Some)
}

/// The balance of an account after the entry at `position`, or after the newest one; none where there is no such
/// account now, or the log has not reached the position.
///
/// # Errors
/// When the database cannot be reached, or holds what this service does not write.
pub fn account(
    connection: &mut Connection,
    office: &str,
    account: Account,
    position: Option<u64>,
) -> store::Result<Option<AccountAt>> {
    let Some((position, at)) = moment(connection, office, position)? else { return Ok(None) };
    if !exists(connection, office, account)? {
        return Ok(None);
    }
    let balance = if account.class().keeps_postings() {
        postings::balance_at(connection, office, account, position)?
    } else {
        sum_of_postings(connection, office, account, position)?
    };
    Ok(Some(AccountAt { account, balance: own_side(account.class(), balance)?, position, at }))
}

fn exists(connection: &mut Connection, office: &str, account: Account) -> store::Result<bool> {
    Ok(match account {
        Account::Bank(_) | Account::Channel(_) => !objects::accounts::load(connection, office, &[account])?.is_empty(),
        Account::OfficeFees | Account::OfficeInterest | Account::OfficeSuspense => true,
        Account::MerchantReceivable(id)
        | Account::MerchantPayable(id)
        | Account::MerchantFrozen(id)
        | Account::MerchantPayout(id) => !objects::merchants::load(connection, office, &[id])?.is_empty(),
        Account::ContractHeld(id) | Account::ContractPending(id) | Account::ContractFrozen(id) => {
            !objects::contracts::load(connection, office, &[id])?.is_empty()
        }
        Account::ConsumerRefund(id) => !objects::consumers::load(connection, office, &[id])?.is_empty(),
    })
}

/// The balance of an account whose postings are not kept apart: the sum over the entries that can post to it.
fn sum_of_postings(connection: &mut Connection, office: &str, account: Account, position: u64) -> store::Result<Delta> {
    let subjects: Vec<ObjectId> = match account {
        Account::ContractHeld(id) | Account::ContractPending(id) | Account::ContractFrozen(id) => vec![id.into()],
        Account::ConsumerRefund(id) => consumer_subjects(connection, office, id)?,
        _ => Vec::new(),
    };
    let mut balance = Delta::ZERO;
    for stored in subjects::about(connection, office, &subjects, Span::up_to(position), i64::MAX)? {
        for posting in parsed(&stored)?.fact.postings.iter().filter(|posting| posting.account == account) {
            let sum = balance.checked_add(posting.amount);
            balance = sum.ok_or_else(|| store::Error::corrupt("balance", &account.to_string()))?;
        }
    }
    Ok(balance)
}

/// The subjects under which a consumer's entries are found: their own, and all the contracts that they hold, held or
/// were offered.
fn consumer_subjects(connection: &mut Connection, office: &str, consumer: ConsumerId) -> store::Result<Vec<ObjectId>> {
    let mut subjects = vec![consumer.into()];
    subjects.extend(queries::consumer_contracts(connection, office, consumer)?.into_iter().map(ObjectId::from));
    for (_, event) in transfers(connection, office, consumer)? {
        subjects.extend(event.contract().map(ObjectId::from).filter(|contract| !subjects.contains(contract)));
    }
    Ok(subjects)
}

/// The entries about a consumer together with another one, which are those of transfers.
fn transfers(connection: &mut Connection, office: &str, consumer: ConsumerId) -> store::Result<Vec<(u64, Event)>> {
    let noted = subjects::about(connection, office, &[consumer.into()], Span::starting(0), i64::MAX)?;
    let entries = noted.iter().map(|stored| Ok((stored.position, parsed(stored)?.fact.event)));
    let of_transfers = |found: &store::Result<(u64, Event)>| {
        found.as_ref().map_or(true, |(_, event)| event.kind().starts_with("contract.transfer"))
    };
    entries.filter(of_transfers).collect()
}

/// The entry by which a consumer last gave a contract to somebody else; none where they never did.
///
/// # Errors
/// When the database cannot be reached.
pub fn given_away(
    connection: &mut Connection,
    office: &str,
    contract: ContractId,
    consumer: ConsumerId,
) -> store::Result<Option<u64>> {
    let given = |(position, event): &(u64, Event)| match event {
        Event::ContractTransferred(data) => {
            Some(*position).filter(|_| data.contract == contract && data.from == consumer)
        }
        _ => None,
    };
    Ok(transfers(connection, office, consumer)?.iter().rev().find_map(given))
}

/// A page of accounts with their balances now, of one class or of all, in the order of their names.
///
/// # Errors
/// When the database cannot be reached, or holds what this service does not write.
pub fn accounts(
    connection: &mut Connection,
    office: &str,
    class: Option<AccountClass>,
    page: &Page,
) -> store::Result<Listed<AccountBalance>> {
    let listed = queries::accounts(connection, office, class, page)?;
    let shown = |(account, balance): (Account, Delta)| {
        Ok(AccountBalance { account, balance: own_side(account.class(), balance)? })
    };
    Ok(Listed { items: listed.items.into_iter().map(shown).collect::<store::Result<_>>()?, next: listed.next })
}
