//! How rows are written, many at once. The embedded engine takes a prepared statement a row, which costs no trip; the
//! server takes one statement for all of them, whose columns go over as arrays: it is prepared once for any number of
//! rows, and answered once. diesel's own statements for many rows, and its updates, are prepared anew each time.

use std::marker::PhantomData;

use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Text};
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel::{QueryResult, RunQueryDsl};

use super::rows::Row;

/// A row as both engines write it.
pub trait Written: Sized {
    /// Its table.
    const TABLE: &'static str;
    /// Its columns after the office, in the table's order.
    const COLUMNS: &'static [&'static str];
    /// The columns of many rows, an array each.
    type Arrays;

    /// Adds the row on the embedded engine.
    ///
    /// # Errors
    /// When the database refuses.
    fn insert(self, office: &str, connection: &mut SqliteConnection) -> QueryResult<usize>;

    /// The columns of rows.
    fn arrays(rows: Vec<Self>) -> Self::Arrays;

    /// Writes the array of a column.
    ///
    /// # Errors
    /// When diesel cannot write it.
    fn push_array<'b>(arrays: &'b Self::Arrays, column: &str, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()>;
}

/// The update of one row. Its text is the same for all rows of a table that write the same columns, and the type says
/// whether it writes `MORE` than usual: prepared statements are found again by type.
pub(super) struct Update<'a, R, const MORE: bool> {
    pub(super) key: &'static str,
    pub(super) office: &'a str,
    pub(super) row: &'a R,
}

/// One statement that adds many rows.
pub(super) struct InsertAll<'a, R: Written> {
    pub(super) office: &'a str,
    pub(super) arrays: R::Arrays,
}

/// One statement that changes many rows. The office stands beside each key: see [`super::keyed`].
pub(super) struct UpdateAll<'a, R: Written, const MORE: bool> {
    pub(super) key: &'static str,
    pub(super) offices: Vec<&'a str>,
    pub(super) arrays: R::Arrays,
}

/// What tells one statement from another, where it holds values of its own.
pub(super) struct Of<R, K>(PhantomData<(R, K)>);
pub(super) struct Adding;
pub(super) struct Changing<const MORE: bool>;

impl<R: 'static, const MORE: bool> QueryId for Update<'_, R, MORE> {
    type QueryId = Update<'static, R, MORE>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<R: Written + 'static> QueryId for InsertAll<'_, R> {
    type QueryId = Of<R, Adding>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<R: Written + 'static, const MORE: bool> QueryId for UpdateAll<'_, R, MORE> {
    type QueryId = Of<R, Changing<MORE>>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<R: Row + Written, const MORE: bool> QueryFragment<Sqlite> for Update<'_, R, MORE> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("UPDATE ");
        out.push_identifier(R::TABLE)?;
        out.push_sql(" SET ");
        self.row.push_changing(&mut out)?;
        out.push_sql(" WHERE office = ");
        out.push_bind_param::<Text, _>(self.office)?;
        out.push_sql(" AND ");
        out.push_identifier(self.key)?;
        out.push_sql(" = ");
        out.push_bind_param::<Text, _>(self.row.key_text())
    }
}

impl<R: Written> QueryFragment<Pg> for InsertAll<'_, R> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("INSERT INTO ");
        out.push_identifier(R::TABLE)?;
        out.push_sql(" (office, ");
        push_names(R::COLUMNS, &mut out)?;
        out.push_sql(") SELECT ");
        out.push_bind_param::<Text, _>(self.office)?;
        out.push_sql(", * FROM UNNEST(");
        push_arrays::<R>(&self.arrays, R::COLUMNS, &mut out)?;
        out.push_sql(")");
        Ok(())
    }
}

