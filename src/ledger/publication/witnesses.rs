//! Asking witnesses to cosign the newest head (C2SP tlog-witness): what is sent, and what becomes of the answers.
//! Somebody else carries the bytes.

use std::sync::Arc;

use super::Answer;
use super::choice;
use super::compare::entries_count;
use super::error::{Divergence, PublishError};
use super::keys;
use super::lease::within_batch;
use crate::domain::name::Name;
use crate::domain::time::Timestamp;
use crate::ledger::sequencer::{Fault, Sequencer};
use crate::log::checkpoint::Checkpoint;
use crate::log::files::TileFiles;
use crate::log::heads::Head;
use crate::log::key::KeyName;
use crate::log::note::Note;
pub use crate::log::policy::Witness;
use crate::log::policy::{Policy, Quorum};
use crate::log::tile::TileNodes;
use crate::log::tree::{self, consistency};
use crate::log::witness::{AddCheckpoint, Reply, ReplyError, cosignature_of};
use crate::store::checkpoints::{self, StoredCosignature};
use crate::store::pool::ReadPool;
use crate::store::{self, Connection};

/// The most bytes of an answer that are read.
pub const ANSWER_SIZE_BYTES_MAX: usize = crate::log::witness::REPLY_SIZE_BYTES_MAX;
/// A cosignature from further in the future is not believed.
const FUTURE_S_MAX: u64 = 300;
/// Witnesses are asked again every ten minutes, so a quorum that was heard is never older for long.
pub const AGE_S_MAX: u64 = 30 * 60;

/// The witnesses of an office's log.
pub struct Witnesses {
    /// The office's writer: cosignatures ride along in its batches.
    pub sequencer: Sequencer,
    /// Connections for reading.
    pub reads: ReadPool,
    /// This node's tiles.
    pub tiles: TileFiles,
    /// Whom to ask, and how many are enough.
    pub policy: Arc<Policy>,
    /// The log's origin, which is the name of its keys.
    pub origin: KeyName,
}

/// A head to be cosigned.
#[derive(Clone, Debug)]
pub struct Asked {
    head: Head,
    note: Note,
}

/// What an answer leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The cosignature is stored.
    Cosigned,
    /// The witness has cosigned another size, from which the proof must begin.
    Knows(u64),
    /// The witness has seen what this database does not have: look at the head that it shows.
    Contradicts,
}

