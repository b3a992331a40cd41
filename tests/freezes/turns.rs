//! Several orders on the same money are served in the order in which they came (轮候冻结).

use serde_json::json;

use super::story::Story;
use super::support::side::id;
use super::support::text;

#[actix_web::test]
async fn what_comes_free_is_the_oldest_orders_first() {
    let story = Story::begin().await;
    let (first, second) = (story.deliver().await, story.deliver().await);
    let oldest = story.order("1950.00").await;
    let next = story.order("10.00").await;
    let last = story.order("33.33").await;
    // 1933.34 held; neither delivery fits into 16.66 or 10.00, and the newest fits the last order exactly.
    assert_eq!(story.stands(&oldest).await, ["open", "1933.34", "16.66"]);
    assert_eq!(story.stands(&next).await, ["open", "0.00", "10.00"]);
    assert_eq!(story.stands(&last).await, ["open", "33.33", "0.00"]);
    story.answer(&first, "void").await;
    assert_eq!(story.stands(&oldest).await, ["open", "1950.00", "0.00"]);
    assert_eq!(story.stands(&next).await, ["open", "10.00", "0.00"]);
    assert_eq!(story.balances().await, ["6.67", "0.00", "1993.33", "0.00", "0.00"]);
    story.holds();

    // A lifted order's money goes to whoever waits; here nobody does, so that it is free.
    story.lift(&last).await;
    assert_eq!(story.balances().await, ["6.67", "33.33", "1960.00", "0.00", "0.00"]);
    story.answer(&second, "confirm").await;
    story.holds();
}

#[actix_web::test]
async fn a_lifted_order_lets_the_next_one_take_its_turn() {
    let story = Story::begin().await;
    let delivery = story.deliver().await;
    let before = text(&story.world.get("notary1", format!("/v1/deliveries/{delivery}")).await, "confirm_by");
    let first = story.order("2000.00").await;
    assert_eq!(story.stands(&first).await, ["open", "2000.00", "0.00"]);
    story.world.advance("P1D").await;
    let second = story.order("1990.00").await;
    let third = story.order("600.00").await;
    assert_eq!(story.stands(&second).await, ["open", "0.00", "1990.00"]);
    story.world.advance("P1D").await;
    let lifted = story.lift(&first).await;
    assert_eq!((lifted["state"].as_str(), lifted["amount"].as_str()), (Some("lifted"), Some("2000.00")));
    // 1966.67 held; 33.33 are more than the 23.33 left, and fit into the third.
    assert_eq!(story.stands(&second).await, ["open", "1966.67", "23.33"]);
    assert_eq!(story.stands(&third).await, ["open", "33.33", "566.67"]);
    assert_eq!(story.balances().await, ["0.00", "0.00", "2000.00", "0.00", "0.00"]);
    story.holds();

    // The clock stood still for as long as the delivery was frozen by anybody: two days, and two more.
    story.world.advance("P2D").await;
    story.lift(&second).await;
    assert_eq!(story.stands(&third).await, ["open", "600.00", "0.00"]);
    story.lift(&third).await;
    let after = story.world.get("notary1", format!("/v1/deliveries/{delivery}")).await;
    let second = |text: &str| text.parse::<jiff::Timestamp>().expect("a time").as_second();
    let stood_still = second(&text(&after, "confirm_by")) - second(&before);
    assert_eq!((after["state"].as_str(), stood_still / 3600), (Some("pending"), 96));
    story.holds();
}

#[actix_web::test]
async fn earnings_go_to_an_order_as_they_come_until_it_is_met() {
    let story = Story::begin().await;
    let delivery = story.deliver().await;
    let freeze = story.order_on_merchant("50.00").await;
    let behind = story.order_on_merchant("10.00").await;
    assert_eq!(story.stands(&freeze).await, ["open", "0.00", "50.00"]);
    story.answer(&delivery, "confirm").await;
    assert_eq!(story.stands(&freeze).await, ["open", "33.33", "16.67"]);
    story.side.check_in(&story.world, &story.contract).await;
    assert_eq!(story.stands(&freeze).await, ["open", "50.00", "0.00"]);
    assert_eq!(story.stands(&behind).await, ["open", "10.00", "0.00"]);
    assert_eq!(story.earnings().await, ["6.66", "60.00", "0.00"]);

    // A settlement releases what is under no order, and the books say the same of what is left.
    story.world.advance("P20D").await;
    let settlement = story.world.post("notary1", "/v1/settlements", json!({"merchant_id": story.side.merchant})).await;
    assert_eq!(settlement["amount"], "6.66");
    let path = format!("/v1/settlements/{}/approve", id(&settlement));
    let released = story.world.decide("notary2", path, &settlement["revision"], json!({})).await;
    assert_eq!(story.earnings().await, ["0.00", "60.00", "6.66"]);
    story.holds();

    // What the bank gives back is the merchant's, and what is lifted is as well.
    assert_eq!(story.world.bank("payouts", &released["payout_id"], "rejected").await.status, 200);
    story.lift(&freeze).await;
    assert_eq!(story.earnings().await, ["56.66", "10.00", "0.00"]);
    let again = story.world.post("notary1", "/v1/settlements", json!({"merchant_id": story.side.merchant})).await;
    assert_eq!(again["amount"], "56.66");
    story.holds();
}

#[actix_web::test]
async fn a_payout_that_comes_back_goes_to_an_order_that_waits() {
    let story = Story::begin().await;
    let released = story.side.settlement_in(&story.world, "released").await;
    let freeze = story.order_on_merchant("100.00").await;
    assert_eq!(story.stands(&freeze).await, ["open", "0.00", "100.00"]);
    assert_eq!(story.world.bank("payouts", &released["payout_id"], "rejected").await.status, 200);
    assert_eq!(story.stands(&freeze).await, ["open", "33.33", "66.67"]);
    story.holds();
}

#[actix_web::test]
async fn what_a_dispute_gives_back_goes_to_an_order_that_waits() {
    let story = Story::begin().await;
    let body = json!({"contract_id": story.contract["id"], "held_amount": "600.00", "reason": "课程停开"});
    let dispute = story.world.post(story.side.merchant_user, "/v1/disputes", body).await;
    let freeze = story.order("2000.00").await;
    assert_eq!(story.stands(&freeze).await, ["open", "1400.00", "600.00"]);
    story.world.post(story.side.merchant_user, format!("/v1/disputes/{}/withdraw", id(&dispute)), json!({})).await;
    assert_eq!(story.stands(&freeze).await, ["open", "2000.00", "0.00"]);
    story.holds();
}
