//! What has become due: silent deliveries are confirmed, unpaid deposits expire, disputes and default runs go on,
//! undisputed 7-day refunds are ordered, refunds that have got an account are paid, payouts are handed to the bank, the
//! last days of a term are earned.

use std::sync::atomic::Ordering;

use jiff::tz::TimeZone;

use super::{Handover, Timers, runs};
use crate::domain::actor::Actor;
use crate::domain::id::{DepositId, PayoutId, RequestId};
use crate::domain::packs;
use crate::domain::rules::last_certain_day;
use crate::domain::time::Timestamp;
use crate::ledger::commands::contracts::AccruePeriod;
use crate::ledger::commands::deliveries::LapseDelivery;
use crate::ledger::commands::deposits::{ExpireDeposit, WarnUnclaimed};
use crate::ledger::commands::disputes::AdvanceDispute;
use crate::ledger::commands::payouts::{CreatePayout, SubmitPayout};
use crate::ledger::commands::refunds::LapseRefund;
use crate::ledger::{Answer, Command, Fault, Submission};
use crate::store::{self, Connection, queries};

/// Commands handed in at once.
const AT_ONCE: i64 = 256;

/// Why a timer could not do its work. It is tried again at the next tick.
#[derive(Debug, thiserror::Error)]
pub enum TimerError {
    /// The database could not be read.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The ledger gave no answer.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The thread that reads is gone.
    #[error("the service is stopping")]
    Stopped,
}

/// Carries out everything that is due now; answers how many commands did something.
///
/// # Errors
/// When the database or the ledger fails.
pub async fn run_due(timers: &Timers) -> Result<u64, TimerError> {
    let mut done = 0_u64;
    loop {
        let batch = find_due(timers).await?;
        let full = i64::try_from(batch.len()).unwrap_or(AT_ONCE) >= AT_ONCE;
        let progress = submit_all(timers, batch).await?;
        let goes = runs::advance(timers).await?;
        done = done.saturating_add(progress).saturating_add(goes);
        if goes == 0 && (!full || progress == 0) {
            return Ok(done);
        }
    }
}

/// Warnings are due by the day: looking for them once an hour is enough, and all that lies there is looked at each time.
const UNCLAIMED_EVERY_US: u64 = 3_600_000_000;

/// Deposits of whose unclaimed money somebody is to be warned now; the command itself looks at the day.
fn unclaimed(
    connection: &mut Connection,
    office: &str,
    now: Timestamp,
    zone: &TimeZone,
) -> store::Result<Vec<DepositId>> {
    let today = now.date(zone);
    let mut found = Vec::new();
    for (stage, months) in (0_u32..).zip(&packs::built_in().national_times(today).unclaimed_warning_months) {
        let before = today.minus_months(*months).plus_days(1).starts_at(zone);
        found.extend(queries::unclaimed_deposits(connection, office, stage, before, AT_ONCE)?);
    }
    Ok(found)
}

async fn find_due(timers: &Timers) -> Result<Vec<Box<dyn Command>>, TimerError> {
    let (reads, now) = (timers.reads.clone(), timers.clock.now());
    let office = timers.sequencer.office().name;
    let handover = timers.handover;
    let zone = timers.sequencer.office().zone.clone();
    let watched = timers.watched_us.load(Ordering::Relaxed);
    let watches = now.micros().abs_diff(watched) >= UNCLAIMED_EVERY_US;
    let found = tokio::task::spawn_blocking(move || {
        reads.read(|connection| {
            let deliveries = queries::due_deliveries(connection, office.as_str(), now, AT_ONCE)?;
            let deposits = queries::due_deposits(connection, office.as_str(), now, AT_ONCE)?;
            let disputes = queries::due_disputes(connection, office.as_str(), now, AT_ONCE)?;
            let undisputed = queries::due_refunds(connection, office.as_str(), now, AT_ONCE)?;
            let refunds = queries::payable_refunds(connection, office.as_str(), AT_ONCE)?;
            let created = match handover {
                Handover::ByTimer => queries::created_payouts(connection, office.as_str(), AT_ONCE)?,
                Handover::ByHand => Vec::new(),
            };
            let unclaimed = if watches { unclaimed(connection, office.as_str(), now, &zone)? } else { Vec::new() };
            let certain = last_certain_day(now, &zone);
            let ended = queries::ended_periods(connection, office.as_str(), certain, now, AT_ONCE)?;
            Ok((deliveries, deposits, disputes, undisputed, refunds, created, unclaimed, ended))
        })
    });
    let (deliveries, deposits, disputes, undisputed, refunds, created, unclaimed, ended) =
        found.await.map_err(|_| TimerError::Stopped)??;
    if watches && unclaimed.is_empty() {
        timers.watched_us.store(now.micros(), Ordering::Relaxed);
    }
    let mut commands: Vec<Box<dyn Command>> = Vec::new();
    for deposit in unclaimed {
        commands.push(Box::new(WarnUnclaimed { deposit }));
    }
    for delivery in deliveries {
        commands.push(Box::new(LapseDelivery { delivery }));
    }
    for deposit in deposits {
        commands.push(Box::new(ExpireDeposit { deposit }));
    }
    for dispute in disputes {
        commands.push(Box::new(AdvanceDispute { dispute }));
    }
    for refund in undisputed {
        commands.push(Box::new(LapseRefund { refund, payout: PayoutId::from_bits(timers.entropy.id(now)) }));
    }
    for refund in refunds {
        commands.push(Box::new(CreatePayout { refund, payout: PayoutId::from_bits(timers.entropy.id(now)) }));
    }
    for contract in ended {
        commands.push(Box::new(AccruePeriod { contract, until: now }));
    }
    for payout in created {
        commands.push(Box::new(SubmitPayout { payout }));
    }
    Ok(commands)
}

/// Hands all in before waiting for any, so that they share batches.
async fn submit_all(timers: &Timers, commands: Vec<Box<dyn Command>>) -> Result<u64, TimerError> {
    let mut waiting = Vec::with_capacity(commands.len());
    for command in commands {
        let now = timers.clock.now();
        let request = RequestId::from_bits(timers.entropy.id(now));
        let submission = Submission::new(command, Actor::System, request, now);
        let sequencer = timers.sequencer.clone();
        waiting.push(tokio::spawn(async move { sequencer.submit_patiently(submission).await }));
    }
    let mut done = 0_u64;
    for answer in waiting {
        // A refusal is no failure: somebody answered in time, and the deadline decided for them.
        if let Answer::Written { position: Some(_), .. } = answer.await.map_err(|_| TimerError::Stopped)?? {
            done = done.saturating_add(1);
        }
    }
    Ok(done)
}
