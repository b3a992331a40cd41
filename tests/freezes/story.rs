//! A contract, its merchant, and orders on both.

use serde_json::{Value, json};

use super::support::books::holds;
use super::support::orders::{document, order_on};
use super::support::side::{Side, id};
use super::support::{World, text};

/// A contract of sixty uses for 2000.00.
pub struct Story {
    pub world: World,
    pub side: Side,
    pub contract: Value,
}

/// The address of a freeze.
pub fn at(freeze: &Value) -> String {
    format!("/v1/freezes/{}", id(freeze))
}

impl Story {
    /// An active contract on which nothing was delivered yet.
    pub async fn begin() -> Self {
        let world = World::start().await;
        let side = Side::first(&world).await;
        let contract = side.contract_in(&world, "active").await;
        Self { world, side, contract }
    }

    /// A delivery that waits for its answer.
    pub async fn deliver(&self) -> String {
        id(&self.side.delivery(&self.world, &self.contract).await)
    }

    /// The consumer or the merchant does something with a delivery.
    pub async fn answer(&self, delivery: &str, verb: &str) {
        let user = if verb == "void" { self.side.merchant_user } else { self.side.consumer_user };
        self.world.post(user, format!("/v1/deliveries/{delivery}/{verb}"), json!({})).await;
    }

    /// A court's order on the contract.
    pub async fn order(&self, amount: &str) -> Value {
        self.world.post("notary1", "/v1/freezes", order_on(&self.contract, amount)).await
    }

    /// A court's order on the merchant.
    pub async fn order_on_merchant(&self, amount: &str) -> Value {
        let merchant = json!({"id": self.side.merchant});
        self.world.post("notary1", "/v1/freezes", order_on(&merchant, amount)).await
    }

    /// An order is lifted.
    pub async fn lift(&self, freeze: &Value) -> Value {
        self.world.post("notary2", format!("{}/lift", at(freeze)), document("ef")).await
    }

    /// A freeze as it stands now: state, what is set aside, what waits.
    pub async fn stands(&self, freeze: &Value) -> [String; 3] {
        let freeze = self.world.get("notary1", at(freeze)).await;
        ["state", "amount", "waiting_amount"].map(|field| text(&freeze, field))
    }

    /// The contract now.
    pub async fn now(&self) -> Value {
        self.world.get("notary1", format!("/v1/contracts/{}", id(&self.contract))).await
    }

    /// Held, pending, frozen, to the merchant, refunded.
    pub async fn balances(&self) -> [String; 5] {
        let contract = self.now().await;
        ["held", "pending", "frozen", "to_merchant", "refunded"]
            .map(|name| contract["balances"][name].as_str().unwrap_or_default().to_owned())
    }

    /// Payable, frozen and on its way to merchants.
    pub async fn earnings(&self) -> [String; 3] {
        let balance = self.world.get("notary1", "/v1/books/trial-balance").await;
        let classes = balance["classes"].as_array().expect("classes");
        ["merchant/payable", "merchant/frozen", "merchant/payout"].map(|name| {
            let found = classes.iter().find(|class| class["class"] == name);
            text(found.unwrap_or_else(|| panic!("no {name}")), "balance")
        })
    }

    /// The tables are what the log says, and the log is what the rules allow.
    pub fn holds(&self) {
        holds(&self.world);
    }
}
