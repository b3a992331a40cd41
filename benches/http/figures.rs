//! What was measured, by the names of the JSON file, and what each figure should be.

use serde_json::{Map, Value};

/// The keys that a whole run fills; others may stand beside them.
pub const KEYS: [&str; 20] = [
    "floor_per_s",
    "single_sqlite_per_s",
    "single_postgres_per_s",
    "textbook_postgres_best_per_s",
    "batch_sqlite_per_s",
    "batch_random_keys_sqlite_per_s",
    "batch_postgres_per_s",
    "hot_merchant_ratio",
    "p99_half_load_ms",
    "median_one_client_ms",
    "growth_ratio",
    "rss_mb",
    "verify_bytes_per_s",
    "sha256_bytes_per_s",
    "replay_entries_per_s",
    "bytes_per_delivery",
    "fdatasync_p50_us",
    "fdatasync_p99_us",
    "machine",
    "commit",
];

/// In what a figure is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    PerS,
    Times,
    Ms,
    Us,
    Mb,
    Bytes,
    BytesPerS,
    Percent,
    Count,
}

/// What a figure should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Goal {
    Told,
    AtLeast(f64),
    AtMost(f64),
    /// So many times another figure of the same run.
    AtLeastTimes(f64, &'static str),
}

/// One figure of the table: its name, its key, its unit and its goal.
pub type Line = (&'static str, &'static str, Unit, Goal);

/// The table.
pub const LINES: [Line; 32] = [
    ("bare handler that parses the same JSON, 64 connections", "floor_per_s", Unit::PerS, Goal::Told),
    (
        "one delivery a request, SQLite, 64 connections",
        "single_sqlite_per_s",
        Unit::PerS,
        Goal::AtLeastTimes(0.20, "floor_per_s"),
    ),
    ("· deliveries in a batch, mean", "batch_mean_sqlite", Unit::Count, Goal::Told),
    ("· processor time a delivery", "single_sqlite_cpu_us", Unit::Us, Goal::Told),
    ("· what publishing takes of it", "publishing_cost_percent", Unit::Percent, Goal::AtMost(5.0)),
    ("· p99 at half of that load", "p99_half_load_ms", Unit::Ms, Goal::AtMost(10.0)),
    ("· median with one client", "median_one_client_ms", Unit::Ms, Goal::AtMost(1.0)),
    ("· bytes stored for a delivery", "bytes_per_delivery", Unit::Bytes, Goal::AtMost(1700.0)),
    (
        "textbook ledger on PostgreSQL, best of 1, 4, 16, 64 clients",
        "textbook_postgres_best_per_s",
        Unit::PerS,
        Goal::Told,
    ),
    (
        "one delivery a request, PostgreSQL, better of 64 and 256 connections",
        "single_postgres_per_s",
        Unit::PerS,
        Goal::AtLeastTimes(3.0, "textbook_postgres_best_per_s"),
    ),
    ("· deliveries in a batch, mean", "batch_mean_postgres", Unit::Count, Goal::Told),
    ("· processor time a delivery, without the database's", "single_postgres_cpu_us", Unit::Us, Goal::Told),
    ("· p99 at half of that load", "postgres_p99_half_load_ms", Unit::Ms, Goal::AtMost(25.0)),
    ("· median with one client", "postgres_median_one_client_ms", Unit::Ms, Goal::AtMost(2.0)),
    ("· bytes stored for a delivery", "postgres_bytes_per_delivery", Unit::Bytes, Goal::Told),
    ("batches, SQLite, keys in order", "batch_sqlite_per_s", Unit::PerS, Goal::AtLeast(30_000.0)),
    ("batches, SQLite, random keys", "batch_random_keys_sqlite_per_s", Unit::PerS, Goal::AtLeast(20_000.0)),
    ("batches, PostgreSQL, keys in order", "batch_postgres_per_s", Unit::PerS, Goal::Told),
    ("check-ins by code of 50 merchants", "spread_per_s", Unit::PerS, Goal::Told),
    ("check-ins by code of one merchant", "hot_merchant_per_s", Unit::PerS, Goal::Told),
    ("· of those of 50 merchants", "hot_merchant_ratio", Unit::Times, Goal::AtLeast(0.9)),
    ("one delivery a request at 10,000 contracts", "growth_small_per_s", Unit::PerS, Goal::Told),
    ("one delivery a request at the most contracts", "growth_big_per_s", Unit::PerS, Goal::Told),
    ("· of that at 10,000", "growth_ratio", Unit::Times, Goal::AtLeast(0.8)),
    ("· contracts", "growth_contracts", Unit::Count, Goal::Told),
    ("· most memory of the service", "rss_mb", Unit::Mb, Goal::AtMost(300.0)),
    ("SHA-256 of blocks of 512 bytes, one core", "sha256_bytes_per_s", Unit::BytesPerS, Goal::Told),
    (
        "verifier: parse, chain, tree, canonical form",
        "verify_bytes_per_s",
        Unit::BytesPerS,
        Goal::AtLeastTimes(0.2, "sha256_bytes_per_s"),
    ),
    ("verifier with full replay, entries", "replay_entries_per_s", Unit::PerS, Goal::AtLeast(150_000.0)),
    ("bare handler, processor time a request", "floor_cpu_us", Unit::Us, Goal::Told),
    ("fdatasync of one page, median", "fdatasync_p50_us", Unit::Us, Goal::Told),
    ("fdatasync of one page, p99", "fdatasync_p99_us", Unit::Us, Goal::Told),
];

/// The figures of a run.
#[derive(Clone, Debug, Default)]
pub struct Figures(Map<String, Value>);

impl Figures {
    /// Those of a JSON file.
    pub fn parse(json: &str) -> Result<Self, String> {
        serde_json::from_str(json).map(Self).map_err(|error| error.to_string())
    }

    /// Notes what was measured.
    pub fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.0.insert(key.to_owned(), value.into());
    }

    /// Notes one figure over another one.
    pub fn set_ratio(&mut self, key: &str, (over, under): (u64, u64)) {
        if under > 0 {
            self.set(key, thousandths(float(over) / float(under)));
        }
    }

    /// A figure, if it was measured.
    pub fn number(&self, key: &str) -> Option<f64> {
        self.0.get(key)?.as_f64()
    }

    /// A text, if there is one.
    pub fn text(&self, key: &str) -> &str {
        self.0.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// The objects under a key.
    pub fn list(&self, key: &str) -> &[Value] {
        self.0.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// The keys that a whole run fills and this one did not.
    pub fn missing(&self) -> Vec<&'static str> {
        KEYS.into_iter().filter(|key| !self.0.contains_key(*key)).collect()
    }

    /// All of them as JSON.
    pub fn json(&self) -> Result<String, String> {
        serde_json::to_string_pretty(&self.0).map(|text| text + "\n").map_err(|error| error.to_string())
    }
}

/// A count as a float.
pub fn float(count: u64) -> f64 {
    let halves = [count >> 32, count & u64::from(u32::MAX)].map(|half| f64::from(u32::try_from(half).unwrap_or(0)));
    let [high, low] = halves;
    high.mul_add(4_294_967_296.0, low)
}

/// Microseconds as milliseconds.
pub fn ms(us: u32) -> f64 {
    f64::from(us) / 1000.0
}

/// A figure with three places.
pub fn thousandths(figure: f64) -> f64 {
    (figure * 1000.0).round() / 1000.0
}

/// The value that so many percent of sorted ones do not exceed (nearest rank).
pub fn percentile(sorted: &[u32], percent: usize) -> u32 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}
