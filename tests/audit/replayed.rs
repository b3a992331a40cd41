//! What only a replay finds: entries in good form and order, signed by the real key, that the rules do not allow.

use serde_json::{Value, json};

use super::log::Log;
use super::run::{caught, good};
use super::story::{BUYER, NOTARY, OTHER_NOTARY, SELLER, story};

/// Changes an entry, chains and signs anew, and asserts that a replay names it.
#[track_caller]
fn told(kind: &str, change: impl FnOnce(&mut Value), words: &str) {
    let mut log = story();
    let position = log.find(kind);
    log.edit(position, change);
    log.chain_from(position + 1);
    at(&log, position, words);
}

#[track_caller]
fn at(log: &Log, position: usize, words: &str) {
    let folder = tempfile::tempdir().unwrap();
    log.publish(folder.path());
    good(folder.path(), &[]);
    caught(folder.path(), &["--replay"], (position, position), words);
}

fn by(actor: ticun::domain::actor::Actor) -> Value {
    serde_json::to_value(actor).unwrap()
}

#[test]
fn a_settlement_is_approved_by_its_proposer() {
    told("settlement.released", |value| value["actor"] = by(NOTARY), "that takes another person");
}

#[test]
fn a_large_refund_is_approved_by_who_decided_it() {
    told("refund.ordered", |value| value["actor"] = by(NOTARY), "that takes another person");
}

#[test]
fn a_large_refund_is_ordered_on_one_persons_word() {
    let mut log = story();
    let position = log.find("refund.proposed");
    log.entries.remove(position);
    log.edit(position, |value| {
        value["data"]["review"]["revision"] = 2.into();
        value["data"]["review"]["position"] = (position - 1).into();
        value["data"]["review"]["action"] = "refund.decide".into();
    });
    log.chain_from(position);
    at(&log, position, "29000.00 is moved on one person's word");
}

#[test]
fn a_second_notary_decides_otherwise_than_was_proposed_or_reviewed() {
    told("settlement.released", |value| value["data"]["review"]["revision"] = 2.into(), "revision 2 was reviewed");
    told("settlement.released", |value| value["data"]["count"] = 1.into(), "otherwise than it was proposed");
    told("refund.ordered", |value| value["data"]["basis"] = "waiver".into(), "otherwise than it was proposed");
    told("refund.ordered", |value| value["data"]["review"]["revision"] = 2.into(), "revision 2 was reviewed");
}

#[test]
fn a_posting_does_not_sum_to_zero() {
    told("delivery.confirmed", |value| value["postings"][1]["amount"] = "500.01".into(), "postings");
    told(
        "settlement.proposed",
        |value| {
            let account = "merchant/mch_00000000000000000000000001/payable";
            value["postings"] = json!([{"account": account, "amount": "1.00"}]);
        },
        "postings",
    );
}

#[test]
fn money_goes_elsewhere_than_the_event_says() {
    let elsewhere = |value: &mut Value| {
        value["postings"][1]["account"] = "merchant/mch_00000000000000000000000001/payout".into();
    };
    told("delivery.confirmed", elsewhere, "its postings are not those");
    told(
        "refund.answered",
        |value| {
            value["postings"] =
                json!([{"account": "bank/main", "amount": "-1.00"}, {"account": "office/fees", "amount": "1.00"}]);
        },
        "its postings are not those",
    );
}

#[test]
fn a_refund_shares_out_more_than_is_held() {
    let more = |value: &mut Value| {
        value["data"]["merchant_share"] = "0.01".into();
        let held = value["postings"][0]["account"].clone();
        let payable = "merchant/mch_00000000000000000000000001/payable";
        let postings = value["postings"].as_array_mut().unwrap();
        postings.push(json!({"account": held, "amount": "-0.01"}));
        postings.push(json!({"account": payable, "amount": "0.01"}));
    };
    told("refund.ordered", more, "does not share out what is held");
}

