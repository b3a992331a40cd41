//! Objects by key: fetched in sets and saved in sets, each table once a batch.

use diesel::prelude::*;

use super::rows::{
    AlarmRow, ChannelTransactionRow, CheckinCodeRow, ConsumerRow, ContractRow, DefaultRunRow, DeliveryRow, DepositRow,
    DisputeRow, EvidenceRow, FreezeRow, LogKeyRow, MerchantRow, OpenMarkRow, PayoutReturnRow, PayoutRow, PlanRow,
    PlanVersionRow, ProposalRow, RefundRow, RulesRow, RunContractRow, SettlementRow, SuspenseRow, UserRow, VenueRow,
    into_objects,
};
use super::schema;
use super::{Connection, Error, Result};
use crate::domain::account::Account;
use crate::domain::digest::Digest;
use crate::domain::id::{
    AlarmId, ConsumerId, ContractId, DeliveryId, DepositId, DisputeId, EvidenceId, FreezeId, LogKeyId, MerchantId,
    PayoutId, PlanId, ProposalId, RefundId, ReturnId, RulesId, RunId, SettlementId, SuspenseId, UserId, VenueId,
};
use crate::domain::money::Delta;
use crate::domain::objects::{
    AdoptedRules, Alarm, ChannelTransaction, CheckinCode, Consumer, Contract, DefaultRun, Delivery, Deposit, Dispute,
    Evidence, Freeze, LogKey, Merchant, OpenMark, Payout, PayoutReturn, Plan, PlanVersion, Proposal, Refund,
    RunContract, Settlement, Suspense, User, Venue,
};

/// Declares a module with `load`, `save` and `all` for a table with one key column.
macro_rules! table {
    ($name:ident: $row:ident, $object:ident by $column:ident $key:ident) => {
        #[doc = concat!("Rows of `", stringify!($name), "`.")]
        pub mod $name {
            use super::{
                BoolExpressionMethods as _, Connection, ExpressionMethods as _, QueryDsl as _, Result,
                RunQueryDsl as _, into_objects, schema, $key, $object, $row,
            };
            use crate::domain::table::Dirty;
            use crate::store::column::Column as _;
            use crate::store::compare::{self, Comparable, Compared};
            use crate::store::keyed;
            use crate::store::pile::Pile;
            use crate::store::rows::Row;

            /// The objects under these keys, in no order.
            ///
            /// # Errors
            /// When the database cannot be reached or holds something unknown.
            pub fn load(connection: &mut Connection, office: &str, keys: &[$key]) -> Result<Vec<$object>> {
                let names: Vec<String> = keys.iter().map(|key| key.to_column()).collect();
                let names = keyed::keys(connection, &names)?;
                let rows = schema::$name::table
                    .filter(keyed::among(schema::$name::office, schema::$name::$column, office, &names))
                    .load::<$row>(connection)?;
                into_objects(rows)
            }

            /// Adds the objects that are new, and changes the others.
            ///
            /// # Errors
            /// When the database refuses.
            pub fn save(pile: &mut Pile<'_>, objects: &[Dirty<$key, $object>]) -> Result<()> {
                let (mut new, mut changed) = (Vec::new(), Vec::new());
                for Dirty { value, is_new, .. } in objects {
                    if *is_new { &mut new } else { &mut changed }.push($row::of(pile.office(), value));
                }
                pile.insert(new)?;
                pile.update(stringify!($column), changed)
            }

            impl Comparable for $row {
                type Key = String;

                const KEY_COLUMNS: usize = 1;

                fn key(&self) -> String {
                    self.$column.clone()
                }

                fn columns(&self) -> Vec<(&'static str, String)> {
                    Row::columns(self)
                }
            }

            /// Compares the table with the objects it should hold, in the order of their keys.
            ///
            /// # Errors
            /// When the database cannot be reached.
            pub fn compare<'a>(
                connection: &mut Connection,
                office: &str,
                expected: impl Iterator<Item = &'a $object>,
            ) -> Result<Compared> {
                let expected = expected.map(|object| $row::of(office, object));
                compare::compare(stringify!($name), expected, |after: Option<&$row>| {
                    let after = after.map_or("", |row| row.$column.as_str());
                    Ok(schema::$name::table
                        .filter(schema::$name::office.eq(office).and(schema::$name::$column.gt(after)))
                        .order(schema::$name::$column)
                        .limit(compare::ROWS_MAX)
                        .load::<$row>(connection)?)
                })
            }
        }
    };
}

