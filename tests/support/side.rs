//! Two sides that know nothing of each other, and objects of either in any state.

use actix_web::http::Method;
use serde_json::{Value, json};
use ticun::cli::seed::PASSWORD;

use super::{World, text};

/// A merchant and a consumer who deal with each other and with nobody else.
pub struct Side {
    /// The merchant's user.
    pub merchant_user: &'static str,
    /// The consumer's user.
    pub consumer_user: &'static str,
    /// The merchant's id.
    pub merchant: String,
    /// The consumer's id.
    pub consumer: String,
    /// A plan on sale: 60 units for 2000.00.
    pub plan: String,
    /// A plan on sale whose refunds need a second notary.
    pub dear_plan: String,
    /// A venue.
    pub venue: String,
}

/// A plan of 60 units at a price.
pub fn plan_body(price: &str) -> Value {
    json!({
        "name": "60次卡", "kind": "count", "price": price, "currency": "CNY", "list_price": "600.00",
        "count": {"units": 60, "bonus_units": 0}, "validity_days": 3650, "sector": "other", "terms": "可退。",
        "release": {"per": "use", "confirm_window_hours": 72, "silence_confirms": true}
    })
}

/// A merchant's application.
pub fn application() -> Value {
    json!({"name": "新店", "credit_code": "91310106MA1FY0006J", "region": "上海"})
}

/// A bank account.
pub fn account() -> Value {
    json!({"holder_name": "持卡人", "bank_name": "示范银行", "account_number": "6222021001100000099"})
}

/// A default as a notary proposes it, shown by two documents.
pub fn default_body() -> Value {
    let (one, other) = ("ab".repeat(32), "cd".repeat(32));
    let proof = |kind, sha256, sm3| json!({"kind": kind, "document_sha256": sha256, "document_sm3": sm3});
    json!({
        "cause": "default", "mode": "real", "reason": "人去楼空",
        "proofs": [proof("site_visit", &one, &other), proof("bank_return", &other, &one)],
        "notice": {
            "how": "registered_mail", "sent_at": "2026-01-05T02:00:00Z", "document_sha256": one, "document_sm3": other
        }
    })
}

/// The id of an object.
pub fn id(object: &Value) -> String {
    text(object, "id")
}

impl World {
    /// The day on the books' clock, in UTC.
    pub fn today(&self) -> String {
        self.running().clock.now().to_string().chars().take("2026-01-01".len()).collect()
    }

    /// Somebody who has just registered; answers the user name.
    pub async fn newcomer(&self, kind: &str) -> String {
        let username = format!("{kind}-{}", self.fresh_key());
        let body = json!({"kind": kind, "username": username, "password": PASSWORD, "name": "新人"});
        let reply = self.ask(Method::POST, "/v1/registrations").json(&body).send().await;
        assert_eq!(reply.status, 201, "{reply:?}");
        username
    }

    /// A merchant in a state, and its user.
    pub async fn merchant_in(&self, state: &str) -> (String, Value) {
        let user = self.newcomer("merchant").await;
        let merchant = self.post(&user, "/v1/merchants", application()).await;
        let path = format!("/v1/merchants/{}", id(&merchant));
        let because = json!({"reason": "依规"});
        if state == "rejected" {
            self.post("operator1", format!("{path}/reject"), because.clone()).await;
        } else if state != "applied" {
            self.post("operator1", format!("{path}/review"), json!({})).await;
        }
        if matches!(state, "active" | "suspended" | "exiting") {
            self.post("notary1", format!("{path}/admit"), json!({})).await;
        }
        if state == "exiting" {
            self.post("notary1", format!("{path}/exit"), json!({})).await;
        }
        if state == "suspended" {
            self.post("notary1", format!("{path}/suspend"), because).await;
        }
        (user, self.found("/v1/merchants", &merchant, state).await)
    }

    /// The object as a notary sees it now, which must be in `state`.
    pub async fn found(&self, folder: &str, object: &Value, state: &str) -> Value {
        let found = self.get("notary1", format!("{folder}/{}", id(object))).await;
        assert_eq!(found["state"], state, "{found}");
        found
    }
}

impl Side {
    /// The demo's own merchant with its consumer.
    pub async fn first(world: &World) -> Self {
        Self::of(world, "merchant1", "consumer1").await
    }

