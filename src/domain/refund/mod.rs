//! What comes back when a prepaid contract ends early, worked out line by line from 法释〔2025〕4号.
//!
//! The engine proposes and a notary decides (个人信息保护法 art. 24): it is pure, exact to the end, and every line
//! names the article it rests on. Article numbers that were inferred are marked 参考.

mod benchmark;
mod cause;
mod cost;
mod count;
mod course;
mod deductions;
mod engine;
mod error;
mod facts;
mod fraction;
mod gift;
mod interest;
#[cfg(test)]
mod laws;
mod lines;
mod mixed;
mod period;
mod rate;
mod stored_value;
#[cfg(test)]
mod tests;
mod units;

pub use benchmark::{BENCHMARKS_TEXT, Benchmarks, BenchmarksError};
pub use engine::calculate;
pub use error::RefundError;
pub use facts::{
    CountFacts, Custody, Deduction, Facts, Gift, Granularity, Kind, Milestone, PeriodFacts, PlanFacts, StoredValueFacts,
};
pub use rate::{Rate, RateError};
pub use units::{Units, UnitsError};

use crate::domain::money::Amount;
use crate::domain::text_enum::text_enum;

/// The version of the rules a calculation was made with.
pub const RULES_VERSION: &str = "cn-refund-2025.1";

text_enum! {
    /// Why the consumer asks for the money back.
    Reason {
        /// Within seven days of the payment (art. 14).
        SevenDay = "seven_day",
        /// The merchant moved to where the consumer can hardly follow (art. 13 para. 1).
        MerchantMoved = "merchant_moved",
        /// The merchant handed its duties to another without consent (art. 13 para. 1).
        DutyTransferred = "duty_transferred",
        /// Unlimited service was promised and cannot be given (art. 13 para. 1).
        UnlimitedNotDeliverable = "unlimited_not_deliverable",
        /// Another breach by the merchant (art. 13 para. 1).
        MerchantBreach = "merchant_breach",
        /// The merchant closed or absconded (art. 13 para. 1).
        MerchantClosed = "merchant_closed",
        /// Illness, moving of home or the like; there is never a penalty (art. 13 para. 2).
        ConditionsChanged = "conditions_changed",
        /// The contract is void, as with a minor or under void terms (art. 10).
        VoidContract = "void_contract",
        /// The consumer no longer wants the service (art. 19).
        ConsumerChoice = "consumer_choice",
        /// Both sides are at fault, in a stated proportion.
        Mixed = "mixed",
        /// The parties agreed an amount; nothing is calculated.
        Mutual = "mutual",
        /// An award or judgment names the amount; nothing is calculated.
        Award = "award",
    }
}

text_enum! {
    /// Whose cause the calculation followed.
    Fault {
        /// The cooling-off: nobody's.
        SevenDay = "7D",
        /// The merchant's, or one treated the same.
        Merchant = "M",
        /// The consumer's.
        Consumer = "C",
        /// Both, weighted.
        Mixed = "mixed",
    }
}

text_enum! {
    /// What the merchant wants to keep beside the price of what was used (art. 15 paras. 2, 3).
    DeductionKind {
        /// A reasonable cost; it counts when proven.
        Cost = "cost",
        /// A sales commission; it never counts.
        Commission = "commission",
        /// A penalty, often a percentage of the price; it is refused.
        Penalty = "penalty",
    }
}

/// One step of a calculation. Steps that only explain carry 0.00.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The article it rests on.
    pub article: &'static str,
    /// What it says, in Chinese.
    pub text_zh: String,
    /// What it says, in English.
    pub text_en: String,
    /// How its amount comes about.
    pub formula: String,
    /// Its amount.
    pub amount: Amount,
}

/// The proposal: refund + used + deductions = paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calculation {
    /// Principal that goes back to the consumer; the only figure rounded, half up to the fen.
    pub refund: Amount,
    /// What was used costs, at most the principal.
    pub used: Amount,
    /// What was deducted beside.
    pub deductions: Amount,
    /// Whose cause it followed.
    pub fault: Fault,
    /// What the escrow pays on the refund, simple interest, 365 days.
    pub interest: Amount,
    /// Refund and interest.
    pub total: Amount,
    /// True when a person has to weigh something the engine cannot.
    pub needs_decision: bool,
    /// Every step, with its article.
    pub lines: Vec<Line>,
    /// [`RULES_VERSION`].
    pub rules_version: &'static str,
}
