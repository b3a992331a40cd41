//! How each domain value stands in a column: text, a 64-bit integer, or a truth value.

use super::Error;
use crate::domain::digest::Digest;
use crate::domain::id::{
    AlarmId, ConsumerId, ContractId, DeliveryId, DepositId, DisputeId, EvidenceId, FreezeId, LogKeyId, MerchantId,
    ObjectId, Party, PayoutId, PlanId, ProposalId, RefundId, ReturnId, RulesId, RunId, SettlementId, SuspenseId,
    UserId, VenueId,
};
use crate::domain::money::{Amount, Delta};
use crate::domain::name::Name;
use crate::domain::objects::{
    AgeClass, AlarmKind, AlarmState, Award, Basis, CardClass, Cause, Claims, ConfirmedHow, ContractState,
    DeliveryState, DepositState, DisputeState, EvidenceState, FreezeState, Live, MerchantState, Notice, Origin,
    PayoutState, PlanState, PriorServiceState, Proof, ProposalState, RefundState, Role, RunCause, RunMode, RunOutcome,
    RunState, SettlementState, Sold, Split, SuspenseReason, SuspenseState, Used, UserState,
};
use crate::domain::open_days::OpenDays;
use crate::domain::packs::{Region, Sector, Version};
use crate::domain::refund::Reason;
use crate::domain::signature::SignerKey;
use crate::domain::terms::Reading;
use crate::domain::time::{Date, Timestamp};

/// A value that one column can hold.
pub trait Column: Sized {
    /// What diesel sees.
    type Sql;

    /// The column's value.
    fn to_column(&self) -> Self::Sql;

    /// The domain's value.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when the column holds something the domain does not know.
    fn from_column(value: Self::Sql) -> Result<Self, Error>;
}

impl<T: Column> Column for Option<T> {
    type Sql = Option<T::Sql>;

    fn to_column(&self) -> Self::Sql {
        self.as_ref().map(T::to_column)
    }

    fn from_column(value: Self::Sql) -> Result<Self, Error> {
        value.map(T::from_column).transpose()
    }
}

impl Column for bool {
    type Sql = bool;

    fn to_column(&self) -> bool {
        *self
    }

    fn from_column(value: bool) -> Result<Self, Error> {
        Ok(value)
    }
}

impl Column for String {
    type Sql = Self;

    fn to_column(&self) -> Self {
        self.clone()
    }

    fn from_column(value: Self) -> Result<Self, Error> {
        Ok(value)
    }
}

/// Ids with a space between two.
macro_rules! as_list {
    ($($name:ident),+) => { $(
        impl Column for Vec<$name> {
            type Sql = String;

            fn to_column(&self) -> String {
                self.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
            }

            fn from_column(value: String) -> Result<Self, Error> {
                let ids = value.split_whitespace().map($name::parse).collect::<Result<Self, _>>();
                ids.map_err(|_| Error::corrupt(stringify!($name), &value))
            }
        }
    )+ };
}

as_list!(DeliveryId, FreezeId);

/// Values that stand in a column as the log has them.
macro_rules! as_json {
    ($($name:ty),+) => { $(
        impl Column for $name {
            type Sql = String;

            fn to_column(&self) -> String {
                serde_json::to_string(self).unwrap_or_default()
            }

            fn from_column(value: String) -> Result<Self, Error> {
                serde_json::from_str(&value).map_err(|_| Error::corrupt(stringify!($name), &value))
            }
        }
    )+ };
}

as_json!(Award, Claims, Live, Notice, Reading, Sold, Split, Used, Vec<Proof>);

macro_rules! as_text {
    ($($name:ident),+ by $parse:ident) => { $(
        impl Column for $name {
            type Sql = String;

            fn to_column(&self) -> String {
                self.to_string()
            }

            fn from_column(value: String) -> Result<Self, Error> {
                $parse!($name, &value).ok_or_else(|| Error::corrupt(stringify!($name), &value))
            }
        }
    )+ };
}

macro_rules! by_result {
    ($name:ident, $value:expr) => {
        $name::parse($value).ok()
    };
}

macro_rules! by_option {
    ($name:ident, $value:expr) => {
        $name::parse($value)
    };
}

as_text!(
    AlarmId, LogKeyId, ConsumerId, ContractId, DeliveryId, DepositId, DisputeId, EvidenceId, FreezeId, MerchantId, ObjectId, Party, PayoutId,
    PlanId, ProposalId, RefundId, ReturnId, RulesId, RunId, SettlementId, SuspenseId, UserId, VenueId, Digest, SignerKey, Date, Region
    by by_result
);
as_text!(
    AgeClass, OpenDays, AlarmKind, AlarmState, Name, Basis, Cause, ConfirmedHow, ContractState, DeliveryState,
    DepositState, DisputeState, FreezeState, MerchantState, Origin, PayoutState, PlanState, PriorServiceState,
    RefundState, Role, RunCause, RunMode, RunOutcome, RunState, SettlementState, SuspenseReason, SuspenseState,
    UserState, Reason, CardClass, Sector, Version, EvidenceState, ProposalState
    by by_option
);

macro_rules! as_integer {
    ($($name:ident: $to:expr, $from:expr;)+) => { $(
        impl Column for $name {
            type Sql = i64;

            fn to_column(&self) -> i64 {
                ($to)(*self)
            }

            fn from_column(value: i64) -> Result<Self, Error> {
                ($from)(value).ok_or_else(|| Error::corrupt(stringify!($name), &value.to_string()))
            }
        }
    )+ };
}

as_integer! {
    Amount: Amount::fen, Amount::from_fen;
    Delta: Delta::fen, |value| Some(Delta::from_fen(value));
    Timestamp: Timestamp::micros, |value| Some(Timestamp::from_micros(value));
    u64: |value: u64| i64::try_from(value).unwrap_or(i64::MAX), |value: i64| u64::try_from(value).ok();
    u32: i64::from, |value: i64| u32::try_from(value).ok();
}
