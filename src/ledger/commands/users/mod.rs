//! Users.

mod register;
mod signing_key;
mod standing;

pub use register::RegisterUser;
pub use signing_key::{RegisterSigningKey, RetireSigningKey};
pub use standing::{DisableUser, EnableUser};
