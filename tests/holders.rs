//! Who holds a contract: transfers to another consumer, and holders who are not of age.

#![cfg(test)]

mod support;

use actix_web::http::Method;
use serde_json::{Value, json};
use support::books::holds;
use support::side::{Side, id};
use support::{World, text};
use ticun::cli::seed::PASSWORD;

async fn books_hold(world: &World) {
    let books = world.get("regulator1", "/v1/books/trial-balance").await;
    assert_eq!(books["total_assets"], books["total_liabilities"]);
    holds(world);
}

async fn party(world: &World, user: &str) -> Value {
    world.get(user, "/v1/me").await["party"].clone()
}

fn path_of(contract: &Value) -> String {
    format!("/v1/contracts/{}", id(contract))
}

async fn offer(world: &World, contract: &Value, to: &str) -> Value {
    let body = json!({"to_consumer": party(world, to).await});
    world.post("consumer1", format!("{}/transfer", path_of(contract)), body).await
}

async fn not_found(world: &World, user: &str, path: String) {
    let reply = world.ask(Method::GET, path.clone()).by(user).send().await;
    assert_eq!(reply.problem(), (404, "not_found".to_owned()), "{user} {path}");
}

/// The positions of a contract's entries that a user sees.
async fn seen(world: &World, user: &str, contract: &Value) -> Vec<u64> {
    let page = world.get(user, format!("{}/timeline?limit=100", path_of(contract))).await;
    page["data"].as_array().expect("entries").iter().filter_map(|entry| entry["position"].as_u64()).collect()
}

#[actix_web::test]
async fn a_transfer_takes_an_offer_and_an_acceptance_and_tells_the_merchant() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let (old, new) = (party(&world, "consumer1").await, party(&world, "consumer2").await);
    not_found(&world, "consumer2", path_of(&contract)).await;
    let offered = offer(&world, &contract, "consumer2").await;
    assert_eq!((&offered["consumer_id"], &offered["transfer_offered_to"]), (&old, &new));
    // Whom it is offered to reads what they would take over, and nothing of what happened under it.
    world.get("consumer2", path_of(&contract)).await;
    world.get("consumer2", format!("{}/terms", path_of(&contract))).await;
    for list in ["timeline", "statement", "deliveries", "refunds", "evidence.zip"] {
        not_found(&world, "consumer2", format!("{}/{list}", path_of(&contract))).await;
    }
    let accept = format!("{}/transfer/accept", path_of(&contract));
    assert_eq!(world.refused("consumer1", accept.clone(), json!({})).await, (404, "not_found".to_owned()));
    let taken = world.post("consumer2", accept.clone(), json!({})).await;
    assert_eq!((&taken["consumer_id"], &taken["transfer_offered_to"]), (&new, &Value::Null));
    assert!(taken["holder_since"].is_string(), "{taken}");
    assert_eq!(world.refused("consumer2", accept, json!({})).await.0, 404);
    // The log shows the old holder, the new one, and when the merchant was told, to all three.
    for user in ["consumer1", "consumer2", "merchant1"] {
        let told = world.get(user, "/v1/events?kind=contract.transferred&limit=100").await["data"][0].clone();
        assert_eq!((&told["data"]["from"], &told["data"]["consumer"]), (&old, &new), "{user}");
        assert_eq!(told["data"]["notified_at"], told["at"]);
    }
    books_hold(&world).await;
}

