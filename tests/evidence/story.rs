//! A contract with some history, and its evidence as its people get it.

use std::time::Duration;

use actix_web::http::Method;
use serde_json::json;

use super::files::Files;
use super::support::{Reply, World, text};

pub const NOTE: &str = "第一次 <下水>";
pub const OBJECTION: &str = "那天我没有来。";
pub const PHOTO: &[u8] = b"\x89PNG\r\n\x1a\n an empty pool";
pub const DRAFT: &[u8] = b"\x89PNG\r\n\x1a\n another one";
pub const ANSWER: &str = "只同意退一千九百元。";

/// The contract of a story that ends in a refund: four deliveries, of which one is confirmed and settled, one
/// confirmed later, one contested and given up, one voided.
pub async fn ended(world: &World) -> String {
    let contract = text(&world.active_contract("consumer1").await, "id");
    let path = format!("/v1/contracts/{contract}");
    let mut deliveries = Vec::new();
    for _ in 0..4 {
        let body = json!({"units": 1, "note": NOTE});
        deliveries.push(text(&world.post("merchant1", format!("{path}/deliveries"), body).await, "id"));
    }
    let on = |delivery: &str, verb: &str| format!("/v1/deliveries/{delivery}/{verb}");
    world.post("consumer1", on(&deliveries[0], "confirm"), json!({})).await;
    let contested = world.post("consumer1", on(&deliveries[2], "contest"), json!({"reason": OBJECTION})).await;
    hand_in(world, "consumer1", &text(&contested, "dispute_id")).await;
    world.post("merchant1", on(&deliveries[3], "void"), json!({})).await;
    world.post("merchant1", on(&deliveries[2], "void"), json!({})).await;
    world.advance("P20D").await;
    let merchant = text(&world.get("consumer1", path.clone()).await, "merchant_id");
    let proposed = world.post("notary1", "/v1/settlements", json!({"merchant_id": merchant})).await;
    let approve = format!("/v1/settlements/{}/approve", text(&proposed, "id"));
    let settlement = world.decide("notary2", approve, &proposed["revision"], json!({})).await;
    assert_eq!(world.bank("payouts", &settlement["payout_id"], "settled").await.status, 200);
    let asked = json!({"reason": "merchant_breach"});
    let refund = world.post("consumer1", format!("{path}/refunds"), asked).await;
    let refunds = format!("/v1/refunds/{}", text(&refund, "id"));
    let offer = json!({"accept": false, "amount": "1900.00", "reason": ANSWER});
    let answered = world.post("merchant1", format!("{refunds}/answer"), offer).await;
    let decision = json!({
        "amount": answered["calculation"]["refund"], "basis": "waiver", "document_sha256": "ab".repeat(32), "document_sm3": "cd".repeat(32)
    });
    let decided = world.decide("notary1", format!("{refunds}/decide"), &answered["revision"], decision).await;
    assert_eq!(world.bank("payouts", &decided["payout_id"], "settled").await.status, 200);
    contract
}

/// Two files of one side: one laid before the others, and one that it keeps to itself.
async fn hand_in(world: &World, user: &str, dispute: &str) {
    for (name, content) in [("photo.png", PHOTO), ("draft.png", DRAFT)] {
        let ask = world.ask(Method::POST, format!("/v1/disputes/{dispute}/evidence?name={name}")).by(user);
        let staged = ask.header("Content-Type", "image/png").bytes(content).send().await;
        assert_eq!(staged.status, 201, "{staged:?}");
        if content == PHOTO {
            let submit = format!("/v1/disputes/{dispute}/evidence/{}/submit", text(&staged.body, "id"));
            world.post(user, submit, json!({})).await;
        }
    }
}

/// The answer to who asks for a contract's evidence.
pub async fn asked(world: &World, user: &str, contract: &str) -> Reply {
    world.ask(Method::GET, format!("/v1/contracts/{contract}/evidence.zip")).by(user).send().await
}

/// A contract's evidence, as soon as it is published.
pub async fn evidence(world: &World, user: &str, contract: &str) -> Files {
    for _ in 0..1000 {
        let reply = asked(world, user, contract).await;
        if reply.status == 200 {
            return Files::read(&reply.bytes);
        }
        assert_eq!(reply.problem(), (409, "not_yet_published".to_owned()));
        actix_web::rt::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it is never published");
}
