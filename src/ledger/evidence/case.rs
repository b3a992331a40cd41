//! Taking evidence in: each part is checked against those before it, and remembered as far as the result needs it.
//!
//! The order is: keys and policy, the head, the heads that bound times, entries by position, texts, terms, files.

mod build;
mod files;

pub use files::GivenFile;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::Finding;
use super::names::{CHECKPOINT, LOG_KEY, Named, POLICY, RETIRED_KEYS, TERMS};
use super::settled::Released;
use super::texts;
use super::times::{Times, moment};
use crate::domain::actor::Actor;
use crate::domain::digest::Digest;
use crate::domain::event::{Event, EvidenceStaged, LogOpened};
use crate::domain::id::{ContractId, DeliveryId, DepositId, RefundId, RequestId};
use crate::domain::name::Name;
use crate::domain::state::State;
use crate::domain::table::Knowledge;
use crate::domain::time::Timestamp;
use crate::ledger::entry::Entry;
use crate::ledger::records;
use crate::log::chain;
use crate::log::checkpoint::Checkpoint;
use crate::log::key::VerifierKey;
use crate::log::note::{NotVerified, Note};
use crate::log::policy::{JudgeError, Policy, Quorum};
use crate::log::proof::TlogProof;
use crate::log::tree::{verify_consistency, verify_inclusion};
use crate::log::witness::AddCheckpoint;
use crate::store::records::{Record, RecordKind};

/// The evidence of one contract, as far as it was taken in.
pub struct Case {
    contract: ContractId,
    keys: Vec<VerifierKey>,
    policy: Policy,
    head: Option<Head>,
    times: Times,
    opening: Option<(Name, LogOpened)>,
    state: State,
    taken: Vec<Taken>,
    deposits: Vec<DepositId>,
    deliveries: Vec<DeliveryId>,
    refunds: Vec<RefundId>,
    released: Vec<Released>,
    commitments: Vec<Commitment>,
    terms: Option<(Digest, Digest)>,
    documents: Vec<super::summary::DocumentLine>,
    staged: Vec<(u64, EvidenceStaged)>,
}

/// The one head.
struct Head {
    note: Note,
    checkpoint: Checkpoint,
    key: String,
    seen_at: Option<Timestamp>,
    cosigned: Vec<super::summary::CosignedLine>,
}

/// What the result says of an entry.
struct Taken {
    position: u64,
    kind: &'static str,
    actor: Actor,
    request: RequestId,
    at: Timestamp,
    amount: Option<crate::domain::money::Amount>,
    postings: Vec<crate::domain::account::Posting>,
    leaf: Digest,
}

/// A text that an entry commits to, opened or not.
struct Commitment {
    position: u64,
    field: &'static str,
    digest: Digest,
    text: Option<String>,
}

/// A head that this policy believes.
struct Believed {
    note: Note,
    checkpoint: Checkpoint,
    key: VerifierKey,
    cosigned: Vec<super::summary::CosignedLine>,
    quorum: Quorum,
}