#[actix_web::test]
async fn each_holder_sees_their_own_time_of_a_contract() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let before = side.check_in(&world, &contract).await;
    let waiting = side.delivery(&world, &contract).await;
    offer(&world, &contract, "consumer2").await;
    let taken = world.post("consumer2", format!("{}/transfer/accept", path_of(&contract)), json!({})).await;
    let position = taken["log_position"].as_u64().expect("a position");
    let after = side.delivery(&world, &contract).await;
    let confirm = |delivery: &Value| format!("/v1/deliveries/{}/confirm", id(delivery));
    // A delivery stays with who was served.
    assert_eq!(world.refused("consumer2", confirm(&waiting), json!({})).await.0, 404);
    assert_eq!(world.refused("consumer1", confirm(&after), json!({})).await.0, 404);
    world.post("consumer1", confirm(&waiting), json!({})).await;
    world.post("consumer2", confirm(&after), json!({})).await;
    let ids = |list: Value| list["data"].as_array().expect("a list").iter().map(id).collect::<Vec<_>>();
    let deliveries = format!("{}/deliveries?limit=100", path_of(&contract));
    assert_eq!(ids(world.get("consumer1", deliveries.clone()).await), [id(&before), id(&waiting)]);
    assert_eq!(ids(world.get("consumer2", deliveries.clone()).await), [id(&after)]);
    assert_eq!(ids(world.get("merchant1", deliveries).await).len(), 3);
    // What the former holder sees of the contract is how they left it.
    let left = world.get("consumer1", path_of(&contract)).await;
    assert_eq!((left["units"]["used"].as_u64(), left["balances"]["pending"].as_str()), (Some(2), Some("33.33")));
    assert_eq!(world.get("consumer2", path_of(&contract)).await["units"]["used"], 3);
    let own = seen(&world, "consumer1", &contract).await;
    let theirs = seen(&world, "consumer2", &contract).await;
    assert!(own.contains(&position) && theirs.contains(&position));
    assert!(own.iter().all(|one| *one <= position || !theirs.contains(one)), "{own:?} {theirs:?}");
    assert!(theirs.iter().filter(|one| **one < position).count() == 1, "the offer and nothing before it: {theirs:?}");
    for user in ["consumer1", "consumer2"] {
        let lines = world.get(user, format!("{}/statement?limit=100", path_of(&contract))).await["data"].clone();
        let places: Vec<u64> =
            lines.as_array().expect("lines").iter().filter_map(|line| line["position"].as_u64()).collect();
        let visible = seen(&world, user, &contract).await;
        assert!(!places.is_empty() && places.iter().all(|place| visible.contains(place)), "{user}: {places:?}");
    }
    assert_eq!(seen(&world, "notary1", &contract).await.len(), seen(&world, "merchant1", &contract).await.len());
    not_found(&world, "consumer1", format!("{}/evidence.zip", path_of(&contract))).await;
    books_hold(&world).await;
}

#[actix_web::test]
async fn a_former_holder_contests_what_they_were_served_and_can_take_that_back() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let waiting = side.delivery(&world, &contract).await;
    offer(&world, &contract, "consumer2").await;
    world.post("consumer2", format!("{}/transfer/accept", path_of(&contract)), json!({})).await;
    let contest = format!("/v1/deliveries/{}/contest", id(&waiting));
    let dispute = text(&world.post("consumer1", contest, json!({"reason": "没有来"})).await, "dispute_id");
    let path = format!("/v1/disputes/{dispute}");
    // The money is the holder's, and so is what becomes of it; the word on the delivery is the former one's.
    let split = json!({"refund": "33.33", "merchant": "0.00", "held": "0.00"});
    assert_eq!(world.refused("consumer1", format!("{path}/proposals"), split.clone()).await.0, 404);
    world.post("consumer2", format!("{path}/proposals"), split).await;
    for list in ["proposals", "evidence"] {
        not_found(&world, "consumer1", format!("{path}/{list}")).await;
    }
    assert_eq!(world.get("consumer1", path.clone()).await["state"], "negotiating");
    assert_eq!(world.refused("consumer2", format!("{path}/withdraw"), json!({})).await.1, "forbidden");
    assert_eq!(world.post("consumer1", format!("{path}/withdraw"), json!({})).await["state"], "withdrawn");
    let shown = world.get("consumer1", format!("/v1/deliveries/{}", id(&waiting))).await;
    assert_eq!((&shown["state"], &shown["confirmed_how"]), (&json!("confirmed"), &json!("consumer")));
    books_hold(&world).await;
}

