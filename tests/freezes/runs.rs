//! A default run and court orders: what is under one is listed apart, and given back to nobody.

use serde_json::json;

use super::story::Story;
use super::support::side::id;

#[actix_web::test]
async fn a_run_gives_back_what_is_free_and_lists_what_is_ordered() {
    let story = Story::begin().await;
    let part = story.order("600.00").await;
    let whole = story.side.contract_in(&story.world, "active").await;
    let order = super::support::orders::order_on(&whole, "2100.00");
    let waiting = story.world.post("notary1", "/v1/freezes", order).await;
    story.side.earn(&story.world).await;
    let earned = story.order_on_merchant("20.00").await;
    let run = story.side.default(&story.world).await;
    let listed =
        story.world.get("notary1", format!("/v1/default-runs/{}/contracts?outcome=court_order", id(&run))).await;
    let listed = listed["data"].as_array().expect("contracts");
    let found: Vec<_> = listed.iter().map(|one| (&one["contract_id"], one["amount"].as_str())).collect();
    assert_eq!(found, [(&story.contract["id"], Some("600.00")), (&whole["id"], Some("2000.00"))]);
    assert_eq!(story.balances().await, ["0.00", "0.00", "600.00", "0.00", "1400.00"]);
    assert_eq!(story.stands(&waiting).await, ["open", "2000.00", "100.00"]);

    // What is lifted of a merchant in default stays set aside, and what comes free of a contract can be asked for.
    assert_eq!(story.earnings().await, ["0.00", "33.33", "0.00"]);
    story.lift(&earned).await;
    assert_eq!(story.earnings().await, ["0.00", "33.33", "0.00"]);
    story.lift(&part).await;
    assert_eq!(story.balances().await, ["600.00", "0.00", "0.00", "0.00", "1400.00"]);
    assert_eq!(story.now().await["state"], "active");
    story.side.request(&story.world, &story.contract).await;
    let on_nothing = story.order_on_merchant("5.00").await;
    assert_eq!(story.stands(&on_nothing).await, ["open", "0.00", "5.00"]);
    assert_eq!(json!(story.earnings().await), json!(["0.00", "33.33", "0.00"]));
    story.holds();
}
