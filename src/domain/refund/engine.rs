//! The calculation itself: cause, price of what was used, deductions, cap, interest; in this order.

use std::cmp::Ordering;

use crate::domain::calendar::{Calendar, cooling_off_ends};
use crate::domain::money::Amount;
use crate::domain::refund::count::{self, Cost};
use crate::domain::refund::fraction::Fraction;
use crate::domain::refund::lines::{CAP, INTEREST, Paper, SEVEN_DAYS, SEVEN_DAYS_WINDOW, Text};
use crate::domain::refund::{Calculation, Facts, Fault, RULES_VERSION, Reason, RefundError, deductions};

/// Whose cause it is, with the merchant's part where both are at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    SevenDay,
    Merchant,
    Consumer,
    Mixed { merchant_percent: u8 },
}

/// Principal only: before interest.
struct Principal {
    refund: Amount,
    used: Amount,
    deductions: Amount,
}

/// Works out what comes back, line by line (法释〔2025〕4号 arts. 13–20).
///
/// # Errors
/// [`RefundError`] when the facts contradict each other, or their amount is given rather than calculated.
///
/// # Panics
/// When refund, used and deductions do not make up what was paid, which would be a defect here.
pub fn calculate(facts: &Facts, calendar: &Calendar) -> Result<Calculation, RefundError> {
    check(facts)?;
    let mut paper = Paper::default();
    let cause = cause(facts, calendar, &mut paper)?;
    let fault = fault(cause);
    let cost = cost(facts, cause, &mut paper)?;
    let standing = deductions::standing(facts, fault, &mut paper);
    let principal = capped(facts.paid, &cost, standing, &mut paper)?;
    let interest = interest(facts, principal.refund, &mut paper)?;
    let total = principal.refund.checked_add(interest).ok_or(RefundError::AccountInterestTooLarge)?;
    Ok(Calculation {
        refund: principal.refund,
        used: principal.used,
        deductions: principal.deductions,
        fault,
        interest,
        total,
        needs_decision: paper.needs_decision,
        lines: paper.lines,
        rules_version: RULES_VERSION,
    })
}

/// Refuses facts that contradict each other, whatever the cause.
fn check(facts: &Facts) -> Result<(), RefundError> {
    let count = &facts.count;
    let all = count.units.checked_add(count.bonus_units).ok_or(RefundError::UnitsTooMany)?;
    if count.units == 0 {
        return Err(RefundError::UnitsZero);
    }
    if count.used_units > all {
        return Err(RefundError::UsedBeyondUnits);
    }
    if facts.requested_on < facts.paid_on {
        return Err(RefundError::RequestedBeforePaid);
    }
    match (facts.reason, facts.merchant_fault_percent) {
        (Reason::Mutual | Reason::Award, _) => Err(RefundError::ReasonNotCalculable),
        (Reason::Mixed, None) => Err(RefundError::FaultPercentMissing),
        (Reason::Mixed, Some(101..)) => Err(RefundError::FaultPercentAboveHundred),
        (Reason::Mixed, Some(_)) | (_, None) => Ok(()),
        (_, Some(_)) => Err(RefundError::FaultPercentUnexpected),
    }
}

fn cause(facts: &Facts, calendar: &Calendar, paper: &mut Paper) -> Result<Cause, RefundError> {
    match facts.reason {
        Reason::SevenDay => Ok(cooling_off(facts, calendar, paper)),
        Reason::MerchantMoved
        | Reason::DutyTransferred
        | Reason::UnlimitedNotDeliverable
        | Reason::MerchantBreach
        | Reason::MerchantClosed
        | Reason::ConditionsChanged
        | Reason::VoidContract => Ok(Cause::Merchant),
        Reason::ConsumerChoice => Ok(Cause::Consumer),
        Reason::Mixed => facts
            .merchant_fault_percent
            .map(|merchant_percent| Cause::Mixed { merchant_percent })
            .ok_or(RefundError::FaultPercentMissing),
        Reason::Mutual | Reason::Award => Err(RefundError::ReasonNotCalculable),
    }
}

