//! Users, merchants, consumers and venues.

use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, FreezeId, MerchantId, Party, RunId, SettlementId, UserId, VenueId};
use crate::domain::money::Delta;
use crate::domain::open_days::OpenDays;
use crate::domain::packs::Region;
use crate::domain::signature::SignerKey;
use crate::domain::text_enum::text_enum;
use crate::domain::time::{Date, Timestamp};

text_enum! {
    /// What a user, or the service itself, may act as.
    Role {
        Consumer = "consumer",
        Merchant = "merchant",
        Operator = "operator",
        Notary = "notary",
        Mediator = "mediator",
        Arbitrator = "arbitrator",
        Regulator = "regulator",
        Channel = "channel",
        System = "system",
    }
}

text_enum! {
    /// Whether a user may sign in and act.
    UserState {
        Active = "active",
        Disabled = "disabled",
    }
}

text_enum! {
    /// How far a merchant has come.
    MerchantState {
        Applied = "applied",
        Reviewed = "reviewed",
        Active = "active",
        Suspended = "suspended",
        Exiting = "exiting",
        Exited = "exited",
        Defaulted = "defaulted",
        Rejected = "rejected",
    }
}

/// Who may sign in. Credentials and names are kept apart from the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// What they may do.
    pub role: Role,
    /// The merchant or consumer they act for.
    pub party: Option<Party>,
    /// Whether they may act.
    pub state: UserState,
    /// Commitment to the record with name and phone.
    pub profile: Option<Digest>,
    /// Goes up with every change.
    pub revision: u64,
    /// When the user was registered.
    pub registered_at: Timestamp,
    /// The public key in force: every decision of theirs carries its signature.
    pub signing_key: Option<SignerKey>,
}

/// A merchant and its accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merchant {
    /// Its id.
    pub id: MerchantId,
    /// How far it has come.
    pub state: MerchantState,
    /// Goes up with every change of standing.
    pub revision: u64,
    /// The user who applied.
    pub owner: UserId,
    /// Commitment to the record with name, credit code and contacts.
    pub profile: Digest,
    /// Where it trades.
    pub region: Region,
    /// The longest lease of its venues; none without one.
    pub lease_ends_on: Option<Date>,
    /// When it applied.
    pub applied_at: Timestamp,
    /// Commitment to the record of the account its money goes to.
    pub payout_account: Option<Digest>,
    /// Every confirmed delivery maturing up to here has been released.
    pub settled_until: Timestamp,
    /// The proposal now waiting for approval.
    pub open_settlement: Option<SettlementId>,
    /// Balance of `merchant/{id}/receivable`.
    pub receivable: Delta,
    /// Balance of `merchant/{id}/payable`.
    pub payable: Delta,
    /// Balance of `merchant/{id}/frozen`.
    pub frozen: Delta,
    /// Balance of `merchant/{id}/payout`.
    pub payout: Delta,
    /// What escrow holds of all its contracts, contested money included: the sum of their `held`, `pending` and `frozen`.
    pub in_escrow: Delta,
    /// What is payable beyond the deliveries that wait for release: payouts that the bank refused or gave back, and the
    /// merchant's shares of refunds, less what a court has ordered to be set aside. The next settlement adds it to what
    /// has matured, so that an order counts against what matured first.
    pub unreleased: Delta,
    /// From when a run can end the contracts of a merchant who leaves in order.
    pub exits_at: Option<Timestamp>,
    /// The run that ends its contracts: proposed, running or done. A drill is none.
    pub default_run: Option<RunId>,
    /// The court orders on its earnings that are open, in the order in which they came.
    pub court_orders: Vec<FreezeId>,
}

impl Merchant {
    /// Changes what is payable beyond the deliveries that wait for release.
    ///
    /// # Panics
    /// When the sum cannot be represented.
    pub fn unreleased_changes(&mut self, by: Delta) {
        let sum = self.unreleased.checked_add(by);
        assert!(sum.is_some(), "what {} has beyond its deliveries overflows", self.id);
        self.unreleased = sum.unwrap_or_default();
    }
}

/// A consumer and the one account the books keep for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consumer {
    /// Its id.
    pub id: ConsumerId,
    /// The user who registered.
    pub owner: UserId,
    /// Commitment to the record of the account their refunds go to.
    pub payout_account: Option<Digest>,
    /// Balance of `consumer/{id}/refund`.
    pub refund: Delta,
}

/// A place where a merchant serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Venue {
    /// Its id.
    pub id: VenueId,
    /// Whose it is.
    pub merchant: MerchantId,
    /// Commitment to the record with name and address.
    pub profile: Digest,
    /// Last day of the lease.
    pub lease_ends_on: Date,
    /// The days on which it was open, as its marks say.
    pub open_days: OpenDays,
    /// Goes up with every change.
    pub revision: u64,
}

/// The merchant's statement that a venue was open on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenMark {
    /// The venue.
    pub venue: VenueId,
    /// The day.
    pub date: Date,
    /// When it was marked.
    pub marked_at: Timestamp,
}
