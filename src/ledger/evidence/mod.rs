//! A contract's evidence as one file that a court can keep, and that anybody can check without this service.
//!
//! | file | what it is |
//! |---|---|
//! | `result.html`, `result.json` | what happened and what it comes to, for people and for programs; made from the files below alone |
//! | `HOW-TO-CHECK.txt` | how to check it with tools that are not ours |
//! | `entries/000041.json` | an entry of the log, its exact bytes |
//! | `receipts/000041.tlog-proof` | the proof that it stands in the log (C2SP tlog-proof) |
//! | `checkpoint` | the one signed head that all receipts lead to, with its witnesses' lines |
//! | `times/not-later/…`, `times/not-before/…` | earlier heads, between whose cosigned times entries came into the log |
//! | `times/consistency/…` | that each of those heads is a beginning of the one head (as in C2SP tlog-witness) |
//! | `terms.json` | the terms that both parties signed, their exact bytes |
//! | `texts/000041-note.txt`, `.salt` | a note or reason that an entry commits to, and the random bytes of the commitment |
//! | `policy.txt`, `log.key`, `log.retired.key` | which witnesses are asked, and the log's verifier keys |
//! | `manifest.json`, `SHA256SUMS` | every file with its digests |
//!
//! [`Case`] takes in the files one by one, checks each, and ends in a [`Summary`]. Whoever writes the file and whoever
//! checks it go the same way, so that nothing is written that would not pass. Tokens of a time-stamping authority for
//! the checkpoint belong into `timestamps/`, by way of a method of their own on [`Case`].

mod archive;
mod case;
pub mod check;
pub mod gather;
mod names;
mod page;
mod settled;
pub mod summary;
mod texts;
mod times;
mod words;

pub use case::Case;
pub use summary::Summary;

/// What a look at a part of the evidence led to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct Finding {
    /// How bad it is.
    pub doubt: Doubt,
    /// Which file.
    pub place: String,
    /// What is the matter with it.
    pub what: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It cannot be decided: something is missing or not known.
    Undecided,
    /// It is not what it says it is.
    Refuted,
}

impl Finding {
    fn undecided(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { doubt: Doubt::Undecided, place: place.into(), what: what.into() }
    }

    fn refuted(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { doubt: Doubt::Refuted, place: place.into(), what: what.into() }
    }
}
