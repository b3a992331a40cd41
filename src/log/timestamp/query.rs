//! What is asked of an authority (RFC 3161 section 2.4.1), and whether a token answers it.

use std::fmt;
use std::str::FromStr;

use der::asn1::{Any, Int, ObjectIdentifier, OctetString};
use der::{Encode as _, Sequence};
use sha2::{Digest as _, Sha256};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::token::Token;

/// SHA-256 (RFC 5754).
pub(super) const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");

/// The policy under which an authority gives a token, by its object identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyId(pub(super) ObjectIdentifier);

impl FromStr for PolicyId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        ObjectIdentifier::new(text).map(Self).map_err(|_| "a policy is an object identifier such as 1.2.3.4.1")
    }
}

impl fmt::Display for PolicyId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0)
    }
}

/// The hash that is stamped, and by which algorithm it was made.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub(super) struct MessageImprint {
    hash_algorithm: AlgorithmIdentifierOwned,
    hashed_message: OctetString,
}

impl MessageImprint {
    /// True for the SHA-256 of a text; parameters of the algorithm may be absent or NULL.
    pub(super) fn is_of(&self, text: &[u8]) -> bool {
        let without = self.hash_algorithm.parameters.as_ref().is_none_or(|any| *any == Any::null());
        let hash = Sha256::digest(text);
        self.hash_algorithm.oid == SHA_256 && without && self.hashed_message.as_bytes() == hash.as_slice()
    }
}

#[derive(Sequence)]
struct TimeStampReq {
    version: u8,
    message_imprint: MessageImprint,
    #[asn1(optional = "true")]
    req_policy: Option<ObjectIdentifier>,
    #[asn1(optional = "true")]
    nonce: Option<Int>,
    #[asn1(default = "Default::default")]
    cert_req: bool,
}

/// A request for a token over a text.
#[derive(Clone, Debug)]
pub struct Query {
    text: Vec<u8>,
    nonce: Int,
    policy: Option<PolicyId>,
}

/// Why a token is no answer to a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// It is over something else.
    #[error("the token is over another text than the one that was sent")]
    Text,
    /// It may be an older one.
    #[error("the token does not bear the nonce of the request")]
    Nonce,
    /// It was given under another policy.
    #[error("the token was given under another policy than the one that was asked for")]
    Policy,
}

impl Query {
    /// Asks for a token over a checkpoint's text, with a random nonce, under a policy if one is wanted.
    ///
    /// # Errors
    /// Never in fact: 64 bits fit into the nonce's type.
    pub fn about(text: &str, nonce: u64, policy: Option<PolicyId>) -> der::Result<Self> {
        // An INTEGER is signed and as short as can be: a zero in front where the first bit is set, none elsewhere.
        let mut bytes = vec![0];
        bytes.extend(nonce.to_be_bytes());
        while let [0, next, ..] = bytes.as_slice()
            && *next < 0x80
        {
            bytes.remove(0);
        }
        Ok(Self { text: text.as_bytes().to_vec(), nonce: Int::new(&bytes)?, policy })
    }

    /// The bytes of the request. The authority is asked to send its certificates along, so that the token can be
    /// checked without it.
    ///
    /// # Errors
    /// Never in fact: everything in it is short.
    pub fn to_der(&self) -> der::Result<Vec<u8>> {
        let message_imprint = MessageImprint {
            hash_algorithm: AlgorithmIdentifierOwned { oid: SHA_256, parameters: Some(Any::null()) },
            hashed_message: OctetString::new(Sha256::digest(&self.text).as_slice())?,
        };
        let nonce = Some(self.nonce.clone());
        let policy = self.policy.map(|policy| policy.0);
        TimeStampReq { version: 1, message_imprint, req_policy: policy, nonce, cert_req: true }.to_der()
    }

    /// Checks that a token is about what was asked. Who signed it is another question.
    ///
    /// # Errors
    /// [`Mismatch`].
    pub fn answered_by(&self, token: &Token) -> Result<(), Mismatch> {
        if !token.is_over(&self.text) {
            return Err(Mismatch::Text);
        }
        if token.nonce() != Some(&self.nonce) {
            return Err(Mismatch::Nonce);
        }
        if self.policy.is_some_and(|policy| policy != token.policy()) {
            return Err(Mismatch::Policy);
        }
        Ok(())
    }
}
