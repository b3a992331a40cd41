//! A small log in which everything is as it must be: a merchant, a contract, two deliveries, a settlement and a refund
//! above the threshold, each by who may do it.

use ticun::domain::account::{Account, transfer};
use ticun::domain::actor::Actor;
use ticun::domain::digest::Digest;
use ticun::domain::event::RuleDigests;
use ticun::domain::event::{
    ContractDrafted, ContractSigned, DeliveryConfirmed, DeliveryRecorded, DepositCredited, DepositStarted, Fact,
    LogOpened, MerchantAdmitted, MerchantApplied, MerchantReviewed, PayoutAccountSet, PayoutCreated, PayoutSettled,
    PayoutSubmitted, PlanApproved, PlanDrafted, PlanSubmitted, RefundAnswered, RefundOrdered, RefundProposed,
    RefundRequested, SettlementProposed, SettlementReleased, UserRegistered,
};
use ticun::domain::id::{
    ConsumerId, ContractId, DeliveryId, DepositId, MerchantId, Party, PayoutId, PlanId, RefundId, SettlementId, UserId,
};
use ticun::domain::money::{Amount, Delta};
use ticun::domain::name::Name;
use ticun::domain::objects::{
    AgeClass, Basis, CardClass, ConfirmedHow, CountSold, Figures, Live, Origin, PlanFigures, Role, Sold, Used,
};
use ticun::domain::packs::{Region, Sector, Version};
use ticun::domain::refund::Reason;
use ticun::domain::statement::{Action, Review};
use ticun::domain::terms::Reading;
use ticun::domain::time::{Date, Timestamp};

use super::log::{Log, ORIGIN, at, key};

pub const MERCHANT: MerchantId = MerchantId::from_bits(1);
pub const CONSUMER: ConsumerId = ConsumerId::from_bits(1);
const PLAN: PlanId = PlanId::from_bits(1);
const SETTLEMENT: SettlementId = SettlementId::from_bits(1);
const REFUND: RefundId = RefundId::from_bits(1);

pub const fn user(number: u128, role: Role) -> Actor {
    Actor::User { id: UserId::from_bits(number), role }
}

pub const BUYER: Actor = user(1, Role::Consumer);
pub const SELLER: Actor = user(2, Role::Merchant);
pub const NOTARY: Actor = user(3, Role::Notary);
pub const OTHER_NOTARY: Actor = user(4, Role::Notary);
const OPERATOR: Actor = user(5, Role::Operator);

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn bank() -> Account {
    Account::Bank(name("main"))
}

fn channel() -> Actor {
    Actor::Channel(name("sandbox"))
}

fn digest(text: &str) -> Digest {
    Digest::of(&[text.as_bytes()])
}

