//! The keys of the log, and the alarms about its publishing.

use super::At;
use crate::domain::event::{
    LogAlarmCleared, LogAlarmRaised, LogKeyAdded, LogKeyRetired, LogOpened, RuleDigests, RulesAdopted,
};
use crate::domain::objects::{AdoptedRules, Alarm, AlarmState, LogKey};
use crate::domain::state::State;

impl State {
    pub(super) fn log_opened(&mut self, at: At, data: &LogOpened) {
        if let Some(key) = &data.key {
            self.log_keys.put(LogKey::id_of(key), LogKey::added(key, at.position));
        }
        for (name, digests) in &data.rule_packs {
            let adopted = AdoptedRules::at(name, digests.clone(), at.position);
            self.rules.put(adopted.id, adopted);
        }
    }

    pub(super) fn rules_adopted(&mut self, at: At, data: &RulesAdopted) {
        let digests = RuleDigests { sha256: data.sha256, sm3: data.sm3, version: data.version.clone() };
        let adopted = AdoptedRules::at(&data.name, digests, at.position);
        self.rules.put(adopted.id, adopted);
    }

    pub(super) fn log_key_added(&mut self, at: At, data: &LogKeyAdded) {
        self.log_keys.put(LogKey::id_of(&data.key), LogKey::added(&data.key, at.position));
    }

    pub(super) fn log_key_retired(&mut self, at: At, data: &LogKeyRetired) {
        self.log_keys.change(LogKey::id_of(&data.key), |key| key.retired_at_position = Some(at.position));
    }

    pub(super) fn log_alarm_raised(&mut self, at: At, data: &LogAlarmRaised) {
        let alarm = Alarm {
            id: data.alarm,
            about: data.about,
            state: AlarmState::Raised,
            since: data.since,
            raised_at: at.time,
            cleared_at: None,
        };
        self.alarms.put(data.alarm, alarm);
    }

    pub(super) fn log_alarm_cleared(&mut self, at: At, data: &LogAlarmCleared) {
        self.alarms.change(data.alarm, |alarm| {
            alarm.state = AlarmState::Cleared;
            alarm.cleared_at = Some(at.time);
        });
    }
}
