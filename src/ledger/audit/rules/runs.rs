//! Default runs: what shows them, the time to object, one refund for each contract and never more than it holds; and that
//! sales and releases stop while one is proposed.

use jiff::tz::TimeZone;

use super::goes_by_these;
use crate::domain::event::{
    DefaultRunAdvanced, DefaultRunApproved, DefaultRunContractPassed, DefaultRunContractRefunded, DefaultRunFinished,
    DefaultRunProposed, Event, MerchantExiting,
};
use crate::domain::figures::on_closing;
use crate::domain::id::{MerchantId, RunId};
use crate::domain::money::{Amount, Delta};
use crate::domain::objects::{
    Contract, ContractState, DefaultRun, Merchant, MerchantState, Proof, RunCause, RunMode, RunOutcome, RunState,
};
use crate::domain::packs::{self, Days, TimeLimits};
use crate::domain::rules::as_of;
use crate::domain::standing::{Marking, may_contract, may_release, may_serve, no_open_run, open_run};
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::ledger::entry::Entry;

type Allowed = Result<(), String>;

/// Checks an event of a run, and one that a run may hold up.
pub(super) fn check(state: &State, entry: &Entry) -> Allowed {
    match &entry.fact.event {
        Event::MerchantExiting(data) => leaves(state, entry.at, data),
        Event::DefaultRunProposed(data) => proposed(state, entry.at, data),
        Event::DefaultRunObjected(data) => its_own(run_in(state, data.run, RunState::Proposed)?, data.merchant),
        Event::DefaultRunRescinded(data) => its_own(run_in(state, data.run, RunState::Proposed)?, data.merchant),
        Event::DefaultRunApproved(data) => approved(state, entry.at, data),
        Event::DefaultRunContractRefunded(data) => refunded(state, entry.at, data),
        Event::DefaultRunContractPassed(data) => passed(state, data),
        Event::DefaultRunAdvanced(data) => advanced(state, data),
        Event::DefaultRunFinished(data) => finished(state, data),
        Event::PayoutCancelled(data) => match data.payee.merchant().and_then(|id| state.merchants.get(id)) {
            Some(merchant) if merchant.state == MerchantState::Defaulted => Ok(()),
            _ => Err(format!("{} is cancelled, and its payee is in no default", data.payout)),
        },
        event => held_up(state, event),
    }
}

fn leaves(state: &State, at: Timestamp, data: &MerchantExiting) -> Allowed {
    let merchant = state.merchants.get(data.merchant).ok_or_else(|| format!("there is no {}", data.merchant))?;
    if is_early(state, merchant, at, Some(data.exits_at), |times| times.closing_notice) {
        return Err(format!(
            "{} leaves at {}, with a shorter notice than its rule pack asks",
            merchant.id, data.exits_at
        ));
    }
    Ok(())
}

/// Whether a time that the rules give a merchant ends too early. Working days, and those that are moved, only make it
/// longer; so many days it always has.
fn is_early(
    state: &State,
    merchant: &Merchant,
    at: Timestamp,
    until: Option<Timestamp>,
    days: impl FnOnce(&TimeLimits) -> Days,
) -> bool {
    if !goes_by_these(state) {
        return false;
    }
    let times = packs::in_force().times_of_merchant(merchant, at.date(&TimeZone::UTC));
    until.is_none_or(|until| until < at.plus_hours(days(times).days.saturating_mul(24)))
}

/// Checks that an event does not happen while a run holds it up.
fn held_up(state: &State, event: &Event) -> Allowed {
    let allowed = match event {
        Event::ContractDrafted(data) => may_contract(state, data.merchant),
        Event::ContractSigned(data) => may_contract(state, data.merchant),
        Event::DepositStarted(data) => may_contract(state, data.merchant),
        Event::DeliveryRecorded(data) => {
            may_serve(state, data.merchant, data.checkin.map_or(Marking::Alone, |_| Marking::WithCode))
        }
        Event::SettlementProposed(data) => may_release(state, data.merchant),
        Event::SettlementReleased(data) => may_release(state, data.merchant),
        Event::RefundRequested(data) => no_running(state, data.merchant),
        Event::RefundProposed(data) => no_running(state, data.merchant),
        Event::RefundOrdered(data) => no_running(state, data.merchant),
        _ => Ok(()),
    };
    allowed.map_err(|rejection| {
        format!("{}: a default run or an exit of the merchant stands against it", rejection.code())
    })
}

