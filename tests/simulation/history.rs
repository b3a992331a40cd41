//! One history: what happens is drawn from its seed, and what it left is judged.

use std::collections::BTreeMap;

use ticun::domain::account::Account;
use ticun::domain::id::{DeliveryId, MerchantId, PayoutId, RequestId, ReturnId, SettlementId};
use ticun::domain::time::Timestamp;
use ticun::ledger::check::check;
use ticun::ledger::entry::Entry;
use ticun::ledger::{Answer, Fault, Idempotency, Submission};
use ticun::store::idempotency::Outcome;
use ticun::store::{Connection, dialect, entries, objects};

use super::intents::Wish;
use super::model::Model;
use super::nodes::{Break, CONTRACTS, Database, Node, OFFICE, Template, UNIT_FEN, beginning};
use super::random::Random;
use super::seed::{MERCHANT, bank};

const MINUTE_US: i64 = 60_000_000;
const HOUR_US: i64 = 60 * MINUTE_US;
/// How much time passes between two messages.
const PAUSES_US: [i64; 6] = [0, MINUTE_US, HOUR_US, 25 * HOUR_US, 73 * HOUR_US, 200 * HOUR_US];
const SKEWS_US: [i64; 4] = [0, 0, HOUR_US, -50 * HOUR_US];

/// What came of histories.
#[derive(Clone, Copy, Debug, Default)]
pub struct Totals {
    pub written: u64,
    pub refused: u64,
    pub repeated: u64,
    pub settled: u64,
    pub crashes_before: u64,
    pub crashes_after: u64,
    pub answers_lost: u64,
}

impl Totals {
    pub fn add(&mut self, other: &Self) {
        self.written += other.written;
        self.refused += other.refused;
        self.repeated += other.repeated;
        self.settled += other.settled;
        self.crashes_before += other.crashes_before;
        self.crashes_after += other.crashes_after;
        self.answers_lost += other.answers_lost;
    }
}

/// What somebody was told of their wish.
#[derive(Clone, Debug, PartialEq)]
enum Told {
    /// It is done: the position of its last entry, or none where there was nothing to do.
    Done(Option<u64>),
    Refused(String),
}

struct Asked {
    wish: Wish,
    told: Option<Told>,
}

pub struct History {
    database: Database,
    reader: Connection,
    nodes: [Node; 2],
    random: Random,
    /// The node that the last messages went to; the next ones mostly go there, too.
    node: usize,
    now_us: i64,
    ids: u128,
    asked: Vec<Asked>,
    /// Messages on their way; a wish may be in several.
    on_its_way: Vec<usize>,
    requests: BTreeMap<RequestId, usize>,
    first_position: u64,
    deliveries: Vec<DeliveryId>,
    settlements: Vec<SettlementId>,
    payouts: Vec<PayoutId>,
    pub trace: Vec<String>,
    pub totals: Totals,
}

impl History {
    pub fn start(template: &Template, seed: u64) -> Self {
        let database = Database::of(template);
        let mut random = Random::new(seed);
        let nodes = [0, 1].map(|_| Node::start(&database, random.percent(20), 0));
        Self {
            reader: dialect::open_reader(&database.url()).unwrap(),
            database,
            nodes,
            random,
            node: 0,
            now_us: beginning().micros(),
            ids: 10_000,
            asked: Vec::new(),
            on_its_way: Vec::new(),
            requests: BTreeMap::new(),
            first_position: template.first_position,
            deliveries: Vec::new(),
            settlements: Vec::new(),
            payouts: Vec::new(),
            trace: Vec::new(),
            totals: Totals::default(),
        }
    }

    /// Plays so many steps, then lets everybody ask until they are answered, and judges.
    pub fn run(&mut self, steps: usize) -> Result<(), String> {
        for _ in 0..steps {
            self.time_passes();
            for _ in 0..=self.random.below(3) {
                self.wish();
            }
            self.deliver(true)?;
        }
        let open: Vec<usize> = (0..self.asked.len()).filter(|number| self.asked[*number].told.is_none()).collect();
        self.on_its_way.extend(open);
        while !self.on_its_way.is_empty() {
            self.deliver(false)?;
        }
        self.judge()
    }

    fn time_passes(&mut self) {
        self.now_us += self.random.one(&PAUSES_US).unwrap();
        if self.random.percent(8) {
            let (node, skew_us) = (self.random.below(2), self.random.one(&SKEWS_US).unwrap());
            self.nodes[node].skew_us = skew_us;
            self.trace.push(format!("the clock of node {node} is {} h off", skew_us / HOUR_US));
        }
    }

    fn bits(&mut self) -> u128 {
        self.ids += 1;
        self.ids
    }

