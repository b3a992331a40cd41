//! The load: as many connections as asked for, each with one request on its way, kept open.
//!
//! It is a process of its own, speaks just enough HTTP/1.1 to leave the cores to the servers, and runs on one thread.

use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::task::LocalSet;

use super::client::{Client, Schedule, Tally};
use super::figures::percentile;
use super::requests::{Shared, Targets, Work};

const WARM_UP: Duration = Duration::from_millis(500);

/// What to drive, and how hard.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    pub address: SocketAddr,
    pub connections: u32,
    pub run_ms: u64,
    /// Requests a second over all connections; as many as can be without it.
    pub per_s: Option<u64>,
    pub work: Work,
    pub targets: Targets,
}

/// What one run came to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Measured {
    /// Requests, or lines of batches, answered after the warm-up.
    pub counted: u64,
    /// All that were answered well.
    pub sent: u64,
    /// How long was counted.
    pub counted_us: u64,
    pub median_us: u32,
    pub p99_us: u32,
}

impl Measured {
    /// Requests a second.
    pub fn per_s(&self) -> u64 {
        let per_s = (u128::from(self.counted) * 1_000_000).checked_div(u128::from(self.counted_us));
        u64::try_from(per_s.unwrap_or(0)).unwrap_or(u64::MAX)
    }
}

/// Carries a plan out in a process of its own.
pub fn in_process(plan: &Plan) -> Result<Measured, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let plan = serde_json::to_vec(plan).map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command.arg("load").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = command.spawn().map_err(|error| error.to_string())?;
    let told = process.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(&plan));
    let ended = process.wait_with_output().map_err(|error| error.to_string())?;
    told.map_err(|error| error.to_string())?;
    if !ended.status.success() {
        return Err("the load generator failed".to_owned());
    }
    serde_json::from_slice(&ended.stdout).map_err(|error| error.to_string())
}

/// The process of its own: reads its plan, and prints what it measured as JSON.
#[expect(clippy::print_stdout, reason = "this is how the load generator reports")]
pub fn run() -> Result<(), String> {
    let mut plan = Vec::new();
    std::io::stdin().read_to_end(&mut plan).map_err(|error| error.to_string())?;
    let plan: Plan = serde_json::from_slice(&plan).map_err(|error| error.to_string())?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let measured = LocalSet::new().block_on(&runtime, drive(plan))?;
    println!("{}", serde_json::to_string(&measured).map_err(|error| error.to_string())?);
    Ok(())
}

async fn drive(plan: Plan) -> Result<Measured, String> {
    let start = Instant::now();
    let (count_from, end) = (start + WARM_UP, start + WARM_UP + Duration::from_millis(plan.run_ms));
    let every = plan.per_s.map(|per_s| Duration::from_secs(u64::from(plan.connections)) / narrow(per_s));
    let shared = Rc::new(Shared::new(plan.work, plan.targets)?);
    let mut clients = Vec::new();
    for number in 0..plan.connections {
        let phase = every.map_or(Duration::ZERO, |every| every * number / plan.connections);
        let schedule = Schedule { begin: start + phase, count_from, end, every };
        let client = Client::connect(plan.address, number, Rc::clone(&shared)).await?;
        clients.push(tokio::task::spawn_local(client.run(schedule)));
    }
    let mut all = Tally::default();
    for client in clients {
        all.add(client.await.map_err(|error| error.to_string())??);
    }
    // Who has nothing left to send is done before its time.
    let counted = all.until.unwrap_or(end).min(end).saturating_duration_since(count_from);
    all.latencies_us.sort_unstable();
    Ok(Measured {
        counted: all.counted,
        sent: all.sent,
        counted_us: u64::try_from(counted.as_micros()).unwrap_or(u64::MAX),
        median_us: percentile(&all.latencies_us, 50),
        p99_us: percentile(&all.latencies_us, 99),
    })
}

fn narrow(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX).max(1)
}