    /// The demo's other merchant, admitted, with the other consumer.
    pub async fn second(world: &World) -> Self {
        let merchant = world.get("merchant2", "/v1/merchants").await["data"][0].clone();
        if merchant["state"] == "applied" {
            let path = format!("/v1/merchants/{}", id(&merchant));
            world.post("operator1", format!("{path}/review"), json!({})).await;
            world.post("notary1", format!("{path}/admit"), json!({})).await;
        }
        Self::of(world, "merchant2", "consumer2").await
    }

    /// A merchant who is admitted, and a consumer.
    pub async fn of(world: &World, merchant_user: &'static str, consumer_user: &'static str) -> Self {
        let merchant = text(&world.get(merchant_user, "/v1/me").await, "party");
        let consumer = text(&world.get(consumer_user, "/v1/me").await, "party");
        let put = world.ask(Method::PUT, "/v1/payout-accounts").by(merchant_user).json(&account());
        assert_eq!(put.send().await.status, 200);
        let venue = json!({"name": "馆", "address": "上海市", "lease_ends_on": "2040-12-31"});
        let venue = id(&world.post(merchant_user, "/v1/venues", venue).await);
        let (plan, dear_plan) = (String::new(), String::new());
        let side = Self { merchant_user, consumer_user, merchant, consumer, plan, dear_plan, venue };
        let plan = id(&side.plan_in(world, "on_sale").await);
        let dear_plan = id(&side.plan_of(world, "on_sale", "30000.00").await);
        Self { plan, dear_plan, ..side }
    }

    /// A plan in a state.
    pub async fn plan_in(&self, world: &World, state: &str) -> Value {
        self.plan_of(world, state, "2000.00").await
    }

    async fn plan_of(&self, world: &World, state: &str, price: &str) -> Value {
        let plan = world.post(self.merchant_user, "/v1/plans", plan_body(price)).await;
        let path = format!("/v1/plans/{}", id(&plan));
        if matches!(state, "submitted" | "on_sale" | "rejected") {
            let submitted = world.post(self.merchant_user, format!("{path}/submit"), json!({})).await;
            let revision = &submitted["revision"];
            match state {
                "on_sale" => drop(world.decide("notary1", format!("{path}/approve"), revision, json!({})).await),
                "rejected" => {
                    world.decide("notary1", format!("{path}/reject"), revision, json!({"reason": "不清"})).await;
                }
                _ => {}
            }
        }
        if state == "withdrawn" {
            world.post(self.merchant_user, format!("{path}/withdraw"), json!({})).await;
        }
        world.found("/v1/plans", &plan, state).await
    }

    /// A plan of any kind on sale, with the block of its kind.
    pub async fn plan_on_sale(&self, world: &World, kind: &str, block: Value, price: &str, per: &str) -> Value {
        self.on_sale(world, self.plan_of_kind(kind, block, price, per)).await
    }

    /// A plan of any kind, with the block of its kind.
    pub fn plan_of_kind(&self, kind: &str, block: Value, price: &str, per: &str) -> Value {
        let mut plan = plan_body(price);
        for member in ["count", "list_price"] {
            plan.as_object_mut().expect("a plan").remove(member);
        }
        (plan["kind"], plan[kind], plan["release"]["per"]) = (json!(kind), block, json!(per));
        plan["venue_ids"] = json!([self.venue]);
        plan
    }

    /// A plan on sale.
    pub async fn on_sale(&self, world: &World, plan: Value) -> Value {
        let plan = world.post(self.merchant_user, "/v1/plans", plan).await;
        let path = format!("/v1/plans/{}", id(&plan));
        let submitted = world.post(self.merchant_user, format!("{path}/submit"), json!({})).await;
        world.decide("notary1", format!("{path}/approve"), &submitted["revision"], json!({})).await
    }

    /// An active contract over a term at the side's venue.
    pub async fn period(&self, world: &World, price: &str, days: u32) -> Value {
        let plan = json!({
            "name": "期限卡", "kind": "period", "price": price, "currency": "CNY", "validity_days": days,
            "period": {"granularity": "day"}, "sector": "other", "terms": "可退。", "venue_ids": [self.venue],
            "release": {"per": "day", "confirm_window_hours": 72, "silence_confirms": true}
        });
        let plan = self.on_sale(world, plan).await;
        self.contract_of(world, "active", &id(&plan)).await
    }

    /// A contract in a state.
    pub async fn contract_in(&self, world: &World, state: &str) -> Value {
        self.contract_of(world, state, &self.plan).await
    }

