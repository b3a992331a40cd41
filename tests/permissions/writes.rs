//! A call of each operation that writes, on a fresh object in the state it needs.

use actix_web::http::Method;
use serde_json::{Value, json};
use ticun::domain::time::Date;

use super::support::World;
use super::support::cases::{award, split};
use super::support::orders::{document, judgment, order_on};
use super::support::side::{Side, account, application, id, plan_body};
use super::support::signer::Signer;
use super::table::Line;

/// A call that succeeds when the right person makes it.
pub struct Call {
    /// Where to.
    pub path: String,
    /// With what.
    pub body: Value,
    /// The revision reviewed.
    pub revision: Option<Value>,
    /// Who makes it, where it is none of the usual people.
    pub user: Option<String>,
}

impl Call {
    fn on(line: &Line, object: &Value, body: Value) -> Self {
        let path = match object["id"].as_str() {
            Some(id) => line.path.replace("{id}", id),
            None => line.path.to_owned(),
        };
        Self { path, body, revision: None, user: None }
    }

    fn to(line: &Line, body: Value) -> Self {
        Self::on(line, &Value::Null, body)
    }

    fn reviewed(self, object: &Value) -> Self {
        Self { revision: Some(object["revision"].clone()), ..self }
    }
}

/// A call of `line` on something of `side` that a user in `role` can make.
pub async fn prepare(world: &World, line: &Line, side: &Side, role: &str) -> Call {
    let room = line.permission.split('.').next().expect("a permission has two parts");
    match (room, line.permission) {
        (_, "refund.calculate") => Call::to(line, question()),
        // What each line of it may do, the tests of batches try.
        (_, "batch.send") => Call::to(line, json!({"op": "none", "idempotency_key": "1", "body": {}})),
        ("signing_key", _) => signing_keys(world, line, role).await,
        (_, "merchant.exit") if role == "merchant" => {
            Call::on(line, &json!({"id": side.merchant}), json!({"reason": "租约到期"}))
        }
        ("merchant", _) => merchants(world, line).await,
        ("default_run", _) => runs(world, line, side).await,
        ("venue" | "plan", _) => offers(world, line, side).await,
        ("contract" | "deposit" | "checkin", _) => contracts(world, line, side).await,
        ("delivery", _) => deliveries(world, line, side).await,
        ("settlement" | "payout" | "payout_account", _) => payments(world, line, side, role).await,
        ("refund", _) => refunds(world, line, side).await,
        ("evidence", _) => evidence(world, line, side, role).await,
        ("freeze", _) => freezes(world, line, side).await,
        ("dispute", _) => disputes(world, line, side, role).await,
        _ => panic!("nothing prepares {line:?}"),
    }
}

/// Everybody who decides registers one key; it is in force until the next line retires it, so that nothing else in the
/// walk needs a signature.
async fn signing_keys(world: &World, line: &Line, role: &str) -> Call {
    let (user, seed) = match role {
        "notary" => ("notary2", 7),
        "arbitrator" => ("arbitrator1", 8),
        _ => ("regulator1", 9),
    };
    let body = Signer::new(seed).registration(world, user).await;
    if line.permission == "signing_key.register" {
        return Call { user: Some(user.to_owned()), ..Call::to(line, body) };
    }
    let registered = world.ask(Method::PUT, "/v1/me/signing-key").by(user).json(&body).send().await;
    assert_eq!(registered.status, 200, "{registered:?}");
    Call { user: Some(user.to_owned()), ..Call::to(line, json!({})) }
}

fn question() -> Value {
    json!({
        "kind": "count", "currency": "CNY", "paid": "2000.00", "paid_on": "2026-01-05", "requested_on": "2026-03-01",
        "reason": "merchant_breach", "count": {"units": 60, "bonus_units": 0, "used_units": 1, "list_price": "50.00"}
    })
}

