//! The server.

use diesel::connection::{AnsiTransactionManager, Connection as _, SimpleConnection as _, TransactionManager as _};
use diesel::pg::PgConnection;
use diesel::{OptionalExtension as _, QueryDsl as _, RunQueryDsl as _};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use crate::store::Result;
use crate::store::schema::heads;

pub(super) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// What both kinds of connection need: no wait without end, and no chatter about objects that exist.
const COMMON: &str = "SET client_min_messages = warning; SET statement_timeout = '60s'; SET lock_timeout = '10s'; \
     SET idle_in_transaction_session_timeout = '60s';";

pub(super) fn open_writer(url: &str) -> Result<PgConnection> {
    let mut connection = open(url)?;
    // It works by key: what it joins with arrays are rows under their keys, found one by one. And most of them are in
    // memory: at the default's price of a random page, a plan made for the values at hand seems worth making anew for
    // each small batch, and takes longer than what it plans.
    connection.batch_execute("SET enable_hashjoin = off; SET enable_mergejoin = off; SET random_page_cost = 1.1;")?;
    // A server set to lose the last moments on a crash would lose what was acknowledged. Stricter settings, such as
    // remote_apply, stay as they are. Where a commit waits for a standby it must wait without end: one that runs out of
    // time is told as done, although only the primary has it.
    connection.batch_execute(
        "DO $$ BEGIN IF current_setting('synchronous_commit') IN ('off', 'local') \
         THEN SET synchronous_commit = on; END IF; \
         IF current_setting('synchronous_standby_names') <> '' THEN SET statement_timeout = 0; END IF; END $$;",
    )?;
    Ok(connection)
}

pub(super) fn open_reader(url: &str) -> Result<PgConnection> {
    let mut connection = open(url)?;
    connection.batch_execute("SET default_transaction_read_only = on;")?;
    Ok(connection)
}

/// What a connection is opened with unless its URL says otherwise. A server that does not answer must not keep anybody
/// waiting for long: neither one that is asked for a connection, nor one that died while it owed an answer, which only
/// keep-alives find out.
const PARAMETERS: [(&str, &str); 6] = [
    ("connect_timeout", "5"),
    ("tcp_user_timeout", "15000"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "3"),
    ("keepalives_count", "3"),
    ("application_name", "ticun"),
];

/// Has the server speak English, where it lets us: some of what it says is known by its words alone.
const IN_ENGLISH: &str = "DO $$ BEGIN PERFORM set_config('lc_messages', 'C', false); \
     EXCEPTION WHEN insufficient_privilege OR invalid_parameter_value THEN NULL; END $$;";

fn open(url: &str) -> Result<PgConnection> {
    let mut url = url.to_owned();
    for (name, value) in PARAMETERS {
        if !url.contains(&format!("{name}=")) {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&format!("{name}={value}"));
        }
    }
    let mut connection = PgConnection::establish(&url)?;
    connection.batch_execute(COMMON)?;
    connection.batch_execute(IN_ENGLISH)?;
    Ok(connection)
}

pub(super) fn begin(connection: &mut PgConnection, sql: &str) -> Result<()> {
    Ok(AnsiTransactionManager::begin_transaction_sql(connection, sql)?)
}

pub(super) fn lock_head(connection: &mut PgConnection, office: &str) -> Result<()> {
    let _locked: Option<String> =
        heads::table.find(office).select(heads::office).for_update().first(connection).optional()?;
    Ok(())
}

pub(super) fn commit(connection: &mut PgConnection) -> Result<()> {
    Ok(AnsiTransactionManager::commit_transaction(connection)?)
}

pub(super) fn rollback(connection: &mut PgConnection) -> Result<()> {
    Ok(AnsiTransactionManager::rollback_transaction(connection)?)
}
