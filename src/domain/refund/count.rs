//! What the used units of a count plan cost, under each cause.

use std::cmp::Ordering;

use crate::domain::money::Amount;
use crate::domain::refund::cost::{Cost, Side};
use crate::domain::refund::fraction::Fraction;
use crate::domain::refund::lines::{DEAL_PRICE, LIST_PRICE, Paper, SEVEN_DAYS, Text};
use crate::domain::refund::{CountFacts, RefundError};

const INCALCULABLE: RefundError = RefundError::Incalculable("/count/units");

/// Which price before discount counts (art. 19), and what to say when it is too large to calculate with.
struct ListPrice {
    price: Amount,
    text: Text<'static>,
    too_large: RefundError,
    disputable: bool,
}

/// Refuses facts that contradict each other.
pub(super) fn check(count: &CountFacts) -> Result<(), RefundError> {
    if count.units.is_zero() {
        return Err(RefundError::UnitsZero);
    }
    let all = count.units.plus(count.bonus_units).ok_or(INCALCULABLE)?;
    if count.used_units > all { Err(RefundError::UsedBeyondUnits) } else { Ok(()) }
}

/// The price of the used units.
pub(super) fn cost(paid: Amount, count: &CountFacts, side: Side, paper: &mut Paper) -> Result<Cost, RefundError> {
    match side {
        Side::SevenDay => under_seven_days(paid, count, paper),
        Side::Merchant => under_merchant(paid, count, paper),
        Side::Consumer => under_consumer(paid, count, paper),
    }
}

/// The same price for every unit, bought or given: paid × used ÷ (units + bonus units).
fn deal_price(paid: Amount, count: &CountFacts) -> Result<Cost, RefundError> {
    let all = count.units.plus(count.bonus_units).ok_or(INCALCULABLE)?;
    let product = Fraction::whole(paid).times(count.used_units.hundredths());
    let exact = product.and_then(|product| product.over(all.hundredths())).ok_or(INCALCULABLE)?;
    let divisor = if count.bonus_units.is_zero() {
        count.units.to_string()
    } else {
        format!("({} + {})", count.units, count.bonus_units)
    };
    Cost::new(exact, format!("{paid} × {} / {divisor}", count.used_units), INCALCULABLE)
}

/// Under the cooling-off the used units cost the deal price, and a person looks at it (art. 14).
fn under_seven_days(paid: Amount, count: &CountFacts, paper: &mut Paper) -> Result<Cost, RefundError> {
    let cost = deal_price(paid, count)?;
    if !count.used_units.is_zero() {
        let text = Text {
            zh: "七日内已使用的次数按成交单价计算，由公证员决定",
            en: "Units used inside the seven days are charged at the deal price; a notary decides.",
        };
        paper.write(SEVEN_DAYS, &text, cost.formula.clone(), cost.shown);
        paper.needs_decision = true;
    }
    Ok(cost)
}

/// Under the merchant's cause the used units cost the deal price (art. 18).
fn under_merchant(paid: Amount, count: &CountFacts, paper: &mut Paper) -> Result<Cost, RefundError> {
    let cost = deal_price(paid, count)?;
    let text = Text {
        zh: "非因消费者原因退款，已使用的次数按成交单价计算",
        en: "The cause is not the consumer's: used units are charged at the deal price.",
    };
    paper.write(DEAL_PRICE, &text, cost.formula.clone(), cost.shown);
    Ok(cost)
}

/// Under the consumer's cause the used units cost the price before discount, or what stands in for it (art. 19).
fn under_consumer(paid: Amount, count: &CountFacts, paper: &mut Paper) -> Result<Cost, RefundError> {
    let deal = deal_price(paid, count)?;
    let Some(list) = list_price(count) else {
        let text = Text {
            zh: "未约定或者告知打折前价格，已使用的次数按成交单价计算",
            en: "No price before discount was ever disclosed: used units are charged at the deal price.",
        };
        paper.write(LIST_PRICE, &text, deal.formula.clone(), deal.shown);
        return Ok(deal);
    };
    paper.needs_decision |= list.disputable;
    let product = Fraction::whole(list.price).times(count.used_units.hundredths());
    let exact = product.and_then(|product| product.over(100)).ok_or(list.too_large)?;
    if exact.compare(deal.exact).ok_or(list.too_large)? == Ordering::Less {
        let text = Text {
            zh: "打折前价格或者市场价格低于成交单价，按成交单价计算",
            en: "The price before discount, or the market price, is below the deal price: the deal price counts.",
        };
        paper.write(LIST_PRICE, &text, deal.formula.clone(), deal.shown);
        return Ok(deal);
    }
    let cost = Cost::new(exact, format!("{} × {}", list.price, count.used_units), list.too_large)?;
    paper.write(LIST_PRICE, &list.text, cost.formula.clone(), cost.shown);
    Ok(cost)
}

fn list_price(count: &CountFacts) -> Option<ListPrice> {
    let price = count.list_price?;
    let text = Text {
        zh: "因消费者原因退款，已使用的次数按打折前价格计算",
        en: "The cause is the consumer's: used units are charged at the price before discount.",
    };
    let too_large = RefundError::ListPriceTooLarge;
    match (count.list_price_proven, count.market_price) {
        (true, _) => Some(ListPrice { price, text, too_large, disputable: false }),
        (false, Some(market)) => Some(ListPrice {
            price: market,
            text: Text {
                zh: "打折前价格不能证明且明显不合理，已使用的次数按市场价格计算",
                en: "The price before discount is unreasonable and not proven: used units are charged at the market price.",
            },
            too_large: RefundError::MarketPriceTooLarge,
            disputable: false,
        }),
        // Nothing stands in for it, so it still counts; but a price held against the consumer without
        // proof is for a person to accept.
        (false, None) => Some(ListPrice {
            price,
            text: Text {
                zh: "打折前价格未经证明，暂按该价格计算，由公证员决定",
                en: "The price before discount is not proven; it is used for now, and a notary decides.",
            },
            too_large,
            disputable: true,
        }),
    }
}
