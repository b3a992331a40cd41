//! From registration to an active contract, and everything the ledger refuses on the way, through the real sequencer.
#![cfg(test)]

#[allow(dead_code, reason = "other tests use the rest")]
#[path = "books/mod.rs"]
mod books;
#[path = "support/database.rs"]
mod database;

use books::{Books, amount, contract, digest, done, figures, name, refused, time};
use ticun::domain::account::Account;
use ticun::domain::actor::Actor;
use ticun::domain::id::{ContractId, DepositId, MerchantId, PlanId, VenueId};
use ticun::domain::objects::{AgeClass, ContractState, DepositState, PlanState, Role, SuspenseReason};
use ticun::domain::packs::Region;
use ticun::domain::time::Date;
use ticun::ledger::Answer;
use ticun::ledger::commands::checkin::IssueCheckinCode;
use ticun::ledger::commands::contracts::{CancelContract, DraftContract, SignContract};
use ticun::ledger::commands::deposits::{ExpireDeposit, FailDeposit, ReceiveDeposit, StartDeposit};
use ticun::ledger::commands::merchants::{
    AdmitMerchant, ApplyAsMerchant, ReinstateMerchant, RejectMerchant, SuspendMerchant,
};
use ticun::ledger::commands::payout_accounts::SetPayoutAccount;
use ticun::ledger::commands::plans::{ApprovePlan, DraftPlan, RejectPlan, RevisePlan, SubmitPlan, WithdrawPlan};
use ticun::ledger::commands::users::{DisableUser, EnableUser};
use ticun::ledger::commands::venues::{AddVenue, MarkVenueOpen};
use ticun::ledger::rebuild::{self, Object};
use ticun::store::{dialect, head, objects};

/// An office with a merchant, a consumer and a plan on sale.
fn market() -> (Books, Actor, MerchantId, Actor, PlanId) {
    let mut books = Books::open();
    let (seller, merchant) = books.merchant("merchant1");
    let consumer = books.user("consumer1", Role::Consumer);
    let plan = books.plan(seller);
    (books, seller, merchant, consumer, plan)
}

#[test]
fn a_deposit_makes_a_signed_contract_active() {
    let (mut books, seller, merchant, consumer, plan) = market();
    let id = books.draft(consumer, plan);
    let draft = contract(books.sign(consumer, id));
    assert_eq!((draft.state, draft.terms_sha256), (ContractState::Draft, digest("terms")));
    assert_eq!(contract(books.sign(seller, id)).state, ContractState::Signed);
    let deposit = books.deposit(consumer, id);
    let Object::Deposit(credited) = done(books.pay("tx-1", Some(deposit), "2000.00")) else { panic!("a deposit") };
    assert_eq!((credited.state, credited.merchant), (DepositState::Credited, merchant));

    let code = IssueCheckinCode { contract: id, code: digest("code") };
    let active = contract(books.submit(consumer, code));
    assert_eq!((active.state, active.held), (ContractState::Active, amount("2000.00").credit()));
    assert_eq!((active.active_since, active.open_deposit), (Some(books.now), None));
    assert_eq!(active.paid_on, Date::new(2026, 3, 2));
    assert_eq!(active.ends_on, Date::new(2027, 3, 2));
    // The seventh day counts whole and ends at midnight in Shanghai.
    assert_eq!(active.cooling_off_until, Some(time("2026-03-09T16:00:00Z")));
    assert!(active.figures.silence_confirms);

    let mut connection = dialect::open_reader(books.url()).unwrap();
    let bank = objects::accounts::load(&mut connection, "changning", &[Account::Bank(name("escrow"))]).unwrap();
    assert_eq!(bank, [(Account::Bank(name("escrow")), amount("2000.00").debit())]);
    let last = head::read(&mut connection, "changning").unwrap().unwrap().next_position - 1;
    let rebuilt = rebuild::rebuild(&mut connection, "changning", id.into(), last).unwrap().unwrap();
    assert_eq!(rebuilt.0, Object::Contract(Box::new(active)));
}

#[test]
fn a_payment_after_midnight_moves_the_cooling_off() {
    let (mut books, seller, _, consumer, plan) = market();
    let id = books.signed(consumer, seller, plan);
    let deposit = books.deposit(consumer, id);
    books.now = time("2026-03-02T15:59:59Z");
    let receipt = ReceiveDeposit {
        transaction: digest("tx-1"),
        deposit: Some(deposit),
        amount: amount("2000.00"),
        paid_at: Some(time("2026-03-02T16:00:00Z")),
        bank: name("escrow"),
        suspense: ticun::domain::id::SuspenseId::from_bits(1),
    };
    done(books.submit(books.bank, receipt));
    let active = contract(books.submit(consumer, IssueCheckinCode { contract: id, code: digest("code") }));
    assert_eq!((active.paid_on, active.ends_on), (Date::new(2026, 3, 3), Date::new(2027, 3, 2)));
    assert_eq!(active.cooling_off_until, Some(time("2026-03-10T16:00:00Z")));
}