impl Case {
    /// A case of which only the contract is known, and whom to believe: the log's keys, one a line, those that signed
    /// only earlier heads, and a policy.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn new(contract: ContractId, keys: &[u8], retired: &[u8], policy: &[u8]) -> Result<Self, Finding> {
        let (keys, retired) = (verifier_keys(LOG_KEY, keys)?, verifier_keys(RETIRED_KEYS, retired)?);
        let policy = Policy::parse(policy).map_err(|error| Finding::undecided(POLICY, error.to_string()))?;
        let policy = keys.iter().chain(&retired).cloned().fold(policy, Policy::with_log);
        Ok(Self {
            contract,
            keys,
            policy,
            head: None,
            times: Times::default(),
            opening: None,
            state: State::new(Knowledge::Partial),
            taken: Vec::new(),
            deposits: Vec::new(),
            deliveries: Vec::new(),
            refunds: Vec::new(),
            released: Vec::new(),
            commitments: Vec::new(),
            terms: None,
            documents: Vec::new(),
            staged: Vec::new(),
        })
    }

    /// Takes in the head that all receipts lead to.
    ///
    /// # Errors
    /// When it is not the log's, or too few witnesses have cosigned it.
    pub fn head(&mut self, bytes: &[u8]) -> Result<(), Finding> {
        let believed = believed(&self.policy, CHECKPOINT, bytes)?;
        if !self.keys.contains(&believed.key) {
            return Err(Finding::refuted(CHECKPOINT, format!("{} is not among the keys of {LOG_KEY}", believed.key)));
        }
        let seen_at = match believed.quorum {
            Quorum::Met { seen_s, .. } => moment(seen_s),
            _ => None,
        };
        self.head = Some(Head {
            note: believed.note,
            checkpoint: believed.checkpoint,
            key: believed.key.to_string(),
            seen_at,
            cosigned: believed.cosigned,
        });
        Ok(())
    }

    /// Takes in an earlier head whose entries were there by the time at which witnesses first cosigned it, with the
    /// proof that it is a beginning of the one head.
    ///
    /// # Errors
    /// When one of both is not good.
    pub fn not_later(&mut self, size: u64, bytes: &[u8], consistency: &[u8]) -> Result<(), Finding> {
        let (seen_s, _) = self.earlier(&Named::NotLater(size).name(), size, bytes, consistency)?;
        self.times.not_later.extend(moment(seen_s).map(|at| (size, at)));
        Ok(())
    }

    /// Takes in an earlier head after which nothing was there until the time at which witnesses last cosigned it.
    ///
    /// # Errors
    /// When it or its proof is not good.
    pub fn not_before(&mut self, size: u64, bytes: &[u8], consistency: &[u8]) -> Result<(), Finding> {
        let (_, fresh_s) = self.earlier(&Named::NotBefore(size).name(), size, bytes, consistency)?;
        self.times.not_before.extend(moment(fresh_s).map(|at| (size, at)));
        Ok(())
    }

    /// The two times of an earlier head.
    fn earlier(&self, place: &str, size: u64, bytes: &[u8], consistency: &[u8]) -> Result<(u64, u64), Finding> {
        let head = self.known_head()?;
        let believed = believed(&self.policy, place, bytes)?;
        let Quorum::Met { seen_s, fresh_s } = believed.quorum else {
            return Err(Finding::undecided(place, "the policy asks for no witness, so it proves no time"));
        };
        let (old, new) = (&believed.checkpoint, &head.checkpoint);
        if old.size() != size || old.origin() != new.origin() {
            return Err(Finding::refuted(place, "it is a head of another size or log"));
        }
        let place = Named::Consistency(size).name();
        let proof = AddCheckpoint::parse(consistency).map_err(|error| Finding::refuted(&place, error.to_string()))?;
        if proof.old_size != size || proof.checkpoint != head.note {
            return Err(Finding::refuted(&place, "it is about other heads"));
        }
        verify_consistency(size, new.size(), old.root(), new.root(), &proof.proof)
            .map_err(|error| Finding::refuted(&place, error.to_string()))?;
        Ok((seen_s, fresh_s))
    }

    fn known_head(&self) -> Result<&Head, Finding> {
        self.head.as_ref().ok_or_else(|| Finding::undecided(CHECKPOINT, "it is missing"))
    }

    /// Takes in the entry at a position, with the receipt that it stands there.
    ///
    /// # Errors
    /// When the receipt does not prove it, or it is about something else.
    pub fn entry(&mut self, position: u64, bytes: &[u8], receipt: &[u8]) -> Result<Entry, Finding> {
        let (place, proven_by) = (Named::Entry(position).name(), Named::Receipt(position).name());
        let refuted = |what: String| Finding::refuted(place.clone(), what);
        let head = self.known_head()?;
        let proof = TlogProof::parse(receipt).map_err(|error| Finding::refuted(&proven_by, error.to_string()))?;
        if proof.index != position || proof.checkpoint != head.note {
            return Err(Finding::refuted(&proven_by, "it is for another entry, or leads to another head"));
        }
        let (leaf, checkpoint) = (chain::leaf(bytes), &head.checkpoint);
        verify_inclusion(position, checkpoint.size(), &leaf, &proof.hashes, checkpoint.root())
            .map_err(|error| refuted(format!("these bytes are not entry {position} of the signed log: {error}")))?;
        let entry =
            Entry::parse(bytes).map_err(|error| refuted(format!("the log holds it, and it is no entry: {error}")))?;
        if entry.position != position || self.taken.last().is_some_and(|before| before.position >= position) {
            return Err(refuted("it says that it stands elsewhere".to_owned()));
        }
        self.remember(&entry, Digest::from_bytes(leaf)).map_err(refuted)?;
        Ok(entry)
    }

    /// Remembers an entry and applies it to what is known of the contract.
    fn remember(&mut self, entry: &Entry, leaf: Digest) -> Result<(), String> {
        let event = &entry.fact.event;
        match event {
            Event::LogOpened(opened) => self.opening = Some((entry.office, opened.clone())),
            Event::SettlementReleased(data) => {
                self.released.push(Released { settlement: data.settlement, at: entry.at, cutoff: data.cutoff })
            }
            _ if event.contract() == Some(self.contract) => self.apply(entry)?,
            _ => return Err(format!("it is not about {}", self.contract)),
        }
        self.taken.push(Taken {
            position: entry.position,
            kind: event.kind(),
            actor: entry.actor,
            request: entry.request,
            at: entry.at,
            amount: build::amount_of(event),
            postings: entry.fact.postings.clone(),
            leaf,
        });
        Ok(())
    }

    fn apply(&mut self, entry: &Entry) -> Result<(), String> {
        let state = &mut self.state;
        // What the state asserts of a live command it asserts of any entry; these may be somebody else's.
        let applied = catch_unwind(AssertUnwindSafe(|| {
            state.apply(entry.position, entry.at, entry.actor, &entry.fact);
            state.keep();
        }));
        applied.map_err(|_| "it breaks an invariant of the books".to_owned())?;
        match &entry.fact.event {
            Event::DepositStarted(data) => self.deposits.push(data.deposit),
            Event::DeliveryRecorded(data) => self.deliveries.push(data.delivery),
            Event::RefundRequested(data) => {
                self.refunds.push(data.refund);
                self.rests_on(entry.position, "award", data.document_sha256.zip(data.document_sm3));
            }
            Event::FreezeOrdered(data) => {
                self.rests_on(entry.position, "court_order", Some((data.document_sha256, data.document_sm3)));
            }
            Event::FreezeOrderLifted(data) => {
                self.rests_on(entry.position, "court_order", data.document_sha256.zip(data.document_sm3));
            }
            Event::FreezeExecuted(data) => {
                self.rests_on(entry.position, data.basis.as_str(), data.document_sha256.zip(data.document_sm3));
            }
            Event::RefundAnswered(data) => {
                for claimed in data.claims.iter().flat_map(|claims| &claims.deductions) {
                    self.rests_on(entry.position, "deduction", claimed.document_sha256.zip(claimed.document_sm3));
                }
            }
            Event::DefaultRunContractRefunded(data) if !self.refunds.contains(&data.refund) => {
                self.refunds.push(data.refund);
            }
            Event::ContractDrafted(data) => self.signs(entry.position, (data.terms_sha256, data.terms_sm3))?,
            Event::ContractSigned(data) => self.signs(entry.position, (data.terms_sha256, data.terms_sm3))?,
            Event::RefundProposed(data) => {
                self.rests_on(entry.position, data.basis.as_str(), data.document_sha256.zip(data.document_sm3));
            }
            Event::RefundOrdered(data) => {
                self.rests_on(entry.position, data.basis.as_str(), data.document_sha256.zip(data.document_sm3));
            }
            Event::ContractGuardianConsented(data) => {
                self.rests_on(entry.position, "guardian_consent", Some((data.document_sha256, data.document_sm3)));
            }
            Event::RefundPriorServiceClaimed(data) => {
                self.rests_on(entry.position, "prior_service", Some((data.document_sha256, data.document_sm3)));
            }
            Event::EvidenceStaged(data) => self.staged(entry.position, data),
            Event::EvidenceSubmitted(data) => self.submitted(data),
            _ => {}
        }
        let commitments = texts::of(&entry.fact.event).into_iter();
        let position = entry.position;
        self.commitments.extend(commitments.map(|(field, digest)| Commitment { position, field, digest, text: None }));
        Ok(())
    }

    /// Everybody signs the terms that were drafted.
    fn signs(&mut self, position: u64, digests: (Digest, Digest)) -> Result<(), String> {
        match self.terms {
            None => {
                let (sha256, sm3) = digests;
                self.rests_on(position, "terms", Some((sha256, sm3)));
                self.terms = Some(digests);
                Ok(())
            }
            Some(drafted) if drafted == digests => Ok(()),
            Some(_) => Err("it is about other terms than those that were drafted".to_owned()),
        }
    }

    fn rests_on(&mut self, position: u64, kind: &'static str, digests: Option<(Digest, Digest)>) {
        let Some((sha256, sm3)) = digests else { return };
        let line = super::summary::DocumentLine { kind, file: None, name: None, position, sha256, sm3 };
        self.documents.push(line);
    }

    /// Takes in a text that a field of an entry commits to, with the random bytes of the commitment.
    ///
    /// # Errors
    /// When the entry commits to something else.
    pub fn text(&mut self, position: u64, field: &str, salt: &[u8], text: &[u8]) -> Result<(), Finding> {
        let place = Named::Text(position, field.to_owned()).name();
        let mut commitments = self.commitments.iter_mut();
        let commitment = commitments.find(|one| one.position == position && one.field == field);
        let commitment = commitment.ok_or_else(|| Finding::refuted(&place, "no entry here commits to it"))?;
        let (digest, kind) = (commitment.digest, RecordKind::Text);
        let record = Record { digest, kind, salt: salt.to_vec(), body: text.to_vec() };
        let readable = String::from_utf8(text.to_vec()).ok();
        let Some(readable) = readable.filter(|_| salt.len() == records::SALT_SIZE_BYTES && records::verify(&record))
        else {
            return Err(Finding::refuted(&place, format!("it is not what entry {position} commits to")));
        };
        commitment.text = Some(readable);
        Ok(())
    }

    /// Takes in the terms.
    ///
    /// # Errors
    /// When they are not those that were signed.
    pub fn terms(&mut self, bytes: &[u8]) -> Result<(), Finding> {
        if self.terms != Some((Digest::of(&[bytes]), Digest::sm3(bytes))) {
            return Err(Finding::refuted(TERMS, "they are not the terms that were drafted and signed"));
        }
        let lines = self.documents.iter_mut().filter(|line| line.kind == "terms");
        lines.for_each(|line| line.file = Some(TERMS.to_owned()));
        Ok(())
    }
}

