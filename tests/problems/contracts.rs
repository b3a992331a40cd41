//! What is refused to the parties of a contract, before it runs and while it does.

use serde_json::json;

use super::support::side::Side;
use super::support::{World, text};
use super::{at, post_refused};

pub async fn before_they_run(world: &World) {
    let plan = world.plan().await;
    let contract = world.post("consumer1", "/v1/contracts", json!({"plan_id": plan["id"]})).await;
    let path = at("contracts", &contract);
    let (sign, deposits) = (format!("{path}/sign"), format!("{path}/deposits"));
    let (terms, sandbox) = (json!({"terms_sha256": contract["terms_sha256"]}), json!({"channel": "sandbox"}));
    let others = json!({"terms_sha256": "0".repeat(64)});
    post_refused(world, "consumer1", &sign, others, "terms_mismatch").await;
    let others = json!({"terms_sha256": contract["terms_sha256"], "terms_sm3": "0".repeat(64)});
    post_refused(world, "consumer1", &sign, others, "terms_mismatch").await;
    post_refused(world, "consumer1", &deposits, sandbox.clone(), "contract_not_signed").await;
    let deliveries = format!("{path}/deliveries");
    post_refused(world, "merchant1", &deliveries, json!({"units": 1}), "contract_not_active").await;
    world.post("consumer1", sign.clone(), terms.clone()).await;
    post_refused(world, "consumer1", &sign, terms.clone(), "already_signed").await;
    let both = json!({"terms_sha256": contract["terms_sha256"], "terms_sm3": contract["terms_sm3"]});
    world.post("merchant1", sign, both).await;
    post_refused(world, "consumer1", &deposits, json!({"channel": "barter"}), "channel_unknown").await;
    let deposit = world.post("consumer1", deposits.clone(), sandbox.clone()).await;
    post_refused(world, "consumer1", &deposits, sandbox, "deposit_open").await;
    assert_eq!(world.bank("deposits", &deposit["id"], "paid").await.status, 200);
    post_refused(world, "consumer1", &format!("{path}/cancel"), json!({}), "state_conflict").await;
    let notice = json!({
        "kind": "deposit", "transaction_id": "lost-1", "reference": "nobody", "outcome": "failed",
        "amount": "2000.00", "currency": "CNY"
    });
    assert_eq!(world.notify(&notice).await.problem(), (404, "order_unknown".to_owned()));
}

pub async fn deliveries(world: &World) {
    let contract = world.active_contract("consumer1").await;
    let path = at("contracts", &contract);
    let deliveries = format!("{path}/deliveries");
    post_refused(world, "merchant1", &deliveries, json!({"units": 61}), "units_exhausted").await;
    post_refused(world, "merchant1", &deliveries, json!({"value": "1.00"}), "use_not_sold").await;
    let shorter = json!({"ends_on": contract["ends_on"]});
    post_refused(world, "merchant1", &format!("{path}/extend"), shorter, "extension_out_of_range").await;
    let dated = |at: &str| json!({"units": 1, "occurred_at": at});
    post_refused(world, "merchant1", &deliveries, dated("2099-01-01T00:00:00Z"), "occurred_in_future").await;
    post_refused(world, "merchant1", &deliveries, dated("2020-01-01T00:00:00Z"), "occurred_before_active").await;
    let coded = |code: &str| json!({"checkin_code": code, "units": 1});
    post_refused(world, "merchant1", "/v1/deliveries", coded("ffffffffffffffffffff"), "checkin_code_unknown").await;
    let codes = format!("{path}/checkin-codes");
    let used = text(&world.post("consumer1", codes.clone(), json!({})).await, "checkin_code");
    world.post("merchant1", "/v1/deliveries", coded(&used)).await;
    post_refused(world, "merchant1", "/v1/deliveries", coded(&used), "checkin_code_used").await;
    let old = text(&world.post("consumer1", codes, json!({})).await, "checkin_code");
    world.advance("PT11M").await;
    post_refused(world, "merchant1", "/v1/deliveries", coded(&old), "checkin_code_expired").await;
}

