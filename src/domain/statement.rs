//! What people sign: a decision over exactly what was reviewed, and the possession of a key.
//!
//! A decision's statement is made of the entry that records it and of nothing else, by this one function: for the
//! decider who asks for it, for the ledger that checks the signature, and for a verifier years later.

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::event::Reviewed;
use super::id::{ObjectId, Party, UserId};
use super::money::Amount;
use super::name::Name;
use super::objects::Basis;
use super::signature::SignerKey;
use super::text_enum::text_enum;

/// The version of this form.
const VERSION: u32 = 1;

text_enum! {
    /// What is decided.
    Action {
        ApproveSettlement = "settlement.approve",
        RejectSettlement = "settlement.reject",
        DecideRefund = "refund.decide",
        OrderUndisputed = "refund.order_undisputed",
        ApproveRefund = "refund.approve",
        DeclineRefund = "refund.decline",
        ApproveDefaultRun = "default_run.approve",
        AwardDispute = "dispute.award",
        ExecuteDispute = "dispute.execute",
        LiftFreeze = "freeze.lift",
        ExecuteFreeze = "freeze.execute",
        AcceptPriorService = "refund.accept_prior_service",
        RejectPriorService = "refund.reject_prior_service",
    }
}

text_enum! {
    /// What a signature is for. No other text that a key of Ticun signs begins like a statement.
    Purpose {
        Decision = "ticun.decision",
    }
}

text_enum! {
    /// The currency of the books.
    Currency {
        Cny = "CNY",
    }
}

/// What a decider had in front of them, as the event of their decision says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// What they decided.
    pub action: Action,
    /// The amount they decided about.
    pub amount: Amount,
    /// Whose money it is to be.
    pub payee: Party,
    /// The position of the newest entry about the object.
    pub position: u64,
    /// The object's revision.
    pub revision: u64,
}

/// A decision as it is signed. Its members stand in the order of their names, so that plain serialisation is canonical.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// What is decided.
    pub action: Action,
    /// The amount it is about.
    pub amount: Amount,
    /// On what basis a refund is decided.
    pub basis: Option<Basis>,
    /// The currency of the amount.
    pub currency: Currency,
    /// SHA-256 of the document that is carried out.
    pub document_sha256: Option<Digest>,
    /// The object decided on.
    pub object: ObjectId,
    /// The office in whose log it stands.
    pub office: Name,
    /// The name of that log.
    pub origin: String,
    /// Whose money it is to be.
    pub payee: Party,
    /// The position of the newest entry about the object, as reviewed.
    pub position: u64,
    /// What the signature is for.
    pub purpose: Purpose,
    /// The object's revision, as reviewed.
    pub revision: u64,
    /// Who decides.
    pub signer: UserId,
    /// The version of this form.
    pub v: u32,
}

/// Why bytes are no statement.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// They are not JSON of this form.
    #[error("this is no decision statement: {0}")]
    Form(#[from] serde_json::Error),
    /// The form's version is unknown.
    #[error("unknown version {0} of a decision statement")]
    Version(u32),
    /// They are not the one canonical spelling.
    #[error("the statement is not canonical JSON (RFC 8785)")]
    NotCanonical,
}

impl Statement {
    /// The statement of a decision by `signer` in the log `origin` of `office`.
    #[must_use]
    pub fn of(reviewed: &Reviewed<'_>, office: Name, origin: &str, signer: UserId) -> Self {
        let Review { action, amount, payee, position, revision } = *reviewed.review;
        Self {
            action,
            amount,
            basis: reviewed.basis,
            currency: Currency::Cny,
            document_sha256: reviewed.document_sha256,
            object: reviewed.object,
            office,
            origin: origin.to_owned(),
            payee,
            position,
            purpose: Purpose::Decision,
            revision,
            signer,
            v: VERSION,
        }
    }

    /// The exact bytes that are signed: canonical JSON (RFC 8785).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let bytes = serde_json::to_vec(self);
        assert!(bytes.is_ok(), "a statement always serialises");
        bytes.unwrap_or_default()
    }

    /// Reads the bytes of a statement, and checks that they are the only ones that say the same.
    ///
    /// # Errors
    /// [`StatementError`] when they are not.
    pub fn parse(bytes: &[u8]) -> Result<Self, StatementError> {
        let statement: Self = serde_json::from_slice(bytes)?;
        if statement.v != VERSION {
            return Err(StatementError::Version(statement.v));
        }
        if statement.to_bytes() == bytes { Ok(statement) } else { Err(StatementError::NotCanonical) }
    }
}

/// What the holder of a key signs to show that it is theirs: purpose, log, user and key, a line each.
#[must_use]
pub fn possession(origin: &str, user: UserId, key: &SignerKey) -> String {
    format!("ticun signing key v1\norigin {origin}\nuser {user}\nkey {key}\n")
}