    /// A contract over a plan in a state.
    pub async fn contract_of(&self, world: &World, state: &str, plan: &str) -> Value {
        let contract = world.post(self.consumer_user, "/v1/contracts", json!({"plan_id": plan})).await;
        let path = format!("/v1/contracts/{}", id(&contract));
        if matches!(state, "signed" | "active" | "closing") {
            let terms = json!({"terms_sha256": contract["terms_sha256"]});
            world.post(self.consumer_user, format!("{path}/sign"), terms.clone()).await;
            world.post(self.merchant_user, format!("{path}/sign"), terms).await;
        }
        if matches!(state, "active" | "closing") {
            let deposit = self.deposit(world, &contract).await;
            assert_eq!(world.bank("deposits", &deposit["id"], "paid").await.status, 200);
        }
        match state {
            "cancelled" => drop(world.post(self.consumer_user, format!("{path}/cancel"), json!({})).await),
            "closing" => drop(self.order(world, &contract).await),
            _ => {}
        }
        world.found("/v1/contracts", &contract, state).await
    }

    /// A deposit that awaits its payment, of a signed contract.
    pub async fn deposit(&self, world: &World, contract: &Value) -> Value {
        let path = format!("/v1/contracts/{}/deposits", id(contract));
        world.post(self.consumer_user, path, json!({"channel": "sandbox"})).await
    }

    /// A check-in code for a contract.
    pub async fn code(&self, world: &World, contract: &Value) -> Value {
        let path = format!("/v1/contracts/{}/checkin-codes", id(contract));
        world.post(self.consumer_user, path, json!({})).await["checkin_code"].clone()
    }

    /// A delivery of a contract that was confirmed by a check-in code.
    pub async fn check_in(&self, world: &World, contract: &Value) -> Value {
        let code = self.code(world, contract).await;
        world.post(self.merchant_user, "/v1/deliveries", json!({"checkin_code": code, "units": 1})).await
    }

    /// A delivery of a contract that waits for the consumer's answer.
    pub async fn delivery(&self, world: &World, contract: &Value) -> Value {
        let path = format!("/v1/contracts/{}/deliveries", id(contract));
        world.post(self.merchant_user, path, json!({"units": 1})).await
    }

    /// A delivery in a state, of a contract of its own.
    pub async fn delivery_in(&self, world: &World, state: &str) -> Value {
        let contract = self.contract_in(world, "active").await;
        let delivery = self.delivery(world, &contract).await;
        let path = format!("/v1/deliveries/{}", id(&delivery));
        if matches!(state, "confirmed" | "reversed") {
            world.post(self.consumer_user, format!("{path}/confirm"), json!({})).await;
        }
        let because = json!({"reason": "没有来"});
        match state {
            "contested" => drop(world.post(self.consumer_user, format!("{path}/contest"), because).await),
            "voided" => drop(world.post(self.merchant_user, format!("{path}/void"), json!({})).await),
            "reversed" => drop(world.post("notary1", format!("{path}/reverse"), because).await),
            _ => {}
        }
        world.found("/v1/deliveries", &delivery, state).await
    }

    /// A merchant's money that a settlement can take; a proposal that stands in the way is turned down.
    pub async fn earn(&self, world: &World) {
        let contract = self.contract_in(world, "active").await;
        self.check_in(world, &contract).await;
        world.advance("P20D").await;
        let path = format!("/v1/settlements?state=proposed&merchant_id={}", self.merchant);
        for open in world.get("notary1", path).await["data"].as_array().into_iter().flatten() {
            let path = format!("/v1/settlements/{}/reject", id(open));
            world.decide("notary1", path, &open["revision"], json!({"reason": "重来"})).await;
        }
    }

    /// A settlement in a state, proposed by the first notary.
    pub async fn settlement_in(&self, world: &World, state: &str) -> Value {
        self.earn(world).await;
        let proposed = world.post("notary1", "/v1/settlements", json!({"merchant_id": self.merchant})).await;
        let path = format!("/v1/settlements/{}", id(&proposed));
        let revision = &proposed["revision"];
        match state {
            "released" => drop(world.decide("notary2", format!("{path}/approve"), revision, json!({})).await),
            "rejected" => {
                world.decide("notary2", format!("{path}/reject"), revision, json!({"reason": "不符"})).await;
            }
            _ => {}
        }
        world.found("/v1/settlements", &proposed, state).await
    }

