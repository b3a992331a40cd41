//! What the parties of a refund bring that the books cannot know, and how it bears on the calculation.

use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::money::Amount;
use crate::domain::refund::{Deduction, DeductionKind, Facts, PlanFacts, Rate, RefundError};

/// One party's claims. What the other party says of the same thing later takes its place in the calculation, and a
/// person decides between them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The rate of interest that the parties agreed, percent a year.
    pub agreed_rate: Option<Rate>,
    /// What the merchant wants to keep beside the price of what was used.
    pub deductions: Vec<ClaimedDeduction>,
    /// Whether the price before discount can be proven.
    pub list_price_proven: Option<bool>,
    /// What one unit costs elsewhere.
    pub market_price: Option<Amount>,
    /// The merchant's part of a mixed fault, 0 to 100.
    pub merchant_fault_percent: Option<u8>,
}

/// One deduction. It is proven where a document is named for it, which is for a person to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimedDeduction {
    /// How much.
    pub amount: Amount,
    /// SHA-256 of the document that proves it.
    pub document_sha256: Option<Digest>,
    /// The same by SM3.
    pub document_sm3: Option<Digest>,
    /// Of what nature it is.
    pub kind: DeductionKind,
    /// Commitment to what it is for.
    pub name: Digest,
}

impl Claims {
    /// Puts the claims into the facts of a calculation; `name` tells what a deduction is for.
    ///
    /// # Errors
    /// [`RefundError::ClaimWithoutBearing`] where the plan has nothing that a claim could be about, so that none is
    /// ignored in silence.
    pub fn bear_on(&self, facts: &mut Facts, name: impl Fn(Digest) -> String) -> Result<(), RefundError> {
        facts.agreed_rate = self.agreed_rate.or(facts.agreed_rate);
        facts.merchant_fault_percent = self.merchant_fault_percent.or(facts.merchant_fault_percent);
        facts.deductions.extend(self.deductions.iter().map(|claimed| Deduction {
            name: name(claimed.name),
            amount: claimed.amount,
            kind: claimed.kind,
            proven: claimed.document_sha256.is_some(),
        }));
        if self.list_price_proven.is_none() && self.market_price.is_none() {
            return Ok(());
        }
        match &mut facts.plan {
            PlanFacts::Count(count) if count.list_price.is_some() => {
                count.list_price_proven = self.list_price_proven.unwrap_or(count.list_price_proven);
                count.market_price = self.market_price.or(count.market_price);
                Ok(())
            }
            _ => Err(RefundError::ClaimWithoutBearing),
        }
    }

    /// True where a person must weigh something: what is claimed is not in the books. A rate of interest moves no
    /// money of the escrow.
    #[must_use]
    pub const fn need_a_person(&self) -> bool {
        !self.deductions.is_empty()
            || self.list_price_proven.is_some()
            || self.market_price.is_some()
            || self.merchant_fault_percent.is_some()
    }
}
