//! The check of the books: the whole log replayed, and every row of every table against what the replay gives.

mod replay;
mod tables;

use super::books::TrialBalance;
use super::records;
use crate::domain::digest::Digest;
use crate::store::{self, Connection, Difference, dialect, head, records as stored_records};
use replay::Replay;

/// Records read at a time.
const RECORDS_MAX: i64 = 1000;

/// What a check that found nothing wrong has looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Entries replayed.
    pub entries: u64,
    /// Rows compared, by table.
    pub rows: Vec<(&'static str, u64)>,
    /// The trial balance after the last entry.
    pub trial_balance: TrialBalance,
}

/// Why a check did not come to a good end.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// Something is wrong with the books: the first thing found.
    #[error("{0}")]
    Finding(Finding),
    /// There is no such office.
    #[error("there is no office {0}")]
    UnknownOffice(String),
    /// The check could not be made.
    #[error(transparent)]
    Store(store::Error),
}

/// Something that is wrong with the books.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// An entry is not what it must be.
    #[error("entry {position}: {what}")]
    Entry {
        /// Its position.
        position: u64,
        /// What is wrong with it.
        what: String,
    },
    /// A row is not what the log says.
    #[error("{0}")]
    Row(Difference),
    /// A column holds what this service never writes.
    #[error("a column holds no {what}: {value}")]
    Corrupt {
        /// What should be there.
        what: &'static str,
        /// What is there.
        value: String,
    },
    /// A record is not the one to which its digest commits.
    #[error("records {0}: the content does not give this digest")]
    Record(Digest),
}

impl From<store::Error> for CheckError {
    /// What a table holds is a finding, what the database does is not.
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Corrupt { what, value } => Self::Finding(Finding::Corrupt { what, value }),
            other => Self::Store(other),
        }
    }
}

impl From<Finding> for CheckError {
    fn from(finding: Finding) -> Self {
        Self::Finding(finding)
    }
}

fn entry_finding(position: u64, what: impl Into<String>) -> CheckError {
    Finding::Entry { position, what: what.into() }.into()
}

fn row_finding(table: &'static str, key: impl ToString, what: store::What) -> CheckError {
    Finding::Row(Difference { table, key: key.to_string(), what }).into()
}

/// A column that holds something else than it should.
fn differing(name: &'static str, expected: impl ToString, found: impl ToString) -> store::What {
    store::What::Column { name, expected: expected.to_string(), found: found.to_string() }
}

/// Checks an office's books on one snapshot. `progress` hears how many entries of how many are replayed.
///
/// The state of all objects is held in memory.
///
/// # Errors
/// [`CheckError::Finding`] for the first thing that is wrong; the other variants where it could not be checked.
pub fn check(
    connection: &mut Connection,
    office: &str,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Report, CheckError> {
    let checked = dialect::snapshot(connection, |connection| match check_snapshot(connection, office, progress) {
        Err(CheckError::Store(error)) => Err(error),
        answer => Ok(answer),
    });
    checked.unwrap_or_else(|error| Err(error.into()))
}

fn check_snapshot(
    connection: &mut Connection,
    office: &str,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Report, CheckError> {
    let Some(head) = head::read(connection, office)? else {
        return Err(CheckError::UnknownOffice(office.to_owned()));
    };
    let mut replay = Replay::new(office);
    replay.run(connection, head.next_position, progress)?;
    replay.compare_head(&head)?;
    let trial_balance = replay.trial_balance()?;
    let entries = head.next_position;
    let mut rows = tables::compare(connection, office, replay.into_parts())?;
    rows.push(("records", check_records(connection, office)?));
    Ok(Report { entries, rows, trial_balance })
}

/// Makes every record's digest again. A record that is not there any more was erased, and the log does without it.
fn check_records(connection: &mut Connection, office: &str) -> Result<u64, CheckError> {
    let mut count = 0_u64;
    let mut last = None;
    loop {
        let page = stored_records::after(connection, office, last, RECORDS_MAX)?;
        let Some(newest) = page.last() else { return Ok(count) };
        last = Some(newest.digest);
        for record in &page {
            if !records::verify(record) {
                return Err(Finding::Record(record.digest).into());
            }
            count = count.saturating_add(1);
        }
    }
}