/// Why a witness's answer is of no use.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// It answered something else than a cosignature.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// Its clock is wrong, or ours.
    #[error("the cosignature comes from the future: {0} seconds after 1970")]
    Future(u64),
    /// No proof could be made.
    #[error("there is no consistency proof from {old} to {size}: {reason}")]
    Proof {
        /// The size that the witness knows.
        old: u64,
        /// The size to be cosigned.
        size: u64,
        /// Why.
        reason: String,
    },
    /// The database could not be read.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The writer gave no answer.
    #[error(transparent)]
    Writer(#[from] Fault),
    /// The head that it shows is not signed by this log.
    #[error("the head that the witness shows is not this log's")]
    Stranger,
    /// The tiles could not be read.
    #[error(transparent)]
    Files(#[from] PublishError),
}

impl Witnesses {
    /// The office's name.
    #[must_use]
    pub fn office(&self) -> Name {
        self.sequencer.office().name
    }

    /// Whom to ask, and where.
    pub fn to_ask(&self) -> impl Iterator<Item = (&Witness, &str)> {
        self.policy.witnesses().iter().filter_map(|witness| Some((witness, witness.url.as_deref()?)))
    }

    /// Where a witness shows the newest head that it has cosigned.
    #[must_use]
    pub fn shown_at(&self, url: &str) -> String {
        use sha2::{Digest as _, Sha256};
        let origin = hex::encode(Sha256::digest(self.origin.as_str()));
        format!("{}/{origin}/checkpoint", url.trim_end_matches('/'))
    }

    /// The newest head; none before the first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn newest(&self) -> store::Result<Option<Asked>> {
        let office = self.office();
        self.reads.read(|connection| {
            let Some(row) = checkpoints::newest(connection, office.as_str())? else { return Ok(None) };
            let note = Note::parse(row.note.as_bytes())
                .map_err(|error| store::Error::Corrupt { what: "checkpoint", value: error.to_string() })?;
            Ok(Some(Asked { head: Head { size: row.size, root: row.root }, note }))
        })
    }

    /// The newest size that a witness has cosigned, as far as the database knows; 0 if none.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn known_to(&self, witness: &Witness) -> store::Result<u64> {
        let (office, name) = (self.office(), witness.key.name().as_str());
        let known = self.reads.read(|connection| checkpoints::newest_cosigned_by(connection, office.as_str(), name));
        Ok(known?.unwrap_or(0))
    }

    /// The body of a request to a witness that knows `old`.
    ///
    /// # Errors
    /// [`WitnessError::Proof`].
    pub fn request(&self, asked: &Asked, old: u64) -> Result<String, WitnessError> {
        let size = asked.head.size;
        let proof = consistency(old, size, &mut TileNodes::new(self.tiles.clone(), size));
        let proof = proof.map_err(|error| WitnessError::Proof { old, size, reason: error.to_string() })?;
        Ok(AddCheckpoint { old_size: old, proof, checkpoint: asked.note.clone() }.to_string())
    }

    /// Reads an answer; a good cosignature is stored. Blocks until it is.
    ///
    /// # Errors
    /// [`WitnessError`].
    pub fn hear(
        &self,
        asked: &Asked,
        witness: &Witness,
        answer: &Answer,
        now: Timestamp,
    ) -> Result<Heard, WitnessError> {
        let lines = match Reply::parse(answer.status, answer.content_type.as_deref(), &answer.body) {
            Ok(Reply::Lines(lines)) => lines,
            Ok(Reply::Conflict { known_size }) if known_size > asked.head.size => {
                // Another node may have published meanwhile; more entries than there are, it cannot have.
                let office = self.office();
                let head = self.reads.read(|connection| store::head::read(connection, office.as_str()))?;
                let entries = head.map_or(0, |head| head.next_position);
                return Ok(if known_size > entries { Heard::Contradicts } else { Heard::Knows(known_size) });
            }
            Ok(Reply::Conflict { known_size }) => return Ok(Heard::Knows(known_size)),
            Err(ReplyError::Inconsistent) => return Ok(Heard::Contradicts),
            Err(error) => return Err(error.into()),
        };
        let (line, time_s) = cosignature_of(&witness.key, &lines, asked.note.text())?;
        if time_s > seconds(now).saturating_add(FUTURE_S_MAX) {
            return Err(WitnessError::Future(time_s));
        }
        let cosigned_us = i64::try_from(time_s).unwrap_or(i64::MAX).saturating_mul(1_000_000);
        let new = StoredCosignature {
            size: asked.head.size,
            witness: witness.key.name().as_str().to_owned(),
            line: line.to_string(),
            cosigned_at: Timestamp::from_micros(cosigned_us),
        };
        let record =
            move |connection: &mut Connection, office: &str| checkpoints::record_cosignature(connection, office, &new);
        within_batch(&self.sequencer, now, record)?;
        Ok(Heard::Cosigned)
    }

    /// Looks at the head that a witness shows. If this log has signed it and the database contradicts it, the office
    /// becomes read-only: nobody's word is taken for that, only our own signature.
    ///
    /// # Errors
    /// [`WitnessError::Stranger`] for a head that this log has not signed, and when database or tiles cannot be read.
    pub fn confront(&self, shown: &[u8]) -> Result<(), WitnessError> {
        let note = Note::parse(shown).map_err(|_| WitnessError::Stranger)?;
        let office = self.office();
        // What a retired key has signed while it was in force was said all the same.
        let known = self.reads.read(|connection| keys::ever(connection, office.as_str()))?;
        note.verify(&known).map_err(|_| WitnessError::Stranger)?;
        let checkpoint = Checkpoint::parse(note.text()).map_err(|_| WitnessError::Stranger)?;
        if checkpoint.origin() != self.origin.as_str() {
            return Err(WitnessError::Stranger);
        }
        let published = checkpoint.size();
        let counted = self.reads.read(|connection| Ok(entries_count(connection, office.as_str())));
        let entries = counted??;
        let divergence = if entries < published {
            Divergence::Shorter { entries, published }
        } else if published <= self.sequencer.standing().published_size() && self.root(published)? != *checkpoint.root()
        {
            Divergence::OtherRoot { size: published }
        } else {
            return Ok(());
        };
        self.sequencer.standing().make_read_only(office, format!("a witness has seen more: {divergence}"));
        Ok(())
    }

    fn root(&self, size: u64) -> Result<tree::Hash, PublishError> {
        tree::root(size, &mut TileNodes::new(self.tiles.clone(), size)).map_err(|_| PublishError::Tiles)
    }

    /// Measures whether the newest head has its quorum, and how old the newest one is that has. Answers whether both
    /// are as they should be.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn measure(&self, now: Timestamp) -> store::Result<bool> {
        if !self.policy.requires_witnesses() {
            return Ok(true);
        }
        let office = self.office();
        let (latest, cosigned, policy) = self.reads.read(|connection| {
            let latest = choice::latest(connection, office.as_str())?;
            let cosigned = choice::newest_by_policy(connection, office.as_str(), &self.policy)?;
            Ok((latest, cosigned, keys::believed(connection, office.as_str(), &self.policy)?))
        })?;
        let quorum = |note: Option<&Note>| note.and_then(|note| Some(policy.judge(note).ok()?.quorum));
        let met = latest.is_none() || quorum(latest.as_ref()).is_some_and(Quorum::is_enough);
        let age_s = match quorum(cosigned.as_ref()) {
            Some(Quorum::Met { fresh_s, .. }) => seconds(now).saturating_sub(fresh_s),
            _ => u64::from(u32::MAX),
        };
        let fresh = latest.is_none() || age_s <= AGE_S_MAX;
        let gauge = |name: &'static str, value: u32| metrics::gauge!(name, "office" => office.to_string()).set(value);
        gauge("ticun_log_quorum_missed", u32::from(!met));
        gauge("ticun_log_freshness_missed", u32::from(!fresh));
        gauge("ticun_log_cosigned_age_seconds", u32::try_from(age_s).unwrap_or(u32::MAX));
        Ok(met && fresh)
    }
}

fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.micros() / 1_000_000).unwrap_or(0)
}
