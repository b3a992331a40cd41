//! What a verifier says of a log in which a run did what it must not, and the check of the books of changed tables.

use diesel::connection::SimpleConnection as _;
use serde_json::json;
use ticun::domain::account::{Account, transfer};
use ticun::domain::event::Event;
use ticun::domain::id::RefundId;
use ticun::domain::money::Amount;
use ticun::ledger::audit::replay::Auditor;
use ticun::ledger::check::{CheckError, check};
use ticun::ledger::entry::Entry;

use super::support::World;
use super::support::books::{log_of, told};
use super::support::database::{self, Column};
use super::support::side::Side;
use super::{at, holds};

/// A log with a default in it: one contract refunded, and a delivery that is confirmed after.
async fn story(world: &World) -> Vec<Entry> {
    let side = Side::first(world).await;
    let earned = side.contract_in(world, "active").await;
    side.check_in(world, &earned).await;
    let contract = world.post(side.consumer_user, "/v1/contracts", json!({"plan_id": side.plan})).await;
    let path = at("contracts", &contract);
    let terms = json!({"terms_sha256": contract["terms_sha256"], "silence_confirms": false});
    world.post(side.consumer_user, format!("{path}/sign"), terms).await;
    world.post(side.merchant_user, format!("{path}/sign"), json!({"terms_sha256": contract["terms_sha256"]})).await;
    let deposit = side.deposit(world, &contract).await;
    assert_eq!(world.bank("deposits", &deposit["id"], "paid").await.status, 200);
    let delivery = side.delivery(world, &contract).await;
    side.default(world).await;
    world.post(side.consumer_user, format!("{}/confirm", at("deliveries", &delivery)), json!({})).await;
    log_of(world)
}

#[actix_web::test]
async fn a_verifier_names_what_a_run_must_not_do() {
    let world = World::start().await;
    let log = story(&world).await;
    holds(&world);
    let proposed = log.iter().find(|entry| entry.fact.event.kind() == "default_run.proposed").expect("a proposal");
    let fen = |fen| Amount::from_fen(fen).expect("an amount");
    let says = |found: String, part: &str| assert!(found.contains(part), "{found}");

    says(told(&log, "default_run.approved", |entry| entry.actor = proposed.actor), "that takes another person");
    says(told(&log, "default_run.approved", |entry| entry.at = proposed.at), "can still object");
    let moved = told(&log, "default_run.approved", |entry| entry.fact.postings.clear());
    says(moved, "its postings are not those");
    let unshown = told(&log, "default_run.proposed", |entry| {
        let Event::DefaultRunProposed(data) = &mut entry.fact.event else { panic!("a proposal") };
        data.proofs.truncate(1);
    });
    says(unshown, "no two documents show the default");
    let hurried = told(&log, "default_run.proposed", |entry| {
        let Event::DefaultRunProposed(data) = &mut entry.fact.event else { panic!("a proposal") };
        data.object_by = Some(entry.at.plus_hours(24));
    });
    says(hurried, "less time to object");
    let too_much = told(&log, "default_run.contract_refunded", |entry| {
        let Event::DefaultRunContractRefunded(data) = &mut entry.fact.event else { panic!("a refund") };
        data.amount = fen(200_001);
        let (from, to) = (Account::ContractHeld(data.contract), Account::ConsumerRefund(data.consumer));
        entry.fact.postings = transfer(from, to, data.amount);
    });
    says(too_much, "are shared out of");
    let kept = told(&log, "default_run.contract_refunded", |entry| {
        let Event::DefaultRunContractRefunded(data) = &mut entry.fact.event else { panic!("a refund") };
        let unearned = fen(1);
        data.amount = data.amount.saturating_sub(unearned);
        data.merchant_share = unearned;
    });
    says(kept, "are due");
    let another_day = told(&log, "default_run.contract_refunded", |entry| {
        let Event::DefaultRunContractRefunded(data) = &mut entry.fact.event else { panic!("a refund") };
        data.requested_on = data.requested_on.plus_days(-3);
    });
    says(another_day, "which is another day");
    let told_of = told(&log, "default_run.advanced", |entry| {
        let Event::DefaultRunAdvanced(data) = &mut entry.fact.event else { panic!("an advance") };
        data.progress.refunds += 1;
    });
    says(told_of, "other refunds than");
    let payable = told(&log, "delivery.confirmed", |entry| {
        let Event::DeliveryConfirmed(data) = &entry.fact.event else { panic!("a confirmation") };
        let (from, to) = (Account::ContractPending(data.contract), Account::MerchantPayable(data.merchant));
        entry.fact.postings = transfer(from, to, data.amount);
    });
    says(payable, "its postings are not those");
}

#[actix_web::test]
async fn a_verifier_finds_a_second_refund_and_a_contract_left_out() {
    let world = World::start().await;
    let log = story(&world).await;
    let mut auditor = Auditor::default();
    let finished = log.iter().find(|entry| entry.fact.event.kind() == "default_run.finished").expect("the end");
    for entry in &log {
        if entry.fact.event.kind() == "default_run.contract_refunded" {
            let early = auditor.entry(finished).expect_err("not all contracts have ended");
            assert!(early.contains("was left out"), "{early}");
        }
        assert_eq!(auditor.entry(entry), Ok(()));
        if entry.fact.event.kind() == "default_run.contract_refunded" {
            let mut again = entry.clone();
            let Event::DefaultRunContractRefunded(data) = &mut again.fact.event else { panic!("a refund") };
            data.refund = RefundId::from_bits(1);
            let second = auditor.entry(&again).expect_err("a second refund of one contract");
            assert!(second.contains("from where nothing is refunded"), "{second}");
        }
    }
}

/// A column as the engine knows it.
#[actix_web::test]
async fn no_column_of_a_run_can_be_changed_unseen() {
    let world = World::start().await;
    story(&world).await;
    let folder = world.stop().await;
    let good = database::url_in(folder.path());
    let mut changed = 0;
    for table in ["default_runs", "run_contracts"] {
        for Column { name, kind } in database::columns(&good, table) {
            let copy = database::copy(folder.path(), "copy.db");
            let value = match kind.as_str() {
                "TEXT" => format!("COALESCE({name}, '') || 'x'"),
                _ => format!("COALESCE({name}, 0) + 1"),
            };
            let mut connection = database::tampering(&copy);
            connection.batch_execute(&format!("UPDATE {table} SET {name} = {value}")).expect("it can be changed");
            match check(&mut connection, "changning", &mut |_, _| {}) {
                Err(CheckError::Finding(finding)) => assert!(finding.to_string().starts_with(table), "{finding}"),
                other => panic!("{table}.{name} can be changed: {other:?}"),
            }
            changed += 1;
        }
    }
    assert!(changed > 35, "{changed}");
}
