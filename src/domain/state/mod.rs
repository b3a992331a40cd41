//! The state of one office's books: a function of its log and of nothing else.

mod apply;
mod checks;
mod classes;
mod posting;
mod told;

pub use classes::{ClassTotal, ClassTotals, Step};
pub use posting::Posted;
pub use told::OpenContracts;

use std::collections::BTreeSet;

use super::account::Account;
use super::digest::Digest;
use super::id::{
    AlarmId, ConsumerId, ContractId, DeliveryId, DepositId, DisputeId, EvidenceId, FreezeId, LogKeyId, MerchantId,
    PayoutId, PlanId, ProposalId, RefundId, ReturnId, RulesId, RunId, SettlementId, SuspenseId, UserId, VenueId,
};
use super::money::{Amount, Delta};
use super::objects::{
    AdoptedRules, Alarm, AlarmKind, AlarmState, ChannelTransaction, CheckinCode, Consumer, Contract, DefaultRun,
    Delivery, DeliveryState, Deposit, Dispute, Evidence, Freeze, LogKey, Merchant, OpenMark, Payout, PayoutReturn,
    Plan, PlanVersion, Proposal, Refund, RunContract, Settlement, Suspense, User, Venue,
};
use super::signature::SignerKey;
use super::table::{Knowledge, Table};
use super::time::{Date, Timestamp};

/// What a settlement would take: confirmed deliveries that matured in a span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Matured {
    /// How many deliveries.
    pub count: u64,
    /// Their sum.
    pub amount: Amount,
}

/// What storage answered to "what would a settlement of this merchant take".
#[derive(Clone, Copy, Debug)]
struct LoadedMatured {
    merchant: MerchantId,
    asked: Option<Timestamp>,
    cutoff: Timestamp,
    matured: Matured,
}

