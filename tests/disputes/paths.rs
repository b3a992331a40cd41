//! Every way through a dispute, over plans of every kind: settled in each stage, awarded, judged, left unresolved, and
//! withdrawn by either side in each stage. After each of them the books are checked and the log is replayed.

use serde_json::{Value, json};

use super::support::books::holds;
use super::support::cases::award;
use super::support::side::{Side, id, plan_body};
use super::support::{World, text};

const STAGES: [&str; 4] = ["negotiating", "mediating", "arbitrating", "unresolved"];

/// How a dispute ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Both parties accept one proposal.
    Settled,
    /// An institution or a court decides.
    Decided(&'static str),
    /// Its opener, the consumer or the merchant, takes it back.
    WithdrawnBy(&'static str),
    /// Nothing ends it.
    Left,
}

/// Every stage with every end that it can have.
fn paths() -> Vec<(&'static str, End)> {
    let mut paths = Vec::new();
    for stage in STAGES {
        let ends = [End::Settled, End::Decided("judgment"), End::WithdrawnBy("consumer"), End::WithdrawnBy("merchant")];
        paths.extend(ends.map(|end| (stage, end)));
    }
    paths.extend(["arbitrating", "unresolved"].map(|stage| (stage, End::Decided("award"))));
    paths.push(("unresolved", End::Left));
    paths
}

/// A kind of plan for 2000.00, one use of it, and what that releases in fen.
struct Sold {
    body: Value,
    used: Value,
    amount: u32,
}

fn amount(fen: u32) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// A dispute over one delivery and 600.00, which has come to a stage.
async fn opened(world: &World, side: &Side, sold: &Sold, (stage, end): (&str, End)) -> (Value, String) {
    let contract = side.arbitrable_over(world, sold.body.clone(), stage == "arbitrating").await;
    let path = format!("/v1/contracts/{}/deliveries", id(&contract));
    let delivery = id(&world.post(side.merchant_user, path, sold.used.clone()).await);
    let opener = if end == End::WithdrawnBy("merchant") { side.merchant_user } else { side.consumer_user };
    let body = json!({
        "contract_id": contract["id"], "deliveries": [delivery], "held_amount": "600.00", "reason": "课程停开"
    });
    let dispute = world.post(opener, "/v1/disputes", body).await;
    let path = format!("/v1/disputes/{}", id(&dispute));
    let steps = STAGES.iter().position(|known| *known == stage).expect("a stage").min(2);
    for _ in 0..steps {
        world.post(side.consumer_user, format!("{path}/escalate"), json!({})).await;
    }
    (world.found("/v1/disputes", &dispute, stage).await, delivery)
}

/// Ends it; answers what goes to the consumer and to the merchant by that, in fen, and what becomes of the delivery.
async fn ended(
    world: &World,
    side: &Side,
    (dispute, delivery): (&Value, &str),
    end: End,
    of: u32,
) -> (u32, u32, &'static str) {
    let path = format!("/v1/disputes/{}", id(dispute));
    match end {
        End::Settled => {
            // The delivery does not count, 100.00 go back, and the merchant gets the rest.
            let split = json!({
                "refund": "100.00", "merchant": "500.00", "held": amount(of), "voided_deliveries": [delivery]
            });
            let proposal = world.post(side.merchant_user, format!("{path}/proposals"), split).await;
            let accept = format!("{path}/proposals/{}/accept", id(&proposal));
            world.decide(side.consumer_user, accept, &proposal["revision"], json!({})).await;
            (10_000, 50_000, "voided")
        }
        End::Decided(basis) => {
            let mut document = award(basis);
            (document["refund"], document["merchant"]) = (json!("600.00"), json!(amount(of)));
            world.decide("notary1", format!("{path}/award"), &dispute["revision"], document).await;
            (60_000, of, "confirmed")
        }
        End::WithdrawnBy("consumer") => {
            world.post(side.consumer_user, format!("{path}/withdraw"), json!({})).await;
            (0, of, "confirmed")
        }
        End::WithdrawnBy(_) => {
            world.post(side.merchant_user, format!("{path}/withdraw"), json!({})).await;
            (0, 0, "pending")
        }
        End::Left => {
            world.advance("P90D").await;
            world.found("/v1/disputes", dispute, "unresolved").await;
            (0, 0, "contested")
        }
    }
}

async fn every_path(kind: impl FnOnce(&Side) -> Sold) {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let sold = kind(&side);
    for (stage, end) in paths() {
        let told = format!("{end:?} in {stage}");
        let (dispute, delivery) = opened(&world, &side, &sold, (stage, end)).await;
        assert_eq!(dispute["amount"], amount(60_000 + sold.amount), "{told}");
        let (refund, merchant, delivery_state) = ended(&world, &side, (&dispute, &delivery), end, sold.amount).await;
        if matches!(end, End::Settled | End::Decided(_)) {
            let executed = world.post("notary2", format!("/v1/disputes/{}/execute", id(&dispute)), json!({})).await;
            let paid = world.get("notary1", format!("/v1/refunds/{}", text(&executed, "paid_as"))).await;
            assert_eq!(world.bank("payouts", &paid["payout_id"], "settled").await.status, 200, "{told}");
        }
        let contract = world.get("notary1", format!("/v1/contracts/{}", text(&dispute, "contract_id"))).await;
        let is_open = end == End::Left;
        let frozen = if is_open { 60_000 + sold.amount } else { 0 };
        let pending = if delivery_state == "pending" { sold.amount } else { 0 };
        let held = 200_000 - refund - merchant - frozen - pending;
        let balances = json!({
            "deposited": "2000.00", "held": amount(held), "pending": amount(pending), "frozen": amount(frozen),
            "to_merchant": amount(merchant), "refunded": amount(refund)
        });
        assert_eq!(contract["balances"], balances, "{told}");
        let freeze = world.get("notary1", format!("/v1/freezes/{}", text(&dispute, "freeze_id"))).await;
        assert_eq!(freeze["state"] == "open", is_open, "{told}: {freeze}");
        let shown = world.get("notary1", format!("/v1/deliveries/{delivery}")).await;
        assert_eq!(shown["state"], delivery_state, "{told}");
        holds(&world);
    }
}

#[actix_web::test]
async fn every_path_of_a_dispute_over_units() {
    every_path(|_| Sold { body: plan_body("2000.00"), used: json!({"units": 1}), amount: 3_333 }).await;
}

#[actix_web::test]
async fn every_path_of_a_dispute_over_stored_value() {
    every_path(|side| Sold {
        body: side.plan_of_kind("stored_value", json!({"bonus": "1000.00"}), "2000.00", "use"),
        used: json!({"value": "434.00"}),
        amount: 28_933,
    })
    .await;
}

#[actix_web::test]
async fn every_path_of_a_dispute_over_lessons() {
    every_path(|side| {
        let block = json!({"milestones": [
            {"name": "蛙泳", "price": "1000.00", "lessons": 3}, {"name": "自由泳", "price": "1000.00", "lessons": 2}
        ]});
        let body = side.plan_of_kind("course", block, "2000.00", "use");
        Sold { body, used: json!({"milestone": 0, "units": 1}), amount: 33_333 }
    })
    .await;
}

#[actix_web::test]
async fn every_path_of_a_dispute_over_days() {
    every_path(|side| {
        let body = side.plan_of_kind("period", json!({"granularity": "day"}), "2000.00", "day");
        Sold { body, used: json!({"venue_id": side.venue}), amount: 0 }
    })
    .await;
}
