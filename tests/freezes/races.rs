//! An order against whatever else happens at the same time: exactly one has the money, and the other is told why not, or
//! reaches what is left.

use actix_web::http::Method;
use futures_util::future::join;
use serde_json::{Value, json};

use super::story::Story;
use super::support::Reply;
use super::support::orders::order_on;
use super::support::side::id;

/// Which of the two comes first; none for both at once.
const ORDERS: [Option<bool>; 3] = [Some(true), Some(false), None];

async fn order(story: &Story, object: &Value, amount: &str) -> Reply {
    let ask = story.world.ask(Method::POST, "/v1/freezes").by("notary1").json(&order_on(object, amount));
    ask.without_replay().send().await
}

async fn race(
    freeze_first: Option<bool>,
    freeze: impl Future<Output = Reply>,
    other: impl Future<Output = Reply>,
) -> (Reply, Reply) {
    match freeze_first {
        Some(true) => {
            let frozen = freeze.await;
            (frozen, other.await)
        }
        Some(false) => {
            let other = other.await;
            (freeze.await, other)
        }
        None => join(freeze, other).await,
    }
}

#[actix_web::test]
async fn a_settlement_never_releases_what_an_order_has_taken() {
    for amount in ["20.00", "33.33", "100.00"] {
        for freeze_first in ORDERS {
            let story = Story::begin().await;
            let settlement = story.side.settlement_in(&story.world, "proposed").await;
            assert_eq!(settlement["amount"], "33.33");
            let merchant = json!({"id": story.side.merchant});
            let path = format!("/v1/settlements/{}", id(&settlement));
            let release = async |revision: &Value| {
                let ask = story.world.ask(Method::POST, format!("{path}/approve")).by("notary2").reviewed(revision);
                ask.json(&json!({})).without_replay().send().await
            };
            let freezing = order(&story, &merchant, amount);
            let (frozen, released) = race(freeze_first, freezing, release(&settlement["revision"])).await;
            assert_eq!(frozen.status, 201, "{frozen:?}");
            let won = released.status == 200;
            assert!(won || released.problem() == (412, "revision_mismatch".to_owned()), "{released:?}");
            assert!(freeze_first != Some(true) || !won);
            assert!(freeze_first != Some(false) || won);
            let [payable, aside, payout] = story.earnings().await;
            if won {
                assert_eq!((payable.as_str(), aside.as_str(), payout.as_str()), ("0.00", "0.00", "33.33"));
                assert_eq!(frozen.body["waiting_amount"].as_str(), Some(amount));
            } else {
                // The proposal became less by what was taken, and is another one for whoever approves it.
                let now = story.world.get("notary1", path.clone()).await;
                let (taken, left) = if amount == "20.00" { ("20.00", "13.33") } else { ("33.33", "0.00") };
                assert_eq!((aside.as_str(), payout.as_str(), now["amount"].as_str()), (taken, "0.00", Some(left)));
                let again = release(&now["revision"]).await;
                match left {
                    "0.00" => assert_eq!(again.problem(), (422, "nothing_to_release".to_owned())),
                    _ => assert_eq!((again.status, story.earnings().await[2].as_str()), (200, "13.33")),
                }
            }
            story.holds();
        }
    }
}

#[actix_web::test]
async fn a_refund_never_gives_back_what_an_order_has_taken() {
    for freeze_first in ORDERS {
        let story = Story::begin().await;
        let requested = story.side.request(&story.world, &story.contract).await;
        let path = format!("/v1/refunds/{}", id(&requested));
        let answered =
            story.world.post(story.side.merchant_user, format!("{path}/answer"), json!({"accept": true})).await;
        let decide = async {
            let ask =
                story.world.ask(Method::POST, format!("{path}/decide")).by("notary2").reviewed(&answered["revision"]);
            ask.json(&json!({"amount": "2000.00", "basis": "consent"})).without_replay().send().await
        };
        let (frozen, decided) = race(freeze_first, order(&story, &story.contract, "600.00"), decide).await;
        assert_eq!(frozen.status, 201, "{frozen:?}");
        let balances = story.balances().await;
        if decided.status == 200 {
            assert_eq!(balances, ["0.00", "0.00", "0.00", "0.00", "2000.00"]);
            assert_eq!(frozen.body["waiting_amount"], "600.00");
        } else {
            assert_eq!(decided.problem(), (412, "revision_mismatch".to_owned()));
            assert_eq!(balances, ["1400.00", "0.00", "600.00", "0.00", "0.00"]);
        }
        assert_eq!(decided.status == 200, freeze_first.map_or(decided.status == 200, |first| !first));
        story.holds();
    }
}

#[actix_web::test]
async fn a_delivery_is_paid_for_before_the_order_or_not_at_all() {
    for freeze_first in ORDERS {
        let story = Story::begin().await;
        let path = format!("/v1/contracts/{}/deliveries", id(&story.contract));
        let deliver = async {
            let ask = story.world.ask(Method::POST, path).by(story.side.merchant_user).json(&json!({"units": 1}));
            ask.without_replay().send().await
        };
        let (frozen, delivered) = race(freeze_first, order(&story, &story.contract, "1990.00"), deliver).await;
        assert_eq!(frozen.status, 201, "{frozen:?}");
        if delivered.status == 201 {
            assert_eq!(story.balances().await, ["0.00", "33.33", "1966.67", "0.00", "0.00"]);
            assert_eq!(frozen.body["waiting_amount"], "23.33");
        } else {
            assert_eq!(delivered.problem(), (422, "funds_frozen".to_owned()));
            assert_eq!(story.balances().await, ["10.00", "0.00", "1990.00", "0.00", "0.00"]);
        }
        assert_eq!(delivered.status == 201, freeze_first.map_or(delivered.status == 201, |first| !first));
        story.holds();
    }
}

#[actix_web::test]
async fn two_notaries_with_the_same_letter_freeze_its_amount_once() {
    let story = Story::begin().await;
    let (one, other) = join(order(&story, &story.contract, "600.00"), order(&story, &story.contract, "600.00")).await;
    let (won, lost) = if one.status == 201 { (one, other) } else { (other, one) };
    assert_eq!((won.status, lost.problem()), (201, (409, "already_ordered".to_owned())));
    assert_eq!(story.balances().await, ["1400.00", "0.00", "600.00", "0.00", "0.00"]);
    story.holds();
}
