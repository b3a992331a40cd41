//! From the database to the file. Memory grows by what the result says of each entry, not by the files.

mod files;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Seek, Write};

use super::archive::Archive;
use super::case::Case;
use super::names::{CHECKPOINT, HOW_TO, LOG_KEY, Named, PAGE, POLICY, RESULT, RETIRED_KEYS, TERMS};
use super::{Finding, page, texts};
use crate::domain::digest::Digest;
use crate::domain::event::Event;
use crate::domain::id::{MerchantId, ObjectId};
use crate::domain::objects::{Contract, Role, Settlement, SettlementState};
use crate::domain::time::Timestamp;
use crate::ledger::books::{Viewer, timeline};
use crate::ledger::entry::Entry;
use crate::ledger::publication::{choice, keys};
use crate::log::checkpoint::Checkpoint;
use crate::log::files::TileFiles;
use crate::log::key::VerifierKey;
use crate::log::note::Note;
use crate::log::policy::Policy;
use crate::log::proof::TlogProof;
use crate::log::tile::TileNodes;
use crate::log::tree;
use crate::log::witness::AddCheckpoint;
use crate::store::entries::{Span, StoredEntry};
use crate::store::queries::{self, Page, SettlementFilter};
use crate::store::{self, Connection, entries, records, subjects};

/// Entries read with one statement.
const PAGE_ENTRIES: usize = 200;
/// Settlements read with one statement.
const PAGE_SETTLEMENTS: i64 = 100;

/// Whose evidence, and for whom.
pub struct Asked<'a> {
    /// The office.
    pub office: &'a str,
    /// The contract, as the same snapshot has it.
    pub contract: &'a Contract,
    /// What the reader may see besides the contract's entries follows from the role.
    pub role: Role,
    /// The log's tiles.
    pub tiles: &'a TileFiles,
    /// Whom to believe.
    pub policy: &'a Policy,
    /// The same as a file.
    pub policy_text: &'a str,
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Finding(#[from] Finding),
    #[error("{0}")]
    Other(String),
}

/// Writes the file; none as long as no accepted head covers all that belongs to it.
///
/// # Errors
/// When database, tiles or file fail, or what stands in the database would not pass the check of the file.
pub fn gather<W: Write + Seek>(connection: &mut Connection, asked: &Asked<'_>, out: W) -> store::Result<Option<W>> {
    let made = Gathering::begin(connection, asked, out).and_then(|gathering| match gathering {
        Some(gathering) => gathering.whole(connection),
        None => Ok(None),
    });
    made.map_err(|broken| match broken {
        Broken::Store(error) => error,
        other => store::Error::corrupt("evidence", &other.to_string()),
    })
}

/// A file on its way.
struct Gathering<'a, W: Write + Seek> {
    asked: &'a Asked<'a>,
    /// Whom to believe, with every key that the log has or had.
    policy: Policy,
    archive: Archive<W>,
    case: Case,
    head: Note,
    size: u64,
    nodes: TileNodes<TileFiles>,
    /// The size of the head that bounds the entries taken in last.
    covered: u64,
    /// Texts to be looked up, by their commitments.
    wanted: BTreeMap<Digest, (u64, &'static str)>,
    proven: BTreeSet<u64>,
    /// Files that were handed in.
    handed: Vec<files::Handed>,
}

impl<'a, W: Write + Seek> Gathering<'a, W> {
    fn begin(connection: &mut Connection, asked: &'a Asked<'a>, out: W) -> Result<Option<Self>, Broken> {
        let Some(head) = choice::newest_by_policy(connection, asked.office, asked.policy)? else { return Ok(None) };
        let checkpoint = Checkpoint::parse(head.text()).map_err(|error| Broken::Other(error.to_string()))?;
        let size = checkpoint.size();
        if asked.contract.newest_entry >= size {
            return Ok(None);
        }
        let in_force = keys::in_force_at(connection, asked.office, size)?;
        let retired = keys::ever(connection, asked.office)?.into_iter().filter(|key| !in_force.contains(key));
        let retired = one_a_line(&retired.collect::<Vec<_>>());
        let in_force = one_a_line(&in_force);
        let policy = asked.policy_text.as_bytes();
        let mut case = Case::new(asked.contract.id, in_force.as_bytes(), retired.as_bytes(), policy)?;
        let mut archive = Archive::new(out);
        archive.add(LOG_KEY, in_force.as_bytes())?;
        archive.add(RETIRED_KEYS, retired.as_bytes())?;
        archive.add(POLICY, asked.policy_text.as_bytes())?;
        let note = head.to_string();
        case.head(note.as_bytes())?;
        archive.add(CHECKPOINT, note.as_bytes())?;
        let nodes = TileNodes::new(asked.tiles.clone(), size);
        let (wanted, proven) = (BTreeMap::new(), BTreeSet::new());
        let policy = keys::believed(connection, asked.office, asked.policy)?;
        Ok(Some(Self {
            asked,
            policy,
            archive,
            case,
            head,
            size,
            nodes,
            covered: 0,
            wanted,
            proven,
            handed: Vec::new(),
        }))
    }