#[actix_web::test]
async fn the_former_holders_codes_and_words_do_not_bind_the_new_one() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let code = side.code(&world, &contract).await;
    offer(&world, &contract, "consumer2").await;
    world.post("consumer2", format!("{}/transfer/accept", path_of(&contract)), json!({})).await;
    let check_in = json!({"checkin_code": code, "units": 1});
    assert_eq!(world.refused("merchant1", "/v1/deliveries", check_in).await.1, "checkin_code_expired");
    let body = json!({"reason": "merchant_breach"});
    let refunds = format!("{}/refunds", path_of(&contract));
    assert_eq!(world.refused("consumer1", refunds.clone(), body.clone()).await.0, 404);
    let put = world.ask(Method::PUT, "/v1/payout-accounts").by("consumer2").json(&support::side::account());
    assert_eq!(put.send().await.status, 200);
    let refund = world.post("consumer2", refunds, body).await;
    world.post("merchant1", format!("/v1/refunds/{}/answer", id(&refund)), json!({"accept": true})).await;
    let decide = format!("/v1/refunds/{}/decide", id(&refund));
    let decision = json!({"amount": "2000.00", "basis": "consent"});
    let ordered = world.decide("notary1", decide, &json!(2), decision).await;
    assert_eq!(ordered["consumer_id"], party(&world, "consumer2").await);
    assert_eq!(world.bank("payouts", &ordered["payout_id"], "settled").await.status, 200);
    books_hold(&world).await;
}

#[actix_web::test]
async fn an_offer_can_be_taken_back_or_declined_and_waits_while_something_is_decided() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let (transfer, withdraw) =
        (format!("{}/transfer", path_of(&contract)), format!("{}/transfer/withdraw", path_of(&contract)));
    assert_eq!(world.refused("consumer1", withdraw.clone(), json!({})).await.1, "transfer_not_offered");
    let unknown = json!({"to_consumer": "csm_00000000000000000000000001"});
    let oneself = json!({"to_consumer": party(&world, "consumer1").await});
    for body in [unknown, oneself] {
        assert_eq!(world.refused("consumer1", transfer.clone(), body).await, (422, "recipient_unknown".to_owned()));
    }
    for who in ["consumer1", "consumer2"] {
        offer(&world, &contract, "consumer2").await;
        let shown = world.post(who, withdraw.clone(), json!({})).await;
        assert!(shown["transfer_offered_to"].is_null(), "{who}");
    }
    not_found(&world, "consumer2", path_of(&contract)).await;
    offer(&world, &contract, "consumer2").await;
    let refund = side.request(&world, &contract).await;
    let accept = format!("{}/transfer/accept", path_of(&contract));
    assert_eq!(world.refused("consumer2", accept.clone(), json!({})).await, (409, "refund_open".to_owned()));
    let to = json!({"to_consumer": party(&world, "consumer2").await});
    assert_eq!(world.refused("consumer1", transfer.clone(), to.clone()).await.1, "refund_open");
    world.post("consumer1", format!("/v1/refunds/{}/withdraw", id(&refund)), json!({})).await;
    let delivery = side.delivery(&world, &contract).await;
    let contest = format!("/v1/deliveries/{}/contest", id(&delivery));
    world.post("consumer1", contest, json!({"reason": "没有来"})).await;
    assert_eq!(world.refused("consumer2", accept.clone(), json!({})).await, (422, "funds_frozen".to_owned()));
    world.post("merchant1", format!("/v1/deliveries/{}/void", id(&delivery)), json!({})).await;
    world.post("consumer2", accept, json!({})).await;
    let signed = side.contract_in(&world, "signed").await;
    let found = world.refused("consumer1", format!("{}/transfer", path_of(&signed)), to).await;
    assert_eq!(found, (409, "state_conflict".to_owned()));
    books_hold(&world).await;
}

/// A consumer born so many years and some days ago.
async fn born(world: &World, years: i16) -> String {
    let today: jiff::civil::Date = world.today().parse().expect("a day");
    let birth_date = today.checked_sub(jiff::Span::new().years(years).days(10)).expect("a day").to_string();
    let username = format!("young-{years}");
    let body = json!({
        "kind": "consumer", "username": username, "password": PASSWORD, "name": "小明", "birth_date": birth_date
    });
    let reply = world.ask(Method::POST, "/v1/registrations").json(&body).send().await;
    assert_eq!(reply.status, 201, "{reply:?}");
    username
}