async fn merchants(world: &World, line: &Line) -> Call {
    if line.permission == "merchant.apply" {
        let user = world.newcomer("merchant").await;
        return Call { user: Some(user), ..Call::to(line, application()) };
    }
    let (state, body) = match line.permission {
        "merchant.review" => ("applied", json!({"note": "齐全"})),
        "merchant.admit" => ("reviewed", json!({})),
        "merchant.reject" => ("applied", json!({"reason": "不全"})),
        "merchant.suspend" => ("active", json!({"reason": "被诉"})),
        "merchant.reinstate" => ("suspended", json!({})),
        "merchant.exit" => ("active", json!({})),
        other => panic!("nothing prepares {other}"),
    };
    Call::on(line, &world.merchant_in(state).await.1, body)
}

/// Drills, so that the side can go on dealing.
async fn runs(world: &World, line: &Line, side: &Side) -> Call {
    if line.permission == "default_run.propose" {
        return Call::on(line, &json!({"id": side.merchant}), json!({"mode": "drill"}));
    }
    let run = side.run_in(world, "proposed").await;
    match line.permission {
        // The first notary has proposed it.
        "default_run.approve" => {
            Call { user: Some("notary2".to_owned()), ..Call::on(line, &run, json!({})).reviewed(&run) }
        }
        _ => Call::on(line, &run, json!({"reason": "依规"})),
    }
}

async fn offers(world: &World, line: &Line, side: &Side) -> Call {
    match line.permission {
        "venue.add" => Call::to(line, json!({"name": "二馆", "address": "上海市", "lease_ends_on": "2040-12-31"})),
        "venue.open" => {
            // The day in UTC is the office's own or the one before, and both can be marked.
            let venue = json!({"name": "馆", "address": "上海市", "lease_ends_on": "2040-12-31"});
            let venue = world.post(side.merchant_user, "/v1/venues", venue).await;
            Call::on(line, &venue, json!({"date": world.today()}))
        }
        "plan.draft" => Call::to(line, plan_body("2000.00")),
        "plan.revise" => Call::on(line, &side.plan_in(world, "draft").await, json!({"price": "1800.00"})),
        "plan.submit" => Call::on(line, &side.plan_in(world, "draft").await, json!({})),
        "plan.withdraw" => Call::on(line, &side.plan_in(world, "on_sale").await, json!({})),
        "plan.approve" | "plan.reject" => {
            let plan = side.plan_in(world, "submitted").await;
            let body = if line.permission == "plan.reject" { json!({"reason": "不清"}) } else { json!({}) };
            Call::on(line, &plan, body).reviewed(&plan)
        }
        other => panic!("nothing prepares {other}"),
    }
}

async fn contracts(world: &World, line: &Line, side: &Side) -> Call {
    match line.permission {
        "contract.draft" => Call::to(line, json!({"plan_id": side.plan})),
        "contract.sign" => {
            let contract = side.contract_in(world, "draft").await;
            Call::on(line, &contract, json!({"terms_sha256": contract["terms_sha256"]}))
        }
        "contract.cancel" => Call::on(line, &side.contract_in(world, "signed").await, json!({})),
        "contract.extend" => {
            let contract = side.contract_in(world, "active").await;
            let ends_on = contract["ends_on"].as_str().and_then(|day| Date::parse(day).ok()).expect("a day");
            Call::on(line, &contract, json!({"ends_on": ends_on.plus_days(30).to_string()}))
        }
        "contract.consent_guardian" => {
            let body = json!({
                "name": "王芳", "id_number": "310105198001010029", "relation": "母亲",
                "document_sha256": "ab".repeat(32), "document_sm3": "cd".repeat(32)
            });
            Call::on(line, &side.contract_in(world, "draft").await, body)
        }
        "contract.transfer" => {
            let recipient = world.newcomer("consumer").await;
            let body = json!({"to_consumer": world.get(&recipient, "/v1/me").await["party"]});
            Call::on(line, &side.contract_in(world, "active").await, body)
        }
        "contract.accept_transfer" => {
            let (giver, contract) = given(world, side).await;
            let path = format!("/v1/contracts/{}/transfer", id(&contract));
            world.post(&giver, path, json!({"to_consumer": side.consumer})).await;
            Call::on(line, &contract, json!({}))
        }
        "contract.withdraw_transfer" => {
            let contract = side.contract_in(world, "active").await;
            let recipient = world.newcomer("consumer").await;
            let body = json!({"to_consumer": world.get(&recipient, "/v1/me").await["party"]});
            world.post(side.consumer_user, format!("/v1/contracts/{}/transfer", id(&contract)), body).await;
            Call::on(line, &contract, json!({}))
        }
        "deposit.start" => Call::on(line, &side.contract_in(world, "signed").await, json!({"channel": "sandbox"})),
        "checkin.issue" => Call::on(line, &side.contract_in(world, "active").await, json!({})),
        other => panic!("nothing prepares {other}"),
    }
}