    fn whole(mut self, connection: &mut Connection) -> Result<Option<W>, Broken> {
        let mut settlements = self.settlements(connection)?;
        if settlements.iter().any(|stored| stored.position >= self.size) {
            return Ok(None);
        }
        let first = entries::at(connection, self.asked.office, 0)?;
        self.entry(connection, &first.ok_or_else(|| Broken::Other("a log without its first entry".to_owned()))?)?;
        let mut after = None;
        loop {
            let (office, contract) = (self.asked.office, self.asked.contract.id);
            let page = timeline(connection, office, contract, Viewer::All, after, PAGE_ENTRIES)?;
            for stored in page.items {
                while settlements.first().is_some_and(|settled| settled.position < stored.position) {
                    let settled = settlements.remove(0);
                    self.entry(connection, &settled)?;
                }
                self.entry(connection, &stored)?;
            }
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        for settled in &settlements {
            self.entry(connection, settled)?;
        }
        self.records(connection)?;
        self.files(connection)?;
        self.end().map(Some)
    }

    /// Adds an entry with its receipt, and the heads between which it came into the log.
    fn entry(&mut self, connection: &mut Connection, stored: &StoredEntry) -> Result<(), Broken> {
        self.bounds(connection, stored.position)?;
        let (index, position) = (stored.position, stored.position);
        let hashes = tree::inclusion(index, self.size, &mut self.nodes);
        let hashes = hashes.map_err(|error| Broken::Other(error.to_string()))?;
        let receipt = TlogProof { extra: Vec::new(), index, hashes, checkpoint: self.head.clone() }.to_string();
        let entry = self.case.entry(position, &stored.bytes, receipt.as_bytes())?;
        self.archive.add(&Named::Entry(position).name(), &stored.bytes)?;
        self.archive.add(&Named::Receipt(position).name(), receipt.as_bytes())?;
        // Who took the contract over reads no words of who was holder before, nor those written to them.
        let holder = ObjectId::from(self.asked.contract.consumer);
        let own = self.asked.role != Role::Consumer || entry.fact.event.subjects().contains(&holder);
        if own {
            self.hand_in(&entry);
        }
        if own && texts::may_read(self.asked.role, &entry) {
            let found = texts::of(&entry.fact.event).into_iter();
            self.wanted.extend(found.map(|(field, digest)| (digest, (position, field))));
        }
        Ok(())
    }

    /// Adds the newest accepted head that does not cover a position yet, and the first one that does.
    fn bounds(&mut self, connection: &mut Connection, position: u64) -> Result<(), Broken> {
        if position < self.covered {
            return Ok(());
        }
        let office = self.asked.office;
        let next = position.saturating_add(1);
        if let Some(note) = choice::newest_cosigned_below(connection, office, &self.policy, next)? {
            let (size, proof, text) = self.earlier(&note)?;
            self.case.not_before(size, text.as_bytes(), proof.as_bytes())?;
            self.once(&Named::NotBefore(size).name(), &text, size, &proof)?;
        }
        if let Some(note) = choice::first_cosigned_covering(connection, office, &self.policy, next)? {
            let (size, proof, text) = self.earlier(&note)?;
            self.case.not_later(size, text.as_bytes(), proof.as_bytes())?;
            self.once(&Named::NotLater(size).name(), &text, size, &proof)?;
            self.covered = size;
        }
        Ok(())
    }

    /// The size of an earlier head, the proof that it is a beginning of the one head, and its text.
    fn earlier(&mut self, note: &Note) -> Result<(u64, String, String), Broken> {
        let size = Checkpoint::parse(note.text()).map_err(|error| Broken::Other(error.to_string()))?.size();
        let proof = tree::consistency(size, self.size, &mut self.nodes);
        let proof = proof.map_err(|error| Broken::Other(error.to_string()))?;
        let proof = AddCheckpoint { old_size: size, proof, checkpoint: self.head.clone() };
        Ok((size, proof.to_string(), note.to_string()))
    }

    fn once(&mut self, name: &str, text: &str, size: u64, proof: &str) -> io::Result<()> {
        self.archive.add(name, text.as_bytes())?;
        if self.proven.insert(size) {
            self.archive.add(&Named::Consistency(size).name(), proof.as_bytes())?;
        }
        Ok(())
    }

    /// Adds the texts that are still there, and the terms.
    fn records(&mut self, connection: &mut Connection) -> Result<(), Broken> {
        let digests: Vec<Digest> = self.wanted.keys().copied().collect();
        for some in digests.chunks(PAGE_ENTRIES) {
            let mut found = records::find(connection, self.asked.office, some)?;
            found.sort_by_key(|record| record.digest);
            for record in found {
                let Some((position, field)) = self.wanted.get(&record.digest) else { continue };
                let field = (*field).to_owned();
                self.case.text(*position, &field, &record.salt, &record.body)?;
                self.archive.add(&Named::Text(*position, field.clone()).name(), &record.body)?;
                self.archive.add(&Named::Salt(*position, field).name(), &record.salt)?;
            }
        }
        let found = records::find(connection, self.asked.office, &[self.asked.contract.terms_sha256])?;
        let terms = found.into_iter().next().ok_or_else(|| Broken::Other("the terms are gone".to_owned()))?;
        self.case.terms(&terms.body)?;
        Ok(self.archive.add(TERMS, &terms.body)?)
    }

    fn end(self) -> Result<W, Broken> {
        let (mut archive, contract) = (self.archive, self.asked.contract.id);
        let made = page::made_of(&self.case.finish()?)?;
        archive.add(RESULT, made.result.as_bytes())?;
        archive.add(PAGE, made.page.as_bytes())?;
        archive.add(HOW_TO, made.how_to.as_bytes())?;
        Ok(archive.finish(contract)?)
    }

    /// The entries that released the contract's deliveries, for who may read the merchant's settlements.
    fn settlements(&self, connection: &mut Connection) -> Result<Vec<StoredEntry>, Broken> {
        if !matches!(self.asked.role, Role::Merchant | Role::Notary) {
            return Ok(Vec::new());
        }
        let matured = self.matured(connection)?;
        let (Some(first), Some(last)) = (matured.first(), matured.last()) else { return Ok(Vec::new()) };
        let released = released(connection, self.asked.office, self.asked.contract.merchant)?;
        let mut found = Vec::new();
        for settlement in released.iter().filter(|one| one.cutoff >= *first && one.since < *last) {
            let takes = |matures_at: &&Timestamp| **matures_at > settlement.since && **matures_at <= settlement.cutoff;
            if matured.iter().any(|matures_at| takes(&matures_at)) {
                let subject = [ObjectId::from(settlement.id)];
                let all = subjects::about(connection, self.asked.office, &subject, Span::starting(0), i64::MAX)?;
                found.extend(all.into_iter().filter(|stored| stored.kind == "settlement.released"));
            }
        }
        found.sort_by_key(|stored| stored.position);
        Ok(found)
    }

    /// When the contract's confirmed deliveries mature, in order.
    fn matured(&self, connection: &mut Connection) -> Result<Vec<Timestamp>, Broken> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page =
                timeline(connection, self.asked.office, self.asked.contract.id, Viewer::All, after, PAGE_ENTRIES)?;
            for stored in page.items.iter().filter(|stored| stored.kind == "delivery.confirmed") {
                let entry = Entry::parse(&stored.bytes).map_err(|error| Broken::Other(error.to_string()))?;
                if let Event::DeliveryConfirmed(data) = entry.fact.event {
                    found.push(data.matures_at);
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        found.sort_unstable();
        Ok(found)
    }
}

fn one_a_line(keys: &[VerifierKey]) -> String {
    keys.iter().map(|key| format!("{key}\n")).collect()
}

/// A merchant's settlements that were released.
fn released(connection: &mut Connection, office: &str, merchant: MerchantId) -> store::Result<Vec<Settlement>> {
    let filter = SettlementFilter { state: None, merchant: Some(merchant) };
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = Page { after, limit: PAGE_SETTLEMENTS };
        let listed = queries::settlements(connection, office, &filter, &page)?;
        let is_released = |one: &Settlement| matches!(one.state, SettlementState::Released | SettlementState::Paid);
        found.extend(listed.items.into_iter().filter(is_released));
        match listed.next {
            Some(next) => after = Some(next),
            None => return Ok(found),
        }
    }
}