/// Declares the state's tables once, so that keeping, discarding and forgetting never miss one.
macro_rules! tables {
    ($($(#[$meta:meta])* $table:ident: $key:ty => $value:ty,)+) => {
        /// Everything the books know. Commands read it; only [`State::apply`] changes it.
        #[derive(Clone, Debug)]
        pub struct State {
            knowledge: Knowledge,
            classes: ClassTotals,
            classes_tried: ClassTotals,
            class_steps: Vec<Step>,
            class_steps_tried: Vec<Step>,
            matured: Vec<LoadedMatured>,
            told: told::Told,
            $($(#[$meta])* pub $table: Table<$key, $value>,)+
        }

        impl State {
            /// An empty state that answers for unseen objects as `knowledge` says.
            #[must_use]
            pub fn new(knowledge: Knowledge) -> Self {
                Self {
                    knowledge,
                    classes: ClassTotals::default(),
                    classes_tried: ClassTotals::default(),
                    class_steps: Vec::new(),
                    class_steps_tried: Vec::new(),
                    matured: Vec::new(),
                    told: told::Told::default(),
                    $($table: Table::new(knowledge),)+
                }
            }

            /// Keeps what the last command changed.
            pub fn keep(&mut self) {
                self.classes = self.classes_tried.clone();
                self.class_steps.append(&mut self.class_steps_tried);
                $(self.$table.keep();)+
            }

            /// Forgets what the last command changed.
            pub fn discard(&mut self) {
                self.classes_tried = self.classes.clone();
                self.class_steps_tried.clear();
                $(self.$table.discard();)+
            }

            /// Counts everything that was changed so far as stored: for a replay, which stores nothing.
            pub fn settle(&mut self) {
                self.class_steps.clear();
                $(self.$table.settle();)+
            }

            /// Starts the next batch; tables of more than `count_max` objects forget those unused for longest.
            pub fn next_batch(&mut self, count_max: usize) {
                self.matured.clear();
                self.told.clear();
                self.class_steps.clear();
                $(
                    self.$table.next_batch();
                    self.$table.forget_beyond(count_max);
                )+
                // A delivery is rarely looked at again: what is kept of many takes memory from the contracts, and time when
                // it is given up at last.
                self.deliveries.forget_beyond(count_max / DELIVERIES_PART);
            }
        }
    };
}

/// How few deliveries are kept beside contracts.
const DELIVERIES_PART: usize = 16;

tables! {
    /// Users by id.
    users: UserId => User,
    /// Who signs in under a name; kept with the credentials, outside the log.
    logins: Digest => UserId,
    /// Whose key is in force, by key; what the users say, the other way round.
    signing_keys: SignerKey => Option<UserId>,
    /// Merchants by id.
    merchants: MerchantId => Merchant,
    /// Consumers by id.
    consumers: ConsumerId => Consumer,
    /// Venues by id.
    venues: VenueId => Venue,
    /// Opening marks by venue and day.
    open_marks: (VenueId, Date) => OpenMark,
    /// Plans by id.
    plans: PlanId => Plan,
    /// Plan versions by plan and number.
    plan_versions: (PlanId, u32) => PlanVersion,
    /// Contracts by id.
    contracts: ContractId => Contract,
    /// Deposits by id.
    deposits: DepositId => Deposit,
    /// Check-in codes by digest.
    checkin_codes: Digest => CheckinCode,
    /// Channel messages taken in, by digest.
    channel_transactions: Digest => ChannelTransaction,
    /// Receipts that match nothing.
    suspense: SuspenseId => Suspense,
    /// Deliveries by id.
    deliveries: DeliveryId => Delivery,
    /// Freezes by id.
    freezes: FreezeId => Freeze,
    /// Disputes by id.
    disputes: DisputeId => Dispute,
    /// Proposals to split the money of disputes, by id.
    proposals: ProposalId => Proposal,
    /// Evidence in disputes by id.
    evidence: EvidenceId => Evidence,
    /// Settlements by id.
    settlements: SettlementId => Settlement,
    /// Payouts by id.
    payouts: PayoutId => Payout,
    /// Payout returns by id.
    payout_returns: ReturnId => PayoutReturn,
    /// Refunds by id.
    refunds: RefundId => Refund,
    /// Default runs, exits and drills by id.
    default_runs: RunId => DefaultRun,
    /// What a run could not give back, by run and contract.
    run_contracts: (RunId, ContractId) => RunContract,
    /// Keys of the log by id.
    log_keys: LogKeyId => LogKey,
    /// Files of rules as the log has adopted them, by id.
    rules: RulesId => AdoptedRules,
    /// Alarms about the publishing of the log by id.
    alarms: AlarmId => Alarm,
    /// What each consumer has with each merchant that may hold money; a view of the contracts, kept while limits on
    /// totals ask for it.
    portfolios: (ConsumerId, MerchantId) => Vec<ContractId>,
    /// Balances of bank, channel and office accounts; those of parties and contracts stand in their objects.
    accounts: Account => Delta,
}

impl State {
    /// What a settlement of `merchant` would take that matured after `since` and up to `cutoff`, or up to `at` where no
    /// cutoff is given; and the cutoff that this used.
    ///
    /// A state that holds only what was loaded is told by [`State::load_matured`].
    ///
    /// # Panics
    /// When it was not told.
    #[must_use]
    pub fn matured(
        &self,
        merchant: MerchantId,
        since: Timestamp,
        cutoff: Option<Timestamp>,
        at: Timestamp,
    ) -> (Timestamp, Matured) {
        if self.knowledge == Knowledge::Loaded {
            let found = self.matured.iter().rev().find(|told| told.merchant == merchant && told.asked == cutoff);
            assert!(found.is_some(), "the matured deliveries of {merchant} were not loaded");
            return found.map_or((at, Matured::default()), |told| (told.cutoff, told.matured));
        }
        let cutoff = cutoff.unwrap_or(at);
        let taken = self.deliveries.iter().map(|(_, delivery)| delivery).filter(|delivery| {
            delivery.merchant == merchant
                && delivery.state == DeliveryState::Confirmed
                && delivery.matures_at.is_some_and(|at| at > since && at <= cutoff)
        });
        let matured = taken.fold(Matured::default(), |sum, delivery| Matured {
            count: sum.count.saturating_add(1),
            amount: sum.amount.saturating_add(delivery.amount),
        });
        (cutoff, matured)
    }

    /// Tells what a settlement of `merchant` would take, for the cutoff `asked` for and the one used.
    pub fn load_matured(
        &mut self,
        merchant: MerchantId,
        asked: Option<Timestamp>,
        cutoff: Timestamp,
        matured: Matured,
    ) {
        self.matured.push(LoadedMatured { merchant, asked, cutoff, matured });
    }

    /// The contract's pending deliveries, newest first.
    #[must_use]
    pub fn pending_of(&self, contract: ContractId) -> Vec<Delivery> {
        let tried = self.deliveries.tried().map(|(id, delivery)| (*id, delivery));
        let all = self.deliveries.iter().chain(tried).filter(|(_, delivery)| delivery.contract == contract);
        // Each once, and as the command now being tried has left it.
        let ids: BTreeSet<DeliveryId> = all.map(|(id, _)| id).collect();
        let found = ids.into_iter().filter_map(|id| self.deliveries.seen(id));
        let mut pending: Vec<Delivery> =
            found.filter(|delivery| delivery.state == DeliveryState::Pending).cloned().collect();
        pending.sort_by_key(|delivery| std::cmp::Reverse((delivery.recorded_at, delivery.id)));
        pending
    }

    /// Whether every object of the log is here, and none is to be asked for elsewhere.
    fn knows_everything(&self) -> bool {
        self.knowledge == Knowledge::Complete
    }

    /// What `merchant` holds of `consumer`, unspent, with deposits that are on their way, but without one contract.
    #[must_use]
    pub fn entrusted(&self, consumer: ConsumerId, merchant: MerchantId, without: ContractId) -> Amount {
        let contracts = self.portfolios.seen((consumer, merchant)).map(Vec::as_slice).unwrap_or_default();
        let others = contracts.iter().filter(|id| **id != without).filter_map(|id| self.contracts.get(*id));
        others.fold(Amount::ZERO, |sum, contract| sum.saturating_add(contract.entrusted()))
    }

    /// The keys of the log that are in force now, in no order.
    pub fn log_keys_in_force(&self) -> impl Iterator<Item = &LogKey> {
        self.log_keys.iter().map(|(_, key)| key).filter(|key| key.retired_at_position.is_none())
    }

    /// The alarm about something that stands now.
    #[must_use]
    pub fn standing_alarm(&self, about: AlarmKind) -> Option<&Alarm> {
        let mut alarms = self.alarms.iter().map(|(_, alarm)| alarm);
        alarms.find(|alarm| alarm.about == about && alarm.state == AlarmState::Raised)
    }

    /// Cumulative totals by account class, with what the command now being tried changed.
    #[must_use]
    #[expect(clippy::misnamed_getters, reason = "the command being tried is part of what is asked for")]
    pub const fn classes(&self) -> &ClassTotals {
        &self.classes_tried
    }

    /// Puts in the totals that storage holds.
    pub fn load_classes(&mut self, totals: ClassTotals) {
        self.classes = totals.clone();
        self.classes_tried = totals;
    }

    /// The accounts that became zero or nonzero in this batch, with the position of the entry that did it.
    #[must_use]
    pub fn class_steps(&self) -> &[Step] {
        &self.class_steps
    }
}