/// The seven days count only inside the window and for a service new to the consumer (art. 14).
fn cooling_off(facts: &Facts, calendar: &Calendar, paper: &mut Paper) -> Cause {
    let ends_on = cooling_off_ends(facts.paid_on, calendar);
    let late = facts.requested_on > ends_on;
    if late {
        let text = Text {
            zh: "申请超过付款之日起七日的期限，按消费者原因计算",
            en: "The request came after the seven days; it is calculated as the consumer's choice.",
        };
        paper.explain(SEVEN_DAYS_WINDOW, &text, format!("{} > {ends_on}", facts.requested_on));
    }
    if facts.prior_same_service {
        let text = Text {
            zh: "订立合同前已获得过相同商品或者服务，不适用七日退款，按消费者原因计算",
            en: "The same service had been received before contracting; it is calculated as the consumer's choice.",
        };
        paper.explain(SEVEN_DAYS, &text, "prior_same_service".to_owned());
    }
    if late || facts.prior_same_service {
        return Cause::Consumer;
    }
    let text = Text {
        zh: "自付款之日起七日内申请，退还本金",
        en: "The request came within seven days of the payment; the principal comes back.",
    };
    paper.write(SEVEN_DAYS_WINDOW, &text, format!("{} ≤ {ends_on}", facts.requested_on), facts.paid);
    Cause::SevenDay
}

const fn fault(cause: Cause) -> Fault {
    match cause {
        Cause::SevenDay => Fault::SevenDay,
        Cause::Merchant => Fault::Merchant,
        Cause::Consumer => Fault::Consumer,
        Cause::Mixed { .. } => Fault::Mixed,
    }
}

fn cost(facts: &Facts, cause: Cause, paper: &mut Paper) -> Result<Cost, RefundError> {
    let (paid, count) = (facts.paid, &facts.count);
    match cause {
        Cause::SevenDay => count::under_seven_days(paid, count, paper),
        Cause::Merchant => count::under_merchant(paid, count, paper),
        Cause::Consumer => count::under_consumer(paid, count, paper),
        Cause::Mixed { merchant_percent } => count::under_mixed(paid, count, merchant_percent, paper),
    }
}

/// The consumer never owes, and refund + used + deductions = paid (art. 20).
///
/// Deductions are whole fen, so rounding before they are taken off gives the same refund as rounding after.
fn capped(paid: Amount, cost: &Cost, standing: Amount, paper: &mut Paper) -> Result<Principal, RefundError> {
    let whole = Fraction::whole(paid);
    let remaining = whole.less(cost.exact).and_then(Fraction::round_half_up).ok_or(RefundError::UnitsTooMany)?;
    let deductions = standing.min(remaining);
    if deductions < standing {
        let text =
            Text { zh: "扣除额以剩余预付款为限", en: "Deductions are cut to what is left of the payment." };
        paper.write(CAP, &text, format!("min({standing}, {remaining})"), deductions);
    }
    let refund = remaining.saturating_sub(deductions);
    let used = paid.saturating_sub(remaining);
    let beyond = whole.compare(cost.exact).ok_or(RefundError::UnitsTooMany)? == Ordering::Less;
    let text = if beyond {
        Text {
            zh: "已使用部分的价款超过预付款，消费者无需补交",
            en: "What was used costs more than was paid; the consumer owes nothing.",
        }
    } else {
        Text {
            zh: "应退本金为预付款减去已使用部分的价款和扣除额",
            en: "The refund is what was paid, less what was used and deducted.",
        }
    };
    paper.write(CAP, &text, format!("max(0, {paid} - {} - {deductions})", cost.shown), refund);
    let sum = refund.checked_add(used).and_then(|sum| sum.checked_add(deductions));
    assert!(sum == Some(paid), "refund, used and deductions must make up what was paid");
    Ok(Principal { refund, used, deductions })
}

/// What the escrow pays is what its account really earned; an agreed rate above it is a claim on the merchant,
/// outside escrow (arts. 15, 16).
fn interest(facts: &Facts, refund: Amount, paper: &mut Paper) -> Result<Amount, RefundError> {
    let days = facts.requested_on.days_since(facts.paid_on);
    let days = u64::try_from(days).map_err(|_| RefundError::RequestedBeforePaid)?;
    let mut earned = Amount::ZERO;
    if let Some(rate) = facts.account_rate {
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
    }
    Ok(earned)
}
