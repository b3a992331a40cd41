//! What the log must have done to the books: a small model that is written from the rules, and shares no code with them
//! but the calendar.

use std::collections::BTreeMap;

use ticun::domain::calendar::{built_in, cooling_off_ends};
use ticun::domain::id::{ContractId, DeliveryId, PayoutId, SettlementId};

use super::intents::Wish;
use super::nodes::{CONTRACTS, UNIT_FEN, beginning};
use super::seed::zone;

const HOUR_US: i64 = 3_600_000_000;
const UNITS: i64 = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Pending,
    Voided,
    /// Until then it cannot be settled.
    Confirmed(i64),
}

#[derive(Debug)]
struct Delivery {
    contract: ContractId,
    fen: i64,
    recorded_us: i64,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    Created,
    Submitted,
    Settled,
    Over,
}

/// Balances in fen, and what leads to them.
#[derive(Debug, Default)]
pub struct Model {
    /// Held and pending, by contract.
    pub contracts: BTreeMap<ContractId, (i64, i64)>,
    pub payable: i64,
    pub payout: i64,
    /// What has left the special account.
    pub gone: i64,
    deliveries: BTreeMap<DeliveryId, Delivery>,
    /// The settlement that waits: sum, what came back, cutoff.
    proposed: BTreeMap<SettlementId, (i64, i64, i64)>,
    payouts: BTreeMap<PayoutId, (i64, Course)>,
    settled_until_us: i64,
    unreleased: i64,
    cooling_off_us: i64,
}

impl Model {
    pub fn new() -> Self {
        let ends = cooling_off_ends(beginning().date(&zone()), built_in()).plus_days(1).starts_at(&zone());
        let contracts = CONTRACTS.map(|id| (id, (UNITS * UNIT_FEN, 0))).into();
        Self { contracts, cooling_off_us: ends.micros(), ..Self::default() }
    }

    /// What is done is done at `at_us`; a sentence where it could not be.
    pub fn apply(&mut self, wish: Wish, at_us: i64) -> Result<(), String> {
        match wish {
            Wish::Record { delivery, contract, units } => self.record(delivery, contract, units, at_us),
            Wish::Confirm(id) | Wish::Lapse(id) => self.confirm(id, matches!(wish, Wish::Lapse(_)), at_us),
            Wish::Void(id) => {
                let (contract, fen) = self.leaves_pending(id, Stage::Voided)?;
                self.contracts.entry(contract).and_modify(|(held, _)| *held += fen);
                Ok(())
            }
            Wish::Propose(id) => self.propose(id, at_us),
            Wish::Approve(id, payout) => self.approve(id, payout),
            Wish::Submit(id) => self.goes_on(id, Course::Created, Course::Submitted).map(|_| ()),
            Wish::Settle(id) => {
                let fen = self.goes_on(id, Course::Submitted, Course::Settled)?;
                self.payout -= fen;
                self.gone += fen;
                Ok(())
            }
            Wish::Reject(id) => {
                let fen = self.goes_on(id, Course::Submitted, Course::Over)?;
                self.payout -= fen;
                self.comes_back(fen);
                Ok(())
            }
            Wish::GiveBack(id, _) => {
                let fen = self.goes_on(id, Course::Settled, Course::Over)?;
                self.gone -= fen;
                self.comes_back(fen);
                Ok(())
            }
        }
    }

    fn comes_back(&mut self, fen: i64) {
        self.payable += fen;
        self.unreleased += fen;
    }

    fn record(&mut self, id: DeliveryId, contract: ContractId, units: u64, at_us: i64) -> Result<(), String> {
        let fen = i64::try_from(units).unwrap() * UNIT_FEN;
        let (held, pending) = self.contracts.get_mut(&contract).ok_or("a use of an unknown contract")?;
        *held -= fen;
        *pending += fen;
        if *held < 0 {
            return Err(format!("{id} uses more than was bought"));
        }
        let new = Delivery { contract, fen, recorded_us: at_us, stage: Stage::Pending };
        match self.deliveries.insert(id, new) {
            None => Ok(()),
            Some(_) => Err(format!("{id} is recorded twice")),
        }
    }

    fn leaves_pending(&mut self, id: DeliveryId, stage: Stage) -> Result<(ContractId, i64), String> {
        let delivery = self.deliveries.get_mut(&id).ok_or_else(|| format!("{id} is answered before it is there"))?;
        if delivery.stage != Stage::Pending {
            return Err(format!("{id} is answered twice: {:?}, then {stage:?}", delivery.stage));
        }
        delivery.stage = stage;
        let (contract, fen) = (delivery.contract, delivery.fen);
        self.contracts.entry(contract).and_modify(|(_, pending)| *pending -= fen);
        Ok((contract, fen))
    }

    /// Inside the window it is the consumer's to confirm, and afterwards time's.
    fn confirm(&mut self, id: DeliveryId, by_time: bool, at_us: i64) -> Result<(), String> {
        let matures_us = (at_us + 48 * HOUR_US).max(self.cooling_off_us);
        let (_, fen) = self.leaves_pending(id, Stage::Confirmed(matures_us))?;
        self.payable += fen;
        let is_over = at_us >= self.deliveries[&id].recorded_us + 72 * HOUR_US;
        if is_over == by_time { Ok(()) } else { Err(format!("{id} is confirmed on the wrong side of its deadline")) }
    }

    fn propose(&mut self, id: SettlementId, at_us: i64) -> Result<(), String> {
        let matured = self.deliveries.values().filter_map(|delivery| match delivery.stage {
            Stage::Confirmed(matures_us) if matures_us > self.settled_until_us && matures_us <= at_us => {
                Some(delivery.fen)
            }
            _ => None,
        });
        let sum = matured.sum::<i64>() + self.unreleased;
        if !self.proposed.is_empty() || sum == 0 {
            return Err(format!("{id} is proposed beside another, or for nothing"));
        }
        self.proposed.insert(id, (sum, self.unreleased, at_us));
        Ok(())
    }

    fn approve(&mut self, id: SettlementId, payout: PayoutId) -> Result<(), String> {
        let (sum, returned, cutoff_us) = self.proposed.remove(&id).ok_or_else(|| format!("{id} is not proposed"))?;
        self.payable -= sum;
        self.payout += sum;
        self.unreleased -= returned;
        self.settled_until_us = self.settled_until_us.max(cutoff_us);
        match self.payouts.insert(payout, (sum, Course::Created)) {
            None => Ok(()),
            Some(_) => Err(format!("{payout} is created twice")),
        }
    }

    fn goes_on(&mut self, id: PayoutId, from: Course, to: Course) -> Result<i64, String> {
        let (fen, course) = self.payouts.get_mut(&id).ok_or_else(|| format!("{id} is not there"))?;
        if *course != from {
            return Err(format!("{id} goes from {course:?} to {to:?}"));
        }
        *course = to;
        Ok(*fen)
    }
}
