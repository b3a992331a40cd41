//! What has become due: silent deliveries are confirmed, unpaid deposits expire, undisputed 7-day refunds are ordered,
//! refunds that have got an account are paid, payouts are handed to the bank, default runs go on.

use super::{Handover, Timers, runs};
use crate::domain::actor::Actor;
use crate::domain::id::{PayoutId, RequestId};
use crate::ledger::commands::deliveries::LapseDelivery;
use crate::ledger::commands::deposits::ExpireDeposit;
use crate::ledger::commands::payouts::{CreatePayout, SubmitPayout};
use crate::ledger::commands::refunds::LapseRefund;
use crate::ledger::{Answer, Command, Fault, Submission};
use crate::store::{self, queries};

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

async fn find_due(timers: &Timers) -> Result<Vec<Box<dyn Command>>, TimerError> {
    let (reads, now) = (timers.reads.clone(), timers.clock.now());
    let office = timers.sequencer.office().name;
    let handover = timers.handover;
    let found = tokio::task::spawn_blocking(move || {
        reads.read(|connection| {
            let deliveries = queries::due_deliveries(connection, office.as_str(), now, AT_ONCE)?;
            let deposits = queries::due_deposits(connection, office.as_str(), now, AT_ONCE)?;
            let undisputed = queries::due_refunds(connection, office.as_str(), now, AT_ONCE)?;
            let refunds = queries::payable_refunds(connection, office.as_str(), AT_ONCE)?;
            let created = match handover {
                Handover::ByTimer => queries::created_payouts(connection, office.as_str(), AT_ONCE)?,
                Handover::ByHand => Vec::new(),
            };
            Ok((deliveries, deposits, undisputed, refunds, created))
        })
    });
    let (deliveries, deposits, undisputed, refunds, created) = found.await.map_err(|_| TimerError::Stopped)??;
    let mut commands: Vec<Box<dyn Command>> = Vec::new();
    for delivery in deliveries {
        commands.push(Box::new(LapseDelivery { delivery }));
    }
    for deposit in deposits {
        commands.push(Box::new(ExpireDeposit { deposit }));
    }
    for refund in undisputed {
        commands.push(Box::new(LapseRefund { refund, payout: PayoutId::from_bits(timers.entropy.id(now)) }));
    }
    for refund in refunds {
        commands.push(Box::new(CreatePayout { refund, payout: PayoutId::from_bits(timers.entropy.id(now)) }));
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
