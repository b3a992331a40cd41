//! Somebody with a key of their own, who signs what the service hands out.

use actix_web::http::Method;
use serde_json::{Value, json};
use ticun::domain::id::UserId;
use ticun::domain::signature::{SignatureBytes, SignerKey};
use ticun::domain::statement::possession;
use ticun::log::key::SigningKey;

use super::{Reply, World, text};

/// The name of the tests' log.
pub const ORIGIN: &str = "demo.example/log/changning";

/// A private key.
pub struct Signer(SigningKey);

impl Signer {
    /// The key of a seed.
    pub fn new(seed: u8) -> Self {
        Self(SigningKey::from_seed(&[seed; 32]).expect("32 bytes"))
    }

    /// The public half.
    pub fn key(&self) -> SignerKey {
        SignerKey::from_bytes(*self.0.public_key().as_bytes())
    }

    /// A bare signature.
    pub fn sign(&self, message: &[u8]) -> SignatureBytes {
        SignatureBytes::from_bytes(self.0.sign(message))
    }

    /// The member `signature` of a decision.
    pub fn signature(&self, statement: &[u8]) -> Value {
        json!({"key": self.key(), "value": self.sign(statement)})
    }

    /// The body with which a user registers this key.
    pub async fn registration(&self, world: &World, user: &str) -> Value {
        let id = UserId::parse(&text(&world.get(user, "/v1/me").await, "id")).expect("an id");
        json!({"public_key": self.key(), "proof": self.sign(possession(ORIGIN, id, &self.key()).as_bytes())})
    }

    /// Registers this key for a user.
    pub async fn register(&self, world: &World, user: &str) -> Reply {
        let body = self.registration(world, user).await;
        world.ask(Method::PUT, "/v1/me/signing-key").by(user).json(&body).send().await
    }
}

impl World {
    /// What a user would sign: the bytes and the revision to name.
    pub async fn to_sign(&self, user: &str, object: &str, action: &str) -> Reply {
        let reply = self.ask(Method::GET, format!("{object}/decision-statement?action={action}")).by(user).send().await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply
    }
}