fn no_running(state: &State, merchant: MerchantId) -> Result<(), crate::domain::rejection::Rejection> {
    match open_run(state, merchant) {
        Some(run) if run.state == RunState::Running => no_open_run(state, merchant),
        _ => Ok(()),
    }
}

fn run_in(state: &State, id: RunId, expected: RunState) -> Result<&DefaultRun, String> {
    let run = state.default_runs.get(id).ok_or_else(|| format!("there is no run {id}"))?;
    if run.state == expected { Ok(run) } else { Err(format!("{id} is {}, from where this cannot happen", run.state)) }
}

fn its_own(run: &DefaultRun, merchant: MerchantId) -> Allowed {
    if run.merchant == merchant { Ok(()) } else { Err(format!("{} is about another merchant than {merchant}", run.id)) }
}

fn proposed(state: &State, at: Timestamp, data: &DefaultRunProposed) -> Allowed {
    if state.default_runs.get(data.run).is_some() {
        return Err(format!("{} is there already", data.run));
    }
    let merchant = state.merchants.get(data.merchant).ok_or_else(|| format!("there is no {}", data.merchant))?;
    let stands = matches!(merchant.state, MerchantState::Active | MerchantState::Suspended | MerchantState::Exiting);
    if !stands {
        return Err(format!("{} is {}, from where no run can be proposed", merchant.id, merchant.state));
    }
    let open = state.open_contracts(merchant.id);
    if (open.count, open.held) != (data.contracts, data.amount) {
        let (count, held) = (open.count, open.held);
        return Err(format!(
            "it names {} in {} contracts, and there are {held} in {count}",
            data.amount, data.contracts
        ));
    }
    if data.mode == RunMode::Drill {
        return Ok(());
    }
    if let Some(run) = open_run(state, merchant.id) {
        return Err(format!("{} is open already", run.id));
    }
    match data.cause {
        RunCause::Default if !Proof::suffice(&data.proofs) => Err("no two documents show the default".to_owned()),
        RunCause::Default if data.notice.is_none() => Err("the merchant was not told".to_owned()),
        RunCause::Default if is_early(state, merchant, at, data.object_by, |times| times.objection) => {
            Err(format!("{} has less time to object than its rule pack gives", merchant.id))
        }
        RunCause::Exit if merchant.exits_at.is_none_or(|exits_at| at < exits_at) => {
            Err(format!("the notice of {} has not run out", merchant.id))
        }
        _ => Ok(()),
    }
}

fn approved(state: &State, at: Timestamp, data: &DefaultRunApproved) -> Allowed {
    let run = run_in(state, data.run, RunState::Proposed)?;
    its_own(run, data.merchant)?;
    if run.object_by.is_some_and(|until| at < until) {
        return Err(format!("{} is approved while the merchant can still object", run.id));
    }
    let merchant = state.merchants.get(run.merchant).ok_or_else(|| format!("there is no {}", run.merchant))?;
    let earned = merchant.payable.amount().unwrap_or_default();
    let frozen = if run.cause == RunCause::Default { earned } else { Amount::ZERO };
    let settlement = merchant.open_settlement.filter(|_| run.is_real_default());
    let count = state.open_contracts(merchant.id).count;
    if (data.frozen, data.settlement, data.contracts) == (frozen, settlement, count) {
        return Ok(());
    }
    Err(format!("{} is approved over other contracts and money than the merchant has", run.id))
}

/// The contract that a run comes to: one of its merchant's, and none that it has come to before.
fn taken<'a>(
    state: &'a State,
    run: &DefaultRun,
    contract: crate::domain::id::ContractId,
) -> Result<&'a Contract, String> {
    let found = state.contracts.get(contract).ok_or_else(|| format!("there is no {contract}"))?;
    if found.merchant != run.merchant {
        return Err(format!("{contract} is of another merchant than {}", run.id));
    }
    if run.mode != RunMode::Real {
        return Err(format!("{} is a drill, and changes {contract}", run.id));
    }
    if run.cursor.is_some_and(|cursor| contract <= cursor) {
        return Err(format!("{} comes to {contract} a second time", run.id));
    }
    Ok(found)
}

