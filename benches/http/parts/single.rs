//! One delivery a request: the bare handler, both engines at rising numbers of connections, and the textbook ledger.
//!
//! All of them take turns, so that whatever else the machine does meets all alike.

use std::collections::BTreeMap;

use serde_json::json;

use crate::figures::{Figures, float, ms};
use crate::load::Measured;
use crate::peer::{CLIENTS, Peer};
use crate::progress;
use crate::servers::{Batches, Server};
use crate::service::{Drive, How, Service, drive_at, median, median_run};

/// At how many connections throughput is told.
pub const USUAL: u32 = 64;
/// Where a round trip to the database is long, more requests on their way can be better.
const MANY: u32 = 256;

/// What takes part.
pub struct Field<'a> {
    pub floor: Option<Server>,
    pub sqlite: Option<&'a Service>,
    /// A copy of the same books, whose log is not published.
    pub silent: Option<&'a Service>,
    pub postgres: Option<&'a Service>,
    pub peer: Option<Peer<'a>>,
    pub connections: Vec<u32>,
}

/// The runs of one server at different numbers of connections.
#[derive(Default)]
struct Runs {
    by_connections: BTreeMap<u32, Vec<Measured>>,
    /// Processor time and requests at the usual number of connections.
    cpu_us: u64,
    usual: u64,
    batches: Batches,
}

impl Runs {
    fn add(&mut self, service: &Service, how: &How, connections: u32) -> Result<(), String> {
        let (cpu_before, batches_before) = (service.server.cpu_us(), service.server.batches()?);
        let measured = service.drive(how, Drive::deliveries(connections))?;
        if connections == USUAL {
            self.cpu_us += service.server.cpu_us() - cpu_before;
            self.usual += measured.sent;
            self.batches.add(&service.server.batches()?.since(&batches_before));
        }
        self.by_connections.entry(connections).or_default().push(measured);
        Ok(())
    }

    fn at(&self, connections: u32) -> Option<Measured> {
        self.by_connections.get(&connections).map(|runs| median_run(runs))
    }

    fn cpu_us(&self) -> u64 {
        self.cpu_us.checked_div(self.usual).unwrap_or(0)
    }

    /// The points of the chart.
    fn points(&self, engine: &str) -> Vec<serde_json::Value> {
        let point = |(connections, runs): (&u32, &Vec<Measured>)| {
            let run = median_run(runs);
            json!({
                "engine": engine,
                "connections": connections,
                "per_s": run.per_s(),
                "median_ms": ms(run.median_us),
                "p99_ms": ms(run.p99_us),
            })
        };
        self.by_connections.iter().map(point).collect()
    }
}

/// Measures all that takes part, and notes it.
pub fn measure(how: &How, field: &Field<'_>, figures: &mut Figures) -> Result<(), String> {
    let mut floors = Vec::new();
    let mut silents = Vec::new();
    let (mut sqlite, mut postgres) = (Runs::default(), Runs::default());
    let mut peers: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    for round in 1..=how.rounds {
        progress(&format!("one delivery a request, round {round} of {}", how.rounds));
        if let (Some(floor), Some(service)) = (&field.floor, field.sqlite.or(field.postgres)) {
            floors.push(drive_at(floor, how, Drive::deliveries(USUAL), service.targets()?)?);
        }
        for connections in &field.connections {
            if let Some(service) = field.sqlite {
                sqlite.add(service, how, *connections)?;
            }
            if let Some(service) = field.postgres {
                postgres.add(service, how, *connections)?;
            }
        }
        if let Some(silent) = field.silent {
            silents.push(silent.drive(how, Drive::deliveries(USUAL))?);
        }
        for clients in field.peer.iter().flat_map(|_| CLIENTS) {
            if let Some(peer) = &field.peer {
                peers.entry(clients).or_default().push(peer.per_s(clients, how.run)?);
            }
        }
    }
    if let Some(floor) = &field.floor {
        figures.set("floor_per_s", median_run(&floors).per_s());
        let sent = floors.iter().map(|run| run.sent).sum();
        figures.set("floor_cpu_us", floor.cpu_us().checked_div(sent).unwrap_or(0));
    }
    if let Some(best) = peers.values().map(|runs| median(runs.iter().copied())).max() {
        figures.set("textbook_postgres_best_per_s", best);
        let each =
            peers.iter().map(|(clients, runs)| json!({"clients": clients, "per_s": median(runs.iter().copied())}));
        figures.set("textbook_postgres", each.collect::<Vec<_>>());
    }
    note_sqlite(&sqlite, &silents, figures);
    note_postgres(&postgres, figures);
    halves(how, field, (&sqlite, &postgres), figures)?;
    let points = [sqlite.points("SQLite"), postgres.points("PostgreSQL")].concat();
    if !points.is_empty() {
        figures.set("connections", points);
    }
    Ok(())
}

fn note_sqlite(runs: &Runs, silents: &[Measured], figures: &mut Figures) {
    if let Some(usual) = runs.at(USUAL) {
        figures.set("single_sqlite_per_s", usual.per_s());
        figures.set("single_sqlite_cpu_us", runs.cpu_us());
        figures.set("batch_mean_sqlite", runs.batches.mean());
        if !silents.is_empty() {
            let part = 1.0 - float(usual.per_s()) / float(median_run(silents).per_s()).max(1.0);
            figures.set("publishing_cost_percent", (part * 1000.0).round() / 10.0);
        }
    }
    if let Some(one) = runs.at(1) {
        figures.set("median_one_client_ms", ms(one.median_us));
    }
}

fn note_postgres(runs: &Runs, figures: &mut Figures) {
    if let Some(best) =
        [USUAL, MANY].into_iter().filter_map(|connections| runs.at(connections)).map(|run| run.per_s()).max()
    {
        figures.set("single_postgres_per_s", best);
        figures.set("single_postgres_cpu_us", runs.cpu_us());
        figures.set("batch_mean_postgres", runs.batches.mean());
    }
    if let Some(one) = runs.at(1) {
        figures.set("postgres_median_one_client_ms", ms(one.median_us));
    }
}

/// At half of the load that saturates each engine.
fn halves(
    how: &How,
    field: &Field<'_>,
    (sqlite, postgres): (&Runs, &Runs),
    figures: &mut Figures,
) -> Result<(), String> {
    let best = |runs: &Runs, choices: &[u32]| {
        let found = choices.iter().filter_map(|connections| Some((runs.at(*connections)?.per_s(), *connections)));
        found.max()
    };
    let sqlite = field.sqlite.zip(best(sqlite, &[USUAL]));
    let postgres = field.postgres.zip(best(postgres, &[USUAL, MANY]));
    let parts = [("p99_half_load_ms", sqlite), ("postgres_p99_half_load_ms", postgres)];
    let mut p99s: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for round in 1..=how.rounds {
        progress(&format!("half of that load, round {round} of {}", how.rounds));
        for (key, part) in &parts {
            let Some((service, (per_s, connections))) = part else { continue };
            let half = Drive { per_s: Some(per_s / 2), ..Drive::deliveries(*connections) };
            p99s.entry(key).or_default().push(u64::from(service.drive(how, half)?.p99_us));
        }
    }
    for (key, p99s_us) in p99s {
        figures.set(key, ms(u32::try_from(median(p99s_us)).unwrap_or(u32::MAX)));
    }
    Ok(())
}
