//! From entries to a published head, in steps of which each is durable before the next begins.
//!
//! 1. **The tiles are fsynced.** If we die before, the next start cuts them back to the newest published head and
//!    appends again. If we die after, they reach beyond every published head; that does no harm, and nobody is shown it.
//! 2. **The head is signed** with every key in force, in memory. If we die, the same head signed again is the same bytes.
//! 3. **The heads file is fsynced.** From here on this node remembers what it has signed. If we die, nobody has seen it
//!    yet; the next round covers the same entries or more of them, so it agrees with what was noted.
//! 4. **The row is committed**, in a transaction that sees our fencing number still in force. If we die before, the
//!    next round, ours or another node's, records this size or a larger one. If we die after, the head is published.
//! 5. **It is announced** to whoever waits for it. If we die, the next start announces the newest row.

use super::compare::{entries_count, long_enough, newest_checkpoint, root_on_disk, roots_agree};
use super::error::{Divergence, PublishError};
use super::integrate::integrate;
use super::keys;
use super::lease::{SIGNING, within_batch};
use super::{Files, Publisher};
use crate::domain::time::Timestamp;
use crate::log::heads::{Head, HeadsError};
use crate::log::key::VerifierKey;
use crate::store::checkpoints::{self, StoredCheckpoint};
use crate::store::{self, Connection, leases};

/// A durable step towards a published head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The tiles under it survive a loss of power.
    TilesSynced,
    /// It is signed.
    Signed,
    /// It stands in this node's own file.
    HeadSynced,
    /// It stands in the database.
    RowCommitted,
    /// Whoever waits has been told.
    Announced,
}

/// How a round ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// A new head is published.
    Signed(Head),
    /// Every entry is covered by a head already.
    Nothing,
    /// Another node has the right to sign.
    Elsewhere,
    /// This node does not have all keys of the log, and leaves signing to others.
    KeyMissing,
    /// The right to sign went to another node while we signed: the head was not recorded, and nobody has seen it.
    Fenced,
    /// The database contradicts what was published: nothing is signed any more.
    ReadOnly,
}

/// What became of a head in the transaction that was to record it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recorded {
    Yes,
    Fenced,
    /// There is a head of this size or a larger one.
    Behind(Head),
}

impl Publisher {
    /// One round: publishes the entries that no head covers yet, if it is for this node to do; else follows what another
    /// has published. `now` is the time outside, in which leases run.
    ///
    /// # Errors
    /// [`PublishError`] when files, database or writer fail; the next round begins with comparing everything.
    pub fn publish(&mut self, now: Timestamp) -> Result<Done, PublishError> {
        let done = self.guarded(|publisher| publisher.round(now))?;
        self.measure(now);
        Ok(done.unwrap_or(Done::ReadOnly))
    }

    fn round(&mut self, now: Timestamp) -> Result<Done, PublishError> {
        if self.standing().read_only().is_some() {
            return Ok(Done::ReadOnly);
        }
        if self.files.is_none() {
            self.open_files()?;
        }
        let Some(mut files) = self.files.take() else { return Ok(Done::Nothing) };
        let done = self.round_with(&mut files, now)?;
        self.files = Some(files);
        Ok(done)
    }

    fn round_with(&mut self, files: &mut Files, now: Timestamp) -> Result<Done, PublishError> {
        let office = self.office();
        let newest = newest_checkpoint(&mut self.reads, office.as_str())?;
        let entries = entries_count(&mut self.reads, office.as_str())?;
        let known = [files.heads.newest(), newest];
        long_enough(entries, &known)?;
        if entries < files.tiles.size() {
            return Err(Divergence::Shorter { entries, published: files.tiles.size() }.into());
        }
        let published = newest.map_or(0, |newest| newest.size);
        if published == entries && published == self.standing().published_size() {
            return Ok(Done::Nothing);
        }
        integrate(&mut self.reads, office.as_str(), &mut files.tiles, entries)?;
        roots_agree(&files.tiles, &known)?;
        if let Some(newest) = newest {
            files.follow(newest)?;
            self.standing().announce(newest.size);
        }
        if published == entries {
            return Ok(Done::Nothing);
        }
        let keys = keys::in_force_at(&mut self.reads, office.as_str(), files.tiles.size())?;
        if let Err(error) = self.parts.signer.prepare(&keys) {
            tracing::error!(%office, %error, "this node cannot sign the log, and leaves it to others");
            self.lease.forget();
            self.is_keyless = true;
            return Ok(Done::KeyMissing);
        }
        self.is_keyless = false;
        let Some(fence) = self.take_lease(now)? else { return Ok(Done::Elsewhere) };
        self.sign(files, &keys, fence, now)
    }

