//! Identifiers: a prefix that names the kind, and a UUIDv7 (RFC 9562) in 26 lower-case Crockford base-32 characters.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::text;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Why a text is not an id of the kind asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an id of the form {0}_ and 26 characters")]
pub struct IdError(pub &'static str);

fn encode(value: u128, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut text = [0_u8; 26];
    let mut rest = value;
    for slot in text.iter_mut().rev() {
        let digit = usize::try_from(rest & 31).unwrap_or(0);
        *slot = ALPHABET.get(digit).copied().unwrap_or(b'0');
        rest >>= 5;
    }
    out.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
}

/// The value of each byte that is a digit, and [`NO_DIGIT`] for all others.
const DIGITS: [u8; 256] = digits();
const NO_DIGIT: u8 = 0xff;

#[expect(clippy::indexing_slicing, clippy::as_conversions, reason = "the compiler works it out, and checks the bounds")]
const fn digits() -> [u8; 256] {
    let mut digits = [NO_DIGIT; 256];
    let mut value = 0_u8;
    while value < 32 {
        digits[ALPHABET[value as usize] as usize] = value;
        value = value.saturating_add(1);
    }
    digits
}

fn decode(text: &str) -> Option<u128> {
    // 26 characters hold 130 bits, so the first one is at most 7.
    if text.len() != 26 || text.as_bytes().first()? > &b'7' {
        return None;
    }
    let mut seen = 0_u8;
    let mut number = |digits: &[u8]| {
        digits.iter().fold(0_u64, |number, byte| {
            let digit = DIGITS.get(usize::from(*byte)).copied().unwrap_or(NO_DIGIT);
            seen |= digit;
            (number << 5) | u64::from(digit & 31)
        })
    };
    // Twelve digits fill 60 bits: three short numbers are put together faster than one long one.
    let (first, rest) = text.as_bytes().split_at_checked(2)?;
    let (middle, last) = rest.split_at_checked(12)?;
    let value = (u128::from(number(first)) << 120) | (u128::from(number(middle)) << 60) | u128::from(number(last));
    (seen < 32).then_some(value)
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident = $prefix:literal;)+) => { $(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// What stands before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// An id of this kind from the 128 bits of a UUIDv7.
            #[must_use]
            pub const fn from_bits(bits: u128) -> Self {
                Self(bits)
            }

            /// Reads the text form.
            ///
            /// # Errors
            /// [`IdError`] for another prefix, length or alphabet.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                text.strip_prefix(concat!($prefix, "_")).and_then(decode).map(Self).ok_or(IdError($prefix))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(concat!($prefix, "_"))?;
                encode(self.0, out)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, out)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                text::read(input, Self::parse)
            }
        }

        impl From<$name> for ObjectId {
            fn from(id: $name) -> Self {
                Self::$name(id)
            }
        }
    )+

        /// The id of any object that a log entry can be about.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ObjectId { $(#[doc = concat!("`", $prefix, "_…`")] $name($name),)+ }

        impl ObjectId {
            /// Reads an id of any kind.
            ///
            /// # Errors
            /// [`IdError`] when no kind has this prefix or the rest is malformed.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                match text.split_once('_').map(|(prefix, _)| prefix) {
                    $(Some($prefix) => $name::parse(text).map(Self::$name),)+
                    _ => Err(IdError("xxx")),
                }
            }
        }

        impl fmt::Display for ObjectId {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $(Self::$name(id) => fmt::Display::fmt(id, out),)+ }
            }
        }
    };
}

ids! {
    /// A person or machine that may sign in.
    UserId = "usr";
    /// A merchant (商家).
    MerchantId = "mch";
    /// A consumer (消费者).
    ConsumerId = "csm";
    /// A place where a merchant serves.
    VenueId = "ven";
    /// A plan (服务商品).
    PlanId = "pln";
    /// A prepaid contract (预付合同).
    ContractId = "ctr";
    /// A deposit (提存).
    DepositId = "dep";
    /// A delivery (核销).
    DeliveryId = "dlv";
    /// A settlement (结算).
    SettlementId = "stl";
    /// A payout (划款).
    PayoutId = "pay";
    /// A payout return (退票).
    ReturnId = "ret";
    /// A refund (退款).
    RefundId = "rfd";
    /// A freeze (冻结).
    FreezeId = "frz";
    /// A dispute (纠纷).
    DisputeId = "dsp";
    /// A proposal to split the money of a dispute.
    ProposalId = "prp";
    /// A piece of evidence in a dispute.
    EvidenceId = "evd";
    /// A receipt that matches nothing.
    SuspenseId = "sus";
    /// A default run, an orderly exit, or a drill of either.
    RunId = "run";
    /// A key of an office's log; its id follows from the key.
    LogKeyId = "lgk";
    /// A file of rules that a log has adopted; its id follows from its name.
    RulesId = "rul";
    /// An alarm about the publishing of a log.
    AlarmId = "alm";
    /// One request to the service.
    RequestId = "req";
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

impl Serialize for ObjectId {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ObjectId {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        text::read(input, Self::parse)
    }
}

/// A merchant or a consumer: whoever money can be owed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Party {
    /// A merchant.
    Merchant(MerchantId),
    /// A consumer.
    Consumer(ConsumerId),
}

impl Party {
    /// Reads `mch_…` or `csm_…`.
    ///
    /// # Errors
    /// [`IdError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        MerchantId::parse(text).map(Self::Merchant).or_else(|_| ConsumerId::parse(text).map(Self::Consumer))
    }

    /// The merchant, if it is one.
    #[must_use]
    pub const fn merchant(self) -> Option<MerchantId> {
        match self {
            Self::Merchant(id) => Some(id),
            Self::Consumer(_) => None,
        }
    }

    /// The consumer, if it is one.
    #[must_use]
    pub const fn consumer(self) -> Option<ConsumerId> {
        match self {
            Self::Consumer(id) => Some(id),
            Self::Merchant(_) => None,
        }
    }
}

impl From<Party> for ObjectId {
    fn from(party: Party) -> Self {
        match party {
            Party::Merchant(id) => Self::MerchantId(id),
            Party::Consumer(id) => Self::ConsumerId(id),
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        ObjectId::from(*self).fmt(out)
    }
}

impl Serialize for Party {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Party {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        text::read(input, Self::parse)
    }
}
