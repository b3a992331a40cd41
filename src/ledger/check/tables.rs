//! Every table of objects, and what is derived from entries, against the replayed state.

use super::replay::Parts;
use super::{CheckError, Finding};
use crate::domain::account::Account;
use crate::domain::money::Delta;
use crate::domain::state::State;
use crate::store::{Compared, Connection, objects, postings, subjects};

fn found(compared: Compared) -> Result<u64, CheckError> {
    compared.map_err(|difference| Finding::Row(difference).into())
}

/// Compares each table of objects with the state's table of the same name, in the order of keys.
macro_rules! compare_objects {
    ($connection:ident, $office:ident, $state:ident, $rows:ident: $($table:ident,)+) => { $({
        let mut expected: Vec<_> = $state.$table.iter().collect();
        expected.sort_unstable_by_key(|(key, _)| *key);
        let expected = expected.into_iter().map(|(_, object)| object);
        let count = found(objects::$table::compare($connection, $office, expected)?)?;
        $rows.push((stringify!($table), count));
    })+ };
}

/// Compares every row; answers how many each table has.
pub(super) fn compare(
    connection: &mut Connection,
    office: &str,
    parts: Parts,
) -> Result<Vec<(&'static str, u64)>, CheckError> {
    let Parts { state, subjects, postings: expected } = parts;
    let mut rows = compare_state(connection, office, &state)?;
    let mut expected: Vec<(String, Vec<postings::Line>)> =
        expected.into_iter().map(|(account, lines)| (account.to_string(), lines)).collect();
    expected.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    let lines = expected.into_iter().flat_map(|(_, lines)| lines);
    rows.push(("postings", found(postings::compare_all(connection, office, lines)?)?));

    let mut named: Vec<_> = subjects.into_iter().map(|(subject, at)| (subject.to_string(), subject, at)).collect();
    named.sort_unstable_by(|(one, ..), (other, ..)| one.cmp(other));
    let noted = named.into_iter().flat_map(|(_, subject, at)| at.into_iter().map(move |position| (subject, position)));
    rows.push(("entry_subjects", found(subjects::compare_all(connection, office, noted)?)?));
    Ok(rows)
}

fn compare_state(
    connection: &mut Connection,
    office: &str,
    state: &State,
) -> Result<Vec<(&'static str, u64)>, CheckError> {
    let mut rows = Vec::new();
    compare_objects! { connection, office, state, rows:
        users, merchants, consumers, venues, open_marks, plans, plan_versions, contracts, deposits, checkin_codes,
    channel_transactions, suspense, deliveries, freezes, disputes, settlements, payouts, payout_returns,
    refunds, default_runs, run_contracts, log_keys, rules, alarms, proposals, evidence,
    }
    let mut balances: Vec<(String, Account, Delta)> =
        state.accounts.iter().map(|(account, balance)| (account.to_string(), account, *balance)).collect();
    balances.sort_unstable_by(|(one, ..), (other, ..)| one.cmp(other));
    let balances = balances.into_iter().map(|(_, account, balance)| (account, balance));
    rows.push(("accounts", found(objects::accounts::compare(connection, office, balances)?)?));
    Ok(rows)
}
