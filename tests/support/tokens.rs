//! Access tokens that the service did not make, or not like this.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use ticun::cli::keys;
use ticun::ledger::clock::wall;

use super::World;

/// The claims of a good token for a user, to be spoilt.
pub async fn claims(world: &World, user: &str) -> Value {
    let me = world.get(user, "/v1/me").await;
    let now = wall().micros() / 1_000_000;
    json!({
        "aud": "ticun", "exp": now + 600, "iat": now, "iss": "ticun", "jti": "made-by-a-test", "office": me["office"],
        "party": me["party"], "role": me["role"], "sub": me["id"]
    })
}

/// These claims, signed with the service's own key.
pub fn signed(world: &World, claims: &Value) -> String {
    let key = keys::signing_key(&world.config.data, "tokens").expect("the service's key");
    encode(&Header::new(Algorithm::EdDSA), claims, &EncodingKey::from_ed_der(&key)).expect("a token")
}

/// These claims, signed with a key of somebody else.
pub fn signed_by_another(claims: &Value) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let key = keys::signing_key(folder.path(), "tokens").expect("another key");
    encode(&Header::new(Algorithm::EdDSA), claims, &EncodingKey::from_ed_der(&key)).expect("a token")
}

/// These claims, signed with a shared secret: the public key of the service, which anybody may know.
pub fn signed_with_a_secret(claims: &Value, secret: &[u8]) -> String {
    encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(secret)).expect("a token")
}

/// These claims without a signature.
pub fn unsigned(claims: &Value) -> String {
    use base64::Engine as _;
    let part = |value: &Value| base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.", part(&json!({"alg": "none", "typ": "JWT"})), part(claims))
}
