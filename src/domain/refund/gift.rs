//! Gift services beside a stored-value deposit: a used one costs its share of what was paid (art. 21, inferred).
//!
//! Of several gifts each shares one denominator, paid + the prices of all packages: they were given with one payment.

use crate::domain::money::Amount;
use crate::domain::refund::cost::{Side, Sum};
use crate::domain::refund::fraction::Fraction;
use crate::domain::refund::lines::{GIFTS, Paper, Text};
use crate::domain::refund::{Gift, RefundError};

const INCALCULABLE: RefundError = RefundError::Incalculable("/gift_services");

/// Refuses gifts that contradict themselves.
pub(super) fn check(gifts: &[Gift]) -> Result<(), RefundError> {
    for (index, gift) in gifts.iter().enumerate() {
        if gift.units.is_zero() {
            return Err(RefundError::GiftUnitsZero(index));
        }
        if gift.used_units > gift.units {
            return Err(RefundError::GiftUsedBeyondUnits(index));
        }
    }
    Ok(())
}

/// Adds each gift to the price of what was used: package price × used ÷ units × paid ÷ (paid + all package prices).
///
/// The rule was made for services under the merchant's cause. For goods, and under any other cause, it is a proposal
/// that a person looks at.
pub(super) fn add(
    paid: Amount,
    gifts: &[Gift],
    side: Side,
    sum: &mut Sum,
    paper: &mut Paper,
) -> Result<(), RefundError> {
    let packages = gifts
        .iter()
        .try_fold(i128::from(paid.fen()), |all, gift| all.checked_add(i128::from(gift.package_price.fen())));
    let all = packages.ok_or(INCALCULABLE)?;
    let prices: Vec<String> = gifts.iter().map(|gift| gift.package_price.to_string()).collect();
    for gift in gifts {
        let part = share(paid, gift, all).ok_or(INCALCULABLE)?;
        let formula = format!(
            "{} × {} / {} × {paid} / ({paid} + {})",
            gift.package_price,
            gift.used_units,
            gift.units,
            prices.join(" + ")
        );
        let shown = sum.add(part, formula.clone()).ok_or(INCALCULABLE)?;
        let weighed = !gift.used_units.is_zero() && (gift.goods || side != Side::Merchant);
        paper.needs_decision |= weighed;
        let (zh, en) = if weighed { ("，由公证员决定", "; a notary decides") } else { ("", "") };
        let text = Text {
            zh: &format!("赠送的“{}”已使用部分按其在实付金额中所占比例计算{zh}", gift.name),
            en: &format!("The used part of the gift “{}” is charged at its share of what was paid{en}.", gift.name),
        };
        paper.write(GIFTS, &text, formula, shown);
    }
    Ok(())
}

/// Nothing where nothing was paid and the packages have no price.
fn share(paid: Amount, gift: &Gift, all: i128) -> Option<Fraction> {
    let used = Fraction::whole(gift.package_price).times(gift.used_units.hundredths())?;
    let used = used.over(gift.units.hundredths())?;
    if all == 0 { Some(used) } else { used.times(paid.fen())?.over(all) }
}
