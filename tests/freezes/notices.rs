//! Who is told of an order, and of its end.

use serde_json::Value;

use super::story::Story;
use super::support::text;

async fn told(story: &Story, user: &str, kind: &str) -> Vec<Value> {
    let page = story.world.get(user, format!("/v1/notices?kind={kind}")).await;
    page["data"].as_array().expect("a list").clone()
}

#[actix_web::test]
async fn the_parties_are_told_of_an_order_and_of_its_end() {
    let story = Story::begin().await;
    let (consumer, merchant) = (story.side.consumer_user, story.side.merchant_user);
    let on_contract = story.order("2100.00").await;
    let on_merchant = story.order_on_merchant("50.00").await;
    let subjects = |notices: &[Value]| notices.iter().map(|notice| text(notice, "subject")).collect::<Vec<_>>();
    let (contracts, merchants) = (text(&on_contract, "id"), text(&on_merchant, "id"));
    let seen = told(&story, consumer, "freeze_ordered").await;
    assert_eq!(subjects(&seen), [contracts.as_str()]);
    let said = text(&seen[0], "text_en");
    assert!(said.contains("2100.00") && said.contains("2000.00 is, and 100.00 waits"), "{said}");
    assert_eq!(subjects(&told(&story, merchant, "freeze_ordered").await), [contracts.as_str(), merchants.as_str()]);
    assert_eq!(told(&story, "consumer2", "freeze_ordered").await, Vec::<Value>::new());
    assert_eq!(told(&story, "notary1", "freeze_ordered").await.len(), 3);

    story.lift(&on_contract).await;
    assert_eq!(told(&story, consumer, "freeze_ordered").await, Vec::<Value>::new());
    assert_eq!(subjects(&told(&story, consumer, "freeze_ended").await), [contracts.as_str()]);
    assert_eq!(subjects(&told(&story, merchant, "freeze_ended").await), [contracts]);
    assert_eq!(subjects(&told(&story, merchant, "freeze_ordered").await), [merchants]);
    story.world.advance("P31D").await;
    assert_eq!(told(&story, consumer, "freeze_ended").await, Vec::<Value>::new());
    story.holds();
}

#[actix_web::test]
async fn a_contracts_timeline_tells_of_its_orders() {
    let story = Story::begin().await;
    let freeze = story.order("600.00").await;
    story.lift(&freeze).await;
    let path = format!("/v1/contracts/{}/timeline?limit=100", text(&story.contract, "id"));
    let timeline = story.world.get(story.side.consumer_user, path).await;
    let entries = timeline["data"].as_array().expect("entries");
    let kinds: Vec<_> = entries.iter().filter_map(|entry| entry["kind"].as_str()).collect();
    for kind in ["freeze.ordered", "freeze.reached", "freeze.order_lifted"] {
        assert!(kinds.contains(&kind), "{kind} is not among {kinds:?}");
    }
    story.holds();
}
