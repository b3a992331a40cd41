//! Which money each event moves: the postings must be those that follow from its data, and no others.

use crate::domain::account::{Account, Posting};
use crate::domain::event::Event;
use crate::domain::id::{ConsumerId, ContractId, MerchantId, Party};
use crate::domain::money::Amount;
use crate::domain::objects::{DefaultRun, Origin, Split};
use crate::domain::state::State;
use crate::ledger::earnings;

/// One end of a move.
#[derive(Clone, Copy)]
enum End {
    This(Account),
    /// A bank account of the office, whichever.
    Bank,
}

impl End {
    /// What would be payable to a merchant in default is set aside.
    fn is(self, state: &State, account: Account) -> bool {
        match self {
            Self::This(expected) => earnings::account(state, expected) == account,
            Self::Bank => matches!(account, Account::Bank(_)),
        }
    }
}

/// Checks the postings of an event.
pub(super) fn check(state: &State, event: &Event, postings: &[Posting]) -> Result<(), String> {
    let mut rest = postings;
    for (from, to, amount) in expected(state, event).into_iter().flatten().filter(|(_, _, amount)| !amount.is_zero()) {
        let [down, up, behind @ ..] = rest else { return Err(differ(event)) };
        let fits = from.is(state, down.account) && to.is(state, up.account);
        if !fits || down.amount != amount.debit() || up.amount != amount.credit() {
            return Err(differ(event));
        }
        rest = behind;
    }
    if rest.is_empty() { Ok(()) } else { Err(differ(event)) }
}

fn differ(event: &Event) -> String {
    format!("its postings are not those of this {}", event.kind())
}

type Move = Option<(End, End, Amount)>;

fn expected(state: &State, event: &Event) -> [Move; 3] {
    use Account::{ConsumerRefund, ContractHeld, ContractPending, MerchantPayable, MerchantPayout};
    let one = |from: Account, to: Account, amount| [Some((End::This(from), End::This(to), amount)), None, None];
    let from_bank = |to: Account, amount| [Some((End::Bank, End::This(to), amount)), None, None];
    let to_bank = |from: Account, amount| [Some((End::This(from), End::Bank, amount)), None, None];
    match event {
        Event::DepositCredited(data) => from_bank(ContractHeld(data.contract), data.amount),
        Event::SuspenseReceived(data) => from_bank(Account::OfficeSuspense, data.amount),
        Event::DeliveryRecorded(data) => one(ContractHeld(data.contract), ContractPending(data.contract), data.amount),
        Event::DeliveryConfirmed(data) => {
            one(origin(data.origin, data.contract), MerchantPayable(data.merchant), data.amount)
        }
        Event::DeliveryVoided(data) => {
            one(origin(data.origin, data.contract), ContractHeld(data.contract), data.amount)
        }
        Event::DeliveryReversed(data) => one(MerchantPayable(data.merchant), ContractHeld(data.contract), data.amount),
        Event::DisputeExecuted(data) => split(data.contract, data.consumer, data.merchant, &data.split),
        Event::FreezeReached(data) => aside(data.contract, data.merchant, [data.held, data.pending, data.payable]),
        Event::FreezeOrderLifted(data) => aside(data.contract, data.merchant, [data.held, data.pending, data.payable])
            .map(|moved| moved.map(|(here, there, amount)| (there, here, amount))),
        Event::FreezeExecuted(data) => match data.contract.zip(data.consumer) {
            Some((contract, consumer)) => split(contract, consumer, data.merchant, &data.split),
            None => one(Account::MerchantFrozen(data.merchant), MerchantPayable(data.merchant), data.split.merchant),
        },
        Event::FreezeOpened(data) => aside(data.contract, data.merchant, [data.held, data.pending, data.payable]),
        Event::FreezeLifted(data) => aside(data.contract, data.merchant, [data.held, data.pending, data.payable])
            .map(|moved| moved.map(|(here, there, amount)| (there, here, amount))),
        Event::PeriodAccrued(data) => one(ContractHeld(data.contract), MerchantPayable(data.merchant), data.amount),
        Event::SettlementReleased(data) => {
            one(MerchantPayable(data.merchant), MerchantPayout(data.merchant), data.amount)
        }
        Event::PayoutSettled(data) => to_bank(on_its_way(data.payee), data.amount),
        Event::PayoutRejected(data) => match data.payee {
            Party::Merchant(id) => one(MerchantPayout(id), MerchantPayable(id), data.amount),
            Party::Consumer(_) => [None, None, None],
        },
        Event::PayoutReturned(data) => match data.payee {
            Party::Merchant(id) => from_bank(MerchantPayable(id), data.amount),
            Party::Consumer(id) => from_bank(ConsumerRefund(id), data.amount),
        },
        Event::DefaultRunApproved(data) => {
            let run = state.default_runs.get(data.run);
            let amount = if run.is_some_and(DefaultRun::is_real_default) { data.frozen } else { Amount::ZERO };
            one(MerchantPayable(data.merchant), Account::MerchantFrozen(data.merchant), amount)
        }
        Event::PayoutCancelled(data) => match data.payee {
            Party::Merchant(id) => one(MerchantPayout(id), MerchantPayable(id), data.amount),
            Party::Consumer(_) => [None, None, None],
        },
        Event::DefaultRunContractRefunded(data) => {
            let held = End::This(ContractHeld(data.contract));
            let refund = (held, End::This(ConsumerRefund(data.consumer)), data.amount);
            [Some(refund), Some((held, End::This(MerchantPayable(data.merchant)), data.merchant_share)), None]
        }
        Event::RefundOrdered(data) => {
            let held = End::This(ContractHeld(data.contract));
            let refund = (held, End::This(ConsumerRefund(data.consumer)), data.amount);
            [Some(refund), Some((held, End::This(MerchantPayable(data.merchant)), data.merchant_share)), None]
        }
        _ => [None, None, None],
    }
}

/// Frozen money that goes to the consumer, to the merchant, and back.
fn split(contract: ContractId, consumer: ConsumerId, merchant: MerchantId, split: &Split) -> [Move; 3] {
    let frozen = End::This(Account::ContractFrozen(contract));
    let to = |account, amount| Some((frozen, End::This(account), amount));
    [
        to(Account::ConsumerRefund(consumer), split.refund),
        to(Account::MerchantPayable(merchant), split.merchant),
        to(Account::ContractHeld(contract), split.held),
    ]
}

/// Held, pending and payable money that is set aside.
fn aside(contract: Option<ContractId>, merchant: MerchantId, [held, pending, payable]: [Amount; 3]) -> [Move; 3] {
    let of_contract = |account: fn(ContractId) -> Account, amount| {
        contract.map(|id| (End::This(account(id)), End::This(Account::ContractFrozen(id)), amount))
    };
    let (there, frozen) = (Account::MerchantPayable(merchant), Account::MerchantFrozen(merchant));
    [
        of_contract(Account::ContractHeld, held),
        of_contract(Account::ContractPending, pending),
        Some((End::This(there), End::This(frozen), payable)),
    ]
}

const fn origin(origin: Origin, contract: ContractId) -> Account {
    match origin {
        Origin::Held => Account::ContractHeld(contract),
        Origin::Pending => Account::ContractPending(contract),
        Origin::Frozen => Account::ContractFrozen(contract),
    }
}

const fn on_its_way(payee: Party) -> Account {
    match payee {
        Party::Merchant(id) => Account::MerchantPayout(id),
        Party::Consumer(id) => Account::ConsumerRefund(id),
    }
}
