//! One event of each kind, written down as JSON, and the same with every part left out that can be.

use serde_json::{Map, Value, json};
use ticun::domain::digest::Digest;
use ticun::domain::event::Event;
use ticun::domain::id::{
    AlarmId, ConsumerId, ContractId, DeliveryId, DepositId, DisputeId, EvidenceId, FreezeId, MerchantId, PayoutId,
    PlanId, ProposalId, RefundId, ReturnId, RunId, SettlementId, SuspenseId, UserId, VenueId,
};
use ticun::domain::signature::{SignatureBytes, SignerKey};

/// Every sample: each kind in full, and once more for each field that can be null.
pub fn samples() -> Vec<Event> {
    let mut events = Vec::new();
    for (kind, data) in written() {
        let event = read(kind, &data);
        events.push(event.unwrap_or_else(|error| panic!("{kind}: {error}")));
        for field in data.keys() {
            let mut without = data.clone();
            without.insert(field.clone(), Value::Null);
            events.extend(read(kind, &without));
        }
    }
    events
}

fn read(kind: &str, data: &Map<String, Value>) -> Result<Event, serde_json::Error> {
    Event::read(kind, Value::from(data.clone()))
}

/// The kinds with the names of their fields; what each field holds follows from its name.
const KINDS: &[(&str, &str)] = &[
    ("log.opened", "key mode origin predecessor rule_packs time_zone"),
    ("log.key_added", "key"),
    ("log.key_retired", "key"),
    ("log.alarm_raised", "about alarm since"),
    ("log.alarm_cleared", "about alarm"),
    ("user.registered", "party profile role user"),
    ("user.disabled", "user"),
    ("user.enabled", "user"),
    ("signing_key.registered", "signing_key proof user"),
    ("signing_key.retired", "signing_key user"),
    ("rules.adopted", "rules_name sha256 sm3 rules_edition"),
    ("merchant.applied", "merchant profile region user"),
    ("merchant.reviewed", "merchant note"),
    ("merchant.admitted", "merchant"),
    ("merchant.rejected", "merchant reason"),
    ("merchant.suspended", "merchant reason"),
    ("merchant.reinstated", "merchant note"),
    ("merchant.exiting", "exits_at merchant reason"),
    ("payout_account.set", "account party"),
    ("venue.added", "lease_ends_on merchant profile venue"),
    ("venue.opened", "date merchant venue"),
    ("plan.drafted", "plan_figures merchant plan terms_sha256 terms_sm3"),
    ("plan.revised", "plan_figures merchant plan terms_sha256 terms_sm3 version"),
    ("plan.submitted", "merchant plan reading version"),
    ("plan.approved", "merchant note plan reason reviewed version"),
    ("plan.rejected", "merchant plan reason reviewed version"),
    ("plan.withdrawn", "merchant plan"),
    (
        "contract.drafted",
        "consumer contract plan_figures holder_age merchant plan plan_version rules_pack rules_version terms_sha256 terms_sm3",
    ),
    ("contract.signed", "arbitration by consumer contract merchant silence_confirms terms_sha256 terms_sm3"),
    ("contract.cancelled", "by consumer contract merchant reason"),
    ("contract.extended", "consumer contract ends_on merchant"),
    ("period.accrued", "amount closed_days consumer contract ends_on merchant open_days through"),
    ("contract.guardian_consented", "consumer contract document_sha256 document_sm3 guardian merchant"),
    ("contract.transfer_offered", "consumer contract merchant new_holder"),
    ("contract.transfer_withdrawn", "by consumer contract merchant new_holder"),
    ("contract.transferred", "consumer contract from holder_age merchant notified_at"),
    ("deposit.started", "amount channel consumer contract deposit expires_at merchant"),
    ("deposit.credited", "amount consumer contract cooling_off_until deposit ends_on merchant paid_on transaction"),
    ("deposit.failed", "consumer contract deposit merchant transaction"),
    ("deposit.expired", "consumer contract deposit merchant"),
    ("unclaimed.warned", "amount consumer contract deposit lapses_on merchant warning_stage"),
    ("suspense.received", "amount channel deposit suspense_reason suspense transaction"),
    ("checkin.issued", "code consumer contract expires_at merchant"),
    ("delivery.recorded", "amount checkin confirm_by consumer contract delivery merchant note occurred_at used"),
    ("delivery.confirmed", "amount consumer contract delivery how matures_at merchant origin_account"),
    ("delivery.voided", "amount consumer contract delivery merchant origin_account reason"),
    ("delivery.reversal_proposed", "by consumer contract delivery merchant reason"),
    ("delivery.reversed", "amount consumer contract delivery merchant reason settlement"),
    (
        "dispute.opened",
        "amount by consumer contract deliveries dispute freeze held merchant negotiate_by reason refund",
    ),
    ("dispute.withdrawn", "by consumer contract dispute merchant"),
    ("dispute.escalated", "by consumer contract dispute due_by evidence_by merchant to"),
    ("dispute.arbitration_objected", "by consumer contract dispute merchant reason"),
    ("dispute.assigned", "consumer contract dispute merchant role user"),
    ("dispute.settled", "consumer contract dispute merchant proposal split"),
    (
        "dispute.awarded",
        "basis beyond consumer contract correction costs dispute document_sha256 document_sm3 merchant partial particulars review signature split",
    ),
    (
        "dispute.executed",
        "basis consumer contract dispute document_sha256 document_sm3 freeze merchant pay_by refund requested_on review signature split",
    ),
    ("evidence.staged", "by consumer contract dispute evidence file_sha256 file_sm3 manifest merchant size_bytes"),
    ("evidence.submitted", "by consumer contract dispute evidence merchant"),
    ("proposal.made", "made_by consumer contract dispute merchant note proposal split dispute_stage"),
    ("proposal.accepted", "by consumer contract dispute merchant proposal"),
    ("freeze.opened", "cause consumer contract deliveries dispute freeze held merchant payable pending"),
    ("freeze.lifted", "consumer contract deliveries dispute freeze held merchant payable pending"),
    ("freeze.ordered", "amount consumer contract document_sha256 document_sm3 freeze merchant particulars"),
    ("freeze.reached", "consumer contract deliveries freeze held merchant payable pending settlement"),
    (
        "freeze.order_lifted",
        "consumer contract deliveries document_sha256 document_sm3 freeze held merchant payable pending review signature",
    ),
    (
        "freeze.executed",
        "basis consumer contract document_sha256 document_sm3 freeze merchant refund requested_on review signature split",
    ),
    ("settlement.proposed", "amount count cutoff merchant returned settlement since"),
    ("settlement.released", "amount count cutoff merchant returned review settlement signature"),
    ("settlement.rejected", "merchant reason review settlement signature"),
    ("payout.created", "account amount contract payee payout refund settlement"),
    ("payout.submitted", "contract payee payout refund settlement"),
    ("payout.settled", "amount contract payee payout refund settlement transaction"),
    ("payout.rejected", "amount contract payee payout refund settlement transaction"),
    ("payout.returned", "amount contract payee payout payout_return refund settlement transaction"),
    ("payout.cancelled", "amount contract payee payout refund settlement"),
    (
        "refund.requested",
        "agreed answer_by claim_by claims consumer contract document_sha256 document_sm3 refund_figures merchant note prior_same_service refund_reason refund requested_on",
    ),
    ("refund.answered", "accept amount claims consumer contract merchant reason refund"),
    ("refund.declared", "amount basis consumer contract merchant note refund"),
    ("refund.prior_service_claimed", "consumer contract document_sha256 document_sm3 merchant note refund"),
    (
        "refund.prior_service_decided",
        "accepted answer_by consumer contract refund_figures merchant reason refund review signature",
    ),
    ("refund.recalculated", "consumer contract refund_figures merchant refund"),
    (
        "refund.proposed",
        "amount basis consumer contested contract document_sha256 document_sm3 merchant reason refund review shortfall signature",
    ),
    (
        "refund.ordered",
        "amount basis consumer contested contract document_sha256 document_sm3 merchant merchant_share pay_by reason refund review shortfall signature",
    ),
    ("refund.declined", "consumer contract merchant reason refund review signature"),
    ("refund.withdrawn", "consumer contract merchant refund"),
    ("default_run.proposed", "amount run_cause contracts merchant run_mode notice object_by proofs reason run"),
    ("default_run.objected", "merchant reason run"),
    ("default_run.approved", "contracts frozen merchant review run settlement signature"),
    ("default_run.rescinded", "merchant reason run"),
    (
        "default_run.contract_refunded",
        "amount approved_by consumer contract live merchant merchant_share pay_by proposed_by refund_reason refund requested_on run",
    ),
    ("default_run.contract_passed", "consumer contract merchant outcome run"),
    ("default_run.advanced", "cursor listed merchant progress run"),
    ("default_run.finished", "merchant run"),
];

