//! From which state of its objects an event may happen. No state that ends an object is among them, so that each object
//! ends once (I6); and what an event makes must not be there yet.

use std::fmt::Display;

use crate::domain::digest::Digest;
use crate::domain::event::{Event, PlanApproved, RulesAdopted};
use crate::domain::id::{
    ConsumerId, ContractId, DeliveryId, DepositId, MerchantId, Party, PayoutId, PlanId, RefundId, SettlementId, UserId,
};
use crate::domain::money::Amount;
use crate::domain::objects::{
    AdoptedRules, Contract, ContractState, DeliveryState, DepositState, MerchantState, Origin, PayoutState, PlanState,
    RefundState, SettlementState, UserState,
};
use crate::domain::state::State;
use crate::domain::terms::Severity;

/// What every step answers.
pub(super) type Allowed = Result<(), String>;

/// Checks the objects of an event.
pub(super) fn check(state: &State, event: &Event) -> Allowed {
    people(state, event)?;
    plans(state, event)?;
    contracts(state, event)?;
    deliveries(state, event)?;
    payouts(state, event)?;
    refunds(state, event)
}

pub(super) fn is_new<T>(found: Option<&T>, id: impl Display) -> Allowed {
    if found.is_none() { Ok(()) } else { Err(format!("{id} is there already")) }
}

pub(super) fn in_state<S: Copy + PartialEq + Display>(found: Option<S>, allowed: &[S], id: impl Display) -> Allowed {
    match found {
        None => Err(format!("there is no {id}")),
        Some(state) if allowed.contains(&state) => Ok(()),
        Some(state) => Err(format!("{id} is {state}, from where this cannot happen")),
    }
}

pub(super) fn same<T: PartialEq>(one: T, other: T, what: &str) -> Allowed {
    if one == other { Ok(()) } else { Err(format!("it names another {what} than the object it is about")) }
}

fn people(state: &State, event: &Event) -> Allowed {
    use MerchantState::{Active, Applied, Reviewed, Suspended};
    let user = |id: UserId, from: UserState| in_state(state.users.get(id).map(|user| user.state), &[from], id);
    let merchant = |id: MerchantId, from: &[MerchantState]| {
        in_state(state.merchants.get(id).map(|merchant| merchant.state), from, id)
    };
    match event {
        Event::RulesAdopted(data) => adopted(state, data),
        Event::UserRegistered(data) => is_new(state.users.get(data.user), data.user),
        Event::UserDisabled(data) => user(data.user, UserState::Active),
        Event::UserEnabled(data) => user(data.user, UserState::Disabled),
        Event::MerchantApplied(data) => is_new(state.merchants.get(data.merchant), data.merchant),
        Event::MerchantReviewed(data) => merchant(data.merchant, &[Applied]),
        Event::MerchantAdmitted(data) => merchant(data.merchant, &[Reviewed]),
        Event::MerchantRejected(data) => merchant(data.merchant, &[Applied, Reviewed]),
        Event::MerchantSuspended(data) => merchant(data.merchant, &[Active]),
        Event::MerchantReinstated(data) => merchant(data.merchant, &[Suspended]),
        Event::MerchantExiting(data) => merchant(data.merchant, &[Active, Suspended]),
        Event::VenueAdded(data) => is_new(state.venues.get(data.venue), data.venue),
        _ => Ok(()),
    }
}

/// What is adopted is another edition than the one before.
fn adopted(state: &State, data: &RulesAdopted) -> Allowed {
    let before = state.rules.get(AdoptedRules::id_of(&data.name));
    let same = before.is_some_and(|before| {
        (before.digests.sha256, before.digests.sm3, &before.digests.version) == (data.sha256, data.sm3, &data.version)
    });
    if same { Err(format!("{} {} is adopted already", data.name, data.version)) } else { Ok(()) }
}

