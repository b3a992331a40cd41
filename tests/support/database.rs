//! A database for one test: a file in its folder, or, where a server is named, a database of its own on that server.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use diesel::sql_types::Text;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _};
use ticun::store::dialect;

/// Names the server that tests use, as `postgres://user@host:port`: its user can create databases.
const SERVER: &str = "TICUN_TEST_POSTGRES";
/// A database with empty tables, which each test's is a copy of.
const TEMPLATE: &str = "ticun_template";

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    datname: String,
}

/// True where the tests run on a server.
pub fn is_on_server() -> bool {
    std::env::var_os(SERVER).is_some()
}

/// The URL of the database that belongs to a folder: the same for the same folder, as long as this process lives.
pub fn url_in(folder: &Path) -> String {
    match std::env::var(SERVER) {
        Ok(server) => on_server(server.trim_end_matches('/'), folder),
        Err(_) => format!("sqlite://{}", folder.join("ticun.db").display()),
    }
}

fn on_server(server: &str, folder: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    let name = format!("t_{}_{:016x}", std::process::id(), hasher.finish());
    let mut admin = PgConnection::establish(&format!("{server}/postgres")).expect("the tests' server");
    let known = databases(&mut admin);
    if !known.contains(&name) {
        // One test makes the template, the others wait for it; who comes later removes what the dead have left.
        admin.batch_execute("SELECT pg_advisory_lock(1);").expect("a lock");
        let known = databases(&mut admin);
        if !known.iter().any(|name| name == TEMPLATE) {
            make_template(server, &mut admin);
        }
        for left in known.iter().filter(|name| is_left_behind(name)) {
            let _gone = admin.batch_execute(&format!("DROP DATABASE IF EXISTS {left} WITH (FORCE);"));
        }
        admin.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE};")).expect("a database");
        admin.batch_execute("SELECT pg_advisory_unlock(1);").expect("the lock");
    }
    format!("{server}/{name}")
}

fn databases(admin: &mut PgConnection) -> Vec<String> {
    let found: Vec<Named> = diesel::sql_query("SELECT datname::text FROM pg_database").load(admin).expect("databases");
    found.into_iter().map(|named| named.datname).collect()
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
