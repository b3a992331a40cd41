//! Setting money aside, and giving it back: the same facts whatever it is for.

use crate::domain::account::{Account, Posting, transfer};
use crate::domain::event::{Fact, FreezeLifted, FreezeOpened};
use crate::domain::id::{ConsumerId, ContractId, DeliveryId, DisputeId, FreezeId, MerchantId};
use crate::domain::money::Amount;
use crate::domain::objects::{Cause, Contract, Delivery, Freeze};
use crate::domain::rejection::Rejection;

/// What a freeze takes: each part from where it stands.
#[derive(Clone, Debug, Default)]
pub(in crate::ledger) struct Taken {
    pub(in crate::ledger) held: Amount,
    pub(in crate::ledger) deliveries: Vec<DeliveryId>,
    /// The sum of the deliveries.
    pub(in crate::ledger) pending: Amount,
    pub(in crate::ledger) payable: Amount,
}

impl Taken {
    /// An amount of the contract's held money, and whole pending deliveries.
    ///
    /// # Errors
    /// [`Rejection::FundsFrozen`] where less is free than that.
    pub(in crate::ledger) fn of_contract(
        contract: &Contract,
        held: Amount,
        deliveries: &[&Delivery],
    ) -> Result<Self, Rejection> {
        let available = contract.held.amount().unwrap_or_default();
        if held > available {
            return Err(Rejection::FundsFrozen { available });
        }
        let amounts = deliveries.iter().map(|delivery| delivery.amount);
        let pending = amounts.fold(Amount::ZERO, |sum, amount| sum.saturating_add(amount));
        let deliveries = deliveries.iter().map(|delivery| delivery.id).collect();
        Ok(Self { held, deliveries, pending, payable: Amount::ZERO })
    }

    /// How much it is.
    pub(in crate::ledger) fn amount(&self) -> Amount {
        let parts = [self.pending, self.payable];
        parts.into_iter().try_fold(self.held, Amount::checked_add).unwrap_or(Amount::MAX)
    }
}

/// Whose money is set aside, and for what.
#[derive(Clone, Copy, Debug)]
pub(in crate::ledger) struct Setting {
    pub(in crate::ledger) freeze: FreezeId,
    pub(in crate::ledger) cause: Cause,
    pub(in crate::ledger) contract: Option<(ContractId, ConsumerId)>,
    pub(in crate::ledger) merchant: MerchantId,
    pub(in crate::ledger) dispute: Option<DisputeId>,
}

/// The money is set aside.
pub(in crate::ledger) fn frozen(setting: &Setting, taken: Taken) -> Fact {
    let Setting { freeze, cause, contract, merchant, dispute } = *setting;
    let postings = set_aside(contract.map(|(contract, _)| contract), merchant, &taken);
    let event = FreezeOpened {
        cause,
        consumer: contract.map(|(_, consumer)| consumer),
        contract: contract.map(|(contract, _)| contract),
        deliveries: taken.deliveries,
        dispute,
        freeze,
        held: taken.held,
        merchant,
        payable: taken.payable,
        pending: taken.pending,
    };
    Fact::moving(event, postings)
}

/// What `left` of the freeze goes back to where it came from, and the freeze ends.
pub(in crate::ledger) fn lifted(freeze: &Freeze, left: Taken) -> Fact {
    let postings = given_back(freeze, &left);
    let event = FreezeLifted {
        consumer: freeze.consumer,
        contract: freeze.contract,
        deliveries: left.deliveries,
        dispute: freeze.dispute,
        freeze: freeze.id,
        held: left.held,
        merchant: freeze.merchant,
        payable: left.payable,
        pending: left.pending,
    };
    Fact::moving(event, postings)
}

/// Everything that stands in the freeze.
pub(in crate::ledger) fn all_of(freeze: &Freeze) -> Taken {
    let Freeze { held, pending, payable, .. } = *freeze;
    Taken { held, deliveries: freeze.deliveries.clone(), pending, payable }
}

/// The postings that set money aside.
pub(super) fn set_aside(contract: Option<ContractId>, merchant: MerchantId, taken: &Taken) -> Vec<Posting> {
    let ends = ends(contract, merchant);
    moves(&ends, taken).flat_map(|(here, aside, amount)| transfer(here, aside, amount)).collect()
}

/// The postings that give it back.
pub(super) fn given_back(freeze: &Freeze, left: &Taken) -> Vec<Posting> {
    let ends = ends(freeze.contract, freeze.merchant);
    moves(&ends, left).flat_map(|(here, aside, amount)| transfer(aside, here, amount)).collect()
}

/// The accounts that money is taken from, each with the one where it is set aside: held, pending, payable.
type Ends = [Option<(Account, Account)>; 3];

fn ends(contract: Option<ContractId>, merchant: MerchantId) -> Ends {
    let of_contract =
        |account: fn(ContractId) -> Account| contract.map(|id| (account(id), Account::ContractFrozen(id)));
    let payable = (Account::MerchantPayable(merchant), Account::MerchantFrozen(merchant));
    [of_contract(Account::ContractHeld), of_contract(Account::ContractPending), Some(payable)]
}

fn moves<'a>(ends: &'a Ends, taken: &Taken) -> impl Iterator<Item = (Account, Account, Amount)> + use<'a> {
    let amounts = [taken.held, taken.pending, taken.payable];
    let pairs = ends.iter().zip(amounts).filter(|(_, amount)| !amount.is_zero());
    pairs.filter_map(|(ends, amount)| ends.map(|(here, aside)| (here, aside, amount)))
}
