//! What a batch writes, on its way. The embedded engine takes each row at once, which costs no trip; of the server's
//! statements those for the tables that most batches write are kept, and go over as one.

use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt};
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel::{QueryResult, RunQueryDsl};

use super::rows::Row;
use super::write::{InsertAll, Update, UpdateAll, Written};
use super::{Connection, Error, Result};

/// Tables that most batches write. On the server they are written in one statement, which is one trip; there are few
/// selections of so few tables, so that all of those statements stay prepared.
const TOGETHER: [&str; 6] = ["batches", "contracts", "deliveries", "entries", "heads", "idempotency"];

/// The rows that a batch writes for an office, on their way.
pub struct Pile<'a> {
    connection: &'a mut Connection,
    office: &'a str,
    together: Vec<Piece<'a>>,
}

/// A part of the statement that writes several tables.
struct Piece<'a> {
    table: &'static str,
    fragment: Box<dyn QueryFragment<Pg> + 'a>,
    /// How many rows it must reach.
    count: usize,
}

/// Writes what `fill` adds. All of it is in the tables afterwards, and nothing before is promised.
///
/// # Errors
/// What `fill` answers, or when the database refuses or a row to change is not there.
pub fn write<'a>(
    connection: &'a mut Connection,
    office: &'a str,
    fill: impl FnOnce(&mut Pile<'a>) -> Result<()>,
) -> Result<()> {
    let mut pile = Pile { connection, office, together: Vec::new() };
    fill(&mut pile)?;
    pile.finish()
}

impl<'a> Pile<'a> {
    /// The office whose rows these are.
    pub const fn office(&self) -> &'a str {
        self.office
    }

    /// For what is written by other statements.
    pub const fn connection(&mut self) -> &mut Connection {
        self.connection
    }

    /// Adds rows.
    ///
    /// # Errors
    /// When the database refuses, above all when a key is taken; here or at the end.
    pub fn insert<R: Written + 'static>(&mut self, rows: Vec<R>) -> Result<()> {
        let (office, count) = (self.office, rows.len());
        if count == 0 {
            return Ok(());
        }
        match &mut *self.connection {
            Connection::Sqlite(connection) => {
                for row in rows {
                    row.insert(office, connection)?;
                }
                Ok(())
            }
            Connection::Postgres(server) => {
                let statement = InsertAll::<R> { office, arrays: R::arrays(rows) };
                put(server, &mut self.together, statement, R::TABLE, count)
            }
        }
    }

    /// Changes rows in the columns that can change, in a table with one key column beside the office.
    ///
    /// # Errors
    /// When the database refuses, or a row is not there; here or at the end.
    pub fn update<R: Row + Written + 'static>(&mut self, key: &'static str, rows: Vec<R>) -> Result<()> {
        let office = self.office;
        match &mut *self.connection {
            Connection::Sqlite(connection) => {
                for row in &rows {
                    let count = if row.writes_more() {
                        Update::<R, true> { key, office, row }.execute(connection)?
                    } else {
                        Update::<R, false> { key, office, row }.execute(connection)?
                    };
                    expect(R::TABLE, count, 1)?;
                }
                Ok(())
            }
            Connection::Postgres(server) => {
                let (more, usual): (Vec<R>, Vec<R>) = rows.into_iter().partition(R::writes_more);
                put_update::<R, true>(server, &mut self.together, key, office, more)?;
                put_update::<R, false>(server, &mut self.together, key, office, usual)
            }
        }
    }

    /// Adds a statement that writes one row.
    ///
    /// # Errors
    /// When the database refuses; here or at the end.
    pub fn run<S>(&mut self, table: &'static str, statement: S) -> Result<()>
    where
        S: QueryFragment<Pg> + QueryFragment<Sqlite> + QueryId + 'a,
        S: RunQueryDsl<PgConnection> + RunQueryDsl<SqliteConnection>,
    {
        match &mut *self.connection {
            Connection::Sqlite(connection) => expect(table, statement.execute(connection)?, 1),
            Connection::Postgres(server) => put(server, &mut self.together, statement, table, 1),
        }
    }

    /// Writes what was kept for the end.
    fn finish(self) -> Result<()> {
        let Connection::Postgres(server) = self.connection else { return Ok(()) };
        if self.together.is_empty() {
            return Ok(());
        }
        let counts: Vec<i64> = Together { pieces: &self.together }.get_result(server)?;
        for (piece, count) in self.together.iter().zip(counts) {
            expect(piece.table, usize::try_from(count).unwrap_or(0), piece.count)?;
        }
        Ok(())
    }
}

/// Keeps a statement for the end where its table is written with others, or runs it.
fn put<'a, S>(
    server: &mut PgConnection,
    together: &mut Vec<Piece<'a>>,
    statement: S,
    table: &'static str,
    count: usize,
) -> Result<()>
where
    S: QueryFragment<Pg> + QueryId + RunQueryDsl<PgConnection> + 'a,
{
    if TOGETHER.contains(&table) {
        together.push(Piece { table, fragment: Box::new(statement), count });
        return Ok(());
    }
    expect(table, statement.execute(server)?, count)
}

fn put_update<'a, R: Row + Written + 'static, const MORE: bool>(
    server: &mut PgConnection,
    together: &mut Vec<Piece<'a>>,
    key: &'static str,
    office: &'a str,
    rows: Vec<R>,
) -> Result<()> {
    let count = rows.len();
    if count == 0 {
        return Ok(());
    }
    let statement = UpdateAll::<R, MORE> { key, offices: vec![office; count], arrays: R::arrays(rows) };
    put(server, together, statement, R::TABLE, count)
}

fn expect(table: &'static str, changed: usize, wanted: usize) -> Result<()> {
    if changed == wanted { Ok(()) } else { Err(Error::corrupt(table, &format!("{changed} rows of {wanted}"))) }
}

/// Several statements as one, which answers how many rows each has reached: each writes another table or other rows.
struct Together<'a> {
    pieces: &'a [Piece<'a>],
}

impl QueryId for Together<'_> {
    type QueryId = ();

    // Which pieces there are is seen from the text alone.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Together<'_> {
    type SqlType = Array<BigInt>;
}

impl QueryFragment<Pg> for Together<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for (index, piece) in self.pieces.iter().enumerate() {
            out.push_sql(if index == 0 { "WITH piece_" } else { ", piece_" });
            out.push_sql(&index.to_string());
            out.push_sql(" AS (");
            piece.fragment.walk_ast(out.reborrow())?;
            out.push_sql(" RETURNING 1)");
        }
        out.push_sql(" SELECT ARRAY[");
        for index in 0..self.pieces.len() {
            out.push_sql(if index == 0 { "(SELECT count(*) FROM piece_" } else { ", (SELECT count(*) FROM piece_" });
            out.push_sql(&index.to_string());
            out.push_sql(")");
        }
        out.push_sql("]");
        Ok(())
    }
}

impl RunQueryDsl<PgConnection> for Together<'_> {}
