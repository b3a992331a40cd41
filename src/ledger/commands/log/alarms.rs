//! What goes wrong with the publishing of the log is told in the log, once when it begins and once when it ends.

use crate::domain::actor::Actor;
use crate::domain::context::{Context, found};
use crate::domain::event::{Fact, LogAlarmCleared, LogAlarmRaised};
use crate::domain::id::AlarmId;
use crate::domain::objects::AlarmKind;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::time::Timestamp;
use crate::ledger::command::{Command, Decided, Key};

/// Raises an alarm, unless one about the same stands already: every node watches, and one of them is enough.
#[derive(Debug)]
pub struct RaiseAlarm {
    /// What is wrong.
    pub about: AlarmKind,
    /// The id of the new alarm.
    pub alarm: AlarmId,
    /// Since when it is so.
    pub since: Timestamp,
}

/// Clears the alarm that stands.
#[derive(Debug)]
pub struct ClearAlarm {
    /// What is as it should be again.
    pub about: AlarmKind,
}

impl Command for RaiseAlarm {
    fn name(&self) -> &'static str {
        "log.raise_alarm"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::Alarm(self.alarm), Key::StandingAlarms]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        if context.actor != Actor::System {
            return Err(Rejection::Forbidden);
        }
        if let Some(standing) = state.standing_alarm(self.about) {
            return Ok(Decided { facts: Vec::new(), shows: standing.id.into() });
        }
        let raised = LogAlarmRaised { about: self.about, alarm: self.alarm, since: self.since };
        Ok(Decided::one(self.alarm, Fact::plain(raised)))
    }
}

impl Command for ClearAlarm {
    fn name(&self) -> &'static str {
        "log.clear_alarm"
    }

    fn keys(&self) -> Vec<Key> {
        vec![Key::StandingAlarms]
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        if context.actor != Actor::System {
            return Err(Rejection::Forbidden);
        }
        let alarm = found(state.standing_alarm(self.about))?.id;
        Ok(Decided::one(alarm, Fact::plain(LogAlarmCleared { about: self.about, alarm })))
    }
}
