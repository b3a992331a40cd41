//! What is decided, why it differs from the calculation, and when it must be paid.

use actix_web::http::Method;
use serde_json::json;

use super::support::World;
use super::support::side::{Side, id};
use super::{books_hold, decide, decision_refused, document, path_of, request, with};

#[actix_web::test]
async fn an_amount_that_is_not_the_calculations_needs_a_reason_which_is_kept_beside_both() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let contract = side.contract_of(&world, "active", &side.dear_plan).await;
    let refund = request(&world, &side, &contract, json!({"reason": "merchant_breach"})).await;
    let decision = with(json!({"amount": "29000.00", "basis": "judgment"}), &document());
    assert_eq!(decision_refused(&world, &refund, decision.clone()).await, "difference_unexplained");
    let decision = with(decision, &json!({"reason": "判决第二项"}));
    let proposed = decide(&world, &refund, decision).await;
    let difference = json!({"amount": "-1000.00", "reason": "判决第二项"});
    assert_eq!((proposed["state"].as_str(), &proposed["difference"]), (Some("proposed"), &difference));
    let approve = format!("{}/approve", path_of(&refund));
    let ordered = world.decide("notary2", approve, &proposed["revision"], json!({})).await;
    assert_eq!((&ordered["difference"], ordered["calculation"]["refund"].as_str()), (&difference, Some("30000.00")));
    assert_eq!(ordered["merchant_share"], "1000.00");
    books_hold(&world).await;
}

#[actix_web::test]
async fn an_ordered_refund_says_when_it_must_be_paid_and_is_found_when_it_is_not() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let ordered = side.refund_in(&world, "ordered").await;
    let pay_by = ordered["pay_by"].as_str().expect("a deadline").to_owned();
    let requested = side.refund_in(&world, "requested").await;
    assert!(requested["pay_by"].is_null());
    let days = |later: &str, earlier: &serde_json::Value| {
        let moment = |text: &str| text.parse::<jiff::Timestamp>().expect("a time").as_second();
        (moment(later) - moment(earlier.as_str().expect("a time"))) / 86_400
    };
    // Fifteen days after the day of the order, or the next working day; it counts whole.
    let given = days(&pay_by, &ordered["requested_at"]);
    assert!((15..24).contains(&given), "{given}");
    let due = |before: &str| format!("/v1/refunds?limit=100&due_before={before}");
    let ids = |list: &serde_json::Value| list["data"].as_array().expect("a list").iter().map(id).collect::<Vec<_>>();
    let early = ids(&world.get("notary1", due(requested["requested_at"].as_str().expect("a time"))).await);
    assert!(early.is_empty(), "{early:?}");
    world.advance("P30D").await;
    let now = "2199-01-01T00:00:00Z";
    let late = ids(&world.get("notary1", due(now)).await);
    assert!(late.contains(&id(&ordered)) && late.contains(&id(&requested)), "{late:?}");
    // Once the bank has paid, nothing is due any more.
    assert_eq!(world.bank("payouts", &ordered["payout_id"], "settled").await.status, 200);
    let rest = ids(&world.get("notary1", due(now)).await);
    assert!(!rest.contains(&id(&ordered)) && rest.contains(&id(&requested)), "{rest:?}");
}

#[actix_web::test]
async fn a_delivery_and_an_order_that_race_are_counted_once_whoever_comes_first() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    for delivery_first in [true, false] {
        let contract = side.contract_in(&world, "active").await;
        let refund = side.request(&world, &contract).await;
        let answer = format!("{}/answer", path_of(&refund));
        let answered = world.post(side.merchant_user, answer, json!({"accept": true})).await;
        let code = side.code(&world, &contract).await;
        let check_in = || {
            let body = json!({"checkin_code": code, "units": 1});
            world.ask(Method::POST, "/v1/deliveries").by(side.merchant_user).json(&body)
        };
        let order = || {
            let body = json!({"amount": "2000.00", "basis": "consent"});
            let ask = world.ask(Method::POST, format!("{}/decide", path_of(&refund))).by("notary1");
            ask.reviewed(&answered["revision"]).json(&body)
        };
        let (won, lost) = if delivery_first {
            (check_in().send().await, order().send().await)
        } else {
            (order().send().await, check_in().send().await)
        };
        assert!(won.status < 300, "{won:?}");
        let expected = if delivery_first { (412, "revision_mismatch") } else { (409, "contract_not_active") };
        assert_eq!(lost.problem(), (expected.0, expected.1.to_owned()));
        books_hold(&world).await;
    }
    // Both at once: whichever is written first, the other is refused.
    let contract = side.contract_in(&world, "active").await;
    let refund = side.request(&world, &contract).await;
    let answered =
        world.post(side.merchant_user, format!("{}/answer", path_of(&refund)), json!({"accept": true})).await;
    let code = side.code(&world, &contract).await;
    let used = json!({"checkin_code": code, "units": 1});
    let decision = json!({"amount": "2000.00", "basis": "consent"});
    let check_in = world.ask(Method::POST, "/v1/deliveries").by(side.merchant_user).json(&used);
    let order = world.ask(Method::POST, format!("{}/decide", path_of(&refund))).by("notary1");
    let order = order.reviewed(&answered["revision"]).json(&decision);
    let (delivered, ordered) = tokio::join!(check_in.send(), order.send());
    let done = [delivered.status, ordered.status].into_iter().filter(|status| *status < 300).count();
    assert_eq!(done, 1, "{delivered:?} {ordered:?}");
    books_hold(&world).await;
}
