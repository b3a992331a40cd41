//! What a dispute comes to: how its frozen money is split, who says so, and on what.

use serde::{Deserialize, Serialize};

use super::dispute::DisputeState;
use super::people::Role;
use super::refund::Basis;
use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, DeliveryId, DisputeId, MerchantId, Party, ProposalId};
use crate::domain::money::Amount;
use crate::domain::text_enum::text_enum;
use crate::domain::time::Timestamp;

text_enum! {
    /// Whether both parties have accepted a proposal.
    ProposalState {
        Open = "open",
        Accepted = "accepted",
    }
}

/// How frozen money is split. The deliveries that are voided give their units back, and their money to held.
///
/// Its fields are declared in the order in which the log writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// What the contract holds again.
    pub held: Amount,
    /// What the merchant has earned.
    pub merchant: Amount,
    /// What goes back to the consumer.
    pub refund: Amount,
    /// The contested deliveries that did not count.
    pub voided: Vec<DeliveryId>,
}

impl Split {
    /// The sum of its parts; none where it cannot be represented.
    #[must_use]
    pub fn total(&self) -> Option<Amount> {
        self.held.checked_add(self.merchant)?.checked_add(self.refund)
    }

    /// This split and another one of the same money.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Option<Self> {
        Some(Self {
            held: self.held.checked_add(other.held)?,
            merchant: self.merchant.checked_add(other.merchant)?,
            refund: self.refund.checked_add(other.refund)?,
            voided: self.voided.iter().chain(&other.voided).copied().collect(),
        })
    }
}

/// What an institution or a court has decided, as far as its documents say until now.
///
/// Its fields are declared in the order in which the tables hold them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Award {
    /// An award or a judgment.
    pub basis: Basis,
    /// What is awarded to the consumer beyond the frozen money: certified, never posted.
    pub beyond: Amount,
    /// The costs that the document lays down.
    pub costs: Amount,
    /// SHA-256 of the newest document.
    pub document_sha256: Digest,
    /// SM3 of the newest document.
    pub document_sm3: Digest,
    /// Commitment to its number and items.
    pub particulars: Digest,
}

/// An offer to split the frozen money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// The dispute.
    pub dispute: DisputeId,
    /// The contract the dispute is about.
    pub contract: ContractId,
    /// The contract's merchant.
    pub merchant: MerchantId,
    /// The contract's holder.
    pub consumer: ConsumerId,
    /// Whether both have accepted it.
    pub state: ProposalState,
    /// Goes up with every change.
    pub revision: u64,
    /// Who made it: a party or the mediator.
    pub made_by: Role,
    /// The stage the dispute was in.
    pub stage: DisputeState,
    /// How the money is to be split.
    pub split: Split,
    /// Commitment to the note that came with it.
    pub note: Option<Digest>,
    /// When it was made.
    pub made_at: Timestamp,
    /// When the consumer accepted it; whoever makes a proposal accepts it with that.
    pub accepted_by_consumer_at: Option<Timestamp>,
    /// When the merchant accepted it.
    pub accepted_by_merchant_at: Option<Timestamp>,
}

impl Proposal {
    /// When a party has accepted it.
    #[must_use]
    pub const fn accepted_at(&self, party: Party) -> Option<Timestamp> {
        match party {
            Party::Consumer(_) => self.accepted_by_consumer_at,
            Party::Merchant(_) => self.accepted_by_merchant_at,
        }
    }
}
