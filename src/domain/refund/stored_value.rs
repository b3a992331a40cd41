//! What was spent of a stored-value deposit costs, under each cause.

use std::cmp::Ordering;

use crate::domain::money::Amount;
use crate::domain::refund::cost::{Cost, Side, Sum};
use crate::domain::refund::fraction::Fraction;
use crate::domain::refund::lines::{BONUS, CHARGED, LIST_PRICE, Paper, SEVEN_DAYS, Text};
use crate::domain::refund::{RefundError, StoredValueFacts, gift};

const INCALCULABLE: RefundError = RefundError::Incalculable("/stored_value");

/// Refuses facts that contradict each other.
pub(super) fn check(paid: Amount, stored: &StoredValueFacts) -> Result<(), RefundError> {
    if i128::from(stored.consumed.fen()) > credited(paid, stored)? {
        return Err(RefundError::ConsumedBeyondCredit);
    }
    gift::check(&stored.gifts)
}

/// What stood on the card: paid and given, in fen.
fn credited(paid: Amount, stored: &StoredValueFacts) -> Result<i128, RefundError> {
    i128::from(paid.fen()).checked_add(i128::from(stored.bonus.fen())).ok_or(INCALCULABLE)
}

/// The price of what was spent, and of the gifts that were used beside it.
pub(super) fn cost(
    paid: Amount,
    stored: &StoredValueFacts,
    side: Side,
    paper: &mut Paper,
) -> Result<Cost, RefundError> {
    let money = match side {
        Side::SevenDay => under_seven_days(paid, stored, paper),
        Side::Merchant => under_merchant(paid, stored, paper),
        Side::Consumer => under_consumer(paid, stored, paper),
    }?;
    let mut sum = Sum::new();
    sum.add(money.exact, money.formula).ok_or(INCALCULABLE)?;
    gift::add(paid, &stored.gifts, side, &mut sum, paper)?;
    Ok(sum.total())
}

/// A bonus shares in the price of all that was spent: consumed × paid ÷ (paid + bonus). Without one, it is what was
/// charged.
fn deal_price(paid: Amount, stored: &StoredValueFacts) -> Result<Cost, RefundError> {
    let consumed = stored.consumed;
    if stored.bonus.is_zero() {
        return Cost::new(Fraction::whole(consumed), consumed.to_string(), INCALCULABLE);
    }
    let exact = Fraction::whole(consumed).times(paid.fen()).zip(credited(paid, stored).ok());
    let exact = exact.and_then(|(product, credited)| product.over(credited)).ok_or(INCALCULABLE)?;
    Cost::new(exact, format!("{consumed} × {paid} / ({paid} + {})", stored.bonus), INCALCULABLE)
}

fn under_seven_days(paid: Amount, stored: &StoredValueFacts, paper: &mut Paper) -> Result<Cost, RefundError> {
    let cost = deal_price(paid, stored)?;
    if !stored.consumed.is_zero() {
        let text = Text {
            zh: "七日内已消费的金额按成交价格计算，由公证员决定",
            en: "What was spent inside the seven days is charged at the deal price; a notary decides.",
        };
        paper.write(SEVEN_DAYS, &text, cost.formula.clone(), cost.shown);
        paper.needs_decision = true;
    }
    Ok(cost)
}

fn under_merchant(paid: Amount, stored: &StoredValueFacts, paper: &mut Paper) -> Result<Cost, RefundError> {
    let cost = deal_price(paid, stored)?;
    let (article, text) = if stored.bonus.is_zero() {
        let text = Text {
            zh: "非因消费者原因退款，已消费的项目按实际收取的价格计算",
            en: "The cause is not the consumer's: what was spent is charged at the prices actually charged.",
        };
        (CHARGED, text)
    } else {
        let text = Text {
            zh: "非因消费者原因退款，已消费的金额按实付金额占充值总额（含赠送）的比例计算",
            en: "The cause is not the consumer's: what was spent is charged at what was paid for it, the bonus included.",
        };
        (BONUS, text)
    };
    paper.write(article, &text, cost.formula.clone(), cost.shown);
    Ok(cost)
}

/// The discount is undone: what was spent costs its list prices, or its face value on the card where no other list
/// prices are stated; never less than the deal price.
fn under_consumer(paid: Amount, stored: &StoredValueFacts, paper: &mut Paper) -> Result<Cost, RefundError> {
    let deal = deal_price(paid, stored)?;
    let face = stored.consumed_list.unwrap_or(stored.consumed);
    let face = Cost::new(Fraction::whole(face), face.to_string(), INCALCULABLE)?;
    let (cost, text) = match face.exact.compare(deal.exact).ok_or(INCALCULABLE)? {
        Ordering::Less => {
            let text = Text {
                zh: "打折前价格低于成交价格，按成交价格计算",
                en: "The price before discount is below the deal price: the deal price counts.",
            };
            (deal, text)
        }
        Ordering::Equal | Ordering::Greater => {
            let text = Text {
                zh: "因消费者原因退款，已消费的金额按打折前的面值计算",
                en: "The cause is the consumer's: what was spent is charged at its face value before discount.",
            };
            (face, text)
        }
    };
    paper.write(LIST_PRICE, &text, cost.formula.clone(), cost.shown);
    Ok(cost)
}
