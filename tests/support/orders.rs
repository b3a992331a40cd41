//! Court orders in any state.

use serde_json::{Value, json};

use super::World;
use super::side::{Side, id};

/// A document of a court, by its digests.
pub fn document(byte: &str) -> Value {
    json!({"document_sha256": byte.repeat(32), "document_sm3": byte.repeat(32)})
}

/// A court's order on a contract or a merchant; each amount is another document's.
pub fn order_on(object: &Value, amount: &str) -> Value {
    let on = if id(object).starts_with("mch_") { "merchant_id" } else { "contract_id" };
    let byte = format!("{:02x}", amount.bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte)));
    let mut order = document(&byte);
    order[on] = object["id"].clone();
    order["amount"] = json!(amount);
    order["court"] = json!("上海市长宁区人民法院");
    order["case_number"] = json!("（2026）沪0105执保12号");
    order
}

/// A judgment that gives everything in a freeze to the consumer, or to the merchant where it is on a merchant.
pub fn judgment(freeze: &Value) -> Value {
    let mut judgment = document("12");
    let to_consumer = freeze["contract_id"].is_string();
    let (given, other) = if to_consumer { ("refund", "merchant") } else { ("merchant", "refund") };
    judgment["basis"] = json!("judgment");
    judgment[given] = freeze["amount"].clone();
    judgment[other] = json!("0.00");
    judgment["held"] = json!("0.00");
    judgment
}

impl Side {
    /// A court's order, in a state, on everything of a contract with one delivery that waits for its answer.
    pub async fn freeze_in(&self, world: &World, state: &str) -> Value {
        let contract = self.contract_in(world, "active").await;
        self.delivery(world, &contract).await;
        let freeze = world.post("notary1", "/v1/freezes", order_on(&contract, "2500.00")).await;
        let path = format!("/v1/freezes/{}", id(&freeze));
        match state {
            "lifted" => drop(world.post("notary1", format!("{path}/lift"), document("ef")).await),
            "executed" => drop(world.post("notary1", format!("{path}/execute"), judgment(&freeze)).await),
            _ => {}
        }
        world.found("/v1/freezes", &freeze, state).await
    }
}
