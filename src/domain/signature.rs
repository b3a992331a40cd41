//! Public keys and signatures as they stand in events and requests: bytes of one size, in base64 (RFC 4648 section 4).
//! What a signature is worth is looked at by the ledger, which knows Ed25519.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::text;

/// Declares a type of bytes that has one spelling in base64.
macro_rules! base64_bytes {
    ($(#[$meta:meta])* $name:ident of $size:literal else $error:ident $sentence:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $size]);

        #[doc = concat!("Why a text is no [`", stringify!($name), "`].")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
        #[error($sentence)]
        pub struct $error;

        impl $name {
            /// Wraps the bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $size]) -> Self {
                Self(bytes)
            }

            /// The bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $size] {
                &self.0
            }

            /// Reads standard base64 with its padding.
            ///
            /// # Errors
            #[doc = concat!("[`", stringify!($error), "`] for any other text.")]
            pub fn parse(text: &str) -> Result<Self, $error> {
                let bytes = STANDARD.decode(text).map_err(|_| $error)?;
                bytes.try_into().map(Self).map_err(|_| $error)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&STANDARD.encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, out)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                text::read(input, Self::parse)
            }
        }
    };
}

base64_bytes! {
    /// The public Ed25519 key of somebody who signs decisions: the 32 bytes of RFC 8032 section 5.1.5.
    SignerKey of 32 else SignerKeyError "expected the 32 bytes of an Ed25519 public key in base64"
}

base64_bytes! {
    /// An Ed25519 signature: the 64 bytes of RFC 8032 section 5.1.6.
    SignatureBytes of 64 else SignatureBytesError "expected the 64 bytes of an Ed25519 signature in base64"
}

/// A signature over a decision, with the key that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The public key.
    pub key: SignerKey,
    /// The signature itself.
    pub value: SignatureBytes,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_spelling() {
        let written = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        let key = SignerKey::parse(written).expect("the first key of RFC 8032 section 7.1");
        assert_eq!(key.to_string(), written);
        for other in [
            "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURp=",
            " 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUQ==",
            "",
        ] {
            assert_eq!(SignerKey::parse(other), Err(SignerKeyError), "{other}");
        }
    }
}
