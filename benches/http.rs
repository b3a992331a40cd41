//! The benchmark: the service over real HTTP on this machine, on both engines, beside a bare handler and a textbook
//! ledger.
//!
//! Servers and load generator are processes of their own; some of them are this program, called again. The runs of
//! whatever is compared alternate, and medians are told.
#![expect(clippy::float_arithmetic, reason = "a benchmark's figures are not money")]

#[path = "http/batches.rs"]
mod batches;
#[path = "http/books.rs"]
mod books;
#[path = "http/chart.rs"]
mod chart;
#[path = "http/client.rs"]
mod client;
#[path = "http/default_run.rs"]
mod default_run;
#[path = "http/facts.rs"]
mod facts;
#[path = "http/figures.rs"]
mod figures;
#[path = "http/floor.rs"]
mod floor;
#[path = "http/honest.rs"]
mod honest;
#[path = "http/load.rs"]
mod load;
#[path = "http/machine.rs"]
mod machine;
#[path = "http/page.rs"]
mod page;
#[path = "http/parts/mod.rs"]
mod parts;
#[path = "http/peer.rs"]
mod peer;
#[path = "http/postgres.rs"]
mod postgres;
#[path = "http/report.rs"]
mod report;
#[path = "http/requests.rs"]
mod requests;
#[path = "http/run.rs"]
mod run;
#[path = "http/servers.rs"]
mod servers;
#[path = "http/service.rs"]
mod service;
#[path = "http/table.rs"]
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Measures the service over real HTTP on this machine.
#[derive(Debug, Parser)]
struct Arguments {
    /// Shorter runs, and growth to 100,000 contracts only
    #[arg(long)]
    quick: bool,
    /// Only these parts
    #[arg(long, value_name = "PART,…", value_enum, value_delimiter = ',')]
    only: Vec<run::Part>,
    /// Contracts in the books
    #[arg(long, value_name = "COUNT", default_value_t = 100_000)]
    contracts: u64,
    /// Milliseconds of each run
    #[arg(long, value_name = "MS")]
    run_ms: Option<u64>,
    /// Numbers of connections at which both engines are measured
    #[arg(long, value_name = "COUNT,…", value_delimiter = ',', default_value = "1,4,16,64,256")]
    connections: Vec<u32>,
    /// What the service logs: warn, or info for a line a request
    #[arg(long, value_name = "FILTER", default_value = "warn")]
    log: String,
    /// Writes the figures to a file as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Draws throughput and latency over connections into a file, as SVG
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
    /// Writes the table into a page, between its markers
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    /// Measures nothing: takes the figures of an earlier run from its JSON
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Only how fast a merchant's default gives the money of so many contracts back
    #[arg(long, value_name = "COUNT")]
    default_run: Option<u64>,
    /// Given by `cargo bench`
    #[arg(long, hide = true)]
    bench: bool,
    #[command(subcommand)]
    process: Option<Process>,
}

/// What this program does when it calls itself.
#[derive(Debug, Subcommand)]
enum Process {
    #[command(hide = true)]
    Floor { address: std::net::SocketAddr },
    #[command(hide = true)]
    Load,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = match (&arguments.process, arguments.default_run) {
        (Some(Process::Floor { address }), _) => floor::run(*address),
        (Some(Process::Load), _) => load::run(),
        (None, Some(contracts)) => default_run::measure(contracts, &arguments.log),
        (None, None) => match &arguments.from {
            Some(file) => report::again(&arguments, file),
            None => run::run(&arguments),
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
