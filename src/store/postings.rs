//! Postings with running balances, for the accounts that are not read from a contract's few entries.

use diesel::prelude::*;

use super::compare::{Comparable, Compared, ROWS_MAX, Text as _, compare};
use super::pile::Pile;
use super::schema::postings;
use super::write::written;
use super::{Connection, Result, to_bigint};
use crate::domain::account::Account;
use crate::domain::money::Delta;
use crate::domain::state::Posted;

/// Appends the postings of the entry at a position.
///
/// # Errors
/// When the database refuses.
pub fn append(pile: &mut Pile<'_>, new: &[(u64, Posted)]) -> Result<()> {
    let mut seq = 0_i64;
    let mut before = None;
    let mut rows = Vec::with_capacity(new.len());
    for (position, posted) in new {
        // One entry may post to one account more than once.
        seq = if before == Some(*position) { seq.saturating_add(1) } else { 0 };
        before = Some(*position);
        rows.push(PostingRow {
            account: posted.account.to_string(),
            position: to_bigint(*position),
            seq,
            amount_fen: posted.amount.fen(),
            balance_fen: posted.balance.fen(),
        });
    }
    pile.insert(rows)
}

/// The balance of an account after the entry at `position`; zero before its first posting.
///
/// # Errors
/// When the database cannot be reached.
pub fn balance_at(connection: &mut Connection, office: &str, account: Account, position: u64) -> Result<Delta> {
    let found: Option<i64> = postings::table
        .filter(postings::office.eq(office).and(postings::account.eq(account.to_string())))
        .filter(postings::position.le(to_bigint(position)))
        .order((postings::position.desc(), postings::seq.desc()))
        .select(postings::balance_fen)
        .first(connection)
        .optional()?;
    Ok(Delta::from_fen(found.unwrap_or(0)))
}

/// A posting as it should be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The account.
    pub account: Account,
    /// The entry.
    pub position: u64,
    /// Which of the entry's stored postings it is, from 0.
    pub seq: u64,
    /// By how much the balance changed.
    pub amount: Delta,
    /// The balance after that.
    pub balance: Delta,
}

#[derive(Insertable, PartialEq, Eq)]
#[diesel(table_name = postings)]
struct PostingRow {
    account: String,
    position: i64,
    seq: i64,
    amount_fen: i64,
    balance_fen: i64,
}

written! {
    PostingRow in postings, bare:
        account: String,
        position: i64,
        seq: i64,
        amount_fen: i64,
        balance_fen: i64,
}

impl Comparable for PostingRow {
    type Key = (String, i64, i64);

    const KEY_COLUMNS: usize = 3;

    fn key(&self) -> Self::Key {
        (self.account.clone(), self.position, self.seq)
    }

    fn columns(&self) -> Vec<(&'static str, String)> {
        vec![
            ("account", self.account.text()),
            ("position", self.position.text()),
            ("seq", self.seq.text()),
            ("amount_fen", self.amount_fen.text()),
            ("balance_fen", self.balance_fen.text()),
        ]
    }
}

/// Compares the table with the postings it should hold, in the order of account names, positions and numbers.
///
/// # Errors
/// When the database cannot be reached.
pub fn compare_all(
    connection: &mut Connection,
    office: &str,
    expected: impl Iterator<Item = Line>,
) -> Result<Compared> {
    let expected = expected.map(|line| PostingRow {
        account: line.account.to_string(),
        position: to_bigint(line.position),
        seq: to_bigint(line.seq),
        amount_fen: line.amount.fen(),
        balance_fen: line.balance.fen(),
    });
    compare("postings", expected, |after: Option<&PostingRow>| {
        // One account can have very many postings, so its rest is read first, and then the accounts behind it.
        let of_office = || {
            postings::table
                .filter(postings::office.eq(office))
                .order((postings::account, postings::position, postings::seq))
                .select((
                    postings::account,
                    postings::position,
                    postings::seq,
                    postings::amount_fen,
                    postings::balance_fen,
                ))
                .limit(ROWS_MAX)
        };
        let mut rows: Vec<(String, i64, i64, i64, i64)> = Vec::new();
        if let Some(last) = after {
            let later = postings::position.gt(last.position).or(postings::seq.gt(last.seq));
            let same = postings::account.eq(&last.account).and(postings::position.ge(last.position));
            rows = of_office().filter(same.and(later)).load(connection)?;
        }
        if rows.is_empty() {
            let behind = after.map_or("", |last| last.account.as_str());
            rows = of_office().filter(postings::account.gt(behind)).load(connection)?;
        }
        let row = |(account, position, seq, amount_fen, balance_fen)| PostingRow {
            account,
            position,
            seq,
            amount_fen,
            balance_fen,
        };
        Ok(rows.into_iter().map(row).collect())
    })
}
