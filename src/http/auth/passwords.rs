//! Passwords: argon2id in PHC form, on few threads at a time.

use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;

use crate::http::problem::Problem;

/// Hashing is made to cost; two at a time leave the machine to the deliveries.
static AT_A_TIME: Semaphore = Semaphore::const_new(2);

/// A hash that no password has: checking against it costs as much as against a real one.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$2IVNzQUh2PcHBvQz3ooPGq1Fr2z5FVB6bG0zJAy0dFc";

/// The argon2id hash of a password.
///
/// # Errors
/// A sentence when it cannot be hashed.
pub fn hash(password: &str) -> Result<String, String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| format!("the password cannot be hashed: {error}"))
}

/// The same beside other work, and few at a time.
///
/// # Errors
/// `unavailable` when the service is stopping, `internal` when it cannot be hashed.
pub async fn hash_in_turn(password: String) -> Result<String, Problem> {
    let turn = AT_A_TIME.acquire().await.map_err(|_| Problem::new("unavailable"))?;
    let hashed = actix_web::web::block(move || hash(&password)).await;
    drop(turn);
    hashed.map_err(|_| Problem::new("unavailable"))?.map_err(|error| {
        tracing::error!(%error, "a password could not be hashed");
        Problem::new("internal")
    })
}

/// Whether the password is the one behind `hash`; without a hash it takes as long and is never right.
///
/// # Errors
/// `unavailable` when the service is stopping.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool, Problem> {
    let turn = AT_A_TIME.acquire().await.map_err(|_| Problem::new("unavailable"))?;
    let checked = actix_web::web::block(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let right = Argon2::default().verify_password(password.as_bytes(), hash.as_str()).is_ok();
        known && right
    });
    let right = checked.await.map_err(|_| Problem::new("unavailable"));
    drop(turn);
    right
}
