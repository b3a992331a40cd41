//! Users, merchants and venues.

use super::{At, bump};
use crate::domain::event::{
    MerchantAdmitted, MerchantApplied, MerchantReinstated, MerchantRejected, MerchantReviewed, MerchantSuspended,
    PayoutAccountSet, SigningKeyRegistered, SigningKeyRetired, UserDisabled, UserEnabled, UserRegistered, VenueAdded,
    VenueOpened,
};
use crate::domain::id::{MerchantId, Party, UserId};
use crate::domain::money::Delta;
use crate::domain::objects::{Consumer, Merchant, MerchantState, OpenMark, User, UserState, Venue};
use crate::domain::open_days::OpenDays;
use crate::domain::signature::SignerKey;
use crate::domain::state::State;
use crate::domain::time::Timestamp;

impl State {
    pub(super) fn user_registered(&mut self, at: At, data: &UserRegistered) {
        let user = User {
            id: data.user,
            role: data.role,
            party: data.party,
            state: UserState::Active,
            profile: data.profile,
            revision: 1,
            registered_at: at.time,
            signing_key: None,
        };
        self.users.put(data.user, user);
        if let Some(Party::Consumer(id)) = data.party {
            let consumer = Consumer { id, owner: data.user, payout_account: None, refund: Delta::ZERO };
            self.consumers.put(id, consumer);
        }
    }

    pub(super) fn user_disabled(&mut self, data: &UserDisabled) {
        self.user_becomes(data.user, UserState::Disabled);
    }

    pub(super) fn user_enabled(&mut self, data: &UserEnabled) {
        self.user_becomes(data.user, UserState::Active);
    }

    fn user_becomes(&mut self, id: UserId, state: UserState) {
        self.users.change(id, |user| {
            user.state = state;
            bump(&mut user.revision);
        });
    }

    pub(super) fn signing_key_registered(&mut self, data: &SigningKeyRegistered) {
        self.user_signs_by(data.user, Some(data.key));
    }

    pub(super) fn signing_key_retired(&mut self, data: &SigningKeyRetired) {
        self.user_signs_by(data.user, None);
    }

    fn user_signs_by(&mut self, id: UserId, key: Option<SignerKey>) {
        let before = self.users.get(id).and_then(|user| user.signing_key);
        before.into_iter().for_each(|key| self.signing_keys.put(key, None));
        key.into_iter().for_each(|key| self.signing_keys.put(key, Some(id)));
        self.users.change(id, |user| {
            user.signing_key = key;
            bump(&mut user.revision);
        });
    }

    pub(super) fn merchant_applied(&mut self, at: At, data: &MerchantApplied) {
        let merchant = Merchant {
            id: data.merchant,
            state: MerchantState::Applied,
            revision: 1,
            owner: data.user,
            profile: data.profile,
            region: data.region,
            lease_ends_on: None,
            applied_at: at.time,
            payout_account: None,
            settled_until: Timestamp::from_micros(0),
            open_settlement: None,
            receivable: Delta::ZERO,
            payable: Delta::ZERO,
            frozen: Delta::ZERO,
            payout: Delta::ZERO,
            in_escrow: Delta::ZERO,
            unreleased: Delta::ZERO,
            exits_at: None,
            default_run: None,
            court_orders: Vec::new(),
        };
        self.merchants.put(data.merchant, merchant);
        self.users.change(data.user, |user| {
            user.party = Some(Party::Merchant(data.merchant));
            bump(&mut user.revision);
        });
    }

    pub(super) fn merchant_reviewed(&mut self, data: &MerchantReviewed) {
        self.merchant_becomes(data.merchant, MerchantState::Reviewed);
    }

    pub(super) fn merchant_admitted(&mut self, data: &MerchantAdmitted) {
        self.merchant_becomes(data.merchant, MerchantState::Active);
    }

    pub(super) fn merchant_rejected(&mut self, data: &MerchantRejected) {
        self.merchant_becomes(data.merchant, MerchantState::Rejected);
    }

    pub(super) fn merchant_suspended(&mut self, data: &MerchantSuspended) {
        self.merchant_becomes(data.merchant, MerchantState::Suspended);
    }

    pub(super) fn merchant_reinstated(&mut self, data: &MerchantReinstated) {
        self.merchant_becomes(data.merchant, MerchantState::Active);
    }

    fn merchant_becomes(&mut self, id: MerchantId, state: MerchantState) {
        self.merchants.change(id, |merchant| {
            merchant.state = state;
            bump(&mut merchant.revision);
        });
    }

    pub(super) fn payout_account_set(&mut self, data: &PayoutAccountSet) {
        match data.party {
            Party::Merchant(id) => self.merchants.change(id, |merchant| merchant.payout_account = Some(data.account)),
            Party::Consumer(id) => self.consumers.change(id, |consumer| consumer.payout_account = Some(data.account)),
        }
    }

    pub(super) fn venue_added(&mut self, data: &VenueAdded) {
        let venue = Venue {
            id: data.venue,
            merchant: data.merchant,
            profile: data.profile,
            lease_ends_on: data.lease_ends_on,
            open_days: OpenDays::default(),
            revision: 1,
        };
        self.venues.put(data.venue, venue);
        self.merchants.change(data.merchant, |merchant| {
            merchant.lease_ends_on = merchant.lease_ends_on.max(Some(data.lease_ends_on));
        });
    }

    pub(super) fn venue_opened(&mut self, at: At, data: &VenueOpened) {
        let mark = OpenMark { venue: data.venue, date: data.date, marked_at: at.time };
        self.open_marks.put((data.venue, data.date), mark);
        self.venues.change(data.venue, |venue| {
            venue.open_days.insert(data.date);
            bump(&mut venue.revision);
        });
    }
}
