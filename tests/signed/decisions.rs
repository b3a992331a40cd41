//! Each decision over HTTP, by a notary or an arbitrator whose key is in force.

use actix_web::http::Method;
use serde_json::{Value, json};
use ticun::domain::statement::Statement;

use super::support::books::holds;
use super::support::cases::award;
use super::support::side::{Side, id};
use super::support::signer::{ORIGIN, Signer};
use super::support::{Reply, World};

const CODES: [(u16, &str); 2] = [(422, "signature_required"), (422, "signature_invalid")];

/// A decision that is about to be made.
struct Case {
    user: &'static str,
    object: String,
    /// What follows the object's address.
    verb: &'static str,
    /// The same in the query of the statement.
    action: &'static str,
    /// What the query of the statement says beside the action.
    terms: &'static str,
    body: Value,
}

impl Case {
    async fn send(&self, world: &World, reviewed: &Reply, signature: Option<Value>) -> Reply {
        let mut body = self.body.clone();
        if let Some(signature) = signature {
            body["signature"] = signature;
        }
        let revision = reviewed.body["revision"].clone();
        let path = format!("{}/{}", self.object, self.verb);
        world.ask(Method::POST, path).by(self.user).reviewed(&revision).json(&body).send().await
    }

    async fn statement(&self, world: &World) -> Reply {
        world.to_sign(self.user, &self.object, &format!("{}{}", self.action, self.terms)).await
    }
}

/// What a large decision on a waiver adds to its statement.
const LARGE_TERMS: &str = "&amount=30000.00&basis=waiver\
    &document_sha256=abababababababababababababababababababababababababababababababab";

async fn cases(world: &World, side: &Side) -> Vec<Case> {
    let because = json!({"reason": "不符"});
    let of = |kind: &str, object: &Value| format!("/v1/{kind}/{}", id(object));
    let case = |object, action, terms, body| Case { user: "notary2", object, verb: action, action, terms, body };
    // Another merchant's, since one merchant has one proposal at a time.
    let (user, _) = world.merchant_in("active").await;
    let elsewhere = Side::of(world, user.leak(), side.consumer_user).await;
    let decided = json!({"amount": "1999.00", "basis": "award", "reason": "依裁决", "document_sha256": "ab".repeat(32), "document_sm3": "cd".repeat(32)});
    let terms =
        "&amount=1999.00&basis=award&document_sha256=abababababababababababababababababababababababababababababababab";
    let large = json!({"amount": "30000.00", "basis": "waiver", "document_sha256": "ab".repeat(32), "document_sm3": "cd".repeat(32)});
    let large_plan = side.contract_of(world, "active", &side.dear_plan).await;
    vec![
        case(of("settlements", &side.settlement_in(world, "proposed").await), "approve", "", json!({})),
        case(of("settlements", &elsewhere.settlement_in(world, "proposed").await), "reject", "", because.clone()),
        case(of("refunds", &side.refund_in(world, "answered").await), "decide", terms, decided),
        case(of("refunds", &side.request(world, &large_plan).await), "decide", LARGE_TERMS, large),
        case(of("refunds", &side.refund_in(world, "proposed").await), "approve", "", json!({})),
        case(of("refunds", &side.refund_in(world, "requested").await), "decline", "", because.clone()),
        case(of("refunds", &side.refund_in(world, "proposed").await), "decline", "", because),
    ]
}

/// What an award adds to its statement.
const AWARD_TERMS: &str = "&basis=award&refund=633.33&merchant=0.00&held=0.00\
    &document_sha256=abababababababababababababababababababababababababababababababab";

/// A default that can be approved when the others were prepared, an award of an arbitrator, and disputes to carry out.
async fn later_cases(world: &World, side: &Side, run: &Value) -> Vec<Case> {
    let of = |kind: &str, object: &Value| format!("/v1/{kind}/{}", id(object));
    let case = |object, action| Case { user: "notary2", object, verb: action, action, terms: "", body: json!({}) };
    let claimed = of("refunds", &side.seven_day(world).await);
    let document = json!({"document_sha256": "ab".repeat(32), "document_sm3": "cd".repeat(32)});
    world.post(side.merchant_user, format!("{claimed}/prior-service-claim"), document).await;
    let heard = of("disputes", &side.dispute_in(world, "arbitrating").await);
    vec![
        Case { user: "arbitrator1", terms: AWARD_TERMS, body: award("award"), ..case(heard, "award") },
        Case {
            verb: "prior-service-claim/decide",
            body: json!({"accepted": true, "reason": "服务相同"}),
            ..case(claimed, "accept_prior_service")
        },
        case(of("disputes", &side.dispute_in(world, "settled").await), "execute"),
        case(of("disputes", &side.dispute_in(world, "awarded").await), "execute"),
        case(of("default-runs", run), "approve"),
    ]
}

