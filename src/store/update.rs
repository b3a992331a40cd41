//! The update of one row, in its columns that can change.
//!
//! diesel's own is prepared anew each time, and an insert that gives way to an update sends every column.

use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Text;
use diesel::{QueryResult, RunQueryDsl};

use super::dialect::{Backend, Connection};
use super::rows::Row;
use super::{Error, Result};

/// The update of the row of an office under a key. Its text is the same for all rows of a table that write the same
/// columns, and the type says whether it writes `MORE` than usual: prepared statements are found again by type.
struct Update<'a, R, const MORE: bool> {
    table: &'static str,
    key_column: &'static str,
    office: &'a str,
    key: &'a str,
    row: &'a R,
}

/// Updates the row of an office under a key, in a table with its key column.
///
/// # Errors
/// When the database refuses, or the row is not there.
pub fn update<R: Row + 'static>(
    connection: &mut Connection,
    (table, key_column): (&'static str, &'static str),
    office: &str,
    key: &str,
    row: &R,
) -> Result<()> {
    if row.writes_more() {
        Update::<R, true> { table, key_column, office, key, row }.run(connection)
    } else {
        Update::<R, false> { table, key_column, office, key, row }.run(connection)
    }
}

impl<R: Row + 'static, const MORE: bool> Update<'_, R, MORE> {
    fn run(self, connection: &mut Connection) -> Result<()> {
        let (table, key) = (self.table, self.key);
        let count = self.execute(connection)?;
        if count == 1 { Ok(()) } else { Err(Error::corrupt(table, &format!("{count} rows under {key}"))) }
    }
}

impl<R: Row + 'static, const MORE: bool> QueryId for Update<'_, R, MORE> {
    type QueryId = Update<'static, R, MORE>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<R: Row, const MORE: bool> QueryFragment<Backend> for Update<'_, R, MORE> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        out.push_sql("UPDATE ");
        out.push_identifier(self.table)?;
        out.push_sql(" SET ");
        self.row.push_changing(&mut out)?;
        out.push_sql(" WHERE office = ");
        out.push_bind_param::<Text, _>(self.office)?;
        out.push_sql(" AND ");
        out.push_identifier(self.key_column)?;
        out.push_sql(" = ");
        out.push_bind_param::<Text, _>(self.key)
    }
}

impl<R, const MORE: bool> RunQueryDsl<Connection> for Update<'_, R, MORE> {}
