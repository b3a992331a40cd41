//! Lists of users, merchants and venues.

use diesel::prelude::*;

use super::page::{Listed, Page, narrow, page_of};
use crate::domain::id::{MerchantId, UserId};
use crate::domain::objects::{Merchant, MerchantState, Role, User, UserState, Venue};
use crate::domain::signature::SignerKey;
use crate::store::column::Column as _;
use crate::store::rows::{MerchantRow, UserRow, VenueRow};
use crate::store::schema::{merchants, users, venues};
use crate::store::{Connection, Result};

/// Which users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Only those in this role.
    pub role: Option<Role>,
    /// Only those in this state.
    pub state: Option<UserState>,
}

/// Which merchants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MerchantFilter {
    /// Only this one: a merchant sees itself alone.
    pub merchant: Option<MerchantId>,
    /// Only those in this state.
    pub state: Option<MerchantState>,
}

/// Which venues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VenueFilter {
    /// Only those of this merchant.
    pub merchant: Option<MerchantId>,
}

/// A page of users.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn users(connection: &mut Connection, office: &str, filter: &UserFilter, page: &Page) -> Result<Listed<User>> {
    let mut query = page_of!(users, office, page);
    narrow!(query, users: role = filter.role, state = filter.state,);
    page.listed(query.load::<UserRow>(connection)?, |row| row.id.clone())
}

/// The user whose key is in force.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn user_of_key(connection: &mut Connection, office: &str, key: &SignerKey) -> Result<Option<UserId>> {
    let found: Option<String> = users::table
        .filter(users::office.eq(office).and(users::signing_key.eq(key.to_column())))
        .select(users::id)
        .first(connection)
        .optional()?;
    found.map(UserId::from_column).transpose()
}

/// A page of merchants.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn merchants(
    connection: &mut Connection,
    office: &str,
    filter: &MerchantFilter,
    page: &Page,
) -> Result<Listed<Merchant>> {
    let mut query = page_of!(merchants, office, page);
    narrow!(query, merchants: id = filter.merchant, state = filter.state,);
    page.listed(query.load::<MerchantRow>(connection)?, |row| row.id.clone())
}

/// A page of venues.
///
/// # Errors
/// When the database cannot be reached or holds something unknown.
pub fn venues(connection: &mut Connection, office: &str, filter: &VenueFilter, page: &Page) -> Result<Listed<Venue>> {
    let mut query = page_of!(venues, office, page);
    narrow!(query, venues: merchant_id = filter.merchant,);
    page.listed(query.load::<VenueRow>(connection)?, |row| row.id.clone())
}
