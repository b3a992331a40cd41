//! What comes back when a prepaid contract ends early, worked out line by line from 法释〔2025〕4号.
//!
//! The engine proposes and a notary decides (个人信息保护法 art. 24): it is pure, exact to the end, and every line
//! names the article it rests on. Article numbers that were inferred are marked 参考. Count plans only so far.

mod count;
mod deductions;
mod engine;
mod error;
mod fraction;
#[cfg(test)]
mod laws;
mod lines;
mod rate;
#[cfg(test)]
mod tests;

pub use engine::calculate;
pub use error::RefundError;
pub use rate::{Rate, RateError};

use crate::domain::money::Amount;
use crate::domain::text_enum::text_enum;
use crate::domain::time::Date;

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

/// One deduction the merchant claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deduction {
    /// What it is for, in the merchant's words.
    pub name: String,
    /// How much is claimed.
    pub amount: Amount,
    /// Of what nature it is.
    pub kind: DeductionKind,
    /// True when the merchant has proven it.
    pub proven: bool,
}

/// How a count plan was sold and used; whole units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountFacts {
    /// Units bought; not zero.
    pub units: u64,
    /// Units given on top; they share the price with those bought.
    pub bonus_units: u64,
    /// Units used, bought and given alike.
    pub used_units: u64,
    /// The price of one unit before discount, if one was ever disclosed.
    pub list_price: Option<Amount>,
    /// True when the list price is proven or not disputed.
    pub list_price_proven: bool,
    /// The market price of one unit; it replaces a list price that is not proven.
    pub market_price: Option<Amount>,
}

/// All that a calculation depends on, in CNY.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The principal paid.
    pub paid: Amount,
    /// The payment day: the later of payment and credit.
    pub paid_on: Date,
    /// The day the consumer asked; not before the payment day.
    pub requested_on: Date,
    /// Why the consumer asked.
    pub reason: Reason,
    /// True when the consumer had received the same service before contracting (art. 14).
    pub prior_same_service: bool,
    /// The merchant's part of the fault, 0 to 100; present for [`Reason::Mixed`] and for nothing else.
    pub merchant_fault_percent: Option<u8>,
    /// The plan and its use.
    pub count: CountFacts,
    /// What the merchant wants to keep beside.
    pub deductions: Vec<Deduction>,
    /// What the special account really earned, in percent a year.
    pub account_rate: Option<Rate>,
    /// The rate the parties agreed, in percent a year.
    pub agreed_rate: Option<Rate>,
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
    /// What the used units cost, at most the principal.
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
