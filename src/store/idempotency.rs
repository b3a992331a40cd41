//! Idempotency keys: they commit with the write they belong to and never expire.

use diesel::prelude::*;

use super::column::Column as _;
use super::keyed;
use super::pile::Pile;
use super::schema::idempotency;
use super::write::written;
use super::{Connection, Error, Result, from_bigint, to_bigint};
use crate::domain::id::ObjectId;
use crate::domain::rejection::Rejection;

/// What the ledger once answered to a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// Scope and key.
    pub scope_key: String,
    /// SHA-256 of method, path, canonical body and If-Match.
    pub fingerprint: Vec<u8>,
    /// What was decided.
    pub outcome: Outcome,
}

/// A decision, as far as the reply can be rebuilt from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Entries were written.
    Written {
        /// Position of the last of them.
        position: u64,
        /// The object the reply shows.
        object: ObjectId,
    },
    /// The ledger refused.
    Rejected(Rejection),
}

pub(super) type Row = (String, Vec<u8>, Option<i64>, Option<String>, Option<String>);

pub(super) fn remembered((scope_key, fingerprint, position, object, rejection): Row) -> Result<Remembered> {
    let outcome = match (position, object, rejection) {
        (Some(position), Some(object), None) => {
            Outcome::Written { position: from_bigint(position)?, object: ObjectId::from_column(object)? }
        }
        (None, None, Some(text)) => {
            Outcome::Rejected(serde_json::from_str(&text).map_err(|_| Error::corrupt("rejection", &text))?)
        }
        _ => return Err(Error::corrupt("idempotency row", &scope_key)),
    };
    Ok(Remembered { scope_key, fingerprint, outcome })
}

/// What is remembered of any of these keys, in one statement.
///
/// # Errors
/// When the database cannot be reached.
pub fn find(connection: &mut Connection, office: &str, scope_keys: &[&str]) -> Result<Vec<Remembered>> {
    if scope_keys.is_empty() {
        return Ok(Vec::new());
    }
    let keys = keyed::keys(connection, scope_keys)?;
    idempotency::table
        .filter(keyed::among(idempotency::office, idempotency::scope_key, office, &keys))
        .select((
            idempotency::scope_key,
            idempotency::fingerprint,
            idempotency::position,
            idempotency::object,
            idempotency::rejection,
        ))
        .load::<Row>(connection)?
        .into_iter()
        .map(remembered)
        .collect()
}

#[derive(Insertable)]
#[diesel(table_name = idempotency, treat_none_as_default_value = false)]
struct RememberedRow {
    scope_key: String,
    fingerprint: Vec<u8>,
    position: Option<i64>,
    object: Option<String>,
    rejection: Option<String>,
}

written! {
    RememberedRow in idempotency, bare:
        scope_key: String,
        fingerprint: Vec<u8>,
        position: Option<i64>,
        object: Option<String>,
        rejection: Option<String>,
}

/// Remembers answers.
///
/// # Errors
/// When the database refuses, above all when a key is remembered already.
pub fn remember(pile: &mut Pile<'_>, new: &[Remembered]) -> Result<()> {
    let row = |one: &Remembered| {
        let (position, object, rejection) = match &one.outcome {
            Outcome::Written { position, object } => (Some(to_bigint(*position)), Some(object.to_column()), None),
            Outcome::Rejected(rejection) => {
                let text =
                    serde_json::to_string(rejection).map_err(|_| Error::corrupt("rejection", rejection.code()))?;
                (None, None, Some(text))
            }
        };
        let (scope_key, fingerprint) = (one.scope_key.clone(), one.fingerprint.clone());
        Ok(RememberedRow { scope_key, fingerprint, position, object, rejection })
    };
    pile.insert(new.iter().map(row).collect::<Result<_>>()?)
}
