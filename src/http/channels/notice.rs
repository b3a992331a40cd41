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
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// The channel's own number for what happened; it is taken in once.
    pub transaction_id: String,
    /// What happened.
    #[serde(flatten)]
    pub direction: Direction,
}

/// Money that comes in, or goes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Direction {
    /// A consumer paid, or failed to.
    Deposit {
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
        /// Which one.
        reference: PayoutId,
        /// How it ended.
        outcome: PayoutOutcome,
    },
}
