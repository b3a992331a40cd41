//! One batch: lock the head, load, decide each command on an overlay, write, commit.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::command::{Decided, Key};
use super::commands::freezes;
use super::earnings;
use super::entry::Entry;
use super::linked::{Linked, contract_prev};
use super::loader::{ensure, ensure_sets};
use super::office::Office;
use super::sequencer::{Fault, Submission};
use super::signing;
use super::writes::Writes;
use crate::domain::actor::Actor;
use crate::domain::context::Context;
use crate::domain::digest::Digest;
use crate::domain::event::Fact;
use crate::domain::id::Party;
use crate::domain::objects::UserState;
use crate::domain::rejection::Rejection;
use crate::domain::state::State;
use crate::domain::table::Knowledge;
use crate::domain::time::Timestamp;
use crate::ledger::rebuild::Object;
use crate::store::head::{self, Head};
use crate::store::idempotency::{Outcome, Remembered};
use crate::store::opening;
use crate::store::{self, Connection, dialect};

/// What the ledger answers to a command.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It was done.
    Written {
        /// Position of its last entry; none when there was nothing to do.
        position: Option<u64>,
        /// The moment of the decision.
        at: Timestamp,
        /// The object that the reply shows, as the command left it.
        object: Box<Object>,
    },
    /// It was refused.
    Rejected(Rejection),
    /// It was answered before, under the same key.
    Remembered(Outcome),
    /// The key was used before, for something else.
    KeyReused,
    /// There was nothing to decide: a write beside the books was committed.
    Aside,
}

/// The writer's memory between batches.
pub(super) struct Hot {
    state: State,
    batch_id: Vec<u8>,
    objects_max: usize,
}

impl Hot {
    /// Knows nothing; each table may remember up to `objects_max` objects.
    pub(super) fn cold(objects_max: usize) -> Self {
        Self { state: State::new(Knowledge::Loaded), batch_id: Vec::new(), objects_max }
    }

    /// Forgets everything: what is in memory may not be what is stored.
    pub(super) fn drop_all(&mut self) {
        *self = Self::cold(self.objects_max);
    }

    /// From here on a batch is durable, and the memory is exactly what the head with its id stands for.
    pub(super) fn committed(&mut self, head: &Head) {
        self.batch_id.clone_from(&head.batch_id);
    }

    /// Makes the memory fit the locked head, or empties it.
    fn agree_with(&mut self, connection: &mut Connection, office: &str, head: &Head) -> store::Result<()> {
        if self.batch_id.is_empty() || self.batch_id != head.batch_id {
            self.drop_all();
            if let Some(last) = head.next_position.checked_sub(1)
                && let Some(batch) = head::batch_up_to(connection, office, last)?
            {
                self.state.load_classes(batch.totals);
            }
        }
        self.state.next_batch(self.objects_max);
        Ok(())
    }
}

/// A batch that is written, and not committed.
pub(super) struct Uncommitted {
    /// What is answered once it is.
    pub(super) answers: Vec<Result<Answer, Fault>>,
    /// The head that it leaves.
    pub(super) head: Head,
    /// Whether it appends to the log.
    pub(super) has_entries: bool,
}

/// Where the chain stands while a batch grows.
struct Chain {
    next_position: u64,
    leaf: Digest,
    at: Timestamp,
}

/// Runs submissions in one transaction, which the caller commits. Nothing is answered before that.
///
/// If the process dies before the commit returns, nothing was written or everything was: the next holder of the head
/// finds either the old head or the new one, and a caller that repeats its key gets its answer from there.
///
/// # Errors
/// When the database fails; the caller rolls back, drops the memory and tries again.
pub(super) fn run(
    connection: &mut Connection,
    office: &Office,
    hot: &mut Hot,
    submissions: &[&Submission],
    batch_id: [u8; 16],
) -> store::Result<Uncommitted> {
    let name = office.name.as_str();
    dialect::begin_write(connection)?;
    let keys: Vec<&str> = submissions.iter().filter_map(|one| one.scope_key()).collect();
    let (head, remembered) = opening::open(connection, name, &keys, &hot.batch_id)?;
    hot.agree_with(connection, name, &head)?;
    let remembered: HashMap<String, Remembered> =
        remembered.into_iter().map(|remembered| (remembered.scope_key.clone(), remembered)).collect();
    let seeds: Vec<Key> = submissions.iter().flat_map(|one| one.keys()).collect();
    ensure(connection, name, &mut hot.state, &seeds)?;
    // A command that reads sets opens its batch, so that this is the moment of its decision.
    let now = submissions.first().map_or(head.at, |first| first.now).max(head.at);
    ensure_sets(connection, name, &mut hot.state, &seeds, now)?;

    let mut batch = Batch {
        connection,
        office,
        state: &mut hot.state,
        chain: Chain { next_position: head.next_position, leaf: head.leaf, at: head.at },
        writes: Writes::default(),
    };
    let mut answers = Vec::with_capacity(submissions.len());
    for submission in submissions {
        answers.push(batch.answer(submission, &remembered)?);
    }
    let Batch { chain, writes, .. } = batch;
    let has_entries = chain.next_position > head.next_position;
    let new_head =
        Head { next_position: chain.next_position, leaf: chain.leaf, at: chain.at, batch_id: batch_id.to_vec() };
    writes.write(connection, name, &mut hot.state, &new_head)?;
    for submission in submissions {
        submission.write_aside(connection, name)?;
    }
    Ok(Uncommitted { answers, head: new_head, has_entries })
}

