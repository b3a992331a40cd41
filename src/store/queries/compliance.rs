//! What a merchant's newest contracts come to, as far as the limits of rule packs go.

use diesel::prelude::*;

use crate::domain::id::{ConsumerId, MerchantId};
use crate::domain::money::{Amount, Delta};
use crate::domain::objects::{CardClass, Sold};
use crate::domain::packs::Sector;
use crate::domain::time::{Date, Timestamp};
use crate::store::column::Column as _;
use crate::store::schema::contracts;
use crate::store::{Connection, Result};

/// A contract in figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractInFigures {
    /// The holder.
    pub consumer: ConsumerId,
    /// The branch of trade.
    pub sector: Sector,
    /// The class of the card.
    pub card_class: CardClass,
    /// What was sold.
    pub sold: Sold,
    /// What it costs.
    pub price: Amount,
    /// When it was drafted.
    pub drafted_at: Timestamp,
    /// When its money came.
    pub active_since: Option<Timestamp>,
    /// Its last day.
    pub ends_on: Option<Date>,
    /// What is in escrow of it, or on its way there.
    pub entrusted: Amount,
}

/// The newest contracts of a merchant, at most so many.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn newest_in_figures(
    connection: &mut Connection,
    office: &str,
    merchant: MerchantId,
    rows_max: i64,
) -> Result<Vec<ContractInFigures>> {
    type What = (String, String, String, String, i64);
    type When = (i64, Option<i64>, Option<String>);
    type Money = (i64, i64, i64, Option<String>);
    let what =
        (contracts::consumer_id, contracts::sector, contracts::card_class, contracts::sold, contracts::price_fen);
    let when = (contracts::drafted_at_us, contracts::active_since_us, contracts::ends_on);
    let money = (contracts::held_fen, contracts::pending_fen, contracts::frozen_fen, contracts::open_deposit_id);
    let rows: Vec<(What, When, Money)> = contracts::table
        .filter(contracts::office.eq(office).and(contracts::merchant_id.eq(merchant.to_column())))
        .order(contracts::id.desc())
        .limit(rows_max)
        .select((what, when, money))
        .load(connection)?;
    let read = |(what, when, money): (What, When, Money)| {
        let price = Amount::from_column(what.4)?;
        let mut parts = [money.0, money.1, money.2].map(Delta::from_fen).into_iter();
        let held = parts.try_fold(Delta::ZERO, Delta::checked_add).and_then(Delta::amount).unwrap_or_default();
        let coming = if money.3.is_some() { price } else { Amount::ZERO };
        Ok(ContractInFigures {
            consumer: ConsumerId::from_column(what.0)?,
            sector: Sector::from_column(what.1)?,
            card_class: CardClass::from_column(what.2)?,
            sold: Sold::from_column(what.3)?,
            price,
            drafted_at: Timestamp::from_column(when.0)?,
            active_since: Option::from_column(when.1)?,
            ends_on: Option::from_column(when.2)?,
            entrusted: held.saturating_add(coming),
        })
    };
    rows.into_iter().map(read).collect()
}
