//! Objects as rows. A row has the office in front and one column for each field; both ways are written once.

mod contracts;
mod default_runs;
mod deliveries;
mod log;
mod payouts;
mod people;
mod plans;
mod refunds;

pub use contracts::{ChannelTransactionRow, CheckinCodeRow, ContractRow, DepositRow, SuspenseRow};
pub use default_runs::{DefaultRunRow, RunContractRow};
pub use deliveries::{DeliveryRow, DisputeRow, EvidenceRow, FreezeRow, ProposalRow};
pub use log::{AlarmRow, LogKeyRow, RulesRow};
pub use payouts::{PayoutReturnRow, PayoutRow, SettlementRow};
pub use people::{ConsumerRow, MerchantRow, OpenMarkRow, UserRow, VenueRow};
pub use plans::{PlanRow, PlanVersionRow};
pub use refunds::RefundRow;

use diesel::query_builder::AstPass;
use diesel::serialize::ToSql;
use diesel::sql_types::{HasSqlType, SingleValue};
use diesel::sqlite::Sqlite;
use diesel::{Column, QueryResult};

use super::Error;

/// A row that stands for one object.
pub trait Row: Sized {
    /// The object.
    type Object;

    /// The object as a row of the office.
    fn of(office: &str, object: &Self::Object) -> Self;

    /// The row as an object.
    ///
    /// # Errors
    /// [`Error::Corrupt`] when a column holds something the domain does not know.
    fn into_object(self) -> Result<Self::Object, Error>;

    /// Whether this row writes columns that most rows of its table never have to.
    fn writes_more(&self) -> bool;

    /// Writes `column = value` for each column that can change, with commas between.
    ///
    /// # Errors
    /// When diesel cannot write it.
    fn push_changing<'b>(&'b self, out: &mut AstPass<'_, 'b, Sqlite>) -> QueryResult<()>;

    /// The columns that can change: `more` of them in a row that writes more.
    fn changing(more: bool) -> Vec<&'static str>;

    /// The text of the one column that names the row, where one does.
    fn key_text(&self) -> &str;

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

/// Declares a row struct and both conversions: `column: type = field`. What is marked as fixed stays as it was first
/// written; if that ever becomes untrue, the comparison of the tables with the log tells.
macro_rules! row {
    (
        $(#[$meta:meta])* $row:ident in $table:ident for $object:ident { $($column:ident: $type:ty = $field:ident $($fixed:ident)?,)+ }
        $(with $nest:ident: $nest_type:ident {
            $($nest_column:ident: $nest_column_type:ty = $nest_field:ident $($nest_fixed:ident)?,)+
        })?
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

            crate::store::rows::columns! {
                $table: $($column $($fixed)?,)+ $($($nest_column $($nest_fixed)?,)+)?
            }

            fn key_text(&self) -> &str {
                crate::store::rows::first!(self: $($column,)+)
            }
        }

        crate::store::write::written! {
            $row in $table, whole: $($column: $type,)+ $($($nest_column: $nest_column_type,)+)?
        }
    };
}

/// The parts of a row that name every column: `table: column, column fixed,`.
macro_rules! columns {
    ($table:ident: $($column:ident $($fixed:ident)?,)+) => {
        fn writes_more(&self) -> bool {
            false $(|| crate::store::rows::has_moved!(self $($fixed)?))+
        }

        fn push_changing<'b>(
            &'b self,
            out: &mut diesel::query_builder::AstPass<'_, 'b, diesel::sqlite::Sqlite>,
        ) -> diesel::QueryResult<()> {
            let mut assignments = crate::store::rows::Assignments::default();
            $(if !crate::store::rows::is_fixed!($($fixed)?) || crate::store::rows::has_moved!(self $($fixed)?) {
                assignments.push($table::$column, &self.$column, out)?;
            })+
            Ok(())
        }

        fn changing(more: bool) -> Vec<&'static str> {
            let mut columns = Vec::new();
            $(if !crate::store::rows::is_fixed!($($fixed)?) || (more && crate::store::rows::can_move!($($fixed)?)) {
                columns.push(stringify!($column));
            })+
            columns
        }

        fn columns(&self) -> Vec<(&'static str, String)> {
            use crate::store::compare::Text as _;
            vec![$((stringify!($column), self.$column.text()),)+]
        }
    };
}

/// True for a column that need not be written again. A contract's holder is one until the contract is transferred: no
/// delivery has to touch the index by holders.
macro_rules! is_fixed {
    () => {
        false
    };
    ($fixed:ident) => {
        true
    };
}

/// True for a column that is fixed in most rows, and not in this one.
macro_rules! has_moved {
    ($row:ident until_transfer) => {
        $row.holder_since_us.is_some()
    };
    ($row:ident $($fixed:ident)?) => {
        false
    };
}

/// True for a column that is fixed in most rows, and not in all.
macro_rules! can_move {
    (until_transfer) => {
        true
    };
    ($($fixed:ident)?) => {
        false
    };
}

/// The first of a row's columns: the one that names it.
macro_rules! first {
    ($row:ident: $first:ident, $($rest:ident,)*) => {
        &$row.$first
    };
}

/// Assignments with commas between them.
#[derive(Default)]
struct Assignments {
    is_begun: bool,
}

impl Assignments {
    fn push<'b, C, V>(&mut self, _: C, value: &'b V, out: &mut AstPass<'_, 'b, Sqlite>) -> QueryResult<()>
    where
        C: Column<SqlType: SingleValue>,
        V: ToSql<C::SqlType, Sqlite>,
        Sqlite: HasSqlType<C::SqlType>,
    {
        if std::mem::replace(&mut self.is_begun, true) {
            out.push_sql(", ");
        }
        out.push_identifier(C::NAME)?;
        out.push_sql(" = ");
        out.push_bind_param::<C::SqlType, V>(value)
    }
}

use {can_move, columns, first, has_moved, is_fixed, row};
