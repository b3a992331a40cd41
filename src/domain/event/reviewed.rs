//! The events by which somebody decides on what they have reviewed, and which they may sign.

use super::{
    DefaultRunApproved, DisputeAwarded, DisputeExecuted, Event, FreezeExecuted, FreezeOrderLifted, RefundDeclined,
    RefundOrdered, RefundPriorServiceDecided, RefundProposed, SettlementRejected, SettlementReleased,
};
use crate::domain::digest::Digest;
use crate::domain::id::ObjectId;
use crate::domain::objects::Basis;
use crate::domain::signature::Signature;
use crate::domain::statement::Review;

/// The part of an event that was reviewed and decided, and the signature over it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reviewed<'a> {
    /// What was decided on.
    pub object: ObjectId,
    /// What was reviewed.
    pub review: &'a Review,
    /// On what basis a refund is decided.
    pub basis: Option<Basis>,
    /// SHA-256 of the document that is carried out.
    pub document_sha256: Option<Digest>,
    /// The decider's signature, where they have a key.
    pub signature: Option<&'a Signature>,
}

/// A part of a statement that only some decisions have.
macro_rules! given {
    () => {
        None
    };
    ($value:expr) => {
        $value
    };
}

/// Declares the decisions: the event, the object it decides on, and which of its fields are part of the statement. Each
/// has the fields `review` and `signature`.
macro_rules! decisions {
    ($($name:ident on $object:ident $(by $basis:ident $document:ident)? $(with $paper:ident)?;)+) => {
        impl Event {
            /// What was reviewed, where this is a decision that can be signed.
            #[must_use]
            pub fn reviewed(&self) -> Option<Reviewed<'_>> {
                match self {
                    $(Self::$name($name { $object, review, signature, $($basis, $document,)? $($paper,)? .. }) => Some(Reviewed {
                        object: (*$object).into(),
                        review,
                        basis: given!($(Some(*$basis))?),
                        document_sha256: given!($(*$document)? $(*$paper)?),
                        signature: signature.as_ref(),
                    }),)+
                    _ => None,
                }
            }

            /// Puts the decider's signature into a decision.
            pub fn sign(&mut self, by_decider: Signature) {
                match self {
                    $(Self::$name(data) => data.signature = Some(by_decider),)+
                    _ => {}
                }
            }
        }
    };
}

decisions! {
    SettlementReleased on settlement;
    SettlementRejected on settlement;
    RefundProposed on refund by basis document_sha256;
    RefundOrdered on refund by basis document_sha256;
    RefundDeclined on refund;
    DefaultRunApproved on run;
    DisputeAwarded on dispute by basis document_sha256;
    DisputeExecuted on dispute by basis document_sha256;
    RefundPriorServiceDecided on refund;
    FreezeOrderLifted on freeze with document_sha256;
    FreezeExecuted on freeze by basis document_sha256;
}
