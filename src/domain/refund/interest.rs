//! Interest (arts. 15, 16): what the escrow pays is what its account really earned; anything above is a claim on the
//! merchant, outside escrow.
//!
//! The agreed rate comes first; for money in the special account its actual rate; else the one-year LPR where the
//! cause is the merchant's, and the one-year deposit benchmark where it is the consumer's, both as on the payment day.

use crate::domain::money::Amount;
use crate::domain::packs::InterestFrom;
use crate::domain::refund::benchmark::Benchmarks;
use crate::domain::refund::cause::Cause;
use crate::domain::refund::lines::{INTEREST, Paper, Text};
use crate::domain::refund::{Custody, Facts, Rate, RefundError};

/// What the escrow pays beside `refund`, from the day on which interest begins to the day of the request.
pub(super) fn interest(
    facts: &Facts,
    cause: Cause,
    benchmarks: &Benchmarks,
    refund: Amount,
    paper: &mut Paper,
) -> Result<Amount, RefundError> {
    let begins = match facts.interest_from {
        InterestFrom::PaymentDay => facts.paid_on,
        InterestFrom::DayAfterPayment => facts.paid_on.plus_days(1),
    };
    // Where it begins after the day of the request, there is none.
    let days = u64::try_from(facts.requested_on.days_since(begins)).unwrap_or(0);
    let mut earned = Amount::ZERO;
    if let Custody::SpecialAccount { rate: Some(rate) } = facts.custody {
        earned = rate.simple_interest(refund, days).ok_or(RefundError::AccountInterestTooLarge)?;
        let text = Text {
            zh: "提存专户实际利息，按单利、一年三百六十五日计算",
            en: "Interest the special account really earned, simple, 365 days a year.",
        };
        paper.write(INTEREST, &text, format!("{refund} × {rate}% × {days} / 365"), earned);
    }
    if let Some(rate) = facts.agreed_rate {
        let agreed = rate.simple_interest(refund, days).ok_or(RefundError::AgreedInterestTooLarge)?;
        let claim = agreed.saturating_sub(earned);
        if !claim.is_zero() {
            let text = Text {
                zh: "约定利息超过专户实际利息的部分，属对商家的债权，不从提存款支付",
                en: "Agreed interest above what the account earned is a claim on the merchant, outside escrow.",
            };
            paper.write(INTEREST, &text, format!("{refund} × {rate}% × {days} / 365 - {earned}"), claim);
        }
    } else if facts.custody == Custody::Elsewhere
        && let Some((rate, text)) = benchmark(facts, cause, benchmarks)
    {
        let claim = rate.simple_interest(refund, days).ok_or(RefundError::BenchmarkInterestTooLarge)?;
        paper.write(INTEREST, &text, format!("{refund} × {rate}% × {days} / 365"), claim);
    }
    Ok(earned)
}

/// The published rate that stands in for an agreed one. None where the table does not reach, and where neither side's
/// cause alone decides.
fn benchmark(facts: &Facts, cause: Cause, benchmarks: &Benchmarks) -> Option<(Rate, Text<'static>)> {
    match cause {
        Cause::Merchant => {
            let text = Text {
                zh: "未约定利率，按付款日一年期贷款市场报价利率计算，属对商家的债权，不从提存款支付",
                en: "No rate was agreed: the one-year LPR of the payment day, a claim on the merchant, outside escrow.",
            };
            benchmarks.lpr_on(facts.paid_on).map(|rate| (rate, text))
        }
        Cause::Consumer => {
            let text = Text {
                zh: "未约定利率，按付款日一年期存款基准利率计算，属对商家的债权，不从提存款支付",
                en: "No rate was agreed: the one-year deposit benchmark of the payment day, a claim on the merchant, \
                     outside escrow.",
            };
            benchmarks.deposit_on(facts.paid_on).map(|rate| (rate, text))
        }
        Cause::SevenDay | Cause::Mixed { .. } => None,
    }
}
