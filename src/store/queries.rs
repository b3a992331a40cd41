//! Questions to the tables that are not by key.

mod accounts;
mod cases;
mod compliance;
mod contracts;
mod deliveries;
mod log;
mod notices;
mod page;
mod payouts;
mod people;
mod periods;
mod runs;
mod sets;

pub use accounts::accounts;
pub use cases::{
    DisputeFilter, EvidenceFilter, FreezeFilter, ProposalFilter, disputes, due_disputes, evidence, freezes, proposals,
};
pub use compliance::{ContractInFigures, newest_in_figures};
pub use contracts::{
    ContractFilter, DepositFilter, PlanFilter, PlanScope, SuspenseFilter, consumer_contracts, contracts, deposits,
    funded_contracts, plans, suspense,
};
pub use deliveries::{DeliveryFilter, deliveries};
pub use log::{adopted_rules, editions_named, log_keys, standing_alarms};
pub use notices::{
    Coming, deliveries_to_answer, deposits_cooling, deposits_credited, deposits_ending, deposits_to_pay,
    deposits_warned, disputes_due, freezes_ended, freezes_standing, refunds_to_answer, refunds_to_pay,
};
pub use page::{Listed, Page};
pub use payouts::{PayoutFilter, RefundFilter, SettlementFilter, payouts, refunds, settlements};
pub use people::{MerchantFilter, UserFilter, VenueFilter, merchants, user_of_key, users, venues};
pub use periods::{accruing_contracts, ended_periods};
pub use runs::{
    RunContractFilter, RunFilter, created_payouts_to, default_runs, next_of_run, open_contracts, run_contracts, running,
};
pub use sets::{
    created_payouts, due_deliveries, due_deposits, due_refunds, matured, payable_refunds, pending_deliveries,
    unclaimed_deposits,
};
