//! Asking a witness for its cosignature (C2SP tlog-witness, `add-checkpoint`): the bytes of the request and what the
//! answers mean. Whoever calls carries them over HTTP.

mod reply;
mod request;

pub use reply::{REPLY_SIZE_BYTES_MAX, Reply, ReplyError, SIZE_CONTENT_TYPE, cosignature_of};
pub use request::{AddCheckpoint, PROOF_HASHES_MAX, REQUEST_SIZE_BYTES_MAX, RequestError};
