//! Rows that should be there against rows that are there: for the check of the tables against the log.

use std::cmp::Ordering;
use std::fmt;

use super::Result;

/// Rows in one statement.
pub(super) const ROWS_MAX: i64 = 2000;

/// A row that can be compared, and named when it differs.
pub(super) trait Comparable: PartialEq {
    /// What the table is ordered by.
    type Key: Ord;

    /// How many of the first columns make up the key.
    const KEY_COLUMNS: usize;

    /// The row's key.
    fn key(&self) -> Self::Key;

    /// Each column with its value as text, the key's first.
    fn columns(&self) -> Vec<(&'static str, String)>;
}

/// The first place where a table is not what the log says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// The key of the row.
    pub key: String,
    /// What is wrong with it.
    pub what: What,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The log has it, the table does not.
    Missing,
    /// The table has it, the log does not.
    Surplus,
    /// A column holds something else.
    Column {
        /// The column.
        name: &'static str,
        /// What the log says.
        expected: String,
        /// What the table holds.
        found: String,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}: ", self.table, self.key)?;
        match &self.what {
            What::Missing => out.write_str("the log has it, and the table does not"),
            What::Surplus => out.write_str("the table has it, and the log does not"),
            What::Column { name, expected, found } => write!(out, "{name} should be {expected} and is {found}"),
        }
    }
}

/// A column's value as text.
pub(super) trait Text {
    /// The value; `NULL` for none.
    fn text(&self) -> String;
}

impl Text for String {
    fn text(&self) -> String {
        self.clone()
    }
}

impl Text for i64 {
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Text for bool {
    fn text(&self) -> String {
        self.to_string()
    }
}

impl<T: Text> Text for Option<T> {
    fn text(&self) -> String {
        self.as_ref().map_or_else(|| "NULL".to_owned(), T::text)
    }
}

/// How many rows were compared, or the first difference.
pub type Compared = std::result::Result<u64, Difference>;

/// Compares the rows that should be there with pages of those that are, both in the order of their keys.
pub(super) fn compare<R: Comparable>(
    table: &'static str,
    mut expected: impl Iterator<Item = R>,
    mut page_after: impl FnMut(Option<&R>) -> Result<Vec<R>>,
) -> Result<Compared> {
    let mut count = 0_u64;
    let mut last: Option<R> = None;
    loop {
        let found = page_after(last.as_ref())?;
        let Some(newest) = found.len().checked_sub(1) else { break };
        for (index, row) in found.into_iter().enumerate() {
            if let Some(difference) = differ(table, expected.next(), &row) {
                return Ok(Err(difference));
            }
            count = count.saturating_add(1);
            if index == newest {
                last = Some(row);
            }
        }
    }
    Ok(match expected.next() {
        Some(row) => Err(Difference { table, key: name(&row), what: What::Missing }),
        None => Ok(count),
    })
}

fn differ<R: Comparable>(table: &'static str, expected: Option<R>, found: &R) -> Option<Difference> {
    let Some(expected) = expected else {
        return Some(Difference { table, key: name(found), what: What::Surplus });
    };
    match expected.key().cmp(&found.key()) {
        Ordering::Less => Some(Difference { table, key: name(&expected), what: What::Missing }),
        Ordering::Greater => Some(Difference { table, key: name(found), what: What::Surplus }),
        Ordering::Equal if expected == *found => None,
        Ordering::Equal => {
            let pairs = expected.columns().into_iter().zip(found.columns());
            let differing = pairs.into_iter().find(|((_, expected), (_, found))| expected != found);
            differing.map(|((column, expected), (_, value))| Difference {
                table,
                key: name(found),
                what: What::Column { name: column, expected, found: value },
            })
        }
    }
}

/// The row's key as text.
fn name<R: Comparable>(row: &R) -> String {
    let parts: Vec<String> = row.columns().into_iter().take(R::KEY_COLUMNS).map(|(_, value)| value).collect();
    parts.join("/")
}
