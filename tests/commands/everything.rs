//! Everything that can happen in an office, made to happen over HTTP.

use actix_web::http::Method;
use serde_json::{Value, json};
use ticun::domain::actor::Actor;
use ticun::domain::digest::Digest;
use ticun::domain::event::RuleDigests;
use ticun::domain::id::{AlarmId, RequestId, UserId};
use ticun::domain::objects::AlarmKind;
use ticun::domain::rule_files::RuleFile;
use ticun::ledger::commands::log::{AddLogKey, AdoptRules, ClearAlarm, RaiseAlarm, RetireLogKey};
use ticun::ledger::commands::users::{DisableUser, EnableUser};
use ticun::ledger::{Answer, Command, Submission};
use ticun::log::key::{Algorithm, KeyName, SigningKey};

use super::support::orders::{document, order_on};
use super::support::side::{Side, account, id};
use super::support::signer::Signer;
use super::support::{World, text};

/// Makes everything happen.
pub async fn happens(world: &World) {
    let side = Side::first(world).await;
    people(world, &side).await;
    plans(world, &side).await;
    holders(world, &side).await;
    deposits(world, &side).await;
    deliveries(world, &side).await;
    periods(world, &side).await;
    settlements(world, &side).await;
    refunds(world, &side).await;
    orders(world, &side).await;
    failing_payouts(world, &side).await;
    unclaimed(world, &side).await;
    leaves(world).await;
    orders_of_courts(world).await;
    runs(world, &side).await;
    log(world).await;
}

/// Everything the regulator reads in the log.
pub async fn entries(world: &World) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    let mut path = "/v1/events?limit=100".to_owned();
    loop {
        let page = world.get("regulator1", path).await;
        found.extend(page["data"].as_array().expect("entries").iter().cloned());
        match page["next_after"].as_u64() {
            Some(after) if page["has_more"] == true => path = format!("/v1/events?limit=100&after={after}"),
            _ => break,
        }
    }
    let positions: Vec<_> = found.iter().map(|entry| entry["position"].as_u64()).collect();
    assert!(positions.into_iter().eq((0..).map(Some).take(found.len())), "the regulator's feed has gaps");
    found
}

async fn submit(world: &World, command: Box<dyn Command>) {
    let sequencer = world.running().offices.values().next().expect("an office");
    let now = world.running().clock.now();
    let answer = sequencer.submit(Submission::new(command, Actor::System, RequestId::from_bits(1), now)).await;
    assert!(matches!(answer, Ok(Answer::Written { .. })), "{answer:?}");
}

async fn people(world: &World, side: &Side) {
    world.merchant_in("rejected").await;
    let (_, suspended) = world.merchant_in("suspended").await;
    world.post("notary1", format!("/v1/merchants/{}/reinstate", id(&suspended)), json!({})).await;
    let key = Signer::new(1).registration(world, "arbitrator1").await;
    let put = world.ask(Method::PUT, "/v1/me/signing-key").by("arbitrator1").json(&key);
    assert_eq!(put.send().await.status, 200);
    world.post("arbitrator1", "/v1/me/signing-key/retire", json!({})).await;
    let user = UserId::parse(&text(&world.get("mediator1", "/v1/me").await, "id")).expect("an id");
    submit(world, Box::new(DisableUser { user })).await;
    submit(world, Box::new(EnableUser { user })).await;
    world
        .post(side.merchant_user, format!("/v1/venues/{}/open-marks", side.venue), json!({"date": world.today()}))
        .await;
}

async fn log(world: &World) {
    let sequencer = world.running().offices.values().next().expect("an office");
    let name = KeyName::parse(&sequencer.office().origin).expect("a name");
    let key = SigningKey::from_seed(&[5; 32]).expect("a seed").verifier_key(name, Algorithm::Ed25519);
    submit(world, Box::new(AddLogKey { key: key.clone() })).await;
    submit(world, Box::new(RetireLogKey { key })).await;
    let digests = RuleDigests { sha256: Digest::ZERO, sm3: Digest::ZERO, version: "cn-1".to_owned() };
    submit(world, Box::new(AdoptRules { files: vec![RuleFile { name: "calendar-cn".to_owned(), digests }] })).await;
    let (about, alarm, since) = (AlarmKind::CheckpointFreshness, AlarmId::from_bits(1), world.running().clock.now());
    submit(world, Box::new(RaiseAlarm { about, alarm, since })).await;
    submit(world, Box::new(ClearAlarm { about })).await;
}

async fn plans(world: &World, side: &Side) {
    side.plan_in(world, "rejected").await;
    let plan = side.plan_in(world, "withdrawn").await;
    let patch = world.ask(Method::PATCH, format!("/v1/plans/{}", id(&plan))).by(side.merchant_user);
    assert_eq!(patch.json(&json!({"price": "900.00"})).send().await.status, 200);
}

