//! The textbook ledger: a stored procedure that does the same work, one transaction a request, driven by `pgbench`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::postgres::{Postgres, ended};

/// How many clients it is asked by; its best counts.
pub const CLIENTS: [u32; 4] = [1, 4, 16, 64];

/// The textbook ledger on a server.
pub struct Peer<'a> {
    postgres: &'a Postgres,
    database: String,
    contracts: u64,
}

impl<'a> Peer<'a> {
    /// Makes it, with so many contracts.
    pub fn prepare(postgres: &'a Postgres, contracts: u64) -> Result<Self, String> {
        let database = postgres.make_database("peer")?;
        postgres.run_file(&database, &file("tables.sql"), ("contracts", contracts))?;
        postgres.settle(&database)?;
        Ok(Self { postgres, database, contracts })
    }

    /// Deliveries a second for so many clients.
    pub fn per_s(&self, clients: u32, run: Duration) -> Result<u64, String> {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get).to_string();
        let mut command = self.postgres.program("pgbench");
        command.args(["-n", "-M", "prepared", "-c", &clients.to_string(), "-j", &threads]);
        command.args(["-T", &run.as_secs().max(1).to_string(), "-D", &format!("contracts={}", self.contracts), "-f"]);
        let told = ended(command.arg(file("deliver.sql")).arg(&self.database))?;
        if !told.contains("number of failed transactions: 0 ") {
            return Err(format!("the textbook ledger failed: {told}"));
        }
        rate(&told).ok_or_else(|| format!("pgbench told no rate: {told}"))
    }
}

/// The whole number in `tps = 2960.4 (without initial connection time)`.
fn rate(told: &str) -> Option<u64> {
    let rate = told.lines().find_map(|line| line.strip_prefix("tps = "))?;
    rate.split(['.', ' ']).next()?.parse().ok()
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/http/peer").join(name)
}
