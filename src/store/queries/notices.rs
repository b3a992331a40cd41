//! What is due to be told to somebody: open objects in the order in which their time comes.

use diesel::prelude::*;

use crate::domain::id::{ConsumerId, MerchantId};
use crate::domain::objects::{Delivery, Deposit, Dispute, Freeze, Refund};
use crate::store::column::Column as _;
use crate::store::rows::{DeliveryRow, DepositRow, DisputeRow, FreezeRow, RefundRow, into_objects};
use crate::store::schema::{deliveries, deposits, disputes, freezes, refunds};
use crate::store::{Connection, Result};

/// Which objects, by the column that says when their time comes.
#[derive(Clone, Debug)]
pub struct Coming<T> {
    /// Only those of this consumer.
    pub consumer: Option<ConsumerId>,
    /// Only those of this merchant.
    pub merchant: Option<MerchantId>,
    /// From here on.
    pub from: Option<T>,
    /// Up to here, which is not included.
    pub until: Option<T>,
    /// After this place of the list.
    pub after: Option<(T, String)>,
    /// How many at most.
    pub limit: i64,
}

/// Declares a question: objects of a table in some states, in the order of a column.
macro_rules! coming {
    ($($(#[$meta:meta])* $name:ident: $row:ident as $object:ident in $table:ident by $column:ident $type:ty, where $filter:expr;)+) => { $(
        $(#[$meta])*
        ///
        /// # Errors
        /// When the database cannot be reached or holds something unknown.
        pub fn $name(connection: &mut Connection, office: &str, asked: &Coming<$type>) -> Result<Vec<$object>> {
            let mut query = $table::table
                .filter($table::office.eq(office).and($filter))
                .order(($table::$column, $table::id))
                .limit(asked.limit)
                .into_boxed();
            if let Some(consumer) = asked.consumer {
                query = query.filter($table::consumer_id.eq(consumer.to_column()));
            }
            if let Some(merchant) = asked.merchant {
                query = query.filter($table::merchant_id.eq(merchant.to_column()));
            }
            if let Some(from) = &asked.from {
                query = query.filter($table::$column.ge(from.clone()));
            }
            if let Some(until) = &asked.until {
                query = query.filter($table::$column.lt(until.clone()));
            }
            if let Some((at, id)) = &asked.after {
                let later = $table::$column.gt(at.clone());
                query = query.filter(later.or($table::$column.eq(at.clone()).and($table::id.gt(id.clone()))));
            }
            into_objects(query.load::<$row>(connection)?)
        }
    )+ };
}

coming! {
    /// Deposits that can still be paid.
    deposits_to_pay: DepositRow as Deposit in deposits by expires_at_us i64, where deposits::state.eq("awaiting_payment");
    /// Deposits by the moment of their credit.
    deposits_credited: DepositRow as Deposit in deposits by credited_at_us i64, where deposits::state.eq("credited");
    /// Deposits by the end of their cooling-off.
    deposits_cooling: DepositRow as Deposit in deposits by cooling_off_until_us i64, where deposits::state.eq("credited");
    /// Deposits by the last day of the service they buy.
    deposits_ending: DepositRow as Deposit in deposits by ends_on String, where deposits::state.eq("credited");
    /// Deposits about whose money those concerned were warned.
    deposits_warned: DepositRow as Deposit in deposits by credited_at_us i64, where deposits::unclaimed_stage.gt(0);
    /// Deliveries that wait for an answer.
    deliveries_to_answer: DeliveryRow as Delivery in deliveries by confirm_by_us i64, where deliveries::state.eq("pending");
    /// Refunds that wait for the merchant's answer.
    refunds_to_answer: RefundRow as Refund in refunds by answer_by_us i64, where refunds::state.eq("requested");
    /// Refunds that were ordered and are not paid.
    refunds_to_pay: RefundRow as Refund in refunds by ordered_at_us i64, where refunds::state.eq_any(["ordered", "needs_account"]);
    /// Court orders that stand, by when they came.
    freezes_standing: FreezeRow as Freeze in freezes by opened_at_us i64, where freezes::ordered_fen.is_not_null().and(freezes::ended_at_us.is_null());
    /// Court orders that have ended.
    freezes_ended: FreezeRow as Freeze in freezes by ended_at_us i64, where freezes::ended_at_us.is_not_null();
    /// Disputes with a time that runs.
    disputes_due: DisputeRow as Dispute in disputes by due_by_us i64, where disputes::due_by_us.is_not_null();
}