/// A guardian consents, and a contract passes on after an offer that was taken back.
async fn holders(world: &World, side: &Side) {
    let contract = side.contract_in(world, "draft").await;
    let consent = json!({
        "name": "王芳", "id_number": "310105198001010029", "relation": "母亲",
        "document_sha256": "ab".repeat(32), "document_sm3": "cd".repeat(32)
    });
    world.post("notary1", format!("/v1/contracts/{}/guardian-consent", id(&contract)), consent).await;
    let contract = side.contract_in(world, "active").await;
    let path = format!("/v1/contracts/{}/transfer", id(&contract));
    let to = json!({"to_consumer": world.get("consumer2", "/v1/me").await["party"]});
    world.post(side.consumer_user, path.clone(), to.clone()).await;
    world.post(side.consumer_user, format!("{path}/withdraw"), json!({})).await;
    world.post(side.consumer_user, path.clone(), to).await;
    world.post("consumer2", format!("{path}/accept"), json!({})).await;
}

async fn deposits(world: &World, side: &Side) {
    side.contract_in(world, "cancelled").await;
    let contract = side.contract_in(world, "signed").await;
    let failed = side.deposit(world, &contract).await;
    assert_eq!(world.bank("deposits", &failed["id"], "failed").await.status, 200);
    side.deposit(world, &contract).await;
    world.advance("P2D").await;
    let late = side.deposit(world, &contract).await;
    world.post(side.consumer_user, format!("/v1/contracts/{}/cancel", id(&contract)), json!({})).await;
    assert_eq!(world.bank("deposits", &late["id"], "paid").await.status, 200);
}

/// Three years in which nobody asks for the money.
async fn unclaimed(world: &World, side: &Side) {
    side.contract_in(world, "active").await;
    for _ in 0..3 {
        world.advance("P400D").await;
    }
}

async fn deliveries(world: &World, side: &Side) {
    let because = json!({"reason": "没有来"});
    side.delivery_in(world, "voided").await;
    side.delivery_in(world, "reversed").await;
    let taken_back = side.delivery_in(world, "contested").await;
    world.post(side.merchant_user, format!("/v1/deliveries/{}/void", id(&taken_back)), json!({})).await;
    let confirmed = side.delivery_in(world, "confirmed").await;
    let path = format!("/v1/deliveries/{}/reverse", id(&confirmed));
    world.post(side.merchant_user, path.clone(), because.clone()).await;
    world.post(side.consumer_user, path, because).await;
    for (role, user) in [("consumer", side.consumer_user), ("merchant", side.merchant_user)] {
        let dispute = side.dispute_by(world, role).await;
        world.post(user, format!("/v1/disputes/{}/withdraw", id(&dispute)), json!({})).await;
    }
    disputes(world, side).await;
    side.delivery_in(world, "pending").await;
    world.advance("P4D").await;
}

/// Disputes that come to every end.
async fn disputes(world: &World, side: &Side) {
    let executed = side.dispute_in(world, "executed").await;
    assert_eq!(executed["decided"]["merchant"], "533.33");
    let settled = side.dispute_in(world, "negotiating").await;
    let path = format!("/v1/disputes/{}", id(&settled));
    let back = json!({
        "refund": "0.00", "merchant": "0.00", "held": "633.33", "voided_deliveries": settled["deliveries"]
    });
    let proposal = world.post(side.consumer_user, format!("{path}/proposals"), back).await;
    let accept = format!("{path}/proposals/{}/accept", id(&proposal));
    world.decide(side.merchant_user, accept, &proposal["revision"], json!({})).await;
    world.post("notary1", format!("{path}/execute"), json!({})).await;
    let objected = side.dispute_in(world, "mediating").await;
    let staged = side.evidence(world, &objected, "consumer").await;
    let submit = format!("/v1/disputes/{}/evidence/{}/submit", id(&objected), id(&staged));
    world.post(side.consumer_user, submit, json!({})).await;
    world.post(side.merchant_user, format!("/v1/disputes/{}/object-arbitration", id(&objected)), json!({})).await;
    side.dispute_in(world, "awarded").await;
}

/// A term whose days are earned, and that is made longer while a refund is open; its visits mark the venue.
async fn periods(world: &World, side: &Side) {
    let contract = side.period(world, "300.00", 30).await;
    let path = format!("/v1/contracts/{}", id(&contract));
    for day in 0..12 {
        world.advance("P1D").await;
        let visit = json!({"venue_id": side.venue});
        match day {
            0 => {
                let code = side.code(world, &contract).await;
                let visit = json!({"venue_id": side.venue, "checkin_code": code});
                world.post(side.merchant_user, "/v1/deliveries", visit).await;
            }
            _ => drop(world.post(side.merchant_user, format!("{path}/deliveries"), visit).await),
        }
    }
    let proposed = world.post("notary1", "/v1/settlements", json!({"merchant_id": side.merchant})).await;
    let turn_down = format!("/v1/settlements/{}/reject", id(&proposed));
    world.decide("notary2", turn_down, &proposed["revision"], json!({"reason": "重来"})).await;
    side.request(world, &contract).await;
    world.post(side.merchant_user, format!("{path}/extend"), json!({"ends_on": "2035-06-30"})).await;
}