    /// Somebody wants something, and says so once, or twice.
    fn wish(&mut self) {
        let (delivery, settlement) =
            (recent(&mut self.random, &self.deliveries), recent(&mut self.random, &self.settlements));
        let payout = recent(&mut self.random, &self.payouts);
        let wish = match self.random.below(20) {
            0..6 => {
                let id = DeliveryId::from_bits(self.bits());
                self.deliveries.push(id);
                let (contract, units) = (self.random.one(&CONTRACTS).unwrap(), [1, 1, 2][self.random.below(3)]);
                Some(Wish::Record { delivery: id, contract, units })
            }
            6..9 => delivery.map(Wish::Confirm),
            9 => delivery.map(Wish::Void),
            10 | 11 => delivery.map(Wish::Lapse),
            12 | 13 => {
                let id = SettlementId::from_bits(self.bits());
                self.settlements.push(id);
                Some(Wish::Propose(id))
            }
            14 | 15 => settlement.map(|settlement| {
                let id = PayoutId::from_bits(self.bits());
                self.payouts.push(id);
                Wish::Approve(settlement, id)
            }),
            16 | 17 => payout.map(Wish::Submit),
            _ => payout.map(|payout| match self.random.below(4) {
                0 => Wish::Reject(payout),
                1 => Wish::GiveBack(payout, ReturnId::from_bits(self.bits())),
                _ => Wish::Settle(payout),
            }),
        };
        if let Some(wish) = wish {
            self.ask(wish);
        }
    }

    /// Some of the messages arrive at a node, in an order of their own, as one batch.
    fn deliver(&mut self, with_faults: bool) -> Result<(), String> {
        let mut numbers = Vec::new();
        for _ in 0..=self.random.below(if with_faults { 7 } else { 20 }) {
            if self.on_its_way.is_empty() {
                break;
            }
            let number = self.on_its_way.swap_remove(self.random.below(self.on_its_way.len()));
            match (self.asked[number].wish.reads_sets(), numbers.first()) {
                // It opens a batch of its own, which this one is not any more.
                (true, Some(_)) => self.on_its_way.push(number),
                _ => numbers.push(number),
            }
        }
        if numbers.is_empty() {
            return Ok(());
        }
        let node = if self.random.percent(30) { 1 - self.node } else { self.node };
        self.node = node;
        let (breaks, is_lost) = if with_faults { self.draw_fault() } else { (Break::Nothing, false) };
        let now = Timestamp::from_micros(self.now_us + self.nodes[node].skew_us);
        let batch: Vec<Submission> = numbers.iter().map(|number| self.submission(*number, now)).collect();
        let wishes: Vec<String> =
            numbers.iter().map(|number| format!("{number}: {:?}", self.asked[*number].wish)).collect();
        self.trace.push(format!("node {node} at {now}: {breaks:?}, lost {is_lost}: {}", wishes.join("; ")));
        let answers = self.nodes[node].process(&batch.iter().collect::<Vec<_>>(), breaks);
        let dies = breaks != Break::Nothing && !self.nodes[node].survives;
        if dies {
            self.nodes[node] = Node::start(&self.database, self.random.percent(20), self.nodes[node].skew_us);
        }
        for (number, answer) in numbers.into_iter().zip(answers) {
            if dies || is_lost {
                // Whoever hears nothing asks again, sooner or later.
                if self.random.percent(60) {
                    self.on_its_way.push(number);
                }
            } else {
                self.hear(number, answer)?;
            }
        }
        Ok(())
    }

    fn draw_fault(&mut self) -> (Break, bool) {
        let (breaks, is_lost) = match self.random.below(25) {
            0 => (Break::Before, false),
            1 => (Break::After, false),
            2 => (Break::Nothing, true),
            _ => (Break::Nothing, false),
        };
        self.totals.crashes_before += u64::from(breaks == Break::Before);
        self.totals.crashes_after += u64::from(breaks == Break::After);
        self.totals.answers_lost += u64::from(is_lost);
        (breaks, is_lost)
    }

    fn submission(&mut self, number: usize, now: Timestamp) -> Submission {
        let request = RequestId::from_bits(self.bits());
        self.requests.insert(request, number);
        let wish = self.asked[number].wish;
        let mut submission = Submission::new(wish.command(), wish.actor(), request, now);
        if wish.has_key() {
            submission.idempotency = Some(Idempotency { scope_key: format!("key/{number}"), fingerprint: vec![1; 32] });
        }
        submission
    }

    fn hear(&mut self, number: usize, answer: Result<Answer, Fault>) -> Result<(), String> {
        let told = match answer {
            Ok(Answer::Written { position, .. }) => Told::Done(position),
            Ok(Answer::Rejected(rejection)) => Told::Refused(format!("{rejection:?}")),
            Ok(Answer::Remembered(Outcome::Written { position, .. })) => Told::Done(Some(position)),
            Ok(Answer::Remembered(Outcome::Rejected(rejection))) => Told::Refused(format!("{rejection:?}")),
            other => return Err(format!("{:?} is answered by {other:?}", self.asked[number].wish)),
        };
        self.trace.push(format!("  {number}: {told:?}"));
        let asked = &mut self.asked[number];
        match &asked.told {
            Some(before) if asked.wish.has_key() && *before != told => {
                return Err(format!("{:?} is answered by {before:?}, and then by {told:?}", asked.wish));
            }
            Some(_) => self.totals.repeated += 1,
            None if matches!(told, Told::Done(_)) => self.totals.written += 1,
            None => self.totals.refused += 1,
        }
        // Without a key the first answer may be that it is done, and the next that there is nothing to do.
        if !matches!(asked.told, Some(Told::Done(Some(_)))) {
            let (is_first, wish) = (asked.told.is_none(), asked.wish);
            let is_done = matches!(told, Told::Done(_));
            asked.told = Some(told);
            if is_first && is_done && self.random.percent(60) {
                self.follow(wish);
            }
        }
        Ok(())
    }

