//! One contract: its entries, and its postings with running balances.

use super::{Viewer, concerns, parsed};
use crate::domain::account::Account;
use crate::domain::id::ContractId;
use crate::domain::money::{Amount, Delta};
use crate::domain::time::Timestamp;
use crate::store::entries::{Span, StoredEntry};
use crate::store::{self, Connection, subjects};

/// One line of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The entry that posted it.
    pub position: u64,
    /// That entry's time.
    pub at: Timestamp,
    /// That entry's kind.
    pub kind: String,
    /// One of the contract's own accounts.
    pub account: Account,
    /// By how much its balance changed.
    pub amount: Delta,
    /// Its balance after that.
    pub balance: Amount,
}

/// A part of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The lines, oldest first.
    pub lines: Vec<Line>,
    /// How many lines stand before the next part; none at the end.
    pub next: Option<u64>,
}

/// A part of a run of entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entries {
    /// The entries, oldest first, with their exact bytes.
    pub items: Vec<StoredEntry>,
    /// The position after which the next part begins; none at the end.
    pub next: Option<u64>,
}

/// The postings to a contract's held, pending and frozen accounts, from the line numbered `skip` on.
///
/// A line's number never changes, since lines are only ever added at the end. Where the contract has had more holders
/// than one, each sees the lines of the entries that name them.
///
/// # Errors
/// When the database cannot be reached, or holds what this service does not write.
pub fn statement(
    connection: &mut Connection,
    office: &str,
    contract: ContractId,
    viewer: Viewer,
    skip: u64,
    limit: usize,
) -> store::Result<Statement> {
    let mut balances = [
        (Account::ContractHeld(contract), Delta::ZERO),
        (Account::ContractPending(contract), Delta::ZERO),
        (Account::ContractFrozen(contract), Delta::ZERO),
    ];
    let mut lines = Vec::new();
    let mut seen = 0_u64;
    for stored in subjects::about(connection, office, &[contract.into()], Span::starting(0), i64::MAX)? {
        let is_seen = concerns(viewer, &stored)?;
        for posting in parsed(&stored)?.fact.postings {
            let Some((_, balance)) = balances.iter_mut().find(|(account, _)| *account == posting.account) else {
                continue;
            };
            if is_seen && lines.len() >= limit {
                return Ok(Statement { lines, next: Some(seen) });
            }
            let after = balance.checked_add(posting.amount);
            let shown = after.and_then(Delta::amount);
            let (Some(after), Some(shown)) = (after, shown) else {
                return Err(store::Error::corrupt("balance", &posting.account.to_string()));
            };
            *balance = after;
            if !is_seen {
                continue;
            }
            seen = seen.saturating_add(1);
            if seen > skip {
                lines.push(Line {
                    position: stored.position,
                    at: stored.at,
                    kind: stored.kind.clone(),
                    account: posting.account,
                    amount: posting.amount,
                    balance: shown,
                });
            }
        }
    }
    Ok(Statement { lines, next: None })
}

/// The entries about a contract after a position that concern a viewer. A part can be short although there is more.
///
/// # Errors
/// When the database cannot be reached.
pub fn timeline(
    connection: &mut Connection,
    office: &str,
    contract: ContractId,
    viewer: Viewer,
    after: Option<u64>,
    limit: usize,
) -> store::Result<Entries> {
    let from = after.map_or(0, |position| position.saturating_add(1));
    let rows_max = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let mut items = subjects::about(connection, office, &[contract.into()], Span::starting(from), rows_max)?;
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|entry| entry.position);
    let seen = items.into_iter().filter_map(|entry| match concerns(viewer, &entry) {
        Ok(concerned) => concerned.then_some(Ok(entry)),
        Err(error) => Some(Err(error)),
    });
    Ok(Entries { items: seen.collect::<store::Result<_>>()?, next })
}
