//! The PostgreSQL server that `scripts/bench` has started on temporary data.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Names the server, as `postgres://user@host:port`; its user can do everything there.
const SERVER: &str = "TICUN_BENCH_POSTGRES";
/// Names the folder with its programs.
const PROGRAMS: &str = "TICUN_BENCH_POSTGRES_PROGRAMS";
/// What a server must be set to, so that a commit survives a loss of power.
const DURABLE: [&str; 3] = ["fsync", "synchronous_commit", "full_page_writes"];

/// A server.
pub struct Postgres {
    url: String,
    programs: PathBuf,
}

impl Postgres {
    /// The one that the environment names, which must keep what it commits.
    pub fn of_environment() -> Result<Self, String> {
        let given = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set; scripts/bench sets it"));
        let server = Self { url: given(SERVER)?, programs: given(PROGRAMS)?.into() };
        for setting in DURABLE {
            let value = server.ask(&server.database("postgres"), &format!("SHOW {setting}"))?;
            if value != "on" {
                return Err(format!("{SERVER}: {setting} is {value}, which would flatter the figures"));
            }
        }
        Ok(server)
    }

    /// The URL of a database.
    pub fn database(&self, name: &str) -> String {
        format!("{}/{name}", self.url)
    }

    /// Makes a database; answers its URL.
    pub fn make_database(&self, name: &str) -> Result<String, String> {
        let admin = self.database("postgres");
        self.ask(&admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))?;
        self.ask(&admin, &format!("CREATE DATABASE {name}"))?;
        Ok(self.database(name))
    }

    /// What a statement answers, as text.
    pub fn ask(&self, database: &str, sql: &str) -> Result<String, String> {
        let mut command = self.program("psql");
        ended(command.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]))
    }

    /// Carries out a file of SQL, in which `:name` stands for a value.
    pub fn run_file(&self, database: &str, file: &Path, (name, value): (&str, u64)) -> Result<(), String> {
        let mut command = self.program("psql");
        command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", &format!("{name}={value}"), "-d", database, "-f"]);
        ended(command.arg(file)).map(drop)
    }

    /// Cleans up behind a big import, as the server would do by itself at some moment in the middle of a run.
    pub fn settle(&self, database: &str) -> Result<(), String> {
        self.ask(database, "VACUUM ANALYZE").and_then(|_| self.ask(database, "CHECKPOINT")).map(drop)
    }

    /// The size of a database with all its indexes.
    pub fn size_bytes(&self, database: &str) -> Result<u64, String> {
        let told = self.ask(database, "SELECT pg_database_size(current_database())")?;
        told.parse().map_err(|_| format!("a size is a number, not {told}"))
    }

    /// One of its programs.
    pub fn program(&self, name: &str) -> Command {
        Command::new(self.programs.join(name))
    }
}

/// What a program has printed.
pub fn ended(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let ended = command.output().map_err(|error| format!("{name}: {error}"))?;
    if ended.status.success() {
        return Ok(String::from_utf8_lossy(&ended.stdout).trim().to_owned());
    }
    let told = [ended.stdout.as_slice(), ended.stderr.as_slice()].concat();
    Err(format!("{name} ended with {}: {}", ended.status, String::from_utf8_lossy(&told).trim()))
}
