//! One hot merchant: deliveries that codes confirm at once, all to one payable account, beside as many spread over many.
//!
//! Two books of the same number of contracts take turns: one has a single merchant, the other has fifty.

use std::time::Duration;

use crate::books::MERCHANTS;
use crate::facts::{self, Ids, Seed};
use crate::figures::Figures;
use crate::progress;
use crate::requests::Work;
use crate::service::{Drive, Engine, How, Service, median, prepare};

use super::single::USUAL;

/// Longer runs would only need more codes.
const RUN_MAX: Duration = Duration::from_secs(2);
/// Codes for each millisecond of a run. A run that has used all of its own up ends, and what it took counts.
const CODES_PER_MS: u64 = 20;
/// What is not counted of a run.
const WARM_UP_MS: u64 = 500;
const CODES_AT_ONCE: u64 = 100;

/// Measures it on books of their own.
pub fn measure(how: &How, contracts: u64, figures: &mut Figures) -> Result<(), String> {
    let how = How { run: how.run.min(RUN_MAX), folder: how.folder.clone(), log: how.log.clone(), ..*how };
    let run_ms = u64::try_from(how.run.as_millis()).unwrap_or(u64::MAX);
    let codes = CODES_PER_MS * (run_ms + WARM_UP_MS);
    let rounds = u64::try_from(how.rounds).unwrap_or(1);
    let start = |name, merchants| {
        let last = |ids| seeds(ids, codes * rounds, contracts);
        let books = prepare(&how, Engine::Sqlite, name, (contracts, merchants), last)?;
        Service::start(&how, books, contracts, 1)
    };
    let (hot, spread) = (start("hot", 1)?, start("spread", MERCHANTS)?);
    let (mut hot_per_s, mut spread_per_s) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        progress(&format!("check-ins by code, round {} of {rounds}", round + 1));
        let work = Work::CheckIns { codes: round * codes..(round + 1) * codes };
        let drive = Drive { work, connections: USUAL, per_s: None };
        spread_per_s.push(spread.drive(&how, drive.clone())?.per_s());
        hot_per_s.push(hot.drive(&how, drive)?.per_s());
    }
    let (hot_per_s, spread_per_s) = (median(hot_per_s), median(spread_per_s));
    figures.set("hot_merchant_per_s", hot_per_s);
    figures.set("spread_per_s", spread_per_s);
    figures.set_ratio("hot_merchant_ratio", (hot_per_s, spread_per_s));
    hot.stop()?;
    spread.stop()?;
    Ok(())
}

fn seeds(ids: Ids, codes: u64, contracts: u64) -> Vec<Seed> {
    let firsts = (0..codes).step_by(usize::try_from(CODES_AT_ONCE).unwrap_or(1));
    firsts.map(|first| facts::codes(ids, first..codes.min(first + CODES_AT_ONCE), contracts)).collect()
}