/// The entry at a position, as a regulator sees it.
async fn entry(world: &World, position: u64) -> Value {
    world.get("regulator1", format!("/v1/events?after={}&limit=1", position - 1)).await["data"][0].clone()
}

/// The decision among the entries that a write has made.
async fn decision(world: &World, reply: &Reply) -> Value {
    let mut position = reply.body["log_position"].as_u64().expect("a position");
    loop {
        let entry = entry(world, position).await;
        if !entry["data"]["review"].is_null() {
            return entry;
        }
        position -= 1;
    }
}

#[actix_web::test]
async fn every_decision_of_somebody_with_a_key_carries_a_signature_over_what_was_reviewed() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let (user, _) = world.merchant_in("active").await;
    let gone = Side::of(&world, user.leak(), side.consumer_user).await;
    gone.contract_in(&world, "active").await;
    let run = gone.propose_default(&world).await;
    let mut cases = cases(&world, &side).await;
    cases.extend(later_cases(&world, &side, &run).await);
    let (notary, arbitrator, other) = (Signer::new(31), Signer::new(33), Signer::new(32));
    assert_eq!(notary.register(&world, "notary2").await.status, 200);
    assert_eq!(arbitrator.register(&world, "arbitrator1").await.status, 200);
    for case in &cases {
        let mine = if case.user == "arbitrator1" { &arbitrator } else { &notary };
        let told = format!("{} {}", case.object, case.action);
        let reviewed = case.statement(&world).await;
        let stated = Statement::parse(&reviewed.bytes).expect("a statement");
        let object = world.get(case.user, case.object.clone()).await;
        assert_eq!(json!(stated.revision), object["revision"], "{told}");
        assert_eq!(json!(stated.position), object["newest_entry"], "{told}");
        assert_eq!(stated.origin, ORIGIN);
        assert_eq!(reviewed.header("etag"), Some(format!("\"r{}\"", stated.revision)));

        let unsigned = case.send(&world, &reviewed, None).await;
        assert_eq!((unsigned.problem().0, unsigned.problem().1.as_str()), CODES[0], "{told}");
        let mut otherwise: Vec<Vec<u8>> = spoilt(&stated).iter().map(Statement::to_bytes).collect();
        otherwise.push([&reviewed.bytes[..], b"\n"].concat());
        for bytes in otherwise {
            let refused = case.send(&world, &reviewed, Some(mine.signature(&bytes))).await;
            assert_eq!((refused.problem().0, refused.problem().1.as_str()), CODES[1], "{told}");
        }
        let by_other = case.send(&world, &reviewed, Some(other.signature(&reviewed.bytes))).await;
        assert_eq!(by_other.problem().1, "signature_invalid", "{told}");
        let posing = json!({"key": mine.key(), "value": other.sign(&reviewed.bytes)});
        assert_eq!(case.send(&world, &reviewed, Some(posing)).await.problem().1, "signature_invalid", "{told}");

        let signature = mine.signature(&reviewed.bytes);
        let done = case.send(&world, &reviewed, Some(signature.clone())).await;
        assert_eq!(done.status, 200, "{told} {done:?}");
        let entry = decision(&world, &done).await;
        assert_eq!(entry["data"]["signature"], signature, "{told}");
        let review = json!({
            "action": stated.action, "amount": stated.amount, "payee": stated.payee, "position": stated.position,
            "revision": stated.revision,
        });
        assert_eq!(entry["data"]["review"], review, "{told}");
    }
    holds(&world);
}

