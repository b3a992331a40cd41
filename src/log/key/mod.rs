//! Keys: the private one that signs a log's heads, the public ones that others check with, and the form in which
//! they are handed around (C2SP signed-note, "Verifier keys").

mod name;
mod public;
mod signing;
mod verifier;

pub use name::{KeyName, KeyNameError};
pub use public::{PublicKey, PublicKeyError, SIGNATURE_SIZE_BYTES, Signature};
pub use signing::{KeyError, SigningKey};
pub use verifier::{Algorithm, KeyId, VerifierKey, VerifierKeyError, key_id};
