//! Where an office's log stands in a database that nobody vouches for, such as a copy: its entries hashed again, and
//! what was published held against them.

use std::collections::BTreeMap;

use super::office::{self, OfficeError};
use crate::domain::digest::Digest;
use crate::log::chain;
use crate::log::heads::Head;
use crate::log::tree::{Frontier, Hash};
use crate::store::{self, Connection, dialect, entries, head};

/// Entries read at once.
const PAGE: i64 = 1_000;

/// Where a log stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// The log's name.
    pub origin: String,
    /// How many entries it has.
    pub entries: u64,
    /// The leaf of the newest one.
    pub leaf: Digest,
    /// The root of the tree over all of them.
    pub root: Hash,
    /// How what was published stands to them.
    pub published: Published,
}

/// How what was published of a log stands to the entries of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// Nothing is known of any head.
    Unknown,
    /// Every head is one of these entries.
    Covered {
        /// How many entries the largest head has.
        size: u64,
    },
    /// Entries were published that are not here.
    Ahead {
        /// How many entries the largest head has.
        size: u64,
    },
    /// A head is not one of these entries: this is another log, or a changed one.
    Contradicts {
        /// How many entries that head has.
        size: u64,
    },
}

/// Why a log could not be surveyed.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// There is no such office, or its first entry is not what this service writes.
    #[error(transparent)]
    Office(#[from] OfficeError),
    /// An entry is missing, or its bytes do not give the hash that is stored beside them.
    #[error("entry {position} is not what it was")]
    Entry {
        /// Where.
        position: u64,
    },
    /// The head is not the one of these entries.
    #[error("the head says {said} entries and there are {found}, or its last leaf is another one")]
    Head {
        /// What the head says.
        said: u64,
        /// How many there are.
        found: u64,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl SurveyError {
    /// True where something is proven to be wrong; false where it only could not be looked at.
    #[must_use]
    pub const fn is_finding(&self) -> bool {
        matches!(
            self,
            Self::Entry { .. }
                | Self::Head { .. }
                | Self::Office(OfficeError::FirstEntry(_))
                | Self::Store(store::Error::Corrupt { .. })
        )
    }
}

/// Reads an office's whole log on one snapshot, and compares it with heads that were published.
///
/// # Errors
/// [`SurveyError`].
pub fn survey(connection: &mut Connection, office: &str, heads: &[Head]) -> Result<Survey, SurveyError> {
    let read = dialect::snapshot(connection, |connection| match on_snapshot(connection, office, heads) {
        Err(SurveyError::Store(error)) => Err(error),
        answer => Ok(answer),
    });
    read?
}

fn on_snapshot(connection: &mut Connection, office: &str, heads: &[Head]) -> Result<Survey, SurveyError> {
    let origin = office::open(connection, office)?.origin;
    let said = head::read(connection, office)?.ok_or_else(|| OfficeError::Unknown(office.to_owned()))?;
    let mut roots: BTreeMap<u64, Option<Hash>> = heads.iter().map(|head| (head.size, None)).collect();
    let (mut tree, mut leaf) = (Frontier::new(), Digest::ZERO);
    loop {
        let page = entries::from(connection, office, tree.size(), PAGE)?;
        if page.is_empty() {
            break;
        }
        for entry in page {
            let hash = chain::leaf(&entry.bytes);
            if entry.position != tree.size() || hash != *entry.leaf.as_bytes() {
                return Err(SurveyError::Entry { position: tree.size() });
            }
            leaf = entry.leaf;
            tree.append(hash);
            if let Some(root) = roots.get_mut(&tree.size()) {
                *root = Some(tree.root());
            }
        }
    }
    if (said.next_position, said.leaf) != (tree.size(), leaf) {
        return Err(SurveyError::Head { said: said.next_position, found: tree.size() });
    }
    let published = compared(heads, &roots, tree.size());
    Ok(Survey { origin, entries: tree.size(), leaf, root: tree.root(), published })
}

fn compared(heads: &[Head], roots: &BTreeMap<u64, Option<Hash>>, entries: u64) -> Published {
    let differs = |head: &&Head| roots.get(&head.size).copied().flatten().is_some_and(|root| root != head.root);
    if let Some(head) = heads.iter().find(differs) {
        return Published::Contradicts { size: head.size };
    }
    match heads.iter().map(|head| head.size).max() {
        None => Published::Unknown,
        Some(size) if size > entries => Published::Ahead { size },
        Some(size) => Published::Covered { size },
    }
}