    /// What is done mostly leads to the next thing.
    fn follow(&mut self, wish: Wish) {
        let next = match wish {
            Wish::Record { delivery, .. } => Wish::Confirm(delivery),
            Wish::Propose(settlement) => {
                let payout = PayoutId::from_bits(self.bits());
                self.payouts.push(payout);
                Wish::Approve(settlement, payout)
            }
            Wish::Approve(_, payout) => Wish::Submit(payout),
            Wish::Submit(payout) if self.random.percent(70) => Wish::Settle(payout),
            Wish::Submit(payout) => Wish::Reject(payout),
            Wish::Settle(payout) if self.random.percent(30) => Wish::GiveBack(payout, ReturnId::from_bits(self.bits())),
            _ => return,
        };
        self.ask(next);
    }

    fn ask(&mut self, wish: Wish) {
        self.asked.push(Asked { wish, told: None });
        let number = self.asked.len() - 1;
        self.on_its_way.push(number);
        if self.random.percent(25) {
            self.on_its_way.push(number);
        }
    }

    /// The bytes of every entry.
    pub fn log(&mut self) -> Vec<Vec<u8>> {
        let all = entries::from(&mut self.reader, OFFICE, 0, i64::MAX).unwrap();
        all.into_iter().map(|entry| entry.bytes).collect()
    }

    /// The log verifies, the tables are what it says, every wish was done once or not at all, whoever was told so was
    /// told the truth, and the balances are those of the model.
    fn judge(&mut self) -> Result<(), String> {
        check(&mut self.reader, OFFICE, &mut |_, _| {}).map_err(|error| error.to_string())?;
        let mut model = Model::new();
        let mut done: BTreeMap<usize, (RequestId, u64)> = BTreeMap::new();
        let mut before = beginning();
        for bytes in self.log() {
            let entry = Entry::parse(&bytes).map_err(|error| format!("{error:?}"))?;
            if entry.at < before {
                return Err(format!("entry {} is earlier than the one before", entry.position));
            }
            before = entry.at;
            if entry.position < self.first_position {
                continue;
            }
            let number = *self.requests.get(&entry.request).ok_or("an entry that nobody asked for")?;
            let wish = self.asked[number].wish;
            match done.insert(number, (entry.request, entry.position)) {
                None => model.apply(wish, entry.at.micros())?,
                Some((request, position)) if request == entry.request && position + 1 == entry.position => {}
                Some(_) => return Err(format!("{wish:?} is done twice, the second time at {}", entry.position)),
            }
            self.totals.settled += u64::from(matches!(wish, Wish::Settle(_)));
        }
        for (number, asked) in self.asked.iter().enumerate() {
            let found = done.get(&number).map(|(_, position)| *position);
            match &asked.told {
                Some(Told::Done(Some(position))) if found != Some(*position) => {
                    return Err(format!("{:?} was done at {position}, and the log has it at {found:?}", asked.wish));
                }
                Some(Told::Refused(why)) if asked.wish.has_key() && found.is_some() => {
                    return Err(format!("{:?} was refused ({why}), and stands at {found:?}", asked.wish));
                }
                _ => {}
            }
        }
        self.compare(&model)
    }

    fn compare(&mut self, model: &Model) -> Result<(), String> {
        let reader = &mut self.reader;
        for contract in objects::contracts::load(reader, OFFICE, &CONTRACTS).unwrap() {
            let found = (contract.held.fen(), contract.pending.fen());
            same(&format!("held and pending of {}", contract.id), found, model.contracts[&contract.id])?;
        }
        let merchants: &[MerchantId] = &[MERCHANT];
        let merchant = objects::merchants::load(reader, OFFICE, merchants).unwrap().remove(0);
        same("payable", merchant.payable.fen(), model.payable)?;
        same("payout", merchant.payout.fen(), model.payout)?;
        let accounts = objects::accounts::load(reader, OFFICE, &[Account::Bank(bank())]).unwrap();
        let bank = accounts.first().map_or(0, |(_, balance)| balance.fen());
        let paid_in = 20 * UNIT_FEN;
        same("the bank", bank, model.gone - paid_in)
    }
}

/// Mostly the newest of several.
fn recent<T: Copy>(random: &mut Random, of: &[T]) -> Option<T> {
    let newest = of.last().copied().filter(|_| random.percent(60));
    newest.or_else(|| random.one(of))
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?}, and by the model {expected:?}")) }
}
