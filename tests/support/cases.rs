//! Disputes in any state.

use serde_json::{Value, json};

use super::side::{Side, id, plan_body};
use super::{World, text};

/// A split of the 633.33 that the disputes here are about, with so much for the consumer.
pub fn split(refund: &str) -> Value {
    let fen: u32 = refund.replace('.', "").parse().expect("an amount");
    let rest = 63_333 - fen;
    json!({"refund": refund, "merchant": format!("{}.{:02}", rest / 100, rest % 100), "held": "0.00"})
}

/// The document of an institution or a court that gives the consumer everything.
pub fn award(basis: &str) -> Value {
    json!({
        "basis": basis, "number": "（2026）沪仲案字第1号", "refund": "633.33", "merchant": "0.00", "held": "0.00",
        "items": [{"text": "退还课程款", "amount": "633.33"}], "costs": "50.00",
        "document_sha256": "ab".repeat(32), "document_sm3": "cd".repeat(32)
    })
}

impl World {
    /// The id of a user.
    pub async fn user(&self, name: &str) -> String {
        text(&self.get(name, "/v1/me").await, "id")
    }
}

impl Side {
    /// An active contract whose terms offer arbitration; the consumer ticks it or does not.
    pub async fn arbitrable(&self, world: &World, ticked: bool) -> Value {
        self.arbitrable_over(world, plan_body("2000.00"), ticked).await
    }

    /// The same over a plan of one's own.
    pub async fn arbitrable_over(&self, world: &World, mut body: Value, ticked: bool) -> Value {
        body["arbitration"] = json!({"institution": "上海仲裁委员会", "rules": "2024年规则", "payer": "loser"});
        let plan = self.on_sale(world, body).await;
        let contract = world.post(self.consumer_user, "/v1/contracts", json!({"plan_id": plan["id"]})).await;
        let path = format!("/v1/contracts/{}", id(&contract));
        let terms = json!({"terms_sha256": contract["terms_sha256"]});
        let mut tick = terms.clone();
        if ticked {
            tick["arbitration"] = json!(true);
        }
        world.post(self.consumer_user, format!("{path}/sign"), tick).await;
        world.post(self.merchant_user, format!("{path}/sign"), terms).await;
        let deposit = self.deposit(world, &contract).await;
        assert_eq!(world.bank("deposits", &deposit["id"], "paid").await.status, 200);
        world.get("notary1", path).await
    }

    /// A consumer's dispute over a delivery and 600.00, of a contract of its own with an agreement on arbitration;
    /// `mediator1` and `arbitrator1` hear it.
    pub async fn dispute_in(&self, world: &World, state: &str) -> Value {
        let contract = self.arbitrable(world, state != "unresolved").await;
        let delivery = self.delivery(world, &contract).await;
        let body = json!({
            "contract_id": contract["id"], "deliveries": [delivery["id"]], "held_amount": "600.00", "reason": "课程停开"
        });
        let dispute = world.post(self.consumer_user, "/v1/disputes", body).await;
        let path = format!("/v1/disputes/{}", id(&dispute));
        for (role, user) in [("mediator", "mediator1"), ("arbitrator", "arbitrator1")] {
            let body = json!({"role": role, "user_id": world.user(user).await});
            world.post("notary1", format!("{path}/assign"), body).await;
        }
        let steps = match state {
            "mediating" => 1,
            "arbitrating" | "unresolved" | "awarded" => 2,
            _ => 0,
        };
        for _ in 0..steps {
            world.post(self.consumer_user, format!("{path}/escalate"), json!({})).await;
        }
        match state {
            "awarded" => {
                let now = world.get("notary1", path.clone()).await;
                world.decide("arbitrator1", format!("{path}/award"), &now["revision"], award("award")).await;
            }
            "settled" | "executed" => {
                let proposal = self.proposal(world, &dispute, "consumer").await;
                let accept = format!("{path}/proposals/{}/accept", id(&proposal));
                world.decide(self.merchant_user, accept, &proposal["revision"], json!({})).await;
            }
            "withdrawn" => drop(world.post(self.consumer_user, format!("{path}/withdraw"), json!({})).await),
            _ => {}
        }
        if state == "executed" {
            world.post("notary1", format!("{path}/execute"), json!({})).await;
        }
        world.found("/v1/disputes", &dispute, state).await
    }

    /// A file that a party hands in.
    pub async fn evidence(&self, world: &World, dispute: &Value, role: &str) -> Value {
        let user = if role == "merchant" { self.merchant_user } else { self.consumer_user };
        let path = format!("/v1/disputes/{}/evidence?name=chat.json", id(dispute));
        world.post(user, path, json!({"messages": ["没有来"]})).await
    }

    /// A party's proposal that splits all that is frozen for a dispute between the two.
    pub async fn proposal(&self, world: &World, dispute: &Value, role: &str) -> Value {
        let user = if role == "merchant" { self.merchant_user } else { self.consumer_user };
        let body = match text(dispute, "amount").as_str() {
            "633.33" => split("100.00"),
            amount => json!({"refund": amount, "merchant": "0.00", "held": "0.00"}),
        };
        world.post(user, format!("/v1/disputes/{}/proposals", id(dispute)), body).await
    }
}
