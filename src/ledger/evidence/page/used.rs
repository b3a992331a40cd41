//! What was bought and used, in a few words.

use crate::domain::money::Amount;
use crate::domain::objects::{Live, Sold};

/// What was used of what was sold for a price. Names are in the terms, which lie beside the page.
pub(super) fn used(price: Amount, sold: &Sold, live: &Live) -> String {
    match (sold, live) {
        (Sold::Count(count), Live::Units(live)) => {
            format!("{live} / {} 次 <i>units used</i>", count.units_total())
        }
        (Sold::StoredValue(stored), Live::Value(live)) => {
            let total = price.saturating_add(stored.bonus);
            let gifts = live.gift_services.iter().zip(stored.gift_services.iter());
            let gifts = gifts.map(|(used, sold)| format!("；赠送服务 <i>gift service</i> {used} / {}", sold.units));
            format!("储值 {} / {total} <i>value spent</i>{}", live.consumed, gifts.collect::<String>())
        }
        (Sold::Period(_), Live::Days(days)) => {
            format!(
                "营业 {} 日，停业 {} 日 <i>days open and shut, as far as they were posted</i>",
                days.open, days.closed
            )
        }
        (Sold::Course(course), Live::Lessons(live)) => {
            let parts = live.iter().zip(course.milestones.iter());
            let parts: Vec<String> = parts.map(|(live, sold)| format!("{} / {}", live.lessons, sold.lessons)).collect();
            format!("课时 {} <i>lessons given, by milestone</i>", parts.join("，"))
        }
        _ => "—".to_owned(),
    }
}
