//! Many deliveries a request: several streams at once, with keys in order and with random ones.

use std::collections::BTreeMap;

use crate::figures::Figures;
use crate::progress;
use crate::requests::{Keys, Work};
use crate::service::{Drive, How, Service, median};

const STREAMS: u32 = 4;
const LINES: u64 = 2_000;

/// Measures the engines that take part, in turns.
pub fn measure(
    how: &How,
    (sqlite, postgres): (Option<&Service>, Option<&Service>),
    figures: &mut Figures,
) -> Result<(), String> {
    let loads = [
        ("batch_sqlite_per_s", sqlite, Keys::InOrder),
        ("batch_random_keys_sqlite_per_s", sqlite, Keys::Random),
        ("batch_postgres_per_s", postgres, Keys::InOrder),
    ];
    let mut per_s: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for round in 1..=how.rounds {
        progress(&format!("batches, round {round} of {}", how.rounds));
        for (key, service, keys) in loads {
            let Some(service) = service else { continue };
            let work = Work::Batches { lines: LINES, keys };
            let measured = service.drive(how, Drive { work, connections: STREAMS, per_s: None })?;
            per_s.entry(key).or_default().push(measured.per_s());
        }
    }
    for (key, runs) in per_s {
        figures.set(key, median(runs));
    }
    Ok(())
}