#[test]
fn registration_refuses_a_taken_name_and_anyone_but_the_service() {
    let mut books = Books::open();
    let consumer = books.user("consumer1", Role::Consumer);
    refused(books.register(Actor::System, "consumer1", Role::Merchant).1, "username_taken");
    refused(books.register(consumer, "consumer2", Role::Notary).1, "forbidden");
    refused(books.register(Actor::System, "machine", Role::Channel).1, "forbidden");
}

#[test]
fn a_disabled_user_acts_no_more_until_enabled() {
    let mut books = Books::open();
    let consumer = books.user("consumer1", Role::Consumer);
    let user = consumer.user().unwrap();
    let set = || SetPayoutAccount { account: digest("account") };
    refused(books.submit(consumer, DisableUser { user }), "forbidden");
    refused(books.submit(Actor::System, EnableUser { user }), "state_conflict");
    done(books.submit(Actor::System, DisableUser { user }));
    refused(books.submit(Actor::System, DisableUser { user }), "state_conflict");
    refused(books.submit(consumer, set()), "user_disabled");
    done(books.submit(Actor::System, EnableUser { user }));
    let Object::Consumer(changed) = done(books.submit(consumer, set())) else { panic!("a consumer") };
    assert_eq!(changed.payout_account, Some(digest("account")));
    refused(books.submit(books.notary, set()), "not_found");
}

#[test]
fn a_merchant_passes_review_before_it_is_admitted() {
    let mut books = Books::open();
    let (seller, merchant) = books.applicant("merchant1");
    let profile = digest("merchant");
    let again = MerchantId::from_bits(books.next_id());
    let region = Region::parse("110000").unwrap();
    refused(books.submit(seller, ApplyAsMerchant { merchant: again, profile, region }), "merchant_exists");
    refused(books.submit(books.notary, ApplyAsMerchant { merchant: again, profile, region }), "forbidden");
    refused(books.submit(books.notary, AdmitMerchant { merchant }), "state_conflict");
    refused(books.submit(books.notary, AdmitMerchant { merchant: again }), "not_found");
    refused(books.submit_reviewed(books.operator, Some(9), AdmitMerchant { merchant }), "revision_mismatch");
    let reason = digest("reason");
    done(books.submit(books.operator, RejectMerchant { merchant, reason }));
    refused(books.submit(books.notary, SuspendMerchant { merchant, reason }), "state_conflict");
    refused(books.submit(books.notary, ReinstateMerchant { merchant, note: None }), "state_conflict");
}

#[test]
fn only_an_active_merchant_sells() {
    let mut books = Books::open();
    let nobody = books.user("merchant0", Role::Merchant);
    let (applicant, _) = books.applicant("merchant1");
    let id = PlanId::from_bits(books.next_id());
    let draft = || DraftPlan {
        plan: id,
        figures: figures(),
        venues: Vec::new(),
        terms_sha256: digest("terms"),
        terms_sm3: digest("sm3"),
    };
    refused(books.submit(nobody, draft()), "merchant_not_active");
    refused(books.submit(applicant, draft()), "merchant_not_active");

    let (seller, merchant) = books.merchant("merchant2");
    let consumer = books.user("consumer1", Role::Consumer);
    let plan = books.plan(seller);
    let signed = books.signed(consumer, seller, plan);
    let reason = digest("reason");
    done(books.submit(books.notary, SuspendMerchant { merchant, reason }));
    refused(books.submit(seller, draft()), "merchant_not_active");
    let contract = ContractId::from_bits(books.next_id());
    let draft = DraftContract { contract, plan, consumer: None, holder_age: AgeClass::Undeclared };
    refused(books.submit(consumer, draft), "merchant_not_active");
    let deposit = DepositId::from_bits(books.next_id());
    let start = || StartDeposit { deposit, contract: signed, channel: name("sandbox") };
    refused(books.submit(consumer, start()), "merchant_not_active");
    done(books.submit(books.notary, ReinstateMerchant { merchant, note: None }));
    done(books.submit(consumer, start()));
}