struct Batch<'a> {
    connection: &'a mut Connection,
    office: &'a Office,
    state: &'a mut State,
    chain: Chain,
    writes: Writes,
}

impl Batch<'_> {
    fn answer(
        &mut self,
        submission: &Submission,
        remembered: &HashMap<String, Remembered>,
    ) -> store::Result<Result<Answer, Fault>> {
        if let Some(key) = &submission.idempotency
            && let Some(before) = remembered.get(&key.scope_key).or_else(|| self.writes.remembered_now(&key.scope_key))
        {
            let same = before.fingerprint == key.fingerprint;
            return Ok(Ok(if same { Answer::Remembered(before.outcome.clone()) } else { Answer::KeyReused }));
        }
        ensure(self.connection, self.office.name.as_str(), self.state, &submission.keys())?;
        let at = submission.now.max(self.chain.at);
        // A panic is a programmer error in one command: its overlay is discarded and the others go on.
        let tried = catch_unwind(AssertUnwindSafe(|| self.try_command(submission, at)));
        Ok(match tried {
            Ok(Ok((answer, entries))) => {
                self.keep(submission, entries, &answer);
                Ok(answer)
            }
            Ok(Err(rejection)) => {
                self.state.discard();
                self.remember(submission, Outcome::Rejected(rejection.clone()));
                Ok(Answer::Rejected(rejection))
            }
            Err(_) => {
                self.state.discard();
                tracing::error!(command = submission.name(), request = %submission.request, "a command panicked");
                Err(Fault::Internal)
            }
        })
    }

    /// Decides and applies on the overlay; touches nothing else.
    fn try_command(&mut self, submission: &Submission, at: Timestamp) -> Result<(Answer, Vec<Linked>), Rejection> {
        let Some(command) = &submission.command else {
            return Ok((Answer::Aside, Vec::new()));
        };
        let party = self.live_party(submission.actor)?;
        let context = Context {
            office: self.office.name,
            origin: &self.office.origin,
            at,
            actor: submission.actor,
            party,
            if_match: submission.if_match,
            zone: &self.office.zone,
            calendar: crate::domain::calendar::built_in(),
        };
        let Decided { mut facts, shows } = command.decide(self.state, &context)?;
        earnings::redirect(self.state, &mut facts);
        signing::sign(&mut facts, self.state, &context, submission.signature.as_ref())?;
        // After this point it must succeed.
        let mut entries: Vec<Linked> = Vec::with_capacity(facts.len());
        while !facts.is_empty() {
            for fact in facts {
                let before = entries.last().map_or((self.chain.next_position, self.chain.leaf), |linked: &Linked| {
                    (linked.stored.position.saturating_add(1), linked.stored.leaf)
                });
                entries.push(self.link(submission, at, before, fact));
            }
            facts = freezes::reached(self.state, at);
        }
        self.state.assert_invariants();
        let object = Object::of(self.state, shows);
        assert!(object.is_some(), "{shows} must exist after {}", command.name());
        let Some(object) = object else { return Err(Rejection::NotFound) };
        let position = entries.last().map(|linked| linked.stored.position);
        Ok((Answer::Written { position, at, object: Box::new(object) }, entries))
    }

    fn link(&mut self, submission: &Submission, at: Timestamp, before: (u64, Digest), fact: Fact) -> Linked {
        let (position, prev) = before;
        let contract_prev = contract_prev(self.state, &fact.event);
        let posted = self.state.apply(position, at, submission.actor, &fact);
        let subjects = fact.event.subjects();
        let entry = Entry {
            office: self.office.name,
            position,
            at,
            actor: submission.actor,
            request: submission.request,
            prev,
            fact,
        };
        let bytes = entry.to_bytes(&subjects);
        Linked::new(&entry, &subjects, bytes, contract_prev, posted)
    }

    fn keep(&mut self, submission: &Submission, entries: Vec<Linked>, answer: &Answer) {
        self.state.keep();
        if let Answer::Written { position: Some(position), object, .. } = answer {
            self.remember(submission, Outcome::Written { position: *position, object: object.id() });
        }
        for linked in entries {
            let position = linked.stored.position;
            self.chain =
                Chain { next_position: position.saturating_add(1), leaf: linked.stored.leaf, at: linked.stored.at };
            self.writes.push(linked);
        }
        self.writes.records.extend(submission.records.iter().cloned());
        if let Some(credential) = &submission.credential {
            self.state.logins.load(credential.login, Some(credential.user));
            self.writes.credentials.push(credential.clone());
        }
    }

    fn remember(&mut self, submission: &Submission, outcome: Outcome) {
        if let Some(key) = &submission.idempotency {
            self.writes.remember(Remembered {
                scope_key: key.scope_key.clone(),
                fingerprint: key.fingerprint.clone(),
                outcome,
            });
        }
    }

    /// The party the acting user acts for now; a token may be older than the user's state.
    fn live_party(&self, actor: Actor) -> Result<Option<Party>, Rejection> {
        let Actor::User { id, role } = actor else { return Ok(None) };
        let user = self.state.users.get(id).ok_or(Rejection::UserDisabled)?;
        if user.state != UserState::Active || user.role != role {
            return Err(Rejection::UserDisabled);
        }
        Ok(user.party)
    }
}
