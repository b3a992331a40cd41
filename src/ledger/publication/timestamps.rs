//! Having authorities stamp heads (RFC 3161): when one is asked again, what it is sent, and what becomes of its reply.
//! Somebody else carries the bytes.
//!
//! What is stamped is the text of the newest signed head. A log that grows is stamped every so often, not with every
//! head; one that rests is stamped once a day, so that its age stays known.

use std::path::Path;

use super::Answer;
use super::error::PublishError;
use super::lease::{self, within_batch};
use crate::domain::name::Name;
use crate::domain::time::Timestamp;
use crate::ledger::clock::Entropy;
use crate::ledger::sequencer::{Fault, Sequencer};
use crate::log::note::Note;
use crate::log::timestamp::{
    FileName, Mismatch, NotBelieved, PolicyId, Query, REPLY_SIZE_BYTES_MAX, ReplyError, Trusted, reply,
};
use crate::store::leases::{self, Claim};
use crate::store::pool::ReadPool;
use crate::store::timestamps::{self, StoredTimestamp};
use crate::store::{self, Connection, checkpoints};

/// The most bytes of a reply that are read.
pub const ANSWER_SIZE_BYTES_MAX: usize = REPLY_SIZE_BYTES_MAX;
/// The type of a reply (RFC 3161 section 3.4).
pub const REPLY_CONTENT_TYPE: &str = "application/timestamp-reply";
/// What the right to ask is called among the leases: with several nodes, one spends the tokens.
const STAMPING: &str = "timestamps";
/// How long one node may take for its round.
const LEASE_US: i64 = 60_000_000;
/// A head that rests is stamped again after so long.
const IDLE_S: u32 = 24 * 3600;
/// A token's time and our own clock are no further apart.
const APART_US_MAX: i64 = 300 * 1_000_000;

/// An authority that is asked.
#[derive(Clone, Debug)]
pub struct Authority {
    /// Its name in files and in the database.
    pub name: Name,
    /// Where it is asked.
    pub url: String,
    /// Whose signatures are believed to be its own.
    pub trusted: Trusted,
    /// The policy under which its tokens must be; any, without.
    pub policy: Option<PolicyId>,
}

/// The stamping of one office's log.
pub struct Stamping {
    /// The office's writer: tokens ride along in its batches.
    pub sequencer: Sequencer,
    /// Connections for reading.
    pub reads: ReadPool,
    /// Whom to ask.
    pub authorities: Vec<Authority>,
    /// Seconds between two tokens of one authority while the log grows.
    pub every_s: u32,
    /// This node, among all that may ask.
    node: String,
}

/// A head to be stamped.
#[derive(Clone, Debug)]
pub struct Asked {
    size: u64,
    query: Query,
}

/// Why no token was stored.
#[derive(Debug, thiserror::Error)]
pub enum StampError {
    /// The server answers something else than a reply.
    #[error("it answers {0}, and no {REPLY_CONTENT_TYPE}")]
    Http(u16),
    /// There is no token in the reply.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// The token is about something else.
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    /// The token is not from this authority.
    #[error(transparent)]
    NotBelieved(#[from] NotBelieved),
    /// Its clock is wrong, or ours.
    #[error("its clock and this machine's are more than five minutes apart: it says {0}")]
    Apart(Timestamp),
    /// The query could not be written.
    #[error("the query could not be written: {0}")]
    Query(String),
    /// The database could not be read.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The writer gave no answer.
    #[error(transparent)]
    Writer(#[from] Fault),
}

impl Stamping {
    /// The stamping of a log whose files are in `folder` on this node.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn new(
        sequencer: Sequencer,
        reads: ReadPool,
        authorities: Vec<Authority>,
        every_s: u32,
        folder: &Path,
    ) -> Result<Self, PublishError> {
        let node = lease::node_name(folder).map_err(PublishError::Files)?;
        Ok(Self { sequencer, reads, authorities, every_s, node })
    }

    /// The office's name.
    #[must_use]
    pub fn office(&self) -> Name {
        self.sequencer.office().name
    }

    /// What an authority is to be asked now; none where it has said enough for the time being. What contradicts
    /// itself is not stamped: a read-only office waits.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn due(&self, authority: &Authority, now: Timestamp) -> Result<Option<Asked>, StampError> {
        if self.sequencer.standing().read_only().is_some() {
            return Ok(None);
        }
        let (office, name) = (self.office(), authority.name);
        let (head, newest) = self.reads.read(|connection| {
            let head = checkpoints::newest(connection, office.as_str())?;
            Ok((head, timestamps::newest_by(connection, office.as_str(), name.as_str())?))
        })?;
        let Some(head) = head else { return Ok(None) };
        if let Some((size, stamped_at)) = newest {
            let pause_s = if size < head.size { self.every_s } else { self.every_s.max(IDLE_S) };
            if now.micros().saturating_sub(stamped_at.micros()) < i64::from(pause_s).saturating_mul(1_000_000) {
                return Ok(None);
            }
        }
        let note = Note::parse(head.note.as_bytes())
            .map_err(|error| store::Error::corrupt("checkpoint", &error.to_string()))?;
        let nonce = u64::from_be_bytes(Entropy::default().bytes::<8>());
        let query = Query::about(note.text(), nonce, authority.policy);
        let query = query.map_err(|error| StampError::Query(error.to_string()))?;
        Ok(Some(Asked { size: head.size, query }))
    }

