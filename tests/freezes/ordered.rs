//! What an order takes at once, and what it leaves.

use serde_json::json;

use super::story::{Story, at};
use super::support::orders::order_on;
use super::support::text;

#[actix_web::test]
async fn an_order_takes_held_money_first_and_no_more_than_it_says() {
    let story = Story::begin().await;
    story.deliver().await;
    let freeze = story.order("600.00").await;
    assert_eq!(story.balances().await, ["1366.67", "33.33", "600.00", "0.00", "0.00"]);
    assert_eq!((text(&freeze, "amount"), text(&freeze, "waiting_amount")), ("600.00".into(), "0.00".into()));
    assert_eq!(freeze["parts"], json!({"held": "600.00", "pending": "0.00", "deliveries": [], "payable": "0.00"}));
    assert_eq!(
        (freeze["cause"].as_str(), freeze["case_number"].as_str()),
        (Some("court_order"), Some("（2026）沪0105执保12号"))
    );
    // The regulator sees what is frozen, and not whose case it is.
    let seen = story.world.get("regulator1", at(&freeze)).await;
    assert_eq!((&seen["amount"], &seen["court"], &seen["case_number"]), (&json!("600.00"), &json!(null), &json!(null)));
    let own = story.world.get(story.side.merchant_user, at(&freeze)).await;
    assert_eq!(own["court"], "上海市长宁区人民法院");
    story.holds();
}

#[actix_web::test]
async fn then_it_takes_whole_deliveries_newest_first_and_the_rest_waits() {
    let story = Story::begin().await;
    let (first, second, third) = (story.deliver().await, story.deliver().await, story.deliver().await);
    let before = story.world.get("notary1", format!("/v1/deliveries/{third}")).await;
    let freeze = story.order("1980.00").await;
    // 1900.00 held, 33.34 and 33.33 of the newest; 13.33 are less than a delivery.
    assert_eq!(freeze["parts"]["deliveries"], json!([third, second]));
    assert_eq!(story.stands(&freeze).await, ["open", "1966.67", "13.33"]);
    assert_eq!(story.balances().await, ["0.00", "33.33", "1966.67", "0.00", "0.00"]);

    // The clocks of what is frozen stand still; that of the other delivery goes on, and its money is the merchant's.
    story.world.advance("P4D").await;
    let delivery = async |id: &str| story.world.get("notary1", format!("/v1/deliveries/{id}")).await;
    assert_eq!(delivery(&third).await["state"], "frozen");
    assert_eq!(delivery(&first).await["state"], "confirmed");
    assert_eq!(story.stands(&freeze).await, ["open", "1966.67", "13.33"]);
    let path = format!("/v1/deliveries/{third}/confirm");
    let refused = story.world.refused(story.side.consumer_user, path, json!({})).await;
    assert_eq!(refused, (409, "state_conflict".to_owned()));
    story.holds();

    story.lift(&freeze).await;
    assert_eq!(story.balances().await, ["1900.00", "66.67", "0.00", "33.33", "0.00"]);
    let after = delivery(&third).await;
    assert_eq!(after["state"], "pending");
    assert!(text(&after, "confirm_by") > text(&before, "confirm_by"), "{before} {after}");
    story.world.advance("P4D").await;
    assert_eq!(delivery(&third).await["state"], "confirmed");
    story.holds();
}

#[actix_web::test]
async fn an_order_on_a_merchant_reaches_what_is_payable_and_nothing_else() {
    let story = Story::begin().await;
    story.side.check_in(&story.world, &story.contract).await;
    story.deliver().await;
    let freeze = story.order_on_merchant("100.00").await;
    assert_eq!(freeze["parts"], json!({"held": "0.00", "pending": "0.00", "deliveries": [], "payable": "33.33"}));
    assert_eq!(story.stands(&freeze).await, ["open", "33.33", "66.67"]);
    assert_eq!(story.balances().await, ["1933.34", "33.33", "0.00", "33.33", "0.00"]);
    assert_eq!(story.earnings().await, ["0.00", "33.33", "0.00"]);
    story.lift(&freeze).await;
    assert_eq!(story.earnings().await, ["33.33", "0.00", "0.00"]);
    story.holds();
}

#[actix_web::test]
async fn one_document_sets_its_amount_aside_once() {
    let story = Story::begin().await;
    let freeze = story.order("600.00").await;
    let again = order_on(&story.contract, "600.00");
    let refused = story.world.refused("notary2", "/v1/freezes", again.clone()).await;
    assert_eq!(refused, (409, "already_ordered".to_owned()));
    let mut both = again.clone();
    both["merchant_id"] = json!(story.side.merchant);
    assert_eq!(story.world.refused("notary1", "/v1/freezes", both).await.0, 422);
    let mut nothing = again.clone();
    nothing["amount"] = json!("0.00");
    assert_eq!(story.world.refused("notary1", "/v1/freezes", nothing).await.0, 422);
    story.lift(&freeze).await;
    let lifted =
        story.world.refused("notary1", format!("{}/lift", at(&freeze)), super::support::orders::document("ef")).await;
    assert_eq!(lifted, (409, "state_conflict".to_owned()));
    // What was lifted can be ordered again by the same document.
    story.world.post("notary1", "/v1/freezes", again).await;
    story.holds();
}

#[actix_web::test]
async fn an_order_waits_for_a_deposit_that_is_on_its_way() {
    let story = Story::begin().await;
    let signed = story.side.contract_in(&story.world, "signed").await;
    let freeze = story.world.post("notary1", "/v1/freezes", order_on(&signed, "300.00")).await;
    assert_eq!(story.stands(&freeze).await, ["open", "0.00", "300.00"]);
    let deposit = story.side.deposit(&story.world, &signed).await;
    assert_eq!(story.world.bank("deposits", &deposit["id"], "paid").await.status, 200);
    assert_eq!(story.stands(&freeze).await, ["open", "300.00", "0.00"]);
    story.holds();
}
