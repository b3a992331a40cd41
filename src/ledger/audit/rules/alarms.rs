//! An alarm is raised once, and cleared once.

use crate::domain::event::Event;
use crate::domain::objects::AlarmState;
use crate::domain::state::State;

/// Checks an event about an alarm. Keys of the log are looked at in every verification, not only in a replay.
pub(super) fn check(state: &State, event: &Event) -> Result<(), String> {
    match event {
        Event::LogAlarmRaised(data) => {
            if state.alarms.get(data.alarm).is_some() {
                return Err(format!("{} is there already", data.alarm));
            }
            match state.standing_alarm(data.about) {
                Some(standing) => Err(format!("{} about {} stands already", standing.id, data.about)),
                None => Ok(()),
            }
        }
        Event::LogAlarmCleared(data) => {
            let alarm = state.alarms.get(data.alarm).ok_or_else(|| format!("there is no {}", data.alarm))?;
            if alarm.state == AlarmState::Raised && alarm.about == data.about {
                return Ok(());
            }
            Err(format!("{} about {} is {}", alarm.id, alarm.about, alarm.state))
        }
        _ => Ok(()),
    }
}
