//! A database for one test: a file in its folder, or, where a server is named, a database of its own on that server.

#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use diesel::sql_types::Text;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _};
use ticun::store::{Connection, dialect};

/// Names the server that tests use, as `postgres://user@host:port`: its user can do everything there.
const SERVER: &str = "TICUN_TEST_POSTGRES";
/// A database with empty tables, which each test's is a copy of.
const TEMPLATE: &str = "ticun_template";
/// The file of a folder that names its database on the server.
const NAME_FILE: &str = "database-of-this-folder";

/// How many databases this process has made.
static MADE: AtomicU32 = AtomicU32::new(0);

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

/// A column of a table.
#[derive(QueryableByName)]
pub struct Column {
    #[diesel(sql_type = Text)]
    pub name: String,
    /// `TEXT`, `BIGINT`, `BOOLEAN` or `BLOB`, whatever the engine calls it.
    #[diesel(sql_type = Text)]
    pub kind: String,
}

/// The server, where the tests run on one.
fn server() -> Option<String> {
    let server = std::env::var(SERVER).ok().filter(|server| !server.is_empty())?;
    Some(server.trim_end_matches('/').to_owned())
}

/// True where a server is named.
pub fn has_server() -> bool {
    server().is_some()
}

/// True where the tests run on a server; says so for a test that is about the embedded engine's files alone.
pub fn is_on_server(why_not: &str) -> bool {
    let on_server = has_server();
    if on_server {
        println!("not for a server: {why_not}");
    }
    on_server
}

fn admin(server: &str) -> PgConnection {
    PgConnection::establish(&format!("{server}/postgres")).expect("the tests' server")
}

/// The URL of a file in a folder.
pub fn file(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("ticun.db").display())
}

/// The URL of the database that belongs to a folder, which has the service's tables on a server.
pub fn url_in(folder: &Path) -> String {
    let Some(server) = server() else { return file(folder) };
    if let Ok(name) = fs::read_to_string(folder.join(NAME_FILE)) {
        return format!("{server}/{name}");
    }
    let mut admin = admin(&server);
    // One test makes the template, the others wait for it; who comes later removes what the dead have left.
    admin.batch_execute("SELECT pg_advisory_lock(1);").expect("a lock");
    let known: Vec<Named> =
        diesel::sql_query("SELECT datname::text AS name FROM pg_database").load(&mut admin).expect("databases");
    if !known.iter().any(|known| known.name == TEMPLATE) {
        make_template(&server, &mut admin);
    }
    for left in known.iter().filter(|known| is_left_behind(&known.name)) {
        let _gone = admin.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE);", left.name));
    }
    let name = make(&mut admin, &format!("TEMPLATE {TEMPLATE}"));
    admin.batch_execute("SELECT pg_advisory_unlock(1);").expect("the lock");
    fs::write(folder.join(NAME_FILE), &name).expect("a name");
    format!("{server}/{name}")
}

/// The URL of a database of a folder, without tables.
pub fn empty_in(folder: &Path) -> String {
    let Some(server) = server() else { return file(folder) };
    let name = make(&mut admin(&server), "");
    fs::write(folder.join(NAME_FILE), &name).expect("a name");
    format!("{server}/{name}")
}

/// A copy of the database of a folder, to which nobody is connected now; answers its URL.
pub fn copy(folder: &Path, name: &str) -> String {
    let Some(server) = server() else {
        let to = folder.join(name);
        fs::copy(folder.join("ticun.db"), &to).expect("a copy");
        return format!("sqlite://{}", to.display());
    };
    let from = fs::read_to_string(folder.join(NAME_FILE)).expect("a database");
    let name = make(&mut admin(&server), &format!("TEMPLATE {from}"));
    format!("{server}/{name}")
}

/// Puts a copy in the place of a folder's database, to which nobody is connected now.
pub fn put_back(folder: &Path, copy: &str) {
    let Some(server) = server() else {
        for suffix in ["-wal", "-shm"] {
            let _gone = fs::remove_file(folder.join(format!("ticun.db{suffix}")));
        }
        fs::copy(copy.strip_prefix("sqlite://").expect("a file"), folder.join("ticun.db")).expect("put back");
        return;
    };
    let name = fs::read_to_string(folder.join(NAME_FILE)).expect("a database");
    let copy = copy.rsplit('/').next().expect("a name");
    let mut admin = admin(&server);
    admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE);")).expect("gone");
    admin.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {copy};")).expect("put back");
}

