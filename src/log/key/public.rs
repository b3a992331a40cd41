//! Public Ed25519 keys and strict verification (RFC 8032).
//!
//! ring checks that S is reduced and compares R byte by byte. It accepts points of small order, under which one
//! signature can fit many messages, and public keys in a second, non-canonical spelling. Evidence must mean one thing,
//! so both are refused here, as `verify_strict` of ed25519-dalek does.

use std::fmt;

use ring::signature::{ED25519, UnparsedPublicKey};

/// The size of an Ed25519 signature.
pub const SIGNATURE_SIZE_BYTES: usize = 64;
/// An Ed25519 signature: the point R, then the scalar S.
pub type Signature = [u8; SIGNATURE_SIZE_BYTES];

/// The y coordinates of the eight points whose order divides 8: little-endian, without the sign of x.
const SMALL_ORDER: [[u8; 32]; 5] = [
    [0; 32],
    [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, //
        0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, //
        0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
    [
        0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, //
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
    ],
];

/// A public Ed25519 key in its only spelling, and not of small order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

/// Why bytes are no public key, or a signature is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyError {
    /// There are not 32 bytes.
    #[error("a public key has 32 bytes")]
    Size,
    /// The point is written in another way than the canonical one, or has a small order.
    #[error("a public key that fits more than its own signatures")]
    Weak,
    /// The signature is not this key's over these bytes.
    #[error("the signature does not fit")]
    Signature,
}

impl PublicKey {
    /// Reads the 32 bytes of RFC 8032 section 5.1.5.
    ///
    /// # Errors
    /// [`PublicKeyError::Size`], or [`PublicKeyError::Weak`] for points that a strict verifier refuses. Bytes that are
    /// no point at all are found out by the first verification, which fails.
    pub fn parse(bytes: &[u8]) -> Result<Self, PublicKeyError> {
        let point: [u8; 32] = bytes.try_into().map_err(|_| PublicKeyError::Size)?;
        if is_weak(&point) { Err(PublicKeyError::Weak) } else { Ok(Self(point)) }
    }

    /// Wraps the key that ring derived from a private one, which is never weak.
    pub(super) const fn derived(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Checks a signature over `message`.
    ///
    /// # Errors
    /// [`PublicKeyError::Signature`].
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), PublicKeyError> {
        let weak = signature.first_chunk().is_none_or(is_weak);
        let fits = || UnparsedPublicKey::new(&ED25519, self.0).verify(message, signature).is_ok();
        if !weak && fits() { Ok(()) } else { Err(PublicKeyError::Signature) }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PublicKey({})", hex::encode(self.0))
    }
}

/// True for a point of small order and for a second spelling of any point.
fn is_weak(point: &[u8; 32]) -> bool {
    let mut y = *point;
    if let Some(last) = y.last_mut() {
        *last &= 0x7f;
    }
    // Spellings from 2^255 − 19 on stand for a smaller y; a zero x with a sign is among the points of small order.
    let [first, middle @ .., last] = y;
    let not_reduced = first >= 0xed && last == 0x7f && middle.iter().all(|byte| *byte == 0xff);
    not_reduced || SMALL_ORDER.contains(&y)
}
