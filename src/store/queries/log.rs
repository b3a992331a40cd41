//! Keys of the log, the rules it goes by, and the alarms that stand.

use diesel::prelude::*;

use crate::domain::name::Name;
use crate::domain::objects::{AdoptedRules, Alarm, LogKey};
use crate::domain::packs::Version;
use crate::store::column::Column as _;
use crate::store::rows::{AlarmRow, LogKeyRow, RulesRow, into_objects};
use crate::store::schema::{alarms, contracts, log_keys, rules};
use crate::store::{Connection, Result};

/// Every key that the log has or had, in the order in which its entries name them.
///
/// # Errors
/// When the database cannot be reached.
pub fn log_keys(connection: &mut Connection, office: &str) -> Result<Vec<LogKey>> {
    let rows = log_keys::table.filter(log_keys::office.eq(office)).order(log_keys::added_at_position);
    into_objects(rows.load::<LogKeyRow>(connection)?)
}

/// The alarms that are raised and not cleared.
///
/// # Errors
/// When the database cannot be reached.
pub fn standing_alarms(connection: &mut Connection, office: &str) -> Result<Vec<Alarm>> {
    let rows = alarms::table.filter(alarms::office.eq(office).and(alarms::state.eq("raised")));
    into_objects(rows.load::<AlarmRow>(connection)?)
}

/// The editions of rule packs that contracts name. It reads all contracts, and is asked when rules change.
///
/// # Errors
/// When the database cannot be reached.
pub fn editions_named(connection: &mut Connection, office: &str) -> Result<Vec<(Name, Version)>> {
    let named = contracts::table.filter(contracts::office.eq(office));
    let named = named.select((contracts::rules_pack, contracts::rules_version)).distinct();
    let rows: Vec<(String, String)> = named.load(connection)?;
    rows.into_iter().map(|(pack, version)| Ok((Name::from_column(pack)?, Version::from_column(version)?))).collect()
}

/// Each file of rules as the log has adopted it last, by name.
///
/// # Errors
/// When the database cannot be reached.
pub fn adopted_rules(connection: &mut Connection, office: &str) -> Result<Vec<AdoptedRules>> {
    let rows = rules::table.filter(rules::office.eq(office)).order(rules::name);
    into_objects(rows.load::<RulesRow>(connection)?)
}