/// A connection that changes what it likes, as somebody could who has the database: no guard and no check is left.
pub fn tampering(url: &str) -> Connection {
    let mut connection = dialect::open_writer(url).expect("the database");
    let off = match &mut connection {
        Connection::Sqlite(inner) => {
            let asked = "SELECT 'DROP TRIGGER ' || name || ';' AS name FROM sqlite_schema WHERE type = 'trigger'";
            let drops: Vec<Named> = diesel::sql_query(asked).load(inner).expect("triggers");
            let drops: Vec<String> = drops.into_iter().map(|drop| drop.name).collect();
            format!("PRAGMA ignore_check_constraints = ON; {}", drops.join(" "))
        }
        Connection::Postgres(_) => "SET session_replication_role = replica; \
             DO $$ DECLARE one record; BEGIN \
             FOR one IN SELECT conrelid::regclass AS place, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0 LOOP \
             EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.place, one.conname); END LOOP; END $$;"
            .to_owned(),
    };
    connection.batch_execute(&off).expect("the guards come off");
    connection
}

/// The columns of a table, in order.
pub fn columns(url: &str, table: &str) -> Vec<Column> {
    let mut connection = dialect::open_reader(url).expect("the database");
    let asked = match connection {
        Connection::Sqlite(_) => {
            format!("SELECT name, type AS kind FROM pragma_table_info('{table}') ORDER BY cid")
        }
        Connection::Postgres(_) => format!(
            "SELECT column_name::text AS name, CASE data_type WHEN 'bytea' THEN 'BLOB' ELSE upper(data_type) END AS kind \
             FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position"
        ),
    };
    diesel::sql_query(asked).load(&mut connection).expect("the columns")
}

/// Bytes as the engine of a connection writes them in a statement.
pub fn blob(connection: &Connection, bytes: &[u8]) -> String {
    let text = hex::encode(bytes);
    match connection {
        Connection::Sqlite(_) => format!("x'{text}'"),
        Connection::Postgres(_) => format!("'\\x{text}'::bytea"),
    }
}

/// Makes every insert into a table fail, or no longer.
pub fn break_inserts(connection: &mut Connection, table: &str, is_broken: bool) {
    let sql = match (&*connection, is_broken) {
        (Connection::Sqlite(_), true) => {
            format!(
                "CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'the disk is gone'); END;"
            )
        }
        (Connection::Sqlite(_), false) => "DROP TRIGGER broken;".to_owned(),
        (Connection::Postgres(_), true) => {
            format!("CREATE TRIGGER broken BEFORE INSERT ON {table} EXECUTE FUNCTION refuse_change();")
        }
        (Connection::Postgres(_), false) => format!("DROP TRIGGER broken ON {table};"),
    };
    connection.batch_execute(&sql).expect("a trigger");
}

/// Makes the engine say that it has no space for another entry, or no longer.
pub fn fill_up(connection: &mut Connection, is_full: bool) {
    let sql = match (&*connection, is_full) {
        (Connection::Sqlite(_), true) => {
            "CREATE TRIGGER no_space BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END;"
        }
        (Connection::Sqlite(_), false) => "DROP TRIGGER no_space;",
        (Connection::Postgres(_), true) => {
            "CREATE OR REPLACE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             RAISE EXCEPTION 'could not extend file \"base/1/2\": No space left on device' USING ERRCODE = '53100'; \
             END $$; CREATE TRIGGER no_space BEFORE INSERT ON entries EXECUTE FUNCTION no_space();"
        }
        (Connection::Postgres(_), false) => "DROP TRIGGER no_space ON entries;",
    };
    connection.batch_execute(sql).expect("a trigger");
}

/// Makes a database whose name tells which process it belongs to.
fn make(admin: &mut PgConnection, how: &str) -> String {
    let name = format!("t_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    // An earlier process may have had the same number.
    admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE);")).expect("no such database");
    admin.batch_execute(&format!("CREATE DATABASE {name} {how};")).expect("a database");
    name
}

fn make_template(server: &str, admin: &mut PgConnection) {
    let making = format!("{TEMPLATE}_being_made");
    admin.batch_execute(&format!("DROP DATABASE IF EXISTS {making};")).expect("no half template");
    admin.batch_execute(&format!("CREATE DATABASE {making};")).expect("a template");
    let mut connection = dialect::open_writer(&format!("{server}/{making}")).expect("the template");
    dialect::migrate(&mut connection).expect("tables");
    drop(connection);
    admin.batch_execute(&format!("ALTER DATABASE {making} RENAME TO {TEMPLATE};")).expect("a template");
}

/// True for the database of a test whose process is gone.
fn is_left_behind(name: &str) -> bool {
    let process = name.strip_prefix("t_").and_then(|rest| rest.split('_').next());
    process.is_some_and(|process| !Path::new("/proc").join(process).exists())
}
