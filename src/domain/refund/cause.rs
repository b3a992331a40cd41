//! Whose cause a refund follows.

use crate::domain::calendar::Calendar;
use crate::domain::refund::lines::{Paper, SEVEN_DAYS, SEVEN_DAYS_WINDOW, Text};
use crate::domain::refund::{Facts, Fault, Reason, RefundError};

/// Whose cause it is, with the merchant's part where both are at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The cooling-off: nobody's.
    SevenDay,
    /// The merchant's, or one treated the same.
    Merchant,
    /// The consumer's.
    Consumer,
    /// Both.
    Mixed {
        /// The merchant's part, 0 to 100.
        merchant_percent: u8,
    },
}

impl Cause {
    /// As it is told.
    pub(super) const fn fault(self) -> Fault {
        match self {
            Self::SevenDay => Fault::SevenDay,
            Self::Merchant => Fault::Merchant,
            Self::Consumer => Fault::Consumer,
            Self::Mixed { .. } => Fault::Mixed,
        }
    }
}

/// Whose cause the reason makes it (arts. 10, 13, 14, 19).
pub(super) fn cause(facts: &Facts, calendar: &Calendar, paper: &mut Paper) -> Result<Cause, RefundError> {
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
    let ends_on = facts.cooling_off.last_from(facts.paid_on, calendar);
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
