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
use crate::ledger::duty::DutyError;
use crate::ledger::office::Office;
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
    /// Nobody knows whose turn it is.
    #[error(transparent)]
    Duty(#[from] DutyError),
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
    for (stage, months) in (0_u32..).zip(&packs::in_force().national_times(today).unclaimed_warning_months) {
        let before = today.minus_months(*months).plus_days(1).starts_at(zone);
        found.extend(queries::unclaimed_deposits(connection, office, stage, before, AT_ONCE)?);
    }
    Ok(found)
}

async fn find_due(timers: &Timers) -> Result<Vec<Box<dyn Command>>, TimerError> {
    let (timers, now) = (timers.clone(), timers.clock.now());
    let found = tokio::task::spawn_blocking(move || {
        let reads = timers.reads.clone();
        reads.read(|connection| commands_due(connection, &timers, now))
    });
    Ok(found.await.map_err(|_| TimerError::Stopped)??)
}

/// The commands that what is due at `now` takes, of each kind at most so many as are handed in at once.
fn commands_due(connection: &mut Connection, timers: &Timers, now: Timestamp) -> store::Result<Vec<Box<dyn Command>>> {
    let Office { name, zone, .. } = timers.sequencer.office();
    let office = name.as_str();
    let payout = || PayoutId::from_bits(timers.entropy.id(now));
    let mut commands: Vec<Box<dyn Command>> = Vec::new();
    if now.micros().abs_diff(timers.watched_us.load(Ordering::Relaxed)) >= UNCLAIMED_EVERY_US {
        let deposits = unclaimed(connection, office, now, zone)?;
        if deposits.is_empty() {
            timers.watched_us.store(now.micros(), Ordering::Relaxed);
        }
        add(&mut commands, deposits, |deposit| WarnUnclaimed { deposit });
    }
    let deliveries = queries::due_deliveries(connection, office, now, AT_ONCE)?;
    add(&mut commands, deliveries, |delivery| LapseDelivery { delivery });
    let deposits = queries::due_deposits(connection, office, now, AT_ONCE)?;
    add(&mut commands, deposits, |deposit| ExpireDeposit { deposit });
    let disputes = queries::due_disputes(connection, office, now, AT_ONCE)?;
    add(&mut commands, disputes, |dispute| AdvanceDispute { dispute });
    // What only people can order would be tried, and refused, at every tick.
    let refunds = queries::due_refunds(connection, office, now, packs::in_force().refund_alone_max(), AT_ONCE)?;
    add(&mut commands, refunds, |refund| LapseRefund { refund, payout: payout() });
    let refunds = queries::payable_refunds(connection, office, AT_ONCE)?;
    add(&mut commands, refunds, |refund| CreatePayout { refund, payout: payout() });
    let ended = queries::ended_periods(connection, office, last_certain_day(now, zone), now, AT_ONCE)?;
    add(&mut commands, ended, |contract| AccruePeriod { contract, until: now });
    if timers.handover == Handover::ByTimer {
        let created = queries::created_payouts(connection, office, AT_ONCE)?;
        add(&mut commands, created, |payout| SubmitPayout { payout });
    }
    Ok(commands)
}

fn add<T, C: Command + 'static>(commands: &mut Vec<Box<dyn Command>>, due: Vec<T>, command: impl Fn(T) -> C) {
    for one in due {
        commands.push(Box::new(command(one)));
    }
}

/// Hands all in; answers how many did something. A refusal is no failure: somebody answered in time, and the deadline
/// decided for them.
async fn submit_all(timers: &Timers, commands: Vec<Box<dyn Command>>) -> Result<u64, TimerError> {
    let submissions = commands.into_iter().map(|command| {
        let now = timers.clock.now();
        Submission::new(command, Actor::System, RequestId::from_bits(timers.entropy.id(now)), now)
    });
    let answers = timers.sequencer.submit_all(submissions).await?;
    let done = answers.iter().filter(|answer| matches!(answer, Answer::Written { position: Some(_), .. }));
    Ok(u64::try_from(done.count()).unwrap_or(u64::MAX))
}
