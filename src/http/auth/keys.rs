//! Bearer tokens: JWT (RFC 7519) signed with EdDSA (RFC 8037).

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use moka::sync::Cache;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{Party, UserId};
use crate::domain::name::Name;
use crate::domain::objects::Role;
use crate::http::problem::Problem;
use crate::ledger::clock::wall;

/// How long an access token is good.
pub const ACCESS_SECONDS: i64 = 900;
const AUDIENCE: &str = "ticun";

/// Who a token says the caller is.
#[derive(Clone, Debug)]
pub struct Claims {
    /// The user.
    pub user: UserId,
    /// The role they act in.
    pub role: Role,
    /// The office they belong to.
    pub office: Name,
    /// The party they acted for when the token was made.
    pub party: Option<Party>,
    expires_at_s: i64,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    aud: String,
    exp: i64,
    iat: i64,
    iss: String,
    jti: String,
    office: Name,
    party: Option<Party>,
    role: Role,
    sub: UserId,
}

/// The key pair that signs access tokens, and a memory of the tokens it has verified.
pub struct TokenKeys {
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
    known: Cache<Digest, Arc<Claims>>,
}

impl TokenKeys {
    /// From an Ed25519 key in PKCS#8 (RFC 8410).
    ///
    /// # Errors
    /// A sentence when the bytes are no such key.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, String> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|error| format!("not an Ed25519 key: {error}"))?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        validation.leeway = 0;
        Ok(Self {
            signing: EncodingKey::from_ed_der(pkcs8),
            verifying: DecodingKey::from_ed_der(pair.public_key().as_ref()),
            validation,
            known: Cache::builder().max_capacity(100_000).time_to_live(Duration::from_secs(60)).build(),
        })
    }

    /// A new access token.
    ///
    /// # Errors
    /// `internal` when it cannot be signed.
    pub fn issue(
        &self,
        user: UserId,
        role: Role,
        office: Name,
        party: Option<Party>,
        jti: String,
    ) -> Result<String, Problem> {
        let now = wall().micros() / 1_000_000;
        let wire = Wire {
            aud: AUDIENCE.to_owned(),
            exp: now.saturating_add(ACCESS_SECONDS),
            iat: now,
            iss: AUDIENCE.to_owned(),
            jti,
            office,
            party,
            role,
            sub: user,
        };
        encode(&Header::new(Algorithm::EdDSA), &wire, &self.signing).map_err(|error| {
            tracing::error!(%error, "a token could not be signed");
            Problem::new("internal")
        })
    }

    /// The claims of a token. A token once verified is known by its digest until it expires.
    ///
    /// # Errors
    /// `token_expired`, or `unauthenticated` for any other fault of the token.
    pub fn verify(&self, token: &str) -> Result<Arc<Claims>, Problem> {
        let digest = Digest::of(&[token.as_bytes()]);
        let claims = match self.known.get(&digest) {
            Some(claims) => claims,
            None => {
                let claims = Arc::new(self.decode(token)?);
                self.known.insert(digest, Arc::clone(&claims));
                claims
            }
        };
        if claims.expires_at_s <= wall().micros() / 1_000_000 {
            return Err(Problem::new("token_expired"));
        }
        Ok(claims)
    }

    fn decode(&self, token: &str) -> Result<Claims, Problem> {
        let decoded = decode::<Wire>(token, &self.verifying, &self.validation).map_err(|error| match error.kind() {
            jsonwebtoken::errors::ErrorKind::ExpiredSignature => Problem::new("token_expired"),
            _ => Problem::new("unauthenticated"),
        })?;
        let wire = decoded.claims;
        Ok(Claims { user: wire.sub, role: wire.role, office: wire.office, party: wire.party, expires_at_s: wire.exp })
    }
}
