//! Signing in: passwords, bearer tokens, refresh tokens.

mod keys;
mod passwords;
mod sessions;

pub use keys::{ACCESS_SECONDS, Claims, TokenKeys};
pub use passwords::{hash, verify};
pub use sessions::{login_digest, logout, refresh, sign_in};
