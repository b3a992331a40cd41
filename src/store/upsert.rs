//! Inserts that give way to the row that is there: they replace what it holds, or leave it as it is. Both engines have
//! the same words for it, which diesel does not write for both at once.

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl};

/// An insert that replaces the row under the same key.
pub struct Replacing<I> {
    insert: I,
    key: &'static [&'static str],
    rest: &'static [&'static str],
}

/// `insert`, or an update of all the `rest` of the row under the same `key`. Each table is always written with the same
/// columns: the prepared statement is found again by the type of the insert.
pub const fn replacing<I>(insert: I, key: &'static [&'static str], rest: &'static [&'static str]) -> Replacing<I> {
    Replacing { insert, key, rest }
}

/// An insert that leaves the row under the same key as it is.
pub struct Keeping<I>(I);

/// `insert`, or nothing where a row is there.
pub const fn keeping<I>(insert: I) -> Keeping<I> {
    Keeping(insert)
}

impl<I: QueryId> QueryId for Replacing<I> {
    type QueryId = Replacing<I::QueryId>;

    const HAS_STATIC_QUERY_ID: bool = I::HAS_STATIC_QUERY_ID;
}

impl<I: QueryId> QueryId for Keeping<I> {
    type QueryId = Keeping<I::QueryId>;

    const HAS_STATIC_QUERY_ID: bool = I::HAS_STATIC_QUERY_ID;
}

impl<DB: Backend, I: QueryFragment<DB>> QueryFragment<DB> for Replacing<I> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.insert.walk_ast(out.reborrow())?;
        out.push_sql(" ON CONFLICT (");
        for (index, column) in self.key.iter().enumerate() {
            out.push_sql(if index == 0 { "" } else { ", " });
            out.push_identifier(column)?;
        }
        out.push_sql(") DO UPDATE SET ");
        for (index, column) in self.rest.iter().enumerate() {
            out.push_sql(if index == 0 { "" } else { ", " });
            out.push_identifier(column)?;
            out.push_sql(" = excluded.");
            out.push_identifier(column)?;
        }
        Ok(())
    }
}

impl<DB: Backend, I: QueryFragment<DB>> QueryFragment<DB> for Keeping<I> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" ON CONFLICT DO NOTHING");
        Ok(())
    }
}

impl<I, C> RunQueryDsl<C> for Replacing<I> {}
impl<I, C> RunQueryDsl<C> for Keeping<I> {}
