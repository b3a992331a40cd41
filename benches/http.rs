//! The benchmark: deliveries over real HTTP, one a request, beside a bare handler that parses the same body.
//!
//! Server, floor and load generator are processes of their own; the last two are this program, called again. Both
//! servers get exactly the same requests, with tokens and keys. The runs of both alternate, and medians are told.
#![expect(clippy::float_arithmetic, reason = "a benchmark's figures are not money")]

#[path = "http/books.rs"]
mod books;
#[path = "http/default_run.rs"]
mod default_run;
#[path = "http/figures.rs"]
mod figures;
#[path = "http/floor.rs"]
mod floor;
#[path = "http/load.rs"]
mod load;
#[path = "http/servers.rs"]
mod servers;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use figures::{Cpu, Figures};
use load::{Load, Measured};
use servers::Server;

const CONNECTIONS: u32 = 64;
const RUNS: usize = 3;

/// Measures the service over real HTTP on this machine.
#[derive(Debug, Parser)]
struct Arguments {
    /// Contracts in the books
    #[arg(long, value_name = "COUNT")]
    contracts: Option<u64>,
    /// Shorter runs on 10,000 contracts
    #[arg(long)]
    quick: bool,
    /// Only how fast a merchant's default gives the money of so many contracts back
    #[arg(long, value_name = "COUNT")]
    default_run: Option<u64>,
    /// What the service logs: warn, or info for a line a request
    #[arg(long, value_name = "FILTER", default_value = "warn")]
    log: String,
    /// Writes the figures to a file as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What this program does when it calls itself.
#[derive(Debug, Subcommand)]
enum Part {
    #[command(hide = true)]
    Floor { address: std::net::SocketAddr },
    #[command(hide = true)]
    Load(Load),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = match &arguments.part {
        Some(Part::Floor { address }) => floor::run(*address),
        Some(Part::Load(load)) => load::run(load),
        None => match arguments.default_run {
            Some(contracts) => default_run::measure(contracts, &arguments.log),
            None => measure(&arguments),
        },
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            progress(&format!("benchmark: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// A line for whoever waits.
#[expect(clippy::print_stderr, reason = "a benchmark tells how far it is")]
fn progress(line: &str) {
    eprintln!("{line}");
}

/// What a measurement works with.
struct Bench {
    folder: PathBuf,
    /// A copy of the same books, whose log is not published.
    silent: PathBuf,
    run: Duration,
    contracts: u64,
}

impl Bench {
    /// Drives a server from a process of its own.
    fn drive(&self, server: &Server, connections: u32, per_s: Option<u64>) -> Result<Measured, String> {
        load::in_process(&Load {
            address: server.address,
            targets: self.folder.join("targets.json"),
            connections,
            run_ms: u64::try_from(self.run.as_millis()).unwrap_or(u64::MAX),
            per_s,
        })
    }
}

fn measure(arguments: &Arguments) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let contracts = arguments.contracts.unwrap_or(if arguments.quick { 10_000 } else { 100_000 });
    let run = if arguments.quick { Duration::from_secs(2) } else { Duration::from_secs(5) };
    let bench = Bench { folder: folder.path().join("books"), silent: folder.path().join("silent"), run, contracts };
    progress(&format!("preparing {contracts} contracts in {}", folder.path().display()));
    let targets = books::prepare(&bench.folder, contracts)?;
    std::fs::write(bench.folder.join("targets.json"), targets).map_err(|error| error.to_string())?;
    copy(&bench.folder, &bench.silent).map_err(|error| format!("{}: {error}", bench.silent.display()))?;
    let figures = figures(&bench, &arguments.log)?;
    figures.print();
    match &arguments.json {
        Some(path) => figures.write(path),
        None => Ok(()),
    }
}

fn figures(bench: &Bench, log: &str) -> Result<Figures, String> {
    let size_before = books_size_bytes(&bench.folder)?;
    let fdatasync = figures::fdatasync(&bench.folder)?;
    let floor = Server::floor()?;
    let ledger = Server::ledger(&bench.folder, log, 1)?;
    let silent = Server::ledger(&bench.silent, log, 0)?;
    let batches_before = ledger.batches()?;
    let mut floors = Vec::new();
    let mut ledgers = Vec::new();
    let mut silents = Vec::new();
    for run in 1..=RUNS {
        progress(&format!("run {run} of {RUNS}: floor"));
        floors.push(bench.drive(&floor, CONNECTIONS, None)?);
        progress(&format!("run {run} of {RUNS}: ledger"));
        ledgers.push(bench.drive(&ledger, CONNECTIONS, None)?);
        progress(&format!("run {run} of {RUNS}: ledger that publishes nothing"));
        silents.push(bench.drive(&silent, CONNECTIONS, None)?);
    }
    let batches = ledger.batches()?.since(&batches_before);
    let cpu = Cpu {
        floor_us: per_request(&floor, &floors),
        ledger_us: per_request(&ledger, &ledgers),
        silent_us: per_request(&silent, &silents),
    };
    let full = median_run(&ledgers);
    progress("ledger at half of that load");
    let half = bench.drive(&ledger, CONNECTIONS, Some(full.per_s() / 2))?;
    progress("ledger with one client");
    let one = bench.drive(&ledger, 1, None)?;
    let rss_kb = ledger.rss_max_kb();
    floor.stop()?;
    ledger.stop()?;
    silent.stop()?;
    let all = ledgers.iter().chain([&half, &one]).map(|measured| measured.sent).sum();
    Ok(Figures {
        contracts: bench.contracts,
        floor: median_run(&floors),
        full,
        silent: median_run(&silents),
        half,
        one,
        batch_mean: batches.mean(),
        cpu,
        bytes_per_delivery: books_size_bytes(&bench.folder)?.saturating_sub(size_before).checked_div(all).unwrap_or(0),
        fdatasync,
        rss_kb,
    })
}

/// Copies a folder with everything in it.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let there = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &there)?;
        } else {
            std::fs::copy(entry.path(), there)?;
        }
    }
    Ok(())
}

/// Processor time for each request of some runs.
fn per_request(server: &Server, runs: &[Measured]) -> u64 {
    server.cpu_us().checked_div(runs.iter().map(|run| run.sent).sum()).unwrap_or(0)
}

/// The run with the middle throughput.
fn median_run(runs: &[Measured]) -> Measured {
    let mut runs = runs.to_vec();
    runs.sort_by_key(Measured::per_s);
    runs.get(runs.len() / 2).cloned().unwrap_or_default()
}

/// The database file's size; the write-ahead log is empty once the last writer has stopped.
fn books_size_bytes(folder: &Path) -> Result<u64, String> {
    let path = folder.join("ticun.db");
    std::fs::metadata(&path).map(|file| file.len()).map_err(|error| format!("{}: {error}", path.display()))
}
