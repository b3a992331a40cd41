//! Signing in: passwords, bearer tokens, refresh tokens.

mod keys;
mod passwords;
mod sessions;

pub use keys::{ACCESS_SECONDS, Claims, TokenKeys};
pub use passwords::{hash, hash_in_turn, verify};
/// What a user name looks like.
pub const USERNAME_FORM: &str =
    "expected 3 to 64 of a-z, 0-9, dots, hyphens and underscores, beginning with a letter or digit";

/// Whether a text can be a user name: lower case, so that no two differ by case alone.
#[must_use]
pub fn is_username(text: &str) -> bool {
    let starts = text.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit());
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "._-".contains(letter);
    (3..=64).contains(&text.len()) && starts && text.chars().all(plain)
}

pub use sessions::{login_digest, logout, refresh, sign_in};