async fn settlements(world: &World, side: &Side) {
    side.settlement_in(world, "rejected").await;
    let released = side.settlement_in(world, "released").await;
    for outcome in ["settled", "returned"] {
        assert_eq!(world.bank("payouts", &released["payout_id"], outcome).await.status, 200);
    }
    side.failed_payout(world, "merchant").await;
}

async fn refunds(world: &World, side: &Side) {
    side.refund_in(world, "declined").await;
    side.refund_in(world, "withdrawn").await;
    let refund = side.refund_in(world, "proposed").await;
    let path = format!("/v1/refunds/{}/approve", id(&refund));
    world.decide("notary2", path, &refund["revision"], json!({})).await;
    // What happens to the deliveries of a contract while a refund is open gives that refund new figures.
    for verb in ["confirm", "contest", "void", "reverse"] {
        let contract = side.contract_in(world, "active").await;
        let delivery = side.delivery(world, &contract).await;
        let path = format!("/v1/deliveries/{}", id(&delivery));
        if verb == "reverse" {
            world.post(side.consumer_user, format!("{path}/confirm"), json!({})).await;
        }
        side.request(world, &contract).await;
        let (user, body) = match verb {
            "confirm" => (side.consumer_user, json!({})),
            "contest" => (side.consumer_user, json!({"reason": "没有来"})),
            "void" => (side.merchant_user, json!({})),
            _ => ("notary1", json!({"reason": "记错了"})),
        };
        world.post(user, format!("{path}/{verb}"), body).await;
    }
    let contract = side.contract_in(world, "active").await;
    side.request(world, &contract).await;
    side.check_in(world, &contract).await;
}

/// Courts order what is held, what waits for an answer and what is earned to be set aside; what comes in is taken in turn.
async fn orders_of_courts(world: &World) {
    let (user, _) = world.merchant_in("active").await;
    let side = Side::of(world, user.leak(), "consumer1").await;
    side.freeze_in(world, "lifted").await;
    side.freeze_in(world, "executed").await;
    let contract = side.contract_in(world, "active").await;
    let (taken_back, taken) = (side.delivery(world, &contract).await, side.delivery(world, &contract).await);
    let order = world.post("notary1", "/v1/freezes", order_on(&contract, "1990.00")).await;
    assert_eq!(order["waiting_amount"], "23.33");
    assert_eq!(order["parts"]["deliveries"], json!([taken["id"]]));
    let void = format!("/v1/deliveries/{}/void", id(&taken_back));
    world.post(side.merchant_user, void, json!({})).await;
    let order = world.get("notary1", format!("/v1/freezes/{}", id(&order))).await;
    assert_eq!(order["waiting_amount"], "0.00");
    let mut judgment = document("12");
    for (field, value) in [("basis", "judgment"), ("refund", "0.00"), ("merchant", "1000.00"), ("held", "990.00")] {
        judgment[field] = json!(value);
    }
    world.post("notary1", format!("/v1/freezes/{}/execute", id(&order)), judgment).await;
    let earned = json!({"id": side.merchant});
    let on_earnings = world.post("notary1", "/v1/freezes", order_on(&earned, "50.00")).await;
    let another = side.contract_in(world, "active").await;
    side.check_in(world, &another).await;
    world.post("notary1", format!("/v1/freezes/{}/lift", id(&on_earnings)), document("ef")).await;
}

/// Orders that find deliveries waiting: one the merchant earns with them, one that takes them back.
async fn orders(world: &World, side: &Side) {
    for (amount, basis) in [("100.00", "waiver"), ("2000.00", "taken_back")] {
        let contract = side.contract_in(world, "active").await;
        side.delivery(world, &contract).await;
        let refund = side.request(world, &contract).await;
        let path = format!("/v1/refunds/{}", id(&refund));
        world.post(side.consumer_user, format!("{path}/declare"), json!({"basis": "waiver", "amount": "100.00"})).await;
        let mut decision = json!({"amount": amount, "basis": basis, "reason": "双方到场"});
        if basis == "taken_back" {
            decision["document_sha256"] = "ab".repeat(32).into();
            decision["document_sm3"] = "cd".repeat(32).into();
        }
        let refund = world.get("notary1", path.clone()).await;
        world.decide("notary1", format!("{path}/decide"), &refund["revision"], decision).await;
    }
    within_seven_days(world, side).await;
    parted(world, side).await;
}

