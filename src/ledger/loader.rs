//! Brings what commands need from storage into the state: each table once a round, and nothing that is there already.

use std::collections::HashSet;

use super::command::Key;
use super::commands::default_runs::TAKES_MAX;
use super::links::links;
use crate::domain::id::{ContractId, MerchantId, RunId};
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::store::{self, Connection, credentials, objects, queries};

/// Makes the objects under `seeds`, and all that they point to, known to `state`.
///
/// # Errors
/// When the database cannot be reached.
pub(super) fn ensure(connection: &mut Connection, office: &str, state: &mut State, seeds: &[Key]) -> store::Result<()> {
    loop {
        let missing = missing(state, seeds);
        if missing.is_empty() {
            return Ok(());
        }
        load(connection, office, state, &missing)?;
    }
}

/// Makes the sets of rows among `seeds` known to `state`; storage must hold everything decided so far.
///
/// # Errors
/// When the database cannot be reached.
pub(super) fn ensure_sets(
    connection: &mut Connection,
    office: &str,
    state: &mut State,
    seeds: &[Key],
    now: Timestamp,
) -> store::Result<()> {
    for seed in seeds {
        match *seed {
            Key::Matured(merchant, asked) => {
                let cutoff = asked.unwrap_or(now);
                let since = state.merchants.get(merchant).map(|merchant| merchant.settled_until);
                let matured = match since {
                    Some(since) => queries::matured(connection, office, merchant, since, cutoff)?,
                    None => Default::default(),
                };
                state.load_matured(merchant, asked, cutoff, matured);
            }
            Key::PendingOf(refund) => {
                let contract = state.refunds.get(refund).map(|refund| refund.contract);
                if let Some(contract) = contract {
                    pending(connection, office, state, contract)?;
                }
            }
            Key::PendingIn(contract) => pending(connection, office, state, contract)?,
            Key::OpenContracts(merchant) => open_contracts(connection, office, state, merchant)?,
            Key::ApprovalOf(run) => {
                let merchant = state.default_runs.get(run).map(|run| run.merchant);
                if let Some(merchant) = merchant {
                    open_contracts(connection, office, state, merchant)?;
                    for payout in queries::created_payouts_to(connection, office, merchant)? {
                        state.payouts.load(payout.id, Some(payout));
                    }
                }
            }
            Key::NextOfRun(run) => next_of_run(connection, office, state, run)?,
            Key::LogKeys => {
                for key in queries::log_keys(connection, office)? {
                    state.log_keys.load(key.id, Some(key));
                }
            }
            Key::StandingAlarms => {
                for alarm in queries::standing_alarms(connection, office)? {
                    state.alarms.load(alarm.id, Some(alarm));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn pending(connection: &mut Connection, office: &str, state: &mut State, contract: ContractId) -> store::Result<()> {
    for delivery in queries::pending_deliveries(connection, office, contract)? {
        state.deliveries.load(delivery.id, Some(delivery));
    }
    Ok(())
}

fn open_contracts(
    connection: &mut Connection,
    office: &str,
    state: &mut State,
    merchant: MerchantId,
) -> store::Result<()> {
    let open = queries::open_contracts(connection, office, merchant)?;
    state.load_open_contracts(merchant, open);
    Ok(())
}

/// The contracts that a run comes to next, with all that they point to: each table once.
fn next_of_run(connection: &mut Connection, office: &str, state: &mut State, id: RunId) -> store::Result<()> {
    let Some(run) = state.default_runs.get(id) else { return Ok(()) };
    let (merchant, cursor) = (run.merchant, run.cursor);
    let limit = i64::try_from(TAKES_MAX).unwrap_or(i64::MAX);
    let contracts = queries::next_of_run(connection, office, merchant, cursor, limit)?;
    let ids: Vec<_> = contracts.iter().map(|contract| contract.id).collect();
    for contract in contracts {
        state.contracts.load(contract.id, Some(contract));
    }
    let keys: Vec<Key> = ids.iter().map(|id| Key::Contract(*id)).collect();
    state.load_next_of_run(id, ids);
    ensure(connection, office, state, &keys)
}

/// The keys reachable from `seeds` that `state` does not know yet.
fn missing(state: &mut State, seeds: &[Key]) -> Vec<Key> {
    let mut open: Vec<Key> = Vec::with_capacity(seeds.len().saturating_mul(4));
    for seed in seeds {
        match *seed {
            Key::Matured(merchant, _) => open.push(Key::Merchant(merchant)),
            Key::PendingOf(refund) => open.push(Key::Refund(refund)),
            Key::PendingIn(contract) => open.push(Key::Contract(contract)),
            Key::OpenContracts(merchant) => open.push(Key::Merchant(merchant)),
            Key::ApprovalOf(run) | Key::NextOfRun(run) => open.push(Key::Run(run)),
            key => open.push(key),
        }
    }
    let mut seen: HashSet<Key, foldhash::fast::RandomState> = HashSet::default();
    let mut missing = Vec::new();
    while let Some(key) = open.pop() {
        if !seen.insert(key) {
            continue;
        }
        if touch(state, key) {
            links(state, key, &mut open);
        } else {
            missing.push(key);
        }
    }
    missing
}

/// Declares, for each kind of key, the state's table and the storage's module behind it.
macro_rules! kinds {
    ($($variant:ident: $table:ident by $field:ident,)+) => {
        fn touch(state: &mut State, key: Key) -> bool {
            match key {
                $(Key::$variant(id) => state.$table.touch(id),)+
                Key::Login(login) => state.logins.touch(login),
                Key::SigningKey(key) => state.signing_keys.touch(key),
                Key::PlanVersion(plan, version) => state.plan_versions.touch((plan, version)),
                Key::OpenMark(venue, date) => state.open_marks.touch((venue, date)),
                Key::Account(account) => state.accounts.touch(account),
                Key::Portfolio(consumer, merchant) => state.portfolios.touch((consumer, merchant)),
                Key::PortfolioOf(_) | Key::PortfolioFor(..) | Key::PortfolioOfOffered(_) => true,
                Key::Matured(..)
                | Key::PendingOf(_)
                | Key::PendingIn(_)
                | Key::LogKeys
                | Key::StandingAlarms
                | Key::OpenContracts(_)
                | Key::ApprovalOf(_)
                | Key::NextOfRun(_) => true,
            }
        }

        fn load(connection: &mut Connection, office: &str, state: &mut State, keys: &[Key]) -> store::Result<()> {
            $({
                let ids: Vec<_> =
                    keys.iter().filter_map(|key| match key { Key::$variant(id) => Some(*id), _ => None }).collect();
                if !ids.is_empty() {
                    for id in &ids {
                        state.$table.load(*id, None);
                    }
                    for object in objects::$table::load(connection, office, &ids)? {
                        state.$table.load(object.$field, Some(object));
                    }
                }
            })+
            load_irregular(connection, office, state, keys)
        }
    };
}

kinds! {
    User: users by id,
    Merchant: merchants by id,
    Consumer: consumers by id,
    Venue: venues by id,
    Plan: plans by id,
    Contract: contracts by id,
    Deposit: deposits by id,
    CheckinCode: checkin_codes by digest,
    ChannelTransaction: channel_transactions by digest,
    Suspense: suspense by id,
    Delivery: deliveries by id,
    Freeze: freezes by id,
    Dispute: disputes by id,
    Proposal: proposals by id,
    Evidence: evidence by id,
    Settlement: settlements by id,
    Payout: payouts by id,
    PayoutReturn: payout_returns by id,
    Refund: refunds by id,
    Run: default_runs by id,
    LogKey: log_keys by id,
    Rules: rules by id,
    Alarm: alarms by id,
}

fn load_irregular(connection: &mut Connection, office: &str, state: &mut State, keys: &[Key]) -> store::Result<()> {
    for key in keys {
        match *key {
            Key::Login(login) => {
                let user = credentials::find(connection, office, login)?.map(|credential| credential.user);
                state.logins.load(login, user);
            }
            Key::SigningKey(key) => {
                let user = queries::user_of_key(connection, office, &key)?;
                state.signing_keys.load(key, Some(user));
            }
            Key::PlanVersion(plan, version) => {
                let found = objects::plan_versions::load(connection, office, &[(plan, version)])?;
                state.plan_versions.load((plan, version), found.into_iter().next());
            }
            Key::OpenMark(venue, date) => {
                let found = objects::open_marks::load(connection, office, &[(venue, date)])?;
                state.open_marks.load((venue, date), found.into_iter().next());
            }
            Key::Portfolio(consumer, merchant) => {
                let found = queries::funded_contracts(connection, office, consumer, merchant)?;
                state.portfolios.load((consumer, merchant), Some(found));
            }
            Key::Account(account) => {
                let found = objects::accounts::load(connection, office, &[account])?;
                state.accounts.load(account, found.into_iter().next().map(|(_, balance)| balance));
            }
            _ => {}
        }
    }
    Ok(())
}
