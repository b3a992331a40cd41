//! Rows under a set of keys: the keys go over as one JSON array, so that the statement has the same text for any number
//! of them and is prepared once.
//!
//! On the server the office comes with each key, as a column of what is joined, and not as a condition of its own: a
//! planner that has no figures about an office yet takes a condition on it for a narrow one, and reads all of the
//! office's rows. Of a join over a whole key it knows from the index alone that one row answers.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, SqlType, Text};
use diesel::{Column, QueryResult};
use serde::Serialize;

use super::dialect::{self, Backend, Connection};
use super::{Error, Result};

/// True of a row of the office under one of the keys.
#[derive(Debug, Clone, Copy)]
pub struct Among<'a, O, C> {
    office_column: O,
    column: C,
    office: &'a str,
    keys: &'a str,
    is_server: bool,
}

/// Keys as they go over.
pub struct Keys {
    json: String,
    is_server: bool,
}

/// The keys of a statement on this connection: texts or numbers.
///
/// # Errors
/// Never for texts and numbers.
pub fn keys<K: Serialize>(connection: &Connection, keys: &[K]) -> Result<Keys> {
    Ok(Keys { json: json(keys)?, is_server: dialect::is_server(connection) })
}

/// Keys as one JSON array.
///
/// # Errors
/// Never for texts and numbers.
pub fn json<K: Serialize>(keys: &[K]) -> Result<String> {
    serde_json::to_string(keys).map_err(|error| Error::corrupt("keys", &error.to_string()))
}

/// Rows whose `office_column` is the office and whose `column` is one of the keys.
pub fn among<'a, O, C>(office_column: O, column: C, office: &'a str, keys: &'a Keys) -> Among<'a, O, C> {
    Among { office_column, column, office, keys: &keys.json, is_server: keys.is_server }
}

/// How a key is read from the array.
pub trait Keyable {
    /// The expression over the array's `value`, in the words of both engines.
    const VALUE: &'static str;
}

impl Keyable for Text {
    const VALUE: &'static str = "value";
}

impl Keyable for BigInt {
    const VALUE: &'static str = "CAST(value AS BIGINT)";
}

impl<O, C> QueryFragment<Backend> for Among<'_, O, C>
where
    O: QueryFragment<Backend>,
    C: QueryFragment<Backend> + Column<SqlType: SqlType + Keyable>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        if self.is_server {
            out.push_sql("(");
            self.office_column.walk_ast(out.reborrow())?;
            out.push_sql(", ");
            self.column.walk_ast(out.reborrow())?;
            out.push_sql(") IN (SELECT ");
            out.push_bind_param::<Text, _>(self.office)?;
            out.push_sql(", ");
            out.push_sql(C::SqlType::VALUE);
            out.push_sql(" FROM json_array_elements_text(");
            out.push_bind_param::<Text, _>(self.keys)?;
            // Without OFFSET the office is seen through the join, and becomes a condition of its own again.
            out.push_sql("::json) OFFSET 0)");
        } else {
            self.office_column.walk_ast(out.reborrow())?;
            out.push_sql(" = ");
            out.push_bind_param::<Text, _>(self.office)?;
            out.push_sql(" AND ");
            self.column.walk_ast(out.reborrow())?;
            out.push_sql(" IN (SELECT ");
            out.push_sql(C::SqlType::VALUE);
            out.push_sql(" FROM json_each(");
            out.push_bind_param::<Text, _>(self.keys)?;
            out.push_sql("))");
        }
        Ok(())
    }
}

impl<O: 'static, C: 'static> QueryId for Among<'_, O, C> {
    type QueryId = Among<'static, O, C>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<O, C> Expression for Among<'_, O, C> {
    type SqlType = Bool;
}

impl<O, C> ValidGrouping<()> for Among<'_, O, C> {
    type IsAggregate = is_aggregate::No;
}

impl<T, O: AppearsOnTable<T>, C: AppearsOnTable<T>> AppearsOnTable<T> for Among<'_, O, C> {}
impl<T, O: SelectableExpression<T>, C: SelectableExpression<T>> SelectableExpression<T> for Among<'_, O, C> {}