#[actix_web::test]
async fn whoever_is_under_eight_makes_no_contract_and_a_minor_needs_consent_above_what_fits() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let new = json!({"plan_id": side.plan});
    let child = born(&world, 7).await;
    assert_eq!(world.refused(&child, "/v1/contracts", new.clone()).await, (422, "holder_under_eight".to_owned()));
    let minor = born(&world, 12).await;
    let contract = world.post(&minor, "/v1/contracts", new.clone()).await;
    assert_eq!(
        (contract["holder_age"].as_str(), contract["guardian_consented"].as_bool()),
        (Some("minor"), Some(false))
    );
    let sign = format!("{}/sign", path_of(&contract));
    let terms = json!({"terms_sha256": contract["terms_sha256"]});
    let found = world.refused(&minor, sign.clone(), terms.clone()).await;
    assert_eq!(found, (422, "guardian_consent_required".to_owned()));
    let consent = json!({
        "name": "王芳", "id_number": "310105198001010029", "relation": "母亲",
        "document_sha256": "ab".repeat(32), "document_sm3": "cd".repeat(32)
    });
    let shown = world.post("notary1", format!("{}/guardian-consent", path_of(&contract)), consent.clone()).await;
    assert_eq!(shown["guardian_consented"], true);
    world.post(&minor, sign.clone(), terms.clone()).await;
    assert_eq!(world.post("merchant1", sign, terms).await["state"], "signed");
    let late = world.refused("notary1", format!("{}/guardian-consent", path_of(&contract)), consent).await;
    assert_eq!(late, (409, "state_conflict".to_owned()));
    // Neither the day of birth nor who the guardian is stands in the log.
    let feed = world.get("regulator1", "/v1/events?limit=100").await.to_string();
    let more = world.get("notary1", format!("{}/timeline?limit=100", path_of(&contract))).await;
    let log = format!("{feed}{more}");
    for secret in ["王芳", "310105198001010029", "母亲", "小明"] {
        assert!(!log.contains(secret), "{secret}");
    }
    // Grown-ups, and who has not told a day of birth, sign by themselves.
    let adult = born(&world, 18).await;
    let contract = world.post(&adult, "/v1/contracts", new).await;
    assert_eq!(contract["holder_age"], "adult");
    let terms = json!({"terms_sha256": contract["terms_sha256"]});
    world.post(&adult, format!("{}/sign", path_of(&contract)), terms).await;
    books_hold(&world).await;
}

#[actix_web::test]
async fn a_minor_takes_a_contract_over_with_a_guardians_consent_and_a_child_never() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_in(&world, "active").await;
    let (accept, consent) =
        (format!("{}/transfer/accept", path_of(&contract)), format!("{}/guardian-consent", path_of(&contract)));
    let guardian = json!({
        "name": "王芳", "id_number": "310105198001010029", "relation": "母亲",
        "document_sha256": "ab".repeat(32), "document_sm3": "cd".repeat(32)
    });
    let offered_to = async |who: &str| {
        let body = json!({"to_consumer": text(&world.get(who, "/v1/me").await, "party")});
        world.post("consumer1", format!("{}/transfer", path_of(&contract)), body).await
    };
    let nobody = world.refused("notary1", consent.clone(), guardian.clone()).await;
    assert_eq!(nobody, (409, "state_conflict".to_owned()), "it is offered to nobody");
    let child = born(&world, 7).await;
    offered_to(&child).await;
    assert_eq!(world.refused(&child, accept.clone(), json!({})).await, (422, "holder_under_eight".to_owned()));
    world.post("notary1", consent.clone(), guardian.clone()).await;
    assert_eq!(world.refused(&child, accept.clone(), json!({})).await, (422, "holder_under_eight".to_owned()));
    // The consent was given for one person, and goes with the offer.
    let minor = born(&world, 12).await;
    assert_eq!(offered_to(&minor).await["transfer_guardian_consented"], false);
    let refused = world.refused(&minor, accept.clone(), json!({})).await;
    assert_eq!(refused, (422, "guardian_consent_required".to_owned()));
    let shown = world.post("notary1", consent, guardian).await;
    assert_eq!((&shown["transfer_guardian_consented"], &shown["guardian_consented"]), (&json!(true), &json!(false)));
    let taken = world.post(&minor, accept, json!({})).await;
    assert_eq!((&taken["holder_age"], &taken["guardian_consented"]), (&json!("minor"), &json!(true)));
    assert_eq!(taken["transfer_guardian_consented"], false);
    books_hold(&world).await;
}