table!(users: UserRow, User by id UserId);
table!(merchants: MerchantRow, Merchant by id MerchantId);
table!(consumers: ConsumerRow, Consumer by id ConsumerId);
table!(venues: VenueRow, Venue by id VenueId);
table!(plans: PlanRow, Plan by id PlanId);
table!(contracts: ContractRow, Contract by id ContractId);
table!(deposits: DepositRow, Deposit by id DepositId);
table!(checkin_codes: CheckinCodeRow, CheckinCode by digest Digest);
table!(channel_transactions: ChannelTransactionRow, ChannelTransaction by digest Digest);
table!(suspense: SuspenseRow, Suspense by id SuspenseId);
table!(deliveries: DeliveryRow, Delivery by id DeliveryId);
table!(freezes: FreezeRow, Freeze by id FreezeId);
table!(disputes: DisputeRow, Dispute by id DisputeId);
table!(proposals: ProposalRow, Proposal by id ProposalId);
table!(evidence: EvidenceRow, Evidence by id EvidenceId);
table!(settlements: SettlementRow, Settlement by id SettlementId);
table!(payouts: PayoutRow, Payout by id PayoutId);
table!(payout_returns: PayoutReturnRow, PayoutReturn by id ReturnId);
table!(refunds: RefundRow, Refund by id RefundId);
table!(default_runs: DefaultRunRow, DefaultRun by id RunId);
table!(log_keys: LogKeyRow, LogKey by id LogKeyId);
table!(rules: RulesRow, AdoptedRules by id RulesId);
table!(alarms: AlarmRow, Alarm by id AlarmId);

/// Declares a module like those above for a table whose second key column cannot be matched alone.
macro_rules! table_of_two {
    ($name:ident: $row:ident, $object:ident by $first:ident $first_key:ty, $second:ident $second_key:ty) => {
        #[doc = concat!("Rows of `", stringify!($name), "`.")]
        pub mod $name {
            use super::{
                BoolExpressionMethods as _, Connection, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _,
                Result, RunQueryDsl as _, into_objects, schema, $object, $row,
            };
            use crate::domain::table::Dirty;
            use crate::store::column::Column;
            use crate::store::compare::{self, Comparable, Compared};
            use crate::store::pile::Pile;
            use crate::store::rows::Row;
            use crate::store::upsert::replacing;
            use crate::store::write::Written;

            /// The objects under these keys, in no order.
            ///
            /// # Errors
            /// When the database cannot be reached or holds something unknown.
            pub fn load(
                connection: &mut Connection,
                office: &str,
                keys: &[($first_key, $second_key)],
            ) -> Result<Vec<$object>> {
                let mut rows: Vec<$row> = Vec::with_capacity(keys.len());
                for (first, second) in keys {
                    let found = schema::$name::table
                        .find((office, first.to_column(), second.to_column()))
                        .first::<$row>(connection)
                        .optional()?;
                    rows.extend(found);
                }
                into_objects(rows)
            }

            /// Adds or replaces objects.
            ///
            /// # Errors
            /// When the database refuses.
            pub fn save(pile: &mut Pile<'_>, objects: &[Dirty<($first_key, $second_key), $object>]) -> Result<()> {
                for Dirty { value, .. } in objects {
                    let insert = diesel::insert_into(schema::$name::table).values($row::of(pile.office(), value));
                    replacing(insert, &["office", stringify!($first), stringify!($second)], <$row as Written>::COLUMNS)
                        .execute(pile.connection())?;
                }
                Ok(())
            }

            impl Comparable for $row {
                type Key = (String, <$second_key as Column>::Sql);

                const KEY_COLUMNS: usize = 2;

                fn key(&self) -> Self::Key {
                    (self.$first.clone(), self.$second.clone())
                }

                fn columns(&self) -> Vec<(&'static str, String)> {
                    Row::columns(self)
                }
            }

            /// Compares the table with the objects it should hold, in the order of their keys.
            ///
            /// # Errors
            /// When the database cannot be reached.
            pub fn compare<'a>(
                connection: &mut Connection,
                office: &str,
                expected: impl Iterator<Item = &'a $object>,
            ) -> Result<Compared> {
                let expected = expected.map(|object| $row::of(office, object));
                compare::compare(stringify!($name), expected, |after: Option<&$row>| {
                    let first = after.map_or("", |row| row.$first.as_str());
                    let mut rest = schema::$name::table
                        .filter(schema::$name::office.eq(office).and(schema::$name::$first.ge(first)))
                        .order((schema::$name::$first, schema::$name::$second))
                        .limit(compare::ROWS_MAX)
                        .into_boxed();
                    if let Some(row) = after {
                        let later = schema::$name::$second.gt(row.$second.clone());
                        rest = rest.filter(schema::$name::$first.gt(first).or(later));
                    }
                    Ok(rest.load::<$row>(connection)?)
                })
            }
        }
    };
}