impl<R: Row + Written, const MORE: bool> QueryFragment<Pg> for UpdateAll<'_, R, MORE> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let changing = R::changing(MORE);
        let mut sent = vec![self.key];
        sent.extend(&changing);
        out.push_sql("UPDATE ");
        out.push_identifier(R::TABLE)?;
        out.push_sql(" AS old SET ");
        for (index, column) in changing.iter().enumerate() {
            out.push_sql(if index == 0 { "" } else { ", " });
            out.push_identifier(column)?;
            out.push_sql(" = new.");
            out.push_identifier(column)?;
        }
        out.push_sql(" FROM ");
        out.push_sql("UNNEST(");
        out.push_bind_param::<Array<Text>, _>(&self.offices)?;
        out.push_sql(", ");
        push_arrays::<R>(&self.arrays, &sent, &mut out)?;
        out.push_sql(") AS new (office, ");
        push_names(&sent, &mut out)?;
        out.push_sql(") WHERE old.office = new.office AND old.");
        out.push_identifier(self.key)?;
        out.push_sql(" = new.");
        out.push_identifier(self.key)
    }
}

fn push_names(columns: &[&str], out: &mut AstPass<'_, '_, Pg>) -> QueryResult<()> {
    for (index, column) in columns.iter().enumerate() {
        out.push_sql(if index == 0 { "" } else { ", " });
        out.push_identifier(column)?;
    }
    Ok(())
}

fn push_arrays<'b, R: Written>(
    arrays: &'b R::Arrays,
    columns: &[&str],
    out: &mut AstPass<'_, 'b, Pg>,
) -> QueryResult<()> {
    for (index, column) in columns.iter().enumerate() {
        out.push_sql(if index == 0 { "" } else { ", " });
        R::push_array(arrays, column, out)?;
    }
    Ok(())
}

impl<R, const MORE: bool> RunQueryDsl<SqliteConnection> for Update<'_, R, MORE> {}
impl<R: Written> RunQueryDsl<PgConnection> for InsertAll<'_, R> {}
impl<R: Written, const MORE: bool> RunQueryDsl<PgConnection> for UpdateAll<'_, R, MORE> {}

/// Says how a row is written: `Row in table, whole: column: type, …`, where the row has its office with it, or
/// `Row in table, bare: …` where it has not.
macro_rules! written {
    ($row:ident in $table:ident, $form:ident: $($column:ident: $type:ty,)+) => {
        const _: () = {
            use diesel::RunQueryDsl as _;
            use diesel::sql_types::Array;

            /// The columns of many rows.
            #[derive(Default)]
            pub struct Arrays {
                $($column: Vec<$type>,)+
            }

            impl crate::store::write::Written for $row {
                const TABLE: &'static str = stringify!($table);
                const COLUMNS: &'static [&'static str] = &[$(stringify!($column),)+];
                type Arrays = Arrays;

                fn insert(
                    self,
                    office: &str,
                    connection: &mut diesel::sqlite::SqliteConnection,
                ) -> diesel::QueryResult<usize> {
                    let values = crate::store::write::written!(@$form $table, office, self);
                    diesel::insert_into($table::table).values(values).execute(connection)
                }

                fn arrays(rows: Vec<Self>) -> Arrays {
                    let mut arrays = Arrays::default();
                    for row in rows {
                        // A column that is not named here does not compile.
                        crate::store::write::written!(@$form $row of row: $($column,)+);
                        $(arrays.$column.push($column);)+
                    }
                    arrays
                }

                fn push_array<'b>(
                    arrays: &'b Arrays,
                    column: &str,
                    out: &mut diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
                ) -> diesel::QueryResult<()> {
                    match column {
                        $(stringify!($column) => {
                            type Of = Array<<$table::$column as diesel::Expression>::SqlType>;
                            out.push_bind_param::<Of, _>(&arrays.$column)
                        })+
                        _ => Err(diesel::result::Error::QueryBuilderError(column.into())),
                    }
                }
            }
        };
    };
    (@whole $table:ident, $office:ident, $row:ident) => {{
        let _in_the_row = $office;
        $row
    }};
    (@bare $table:ident, $office:ident, $row:ident) => {
        ($table::office.eq($office), $row)
    };
    (@whole $type:ident of $row:ident: $($column:ident,)+) => {
        let $type { office: _, $($column,)+ } = $row;
    };
    (@bare $type:ident of $row:ident: $($column:ident,)+) => {
        let $type { $($column,)+ } = $row;
    };
}

pub(super) use written;
