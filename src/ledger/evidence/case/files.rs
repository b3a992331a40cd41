//! Files that were laid before the parties of a dispute: what the entries commit to, and the files themselves.

use serde::Deserialize;

use super::Case;
use crate::domain::digest::Digest;
use crate::domain::event::{EvidenceStaged, EvidenceSubmitted};
use crate::ledger::evidence::Finding;
use crate::ledger::evidence::names::Named;
use crate::ledger::evidence::summary::DocumentLine;
use crate::ledger::records;
use crate::store::records::{Record, RecordKind};

/// What was said of a file when it was handed in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    media_type: String,
    name: String,
    sha256: Digest,
    size_bytes: u64,
    sm3: Digest,
}

/// A file and what was said of it, each with the random bytes of its commitment.
pub struct GivenFile<'a> {
    /// The file.
    pub body: &'a [u8],
    /// Its random bytes.
    pub salt: &'a [u8],
    /// What was said of it: canonical JSON.
    pub about: &'a [u8],
    /// The random bytes of that.
    pub about_salt: &'a [u8],
}

impl Case {
    pub(super) fn staged(&mut self, position: u64, data: &EvidenceStaged) {
        self.staged.push((position, data.clone()));
    }

    /// From here on it is a document of the case; its digests stand in the entry that handed it in.
    pub(super) fn submitted(&mut self, data: &EvidenceSubmitted) {
        let found = self.staged.iter().find(|(_, staged)| staged.evidence == data.evidence);
        let Some((position, staged)) = found else { return };
        let (sha256, sm3) = (staged.file_sha256, staged.file_sm3);
        let line = DocumentLine { kind: "dispute_evidence", file: None, name: None, position: *position, sha256, sm3 };
        self.documents.push(line);
    }

    /// Takes in a file that the entry at a position commits to.
    ///
    /// # Errors
    /// When it is another one, or was never laid before the parties.
    pub fn file(&mut self, position: u64, given: &GivenFile<'_>) -> Result<(), Finding> {
        let (place, said) = (Named::File(position).name(), Named::About(position).name());
        let refuted = |place: &str, what: &str| Finding::refuted(place, format!("{what} entry {position} commits to"));
        let staged = self.staged.iter().find(|(at, _)| *at == position).map(|(_, staged)| staged);
        let line = self.documents.iter_mut().find(|line| line.kind == "dispute_evidence" && line.position == position);
        let (Some(staged), Some(line)) = (staged, line) else {
            return Err(Finding::refuted(&place, "no entry here lays it before the parties"));
        };
        let record =
            |kind, digest, salt: &[u8], body: &[u8]| Record { digest, kind, salt: salt.to_vec(), body: body.to_vec() };
        let file = record(RecordKind::File, staged.file_sha256, given.salt, given.body);
        if !records::verify(&file) || Digest::sm3(&[given.salt, given.body].concat()) != staged.file_sm3 {
            return Err(refuted(&place, "it is not the file that"));
        }
        let about = record(RecordKind::Profile, staged.manifest, given.about_salt, given.about);
        let read = serde_json::from_slice::<About>(given.about).ok().filter(|_| records::verify(&about));
        let Some(about) = read else { return Err(refuted(&said, "it is not what")) };
        let size = u64::try_from(given.body.len()).unwrap_or(u64::MAX);
        let digests = (Digest::of(&[given.body]), Digest::sm3(given.body));
        if (about.sha256, about.sm3) != digests || about.size_bytes != size || staged.size_bytes != size {
            return Err(Finding::refuted(&said, "it says something else than the file"));
        }
        line.file = Some(place);
        line.name = Some(format!("{} ({}, {size} bytes)", about.name, about.media_type));
        Ok(())
    }
}
