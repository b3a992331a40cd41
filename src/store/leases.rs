//! Leases: who does what only one may do at a time. Each change of hands raises a fencing number, and what is written
//! under a lease is written in a transaction that sees the number unchanged.

use diesel::prelude::*;

use super::schema::leases;
use super::upsert::replacing;
use super::{Connection, Result, from_bigint, to_bigint};
use crate::domain::time::Timestamp;

/// Somebody who wants a lease, or has it and wants it for longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// What it is for.
    pub name: &'static str,
    /// Who asks.
    pub holder: String,
    /// The number it is held under; none for whoever does not hold it yet.
    pub fence: Option<u64>,
    /// Now, by the asking node's clock. A wrong clock can take a lease too early; it cannot pass the fence.
    pub now: Timestamp,
    /// Until when it is asked for.
    pub until: Timestamp,
}

/// Takes or renews a lease, inside a write transaction; answers the number it is held under, or `None` while somebody
/// else has it. A holder who comes without a number has begun anew and gets a new one, so that what it may have left
/// under way is fenced off, too.
///
/// # Errors
/// When the database refuses.
pub fn claim(connection: &mut Connection, office: &str, claim: &Claim) -> Result<Option<u64>> {
    let held: Option<(String, i64, i64)> = leases::table
        .find((office, claim.name))
        .select((leases::holder, leases::fence, leases::until_us))
        .first(connection)
        .optional()?;
    let fence = match held {
        None => 1,
        Some((holder, fence, until_us)) => {
            let (fence, own) = (from_bigint(fence)?, holder == claim.holder);
            if own && claim.fence == Some(fence) {
                fence
            } else if until_us <= claim.now.micros() || (own && claim.fence.is_none()) {
                fence.saturating_add(1)
            } else {
                return Ok(None);
            }
        }
    };
    let insert = diesel::insert_into(leases::table).values((
        leases::office.eq(office),
        leases::name.eq(claim.name),
        leases::holder.eq(&claim.holder),
        leases::fence.eq(to_bigint(fence)),
        leases::until_us.eq(claim.until.micros()),
    ));
    replacing(insert, &["office", "name"], &["holder", "fence", "until_us"]).execute(connection)?;
    Ok(Some(fence))
}

/// Whether somebody else than the claim's holder has its lease. Looking first spares a claim, which is a write, after which
/// no node's memory agrees with the head any more.
///
/// # Errors
/// When the database cannot be reached.
pub fn is_anothers(connection: &mut Connection, office: &str, claim: &Claim) -> Result<bool> {
    let held = holder(connection, office, claim.name)?;
    Ok(held.is_some_and(|(holder, until)| holder != claim.holder && until > claim.now))
}

/// True if a lease is held under this number. Its end does not matter: nobody else has taken it since.
///
/// # Errors
/// When the database cannot be reached.
pub fn is_held(connection: &mut Connection, office: &str, name: &str, fence: u64) -> Result<bool> {
    let held: Option<i64> = leases::table.find((office, name)).select(leases::fence).first(connection).optional()?;
    Ok(held == Some(to_bigint(fence)))
}

/// Who has a lease, and until when; none where nobody ever took it.
///
/// # Errors
/// When the database cannot be reached.
pub fn holder(connection: &mut Connection, office: &str, name: &str) -> Result<Option<(String, Timestamp)>> {
    let held: Option<(String, i64)> =
        leases::table.find((office, name)).select((leases::holder, leases::until_us)).first(connection).optional()?;
    Ok(held.map(|(holder, until_us)| (holder, Timestamp::from_micros(until_us))))
}
