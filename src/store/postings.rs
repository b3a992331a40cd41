//! Postings with running balances, for the accounts that are not read from a contract's few entries.

use diesel::prelude::*;

use super::column::Column as _;
use super::schema::postings;
use super::{Connection, Error, Result, from_bigint, to_bigint};
use crate::domain::account::Account;
use crate::domain::money::Delta;
use crate::domain::state::Posted;

/// Appends the postings of the entry at a position.
///
/// # Errors
/// When the database refuses.
pub fn append(connection: &mut Connection, office: &str, new: &[(u64, Posted)]) -> Result<()> {
    let mut seq = 0_i64;
    let mut before = None;
    for (position, posted) in new {
        // One entry may post to one account more than once.
        seq = if before == Some(*position) { seq.saturating_add(1) } else { 0 };
        before = Some(*position);
        diesel::insert_into(postings::table)
            .values((
                postings::office.eq(office),
                postings::account.eq(posted.account.to_string()),
                postings::position.eq(to_bigint(*position)),
                postings::seq.eq(seq),
                postings::amount_fen.eq(posted.amount.fen()),
                postings::balance_fen.eq(posted.balance.fen()),
            ))
            .execute(connection)?;
    }
    Ok(())
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

/// One stored posting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPosting {
    /// The account.
    pub account: Account,
    /// The entry.
    pub position: u64,
    /// By how much the balance changed.
    pub amount: Delta,
    /// The balance after that.
    pub balance: Delta,
}

type Row = (String, i64, i64, i64);

fn stored((account, position, amount, balance): Row) -> Result<StoredPosting> {
    Ok(StoredPosting {
        account: Account::parse(&account).ok_or_else(|| Error::corrupt("account", &account))?,
        position: from_bigint(position)?,
        amount: Delta::from_column(amount)?,
        balance: Delta::from_column(balance)?,
    })
}

/// Every stored posting of an office, by account and position; for the check of the tables against the log.
///
/// # Errors
/// When the database cannot be reached.
pub fn all(connection: &mut Connection, office: &str) -> Result<Vec<StoredPosting>> {
    postings::table
        .filter(postings::office.eq(office))
        .order((postings::account, postings::position, postings::seq))
        .select((postings::account, postings::position, postings::amount_fen, postings::balance_fen))
        .load::<Row>(connection)?
        .into_iter()
        .map(stored)
        .collect()
}
