//! Small books that only the ledger's own commands have written, each of them of whoever may give it: stated facts have
//! no such author, and a full replay of their log says so.

#![expect(clippy::expect_used, reason = "the names written here are names")]

use ticun::domain::actor::Actor;
use ticun::domain::digest::Digest;
use ticun::domain::id::{DepositId, PlanId, SuspenseId, UserId};
use ticun::domain::money::Amount;
use ticun::domain::name::Name;
use ticun::domain::objects::{AgeClass, Role};
use ticun::domain::packs::Region;
use ticun::ledger::Command;
use ticun::ledger::commands::contracts::{DraftContract, SignContract};
use ticun::ledger::commands::deposits::{ReceiveDeposit, StartDeposit};
use ticun::ledger::commands::merchants::{AdmitMerchant, ApplyAsMerchant, ReviewMerchant};
use ticun::ledger::commands::plans::{ApprovePlan, DraftPlan, SubmitPlan};

use super::facts::{self, Ids, PRICE_FEN, Seed};

const TERMS: &str = "未使用部分可随时申请退款，按实际使用次数结算。";
/// The notary and the operator, by their numbers among the office's people.
pub const NOTARY: u128 = 0;
const OPERATOR: u128 = 1;

/// A command and who gives it.
pub type Step = (Box<dyn Command>, Actor);

/// The office's people, and the users of merchants who have not applied yet.
pub fn people(ids: Ids) -> Vec<Seed> {
    let office = [facts::staff(ids, NOTARY, Role::Notary), facts::staff(ids, OPERATOR, Role::Operator)];
    let merchants = (0..ids.merchants).map(|merchant| facts::user(ids.merchant_user(merchant), Role::Merchant));
    office.into_iter().chain(merchants).collect()
}

/// What makes merchants, a plan of each, and active contracts: every list needs those before it.
pub fn steps(ids: Ids, contracts: u128) -> Vec<Vec<Step>> {
    let mut steps = of_merchants(ids);
    steps.extend(of_contracts(ids, contracts));
    steps
}

fn by(id: UserId, role: Role) -> Actor {
    Actor::User { id, role }
}

fn step(command: impl Command + 'static, actor: Actor) -> Step {
    (Box::new(command), actor)
}

/// The plan that a contract is bought of.
const fn plan(ids: Ids, contract: u128) -> PlanId {
    PlanId::from_bits(ids.first + contract % ids.merchants)
}

fn of_merchants(ids: Ids) -> Vec<Vec<Step>> {
    let (operator, notary) = (by(ids.staff(OPERATOR), Role::Operator), by(ids.staff(NOTARY), Role::Notary));
    let (terms_sha256, terms_sm3) = (Digest::of(&[TERMS.as_bytes()]), Digest::sm3(TERMS.as_bytes()));
    let price = Amount::from_fen(PRICE_FEN).unwrap_or_default();
    let all = |make: &dyn Fn(u128) -> Step| (0..ids.merchants).map(make).collect::<Vec<Step>>();
    let own = |number| by(ids.merchant_user(number), Role::Merchant);
    vec![
        all(&|number| {
            let (profile, region) = (Digest::of(&[b"profile"]), Region::parse("110000").expect("a region"));
            step(ApplyAsMerchant { merchant: ids.merchant(number), profile, region }, own(number))
        }),
        all(&|number| step(ReviewMerchant { merchant: ids.merchant(number), note: None }, operator)),
        all(&|number| step(AdmitMerchant { merchant: ids.merchant(number) }, notary)),
        all(&|number| {
            let (figures, venues) = (facts::figures(price), Vec::new());
            step(DraftPlan { plan: plan(ids, number), figures, venues, terms_sha256, terms_sm3 }, own(number))
        }),
        all(&|number| step(SubmitPlan::of(plan(ids, number), 1, TERMS), own(number))),
        all(&|number| step(ApprovePlan { plan: plan(ids, number), note: None, reason: None }, notary)),
    ]
}

fn of_contracts(ids: Ids, contracts: u128) -> Vec<Vec<Step>> {
    let channel = Name::parse("sandbox").expect("a name");
    let amount = Amount::from_fen(PRICE_FEN).unwrap_or_default();
    let all = |make: &dyn Fn(u128) -> Step| (0..contracts).map(make).collect::<Vec<Step>>();
    let consumer = |number| by(ids.consumer_user(number), Role::Consumer);
    let sign = |number, actor| {
        let (contract, terms_sha256) = (ids.contract(number), Digest::of(&[TERMS.as_bytes()]));
        step(SignContract { contract, terms_sha256, terms_sm3: None, silence_confirms: None, arbitration: None }, actor)
    };
    vec![
        all(&|number| {
            let (contract, plan) = (ids.contract(number), plan(ids, number));
            let (holder_age, buyer) = (AgeClass::Undeclared, Some(ids.consumer(number)));
            step(DraftContract { contract, plan, holder_age, consumer: buyer }, consumer(number))
        }),
        all(&|number| sign(number, consumer(number))),
        all(&|number| sign(number, by(ids.merchant_user(number % ids.merchants), Role::Merchant))),
        all(&|number| {
            let (deposit, contract) = (DepositId::from_bits(ids.first + number), ids.contract(number));
            step(StartDeposit { deposit, contract, channel }, consumer(number))
        }),
        all(&|number| {
            let deposit = DepositId::from_bits(ids.first + number);
            let transaction = Digest::of(&[deposit.to_string().as_bytes()]);
            let suspense = SuspenseId::from_bits(ids.first + number);
            let received =
                ReceiveDeposit { transaction, deposit: Some(deposit), amount, paid_at: None, bank: channel, suspense };
            step(received, Actor::Channel(channel))
        }),
    ]
}
