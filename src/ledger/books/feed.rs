//! The log as a feed that a reader follows.

use super::{consumer_subjects, newest, parsed};
use crate::domain::id::{MerchantId, ObjectId, Party};
use crate::ledger::rebuild::indexed_under;
use crate::store::entries::{Span, StoredEntry};
use crate::store::{self, Connection, entries, subjects};

/// How many entries one call examines at most; a rare kind takes several calls to find.
const EXAMINED_MAX: usize = 5_000;
/// How many entries are read at a time while examining.
const READ_MAX: usize = 500;

/// Whose eyes the feed is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Sees every entry.
    All,
    /// Sees the entries that concern this party.
    Party(Party),
}

/// Which entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedFilter {
    /// Only those after this position; from the first on, when there is none.
    pub after: Option<u64>,
    /// Only those of this kind.
    pub kind: Option<String>,
    /// Only those about this object.
    pub subject: Option<ObjectId>,
}

/// A part of the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// The entries, oldest first, with their exact bytes.
    pub items: Vec<StoredEntry>,
    /// Whether there are entries that were not examined yet.
    pub has_more: bool,
    /// The last position examined: the feed goes on after it. None while the log is empty.
    pub next_after: Option<u64>,
}

/// The entries after a position that a viewer may see and a filter lets through.
///
/// Without a filter, a viewer who sees everything gets every position, without a gap. A filtered part can be empty
/// although there is more; its `next_after` has moved on all the same.
///
/// # Errors
/// When the database cannot be reached, or holds what this service does not write.
pub fn feed(
    connection: &mut Connection,
    office: &str,
    viewer: Viewer,
    filter: &FeedFilter,
    limit: usize,
) -> store::Result<Feed> {
    let mut feed = Feed { items: Vec::new(), has_more: false, next_after: filter.after };
    let Some(newest) = newest(connection, office)? else { return Ok(feed) };
    let source = source(connection, office, viewer, filter.subject)?;
    let read_max = chunk_size(filter, limit);
    let mut examined = 0_usize;
    let mut next = filter.after.map_or(0, |after| after.saturating_add(1));
    while next <= newest && examined < EXAMINED_MAX {
        let span = Span { from: next, until: newest };
        let (chunk, until) = read(connection, office, &source, span, read_max)?;
        for stored in chunk {
            if feed.items.len() >= limit {
                feed.has_more = true;
                return Ok(feed);
            }
            examined = examined.saturating_add(1);
            feed.next_after = Some(stored.position);
            if lets_through(&stored, viewer, filter)? {
                feed.items.push(stored);
            }
        }
        next = until.saturating_add(1);
        feed.next_after = feed.next_after.max(Some(until));
        if matches!(source, Source::Merchant(_)) && feed.items.is_empty() {
            // Walking past so many entries of others was the work of one call.
            break;
        }
    }
    feed.has_more = next <= newest;
    Ok(feed)
}

/// How many entries to read at a time: what is wanted and one more, or many where few of them may pass.
fn chunk_size(filter: &FeedFilter, limit: usize) -> usize {
    let wanted = limit.saturating_add(1);
    if filter.kind.is_none() && filter.subject.is_none() { wanted } else { wanted.max(READ_MAX) }
}

/// Where the entries that may pass are found.
enum Source {
    Log,
    Merchant(MerchantId),
    Subjects(Vec<ObjectId>),
}

/// Reads entries, and the position up to which they are all there are.
fn read(
    connection: &mut Connection,
    office: &str,
    source: &Source,
    span: Span,
    read_max: usize,
) -> store::Result<(Vec<StoredEntry>, u64)> {
    let rows_max = i64::try_from(read_max).unwrap_or(i64::MAX);
    let chunk = match source {
        Source::Log => entries::from(connection, office, span.from, rows_max)?,
        Source::Subjects(subjects) => subjects::about(connection, office, subjects, span, rows_max)?,
        Source::Merchant(merchant) => return subjects::of_merchant(connection, office, *merchant, span, rows_max),
    };
    let until = chunk.last().filter(|_| chunk.len() >= read_max).map_or(span.until, |last| last.position);
    Ok((chunk, until))
}

fn source(
    connection: &mut Connection,
    office: &str,
    viewer: Viewer,
    subject: Option<ObjectId>,
) -> store::Result<Source> {
    let sought = match (subject, viewer) {
        (Some(subject), _) => subject,
        (None, Viewer::Party(party)) => party.into(),
        (None, Viewer::All) => return Ok(Source::Log),
    };
    Ok(match sought {
        ObjectId::MerchantId(id) => Source::Merchant(id),
        ObjectId::ConsumerId(id) => Source::Subjects(consumer_subjects(connection, office, id)?),
        _ => {
            let mut subjects = vec![sought, indexed_under(connection, office, sought)?];
            subjects.dedup();
            Source::Subjects(subjects)
        }
    })
}

fn lets_through(stored: &StoredEntry, viewer: Viewer, filter: &FeedFilter) -> store::Result<bool> {
    if filter.kind.as_ref().is_some_and(|kind| *kind != stored.kind) {
        return Ok(false);
    }
    if filter.subject.is_none() && viewer == Viewer::All {
        return Ok(true);
    }
    let subjects = parsed(stored)?.fact.event.subjects();
    let is_about = filter.subject.is_none_or(|subject| subjects.contains(&subject));
    let is_theirs = match viewer {
        Viewer::All => true,
        Viewer::Party(party) => subjects.contains(&party.into()),
    };
    Ok(is_about && is_theirs)
}

/// Whether an entry concerns a viewer: a party sees the entries that name it.
///
/// # Errors
/// When the entry is not what this service writes.
pub fn concerns(viewer: Viewer, stored: &StoredEntry) -> store::Result<bool> {
    let Viewer::Party(party) = viewer else { return Ok(true) };
    let entry = parsed(stored)?;
    Ok(entry.fact.event.subjects().contains(&ObjectId::from(party)))
}
