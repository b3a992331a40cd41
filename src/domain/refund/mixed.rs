//! Mixed fault: the results of both causes, weighted by their parts of it.

use crate::domain::money::Amount;
use crate::domain::refund::RefundError;
use crate::domain::refund::cost::Cost;
use crate::domain::refund::fraction::Fraction;
use crate::domain::refund::lines::{BOTH_CAUSES, Paper, Text};

/// Both sides' prices of what was used.
pub(super) struct Both {
    /// Under the merchant's cause.
    pub(super) merchant: Cost,
    /// Under the consumer's.
    pub(super) consumer: Cost,
}

/// Weighs both results, each after its own cap; a person decides.
pub(super) fn weigh(
    paid: Amount,
    both: &Both,
    merchant_percent: u8,
    too_large: RefundError,
    paper: &mut Paper,
) -> Result<Cost, RefundError> {
    let consumer_percent = 100_u8.checked_sub(merchant_percent).ok_or(RefundError::FaultPercentAboveHundred)?;
    let weighted = |cost: &Cost, percent: u8| cost.exact.min(Fraction::whole(paid))?.times(percent)?.over(100);
    let exact = weighted(&both.merchant, merchant_percent)
        .zip(weighted(&both.consumer, consumer_percent))
        .and_then(|(merchant, consumer)| merchant.plus(consumer))
        .ok_or(too_large)?;
    let formula = format!(
        "min({paid}, {}) × {merchant_percent}% + min({paid}, {}) × {consumer_percent}%",
        both.merchant.formula, both.consumer.formula
    );
    let text = Text {
        zh: "双方均有过错，两种结果按过错比例加权，由公证员决定",
        en: "Both sides are at fault: the two results are weighted by their parts; a notary decides.",
    };
    let cost = Cost::new(exact, formula, too_large)?;
    paper.write(BOTH_CAUSES, &text, cost.formula.clone(), cost.shown);
    paper.needs_decision = true;
    Ok(cost)
}
