//! What a witness answers to `add-checkpoint`, and what of it is believed.

use crate::log::cosignature::{self, CosignatureError};
use crate::log::key::{Algorithm, VerifierKey};
use crate::log::note::{NoteError, SignatureLine};
use crate::log::text;

/// The largest answer that is read: a hundred lines of a post-quantum signature each.
pub const REPLY_SIZE_BYTES_MAX: usize = 512 * 1024;
/// The content type of a conflict that tells a size.
pub const SIZE_CONTENT_TYPE: &str = "text/x.tlog.size";

/// An answer that leads on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// 200: signature lines, not checked yet; see [`cosignature_of`].
    Lines(Vec<SignatureLine>),
    /// 409: the witness has cosigned this size; the proof must begin there.
    Conflict {
        /// The size it knows.
        known_size: u64,
    },
}

/// Why an answer is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// 400: it did not understand the request.
    #[error("the witness did not understand the request")]
    BadRequest,
    /// 403: no signature of a log that it trusts for this origin, or one that does not fit.
    #[error("the witness does not accept the log's signature")]
    Forbidden,
    /// 404: it does not know the origin.
    #[error("the witness does not know this log")]
    UnknownLog,
    /// 422: the checkpoint is not a continuation of what it has seen. An honest log never gets this answer.
    #[error("the witness found the checkpoint inconsistent with what it has seen")]
    Inconsistent,
    /// Another status.
    #[error("the witness answered with status {0}")]
    Status(u16),
    /// The body is larger than [`REPLY_SIZE_BYTES_MAX`].
    #[error("an answer of more than {REPLY_SIZE_BYTES_MAX} bytes")]
    Size,
    /// A conflict whose body is not a size, or is not declared as one.
    #[error("a conflict without the size that the witness knows")]
    Conflict,
    /// The body of a 200 is not made of signature lines.
    #[error(transparent)]
    Lines(#[from] NoteError),
    /// None of the lines is by this witness.
    #[error("the answer has no cosignature of this witness")]
    Missing,
    /// The witness's own line does not fit the checkpoint.
    #[error(transparent)]
    Cosignature(#[from] CosignatureError),
}

impl Reply {
    /// Reads an answer: its status, its content type if there is one, and its body.
    ///
    /// # Errors
    /// [`ReplyError`].
    pub fn parse(status: u16, content_type: Option<&str>, body: &[u8]) -> Result<Self, ReplyError> {
        if body.len() > REPLY_SIZE_BYTES_MAX {
            return Err(ReplyError::Size);
        }
        match status {
            200 => {
                let lines = std::str::from_utf8(body).map_err(|_| NoteError::Utf8)?;
                Ok(Self::Lines(SignatureLine::parse_all(lines)?))
            }
            400 => Err(ReplyError::BadRequest),
            403 => Err(ReplyError::Forbidden),
            404 => Err(ReplyError::UnknownLog),
            409 => {
                let declared = content_type.is_some_and(is_size_type);
                let size = std::str::from_utf8(body).ok().and_then(|body| text::decimal(body.strip_suffix('\n')?));
                let known_size = size.filter(|_| declared).ok_or(ReplyError::Conflict)?;
                Ok(Self::Conflict { known_size })
            }
            422 => Err(ReplyError::Inconsistent),
            other => Err(ReplyError::Status(other)),
        }
    }
}

/// Content types are compared without case and without parameters (RFC 9110 section 8.3.1).
fn is_size_type(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(SIZE_CONTENT_TYPE)
}

/// The newest cosignature of this witness among the lines of its answer, checked against the text of the checkpoint,
/// and its time in seconds since 1970 UTC. Lines of other keys are ignored.
///
/// # Errors
/// [`ReplyError::Missing`] if the witness has no line, [`ReplyError::Cosignature`] if one of its lines does not fit or
/// carries no time.
pub fn cosignature_of(
    witness: &VerifierKey,
    lines: &[SignatureLine],
    checkpoint_text: &str,
) -> Result<(SignatureLine, u64), ReplyError> {
    let mut newest: Option<(SignatureLine, u64)> = None;
    let own = lines.iter().filter(|line| witness.algorithm() == Algorithm::CosignatureV1 && line.names(witness));
    for line in own {
        let time_s = cosignature::verify(checkpoint_text, line.signature(), witness.public_key())?;
        if time_s == 0 {
            return Err(ReplyError::Cosignature(CosignatureError::Time));
        }
        if newest.as_ref().is_none_or(|(_, newest_s)| *newest_s < time_s) {
            newest = Some((line.clone(), time_s));
        }
    }
    newest.ok_or(ReplyError::Missing)
}