fn plans(state: &State, event: &Event) -> Allowed {
    use PlanState::{Draft, OnSale, Rejected, Submitted, Withdrawn};
    let plan = |id: PlanId, from: &[PlanState]| in_state(state.plans.get(id).map(|plan| plan.state), from, id);
    let reviewed =
        |id: PlanId, revision: u64| same(state.plans.get(id).map(|plan| plan.revision), Some(revision), "revision");
    match event {
        Event::PlanDrafted(data) => is_new(state.plans.get(data.plan), data.plan),
        Event::PlanRevised(data) => plan(data.plan, &[Draft, OnSale, Rejected, Withdrawn]),
        Event::PlanSubmitted(data) => plan(data.plan, &[Draft]),
        Event::PlanApproved(data) => plan(data.plan, &[Submitted])
            .and_then(|()| reviewed(data.plan, data.reviewed))
            .and_then(|()| upheld(state, data)),
        Event::PlanRejected(data) => plan(data.plan, &[Submitted]).and_then(|()| reviewed(data.plan, data.reviewed)),
        Event::PlanWithdrawn(data) => plan(data.plan, &[Draft, Submitted, OnSale]),
        _ => Ok(()),
    }
}

/// Terms that were found void are not put on sale, nor doubtful ones without a reason.
fn upheld(state: &State, data: &PlanApproved) -> Allowed {
    let first = |severity| {
        let reading = state.plans.get(data.plan).and_then(|plan| plan.reading.as_ref());
        reading.and_then(|reading| reading.first(severity)).map(|found| found.rule)
    };
    if let Some(rule) = first(Severity::Void) {
        return Err(format!("{} goes on sale although {rule} was found in its terms", data.plan));
    }
    match first(Severity::Doubt) {
        Some(rule) if data.reason.is_none() => {
            Err(format!("{} goes on sale without a reason although {rule} was found in its terms", data.plan))
        }
        _ => Ok(()),
    }
}

fn contracts(state: &State, event: &Event) -> Allowed {
    use ContractState::{Active, Draft, Signed};
    let contract = |id: ContractId, from: &[ContractState]| {
        in_state(state.contracts.get(id).map(|contract| contract.state), from, id)
    };
    let awaited = |id: DepositId, contract: ContractId| {
        let deposit = state.deposits.get(id);
        in_state(deposit.map(|deposit| deposit.state), &[DepositState::AwaitingPayment], id)?;
        same(deposit.map(|deposit| deposit.contract), Some(contract), "contract")
    };
    match event {
        Event::ContractDrafted(data) => is_new(state.contracts.get(data.contract), data.contract),
        Event::ContractSigned(data) => contract(data.contract, &[Draft]),
        Event::ContractCancelled(data) => contract(data.contract, &[Draft, Signed]),
        Event::ContractExtended(data) => {
            contract(data.contract, &[Active])?;
            let before = state.contracts.get(data.contract).and_then(|contract| contract.ends_on);
            if Some(data.ends_on) > before { Ok(()) } else { Err(format!("it shortens {}", data.contract)) }
        }
        Event::PeriodAccrued(data) => contract(data.contract, &[Active]),
        Event::DepositStarted(data) => {
            is_new(state.deposits.get(data.deposit), data.deposit)?;
            contract(data.contract, &[Signed])
        }
        Event::DepositCredited(data) => {
            awaited(data.deposit, data.contract)?;
            contract(data.contract, &[Signed])?;
            same(state.deposits.get(data.deposit).map(|deposit| deposit.amount), Some(data.amount), "amount")?;
            transaction(state, data.transaction)
        }
        Event::DepositFailed(data) => {
            awaited(data.deposit, data.contract)?;
            transaction(state, data.transaction)
        }
        Event::DepositExpired(data) => awaited(data.deposit, data.contract),
        Event::UnclaimedWarned(data) => {
            let deposit = state.deposits.get(data.deposit);
            in_state(deposit.map(|deposit| deposit.state), &[DepositState::Credited], data.deposit)?;
            same(deposit.map(|deposit| deposit.contract), Some(data.contract), "contract")?;
            let next = deposit.map(|deposit| deposit.unclaimed_stage.saturating_add(1));
            same(next, Some(data.stage), "stage")?;
            same(state.contracts.get(data.contract).map(Contract::claimable), Some(data.amount), "amount")
        }
        Event::SuspenseReceived(data) => {
            is_new(state.suspense.get(data.suspense), data.suspense)?;
            transaction(state, data.transaction)
        }
        Event::CheckinIssued(data) => is_new(state.checkin_codes.get(data.code), "the check-in code"),
        _ => Ok(()),
    }
}

/// No message of a channel is taken in twice.
fn transaction(state: &State, digest: Digest) -> Allowed {
    is_new(state.channel_transactions.get(digest), "the channel's transaction")
}

/// What an event about a delivery says of it.
struct Told {
    delivery: DeliveryId,
    contract: ContractId,
    merchant: MerchantId,
    consumer: ConsumerId,
    amount: Option<Amount>,
}

