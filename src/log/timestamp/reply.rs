//! An authority's reply (RFC 3161 section 2.4.2): a status, and a token if it was granted.

use der::asn1::{Any, BitString};
use der::{Decode as _, Encode as _, Sequence};

use super::token::{Token, TokenError};

/// The largest reply that is read; real ones have a few thousand bytes.
pub const REPLY_SIZE_BYTES_MAX: usize = 64 * 1024;
/// As much of an authority's own words is told on.
const WORDS_CHARS_MAX: usize = 200;

#[derive(Sequence)]
struct PkiStatusInfo {
    status: u8,
    #[asn1(optional = "true")]
    status_string: Option<Vec<String>>,
    #[asn1(optional = "true")]
    fail_info: Option<BitString>,
}

#[derive(Sequence)]
struct TimeStampResp {
    status: PkiStatusInfo,
    #[asn1(optional = "true")]
    time_stamp_token: Option<Any>,
}

/// Why there is no token in a reply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// It is no reply at all.
    #[error("it is no reply of a timestamping authority")]
    Form,
    /// The authority says no, and why.
    #[error("the authority refuses: {0}")]
    Refused(String),
    /// What it granted is no token.
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// The token in a reply.
///
/// # Errors
/// [`ReplyError`].
pub fn token_in(reply: &[u8]) -> Result<Token, ReplyError> {
    if reply.len() > REPLY_SIZE_BYTES_MAX {
        return Err(ReplyError::Form);
    }
    let reply = TimeStampResp::from_der(reply).map_err(|_| ReplyError::Form)?;
    // granted (0), or granted with modifications (1)
    match (reply.status.status, &reply.time_stamp_token) {
        (0 | 1, Some(token)) => Ok(Token::parse(&token.to_der().map_err(|_| ReplyError::Form)?)?),
        (0 | 1, None) => Err(ReplyError::Form),
        (status, _) => Err(ReplyError::Refused(why(status, &reply.status))),
    }
}

/// A reply that grants a token: the form of a `.tsr` file, which other programs read.
///
/// # Errors
/// When the bytes are no DER.
pub fn granting(token: &[u8]) -> der::Result<Vec<u8>> {
    let status = PkiStatusInfo { status: 0, status_string: None, fail_info: None };
    TimeStampResp { status, time_stamp_token: Some(Any::from_der(token)?) }.to_der()
}

/// What an authority says beside its no. Its own words are quoted, and cut short.
fn why(status: u8, info: &PkiStatusInfo) -> String {
    let status = match status {
        2 => "rejection".to_owned(),
        3 => "waiting".to_owned(),
        4 => "revocation warning".to_owned(),
        5 => "revocation notification".to_owned(),
        other => format!("status {other}"),
    };
    let bits = info.fail_info.iter().flat_map(|bits| bits.bits().enumerate()).filter(|(_, is_set)| *is_set);
    let failures = bits.map(|(bit, _)| match bit {
        0 => "the algorithm is not supported".to_owned(),
        2 => "the request is not permitted".to_owned(),
        5 => "the request has the wrong form".to_owned(),
        14 => "it has no time".to_owned(),
        15 => "the policy is not supported".to_owned(),
        16 => "the extension is not supported".to_owned(),
        17 => "additional information is not available".to_owned(),
        25 => "system failure".to_owned(),
        other => format!("failure {other}"),
    });
    let words: String = info.status_string.iter().flatten().cloned().collect::<Vec<_>>().join("; ");
    let words: String = words.chars().take(WORDS_CHARS_MAX).collect();
    let quoted = (!words.is_empty()).then(|| format!("{words:?}"));
    std::iter::once(status).chain(failures).chain(quoted).collect::<Vec<_>>().join(", ")
}