fn refunded(state: &State, at: Timestamp, data: &DefaultRunContractRefunded) -> Allowed {
    let run = run_in(state, data.run, RunState::Running)?;
    let contract = taken(state, run, data.contract)?;
    if contract.state != ContractState::Active {
        return Err(format!("{} is {}, from where nothing is refunded", contract.id, contract.state));
    }
    if (data.merchant, data.consumer) != (contract.merchant, contract.consumer) {
        return Err("it names another party than the contract it is about".to_owned());
    }
    let two = (Some(data.approved_by), data.proposed_by);
    if two != (run.approved_by, run.proposed_by) {
        return Err(format!("{} was proposed and approved by others", run.id));
    }
    let both = data.amount.checked_add(data.merchant_share).map(Amount::credit);
    if both != Some(contract.held) {
        return Err(format!("{} and {} are shared out of {}", data.amount, data.merchant_share, contract.held));
    }
    shared(state, contract, at, data)?;
    if data.pay_by <= at {
        return Err(format!("{} is to be paid before it is ordered", data.refund));
    }
    match contract.open_refund {
        Some(open) if open != data.refund => Err(format!("{open} is open, and {} is made beside it", data.refund)),
        None if state.refunds.get(data.refund).is_some() => Err(format!("{} is there already", data.refund)),
        _ => Ok(()),
    }
}

/// What the merchant had earned, it keeps: up to the day of the request where one was open, and else up to today.
fn shared(state: &State, contract: &Contract, at: Timestamp, data: &DefaultRunContractRefunded) -> Allowed {
    let open = contract.open_refund.and_then(|id| state.refunds.get(id));
    // Wherever the office is, its day is at most one from that of Greenwich.
    let is_today = data.requested_on.days_since(at.date(&TimeZone::UTC)).abs() <= 1;
    if !open.map_or(is_today, |refund| refund.requested_on == data.requested_on) {
        return Err(format!("{} is refunded as of {}, which is another day", contract.id, data.requested_on));
    }
    let due = on_closing(state, contract, data.requested_on);
    if data.amount != due || data.live != as_of(state, contract, data.requested_on).live {
        return Err(format!("{} of {} are given back, and {due} are due", data.amount, contract.id));
    }
    Ok(())
}

fn passed(state: &State, data: &DefaultRunContractPassed) -> Allowed {
    let run = run_in(state, data.run, RunState::Running)?;
    let contract = taken(state, run, data.contract)?;
    let unpaid = matches!(contract.state, ContractState::Draft | ContractState::Signed);
    let empty = contract.state == ContractState::Active && contract.held == Delta::ZERO;
    let fits = match data.outcome {
        RunOutcome::Cancelled => unpaid,
        RunOutcome::CourtOrder => empty && !contract.court_orders.is_empty(),
        _ if !contract.court_orders.is_empty() => false,
        RunOutcome::Disputed => empty && contract.frozen > Delta::ZERO,
        RunOutcome::Waiting => empty && contract.frozen == Delta::ZERO && contract.pending > Delta::ZERO,
        RunOutcome::NothingLeft => empty && contract.frozen == Delta::ZERO && contract.pending == Delta::ZERO,
        RunOutcome::NeedsAccount => false,
    };
    if fits { Ok(()) } else { Err(format!("{} is passed over as {}, which it is not", contract.id, data.outcome)) }
}

fn advanced(state: &State, data: &DefaultRunAdvanced) -> Allowed {
    let run = run_in(state, data.run, RunState::Running)?;
    its_own(run, data.merchant)?;
    if run.cursor.is_some_and(|cursor| data.cursor <= cursor) {
        return Err(format!("{} goes back to {}", run.id, data.cursor));
    }
    let (before, now) = (run.progress, data.progress);
    let grows = before.total == now.total && before.done < now.done && before.refunded <= now.refunded;
    if grows { Ok(()) } else { Err(format!("{} has come less far than it says", run.id)) }
}

/// A run is done when no contract is left: each has given back what was free of it.
fn finished(state: &State, data: &DefaultRunFinished) -> Allowed {
    let run = run_in(state, data.run, RunState::Running)?;
    its_own(run, data.merchant)?;
    if run.mode == RunMode::Drill {
        return Ok(());
    }
    let left = |contract: &&Contract| {
        let holds = contract.state == ContractState::Active && contract.held > Delta::ZERO;
        let unpaid = matches!(contract.state, ContractState::Draft | ContractState::Signed);
        contract.merchant == run.merchant && (holds || unpaid) && run.cursor.is_none_or(|cursor| contract.id > cursor)
    };
    match state.contracts.iter().map(|(_, contract)| contract).find(left) {
        Some(contract) => Err(format!("{} ends, and {} was left out", run.id, contract.id)),
        None => Ok(()),
    }
}
