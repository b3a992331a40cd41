//! Thousands of short histories of one office, each made of its seed alone: several people and timers, two nodes, lost
//! and doubled messages, crashes before and after a commit, clocks that jump.
//!
//! Each history runs in one thread, on the real writers and a real database. `TICUN_SIM_SEED` runs one history and tells
//! what happens in it, and `TICUN_SIM_HISTORIES` runs as many as one likes.

#![cfg(test)]

mod history;
mod intents;
mod model;
mod nodes;
mod random;
#[path = "../ledger_money/seed.rs"]
#[allow(dead_code, reason = "other tests use the other parts of it")]
mod seed;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use history::History;
use nodes::Template;

/// Histories in a run of all tests.
const HISTORIES: u64 = 2_000;
/// Batches that arrive before people stop asking and faults stop coming: in most histories, and in every tenth.
const STEPS: [usize; 2] = [5, 24];
/// Every so manieth history runs twice, and must leave the same bytes.
const TWICE_EVERY: u64 = 23;
const THREADS: u64 = 2;

fn setting(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

/// What a history did, or a sentence about what is wrong.
fn run(template: &Template, seed: u64, steps: usize) -> (Result<History, String>, Vec<String>) {
    let mut history = History::start(template, seed);
    let ran = catch_unwind(AssertUnwindSafe(|| history.run(steps)));
    let trace = std::mem::take(&mut history.trace);
    match ran {
        Ok(Ok(())) => (Ok(history), trace),
        Ok(Err(wrong)) => (Err(wrong), trace),
        Err(panicked) => {
            let text = panicked.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panicked.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            (Err(text.unwrap_or_else(|| "it panicked".to_owned())), trace)
        }
    }
}

fn steps_of(seed: u64) -> usize {
    STEPS[usize::from(seed % 10 == 9)]
}

/// The shortest history of a seed that goes wrong, told step by step.
fn tell(template: &Template, seed: u64, wrong: &str) -> String {
    let shortest = (0..=steps_of(seed)).find_map(|steps| match run(template, seed, steps) {
        (Err(wrong), trace) => Some((steps, wrong, trace)),
        _ => None,
    });
    let (steps, wrong, trace) = shortest.unwrap_or((steps_of(seed), wrong.to_owned(), Vec::new()));
    format!("TICUN_SIM_SEED={seed}, after {steps} steps: {wrong}\n  {}", trace.join("\n  "))
}

fn judged(template: &Template, seed: u64) -> Result<History, String> {
    let (ran, trace) = run(template, seed, steps_of(seed));
    if std::env::var_os("TICUN_SIM_SEED").is_some() {
        println!("{}", trace.join("\n"));
    }
    let mut history = ran.map_err(|wrong| tell(template, seed, &wrong))?;
    if seed.is_multiple_of(TWICE_EVERY) {
        let mut again = run(template, seed, steps_of(seed)).0.map_err(|wrong| tell(template, seed, &wrong))?;
        if history.log() != again.log() {
            return Err(format!("TICUN_SIM_SEED={seed}: it left another log the second time"));
        }
    }
    Ok(history)
}

#[test]
fn thousands_of_histories_with_faults_lose_nothing_and_double_nothing() {
    let template = Template::new();
    if let Some(seed) = setting("TICUN_SIM_SEED") {
        judged(&template, seed).unwrap_or_else(|wrong| panic!("{wrong}"));
        return;
    }
    let (next, count) = (AtomicU64::new(0), setting("TICUN_SIM_HISTORIES").unwrap_or(HISTORIES));
    let totals = std::thread::scope(|scope| {
        let work = || {
            let mut totals = history::Totals::default();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= count {
                    return totals;
                }
                let history = judged(&template, seed).unwrap_or_else(|wrong| {
                    next.store(count, Ordering::Relaxed);
                    panic!("{wrong}")
                });
                totals.add(&history.totals);
            }
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        let mut totals = history::Totals::default();
        for thread in threads {
            totals.add(&thread.join().unwrap_or_else(|wrong| std::panic::resume_unwind(wrong)));
        }
        totals
    });
    println!("{count} histories: {totals:?}");
    // A simulation in which nothing went wrong, or nothing was done, would show nothing.
    let often = [totals.crashes_before, totals.crashes_after, totals.answers_lost, totals.refused];
    assert!(often.into_iter().all(|figure| figure >= count / 10), "{totals:?}");
    assert!(totals.written >= count * 3 && totals.repeated >= count / 2, "{totals:?}");
    assert!(totals.settled >= count / 40, "{totals:?}");
}
