//! Each kind: when it begins, whom it is for, by when, and when it ends.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::support::side::{Side, id};
use super::support::{World, text};
use super::{notice, told};

/// Asserts that a notice is told to some users, and not to others.
async fn is_told(world: &World, kind: &str, subject: &str, to: &[&str], not_to: &[&str]) -> Value {
    let mut seen = None;
    for user in to {
        let found = notice(world, user, kind, subject).await;
        seen = Some(found.unwrap_or_else(|| panic!("{user} is not told of {kind}")));
    }
    for user in not_to {
        assert_eq!(notice(world, user, kind, subject).await, None, "{user} is told of {kind}");
    }
    seen.expect("somebody is told")
}

#[actix_web::test]
async fn a_deposit_is_told_from_its_start_to_the_end_of_its_time_limits() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "signed").await;
    let deposit = side.deposit(&world, &contract).await;
    let strangers = ["consumer2", "merchant1"];
    let due = is_told(&world, "deposit_payment", &id(&deposit), &["consumer1", "notary1"], &strangers).await;
    assert_eq!(due["due_at"].as_str().map(|at| at.get(..19)), deposit["expires_at"].as_str().map(|at| at.get(..19)));
    assert_eq!(world.bank("deposits", &deposit["id"], "paid").await.status, 200);
    is_told(&world, "cooling_off", &id(&contract), &["consumer1", "notary1"], &["consumer2", "merchant1"]).await;
    is_told(&world, "deposit_certificate", &id(&deposit), &["notary1"], &["consumer1", "merchant1"]).await;
    let payee = is_told(&world, "deposit_payee", &id(&deposit), &["merchant1", "notary1"], &["consumer1"]).await;
    assert_eq!((&payee["party"], &payee["audience"]), (&json!(side.merchant), &json!("merchant")));
    assert_eq!(notice(&world, "consumer1", "deposit_payment", &id(&deposit)).await, None);
    // All of these limits end inside a month, holidays included.
    world.advance("P30D").await;
    for (user, kind) in
        [("consumer1", "cooling_off"), ("notary1", "deposit_certificate"), ("merchant1", "deposit_payee")]
    {
        assert_eq!(told(&world, user, &format!("&kind={kind}")).await, Vec::<Value>::new());
    }
}

#[actix_web::test]
async fn a_delivery_and_its_dispute_are_told_while_their_time_runs() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let delivery = side.delivery(&world, &contract).await;
    let waiting = is_told(&world, "delivery_confirm", &id(&delivery), &["consumer1", "notary1"], &["consumer2"]).await;
    assert_eq!(waiting["id"], json!(format!("delivery_confirm-{}-consumer", id(&delivery))));
    let soon = told(&world, "consumer1", "&kind=delivery_confirm&due_before=2020-01-01T00:00:00Z").await;
    assert_eq!(soon, Vec::<Value>::new());
    let path = format!("/v1/deliveries/{}/contest", id(&delivery));
    let contested = world.post("consumer1", path, json!({"reason": "没有来"})).await;
    let dispute = text(&contested, "dispute_id");
    assert_eq!(notice(&world, "consumer1", "delivery_confirm", &id(&delivery)).await, None);
    is_told(&world, "dispute_due", &dispute, &["consumer1", "merchant1", "notary1"], &["consumer2"]).await;
    let both: BTreeSet<String> =
        told(&world, "notary1", "&kind=dispute_due").await.iter().map(|notice| text(notice, "audience")).collect();
    assert_eq!(both, ["consumer".to_owned(), "merchant".to_owned()].into());
}

