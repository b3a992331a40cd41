//! Default runs that are going on: each is taken a few goes further, then whatever else is due has its turn.

use super::Timers;
use super::due::TimerError;
use crate::domain::actor::Actor;
use crate::domain::id::{PayoutId, RefundId, RequestId, RunId};
use crate::domain::objects::RunState;
use crate::ledger::commands::default_runs::{AdvanceRun, ContractIds, TAKES_MAX};
use crate::ledger::rebuild::Object;
use crate::ledger::{Answer, Submission};
use crate::store::queries;

/// How often a run is taken further before others have their turn.
const GOES_MAX: usize = 8;

/// Takes every run that is going on further; answers how many goes did something.
///
/// # Errors
/// When the database or the ledger fails.
pub(super) async fn advance(timers: &Timers) -> Result<u64, TimerError> {
    let (reads, office) = (timers.reads.clone(), timers.sequencer.office().name);
    let found =
        tokio::task::spawn_blocking(move || reads.read(|connection| queries::running(connection, office.as_str())));
    let mut goes = 0_u64;
    for run in found.await.map_err(|_| TimerError::Stopped)?? {
        for _ in 0..GOES_MAX {
            goes = goes.saturating_add(1);
            if !go(timers, run).await? {
                break;
            }
        }
    }
    Ok(goes)
}

/// One go; answers whether there is more to do. A refusal says that another node was faster.
async fn go(timers: &Timers, run: RunId) -> Result<bool, TimerError> {
    let now = timers.clock.now();
    let ids = (0..TAKES_MAX).map(|_| ContractIds {
        refund: RefundId::from_bits(timers.entropy.id(now)),
        payout: PayoutId::from_bits(timers.entropy.id(now)),
    });
    let command = AdvanceRun { run, ids: ids.collect() };
    let request = RequestId::from_bits(timers.entropy.id(now));
    let submission = Submission::new(Box::new(command), Actor::System, request, now);
    Ok(match timers.sequencer.submit_patiently(submission).await? {
        Answer::Written { object, .. } => {
            matches!(*object, Object::DefaultRun(run) if run.state == RunState::Running)
        }
        _ => false,
    })
}