#[test]
fn a_day_is_marked_from_itself_until_48_hours_after_its_end() {
    let (mut books, seller, _, _, _) = market();
    let (other, _) = books.merchant("merchant2");
    let venue = VenueId::from_bits(books.next_id());
    let lease_ends_on = Date::new(2031, 12, 31).unwrap();
    done(books.submit(seller, AddVenue { venue, profile: digest("venue"), lease_ends_on }));
    let mark = |day| MarkVenueOpen { venue, date: Date::new(2026, 3, day).unwrap() };
    refused(books.submit(other, mark(2)), "not_found");
    refused(books.submit(seller, mark(3)), "mark_in_future");
    done(books.submit(seller, mark(2)));
    refused(books.submit(seller, mark(2)), "already_marked");
    // The 2nd of March ends at 16:00 UTC.
    books.now = time("2026-03-05T15:59:59.999999Z");
    done(books.submit(seller, mark(3)));
    books.now = time("2026-03-05T16:00:00Z");
    refused(books.submit(seller, mark(3)), "mark_too_late");
    done(books.submit(seller, mark(6)));
}

#[test]
fn a_revised_plan_stays_on_sale_in_its_old_version_until_approved() {
    let (mut books, seller, _, consumer, plan) = market();
    let (other, _) = books.merchant("merchant2");
    let revise = |version| RevisePlan {
        plan,
        version,
        figures: figures(),
        venues: Vec::new(),
        terms_sha256: digest("new terms"),
        terms_sm3: digest("new sm3"),
    };
    refused(books.submit(other, revise(2)), "not_found");
    refused(books.submit(seller, revise(3)), "revision_mismatch");
    let Object::Plan(revised, _) = done(books.submit(seller, revise(2))) else { panic!("a plan") };
    assert_eq!((revised.state, revised.version, revised.on_sale_version), (PlanState::Draft, 2, Some(1)));
    let reason = digest("reason");
    refused(books.submit(books.notary, ApprovePlan { plan, note: None, reason: None }), "state_conflict");
    refused(books.submit(seller, SubmitPlan::of(plan, 1, "可退。")), "revision_mismatch");
    done(books.submit(seller, SubmitPlan::of(plan, 2, "可退。")));
    refused(books.submit(seller, revise(3)), "state_conflict");
    refused(books.submit_reviewed(books.notary, Some(1), RejectPlan { plan, reason }), "revision_mismatch");
    done(books.submit(books.notary, RejectPlan { plan, reason }));
    let old = books.draft(consumer, plan);
    done(books.sign(consumer, old));

    done(books.submit(seller, revise(3)));
    done(books.submit(seller, SubmitPlan::of(plan, 3, "可退。")));
    done(books.submit(books.notary, ApprovePlan { plan, note: None, reason: None }));
    let new = books.draft(consumer, plan);
    refused(books.sign(consumer, new), "terms_mismatch");
    done(books.submit(seller, WithdrawPlan { plan }));
    refused(books.submit(seller, WithdrawPlan { plan }), "state_conflict");
    let contract = ContractId::from_bits(books.next_id());
    let draft = |plan| DraftContract { contract, plan, consumer: None, holder_age: AgeClass::Undeclared };
    refused(books.submit(consumer, draft(plan)), "plan_not_on_sale");
    let unknown = PlanId::from_bits(books.next_id());
    refused(books.submit(consumer, draft(unknown)), "not_found");
}

#[test]
fn each_party_signs_the_terms_once() {
    let (mut books, seller, _, consumer, plan) = market();
    let stranger = books.user("consumer2", Role::Consumer);
    let id = books.draft(consumer, plan);
    refused(books.sign(stranger, id), "not_found");
    refused(books.sign(books.notary, id), "not_found");
    let sign = |word, silence_confirms| SignContract {
        arbitration: None,
        contract: id,
        terms_sha256: digest(word),
        terms_sm3: None,
        silence_confirms,
    };
    refused(books.submit(consumer, sign("other terms", None)), "terms_mismatch");
    refused(books.submit_reviewed(consumer, Some(7), sign("terms", None)), "revision_mismatch");
    assert!(!contract(books.submit(consumer, sign("terms", Some(false)))).figures.silence_confirms);
    refused(books.sign(consumer, id), "already_signed");
    let signed = contract(books.sign(seller, id));
    assert_eq!((signed.state, signed.figures.silence_confirms), (ContractState::Signed, false));
    refused(books.sign(seller, id), "already_signed");
}

#[test]
fn a_cancelled_contract_takes_its_open_deposit_along() {
    let (mut books, seller, _, consumer, plan) = market();
    let id = books.signed(consumer, seller, plan);
    let deposit = books.deposit(consumer, id);
    let cancel = || CancelContract { contract: id, reason: None };
    let cancelled = contract(books.submit(consumer, cancel()));
    assert_eq!((cancelled.state, cancelled.open_deposit), (ContractState::Cancelled, None));
    refused(books.submit(seller, cancel()), "state_conflict");
    refused(books.submit(Actor::System, ExpireDeposit { deposit }), "state_conflict");
    let Object::Suspense(late) = done(books.pay("tx-1", Some(deposit), "2000.00")) else { panic!("suspense") };
    assert_eq!((late.reason, late.deposit), (SuspenseReason::Late, Some(deposit)));
    let unsigned = books.draft(consumer, plan);
    done(books.submit(seller, CancelContract { contract: unsigned, reason: None }));
    refused(books.sign(consumer, unsigned), "state_conflict");
}

