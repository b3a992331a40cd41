//! The files of disputes: those that were laid before the parties, one after the other, so that only one is in memory.

use std::io::{Seek, Write};

use super::{Broken, Gathering};
use crate::domain::digest::Digest;
use crate::domain::event::Event;
use crate::domain::id::EvidenceId;
use crate::ledger::entry::Entry;
use crate::ledger::evidence::case::GivenFile;
use crate::ledger::evidence::names::Named;
use crate::store::records::Record;
use crate::store::{Connection, records};

/// A file that an entry hands in.
pub(super) struct Handed {
    evidence: EvidenceId,
    position: u64,
    file: Digest,
    about: Digest,
    submitted: bool,
}

impl<W: Write + Seek> Gathering<'_, W> {
    /// Remembers a file that is handed in, and that it is laid before the others.
    pub(super) fn hand_in(&mut self, entry: &Entry) {
        match &entry.fact.event {
            Event::EvidenceStaged(data) => self.handed.push(Handed {
                evidence: data.evidence,
                position: entry.position,
                file: data.file_sha256,
                about: data.manifest,
                submitted: false,
            }),
            Event::EvidenceSubmitted(data) => {
                let found = self.handed.iter_mut().find(|one| one.evidence == data.evidence);
                if let Some(found) = found {
                    found.submitted = true;
                }
            }
            _ => {}
        }
    }

    /// Adds the files that are still there.
    pub(super) fn files(&mut self, connection: &mut Connection) -> Result<(), Broken> {
        let handed = std::mem::take(&mut self.handed);
        for one in handed.iter().filter(|one| one.submitted) {
            let mut record = |digest| -> Result<Option<Record>, Broken> {
                Ok(records::find(connection, self.asked.office, &[digest])?.into_iter().next())
            };
            let (Some(file), Some(about)) = (record(one.file)?, record(one.about)?) else { continue };
            let given = GivenFile { body: &file.body, salt: &file.salt, about: &about.body, about_salt: &about.salt };
            self.case.file(one.position, &given)?;
            let at = one.position;
            let parts = [
                (Named::File(at), &file.body),
                (Named::FileSalt(at), &file.salt),
                (Named::About(at), &about.body),
                (Named::AboutSalt(at), &about.salt),
            ];
            for (named, bytes) in parts {
                self.archive.add(&named.name(), bytes)?;
            }
        }
        Ok(())
    }
}