table_of_two!(plan_versions: PlanVersionRow, PlanVersion by plan_id crate::domain::id::PlanId, version u32);
table_of_two!(open_marks: OpenMarkRow, OpenMark by venue_id crate::domain::id::VenueId, date crate::domain::time::Date);
table_of_two!(run_contracts: RunContractRow, RunContract by run_id crate::domain::id::RunId, contract_id crate::domain::id::ContractId);

/// Balances of bank, channel and office accounts.
pub mod accounts {
    use super::{Account, Connection, Delta, Error, ExpressionMethods as _, QueryDsl as _, Result, RunQueryDsl as _};
    use crate::domain::table::Dirty;
    use crate::store::compare::{self, Comparable, Compared, Text as _};
    use crate::store::keyed;
    use crate::store::pile::Pile;
    use crate::store::schema::accounts;
    use crate::store::upsert::replacing;

    fn account((name, balance): (String, i64)) -> Result<(Account, Delta)> {
        let account = Account::parse(&name).ok_or_else(|| Error::corrupt("account", &name))?;
        Ok((account, Delta::from_fen(balance)))
    }

    /// The balances of these accounts, in no order.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub fn load(connection: &mut Connection, office: &str, keys: &[Account]) -> Result<Vec<(Account, Delta)>> {
        let names: Vec<String> = keys.iter().map(ToString::to_string).collect();
        let names = keyed::keys(connection, &names)?;
        let rows: Vec<(String, i64)> = accounts::table
            .filter(keyed::among(accounts::office, accounts::account, office, &names))
            .select((accounts::account, accounts::balance_fen))
            .load(connection)?;
        rows.into_iter().map(account).collect()
    }

    /// Adds or replaces balances.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn save(pile: &mut Pile<'_>, balances: &[Dirty<Account, Delta>]) -> Result<()> {
        for Dirty { key: account, value: balance, .. } in balances {
            let insert = diesel::insert_into(accounts::table).values((
                accounts::office.eq(pile.office()),
                accounts::account.eq(account.to_string()),
                accounts::class.eq(account.class().as_str()),
                accounts::balance_fen.eq(balance.fen()),
            ));
            replacing(insert, &["office", "account"], &["class", "balance_fen"]).execute(pile.connection())?;
        }
        Ok(())
    }

    /// Every balance of the office, by account.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub fn all(connection: &mut Connection, office: &str) -> Result<Vec<(Account, Delta)>> {
        let rows: Vec<(String, i64)> = accounts::table
            .filter(accounts::office.eq(office))
            .order(accounts::account)
            .select((accounts::account, accounts::balance_fen))
            .load(connection)?;
        rows.into_iter().map(account).collect()
    }
    #[derive(PartialEq, Eq)]
    struct AccountRow {
        account: String,
        class: String,
        balance_fen: i64,
    }

    impl Comparable for AccountRow {
        type Key = String;

        const KEY_COLUMNS: usize = 1;

        fn key(&self) -> String {
            self.account.clone()
        }

        fn columns(&self) -> Vec<(&'static str, String)> {
            vec![
                ("account", self.account.text()),
                ("class", self.class.text()),
                ("balance_fen", self.balance_fen.text()),
            ]
        }
    }

    /// Compares the table with the balances it should hold, in the order of the accounts' names.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub fn compare(
        connection: &mut Connection,
        office: &str,
        expected: impl Iterator<Item = (Account, Delta)>,
    ) -> Result<Compared> {
        let expected = expected.map(|(account, balance)| AccountRow {
            account: account.to_string(),
            class: account.class().to_string(),
            balance_fen: balance.fen(),
        });
        compare::compare("accounts", expected, |after: Option<&AccountRow>| {
            let rows: Vec<(String, String, i64)> = accounts::table
                .filter(accounts::office.eq(office))
                .filter(accounts::account.gt(after.map_or("", |row| row.account.as_str())))
                .order(accounts::account)
                .limit(compare::ROWS_MAX)
                .select((accounts::account, accounts::class, accounts::balance_fen))
                .load(connection)?;
            let row = |(account, class, balance_fen)| AccountRow { account, class, balance_fen };
            Ok(rows.into_iter().map(row).collect())
        })
    }
}