#[test]
fn one_deposit_is_open_at_a_time_and_its_deadline_decides() {
    let (mut books, seller, _, consumer, plan) = market();
    let unsigned = books.draft(consumer, plan);
    let id = books.signed(consumer, seller, plan);
    let (first, second) = (DepositId::from_bits(books.next_id()), DepositId::from_bits(books.next_id()));
    let start = |deposit, contract| StartDeposit { deposit, contract, channel: name("sandbox") };
    refused(books.submit(consumer, start(first, unsigned)), "contract_not_signed");
    refused(books.submit(seller, start(first, id)), "not_found");
    done(books.submit(consumer, start(first, id)));
    refused(books.submit(consumer, start(second, id)), "deposit_open");
    refused(books.submit(Actor::System, ExpireDeposit { deposit: first }), "state_conflict");
    refused(books.submit(consumer, IssueCheckinCode { contract: id, code: digest("code") }), "contract_not_active");

    // Nothing has written the expiry, and still nobody can pay, and the consumer can start again.
    books.now = books.now.plus_hours(24);
    let Object::Suspense(late) = done(books.pay("tx-1", Some(first), "2000.00")) else { panic!("suspense") };
    assert_eq!(late.reason, SuspenseReason::Late);
    done(books.submit(consumer, start(second, id)));
    refused(books.submit(Actor::System, ExpireDeposit { deposit: first }), "state_conflict");
    books.now = books.now.plus_hours(24);
    let Object::Deposit(expired) = done(books.submit(Actor::System, ExpireDeposit { deposit: second })) else {
        panic!("a deposit")
    };
    assert_eq!(expired.state, DepositState::Expired);
}

#[test]
fn money_that_matches_nothing_goes_to_suspense_and_is_taken_in_once() {
    let (mut books, seller, _, consumer, plan) = market();
    let id = books.signed(consumer, seller, plan);
    let deposit = books.deposit(consumer, id);
    let mut reasons = Vec::new();
    for (transaction, deposit, text) in [
        ("tx-1", None, "5.00"),
        ("tx-2", Some(DepositId::from_bits(99)), "5.00"),
        ("tx-3", Some(deposit), "1999.99"),
        ("tx-4", Some(deposit), "2000.00"),
        ("tx-5", Some(deposit), "2000.00"),
    ] {
        match done(books.pay(transaction, deposit, text)) {
            Object::Suspense(suspense) => reasons.push(suspense.reason.as_str()),
            object => reasons.push(if matches!(object, Object::Deposit(_)) { "credited" } else { "?" }),
        }
    }
    assert_eq!(reasons, ["unknown_deposit", "unknown_deposit", "wrong_amount", "credited", "already_paid"]);

    // The transaction decides what the repeat is about, whatever else it says.
    let Answer::Written { position: None, object, .. } = books.pay("tx-4", None, "1.00") else { panic!("a repeat") };
    assert_eq!(object.id(), deposit.into());
    let Answer::Written { position: None, object, .. } = books.pay("tx-5", Some(deposit), "2000.00") else {
        panic!("a repeat")
    };
    assert!(matches!(*object, Object::Suspense(_)));
    let mut connection = dialect::open_reader(books.url()).unwrap();
    let suspense = objects::accounts::load(&mut connection, "changning", &[Account::OfficeSuspense]).unwrap();
    assert_eq!(suspense, [(Account::OfficeSuspense, amount("4009.99").credit())]);
}

#[test]
fn a_failed_payment_leaves_room_for_another() {
    let (mut books, seller, _, consumer, plan) = market();
    let id = books.signed(consumer, seller, plan);
    let deposit = books.deposit(consumer, id);
    let fail = |transaction| FailDeposit { transaction: digest(transaction), deposit };
    refused(books.submit(consumer, fail("tx-1")), "forbidden");
    refused(books.submit(Actor::Channel(name("other")), fail("tx-1")), "order_unknown");
    done(books.submit(books.bank, fail("tx-1")));
    let Answer::Written { position: None, .. } = books.submit(books.bank, fail("tx-1")) else { panic!("a repeat") };
    refused(books.submit(books.bank, fail("tx-2")), "state_conflict");
    let next = books.deposit(consumer, id);
    done(books.pay("tx-3", Some(next), "2000.00"));
    refused(books.submit(consumer, CancelContract { contract: id, reason: None }), "state_conflict");
}
