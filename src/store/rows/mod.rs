//! Objects as rows. A row has the office in front and one column for each field; both ways are written once.

mod contracts;
mod deliveries;
mod payouts;
mod people;
mod plans;
mod refunds;

pub use contracts::{ChannelTransactionRow, CheckinCodeRow, ContractRow, DepositRow, SuspenseRow};
pub use deliveries::{DeliveryRow, DisputeRow, FreezeRow};
pub use payouts::{PayoutReturnRow, PayoutRow, SettlementRow};
pub use people::{ConsumerRow, MerchantRow, OpenMarkRow, UserRow, VenueRow};
pub use plans::{PlanRow, PlanVersionRow};
pub use refunds::RefundRow;

use super::Error;

/// A row that stands for one object.
pub trait Row: Sized {
    /// The object.
    type Object;

    /// The names of its columns but the office, in the table's order.
    const COLUMNS: &'static [&'static str];

    /// The object as a row of the office.
    fn of(office: &str, object: &Self::Object) -> Self;

    /// The row as an object.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when a column holds something the domain does not know.
    fn into_object(self) -> Result<Self::Object, Error>;

    /// Each column but the office with its value as text, in the table's order.
    fn columns(&self) -> Vec<(&'static str, String)>;
}

/// Every row as an object.
///
/// # Errors
/// [`Error::Corrupt`] for the first row that is none.
pub fn into_objects<R: Row>(rows: Vec<R>) -> Result<Vec<R::Object>, Error> {
    rows.into_iter().map(R::into_object).collect()
}

/// Declares a row struct and both conversions: `column: type = field`.
macro_rules! row {
    (
        $(#[$meta:meta])* $row:ident in $table:ident for $object:ident { $($column:ident: $type:ty = $field:ident,)+ }
        $(with $nest:ident: $nest_type:ident { $($nest_column:ident: $nest_column_type:ty = $nest_field:ident,)+ })?
    ) => {
        $(#[$meta])*
        #[derive(Queryable, Insertable, PartialEq, Eq)]
        #[diesel(table_name = $table, treat_none_as_default_value = false)]
        pub struct $row {
            /// The office.
            pub office: String,
            $(#[doc = concat!("`", stringify!($field), "` of the object.")] pub $column: $type,)+
            $($(#[doc = concat!("`", stringify!($nest_field), "` of the object's figures.")] pub $nest_column: $nest_column_type,)+)?
        }

        impl crate::store::rows::Row for $row {
            type Object = $object;

            const COLUMNS: &'static [&'static str] =
                &[$(stringify!($column),)+ $($(stringify!($nest_column),)+)?];

            fn of(office: &str, object: &$object) -> Self {
                use crate::store::column::Column as _;
                Self {
                    office: office.to_owned(),
                    $($column: object.$field.to_column(),)+
                    $($($nest_column: object.$nest.$nest_field.to_column(),)+)?
                }
            }

            fn into_object(self) -> Result<$object, crate::store::Error> {
                use crate::store::column::Column;
                Ok($object {
                    $($field: Column::from_column(self.$column)?,)+
                    $($nest: $nest_type { $($nest_field: Column::from_column(self.$nest_column)?,)+ },)?
                })
            }

            fn columns(&self) -> Vec<(&'static str, String)> {
                use crate::store::compare::Text as _;
                vec![
                    $((stringify!($column), self.$column.text()),)+
                    $($((stringify!($nest_column), self.$nest_column.text()),)+)?
                ]
            }
        }
    };
}

use row;