/// Somebody else's active contract with the side's merchant, and who holds it.
async fn given(world: &World, side: &Side) -> (String, Value) {
    let giver = world.newcomer("consumer").await;
    let contract = world.post(&giver, "/v1/contracts", json!({"plan_id": side.plan})).await;
    let path = format!("/v1/contracts/{}", id(&contract));
    let terms = json!({"terms_sha256": contract["terms_sha256"]});
    for user in [giver.as_str(), side.merchant_user] {
        world.post(user, format!("{path}/sign"), terms.clone()).await;
    }
    let deposit = world.post(&giver, format!("{path}/deposits"), json!({"channel": "sandbox"})).await;
    assert_eq!(world.bank("deposits", &deposit["id"], "paid").await.status, 200);
    (giver, contract)
}

async fn deliveries(world: &World, line: &Line, side: &Side) -> Call {
    match line.permission {
        "delivery.record" => Call::on(line, &side.contract_in(world, "active").await, json!({"units": 1})),
        "delivery.check_in" => {
            let contract = side.contract_in(world, "active").await;
            let code = side.code(world, &contract).await;
            Call::to(line, json!({"checkin_code": code, "units": 1}))
        }
        "delivery.reverse" => Call::on(line, &side.delivery_in(world, "confirmed").await, json!({"reason": "记错了"})),
        "delivery.contest" => Call::on(line, &side.delivery_in(world, "pending").await, json!({"reason": "没有来"})),
        "delivery.confirm" | "delivery.void" => Call::on(line, &side.delivery_in(world, "pending").await, json!({})),
        other => panic!("nothing prepares {other}"),
    }
}

async fn payments(world: &World, line: &Line, side: &Side, role: &str) -> Call {
    match line.permission {
        "settlement.propose" => {
            side.earn(world).await;
            Call::to(line, json!({"merchant_id": side.merchant}))
        }
        "settlement.approve" | "settlement.reject" => {
            let settlement = side.settlement_in(world, "proposed").await;
            let body = if line.permission == "settlement.reject" { json!({"reason": "不符"}) } else { json!({}) };
            Call::on(line, &settlement, body).reviewed(&settlement)
        }
        "payout.new_account" => Call::on(line, &side.failed_payout(world, role).await, json!({"account": account()})),
        "payout_account.set" => Call::to(line, account()),
        other => panic!("nothing prepares {other}"),
    }
}

async fn disputes(world: &World, line: &Line, side: &Side, role: &str) -> Call {
    match line.permission {
        "dispute.open" => {
            let contract = side.contract_in(world, "active").await;
            Call::to(line, json!({"contract_id": contract["id"], "held_amount": "600.00", "reason": "课程停开"}))
        }
        "dispute.withdraw" | "dispute.escalate" => Call::on(line, &side.dispute_by(world, role).await, json!({})),
        "dispute.object_arbitration" => Call::on(line, &side.dispute_in(world, "mediating").await, json!({})),
        "dispute.assign" => {
            let body = json!({"role": "mediator", "user_id": world.user("mediator1").await});
            Call::on(line, &side.dispute_in(world, "negotiating").await, body)
        }
        "dispute.propose" => Call::on(line, &side.dispute_in(world, "mediating").await, split("100.00")),
        "dispute.accept" => {
            let dispute = side.dispute_in(world, "mediating").await;
            let proposal =
                side.proposal(world, &dispute, if role == "consumer" { "merchant" } else { "consumer" }).await;
            let path = line.path.replace("{id}", &id(&dispute)).replace("{proposal}", &id(&proposal));
            Call { path, body: json!({}), revision: Some(proposal["revision"].clone()), user: None }
        }
        "dispute.award" => {
            let dispute = side.dispute_in(world, "arbitrating").await;
            Call::on(line, &dispute, award("award")).reviewed(&dispute)
        }
        "dispute.execute" => Call::on(line, &side.dispute_in(world, "settled").await, json!({})),
        other => panic!("nothing prepares {other}"),
    }
}