    /// Whether this node may ask. With several, the one that came first does.
    ///
    /// # Errors
    /// When the writer gives no answer.
    pub fn may_ask(&self, now: Timestamp) -> Result<bool, StampError> {
        let until = Timestamp::from_micros(now.micros().saturating_add(LEASE_US));
        let claim = Claim { name: STAMPING, holder: self.node.clone(), fence: None, now, until };
        let take = move |connection: &mut Connection, office: &str| leases::claim(connection, office, &claim);
        Ok(within_batch(&self.sequencer, now, take)?.is_some())
    }

    /// Reads a reply; a good token is stored. Blocks until it is, and answers the time that it states.
    ///
    /// # Errors
    /// [`StampError`].
    pub fn hear(
        &self,
        authority: &Authority,
        asked: &Asked,
        answer: &Answer,
        now: Timestamp,
    ) -> Result<Timestamp, StampError> {
        let is_reply = |content_type: &str| {
            content_type.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case(REPLY_CONTENT_TYPE))
        };
        if answer.status != 200 || !answer.content_type.as_deref().is_some_and(is_reply) {
            return Err(StampError::Http(answer.status));
        }
        let token = reply::token_in(&answer.body)?;
        asked.query.answered_by(&token)?;
        let stamp = authority.trusted.verify(&token)?;
        let stamped_at = Timestamp::from_micros(i64::try_from(stamp.time_us).unwrap_or(i64::MAX));
        if stamped_at.micros().abs_diff(now.micros()) > APART_US_MAX.unsigned_abs() {
            return Err(StampError::Apart(stamped_at));
        }
        let authority = authority.name.as_str().to_owned();
        let new = StoredTimestamp { size: asked.size, authority, token: token.as_der().to_vec(), stamped_at };
        let record = move |connection: &mut Connection, office: &str| timestamps::record(connection, office, &new);
        within_batch(&self.sequencer, now, record)?;
        Ok(stamped_at)
    }

    /// Measures how long ago each authority has stamped this log; the largest number for one that never has.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn measure(&self, now: Timestamp) -> store::Result<()> {
        let office = self.office();
        for authority in &self.authorities {
            let name = authority.name;
            let newest =
                self.reads.read(|connection| timestamps::newest_by(connection, office.as_str(), name.as_str()))?;
            let age_s = newest.map(|(_, at)| now.micros().saturating_sub(at.micros()).max(0) / 1_000_000);
            let age_s = age_s.and_then(|age_s| u32::try_from(age_s).ok()).unwrap_or(u32::MAX);
            let labels = [("office", office.to_string()), ("authority", name.to_string())];
            metrics::gauge!("ticun_log_timestamp_age_seconds", &labels).set(age_s);
        }
        Ok(())
    }
}

impl Asked {
    /// The bytes of the request.
    ///
    /// # Errors
    /// [`StampError::Query`].
    pub fn request(&self) -> Result<Vec<u8>, StampError> {
        self.query.to_der().map_err(|error| StampError::Query(error.to_string()))
    }

    /// The size of the head that is to be stamped.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }
}

/// A token with the name of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// How its file is called.
    pub name: FileName,
    /// The token.
    pub stored: StoredTimestamp,
}

/// Names tokens that came in the order of the database, with all tokens of each head among them.
fn named(all: Vec<StoredTimestamp>) -> store::Result<Vec<Named>> {
    let mut found: Vec<Named> = Vec::with_capacity(all.len());
    for stored in all {
        let before = found.last().map(|before| &before.name);
        let same = before.filter(|name| name.size() == stored.size && name.authority() == stored.authority);
        let number = same.map_or(1, |name| name.number().saturating_add(1));
        let name = FileName::new(stored.size, &stored.authority, number);
        let name = name.ok_or_else(|| store::Error::corrupt("authority", &stored.authority))?;
        found.push(Named { name, stored });
    }
    Ok(found)
}

/// The tokens about up to `limit` heads of sizes from `from` to `to`, both included, the smallest first.
///
/// # Errors
/// When the database cannot be reached.
pub fn between(
    connection: &mut Connection,
    office: &str,
    from: u64,
    to: u64,
    limit: usize,
) -> store::Result<Vec<Named>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sizes = timestamps::sizes(connection, office, from, to, limit)?;
    let (Some(first), Some(last)) = (sizes.first(), sizes.last()) else { return Ok(Vec::new()) };
    named(timestamps::between(connection, office, *first, *last)?)
}

/// All tokens about the head of one size.
///
/// # Errors
/// When the database cannot be reached.
pub fn about(connection: &mut Connection, office: &str, size: u64) -> store::Result<Vec<Named>> {
    named(timestamps::about(connection, office, size)?)
}

/// The file of a token: a reply that grants it. None where there is no such token.
///
/// # Errors
/// When the database cannot be reached, or holds no token.
pub fn file(connection: &mut Connection, office: &str, name: &FileName) -> store::Result<Option<Vec<u8>>> {
    let found = about(connection, office, name.size())?.into_iter().find(|token| token.name == *name);
    found.map(|token| token.file()).transpose()
}

impl Named {
    /// Its file: a reply that grants the token, as `openssl ts` reads it.
    ///
    /// # Errors
    /// When the database holds no token.
    pub fn file(&self) -> store::Result<Vec<u8>> {
        reply::granting(&self.stored.token).map_err(|error| store::Error::corrupt("token", &error.to_string()))
    }
}
