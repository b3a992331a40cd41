//! What every batch begins with: the head, locked, and what is remembered of its keys. On the server it is one trip.

use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Nullable, Text};

use super::head::{self, Head};
use super::idempotency::{self, Remembered};
use super::{Connection, Error, Result, keyed};

/// The head of `office`, which nobody else writes until the transaction ends, and what is remembered of these keys.
/// `newest` is the batch that the caller wrote last; empty where it does not know of one.
///
/// # Errors
/// When the office does not exist, the database cannot be reached, or others hold the lock for too long.
pub fn open(
    connection: &mut Connection,
    office: &str,
    scope_keys: &[&str],
    newest: &[u8],
) -> Result<(Head, Vec<Remembered>)> {
    let missing = || Error::corrupt("head", office);
    let Connection::Postgres(server) = connection else {
        // The embedded engine has locked everything when the transaction began.
        let head = head::read(connection, office)?.ok_or_else(missing)?;
        return Ok((head, idempotency::find(connection, office, scope_keys)?));
    };
    let rows: Vec<Row> = Opening { office, keys: &keyed::json(scope_keys)? }.load(server)?;
    let mut locked = None;
    let mut remembered = Vec::new();
    for (next_position, leaf, at_us, batch_id, scope_key, fingerprint, position, object, rejection) in rows {
        locked = Some((next_position, leaf, at_us, batch_id));
        if let (Some(scope_key), Some(fingerprint)) = (scope_key, fingerprint) {
            remembered.push(idempotency::remembered((scope_key, fingerprint, position, object, rejection))?);
        }
    }
    let head = head::head(locked.ok_or_else(missing)?)?;
    // The lock may have been waited for, while the statement sees what was committed when it began. Only if the head
    // is still the one that the caller wrote, nobody has written anything in between.
    if newest.is_empty() || newest != head.batch_id {
        remembered = idempotency::find(connection, office, scope_keys)?;
    }
    Ok((head, remembered))
}

/// The columns of a head, and of a remembered answer where there is one.
type Row = (i64, String, i64, Vec<u8>, Option<String>, Option<Vec<u8>>, Option<i64>, Option<String>, Option<String>);

/// The server's statement. For the shape of its second half see [`keyed`].
struct Opening<'a> {
    office: &'a str,
    keys: &'a str,
}

impl QueryId for Opening<'_> {
    type QueryId = Opening<'static>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Opening<'_> {
    type SqlType = (
        BigInt,
        Text,
        BigInt,
        Binary,
        Nullable<Text>,
        Nullable<Binary>,
        Nullable<BigInt>,
        Nullable<Text>,
        Nullable<Text>,
    );
}

impl QueryFragment<Pg> for Opening<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT head.next_position, head.leaf, head.at_us, head.batch_id, \
             known.scope_key, known.fingerprint, known.position, known.object, known.rejection \
             FROM (SELECT next_position, leaf, at_us, batch_id FROM heads WHERE office = ",
        );
        out.push_bind_param::<Text, _>(self.office)?;
        out.push_sql(" FOR UPDATE) AS head LEFT JOIN (SELECT idempotency.* FROM (SELECT ");
        out.push_bind_param::<Text, _>(self.office)?;
        out.push_sql(" AS office, value AS scope_key FROM json_array_elements_text(");
        out.push_bind_param::<Text, _>(self.keys)?;
        out.push_sql("::json) OFFSET 0) AS asked JOIN idempotency USING (office, scope_key)) AS known ON true");
        Ok(())
    }
}

impl RunQueryDsl<PgConnection> for Opening<'_> {}
