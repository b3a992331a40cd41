//! What ends a delivery's wait, as facts: the same for an answer, the passing of time, and a refund.

use crate::domain::account::{Account, transfer};
use crate::domain::digest::Digest;
use crate::domain::event::{DeliveryConfirmed, DeliveryVoided, Fact};
use crate::domain::id::{ConsumerId, ContractId, DeliveryId};
use crate::domain::money::Amount;
use crate::domain::objects::{ConfirmedHow, Contract, Origin};
use crate::domain::rules::matures_at;
use crate::domain::time::Timestamp;

/// A delivery whose amount leaves its contract's `origin`.
pub(in crate::ledger::commands) struct Leaving<'a> {
    pub(in crate::ledger::commands) contract: &'a Contract,
    pub(in crate::ledger::commands) delivery: DeliveryId,
    /// Who was served; the contract may have another holder now.
    pub(in crate::ledger::commands) consumer: ConsumerId,
    pub(in crate::ledger::commands) amount: Amount,
    pub(in crate::ledger::commands) origin: Origin,
}

/// The merchant has earned the amount.
pub(in crate::ledger::commands) fn confirmed(leaving: &Leaving<'_>, how: ConfirmedHow, at: Timestamp) -> Fact {
    let Leaving { contract, delivery, consumer, amount, origin } = *leaving;
    let event = DeliveryConfirmed {
        amount,
        consumer,
        contract: contract.id,
        delivery,
        how,
        matures_at: matures_at(contract, at),
        merchant: contract.merchant,
        origin,
    };
    Fact::moving(event, transfer(account(origin, contract.id), Account::MerchantPayable(contract.merchant), amount))
}

/// The delivery never counted, and its amount is undelivered money again.
pub(in crate::ledger::commands) fn voided(leaving: &Leaving<'_>, reason: Option<Digest>) -> Fact {
    let Leaving { contract, delivery, consumer, amount, origin } = *leaving;
    let event = DeliveryVoided {
        amount,
        consumer,
        contract: contract.id,
        delivery,
        merchant: contract.merchant,
        origin,
        reason,
    };
    Fact::moving(event, transfer(account(origin, contract.id), Account::ContractHeld(contract.id), amount))
}

const fn account(origin: Origin, contract: ContractId) -> Account {
    match origin {
        Origin::Held => Account::ContractHeld(contract),
        Origin::Pending => Account::ContractPending(contract),
        Origin::Frozen => Account::ContractFrozen(contract),
    }
}
