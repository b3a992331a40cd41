//! What is decided, why it differs from the calculation, and when it must be paid.

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
