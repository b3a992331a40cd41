//! Credentials and refresh tokens: kept apart from the books, and never in the log.

use diesel::prelude::*;

use super::column::Column as _;
use super::schema::{credentials, refresh_tokens};
use super::upsert::replacing;
use super::{Connection, Result};
use crate::domain::digest::Digest;
use crate::domain::id::UserId;
use crate::domain::time::Timestamp;

/// What a user signs in with.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// SHA-256 of the lower-case user name.
    pub login: Digest,
    /// The user.
    pub user: UserId,
    /// The user name as it was chosen.
    pub username: String,
    /// The argon2id hash in PHC form.
    pub password_hash: String,
}

type Row = (String, String, String, String);

fn credential((login, user, username, password_hash): Row) -> Result<Credential> {
    Ok(Credential { login: Digest::from_column(login)?, user: UserId::from_column(user)?, username, password_hash })
}

/// Adds or replaces a credential.
///
/// # Errors
/// When the database refuses.
pub fn write(connection: &mut Connection, office: &str, credential: &Credential) -> Result<()> {
    let insert = diesel::insert_into(credentials::table).values((
        credentials::office.eq(office),
        credentials::login.eq(credential.login.to_column()),
        credentials::user_id.eq(credential.user.to_column()),
        credentials::username.eq(&credential.username),
        credentials::password_hash.eq(&credential.password_hash),
    ));
    replacing(insert, &["office", "login"], &["user_id", "username", "password_hash"]).execute(connection)?;
    Ok(())
}

/// The credential under a login.
///
/// # Errors
/// When the database cannot be reached.
pub fn find(connection: &mut Connection, office: &str, login: Digest) -> Result<Option<Credential>> {
    credentials::table
        .find((office, login.to_column()))
        .select((credentials::login, credentials::user_id, credentials::username, credentials::password_hash))
        .first::<Row>(connection)
        .optional()?
        .map(credential)
        .transpose()
}

/// Every credential of an office, by user name.
///
/// # Errors
/// When the database cannot be reached.
pub fn all(connection: &mut Connection, office: &str) -> Result<Vec<Credential>> {
    let rows = credentials::table
        .filter(credentials::office.eq(office))
        .order(credentials::username)
        .select((credentials::login, credentials::user_id, credentials::username, credentials::password_hash))
        .load::<Row>(connection)?;
    rows.into_iter().map(credential).collect()
}

/// The user name of a user.
///
/// # Errors
/// When the database cannot be reached.
pub fn username_of(connection: &mut Connection, office: &str, user: UserId) -> Result<Option<String>> {
    Ok(credentials::table
        .filter(credentials::office.eq(office).and(credentials::user_id.eq(user.to_column())))
        .select(credentials::username)
        .first(connection)
        .optional()?)
}

/// One refresh token, known only by its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// SHA-256 of the token.
    pub digest: Digest,
    /// All tokens that descend from one sign-in.
    pub family: Digest,
    /// Whose it is.
    pub user: UserId,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it stops being good.
    pub expires_at: Timestamp,
    /// When it was exchanged for the next one.
    pub used_at: Option<Timestamp>,
}

type TokenRow = (String, String, String, i64, i64, Option<i64>);

/// Adds or replaces a refresh token.
///
/// # Errors
/// When the database refuses.
pub fn write_token(connection: &mut Connection, office: &str, token: &RefreshToken) -> Result<()> {
    let insert = diesel::insert_into(refresh_tokens::table).values((
        refresh_tokens::office.eq(office),
        refresh_tokens::digest.eq(token.digest.to_column()),
        refresh_tokens::family.eq(token.family.to_column()),
        refresh_tokens::user_id.eq(token.user.to_column()),
        refresh_tokens::issued_at_us.eq(token.issued_at.micros()),
        refresh_tokens::expires_at_us.eq(token.expires_at.micros()),
        refresh_tokens::used_at_us.eq(token.used_at.map(Timestamp::micros)),
    ));
    replacing(insert, &["office", "digest"], &["family", "user_id", "issued_at_us", "expires_at_us", "used_at_us"])
        .execute(connection)?;
    Ok(())
}

/// The refresh token under a digest.
///
/// # Errors
/// When the database cannot be reached.
pub fn find_token(connection: &mut Connection, office: &str, digest: Digest) -> Result<Option<RefreshToken>> {
    let row = refresh_tokens::table
        .find((office, digest.to_column()))
        .select((
            refresh_tokens::digest,
            refresh_tokens::family,
            refresh_tokens::user_id,
            refresh_tokens::issued_at_us,
            refresh_tokens::expires_at_us,
            refresh_tokens::used_at_us,
        ))
        .first::<TokenRow>(connection)
        .optional()?;
    row.map(|(digest, family, user, issued_at, expires_at, used_at)| {
        Ok(RefreshToken {
            digest: Digest::from_column(digest)?,
            family: Digest::from_column(family)?,
            user: UserId::from_column(user)?,
            issued_at: Timestamp::from_micros(issued_at),
            expires_at: Timestamp::from_micros(expires_at),
            used_at: used_at.map(Timestamp::from_micros),
        })
    })
    .transpose()
}

/// Ends every token that descends from one sign-in.
///
/// # Errors
/// When the database refuses.
pub fn end_family(connection: &mut Connection, office: &str, family: Digest) -> Result<()> {
    diesel::delete(
        refresh_tokens::table
            .filter(refresh_tokens::office.eq(office).and(refresh_tokens::family.eq(family.to_column()))),
    )
    .execute(connection)?;
    Ok(())
}

/// Ends every token of a user.
///
/// # Errors
/// When the database refuses.
pub fn end_user(connection: &mut Connection, office: &str, user: UserId) -> Result<()> {
    diesel::delete(
        refresh_tokens::table
            .filter(refresh_tokens::office.eq(office).and(refresh_tokens::user_id.eq(user.to_column()))),
    )
    .execute(connection)?;
    Ok(())
}
