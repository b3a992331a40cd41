//! The books' accounts and postings. Amounts are credit-positive, so every posting set sums to zero.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::id::{ConsumerId, ContractId, MerchantId};
use super::money::{Amount, Delta};
use super::name::Name;
use super::text;
use super::text_enum::text_enum;

text_enum! {
    /// A class of accounts: one line of the trial balance.
    AccountClass {
        Bank = "bank",
        Channel = "channel",
        MerchantReceivable = "merchant/receivable",
        ContractHeld = "contract/held",
        ContractPending = "contract/pending",
        ContractFrozen = "contract/frozen",
        MerchantPayable = "merchant/payable",
        MerchantFrozen = "merchant/frozen",
        MerchantPayout = "merchant/payout",
        ConsumerRefund = "consumer/refund",
        OfficeFees = "office/fees",
        OfficeInterest = "office/interest",
        OfficeSuspense = "office/suspense",
    }
}

text_enum! {
    /// The side on which a class of accounts grows.
    Side {
        Asset = "asset",
        Liability = "liability",
    }
}

/// One account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Money in the special account (提存专户).
    Bank(Name),
    /// Paid by the consumer, not yet on the bank statement.
    Channel(Name),
    /// Fees the merchant owes.
    MerchantReceivable(MerchantId),
    /// Undelivered money of a contract.
    ContractHeld(ContractId),
    /// Delivered, inside the confirm window.
    ContractPending(ContractId),
    /// The contract's open freezes.
    ContractFrozen(ContractId),
    /// Earned, not yet released.
    MerchantPayable(MerchantId),
    /// Earned, under court order or default.
    MerchantFrozen(MerchantId),
    /// Released, not yet confirmed by the bank.
    MerchantPayout(MerchantId),
    /// Ordered back, not yet confirmed by the bank.
    ConsumerRefund(ConsumerId),
    /// Fees.
    OfficeFees,
    /// Bank interest not yet paid on.
    OfficeInterest,
    /// Receipts that match nothing.
    OfficeSuspense,
}

impl AccountClass {
    /// The side on which this class grows.
    #[must_use]
    pub const fn side(self) -> Side {
        match self {
            Self::Bank | Self::Channel | Self::MerchantReceivable => Side::Asset,
            _ => Side::Liability,
        }
    }

    /// True where postings of this class are kept with a running balance of their own.
    ///
    /// The accounts of a contract and a consumer are few entries long and are read from those.
    #[must_use]
    pub const fn keeps_postings(self) -> bool {
        !matches!(self, Self::ContractHeld | Self::ContractPending | Self::ContractFrozen | Self::ConsumerRefund)
    }
}

impl Account {
    /// The class this account belongs to.
    #[must_use]
    pub const fn class(self) -> AccountClass {
        match self {
            Self::Bank(_) => AccountClass::Bank,
            Self::Channel(_) => AccountClass::Channel,
            Self::MerchantReceivable(_) => AccountClass::MerchantReceivable,
            Self::ContractHeld(_) => AccountClass::ContractHeld,
            Self::ContractPending(_) => AccountClass::ContractPending,
            Self::ContractFrozen(_) => AccountClass::ContractFrozen,
            Self::MerchantPayable(_) => AccountClass::MerchantPayable,
            Self::MerchantFrozen(_) => AccountClass::MerchantFrozen,
            Self::MerchantPayout(_) => AccountClass::MerchantPayout,
            Self::ConsumerRefund(_) => AccountClass::ConsumerRefund,
            Self::OfficeFees => AccountClass::OfficeFees,
            Self::OfficeInterest => AccountClass::OfficeInterest,
            Self::OfficeSuspense => AccountClass::OfficeSuspense,
        }
    }

    /// Invariant I2: true when a balance of `balance` is on this account's own side, or zero.
    #[must_use]
    pub const fn allows(self, balance: Delta) -> bool {
        match self.class().side() {
            Side::Asset => balance.fen() <= 0,
            Side::Liability => balance.fen() >= 0,
        }
    }

    /// Reads the name used in postings, for example `contract/ctr_…/held`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let found = match (parts.next()?, parts.next()?, parts.next()) {
            ("bank", name, None) => Self::Bank(Name::parse(name)?),
            ("channel", name, None) => Self::Channel(Name::parse(name)?),
            ("office", "fees", None) => Self::OfficeFees,
            ("office", "interest", None) => Self::OfficeInterest,
            ("office", "suspense", None) => Self::OfficeSuspense,
            ("consumer", id, Some("refund")) => Self::ConsumerRefund(ConsumerId::parse(id).ok()?),
            ("contract", id, Some(kind)) => {
                let id = ContractId::parse(id).ok()?;
                match kind {
                    "held" => Self::ContractHeld(id),
                    "pending" => Self::ContractPending(id),
                    "frozen" => Self::ContractFrozen(id),
                    _ => return None,
                }
            }
            ("merchant", id, Some(kind)) => {
                let id = MerchantId::parse(id).ok()?;
                match kind {
                    "receivable" => Self::MerchantReceivable(id),
                    "payable" => Self::MerchantPayable(id),
                    "frozen" => Self::MerchantFrozen(id),
                    "payout" => Self::MerchantPayout(id),
                    _ => return None,
                }
            }
            _ => return None,
        };
        parts.next().is_none().then_some(found)
    }
}

impl fmt::Display for Account {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bank(name) => write!(out, "bank/{name}"),
            Self::Channel(name) => write!(out, "channel/{name}"),
            Self::MerchantReceivable(id) => write!(out, "merchant/{id}/receivable"),
            Self::ContractHeld(id) => write!(out, "contract/{id}/held"),
            Self::ContractPending(id) => write!(out, "contract/{id}/pending"),
            Self::ContractFrozen(id) => write!(out, "contract/{id}/frozen"),
            Self::MerchantPayable(id) => write!(out, "merchant/{id}/payable"),
            Self::MerchantFrozen(id) => write!(out, "merchant/{id}/frozen"),
            Self::MerchantPayout(id) => write!(out, "merchant/{id}/payout"),
            Self::ConsumerRefund(id) => write!(out, "consumer/{id}/refund"),
            Self::OfficeFees => out.write_str("office/fees"),
            Self::OfficeInterest => out.write_str("office/interest"),
            Self::OfficeSuspense => out.write_str("office/suspense"),
        }
    }
}

impl Serialize for Account {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        text::read(input, |text| Self::parse(text).ok_or("unknown account"))
    }
}

/// One line of an entry's postings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Posting {
    /// The account whose balance changes.
    pub account: Account,
    /// By how much; credit-positive.
    pub amount: Delta,
}

/// The two postings that move `amount` from one account to another; none for zero.
///
/// For liabilities `from` goes down and `to` goes up. Money that comes in moves from an asset account in the same
/// way: the asset's credit-positive balance goes down, which is the asset growing.
#[must_use]
pub fn transfer(from: Account, to: Account, amount: Amount) -> Vec<Posting> {
    if amount.is_zero() {
        return Vec::new();
    }
    vec![Posting { account: from, amount: amount.debit() }, Posting { account: to, amount: amount.credit() }]
}
