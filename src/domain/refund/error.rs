//! Contradictions in the facts of a refund.

/// Why nothing can be calculated. Each contradiction names the member at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefundError {
    /// The amount of an agreement or an award is given, not calculated.
    #[error("a mutual or awarded refund is not calculated: its amount is given")]
    ReasonNotCalculable,
    /// A plan of no units has no price for one.
    #[error("the plan must have at least one unit")]
    UnitsZero,
    /// More units than can be counted.
    #[error("there are too many units")]
    UnitsTooMany,
    /// More units were used than the plan has.
    #[error("more units were used than were bought and given")]
    UsedBeyondUnits,
    /// The request stands before the payment.
    #[error("the request is earlier than the payment")]
    RequestedBeforePaid,
    /// Mixed fault without the merchant's part of it.
    #[error("mixed fault needs the merchant's part of it")]
    FaultPercentMissing,
    /// A part of the fault where it is not mixed.
    #[error("only mixed fault has a merchant's part")]
    FaultPercentUnexpected,
    /// More than the whole fault.
    #[error("the merchant's part is at most 100 percent")]
    FaultPercentAboveHundred,
    /// The used units at this price come to more than the largest amount.
    #[error("the used units at the list price exceed the largest amount")]
    ListPriceTooLarge,
    /// The used units at this price come to more than the largest amount.
    #[error("the used units at the market price exceed the largest amount")]
    MarketPriceTooLarge,
    /// The interest, or the refund with it, comes to more than the largest amount.
    #[error("the interest at the account rate exceeds the largest amount")]
    AccountInterestTooLarge,
    /// The interest claimed comes to more than the largest amount.
    #[error("the interest at the agreed rate exceeds the largest amount")]
    AgreedInterestTooLarge,
}

impl RefundError {
    /// The JSON pointer (RFC 6901) of the member at fault, in the body of a refund calculation.
    #[must_use]
    pub const fn pointer(self) -> &'static str {
        match self {
            Self::ReasonNotCalculable => "/reason",
            Self::UnitsZero | Self::UnitsTooMany => "/count/units",
            Self::UsedBeyondUnits => "/count/used_units",
            Self::RequestedBeforePaid => "/requested_on",
            Self::FaultPercentMissing | Self::FaultPercentUnexpected | Self::FaultPercentAboveHundred => {
                "/merchant_fault_percent"
            }
            Self::ListPriceTooLarge => "/count/list_price",
            Self::MarketPriceTooLarge => "/count/market_price",
            Self::AccountInterestTooLarge => "/account_rate",
            Self::AgreedInterestTooLarge => "/agreed_rate",
        }
    }
}
