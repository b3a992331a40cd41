//! Growth: the same load on small books and on big ones, in turns; and how long reading takes on the big ones.

use std::time::Duration;

use serde_json::{Value, json};

use crate::figures::{Figures, ms};
use crate::load::Measured;
use crate::progress;
use crate::requests::Work;
use crate::service::{Drive, How, Service, median};

use super::single::USUAL;

/// What is read, and what it is called.
const READS: [(&str, &str); 9] = [
    ("a contract", "/v1/contracts/{contract}"),
    ("a page of contracts", "/v1/contracts?limit=20"),
    ("a contract's deliveries", "/v1/contracts/{contract}/deliveries"),
    ("a contract's timeline", "/v1/contracts/{contract}/timeline"),
    ("a contract's statement", "/v1/contracts/{contract}/statement"),
    ("the trial balance at a past position", "/v1/books/trial-balance?position={position}"),
    ("an account of the bank at a past position", "/v1/books/accounts/bank/sandbox?position={position}"),
    ("100 events from any place", "/v1/events?after={position}&limit=100"),
    ("the events of a contract", "/v1/events?subject={contract}&limit=100"),
];
const READ_RUN: Duration = Duration::from_millis(500);

/// Measures throughput on both.
pub fn measure(how: &How, (small, big): (&Service, &Service), figures: &mut Figures) -> Result<(), String> {
    let (mut small_per_s, mut big_per_s) = (Vec::new(), Vec::new());
    for round in 1..=how.rounds {
        progress(&format!("growth to {} contracts, round {round} of {}", big.contracts, how.rounds));
        small_per_s.push(small.drive(how, Drive::deliveries(USUAL))?.per_s());
        big_per_s.push(big.drive(how, Drive::deliveries(USUAL))?.per_s());
    }
    let (small_per_s, big_per_s) = (median(small_per_s), median(big_per_s));
    figures.set("growth_contracts", big.contracts);
    figures.set("growth_small_per_s", small_per_s);
    figures.set("growth_big_per_s", big_per_s);
    figures.set_ratio("growth_ratio", (big_per_s, small_per_s));
    reads(how, big, figures)?;
    figures.set("rss_mb", big.server.rss_max_kb() / 1024);
    Ok(())
}

/// Measures each read by one client.
fn reads(how: &How, service: &Service, figures: &mut Figures) -> Result<(), String> {
    let entries = service.entries()?;
    figures.set("growth_entries", entries);
    let how = How { run: how.run.min(READ_RUN), folder: how.folder.clone(), log: how.log.clone(), ..*how };
    let mut runs: Vec<Vec<Measured>> = READS.iter().map(|_| Vec::new()).collect();
    for round in 1..=how.rounds {
        progress(&format!("reads, round {round} of {}", how.rounds));
        for ((_, path), runs) in READS.iter().zip(&mut runs) {
            let work = Work::Read { path: (*path).to_owned(), positions: entries };
            runs.push(service.drive(&how, Drive { work, connections: 1, per_s: None })?);
        }
    }
    let read = |((name, _), runs): (&(&str, &str), &Vec<Measured>)| {
        let middle = |of: fn(&Measured) -> u32| {
            ms(u32::try_from(median(runs.iter().map(|run| u64::from(of(run))))).unwrap_or(u32::MAX))
        };
        json!({"name": name, "median_ms": middle(|run| run.median_us), "p99_ms": middle(|run| run.p99_us)})
    };
    figures.set("reads", READS.iter().zip(&runs).map(read).collect::<Vec<Value>>());
    Ok(())
}