macro_rules! told {
    ($data:ident, $amount:expr) => {
        Told {
            delivery: $data.delivery,
            contract: $data.contract,
            merchant: $data.merchant,
            consumer: $data.consumer,
            amount: $amount,
        }
    };
}

fn deliveries(state: &State, event: &Event) -> Allowed {
    use DeliveryState::Confirmed;
    let step = |told: &Told, from: &[DeliveryState]| {
        let delivery = state.deliveries.get(told.delivery);
        in_state(delivery.map(|delivery| delivery.state), from, told.delivery)?;
        let Some(delivery) = delivery else { return Ok(()) };
        same(delivery.contract, told.contract, "contract")?;
        same((delivery.merchant, delivery.consumer), (told.merchant, told.consumer), "party")?;
        same(delivery.amount, told.amount.unwrap_or(delivery.amount), "amount")
    };
    match event {
        Event::DeliveryRecorded(data) => {
            is_new(state.deliveries.get(data.delivery), data.delivery)?;
            let contract = state.contracts.get(data.contract);
            in_state(contract.map(|contract| contract.state), &[ContractState::Active], data.contract)?;
            let used = data.checkin.and_then(|code| state.checkin_codes.get(code)).is_some_and(|code| code.used);
            if used { Err("its check-in code was used before".to_owned()) } else { Ok(()) }
        }
        Event::DeliveryConfirmed(data) => step(&told!(data, Some(data.amount)), from_origin(data.origin)),
        Event::DeliveryVoided(data) => step(&told!(data, Some(data.amount)), from_origin(data.origin)),
        Event::DeliveryReversalProposed(data) => step(&told!(data, None), &[Confirmed]),
        Event::DeliveryReversed(data) => {
            step(&told!(data, Some(data.amount)), &[Confirmed])?;
            let settled_until = state.merchants.get(data.merchant).map(|merchant| merchant.settled_until);
            let matures_at = state.deliveries.get(data.delivery).and_then(|delivery| delivery.matures_at);
            if matures_at > settled_until { Ok(()) } else { Err(format!("{} is settled", data.delivery)) }
        }
        _ => Ok(()),
    }
}

/// The state of a delivery whose amount stands there.
const fn from_origin(origin: Origin) -> &'static [DeliveryState] {
    match origin {
        Origin::Pending => &[DeliveryState::Pending],
        Origin::Frozen => &[DeliveryState::Contested],
        Origin::Held => &[],
    }
}

fn payouts(state: &State, event: &Event) -> Allowed {
    use PayoutState::{Created, Settled, Submitted};
    type Whose = (Party, Option<SettlementId>, Option<RefundId>, Option<Amount>);
    let step = |id: PayoutId, from: PayoutState, (payee, settlement, refund, amount): Whose| {
        let payout = state.payouts.get(id);
        in_state(payout.map(|payout| payout.state), &[from], id)?;
        let Some(payout) = payout else { return Ok(()) };
        same(payout.payee, payee, "payee")?;
        same((payout.settlement, payout.refund), (settlement, refund), "settlement or refund")?;
        same(payout.amount, amount.unwrap_or(payout.amount), "amount")
    };
    let settlement = |id: SettlementId, from: SettlementState| {
        in_state(state.settlements.get(id).map(|settlement| settlement.state), &[from], id)
    };
    match event {
        Event::SettlementProposed(data) => {
            is_new(state.settlements.get(data.settlement), data.settlement)?;
            let open = state.merchants.get(data.merchant).and_then(|merchant| merchant.open_settlement);
            is_new(open.as_ref(), "a proposal for this merchant")
        }
        Event::SettlementReleased(data) => settlement(data.settlement, SettlementState::Proposed),
        Event::SettlementRejected(data) => {
            settlement(data.settlement, SettlementState::Proposed)?;
            let merchant = state.settlements.get(data.settlement).map(|settlement| settlement.merchant);
            same(merchant, Some(data.merchant), "merchant")
        }
        Event::PayoutCreated(data) => {
            is_new(state.payouts.get(data.payout), data.payout)?;
            owed(state, data.settlement, data.refund, data.payee, data.amount)
        }
        Event::PayoutSubmitted(data) => step(data.payout, Created, (data.payee, data.settlement, data.refund, None)),
        Event::PayoutCancelled(data) => {
            step(data.payout, Created, (data.payee, data.settlement, data.refund, Some(data.amount)))
        }
        Event::PayoutSettled(data) => {
            step(data.payout, Submitted, (data.payee, data.settlement, data.refund, Some(data.amount)))?;
            transaction(state, data.transaction)
        }
        Event::PayoutRejected(data) => {
            step(data.payout, Submitted, (data.payee, data.settlement, data.refund, Some(data.amount)))?;
            transaction(state, data.transaction)
        }
        Event::PayoutReturned(data) => {
            is_new(state.payout_returns.get(data.payout_return), data.payout_return)?;
            let before = state.payouts.get(data.payout).and_then(|payout| payout.returned_by);
            is_new(before.as_ref(), "a return of this payout")?;
            step(data.payout, Settled, (data.payee, data.settlement, data.refund, Some(data.amount)))?;
            transaction(state, data.transaction)
        }
        _ => Ok(()),
    }
}