fn written() -> Vec<(&'static str, Map<String, Value>)> {
    let data = |fields: &str| fields.split(' ').map(|field| (name(field).to_owned(), value(field))).collect();
    KINDS.iter().map(|(kind, fields)| (*kind, data(fields))).collect()
}

/// What a field is called in its event, where one name stands for several things.
fn name(field: &str) -> &str {
    match field {
        "plan_figures" | "refund_figures" => "figures",
        "suspense_reason" | "refund_reason" => "reason",
        "origin_account" => "origin",
        "signing_key" => "key",
        "rules_name" => "name",
        "rules_edition" => "version",
        "run_cause" => "cause",
        "run_mode" => "mode",
        "made_by" => "by",
        "new_holder" => "to",
        "warning_stage" => "stage",
        "dispute_stage" => "stage",
        field => field,
    }
}

fn value(field: &str) -> Value {
    let digest = json!(Digest::of(&[field.as_bytes()]));
    match field {
        "accept" | "accepted" | "arbitration" | "correction" | "partial" | "prior_same_service"
        | "silence_confirms" => json!(true),
        "agreed" | "amount" | "beyond" | "contested" | "costs" | "frozen" | "held" | "merchant_share" | "payable"
        | "pending" | "returned" | "shortfall" => json!("33.33"),
        "answer_by" | "claim_by" | "pay_by" | "confirm_by" | "cooling_off_until" | "cutoff" | "due_by"
        | "evidence_by" | "expires_at" | "matures_at" | "negotiate_by" | "notified_at" | "occurred_at" | "since"
        | "exits_at" | "object_by" => {
            json!("2026-11-22T01:27:16.000001Z")
        }
        "about" => json!("witness_quorum"),
        "alarm" => json!(AlarmId::from_bits(1)),
        "predecessor" => json!({"head_sha256": digest, "key": "k", "origin": "o", "root": digest, "size": 7}),
        "basis" => json!("consent"),
        "by" | "party" | "payee" => json!(ConsumerId::from_bits(3)),
        "channel" => json!("sandbox"),
        "closed_days" | "contracts" | "count" | "open_days" | "plan_version" | "reviewed" | "size_bytes" | "used"
        | "version" | "warning_stage" => json!(2),
        "date" | "ends_on" | "lapses_on" | "lease_ends_on" | "paid_on" | "requested_on" | "through" => {
            json!("2026-11-22")
        }
        "holder_age" => json!("minor"),
        "from" | "new_holder" => json!(ConsumerId::from_bits(6)),
        "how" => json!("checkin_code"),
        "key" => json!("泳池/log+33d7b496+\"\\\u{1}\t\u{7f}\u{80}\u{2028}\u{1f602}"),
        "live" => json!(1),
        "mode" => json!("live"),
        "origin" => json!("公证处.example/log/changning"),
        "origin_account" => json!("pending"),
        "refund_reason" => json!("merchant_breach"),
        "region" => json!("310000"),
        "rules_pack" => json!("shanghai-fitness"),
        "rules_version" | "rules_edition" => json!("2025.1"),
        "role" => json!("consumer"),
        "signing_key" => json!(SignerKey::from_bytes([7; 32])),
        "proof" => json!(SignatureBytes::from_bytes([8; 64])),
        "signature" => json!({"key": SignerKey::from_bytes([7; 32]), "value": SignatureBytes::from_bytes([9; 64])}),
        "review" => json!({
            "action": "refund.decide", "amount": "33.33", "payee": MerchantId::from_bits(4), "position": 40, "revision": 2
        }),
        "rules_name" => json!("calendar-cn"),
        "suspense_reason" => json!("already_paid"),
        "time_zone" => json!("Asia/Shanghai"),
        "claims" => json!({
            "agreed_rate": "3.50", "deductions": [
                {"amount": "10.00", "document_sha256": digest, "document_sm3": digest, "kind": "cost", "name": digest},
                {"amount": "0.01", "document_sha256": null, "document_sm3": null, "kind": "penalty", "name": digest}
            ], "list_price_proven": false, "market_price": "40.00", "merchant_fault_percent": 70
        }),
        "refund_figures" => json!({"live": 1, "needs_decision": false, "refund": "0.00", "used": "33.33"}),
        "consumer" => json!(ConsumerId::from_bits(3)),
        "contract" => json!(ContractId::from_bits(5)),
        "delivery" => json!(DeliveryId::from_bits(u128::MAX)),
        "deposit" => json!(DepositId::from_bits(1)),
        "merchant" => json!(MerchantId::from_bits(4)),
        "payout" => json!(PayoutId::from_bits(1)),
        "payout_return" => json!(ReturnId::from_bits(1)),
        "plan" => json!(PlanId::from_bits(1)),
        "refund" => json!(RefundId::from_bits(1)),
        "settlement" => json!(SettlementId::from_bits(1)),
        "suspense" => json!(SuspenseId::from_bits(1)),
        "user" => json!(UserId::from_bits(1)),
        "venue" => json!(VenueId::from_bits(1)),
        _ => of_runs(field).or_else(|| of_disputes(field)).or_else(|| of_plans(field)).unwrap_or(digest),
    }
}

