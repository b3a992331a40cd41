//! Keys of the log, the rules it goes by, and the alarms that stand.

use diesel::prelude::*;

use crate::domain::objects::{AdoptedRules, Alarm, LogKey};
use crate::store::rows::{AlarmRow, LogKeyRow, RulesRow, into_objects};
use crate::store::schema::{alarms, log_keys, rules};
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

/// Each file of rules as the log has adopted it last, by name.
///
/// # Errors
/// When the database cannot be reached.
pub fn adopted_rules(connection: &mut Connection, office: &str) -> Result<Vec<AdoptedRules>> {
    let rows = rules::table.filter(rules::office.eq(office)).order(rules::name);
    into_objects(rows.load::<RulesRow>(connection)?)
}
