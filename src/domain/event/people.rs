//! Users, merchants, venues.

use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::{MerchantId, Party, UserId, VenueId};
use crate::domain::objects::Role;
use crate::domain::packs::Region;
use crate::domain::signature::{SignatureBytes, SignerKey};
use crate::domain::time::{Date, Timestamp};

/// A user may sign in from now on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserRegistered {
    /// Whom they act for.
    pub party: Option<Party>,
    /// Commitment to name and phone.
    pub profile: Option<Digest>,
    /// What they may do.
    pub role: Role,
    /// The user.
    pub user: UserId,
}

/// A user may not act any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserDisabled {
    /// The user.
    pub user: UserId,
}

/// A disabled user may act again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserEnabled {
    /// The user.
    pub user: UserId,
}

/// Decisions of the user carry a signature by this key from now on; it takes the place of an older one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningKeyRegistered {
    /// The public key.
    pub key: SignerKey,
    /// Its signature over purpose, log, user and key: who registered it holds it.
    pub proof: SignatureBytes,
    /// Whose it is.
    pub user: UserId,
}

/// Decisions of the user carry no signature any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningKeyRetired {
    /// The public key that was in force.
    pub key: SignerKey,
    /// Whose it was.
    pub user: UserId,
}

/// A merchant asks to be admitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MerchantApplied {
    /// The merchant.
    pub merchant: MerchantId,
    /// Commitment to name, credit code and contacts.
    pub profile: Digest,
    /// Where it trades.
    pub region: Region,
    /// Who applied, and acts for the merchant from now on.
    pub user: UserId,
}

/// An operator found the application in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MerchantReviewed {
    /// The merchant.
    pub merchant: MerchantId,
    /// Commitment to the operator's note.
    pub note: Option<Digest>,
}

/// A notary admitted the merchant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MerchantAdmitted {
    /// The merchant.
    pub merchant: MerchantId,
}

/// The application was turned down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MerchantRejected {
    /// The merchant.
    pub merchant: MerchantId,
    /// Commitment to the reason.
    pub reason: Digest,
}

/// The merchant may sell nothing new.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MerchantSuspended {
    /// The merchant.
    pub merchant: MerchantId,
    /// Commitment to the reason.
    pub reason: Digest,
}

/// The merchant may sell again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MerchantReinstated {
    /// The merchant.
    pub merchant: MerchantId,
    /// Commitment to the notary's note.
    pub note: Option<Digest>,
}

/// The merchant leaves in order: it sells nothing new, and its contracts end after the time of notice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MerchantExiting {
    /// From when a run can end its contracts.
    pub exits_at: Timestamp,
    /// The merchant.
    pub merchant: MerchantId,
    /// Commitment to the reason.
    pub reason: Option<Digest>,
}

/// A party named the bank account its money goes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayoutAccountSet {
    /// Commitment to the account.
    pub account: Digest,
    /// Whose it is.
    pub party: Party,
}

/// A merchant published a place where it serves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VenueAdded {
    /// Last day of the lease.
    pub lease_ends_on: Date,
    /// Whose it is.
    pub merchant: MerchantId,
    /// Commitment to name and address.
    pub profile: Digest,
    /// The venue.
    pub venue: VenueId,
}

/// The merchant stated that a venue was open on a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VenueOpened {
    /// The day.
    pub date: Date,
    /// Whose venue it is.
    pub merchant: MerchantId,
    /// The venue.
    pub venue: VenueId,
}
