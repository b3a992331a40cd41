//! What is refused when money is to go back.

use serde_json::json;

use super::support::World;
use super::{at, decision_refused, post_refused};

pub async fn requests(world: &World) {
    let question = json!({
        "kind": "count", "currency": "CNY", "paid": "2000.00", "paid_on": "2026-03-02", "requested_on": "2026-04-02",
        "reason": "mutual", "count": {"units": 60, "bonus_units": 0, "used_units": 2}
    });
    post_refused(world, "consumer1", "/v1/refund-calculations", question, "reason_not_supported").await;
    let contract = world.active_contract("consumer1").await;
    let refunds = format!("{}/refunds", at("contracts", &contract));
    let reason = json!({"reason": "merchant_breach"});
    world.post("consumer1", refunds.clone(), reason.clone()).await;
    post_refused(world, "consumer1", &refunds, reason, "refund_open").await;
}

pub async fn decisions(world: &World) {
    let contract = world.active_contract("consumer2").await;
    let path = at("contracts", &contract);
    let refund = world.post("consumer2", format!("{path}/refunds"), json!({"reason": "merchant_breach"})).await;
    let (decide, revision) = (format!("{}/decide", at("refunds", &refund)), &refund["revision"]);
    let decision = |amount: &str, basis: &str| json!({"amount": amount, "basis": basis});
    let wrong = [
        ("2000.01", "waiver", "amount_exceeds_escrow"),
        ("2000.00", "consent", "basis_not_met"),
        ("2000.00", "award", "document_required"),
    ];
    for (amount, basis, code) in wrong {
        decision_refused(world, "notary1", &decide, revision, decision(amount, basis), code).await;
    }
    let mut unexplained = decision("1999.00", "waiver");
    unexplained["document_sha256"] = "ab".repeat(32).into();
    unexplained["document_sm3"] = "cd".repeat(32).into();
    decision_refused(world, "notary1", &decide, revision, unexplained, "difference_unexplained").await;
    for digest in ["document_sha256", "document_sm3"] {
        let mut half = decision("2000.00", "award");
        half[digest] = "ab".repeat(32).into();
        decision_refused(world, "notary1", &decide, revision, half, "invalid_value").await;
    }
}

pub async fn an_answer_that_comes_too_late(world: &World) {
    let contract = world.active_contract("consumer2").await;
    let refunds = format!("{}/refunds", at("contracts", &contract));
    let refund = world.post("consumer2", refunds, json!({"reason": "merchant_breach"})).await;
    world.advance("P30D").await;
    let answer = format!("{}/answer", at("refunds", &refund));
    post_refused(world, "merchant1", &answer, json!({"accept": true}), "answer_window_over").await;
}

/// What can be brought against a refund, and against the one within seven days.
pub async fn claims(world: &World) {
    let contract = world.active_contract("consumer2").await;
    let refunds = format!("{}/refunds", at("contracts", &contract));
    let refund = world.post("consumer2", refunds, json!({"reason": "merchant_breach"})).await;
    let answer = json!({"accept": false, "amount": "1.00", "reason": "有过错", "merchant_fault_percent": 50});
    post_refused(world, "merchant1", &format!("{}/answer", at("refunds", &refund)), answer, "claim_not_usable").await;
    let accepted = world.post("merchant1", format!("{}/answer", at("refunds", &refund)), json!({"accept": true})).await;
    let undisputed = format!("{}/undisputed", at("refunds", &refund));
    decision_refused(world, "notary1", &undisputed, &accepted["revision"], json!({}), "nothing_disputed").await;
    let document = json!({"document_sha256": "ab".repeat(32), "document_sm3": "cd".repeat(32)});
    let claim = format!("{}/prior-service-claim", at("refunds", &refund));
    post_refused(world, "merchant1", &claim, document.clone(), "prior_service_claim_over").await;

    let contract = world.active_contract("consumer2").await;
    let refunds = format!("{}/refunds", at("contracts", &contract));
    let refund = world.post("consumer2", refunds, json!({"reason": "seven_day"})).await;
    let path = at("refunds", &refund);
    let claimed = world.post("merchant1", format!("{path}/prior-service-claim"), document).await;
    let decision = json!({"amount": "2000.00", "basis": "condition_met"});
    let decide = format!("{path}/decide");
    decision_refused(world, "notary1", &decide, &claimed["revision"], decision, "prior_service_claim_open").await;
}