#[actix_web::test]
async fn a_refund_is_told_to_whoever_has_to_act_next() {
    let world = World::start().await;
    let (user, _) = world.merchant_in("active").await;
    let newcomer = world.newcomer("consumer").await;
    let side = Side::of(&world, user.leak(), newcomer.leak()).await;
    let contract = side.contract_in(&world, "active").await;
    let refund = side.request(&world, &contract).await;
    let merchant = side.merchant_user;
    let waiting =
        is_told(&world, "refund_answer", &id(&refund), &[merchant, "notary1"], &["merchant1", side.consumer_user])
            .await;
    assert_eq!(waiting["due_at"].as_str().map(|at| at.get(..19)), refund["answer_by"].as_str().map(|at| at.get(..19)));
    let path = format!("/v1/refunds/{}", id(&refund));
    let answered = world.post(merchant, format!("{path}/answer"), json!({"accept": true})).await;
    assert_eq!(notice(&world, merchant, "refund_answer", &id(&refund)).await, None);
    let decision = json!({"amount": answered["calculation"]["refund"], "basis": "consent"});
    world.decide("notary1", format!("{path}/decide"), &answered["revision"], decision).await;
    // This consumer has no account yet.
    is_told(&world, "refund_payment", &id(&refund), &["notary1"], &[merchant, side.consumer_user]).await;
    is_told(&world, "refund_account", &id(&refund), &[side.consumer_user, "notary1"], &[merchant, "consumer1"]).await;
    // What is overdue stays in the list.
    world.advance("P60D").await;
    let overdue = notice(&world, "notary1", "refund_payment", &id(&refund)).await.expect("a notice");
    assert!(text(&overdue, "due_at") < world.running().clock.now().to_string(), "{overdue}");
}

#[actix_web::test]
async fn the_end_of_a_contract_is_told_thirty_and_seven_days_before() {
    let world = World::start().await;
    let contract = world.active_contract("consumer1").await;
    let subject = id(&contract);
    world.advance("P330D").await;
    assert_eq!(notice(&world, "consumer1", "contract_ending", &subject).await, None);
    world.advance("P6D").await;
    let thirty = is_told(
        &world,
        "contract_ending",
        &subject,
        &["consumer1", "merchant1", "notary1"],
        &["consumer2", "merchant2"],
    )
    .await;
    world.advance("P23D").await;
    let seven = is_told(&world, "contract_ending", &subject, &["consumer1", "merchant1"], &["consumer2"]).await;
    assert_eq!(seven["due_at"], thirty["due_at"]);
    assert!(text(&seven, "since") > text(&thirty, "since"), "{seven} {thirty}");
    assert!(text(&seven, "text_zh").contains(&text(&contract, "ends_on")), "{seven}");
    world.advance("P10D").await;
    assert_eq!(notice(&world, "consumer1", "contract_ending", &subject).await, None);
}

#[actix_web::test]
async fn consumers_of_a_suspended_merchant_are_told() {
    let world = World::start().await;
    let contract = world.active_contract("consumer1").await;
    assert_eq!(notice(&world, "consumer1", "merchant_suspended", &id(&contract)).await, None);
    let path = format!("/v1/merchants/{}/suspend", text(&contract, "merchant_id"));
    world.post("notary1", path, json!({"reason": "停业"})).await;
    is_told(&world, "merchant_suspended", &id(&contract), &["consumer1"], &["consumer2", "merchant1"]).await;
}

#[actix_web::test]
async fn a_list_of_notices_read_page_by_page_has_each_once_and_is_bound_to_its_filter() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    for _ in 0..3 {
        let contract = side.contract_in(&world, "active").await;
        side.delivery(&world, &contract).await;
    }
    let whole = world.get("notary1", "/v1/notices?limit=100").await["data"].as_array().expect("a list").clone();
    assert!(whole.len() > 10, "{whole:?}");
    assert_eq!(told(&world, "notary1", "").await, whole);
    let ids: BTreeSet<String> = whole.iter().map(|notice| text(notice, "id")).collect();
    assert_eq!(ids.len(), whole.len());
    let page = world.get("notary1", "/v1/notices?limit=1&kind=cooling_off").await;
    let cursor = text(&page, "next_cursor");
    let foreign = world.ask(actix_web::http::Method::GET, format!("/v1/notices?limit=1&cursor={cursor}")).by("notary1");
    assert_eq!(foreign.send().await.problem(), (400, "invalid_cursor".to_owned()));
    let reply = world.ask(actix_web::http::Method::GET, "/v1/notices?kind=gossip").by("notary1").send().await;
    assert_eq!(reply.status, 400, "{reply:?}");
}
