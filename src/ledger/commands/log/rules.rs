//! Which rules the office goes by: told in the log when it is opened, and whenever they change.

use crate::domain::actor::Actor;
use crate::domain::context::Context;
use crate::domain::event::{Fact, RulesAdopted};
use crate::domain::objects::AdoptedRules;
use crate::domain::rejection::Rejection;
use crate::domain::rule_files::RuleFile;
use crate::domain::state::State;
use crate::ledger::command::{Command, Decided, Key};

/// Adopts those of the files that are not what the log says was adopted last. A process submits what it was started
/// with.
#[derive(Debug)]
pub struct AdoptRules {
    /// The files; at least one.
    pub files: Vec<RuleFile>,
}

impl Command for AdoptRules {
    fn name(&self) -> &'static str {
        "rules.adopt"
    }

    fn keys(&self) -> Vec<Key> {
        self.files.iter().map(|file| Key::Rules(AdoptedRules::id_of(&file.name))).collect()
    }

    fn decide(&self, state: &State, context: &Context<'_>) -> Result<Decided, Rejection> {
        if context.actor != Actor::System {
            return Err(Rejection::Forbidden);
        }
        let shows = self.files.first().map(|file| AdoptedRules::id_of(&file.name)).ok_or(Rejection::NotFound)?;
        let is_new = |file: &&RuleFile| {
            let adopted = state.rules.get(AdoptedRules::id_of(&file.name));
            adopted.is_none_or(|adopted| adopted.digests != file.digests)
        };
        let adopted = self.files.iter().filter(is_new).map(|file| {
            Fact::plain(RulesAdopted {
                name: file.name.clone(),
                sha256: file.digests.sha256,
                sm3: file.digests.sm3,
                version: file.digests.version.clone(),
            })
        });
        Ok(Decided { facts: adopted.collect(), shows: shows.into() })
    }
}