    /// A refund in a state, of a contract of its own.
    pub async fn refund_in(&self, world: &World, state: &str) -> Value {
        let plan = if state == "proposed" { &self.dear_plan } else { &self.plan };
        let contract = self.contract_of(world, "active", plan).await;
        let refund = match state {
            "ordered" | "proposed" => self.order(world, &contract).await,
            _ => self.request(world, &contract).await,
        };
        let path = format!("/v1/refunds/{}", id(&refund));
        match state {
            "answered" => {
                world.post(self.merchant_user, format!("{path}/answer"), json!({"accept": true})).await;
            }
            "declined" => {
                let because = json!({"reason": "不符"});
                world.decide("notary1", format!("{path}/decline"), &refund["revision"], because).await;
            }
            "withdrawn" => drop(world.post(self.consumer_user, format!("{path}/withdraw"), json!({})).await),
            _ => {}
        }
        world.found("/v1/refunds", &refund, state).await
    }

    /// A refund of 2000.00 that the merchant objects to, who would give back less.
    pub async fn objected(&self, world: &World, offered: &str) -> Value {
        let refund = self.refund_in(world, "requested").await;
        let body = json!({"accept": false, "amount": offered, "reason": "照常营业"});
        world.post(self.merchant_user, format!("/v1/refunds/{}/answer", id(&refund)), body).await
    }

    /// A dispute over a delivery and some held money of a contract of its own, opened by one of the two parties.
    pub async fn dispute_by(&self, world: &World, role: &str) -> Value {
        let contract = self.contract_in(world, "active").await;
        let delivery = self.delivery(world, &contract).await;
        let user = if role == "merchant" { self.merchant_user } else { self.consumer_user };
        let body = json!({
            "contract_id": contract["id"], "deliveries": [delivery["id"]], "held_amount": "600.00", "reason": "课程停开"
        });
        world.post(user, "/v1/disputes", body).await
    }

    /// A drill in a state, proposed by the first notary: a run that holds nobody up.
    pub async fn run_in(&self, world: &World, state: &str) -> Value {
        let path = format!("/v1/merchants/{}/default-runs", self.merchant);
        let run = world.post("notary1", path, json!({"mode": "drill"})).await;
        let path = format!("/v1/default-runs/{}", id(&run));
        match state {
            "done" => {
                world.decide("notary2", format!("{path}/approve"), &run["revision"], json!({})).await;
                world.advance("PT1S").await;
            }
            "rescinded" => drop(world.post("notary1", format!("{path}/rescind"), json!({"reason": "练完了"})).await),
            _ => {}
        }
        world.found("/v1/default-runs", &run, state).await
    }

    /// A default that the first notary has proposed.
    pub async fn propose_default(&self, world: &World) -> Value {
        world.post("notary1", format!("/v1/merchants/{}/default-runs", self.merchant), default_body()).await
    }

    /// A default that the second notary has approved after the merchant could object; it is done when this returns.
    pub async fn default(&self, world: &World) -> Value {
        let run = self.propose_default(world).await;
        world.advance("P20D").await;
        let path = format!("/v1/default-runs/{}", id(&run));
        world.decide("notary2", format!("{path}/approve"), &run["revision"], json!({})).await;
        world.advance("PT1S").await;
        world.found("/v1/default-runs", &run, "done").await
    }

    /// The consumer asks for everything back because of the merchant's breach.
    pub async fn request(&self, world: &World, contract: &Value) -> Value {
        let path = format!("/v1/contracts/{}/refunds", id(contract));
        world.post(self.consumer_user, path, json!({"reason": "merchant_breach"})).await
    }

    /// The consumer has just bought something, and wants it no more.
    pub async fn seven_day(&self, world: &World) -> Value {
        let contract = self.contract_in(world, "active").await;
        let path = format!("/v1/contracts/{}/refunds", id(&contract));
        world.post(self.consumer_user, path, json!({"reason": "seven_day"})).await
    }

    /// A refund that the merchant agrees to and the first notary decides.
    pub async fn order(&self, world: &World, contract: &Value) -> Value {
        let refund = self.request(world, contract).await;
        let path = format!("/v1/refunds/{}", id(&refund));
        let answered = world.post(self.merchant_user, format!("{path}/answer"), json!({"accept": true})).await;
        let decision = json!({"amount": answered["calculation"]["refund"], "basis": "consent"});
        world.decide("notary1", format!("{path}/decide"), &answered["revision"], decision).await
    }

    /// A payout to one of the two parties which the bank has rejected.
    pub async fn failed_payout(&self, world: &World, role: &str) -> Value {
        let payout = match role {
            "merchant" => self.settlement_in(world, "released").await["payout_id"].clone(),
            _ => self.refund_in(world, "ordered").await["payout_id"].clone(),
        };
        let reply = world.bank("payouts", &payout, "rejected").await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.body
    }
}