/// Refunds that the merchant objects to: what both give is paid, and the rest is a dispute.
async fn parted(world: &World, side: &Side) {
    for offered in ["0.00", "1000.00"] {
        let refund = side.objected(world, offered).await;
        let path = format!("/v1/refunds/{}/undisputed", id(&refund));
        world.decide("notary1", path, &refund["revision"], json!({})).await;
    }
}

/// One call of the consumer's, and one that the merchant claims something against.
async fn within_seven_days(world: &World, side: &Side) {
    for claims in [false, true] {
        let contract = side.contract_in(world, "active").await;
        let path = format!("/v1/contracts/{}/refunds", id(&contract));
        let refund = world.post(side.consumer_user, path, json!({"reason": "seven_day"})).await;
        if claims {
            let path = format!("/v1/refunds/{}/prior-service-claim", id(&refund));
            let document = json!({"document_sha256": "ab".repeat(32), "document_sm3": "cd".repeat(32)});
            let claimed = world.post(side.merchant_user, path.clone(), document).await;
            let decision = json!({"accepted": false, "reason": "服务不同"});
            world.decide("notary1", format!("{path}/decide"), &claimed["revision"], decision).await;
        }
    }
    world.advance("P5D").await;
}

/// A merchant that leaves, a drill, and a default that finds everything that a run can meet.
async fn runs(world: &World, side: &Side) {
    world.merchant_in("exiting").await;
    side.run_in(world, "rescinded").await;
    let contract = world.post(side.consumer_user, "/v1/contracts", json!({"plan_id": side.plan})).await;
    let path = format!("/v1/contracts/{}", id(&contract));
    let terms = json!({"terms_sha256": contract["terms_sha256"], "silence_confirms": false});
    world.post(side.consumer_user, format!("{path}/sign"), terms).await;
    let terms = json!({"terms_sha256": contract["terms_sha256"]});
    world.post(side.merchant_user, format!("{path}/sign"), terms).await;
    let deposit = side.deposit(world, &contract).await;
    assert_eq!(world.bank("deposits", &deposit["id"], "paid").await.status, 200);
    let waiting = side.delivery(world, &contract).await;
    side.settlement_in(world, "released").await;
    let earned = side.contract_in(world, "active").await;
    side.check_in(world, &earned).await;
    side.contract_in(world, "signed").await;
    open_for_a_day(world, side).await;
    let run = side.propose_default(world).await;
    let path = format!("/v1/default-runs/{}", id(&run));
    let objected = world.post(side.merchant_user, format!("{path}/object"), json!({"reason": "装修中"})).await;
    world.advance("P20D").await;
    world.decide("notary2", format!("{path}/approve"), &objected["revision"], json!({})).await;
    world.advance("PT1S").await;
    world.post(side.consumer_user, format!("/v1/deliveries/{}/confirm", id(&waiting)), json!({})).await;
}

/// A period of which one day is earned, and posted by nobody before a run comes to it.
async fn open_for_a_day(world: &World, side: &Side) {
    side.period(world, "300.00", 60).await;
    world.advance("P1D").await;
    let path = format!("/v1/venues/{}/open-marks", side.venue);
    // The office's day is eight hours ahead of the clock's.
    let today: String = world.running().clock.now().plus_hours(8).to_string().chars().take(10).collect();
    world.post(side.merchant_user, path, json!({"date": today})).await;
}

/// A merchant leaves in order who has earned something by then.
async fn leaves(world: &World) {
    let side = Side::second(world).await;
    open_for_a_day(world, &side).await;
    let path = format!("/v1/merchants/{}", side.merchant);
    world.post(side.merchant_user, format!("{path}/exit"), json!({})).await;
    world.advance("P40D").await;
    let run = world.post("notary1", format!("{path}/default-runs"), json!({"cause": "exit", "mode": "real"})).await;
    let approve = format!("/v1/default-runs/{}/approve", id(&run));
    world.decide("notary2", approve, &run["revision"], json!({})).await;
    world.advance("PT1S").await;
}

async fn failing_payouts(world: &World, side: &Side) {
    let failed = side.failed_payout(world, "consumer").await;
    let path = format!("/v1/payouts/{}/new-account", id(&failed));
    let again = world.post(side.consumer_user, path, json!({"account": account()})).await;
    for outcome in ["settled", "returned"] {
        assert_eq!(world.bank("payouts", &again["id"], outcome).await.status, 200);
    }
    // The account named next is found by the service itself.
    let put = world.ask(Method::PUT, "/v1/payout-accounts").by(side.consumer_user).json(&account());
    assert_eq!(put.send().await.status, 200);
    world.advance("PT1M").await;
}
