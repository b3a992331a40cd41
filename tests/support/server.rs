//! PostgreSQL servers of a test's own: a primary with a standby, or one with certificates.

#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use diesel::{Connection as _, RunQueryDsl as _};
use tempfile::TempDir;

const START_MAX: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What both servers of a pair are set to. They need not survive a loss of power, only a kill.
const SETTINGS: &str = "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 80\nfsync = off\n\
    full_page_writes = off\nshared_buffers = 32MB\nlog_min_messages = warning\nwal_keep_size = 64MB\n";

/// Where the newest server's programs are; none where there is no server.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| {
            let version = version.ok()?;
            let number = version.file_name().to_str()?.parse().ok()?;
            Some((number, version.path().join("bin")))
        })
        .collect();
    found.push((0, PathBuf::from("/usr/local/pgsql/bin")));
    found.sort();
    found.into_iter().map(|(_, folder)| folder).rfind(|folder| folder.join("initdb").exists())
}

/// True where there is no server on this machine; says so.
pub fn is_missing() -> bool {
    let missing = programs().is_none();
    if missing {
        println!("SKIPPED: there are no programs of a PostgreSQL server on this machine");
    }
    missing
}

/// The user and group whom root hands a server to, which does not run as root.
fn other_user() -> Option<(u32, u32)> {
    if fs::metadata("/proc/self").expect("this process").uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").expect("users");
    let line = users.lines().find(|line| line.starts_with("postgres:")).expect("a user postgres");
    let mut numbers = line.split(':').skip(2).map(|number| number.parse().expect("a number"));
    Some((numbers.next().expect("a user"), numbers.next().expect("a group")))
}

fn program(name: &str) -> Command {
    let mut command = Command::new(programs().expect("a server").join(name));
    if let Some((user, group)) = other_user() {
        command.uid(user).gid(group);
    }
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

#[track_caller]
fn run(command: &mut Command) {
    let ran = command.output().expect("it runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// A folder that belongs to whoever runs the servers.
pub fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    own(folder.path());
    folder
}

/// Gives a file to whoever runs the servers, readable by them alone.
pub fn own(path: &Path) {
    let mode = if path.is_dir() { 0o700 } else { 0o600 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
    if let Some((user, group)) = other_user() {
        chown(path, Some(user), Some(group)).expect("it can be given");
    }
}

/// A server that runs. Dropping it kills it.
pub struct Server {
    child: Child,
    data: PathBuf,
    pub port: u16,
}

impl Server {
    /// Makes a server's files in a folder, and starts it with these settings besides the usual ones.
    pub fn make(data: &Path, settings: &str) -> Self {
        let made = ["-U", "ticun", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
        run(program("initdb").arg("-D").arg(data).args(made));
        let port = free_port();
        append(&data.join("postgresql.conf"), &format!("{SETTINGS}{settings}\nport = {port}\n"));
        Self::start(data, port)
    }

    /// Makes a copy of a server in a folder, which follows it under a name, and starts it.
    pub fn follow(&self, data: &Path, name: &str) -> Self {
        let place = format!("host=127.0.0.1 port={} user=ticun application_name={name}", self.port);
        let how = ["--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync"];
        run(program("pg_basebackup").arg("-d").arg(place).arg("-D").arg(data).args(how));
        let port = free_port();
        append(&data.join("postgresql.conf"), &format!("port = {port}\n"));
        Self::start(data, port)
    }

    fn start(data: &Path, port: u16) -> Self {
        let log = fs::File::create(data.with_extension("log")).expect("a log");
        let child = program("postgres").arg("-D").arg(data).stderr(log).spawn().expect("it starts");
        let server = Self { child, data: data.to_owned(), port };
        let began = Instant::now();
        while PgConnection::establish(&server.url("postgres")).is_err() {
            assert!(began.elapsed() < START_MAX, "{}", server.log());
            std::thread::park_timeout(LOOK_EVERY);
        }
        server
    }

    pub fn url(&self, database: &str) -> String {
        format!("postgres://ticun@127.0.0.1:{}/{database}", self.port)
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.data.with_extension("log")).unwrap_or_default()
    }

    /// Carries out statements, each by itself.
    pub fn run(&self, statements: &[&str]) {
        let mut connection = PgConnection::establish(&self.url("postgres")).expect("the server");
        for statement in statements {
            connection.batch_execute(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
    }

    /// Waits until a condition in SQL is so.
    pub fn until(&self, condition: &str) {
        let mut connection = PgConnection::establish(&self.url("postgres")).expect("the server");
        let began = Instant::now();
        loop {
            let asked = diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>(condition));
            if asked.get_result(&mut connection).expect(condition) {
                return;
            }
            assert!(began.elapsed() < START_MAX, "{condition}: {}", self.log());
            std::thread::park_timeout(LOOK_EVERY);
        }
    }

    /// SIGKILL to the server: whoever works for it goes with it, and nothing is finished.
    pub fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

fn append(file: &Path, text: &str) {
    let before = fs::read_to_string(file).expect("settings");
    fs::write(file, format!("{before}\n{text}")).expect("settings");
}

/// A primary and a standby that has everything before a commit is acknowledged.
pub struct Pair {
    pub primary: Server,
    pub standby: Server,
    folder: TempDir,
}

impl Pair {
    /// Starts both, with an empty database `ticun`.
    pub fn start() -> Self {
        let folder = folder();
        let primary = Server::make(&folder.path().join("primary"), "");
        primary.run(&["CREATE DATABASE ticun"]);
        let standby = primary.follow(&folder.path().join("standby"), "standby");
        primary.run(&[
            "ALTER SYSTEM SET synchronous_standby_names = 'standby'",
            "ALTER SYSTEM SET synchronous_commit = 'remote_apply'",
            "SELECT pg_reload_conf()",
        ]);
        primary.until("EXISTS (SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync')");
        Self { primary, standby, folder }
    }

    /// The database on whichever of the two can be written to.
    pub fn url(&self) -> String {
        let (one, two) = (self.primary.port, self.standby.port);
        format!("postgres://ticun@127.0.0.1:{one},127.0.0.1:{two}/ticun?target_session_attrs=read-write")
    }

    /// The primary dies; what is left is the standby, which is not promoted yet.
    pub fn kill_primary(self) -> (Server, TempDir) {
        self.primary.kill();
        (self.standby, self.folder)
    }
}
