//! What the used units of a count plan cost, under each cause.

use std::cmp::Ordering;

use crate::domain::money::Amount;
use crate::domain::refund::fraction::Fraction;
use crate::domain::refund::lines::{BOTH_CAUSES, DEAL_PRICE, LIST_PRICE, Paper, SEVEN_DAYS, Text};
use crate::domain::refund::{CountFacts, RefundError};

/// The price of the used units, exact and not yet capped at what was paid.
#[derive(Debug)]
pub(super) struct Cost {
    /// The exact price.
    pub(super) exact: Fraction,
    /// How it comes about.
    pub(super) formula: String,
    /// To the fen; with the refund it makes up what was paid.
    pub(super) shown: Amount,
}

/// Which price before discount counts (art. 19), and what to say when it is too large to calculate with.
struct ListPrice {
    price: Amount,
    text: Text<'static>,
    too_large: RefundError,
    disputable: bool,
}

/// The same price for every unit, bought or given: paid × used ÷ (units + bonus units).
fn deal_price(paid: Amount, count: &CountFacts) -> Result<Cost, RefundError> {
    let all = count.units.checked_add(count.bonus_units).ok_or(RefundError::UnitsTooMany)?;
    let exact = Fraction::whole(paid).times(count.used_units).and_then(|product| product.over(all));
    let exact = exact.ok_or(RefundError::UnitsTooMany)?;
    let divisor = match count.bonus_units {
        0 => count.units.to_string(),
        bonus => format!("({} + {bonus})", count.units),
    };
    let formula = format!("{paid} × {} / {divisor}", count.used_units);
    Ok(Cost { exact, formula, shown: exact.round_half_down().ok_or(RefundError::UnitsTooMany)? })
}

/// Under the cooling-off the used units cost the deal price, and a person looks at it (art. 14).
pub(super) fn under_seven_days(paid: Amount, count: &CountFacts, paper: &mut Paper) -> Result<Cost, RefundError> {
    let cost = deal_price(paid, count)?;
    if count.used_units > 0 {
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
pub(super) fn under_merchant(paid: Amount, count: &CountFacts, paper: &mut Paper) -> Result<Cost, RefundError> {
    let cost = deal_price(paid, count)?;
    let text = Text {
        zh: "非因消费者原因退款，已使用的次数按成交单价计算",
        en: "The cause is not the consumer's: used units are charged at the deal price.",
    };
    paper.write(DEAL_PRICE, &text, cost.formula.clone(), cost.shown);
    Ok(cost)
}

/// Under the consumer's cause the used units cost the price before discount, or what stands in for it (art. 19).
pub(super) fn under_consumer(paid: Amount, count: &CountFacts, paper: &mut Paper) -> Result<Cost, RefundError> {
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
    let exact = Fraction::whole(list.price).times(count.used_units).ok_or(list.too_large)?;
    if exact.compare(deal.exact).ok_or(list.too_large)? == Ordering::Less {
        let text = Text {
            zh: "打折前价格或者市场价格低于成交单价，按成交单价计算",
            en: "The price before discount, or the market price, is below the deal price: the deal price counts.",
        };
        paper.write(LIST_PRICE, &text, deal.formula.clone(), deal.shown);
        return Ok(deal);
    }
    let shown = exact.round_half_down().ok_or(list.too_large)?;
    let formula = format!("{} × {}", list.price, count.used_units);
    paper.write(LIST_PRICE, &list.text, formula.clone(), shown);
    Ok(Cost { exact, formula, shown })
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

/// Under mixed fault both results are weighted, each after its own cap, and a person decides.
pub(super) fn under_mixed(
    paid: Amount,
    count: &CountFacts,
    merchant_percent: u8,
    paper: &mut Paper,
) -> Result<Cost, RefundError> {
    let consumer_percent = 100_u8.checked_sub(merchant_percent).ok_or(RefundError::FaultPercentAboveHundred)?;
    let merchant = under_merchant(paid, count, paper)?;
    let consumer = under_consumer(paid, count, paper)?;
    let weighted =
        |cost: &Cost, percent: u8| cost.exact.min(Fraction::whole(paid))?.times(u64::from(percent))?.over(100);
    let exact = weighted(&merchant, merchant_percent)
        .zip(weighted(&consumer, consumer_percent))
        .and_then(|(merchant, consumer)| merchant.plus(consumer))
        .ok_or(RefundError::UnitsTooMany)?;
    let formula = format!(
        "({}) × {merchant_percent}% + min({paid}, {}) × {consumer_percent}%",
        merchant.formula, consumer.formula
    );
    let shown = exact.round_half_down().ok_or(RefundError::UnitsTooMany)?;
    let text = Text {
        zh: "双方均有过错，两种结果按过错比例加权，由公证员决定",
        en: "Both sides are at fault: the two results are weighted by their parts; a notary decides.",
    };
    paper.write(BOTH_CAUSES, &text, formula.clone(), shown);
    paper.needs_decision = true;
    Ok(Cost { exact, formula, shown })
}
