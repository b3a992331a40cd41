//! Timestamps: what an authority of its own states about a checkpoint (RFC 3161, with RFC 5816).
//!
//! An authority signs the SHA-256 of a text together with the time at which it saw it. The text is that of a
//! checkpoint: origin, size and root, each with its line feed, the last one included. Those are the bytes that the log
//! signs, and they follow from the entries alone: whoever has the log can tell for every size over which text a token
//! must be.
//!
//! | module | what it is |
//! |---|---|
//! | [`query`] | what is asked of an authority, and whether a token answers it |
//! | [`reply`] | its reply as it comes, and as it is kept in a file |
//! | [`token`] | a token, of which nothing is believed yet |
//! | [`trusted`] | the certificates that are believed, and what they prove of a token |
//! | [`file_name`] | how a token's file is called |
//!
//! The signed message (RFC 5652) and certificates (RFC 5280) are read by the RustCrypto crates, signatures and the
//! path to a believed certificate are checked by webpki with ring. Only the few structures of RFC 3161 itself are
//! spelt out here, since the crate that has them refuses times with fractions of a second.

pub mod file_name;
pub mod query;
pub mod reply;
mod time;
pub mod token;
pub mod trusted;

pub use file_name::FileName;
pub use query::{Mismatch, PolicyId, Query};
pub use reply::{REPLY_SIZE_BYTES_MAX, ReplyError};
pub use token::{Token, TokenError};
pub use trusted::{NotBelieved, Stamp, Trusted, TrustedError};
