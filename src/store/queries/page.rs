//! One page of a list. Lists stand in the order of creation, which is the order of their ids.

use crate::store::Result;
use crate::store::rows::{Row, into_objects};

/// Which part of a list is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The key after which it begins; the beginning of the list, when there is none.
    pub after: Option<String>,
    /// How many items at most.
    pub limit: i64,
}

/// One part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// The items, in order.
    pub items: Vec<T>,
    /// The key after which the next part begins; none at the end of the list.
    ///
    /// It can lie beyond the last item, where a part of the table was searched that holds no more.
    pub next: Option<String>,
}

impl Page {
    /// How many rows to ask for: one more than wanted tells whether there are more.
    pub(super) const fn rows_max(&self) -> i64 {
        self.limit.saturating_add(1)
    }

    /// The rows as a part of a list.
    pub(super) fn listed<R: Row>(&self, mut rows: Vec<R>, key: impl FnOnce(&R) -> String) -> Result<Listed<R::Object>> {
        let wanted = usize::try_from(self.limit).unwrap_or(0);
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let next = rows.last().filter(|_| more).map(key);
        Ok(Listed { items: into_objects(rows)?, next })
    }
}

/// Begins the query of one page of a table: an office's rows after the page's key, in order.
macro_rules! page_of {
    ($table:ident, $office:expr, $page:expr) => {{
        let mut query =
            $table::table.filter($table::office.eq($office)).order($table::id).limit($page.rows_max()).into_boxed();
        if let Some(after) = &$page.after {
            query = query.filter($table::id.gt(after.as_str()));
        }
        query
    }};
}

/// Narrows a query to the rows whose columns hold the values that a filter names.
macro_rules! narrow {
    ($query:ident, $table:ident: $($column:ident = $value:expr,)+) => { $(
        if let Some(value) = &$value {
            $query = $query.filter($table::$column.eq(value.to_column()));
        }
    )+ };
}

pub(super) use {narrow, page_of};
