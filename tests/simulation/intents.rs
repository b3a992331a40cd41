//! What people and timers want. Each wish is one thing, however often it is sent.

use ticun::domain::actor::Actor;
use ticun::domain::id::{ContractId, DeliveryId, PayoutId, ReturnId, SettlementId, UserId};
use ticun::domain::objects::Used;
use ticun::ledger::Command;
use ticun::ledger::commands::deliveries::{ConfirmDelivery, LapseDelivery, RecordDelivery, VoidDelivery};
use ticun::ledger::commands::payouts::{RejectPayout, ReturnPayout, SettlePayout, SubmitPayout};
use ticun::ledger::commands::settlements::{ApproveSettlement, ProposeSettlement};

use super::seed::{MERCHANT, USERS, bank, digest};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    Record { delivery: DeliveryId, contract: ContractId, units: u64 },
    Confirm(DeliveryId),
    Void(DeliveryId),
    Lapse(DeliveryId),
    Propose(SettlementId),
    Approve(SettlementId, PayoutId),
    Submit(PayoutId),
    Settle(PayoutId),
    Reject(PayoutId),
    GiveBack(PayoutId, ReturnId),
}

fn user(index: usize) -> Actor {
    let (number, role, _) = USERS[index];
    Actor::User { id: UserId::from_bits(number), role }
}

impl Wish {
    pub fn command(self) -> Box<dyn Command> {
        match self {
            Self::Record { delivery, contract, units } => {
                Box::new(RecordDelivery { delivery, contract, used: Used::Units(units), occurred_at: None, note: None })
            }
            Self::Confirm(delivery) => Box::new(ConfirmDelivery { delivery }),
            Self::Void(delivery) => Box::new(VoidDelivery { delivery, reason: None }),
            Self::Lapse(delivery) => Box::new(LapseDelivery { delivery }),
            Self::Propose(settlement) => Box::new(ProposeSettlement { settlement, merchant: MERCHANT, cutoff: None }),
            Self::Approve(settlement, payout) => Box::new(ApproveSettlement { settlement, payout }),
            Self::Submit(payout) => Box::new(SubmitPayout { payout }),
            Self::Settle(payout) => {
                Box::new(SettlePayout { payout, bank: bank(), transaction: digest(&format!("settles {payout}")) })
            }
            Self::Reject(payout) => {
                Box::new(RejectPayout { payout, transaction: digest(&format!("rejects {payout}")) })
            }
            Self::GiveBack(payout, payout_return) => {
                let transaction = digest(&format!("gives back {payout}"));
                Box::new(ReturnPayout { payout, payout_return, bank: bank(), transaction })
            }
        }
    }

    pub fn actor(self) -> Actor {
        match self {
            Self::Record { .. } | Self::Void(_) => user(0),
            Self::Confirm(_) => user(1),
            Self::Propose(_) => user(3),
            Self::Approve(..) => user(4),
            Self::Lapse(_) | Self::Submit(_) => Actor::System,
            Self::Settle(_) | Self::Reject(_) | Self::GiveBack(..) => Actor::Channel(bank()),
        }
    }

    /// Timers and the bank send without a key: what they ask for must be done once all the same.
    pub fn has_key(self) -> bool {
        matches!(self.actor(), Actor::User { .. })
    }

    /// Reads what matured out of storage, so that it opens its batch.
    pub fn reads_sets(self) -> bool {
        matches!(self, Self::Propose(_))
    }
}