#[test]
fn a_delivery_releases_another_amount_than_follows_from_what_was_used() {
    let less = |value: &mut Value| {
        value["data"]["amount"] = "499.99".into();
        value["postings"][0]["amount"] = "-499.99".into();
        value["postings"][1]["amount"] = "499.99".into();
    };
    told("delivery.recorded", less, "500.00 follows from what was used");
    told("delivery.recorded", |value| value["data"]["used"] = 61.into(), "units_exhausted");
    let lessons = json!({"lessons": {"lessons": 1, "milestone": 0}});
    told("delivery.recorded", |value| value["data"]["used"] = lessons, "use_not_sold");
}

#[test]
fn a_settlement_takes_more_than_has_matured() {
    told("settlement.proposed", |value| value["data"]["amount"] = "1000.01".into(), "1000.00 with 2 is due");
    told("settlement.proposed", |value| value["data"]["cutoff"] = at_hour(299), "it takes");
    told("settlement.proposed", |value| value["data"]["cutoff"] = at_hour(301), "not known yet");
}

fn at_hour(hour: i64) -> Value {
    let cutoff = if hour == 299 { 246 } else { hour };
    serde_json::to_value(super::log::at(cutoff)).unwrap()
}

#[test]
fn somebody_acts_who_may_not() {
    told("settlement.released", |value| value["actor"] = by(SELLER), "a merchant cannot cause settlement.released");
    told("plan.approved", |value| value["actor"]["id"] = "usr_0000000000000000000000zzzz".into(), "not registered");
    told(
        "plan.approved",
        |value| {
            value["actor"] = json!({"id": BUYER.to_string(), "role": "notary"});
        },
        "registered as consumer",
    );
    let mut log = story();
    let position = log.find("settlement.released");
    let user = OTHER_NOTARY.user().unwrap();
    let before = Log { entries: log.entries[..position].to_vec() };
    let after = log.entries.split_off(position);
    log = before;
    let disabled = ticun::domain::event::UserDisabled { user };
    log.push(300, ticun::domain::actor::Actor::System, ticun::domain::event::Fact::plain(disabled));
    log.entries.extend(after);
    log.chain_from(position + 1);
    at(&log, position + 1, "who is disabled");
}

#[test]
fn a_plan_goes_on_sale_with_terms_that_may_not_stand() {
    for (severity, words) in [
        ("void", "goes on sale although no-refund was found"),
        ("doubt", "goes on sale without a reason although no-refund was found"),
    ] {
        let mut log = story();
        let submitted = log.find("plan.submitted");
        log.edit(submitted, |value| {
            value["data"]["reading"]["findings"] =
                json!([{"length": 4, "offset": 0, "rule": "no-refund", "severity": severity}]);
        });
        log.chain_from(submitted + 1);
        at(&log, log.find("plan.approved"), words);
    }
}

#[test]
fn an_object_ends_twice_or_is_made_twice() {
    for (kind, words) in [
        ("delivery.confirmed", "is confirmed, from where this cannot happen"),
        ("payout.settled", "is settled, from where this cannot happen"),
        ("settlement.released", "is released, from where this cannot happen"),
        ("refund.ordered", "is needs_account, from where this cannot happen"),
        ("contract.drafted", "is there already"),
        ("delivery.recorded", "is there already"),
        ("deposit.credited", "is credited, from where this cannot happen"),
        ("merchant.admitted", "is active, from where this cannot happen"),
        ("user.registered", "is there already"),
        ("payout.created", "is there already"),
    ] {
        let mut log = story();
        let position = log.find(kind);
        let copy = log.entries[position].clone();
        log.entries.insert(position + 1, copy);
        log.chain_from(position + 1);
        at(&log, position + 1, words);
    }
}

#[test]
fn an_entry_is_about_what_is_not_there() {
    told(
        "delivery.confirmed",
        |value| {
            value["data"]["delivery"] = "dlv_0000000000000000000000zzzz".into();
            value["subjects"][0] = "dlv_0000000000000000000000zzzz".into();
        },
        "there is no dlv_",
    );
}