/// The same statement with another amount, payee, revision, position, signer, log or decision.
fn spoilt(good: &Statement) -> Vec<Statement> {
    let change = |change: fn(&mut Statement)| {
        let mut spoilt = good.clone();
        change(&mut spoilt);
        assert_ne!(spoilt, *good);
        spoilt
    };
    vec![
        change(|one| one.amount = ticun::domain::money::Amount::MAX),
        change(|one| one.payee = ticun::domain::id::Party::Consumer(ticun::domain::id::ConsumerId::from_bits(1))),
        change(|one| one.revision += 1),
        change(|one| one.position -= 1),
        change(|one| one.signer = ticun::domain::id::UserId::from_bits(1)),
        change(|one| one.origin.push('x')),
        change(|one| one.document_sha256 = Some(ticun::domain::digest::Digest::ZERO)),
        change(|one| {
            one.action = match one.action {
                ticun::domain::statement::Action::ApproveSettlement => {
                    ticun::domain::statement::Action::RejectSettlement
                }
                _ => ticun::domain::statement::Action::ApproveSettlement,
            };
        }),
    ]
}

#[actix_web::test]
async fn a_decision_says_what_was_reviewed_also_without_a_key() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let proposed = side.settlement_in(&world, "proposed").await;
    let path = format!("/v1/settlements/{}", id(&proposed));
    let reply = world.ask(Method::POST, format!("{path}/approve")).by("notary2").reviewed(&proposed["revision"]);
    let entry = decision(&world, &reply.json(&json!({})).send().await).await;
    let review = json!({
        "action": "settlement.approve", "amount": proposed["amount"], "payee": proposed["merchant_id"],
        "position": proposed["newest_entry"], "revision": 1,
    });
    assert_eq!((&entry["data"]["review"], &entry["data"]["signature"]), (&review, &Value::Null));
}

#[actix_web::test]
async fn a_signature_over_an_older_revision_fits_no_newer_one() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let signer = Signer::new(33);
    signer.register(&world, "notary2").await;
    let refund = side.refund_in(&world, "requested").await;
    let path = format!("/v1/refunds/{}", id(&refund));
    let before = world.to_sign("notary2", &path, "decline").await;
    let answered = world.post(side.merchant_user, format!("{path}/answer"), json!({"accept": true})).await;
    let body = json!({"reason": "不符", "signature": signer.signature(&before.bytes)});
    let decline =
        |revision: Value| world.ask(Method::POST, format!("{path}/decline")).by("notary2").reviewed(&revision);
    let stale = decline(before.body["revision"].clone()).json(&body).send().await;
    assert_eq!(stale.problem(), (412, "revision_mismatch".to_owned()));
    let newer = decline(answered["revision"].clone()).json(&body).send().await;
    assert_eq!(newer.problem(), (422, "signature_invalid".to_owned()));
}

#[actix_web::test]
async fn a_statement_is_refused_as_its_decision_would_be() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let proposed = side.settlement_in(&world, "proposed").await;
    let refund = side.refund_in(&world, "requested").await;
    let ask = async |user: &str, path: String| world.ask(Method::GET, path).by(user).send().await.problem();
    let settlement = format!("/v1/settlements/{}/decision-statement", id(&proposed));
    let of_refund = format!("/v1/refunds/{}/decision-statement", id(&refund));
    for (user, path, status, code) in [
        ("notary1", format!("{settlement}?action=approve"), 403, "same_person"),
        ("merchant1", format!("{settlement}?action=approve"), 403, "forbidden"),
        ("notary2", format!("{settlement}?action=decide"), 400, "invalid_request"),
        ("notary2", settlement.clone(), 400, "invalid_request"),
        ("notary2", format!("{of_refund}?action=approve"), 409, "state_conflict"),
        ("notary2", format!("{of_refund}?action=decide"), 400, "invalid_request"),
        ("notary2", format!("{of_refund}?action=decide&amount=1.00"), 400, "invalid_request"),
        ("notary2", format!("{of_refund}?action=decide&amount=0.00&basis=waiver"), 400, "invalid_request"),
        ("notary2", format!("{of_refund}?action=decline&amount=1.00"), 400, "invalid_request"),
        ("notary2", format!("{of_refund}?action=decide&amount=99999.00&basis=waiver"), 422, "amount_exceeds_escrow"),
        ("notary2", format!("{of_refund}?action=decide&amount=1.00&basis=consent"), 422, "basis_not_met"),
    ] {
        assert_eq!(ask(user, path.clone()).await, (status, code.to_owned()), "{user} {path}");
    }
}