fn yuan(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

/// The beginning of every log here: people, a merchant, a plan.
pub fn opened() -> Log {
    let mut log = Log::default();
    let opened = LogOpened {
        key: Some(key().to_string()),
        mode: "live".to_owned(),
        origin: ORIGIN.to_owned(),
        predecessor: None,
        rule_packs: [(
            "calendar-cn".to_owned(),
            RuleDigests { sha256: digest("calendar"), sm3: digest("calendar"), version: "cn-1".to_owned() },
        )]
        .into(),
        time_zone: "Asia/Shanghai".to_owned(),
    };
    log.push(0, Actor::System, Fact::plain(opened));
    for actor in [BUYER, SELLER, NOTARY, OTHER_NOTARY, OPERATOR] {
        let (user, role) = (actor.user().unwrap(), actor.role());
        let party = (role == Role::Consumer).then_some(Party::Consumer(CONSUMER));
        log.push(1, Actor::System, Fact::plain(UserRegistered { party, profile: Some(digest("who")), role, user }));
    }
    let applied = MerchantApplied {
        merchant: MERCHANT,
        profile: digest("shop"),
        region: Region::parse("110000").expect("a region"),
        user: SELLER.user().unwrap(),
    };
    log.push(2, SELLER, Fact::plain(applied));
    log.push(2, OPERATOR, Fact::plain(MerchantReviewed { merchant: MERCHANT, note: None }));
    log.push(2, NOTARY, Fact::plain(MerchantAdmitted { merchant: MERCHANT }));
    for (actor, party) in [(SELLER, Party::Merchant(MERCHANT)), (BUYER, Party::Consumer(CONSUMER))] {
        log.push(3, actor, Fact::plain(PayoutAccountSet { account: digest("account"), party }));
    }
    let drafted = PlanDrafted {
        figures: figures(),
        merchant: MERCHANT,
        plan: PLAN,
        terms_sha256: digest("terms"),
        terms_sm3: digest("sm3"),
    };
    log.push(4, SELLER, Fact::plain(drafted));
    log.push(
        4,
        SELLER,
        Fact::plain(PlanSubmitted { merchant: MERCHANT, plan: PLAN, reading: Reading::of("可退。"), version: 1 }),
    );
    let approved = PlanApproved { merchant: MERCHANT, note: None, plan: PLAN, reason: None, reviewed: 2, version: 1 };
    log.push(4, NOTARY, Fact::plain(approved));
    log
}

/// Sixty units for a year.
pub fn figures() -> PlanFigures {
    PlanFigures {
        arbitration: false,
        card_class: CardClass::Visit,
        confirm_window_hours: 72,
        lease_ends_on: None,
        price: yuan("30000.00"),
        sector: Sector::parse("other").expect("a sector"),
        silence_confirms: true,
        sold: Sold::Count(CountSold { bonus_units: 0, list_price: None, units: 60 }),
        validity_days: 365,
    }
}

/// A contract from its draft to its money.
pub fn contract(log: &mut Log, hour: i64, number: u128) -> ContractId {
    contract_of(log, hour, number, figures())
}

/// The same over other figures.
pub fn contract_of(log: &mut Log, hour: i64, number: u128, figures: PlanFigures) -> ContractId {
    let (contract, deposit) = (ContractId::from_bits(number), DepositId::from_bits(number));
    let (consumer, merchant, terms_sha256, amount) = (CONSUMER, MERCHANT, digest("terms"), figures.price);
    let paid_on = Date::new(2026, 3, 1).unwrap();
    let ends_on = paid_on.plus_days(figures.validity_days.into());
    let terms_sm3 = digest("sm3");
    let plan_version = 1;
    let drafted = ContractDrafted {
        consumer,
        contract,
        figures,
        holder_age: AgeClass::Undeclared,
        merchant,
        plan: PLAN,
        plan_version,
        rules_pack: Name::parse("national").expect("a name"),
        rules_version: Version::parse("2025.1").expect("an edition"),
        terms_sha256,
        terms_sm3,
    };
    log.push(hour, BUYER, Fact::plain(drafted));
    for (actor, by) in [(BUYER, Party::Consumer(CONSUMER)), (SELLER, Party::Merchant(MERCHANT))] {
        let signed = ContractSigned {
            arbitration: false,
            by,
            consumer,
            contract,
            merchant,
            silence_confirms: true,
            terms_sha256,
            terms_sm3,
        };
        log.push(hour, actor, Fact::plain(signed));
    }
    let (channel_name, expires_at) = (name("sandbox"), at(hour + 24));
    let started = DepositStarted { amount, channel: channel_name, consumer, contract, deposit, expires_at, merchant };
    log.push(hour, BUYER, Fact::plain(started));
    let credited = DepositCredited {
        amount,
        consumer,
        contract,
        cooling_off_until: at(hour + 24 * 8),
        deposit,
        ends_on,
        merchant,
        paid_on,
        transaction: digest(&deposit.to_string()),
    };
    log.push(hour, channel(), Fact::moving(credited, transfer(bank(), Account::ContractHeld(contract), amount)));
    contract
}

/// A delivery of one unit, recorded and confirmed.
pub fn delivery(log: &mut Log, hour: i64, contract: ContractId, number: u128) {
    let (consumer, merchant, amount) = (CONSUMER, MERCHANT, yuan("500.00"));
    let delivery = DeliveryId::from_bits(number);
    let recorded = DeliveryRecorded {
        amount,
        checkin: None,
        confirm_by: at(hour + 72),
        consumer,
        contract,
        delivery,
        merchant,
        note: Some(digest("note")),
        occurred_at: at(hour),
        used: Used::Units(1),
    };
    let (held, pending) = (Account::ContractHeld(contract), Account::ContractPending(contract));
    log.push(hour, SELLER, Fact::moving(recorded, transfer(held, pending, amount)));
    let confirmed = DeliveryConfirmed {
        amount,
        consumer,
        contract,
        delivery,
        how: ConfirmedHow::Consumer,
        matures_at: at(hour + 240),
        merchant,
        origin: Origin::Pending,
    };
    log.push(hour, BUYER, Fact::moving(confirmed, transfer(pending, Account::MerchantPayable(merchant), amount)));
}

fn payout(log: &mut Log, hour: i64, number: u128, payee: Party, amount: Amount) {
    let payout = PayoutId::from_bits(number);
    let refunded = payee.consumer().is_some();
    let (contract, refund) = (refunded.then_some(ContractId::from_bits(1)), refunded.then_some(REFUND));
    let settlement = (!refunded).then_some(SETTLEMENT);
    let account = digest("account");
    let created = PayoutCreated { account, amount, contract, payee, payout, refund, settlement };
    log.push(hour, OTHER_NOTARY, Fact::plain(created));
    let submitted = PayoutSubmitted { contract, payee, payout, refund, settlement };
    log.push(hour, Actor::System, Fact::plain(submitted));
    let transaction = digest(&payout.to_string());
    let settled = PayoutSettled { amount, contract, payee, payout, refund, settlement, transaction };
    let from = match payee {
        Party::Merchant(id) => Account::MerchantPayout(id),
        Party::Consumer(id) => Account::ConsumerRefund(id),
    };
    log.push(hour, channel(), Fact::moving(settled, transfer(from, bank(), amount)));
}

/// The whole story.
pub fn story() -> Log {
    let mut log = opened();
    goes_on(&mut log);
    log
}

/// What happens once everybody is there.
pub fn goes_on(log: &mut Log) {
    let contract = contract(log, 5, 1);
    delivery(log, 6, contract, 1);
    delivery(log, 7, contract, 2);
    let (amount, count, cutoff, merchant, returned) = (yuan("1000.00"), 2, at(300), MERCHANT, Delta::ZERO);
    let since = Timestamp::from_micros(0);
    let proposed = SettlementProposed { amount, count, cutoff, merchant, returned, settlement: SETTLEMENT, since };
    log.push(300, NOTARY, Fact::plain(proposed));
    let review = reviewed(log, Action::ApproveSettlement, amount, Party::Merchant(MERCHANT), 1);
    let (settlement, signature) = (SETTLEMENT, None);
    let released = SettlementReleased { amount, count, cutoff, merchant, returned, review, settlement, signature };
    let moved = transfer(Account::MerchantPayable(MERCHANT), Account::MerchantPayout(MERCHANT), amount);
    log.push(301, OTHER_NOTARY, Fact::moving(released, moved));
    payout(log, 302, 1, Party::Merchant(MERCHANT), amount);
    refund(log, contract);
}

/// What somebody has reviewed who decides on what the newest entry says.
fn reviewed(log: &Log, action: Action, amount: Amount, payee: Party, revision: u64) -> Review {
    Review { action, amount, payee, position: log.entries.len() as u64 - 1, revision }
}

fn refund(log: &mut Log, contract: ContractId) {
    let (consumer, merchant, amount, refund) = (CONSUMER, MERCHANT, yuan("29000.00"), REFUND);
    let figures = Figures { live: Live::Units(2), needs_decision: false, refund: amount, used: yuan("1000.00") };
    let requested = RefundRequested {
        agreed: None,
        answer_by: Some(at(500)),
        claim_by: None,
        claims: None,
        consumer,
        contract,
        document_sha256: None,
        document_sm3: None,
        figures,
        merchant,
        note: None,
        prior_same_service: false,
        reason: Reason::MerchantBreach,
        refund,
        requested_on: Date::new(2026, 3, 20).unwrap(),
    };
    log.push(400, BUYER, Fact::plain(requested));
    let answered =
        RefundAnswered { accept: true, amount: None, claims: None, consumer, contract, merchant, reason: None, refund };
    log.push(401, SELLER, Fact::plain(answered));
    let (basis, document_sha256, document_sm3, reason) = (Basis::Consent, None, None, None);
    let payee = Party::Consumer(CONSUMER);
    let (review, signature) = (reviewed(log, Action::DecideRefund, amount, payee, 2), None);
    let proposed = RefundProposed {
        amount,
        basis,
        consumer,
        contested: None,
        contract,
        document_sha256,
        document_sm3,
        merchant,
        reason,
        refund,
        review,
        shortfall: Amount::ZERO,
        signature,
    };
    log.push(402, NOTARY, Fact::plain(proposed));
    let ordered = RefundOrdered {
        amount,
        basis,
        consumer,
        contested: None,
        contract,
        document_sha256,
        document_sm3,
        merchant,
        merchant_share: Amount::ZERO,
        pay_by: at(403 + 24 * 15),
        reason,
        refund,
        review: reviewed(log, Action::ApproveRefund, amount, payee, 3),
        shortfall: Amount::ZERO,
        signature,
    };
    let moved = transfer(Account::ContractHeld(contract), Account::ConsumerRefund(CONSUMER), amount);
    log.push(403, OTHER_NOTARY, Fact::moving(ordered, moved));
    payout(log, 404, 2, Party::Consumer(CONSUMER), amount);
}

/// A log of at least so many entries: contracts, each with a few deliveries.
pub fn long(count: usize) -> Log {
    let mut log = opened();
    let mut number = 1;
    while log.entries.len() < count {
        let hour = 5 + i64::try_from(number).unwrap();
        let contract = contract(&mut log, hour, number);
        for each in 0..20 {
            delivery(&mut log, hour, contract, number * 100 + each);
        }
        number += 1;
    }
    log
}
