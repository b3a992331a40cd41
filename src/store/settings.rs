//! Small values that a database remembers about itself, such as the offset of the demo's clock.

use diesel::prelude::*;

use super::schema::settings;
use super::upsert::replacing;
use super::{Connection, Result};

/// The value under a name.
///
/// # Errors
/// When the database cannot be reached.
pub fn read(connection: &mut Connection, office: &str, name: &str) -> Result<Option<String>> {
    Ok(settings::table.find((office, name)).select(settings::value).first(connection).optional()?)
}

/// Adds or replaces the value under a name.
///
/// # Errors
/// When the database refuses.
pub fn write(connection: &mut Connection, office: &str, name: &str, value: &str) -> Result<()> {
    let insert = diesel::insert_into(settings::table).values((
        settings::office.eq(office),
        settings::name.eq(name),
        settings::value.eq(value),
    ));
    replacing(insert, &["office", "name"], &["value"]).execute(connection)?;
    Ok(())
}
