//! A contract with deliveries, and what every story ends with.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::support::books::holds;
use super::support::side::{Side, id};
use super::support::{Reply, World, text};

/// A contract of sixty uses for 2000.00, its parties, and a dispute over it.
pub struct Story {
    pub world: World,
    pub side: Side,
    pub contract: String,
    /// The delivery that the dispute is about, where there is one.
    pub delivery: String,
    dispute: String,
}

/// A split as it is sent.
pub fn split_of(refund: &str, merchant: &str, held: &str, voided: &[&str]) -> Value {
    json!({"refund": refund, "merchant": merchant, "held": held, "voided_deliveries": voided})
}

impl Story {
    /// An active contract on which nothing was delivered yet.
    pub async fn begin() -> Self {
        let world = World::start().await;
        let side = Side::first(&world).await;
        let contract = id(&side.contract_in(&world, "active").await);
        Self { world, side, contract, delivery: String::new(), dispute: String::new() }
    }

    /// A dispute over a delivery and 600.00 of a contract with an agreement on arbitration, in a state.
    pub async fn over(state: &str) -> Self {
        let world = World::start().await;
        let side = Side::first(&world).await;
        let dispute = side.dispute_in(&world, state).await;
        let (contract, delivery) =
            (text(&dispute, "contract_id"), dispute["deliveries"][0].as_str().expect("a delivery").to_owned());
        Self { contract, delivery, dispute: id(&dispute), world, side }
    }

    /// The dispute's path.
    pub fn path(&self) -> String {
        format!("/v1/disputes/{}", self.dispute)
    }

    /// A party's proposal.
    pub async fn propose(&self, role: &str, split: Value) -> Value {
        let user = if role == "merchant" { self.side.merchant_user } else { self.side.consumer_user };
        self.world.post(user, format!("{}/proposals", self.path()), split).await
    }

    /// A user's answer to a proposal as they have seen it.
    pub async fn accept(&self, user: &str, proposal: &Value) -> Reply {
        let path = format!("{}/proposals/{}/accept", self.path(), id(proposal));
        self.world.ask(Method::POST, path).by(user).reviewed(&proposal["revision"]).json(&json!({})).send().await
    }

    /// A document recorded on the dispute as it stands.
    pub async fn award(&self, user: &str, document: Value) -> Reply {
        let reviewed = self.world.get("notary1", self.path()).await["revision"].clone();
        self.award_on(user, &reviewed, document).await
    }

    /// A document recorded on the dispute as it stood.
    pub async fn award_on(&self, user: &str, reviewed: &Value, document: Value) -> Reply {
        let path = format!("{}/award", self.path());
        self.world.ask(Method::POST, path).by(user).reviewed(reviewed).json(&document).send().await
    }

    /// A delivery that waits for its answer.
    pub async fn deliver(&self) -> String {
        let path = format!("/v1/contracts/{}/deliveries", self.contract);
        id(&self.world.post(self.side.merchant_user, path, json!({"units": 1})).await)
    }

    /// A dispute over deliveries and an amount of held money.
    pub async fn dispute(&self, user: &str, deliveries: &[&str], held: &str) -> Value {
        self.world.post(user, "/v1/disputes", self.about(deliveries, held)).await
    }

    /// The body that opens one.
    pub fn about(&self, deliveries: &[&str], held: &str) -> Value {
        json!({"contract_id": self.contract, "deliveries": deliveries, "held_amount": held, "reason": "课程停开"})
    }

    /// The contract now.
    pub async fn now(&self) -> Value {
        self.world.get("notary1", format!("/v1/contracts/{}", self.contract)).await
    }

    /// Held, pending, frozen, to the merchant, refunded.
    pub async fn balances(&self) -> [String; 5] {
        let contract = self.now().await;
        ["held", "pending", "frozen", "to_merchant", "refunded"]
            .map(|name| contract["balances"][name].as_str().unwrap_or_default().to_owned())
    }

    /// The state of an object.
    pub async fn state(&self, path: String) -> String {
        self.world.get("notary1", path).await["state"].as_str().unwrap_or_default().to_owned()
    }

    /// The tables are what the log says, and the log is what the rules allow.
    pub fn adds_up(&self) {
        holds(&self.world);
    }
}
