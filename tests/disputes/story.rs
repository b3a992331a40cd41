//! A contract with deliveries, and what every story ends with.

use serde_json::{Value, json};
use ticun::ledger::check::check;
use ticun::store::dialect;

use super::support::World;
use super::support::side::{Side, id};

/// A contract of sixty uses for 2000.00, its parties, and a dispute over it.
pub struct Story {
    pub world: World,
    pub side: Side,
    pub contract: String,
}

impl Story {
    /// An active contract on which nothing was delivered yet.
    pub async fn begin() -> Self {
        let world = World::start().await;
        let side = Side::first(&world).await;
        let contract = id(&side.contract_in(&world, "active").await);
        Self { world, side, contract }
    }

    /// A delivery that waits for its answer.
    pub async fn delivery(&self) -> String {
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
        let mut connection = dialect::open_reader(&self.world.config.database).expect("the database");
        let checked = check(&mut connection, "changning", &mut |_, _| {});
        assert!(checked.is_ok(), "{checked:?}");
        self.world.is_allowed_by_the_rules();
    }
}
