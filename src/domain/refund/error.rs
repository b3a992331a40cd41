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
    /// The figures under this pointer leave the range in which every step is exact.
    #[error("the figures are too large, or too finely divided, to be calculated with")]
    Incalculable(&'static str),
    /// More units were used than the plan has.
    #[error("more units were used than were bought and given")]
    UsedBeyondUnits,
    /// More was spent than stood on the card.
    #[error("more was consumed than was paid and given")]
    ConsumedBeyondCredit,
    /// A gift of no units, by its place in the list.
    #[error("the gift must have at least one unit")]
    GiftUnitsZero(usize),
    /// More units of a gift were used than it has, by its place in the list.
    #[error("more units of the gift were used than were given")]
    GiftUsedBeyondUnits(usize),
    /// The term ends before it begins.
    #[error("the term ends before it begins")]
    EndsBeforeStarts,
    /// The service ended before it began.
    #[error("the last day of service is more than a day before the first day of the term")]
    EndedBeforeStarts,
    /// The merchant was shut on more days than have passed.
    #[error("the merchant was shut on more days than have passed of the term")]
    ClosedBeyondElapsed,
    /// A milestone of no lessons, by its place in the list.
    #[error("the milestone must have at least one lesson")]
    LessonsZero(usize),
    /// More lessons were given than a milestone has, by its place in the list.
    #[error("more lessons were given than the milestone has")]
    GivenBeyondLessons(usize),
    /// The milestones are not the parts of what was paid.
    #[error("the prices of the milestones must add up to what was paid")]
    MilestonesNotPaid,
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
    /// A party claims something that the plan has no place for.
    #[error("the plan has no disclosed unit price that the claim could be about")]
    ClaimWithoutBearing,
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
    /// The interest claimed comes to more than the largest amount.
    #[error("the interest at the published rate exceeds the largest amount")]
    BenchmarkInterestTooLarge,
}

impl RefundError {
    /// The JSON pointer (RFC 6901) of the member at fault, in the body of a refund calculation.
    #[must_use]
    pub fn pointer(self) -> String {
        let fixed = match self {
            Self::GiftUnitsZero(index) => return format!("/gift_services/{index}/units"),
            Self::GiftUsedBeyondUnits(index) => return format!("/gift_services/{index}/used_units"),
            Self::LessonsZero(index) => return format!("/course/milestones/{index}/lessons"),
            Self::GivenBeyondLessons(index) => return format!("/course/milestones/{index}/lessons_given"),
            Self::Incalculable(pointer) => pointer,
            Self::ReasonNotCalculable => "/reason",
            Self::UnitsZero => "/count/units",
            Self::UsedBeyondUnits => "/count/used_units",
            Self::ConsumedBeyondCredit => "/stored_value/consumed",
            Self::EndsBeforeStarts => "/period/ends_on",
            Self::EndedBeforeStarts => "/period/ended_on",
            Self::ClosedBeyondElapsed => "/period/closed_days",
            Self::MilestonesNotPaid => "/course/milestones",
            Self::RequestedBeforePaid => "/requested_on",
            Self::FaultPercentMissing | Self::FaultPercentUnexpected | Self::FaultPercentAboveHundred => {
                "/merchant_fault_percent"
            }
            Self::ClaimWithoutBearing => "/claims",
            Self::ListPriceTooLarge => "/count/list_price",
            Self::MarketPriceTooLarge => "/count/market_price",
            Self::AccountInterestTooLarge => "/account_rate",
            Self::AgreedInterestTooLarge => "/agreed_rate",
            Self::BenchmarkInterestTooLarge => "/paid",
        };
        fixed.to_owned()
    }
}