/// A card of which more is charged than is left.
pub async fn a_card_without_value(world: &World) {
    let side = Side::first(world).await;
    let block = json!({"bonus": "5.00"});
    let plan = side.plan_on_sale(world, "stored_value", block, "10.00", "use").await;
    let contract = side.contract_of(world, "active", &text(&plan, "id")).await;
    let deliveries = format!("{}/deliveries", at("contracts", &contract));
    post_refused(world, "merchant1", &deliveries, json!({"value": "15.01"}), "value_exhausted").await;
}

pub async fn answers_to_deliveries(world: &World) {
    let contract = world.active_contract("consumer1").await;
    let deliveries = format!("{}/deliveries", at("contracts", &contract));
    let first = at("deliveries", &world.post("merchant1", deliveries.clone(), json!({"units": 1})).await);
    world.post("consumer1", format!("{first}/confirm"), json!({})).await;
    post_refused(world, "consumer1", &format!("{first}/confirm"), json!({}), "already_confirmed").await;
    let (reverse, why) = (format!("{first}/reverse"), json!({"reason": "记错了。"}));
    world.post("merchant1", reverse.clone(), why.clone()).await;
    post_refused(world, "merchant1", &reverse, why.clone(), "reversal_already_proposed").await;
    let second = at("deliveries", &world.post("merchant1", deliveries.clone(), json!({"units": 1})).await);
    world.post("consumer1", format!("{second}/contest"), why.clone()).await;
    post_refused(world, "consumer1", &format!("{second}/contest"), why, "already_contested").await;
    post_refused(world, "consumer1", &format!("{second}/confirm"), json!({}), "delivery_contested").await;
    let rest = json!({"contract_id": contract["id"], "held_amount": "1933.34", "reason": "商家停业。"});
    world.post("consumer1", "/v1/disputes", rest).await;
    post_refused(world, "merchant1", &deliveries, json!({"units": 1}), "funds_frozen").await;
}

/// The deadline decides, not the timer: an answer after it is refused even where nothing has been written yet. The
/// timer may be quicker than the answer now and then, so this is tried until it was not.
pub async fn an_answer_that_comes_too_late(world: &World) {
    let contract = world.active_contract("consumer1").await;
    let deliveries = format!("{}/deliveries", at("contracts", &contract));
    for _ in 0..20 {
        let path = at("deliveries", &world.post("merchant1", deliveries.clone(), json!({"units": 1})).await);
        world.running().clock.advance(73 * 3_600_000_000);
        let (status, code) = world.refused("consumer1", format!("{path}/confirm"), json!({})).await;
        assert_eq!(status, 409);
        if code == "confirm_window_over" {
            return;
        }
        assert_eq!(code, "already_confirmed");
    }
    panic!("the timer was quicker twenty times");
}

/// What is refused about who holds a contract.
pub async fn holders(world: &World) {
    let contract = world.active_contract("consumer1").await;
    let transfer = format!("{}/transfer", at("contracts", &contract));
    let own = json!({"to_consumer": contract["consumer_id"]});
    post_refused(world, "consumer1", &transfer, own, "recipient_unknown").await;
    post_refused(world, "consumer1", &format!("{transfer}/withdraw"), json!({}), "transfer_not_offered").await;
    let plan = json!({"plan_id": world.plan().await["id"]});
    let year: i32 = world.today().chars().take(4).collect::<String>().parse().expect("a year");
    for (years, username) in [(5, "child"), (12, "minor")] {
        let body = json!({
            "kind": "consumer", "username": username, "password": ticun::cli::seed::PASSWORD, "name": "小明",
            "birth_date": format!("{}-01-01", year - years)
        });
        let registered = world.ask(actix_web::http::Method::POST, "/v1/registrations").json(&body).send().await;
        assert_eq!(registered.status, 201, "{registered:?}");
    }
    post_refused(world, "child", "/v1/contracts", plan.clone(), "holder_under_eight").await;
    let contract = world.post("minor", "/v1/contracts", plan).await;
    let sign = format!("{}/sign", at("contracts", &contract));
    let terms = json!({"terms_sha256": contract["terms_sha256"]});
    post_refused(world, "minor", &sign, terms, "guardian_consent_required").await;
}