/// Checks that a payout pays what a released settlement or an ordered refund owes, and is the only one on its way.
fn owed(
    state: &State,
    settlement: Option<SettlementId>,
    refund: Option<RefundId>,
    payee: Party,
    amount: Amount,
) -> Allowed {
    match (settlement, refund) {
        (Some(id), None) => {
            let settlement = state.settlements.get(id);
            in_state(settlement.map(|settlement| settlement.state), &[SettlementState::Released], id)?;
            let Some(settlement) = settlement else { return Ok(()) };
            is_new(settlement.payout.as_ref(), "a payout of this settlement")?;
            same((Party::Merchant(settlement.merchant), settlement.amount), (payee, amount), "payee or amount")
        }
        (None, Some(id)) => {
            let refund = state.refunds.get(id);
            in_state(refund.map(|refund| refund.state), &[RefundState::NeedsAccount], id)?;
            let Some(refund) = refund else { return Ok(()) };
            let decided = refund.decision.map(|decision| decision.amount);
            same((Party::Consumer(refund.consumer), decided), (payee, Some(amount)), "payee or amount")
        }
        _ => Err("a payout pays either a settlement or a refund".to_owned()),
    }
}

fn refunds(state: &State, event: &Event) -> Allowed {
    use RefundState::{Answered, Proposed, Requested};
    type Whose = (ContractId, MerchantId, ConsumerId);
    let step = |id: RefundId, whose: Whose, from: &[RefundState]| {
        let refund = state.refunds.get(id);
        in_state(refund.map(|refund| refund.state), from, id)?;
        let its_own = refund.map(|refund| (refund.contract, refund.merchant, refund.consumer));
        same(its_own, Some(whose), "contract, merchant or consumer")
    };
    let undecided: &[RefundState] = &[Requested, Answered, Proposed];
    match event {
        Event::RefundRequested(data) => {
            is_new(state.refunds.get(data.refund), data.refund)?;
            let contract = state.contracts.get(data.contract);
            is_new(contract.and_then(|contract| contract.open_refund).as_ref(), "a refund of this contract")?;
            match contract {
                Some(contract) if contract.may_be_refunded() => Ok(()),
                Some(contract) => Err(format!("{} is {}, and nothing can be refunded", contract.id, contract.state)),
                None => Err(format!("there is no {}", data.contract)),
            }
        }
        Event::RefundAnswered(data) => step(data.refund, (data.contract, data.merchant, data.consumer), &[Requested]),
        Event::RefundDeclared(data) => {
            step(data.refund, (data.contract, data.merchant, data.consumer), &[Requested, Answered])
        }
        Event::RefundPriorServiceClaimed(data) => {
            step(data.refund, (data.contract, data.merchant, data.consumer), &[Requested, Answered])
        }
        Event::RefundPriorServiceDecided(data) => {
            step(data.refund, (data.contract, data.merchant, data.consumer), &[Requested, Answered])
        }
        Event::RefundRecalculated(data) => step(data.refund, (data.contract, data.merchant, data.consumer), undecided),
        Event::RefundProposed(data) => {
            step(data.refund, (data.contract, data.merchant, data.consumer), &[Requested, Answered])
        }
        Event::RefundOrdered(data) => step(data.refund, (data.contract, data.merchant, data.consumer), undecided),
        Event::RefundDeclined(data) => step(data.refund, (data.contract, data.merchant, data.consumer), undecided),
        Event::RefundWithdrawn(data) => step(data.refund, (data.contract, data.merchant, data.consumer), undecided),
        _ => Ok(()),
    }
}
