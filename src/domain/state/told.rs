//! Sets of rows that a run needs: a state that knows everything finds them, one that was loaded is told.

use super::State;
use crate::domain::id::{ContractId, MerchantId, RunId};
use crate::domain::money::Amount;
use crate::domain::objects::{Contract, ContractState, Payout, PayoutState};
use crate::domain::table::Knowledge;

/// The contracts of a merchant that a run would come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenContracts {
    /// How many.
    pub count: u64,
    /// Their undelivered money.
    pub held: Amount,
}

/// What storage answered.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    open: Vec<(MerchantId, OpenContracts)>,
    next: Vec<(RunId, Vec<ContractId>)>,
}

impl Told {
    pub(super) fn clear(&mut self) {
        self.open.clear();
        self.next.clear();
    }
}

impl ContractState {
    /// The states in which a run ends a contract. What is completed holds nothing, and what is closing has its refund.
    pub const ENDED_BY_RUNS: [Self; 3] = [Self::Draft, Self::Signed, Self::Active];
}

impl State {
    /// How many contracts a run would come to, and the money they hold.
    ///
    /// # Panics
    /// When a state that holds only what was loaded was not told.
    #[must_use]
    pub fn open_contracts(&self, merchant: MerchantId) -> OpenContracts {
        if self.knowledge == Knowledge::Loaded {
            let found = self.told.open.iter().rev().find(|(of, _)| *of == merchant);
            assert!(found.is_some(), "the open contracts of {merchant} were not loaded");
            return found.map_or_else(OpenContracts::default, |(_, open)| *open);
        }
        let theirs = |contract: &&Contract| {
            contract.merchant == merchant && ContractState::ENDED_BY_RUNS.contains(&contract.state)
        };
        let contracts = self.contracts.iter().map(|(_, contract)| contract).filter(theirs);
        contracts.fold(OpenContracts::default(), |sum, contract| OpenContracts {
            count: sum.count.saturating_add(1),
            held: sum.held.saturating_add(contract.held.amount().unwrap_or_default()),
        })
    }

    /// Tells how many contracts a run would come to.
    pub fn load_open_contracts(&mut self, merchant: MerchantId, open: OpenContracts) {
        self.told.open.push((merchant, open));
    }

    /// The contracts that a run comes to next, in the order of their ids.
    #[must_use]
    pub fn next_of_run(&self, run: RunId) -> &[ContractId] {
        let found = self.told.next.iter().rev().find(|(of, _)| *of == run);
        found.map_or(&[], |(_, contracts)| contracts.as_slice())
    }

    /// Tells which contracts a run comes to next.
    pub fn load_next_of_run(&mut self, run: RunId, contracts: Vec<ContractId>) {
        self.told.next.push((run, contracts));
    }

    /// The payouts to a merchant that were not handed to the bank, in the order of their ids.
    #[must_use]
    pub fn created_payouts_to(&self, merchant: MerchantId) -> Vec<&Payout> {
        let theirs =
            |payout: &&Payout| payout.payee.merchant() == Some(merchant) && payout.state == PayoutState::Created;
        let mut found: Vec<&Payout> = self.payouts.iter().map(|(_, payout)| payout).filter(theirs).collect();
        found.sort_unstable_by_key(|payout| payout.id);
        found
    }
}
