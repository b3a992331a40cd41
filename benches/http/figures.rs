//! The figures: each beside its goal, and as JSON.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::json;

use super::load::Measured;

const RATIO_GOAL: f64 = 0.12;
const RATIO_AIM: f64 = 0.20;
const SYNCS: usize = 400;

/// Everything that was measured.
pub struct Figures {
    pub contracts: u64,
    pub floor: Measured,
    pub full: Measured,
    /// The same load on a service that publishes nothing.
    pub silent: Measured,
    pub half: Measured,
    pub one: Measured,
    pub batch_mean: f64,
    pub cpu: Cpu,
    pub bytes_per_delivery: u64,
    pub fdatasync: Syncs,
    pub rss_kb: u64,
}

/// Processor time for each request, which depends less on what else the machine does than throughput.
#[derive(Clone, Copy)]
pub struct Cpu {
    pub floor_us: u64,
    pub ledger_us: u64,
    pub silent_us: u64,
}

/// How long the disk takes to keep a page.
#[derive(Clone, Copy)]
pub struct Syncs {
    p50_us: u128,
    p99_us: u128,
}

/// Appends pages to a file in `folder` and has each of them kept.
pub fn fdatasync(folder: &Path) -> Result<Syncs, String> {
    let path = folder.join("fdatasync");
    let mut file = File::create(&path).map_err(|error| error.to_string())?;
    let mut taken_us = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let begin = Instant::now();
        file.write_all(&[0; 8192]).and_then(|()| file.sync_data()).map_err(|error| error.to_string())?;
        taken_us.push(begin.elapsed().as_micros());
    }
    std::fs::remove_file(&path).map_err(|error| error.to_string())?;
    taken_us.sort_unstable();
    let at = |percent: usize| taken_us.get(SYNCS * percent / 100).copied().unwrap_or(0);
    Ok(Syncs { p50_us: at(50), p99_us: at(99) })
}

impl Figures {
    fn ratio(&self) -> f64 {
        let per_s = |measured: &Measured| f64::from(u32::try_from(measured.per_s()).unwrap_or(u32::MAX));
        per_s(&self.full) / per_s(&self.floor).max(1.0)
    }

    /// What publishing takes from the write path, as a part of it.
    fn publishing_cost(&self) -> f64 {
        let per_s = |measured: &Measured| f64::from(u32::try_from(measured.per_s()).unwrap_or(u32::MAX));
        1.0 - per_s(&self.full) / per_s(&self.silent).max(1.0)
    }

    /// The table.
    #[expect(clippy::print_stdout, reason = "the table is what a benchmark is for")]
    pub fn print(&self) {
        let line = |name: &str, figure: String, goal: &str| println!("{name:<46}{figure:>12}  {goal}");
        let per_s = |measured: &Measured| format!("{}/s", measured.per_s());
        println!("\none delivery a request, SQLite, {} contracts", self.contracts);
        line("bare handler, 64 connections", per_s(&self.floor), "");
        line("ledger, 64 connections", per_s(&self.full), "");
        line(
            "  of the bare handler",
            format!("{:.3} ×", self.ratio()),
            &format!("≥ {RATIO_GOAL:.2} ×, aim {RATIO_AIM:.2} ×"),
        );
        line("  median", ms(self.full.median_us), "");
        line("  p99", ms(self.full.p99_us), "");
        line("  deliveries in a batch, mean", format!("{:.1}", self.batch_mean), "");
        line("  processor time a delivery", format!("{} µs", self.cpu.ledger_us), "");
        line("  processor time a request of the bare handler", format!("{} µs", self.cpu.floor_us), "");
        line("ledger that publishes nothing, 64 connections", per_s(&self.silent), "");
        line("  publishing costs", format!("{:.1} %", 100.0 * self.publishing_cost()), "< 5 %");
        line("  processor time a delivery", format!("{} µs", self.cpu.silent_us), "");
        line("ledger at half of that load, median", ms(self.half.median_us), "");
        line("  p99", ms(self.half.p99_us), "≤ 10 ms");
        line("ledger, 1 connection", per_s(&self.one), "");
        line("  median", ms(self.one.median_us), "≤ 1 ms");
        line("  p99", ms(self.one.p99_us), "");
        line("fdatasync of one page, p50", format!("{} µs", self.fdatasync.p50_us), "");
        line("  p99", format!("{} µs", self.fdatasync.p99_us), "");
        line("bytes stored for a delivery", self.bytes_per_delivery.to_string(), "≤ 1700");
        line("most memory", format!("{} MB", self.rss_kb / 1024), "≤ 300 MB");
    }

    /// The same as JSON.
    pub fn write(&self, path: &Path) -> Result<(), String> {
        let figures = json!({
            "floor_per_s": self.floor.per_s(),
            "single_sqlite_per_s": self.full.per_s(),
            "ratio": self.ratio(),
            "single_sqlite_unpublished_per_s": self.silent.per_s(),
            "single_sqlite_unpublished_cpu_us": self.cpu.silent_us,
            "publishing_cost": self.publishing_cost(),
            "median_64_clients_ms": f64::from(self.full.median_us) / 1000.0,
            "p99_64_clients_ms": f64::from(self.full.p99_us) / 1000.0,
            "median_one_client_ms": f64::from(self.one.median_us) / 1000.0,
            "p99_one_client_ms": f64::from(self.one.p99_us) / 1000.0,
            "p99_half_load_ms": f64::from(self.half.p99_us) / 1000.0,
            "batch_mean": self.batch_mean,
            "floor_cpu_us": self.cpu.floor_us,
            "single_sqlite_cpu_us": self.cpu.ledger_us,
            "bytes_per_delivery": self.bytes_per_delivery,
            "rss_mb": self.rss_kb / 1024,
            "fdatasync_p50_us": u64::try_from(self.fdatasync.p50_us).unwrap_or(u64::MAX),
            "fdatasync_p99_us": u64::try_from(self.fdatasync.p99_us).unwrap_or(u64::MAX),
            "contracts": self.contracts,
            "machine": machine(),
            "commit": commit(),
        });
        let text = serde_json::to_string_pretty(&figures).map_err(|error| error.to_string())?;
        std::fs::write(path, text + "\n").map_err(|error| format!("{}: {error}", path.display()))
    }
}

fn ms(us: u32) -> String {
    format!("{:.2} ms", f64::from(us) / 1000.0)
}

fn machine() -> String {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':').map(|(_, name)| name.trim()));
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZeroUsize::get);
    format!("{}, {cores} cores", model.unwrap_or("unknown processor"))
}

fn commit() -> String {
    let asked = Command::new("git").args(["rev-parse", "HEAD"]).output().ok();
    let told =
        asked.filter(|asked| asked.status.success()).map(|asked| String::from_utf8_lossy(&asked.stdout).into_owned());
    told.map_or_else(|| "unknown".to_owned(), |text| text.trim().to_owned())
}
