//! The default of a merchant: how fast a run gives the money of many contracts back, asked for over HTTP.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use ticun::domain::digest::Digest;
use ticun::domain::event::{DefaultRunProposed, Fact, PayoutAccountSet};
use ticun::domain::id::{Party, RunId};
use ticun::domain::money::Amount;
use ticun::domain::objects::{Notice, NoticeHow, Proof, ProofKind, Role, RunCause, RunMode};
use ticun::ledger::Key;

use super::books::Books;
use super::facts::{self, CONSUMERS, PRICE_FEN, Seed};
use super::progress;
use super::servers::{Server, pause};

const RUNS: usize = 3;
/// The goal, in contracts a second on two cores.
const GOAL_PER_S: u64 = 2_000;
const ASK_EVERY: Duration = Duration::from_millis(20);
const WAIT_MAX: Duration = Duration::from_secs(300);

/// Measures some runs over `contracts` contracts of one merchant, each on books of its own.
pub fn measure(contracts: u64, log: &str) -> Result<(), String> {
    let mut per_s = Vec::new();
    for run in 1..=RUNS {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        progress(&format!("run {run} of {RUNS}: preparing {contracts} contracts"));
        let (id, books) = prepare(folder.path(), contracts)?;
        let server = Server::ledger(&books, log, 1)?;
        let token = books.token(books.ids.staff(1), Role::Notary, None)?;
        let taken = approve_and_wait(&server, &id, &token, contracts)?;
        server.stop()?;
        let micros = u64::try_from(taken.as_micros()).unwrap_or(u64::MAX).max(1);
        let rate = contracts.saturating_mul(1_000_000) / micros;
        progress(&format!("run {run} of {RUNS}: {contracts} contracts refunded in {taken:?}, {rate} a second"));
        per_s.push(rate);
    }
    per_s.sort_unstable();
    let median = per_s.get(per_s.len() / 2).copied().unwrap_or_default();
    progress(&format!(
        "default run: {median} contracts a second, from the approval to the last one; goal {GOAL_PER_S}"
    ));
    Ok(())
}

/// Books whose only merchant is to be found in default, by a run that a second notary can approve.
fn prepare(folder: &Path, contracts: u64) -> Result<(RunId, Books), String> {
    let books = Books::open(folder, None, 1)?;
    let ids = books.ids;
    let run = RunId::from_bits(ids.first);
    let notaries = [0, 1].map(|number| facts::staff(ids, number, Role::Notary));
    let account = |number| {
        let consumer = ids.consumer(number);
        let set = PayoutAccountSet { account: Digest::of(&[b"account"]), party: Party::Consumer(consumer) };
        Seed { facts: vec![Fact::plain(set)], shows: consumer.into(), keys: vec![Key::Consumer(consumer)] }
    };
    let (one, other) = (Digest::of(&[b"one"]), Digest::of(&[b"other"]));
    let proof = |kind, sha256, sm3| Proof { kind, sha256, sm3 };
    let held = i64::try_from(contracts).ok().and_then(|count| count.checked_mul(PRICE_FEN)).and_then(Amount::from_fen);
    let proposed = DefaultRunProposed {
        amount: held.ok_or("too many contracts")?,
        cause: RunCause::Default,
        contracts,
        merchant: ids.merchant(0),
        mode: RunMode::Real,
        notice: Some(Notice { how: NoticeHow::Courier, sent_at: ids.now, sha256: one, sm3: other }),
        object_by: Some(ids.now),
        proofs: vec![proof(ProofKind::SiteVisit, one, other), proof(ProofKind::BankReturn, other, one)],
        reason: None,
        run,
    };
    let keys = vec![Key::Merchant(ids.merchant(0))];
    let proposed = Seed { facts: vec![Fact::plain(proposed)], shows: run.into(), keys };
    books.fill(contracts, notaries.into_iter().chain((0..CONSUMERS).map(account)).chain([proposed]))?;
    Ok((run, books))
}

fn approve_and_wait(server: &Server, run: &RunId, token: &str, contracts: u64) -> Result<Duration, String> {
    let path = format!("/v1/default-runs/{run}");
    let begun = Instant::now();
    let headers = [("If-Match", "\"r1\""), ("Idempotency-Key", "bench-approve"), ("Content-Type", "application/json")];
    let approved = server.ask("POST", &format!("{path}/approve"), token, &headers, "{}")?;
    if approved.get("state").and_then(Value::as_str) != Some("running") {
        return Err(format!("not approved: {approved}"));
    }
    while begun.elapsed() < WAIT_MAX {
        let now = server.ask("GET", &path, token, &[], "")?;
        if now.get("state").and_then(Value::as_str) == Some("done") {
            let taken = begun.elapsed();
            let complete = now.pointer("/progress/refunds").and_then(Value::as_u64) == Some(contracts);
            return if complete { Ok(taken) } else { Err(format!("not all was refunded: {now}")) };
        }
        pause(ASK_EVERY);
    }
    Err("the run is not done after five minutes".to_owned())
}
