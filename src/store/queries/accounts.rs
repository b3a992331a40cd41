//! The list of accounts with their balances, in the order of their names.
//!
//! Every balance lives in exactly one object, so the list walks through four tables, one after the other.

use diesel::prelude::*;

use super::page::{Listed, Page};
use crate::domain::account::{Account, AccountClass};
use crate::domain::id::{ConsumerId, ContractId, MerchantId};
use crate::domain::money::Delta;
use crate::store::column::Column as _;
use crate::store::objects;
use crate::store::schema::{consumers, contracts, merchants};
use crate::store::{Connection, Result};

type Balance = (Account, Delta);

/// A group of accounts whose names begin alike and that are kept in one table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Bank,
    Channel,
    Consumer,
    Contract,
    Merchant,
    Office,
}

/// In the order of their prefixes.
const FAMILIES: [Family; 6] =
    [Family::Bank, Family::Channel, Family::Consumer, Family::Contract, Family::Merchant, Family::Office];

impl Family {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Bank => "bank/",
            Self::Channel => "channel/",
            Self::Consumer => "consumer/",
            Self::Contract => "contract/",
            Self::Merchant => "merchant/",
            Self::Office => "office/",
        }
    }

    const fn of(class: AccountClass) -> Self {
        match class {
            AccountClass::Bank => Self::Bank,
            AccountClass::Channel => Self::Channel,
            AccountClass::ConsumerRefund => Self::Consumer,
            AccountClass::ContractHeld | AccountClass::ContractPending | AccountClass::ContractFrozen => Self::Contract,
            AccountClass::MerchantReceivable
            | AccountClass::MerchantPayable
            | AccountClass::MerchantFrozen
            | AccountClass::MerchantPayout => Self::Merchant,
            AccountClass::OfficeFees | AccountClass::OfficeInterest | AccountClass::OfficeSuspense => Self::Office,
        }
    }

    /// The id from which on this family's accounts come after `after`; none where all of them come before it.
    fn begins_at(self, after: &str) -> Option<&str> {
        match after.strip_prefix(self.prefix()) {
            Some(rest) => Some(rest.split('/').next().unwrap_or_default()),
            None if after < self.prefix() => Some(""),
            None => None,
        }
    }

    /// Accounts of this family that belong to `rows_max` objects from the id `from` on; too many do no harm.
    fn load(self, connection: &mut Connection, office: &str, from: &str, rows_max: i64) -> Result<Vec<Balance>> {
        match self {
            Self::Bank | Self::Channel | Self::Office => {
                let mut all = objects::accounts::all(connection, office)?;
                all.retain(|(account, _)| Self::of(account.class()) == self);
                Ok(all)
            }
            Self::Consumer => of_consumers(connection, office, from, rows_max),
            Self::Contract => of_contracts(connection, office, from, rows_max),
            Self::Merchant => of_merchants(connection, office, from, rows_max),
        }
    }
}

/// A page of accounts, of one class or of all; each page goes on after an account's name.
///
/// An account is listed from the moment its contract or party exists, even where nothing was ever posted to it.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn accounts(
    connection: &mut Connection,
    office: &str,
    class: Option<AccountClass>,
    page: &Page,
) -> Result<Listed<Balance>> {
    let after = page.after.as_deref().unwrap_or_default();
    let wanted = usize::try_from(page.limit).unwrap_or(0);
    let mut found: Vec<(String, Balance)> = Vec::new();
    for family in FAMILIES {
        let of_class = class.is_none_or(|class| Family::of(class) == family);
        let Some(from) = family.begins_at(after).filter(|_| of_class && found.len() <= wanted) else { continue };
        // The object of the last account shown can have none left to show, so one more is asked for.
        let balances = family.load(connection, office, from, page.rows_max().saturating_add(1))?;
        let mut named: Vec<(String, Balance)> = balances
            .into_iter()
            .filter(|(account, _)| class.is_none_or(|class| account.class() == class))
            .map(|balance| (balance.0.to_string(), balance))
            .filter(|(name, _)| name.as_str() > after)
            .collect();
        named.sort_by(|one, other| one.0.cmp(&other.0));
        found.append(&mut named);
    }
    let more = found.len() > wanted;
    found.truncate(wanted);
    let next = found.last().filter(|_| more).map(|(name, _)| name.clone());
    Ok(Listed { items: found.into_iter().map(|(_, balance)| balance).collect(), next })
}

fn of_consumers(connection: &mut Connection, office: &str, from: &str, rows_max: i64) -> Result<Vec<Balance>> {
    let rows: Vec<(String, i64)> = consumers::table
        .filter(consumers::office.eq(office).and(consumers::id.ge(from)))
        .order(consumers::id)
        .limit(rows_max)
        .select((consumers::id, consumers::refund_fen))
        .load(connection)?;
    rows.into_iter()
        .map(|(id, refund)| Ok((Account::ConsumerRefund(ConsumerId::from_column(id)?), Delta::from_fen(refund))))
        .collect()
}

fn of_contracts(connection: &mut Connection, office: &str, from: &str, rows_max: i64) -> Result<Vec<Balance>> {
    let rows: Vec<(String, i64, i64, i64)> = contracts::table
        .filter(contracts::office.eq(office).and(contracts::id.ge(from)))
        .order(contracts::id)
        .limit(rows_max)
        .select((contracts::id, contracts::held_fen, contracts::pending_fen, contracts::frozen_fen))
        .load(connection)?;
    let mut balances = Vec::with_capacity(rows.len().saturating_mul(3));
    for (id, held, pending, frozen) in rows {
        let id = ContractId::from_column(id)?;
        balances.extend([
            (Account::ContractHeld(id), Delta::from_fen(held)),
            (Account::ContractPending(id), Delta::from_fen(pending)),
            (Account::ContractFrozen(id), Delta::from_fen(frozen)),
        ]);
    }
    Ok(balances)
}

fn of_merchants(connection: &mut Connection, office: &str, from: &str, rows_max: i64) -> Result<Vec<Balance>> {
    let rows: Vec<(String, i64, i64, i64, i64)> = merchants::table
        .filter(merchants::office.eq(office).and(merchants::id.ge(from)))
        .order(merchants::id)
        .limit(rows_max)
        .select((
            merchants::id,
            merchants::receivable_fen,
            merchants::payable_fen,
            merchants::frozen_fen,
            merchants::payout_fen,
        ))
        .load(connection)?;
    let mut balances = Vec::with_capacity(rows.len().saturating_mul(4));
    for (id, receivable, payable, frozen, payout) in rows {
        let id = MerchantId::from_column(id)?;
        balances.extend([
            (Account::MerchantReceivable(id), Delta::from_fen(receivable)),
            (Account::MerchantPayable(id), Delta::from_fen(payable)),
            (Account::MerchantFrozen(id), Delta::from_fen(frozen)),
            (Account::MerchantPayout(id), Delta::from_fen(payout)),
        ]);
    }
    Ok(balances)
}
