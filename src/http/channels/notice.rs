//! What a channel can say.

use serde::{Deserialize, Serialize};

use crate::domain::id::PayoutId;
use crate::domain::money::Amount;
use crate::domain::text_enum::text_enum;

text_enum! {
    /// How a payment by a consumer ended.
    PaymentOutcome {
        Paid = "paid",
        Failed = "failed",
    }
}

text_enum! {
    /// How a payout ended.
    PayoutOutcome {
        Settled = "settled",
        Rejected = "rejected",
        Returned = "returned",
    }
}

/// One notice of a channel, as its body says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Notice {
    /// A consumer paid, or failed to.
    Deposit {
        /// The channel's own number for what happened; it is taken in once.
        transaction_id: String,
        /// What the payment named.
        reference: String,
        /// How it ended.
        outcome: PaymentOutcome,
        /// What was paid.
        amount: Amount,
        /// In which currency.
        currency: String,
    },
    /// A payout ended.
    Payout {
        /// The channel's own number for what happened; it is taken in once.
        transaction_id: String,
        /// Which one.
        reference: PayoutId,
        /// How it ended.
        outcome: PayoutOutcome,
    },
}

impl Notice {
    /// The channel's own number for what happened.
    #[must_use]
    pub fn transaction_id(&self) -> &str {
        match self {
            Self::Deposit { transaction_id, .. } | Self::Payout { transaction_id, .. } => transaction_id,
        }
    }
}