/// The fields that only plans and rules have.
fn of_plans(field: &str) -> Option<Value> {
    let digest = json!(Digest::of(&[field.as_bytes()]));
    Some(match field {
        "plan_figures" => json!({
            "arbitration": false, "card_class": "visit", "confirm_window_hours": 72, "lease_ends_on": "2035-12-31", "price": "2000.00",
            "sector": "fitness", "silence_confirms": false,
            "sold": {"count": {"bonus_units": 0, "list_price": null, "units": 60}}, "validity_days": 365
        }),
        "reading" => json!({
            "findings": [{"length": 4, "offset": 7, "rule": "no-refund", "severity": "void"}], "more": 0, "rules_sha256": digest
        }),
        "rule_packs" => {
            let digests = json!({"sha256": digest, "sm3": digest, "version": "cn-2026.1"});
            json!({"calendar-cn": digests, "A": digests, "a": digests})
        }
        _ => return None,
    })
}

/// The fields that only disputes and freezes have.
fn of_disputes(field: &str) -> Option<Value> {
    Some(match field {
        "cause" => json!("dispute"),
        "deliveries" => json!([DeliveryId::from_bits(1), DeliveryId::from_bits(2)]),
        "dispute" => json!(DisputeId::from_bits(1)),
        "evidence" => json!(EvidenceId::from_bits(1)),
        "freeze" => json!(FreezeId::from_bits(1)),
        "made_by" => json!("mediator"),
        "proposal" => json!(ProposalId::from_bits(1)),
        "split" => json!({"held": "0.00", "merchant": "3.33", "refund": "30.00", "voided": [DeliveryId::from_bits(1)]}),
        "dispute_stage" | "to" => json!("mediating"),
        _ => return None,
    })
}

/// The fields that only default runs have.
fn of_runs(field: &str) -> Option<Value> {
    let digest = json!(Digest::of(&[field.as_bytes()]));
    Some(match field {
        "run_cause" => json!("default"),
        "run_mode" => json!("real"),
        "notice" => {
            json!({"how": "courier", "sent_at": "2026-11-22T01:27:16.000001Z", "sha256": digest, "sm3": digest})
        }
        "proofs" => json!([{"kind": "site_visit", "sha256": digest, "sm3": digest}]),
        "outcome" => json!("disputed"),
        "listed" => {
            let (contract, refund) = (ContractId::from_bits(5), RefundId::from_bits(1));
            json!([{"amount": "33.33", "contract": contract, "outcome": "disputed", "refund": refund}])
        }
        "progress" => json!({
            "cancelled": 1, "disputed": 2, "done": 3, "needs_account": 4, "refunded": "33.33", "refunds": 5,
            "total": 6, "waiting": 7
        }),
        "run" => json!(RunId::from_bits(1)),
        "approved_by" | "proposed_by" => json!(UserId::from_bits(1)),
        "cursor" => json!(ContractId::from_bits(5)),
        _ => return None,
    })
}