async fn freezes(world: &World, line: &Line, side: &Side) -> Call {
    match line.permission {
        "freeze.order" => Call::to(line, order_on(&side.contract_in(world, "active").await, "100.00")),
        "freeze.lift" => Call::on(line, &side.freeze_in(world, "open").await, document("ef")),
        "freeze.execute" => {
            let freeze = side.freeze_in(world, "open").await;
            Call::on(line, &freeze, judgment(&freeze))
        }
        other => panic!("nothing prepares {other}"),
    }
}

async fn evidence(world: &World, line: &Line, side: &Side, role: &str) -> Call {
    let dispute = side.dispute_by(world, role).await;
    let path = line.path.replace("{id}", &id(&dispute));
    let (path, body) = match line.permission {
        "evidence.stage" => (format!("{path}?name=a.json"), json!({"messages": ["没有来"]})),
        "evidence.submit" => {
            let staged = side.evidence(world, &dispute, role).await;
            (path.replace("{evidence}", &id(&staged)), json!({}))
        }
        other => panic!("nothing prepares {other}"),
    };
    Call { path, body, revision: None, user: None }
}

async fn refunds(world: &World, line: &Line, side: &Side) -> Call {
    match line.permission {
        "refund.request" => {
            Call::on(line, &side.contract_in(world, "active").await, json!({"reason": "merchant_breach"}))
        }
        "refund.answer" => Call::on(line, &side.refund_in(world, "requested").await, json!({"accept": true})),
        "refund.withdraw" => Call::on(line, &side.refund_in(world, "requested").await, json!({})),
        "refund.declare" => {
            let body = json!({"basis": "waiver", "amount": "1.00"});
            Call::on(line, &side.refund_in(world, "requested").await, body)
        }
        "refund.claim_prior_service" => {
            let body = json!({"document_sha256": "ab".repeat(32), "document_sm3": "cd".repeat(32)});
            Call::on(line, &side.seven_day(world).await, body)
        }
        "refund.decide_prior_service" => {
            let path = format!("/v1/refunds/{}/prior-service-claim", id(&side.seven_day(world).await));
            let body = json!({"document_sha256": "ab".repeat(32), "document_sm3": "cd".repeat(32)});
            let claimed = world.post(side.merchant_user, path, body).await;
            Call::on(line, &claimed, json!({"accepted": true, "reason": "服务相同"})).reviewed(&claimed)
        }
        "refund.decide" => {
            let refund = side.refund_in(world, "answered").await;
            let body = json!({"amount": refund["calculation"]["refund"], "basis": "consent"});
            Call::on(line, &refund, body).reviewed(&refund)
        }
        "refund.order_undisputed" => {
            let refund = side.objected(world, "1000.00").await;
            Call::on(line, &refund, json!({})).reviewed(&refund)
        }
        "refund.approve" => {
            let refund = side.refund_in(world, "proposed").await;
            Call::on(line, &refund, json!({})).reviewed(&refund)
        }
        "refund.decline" => {
            let refund = side.refund_in(world, "requested").await;
            Call::on(line, &refund, json!({"reason": "不符"})).reviewed(&refund)
        }
        other => panic!("nothing prepares {other}"),
    }
}