    /// The steps themselves. The size is above that of the newest head, whose root the tiles lead to.
    fn sign(
        &mut self,
        files: &mut Files,
        keys: &[VerifierKey],
        fence: u64,
        now: Timestamp,
    ) -> Result<Done, PublishError> {
        let head = Head { size: files.tiles.size(), root: files.tiles.root() };
        files.tiles.sync().map_err(PublishError::Files)?;
        self.after(Step::TilesSynced);

        if root_on_disk(&files.tiles, head.size)? != head.root {
            return Err(PublishError::Tiles);
        }
        let note = self.parts.signer.sign(head, keys)?;
        self.after(Step::Signed);

        files.heads.append(head).map_err(|error| match error {
            HeadsError::Order { new, newest } => Divergence::Shorter { entries: new, published: newest }.into(),
            other => PublishError::Heads(other),
        })?;
        self.after(Step::HeadSynced);

        let row = StoredCheckpoint { size: head.size, root: head.root, note: note.to_string(), signed_at: now, fence };
        let record = move |connection: &mut Connection, office: &str| record(connection, office, &row);
        match within_batch(&self.parts.sequencer, now, record)? {
            Recorded::Yes => {}
            Recorded::Fenced => {
                self.lease.forget();
                return Ok(Done::Fenced);
            }
            Recorded::Behind(there) if there == head => {}
            // Another node was faster; the next round compares with its head.
            Recorded::Behind(_) => return Ok(Done::Elsewhere),
        }
        self.after(Step::RowCommitted);

        self.standing().announce(head.size);
        self.after(Step::Announced);
        Ok(Done::Signed(head))
    }

    fn measure(&mut self, now: Timestamp) {
        let office = self.office();
        let newest = checkpoints::newest(&mut self.reads, office.as_str()).ok().flatten();
        let entries = entries_count(&mut self.reads, office.as_str()).unwrap_or(0);
        let published = newest.as_ref().map_or(0, |newest| newest.size);
        let signed_at = newest.map_or(now, |newest| newest.signed_at);
        let age_us = now.micros().saturating_sub(signed_at.micros()).max(0);
        let gauge = |name: &'static str, value: u64| {
            let value = u32::try_from(value).unwrap_or(u32::MAX);
            metrics::gauge!(name, "office" => office.to_string()).set(value);
        };
        gauge("ticun_log_published_size", published);
        gauge("ticun_log_unpublished_entries", entries.saturating_sub(published));
        gauge("ticun_log_checkpoint_age_seconds", u64::try_from(age_us / 1_000_000).unwrap_or(0));
        gauge("ticun_log_key_missing", u64::from(self.is_keyless));
        gauge("ticun_office_read_only", u64::from(self.standing().read_only().is_some()));
    }
}

/// Records a head, if the lease is still held under its fencing number and no head of its size or a larger one is there.
fn record(connection: &mut Connection, office: &str, row: &StoredCheckpoint) -> store::Result<Recorded> {
    if !leases::is_held(connection, office, SIGNING, row.fence)? {
        return Ok(Recorded::Fenced);
    }
    if let Some(newest) = checkpoints::newest(connection, office)?
        && newest.size >= row.size
    {
        return Ok(Recorded::Behind(Head { size: newest.size, root: newest.root }));
    }
    checkpoints::record(connection, office, row)?;
    Ok(Recorded::Yes)
}