fn verifier_keys(place: &str, bytes: &[u8]) -> Result<Vec<VerifierKey>, Finding> {
    let lines = std::str::from_utf8(bytes).map_err(|error| Finding::undecided(place, error.to_string()))?;
    let keys: Result<Vec<VerifierKey>, _> = lines.lines().map(VerifierKey::parse).collect();
    keys.map_err(|error| Finding::undecided(place, error.to_string()))
}

/// Judges a signed head by a policy; too few cosignatures decide nothing.
fn believed(policy: &Policy, place: &str, bytes: &[u8]) -> Result<Believed, Finding> {
    let note = Note::parse(bytes).map_err(|error| Finding::refuted(place, error.to_string()))?;
    let judged = policy.judge(&note);
    let judged = judged.map_err(|error| match error {
        JudgeError::NotVerified(NotVerified::Signature(_)) => Finding::refuted(place, error.to_string()),
        _ => Finding::undecided(place, error.to_string()),
    })?;
    if !judged.quorum.is_enough() {
        return Err(Finding::undecided(place, "not as many witnesses have cosigned as the policy asks for"));
    }
    let cosigned = judged.cosigned.iter().map(|line| super::summary::CosignedLine {
        witness: line.witness.name.clone(),
        key: line.witness.key.to_string(),
        at: moment(line.time_s),
    });
    let cosigned = cosigned.collect();
    let (key, quorum) = (judged.log.clone(), judged.quorum);
    Ok(Believed { checkpoint: judged.checkpoint, note, key, cosigned, quorum })
}

/// Judges a head by a policy that somebody has from elsewhere: who has cosigned it, and when a quorum had seen it.
///
/// # Errors
/// When it is not the log's, or too few witnesses have cosigned it.
pub(super) fn judged(policy: &Policy, bytes: &[u8]) -> Result<(), Finding> {
    believed(policy, CHECKPOINT, bytes).map(drop)
}
