//! Signatures of deciders: what is asked of a decision before it is written.
//!
//! Who has registered a key signs every decision with it. The statement is made of the decided event itself, so that a
//! signature fits exactly what the log says was decided on, and nothing that a caller or a command might call it.

use crate::domain::context::Context;
use crate::domain::event::{Event, Fact};
use crate::domain::id::UserId;
use crate::domain::name::Name;
use crate::domain::rejection::Rejection;
use crate::domain::signature::{Signature, SignatureBytes, SignerKey};
use crate::domain::state::State;
use crate::domain::statement::{Statement, possession};
use crate::log::key::PublicKey;

/// True for a key under which one signature cannot fit two messages, and which has one spelling.
#[must_use]
pub fn is_strict(key: &SignerKey) -> bool {
    PublicKey::parse(key.as_bytes()).is_ok()
}

/// True when `value` is the signature of `key` over `message`.
#[must_use]
pub fn fits(key: &SignerKey, message: &[u8], value: &SignatureBytes) -> bool {
    PublicKey::parse(key.as_bytes()).is_ok_and(|key| key.verify(message, value.as_bytes()).is_ok())
}

/// True when `proof` shows that a user of the log `origin` holds `key`.
#[must_use]
pub fn is_held(origin: &str, user: UserId, key: &SignerKey, proof: &SignatureBytes) -> bool {
    fits(key, possession(origin, user, key).as_bytes(), proof)
}

/// What somebody signs who decides this; none for an event that is no decision.
#[must_use]
pub fn statement(event: &Event, office: Name, origin: &str, signer: UserId) -> Option<Statement> {
    event.reviewed().map(|reviewed| Statement::of(&reviewed, office, origin, signer))
}

/// Checks a decider's signature and puts it into what they decided.
///
/// # Errors
/// [`Rejection::SignatureRequired`] where a key is in force and no signature is given, [`Rejection::SigningKeyMissing`]
/// where it is the other way round, and [`Rejection::SignatureInvalid`] for a signature by another key or over anything
/// else.
pub(super) fn sign(
    facts: &mut [Fact],
    state: &State,
    context: &Context<'_>,
    given: Option<&Signature>,
) -> Result<(), Rejection> {
    let Some(user) = context.actor.user() else { return Ok(()) };
    for fact in facts {
        let Some(statement) = statement(&fact.event, context.office, context.origin, user) else { continue };
        let in_force = state.users.get(user).and_then(|user| user.signing_key);
        match (in_force, given) {
            (None, None) => {}
            (None, Some(_)) => return Err(Rejection::SigningKeyMissing),
            (Some(_), None) => return Err(Rejection::SignatureRequired),
            (Some(key), Some(signature)) => {
                if signature.key != key || !fits(&key, &statement.to_bytes(), &signature.value) {
                    return Err(Rejection::SignatureInvalid);
                }
                fact.event.sign(*signature);
            }
        }
    }
    Ok(())
}
