//! Disputes over undelivered money: opened by either side, taken back, or settled and carried out. Those over
//! deliveries come of contests.

use serde_json::json;

use super::books::{Contract, ContractState, Decision, Reason, Refund, RefundState};
use super::support::text;
use super::walk::{CONSUMERS, MERCHANTS, Walk, amount};

/// A dispute that is open.
#[derive(Clone, Debug)]
pub struct Quarrel {
    pub id: String,
    pub contract: usize,
    pub amount: i64,
    pub by_consumer: bool,
}

impl Walk {
    /// One of a contract's two sides, or a stranger.
    fn quarreller(&mut self, contract: usize) -> (&'static str, bool, bool) {
        let Contract { consumer, merchant, .. } = self.books.contracts[contract];
        if self.random.once_in(2) {
            let user = self.mostly(consumer);
            return (CONSUMERS[user], true, user == consumer);
        }
        let user = self.mostly(merchant);
        (MERCHANTS[user], false, user == merchant)
    }

    pub async fn open_quarrel(&mut self) -> Option<usize> {
        let contract = self.any_contract();
        let (user, by_consumer, mine) = self.quarreller(contract);
        let Contract { ref id, held, state, .. } = self.books.contracts[contract];
        let fen = self.random.below(usize::try_from(held + held / 4 + 1).unwrap());
        let fen = i64::try_from(fen).unwrap() + 1;
        let expected = match state {
            _ if !mine => Err("not_found"),
            ContractState::Active | ContractState::Completed | ContractState::Closing if fen > held => {
                Err("funds_frozen")
            }
            ContractState::Active | ContractState::Completed | ContractState::Closing => Ok(()),
            _ => Err("contract_not_active"),
        };
        let body = json!({"contract_id": id, "held_amount": amount(fen), "reason": "课程停开"});
        if let Some(reply) = self.write(user, "/v1/disputes".to_owned(), None, body, expected).await {
            let at = &mut self.books.contracts[contract];
            at.held -= fen;
            at.frozen += fen;
            self.books.settle_completion(contract);
            self.books.recalculate(contract);
            self.quarrels.push(Quarrel { id: text(&reply, "id"), contract, amount: fen, by_consumer });
        }
        Some(contract)
    }

    pub async fn end_quarrel(&mut self) -> Option<usize> {
        if self.quarrels.is_empty() {
            return None;
        }
        let chosen = self.random.below(self.quarrels.len());
        let quarrel = self.quarrels[chosen].clone();
        let ended = if self.random.once_in(2) { self.withdraw(&quarrel).await } else { self.settle(&quarrel).await };
        if ended {
            self.quarrels.remove(chosen);
        }
        Some(quarrel.contract)
    }

    /// Only who opened it takes it back; the other side is refused.
    async fn withdraw(&mut self, quarrel: &Quarrel) -> bool {
        let (user, by_consumer, mine) = self.quarreller(quarrel.contract);
        let expected = match () {
            () if !mine => Err("not_found"),
            () if by_consumer != quarrel.by_consumer => Err("forbidden"),
            () => Ok(()),
        };
        let path = format!("/v1/disputes/{}/withdraw", quarrel.id);
        if self.write(user, path, None, json!({}), expected).await.is_none() {
            return false;
        }
        let at = &mut self.books.contracts[quarrel.contract];
        at.frozen -= quarrel.amount;
        at.held += quarrel.amount;
        self.books.goes_on(quarrel.contract);
        self.books.recalculate(quarrel.contract);
        true
    }

    /// The consumer proposes, the merchant accepts, and a notary carries it out.
    async fn settle(&mut self, quarrel: &Quarrel) -> bool {
        let Contract { consumer, merchant, .. } = self.books.contracts[quarrel.contract];
        let mut part = |of: i64| i64::try_from(self.random.below(usize::try_from(of + 1).unwrap())).unwrap();
        let refund = part(quarrel.amount);
        let share = part(quarrel.amount - refund);
        let held = quarrel.amount - refund - share;
        let path = format!("/v1/disputes/{}", quarrel.id);
        let split = json!({"refund": amount(refund), "merchant": amount(share), "held": amount(held)});
        let proposals = format!("{path}/proposals");
        let made = self.write(CONSUMERS[consumer], proposals.clone(), None, split, Ok(())).await.expect("a proposal");
        let accept = format!("{proposals}/{}/accept", text(&made, "id"));
        self.write(MERCHANTS[merchant], accept, Some(1), json!({}), Ok(())).await;
        let executed =
            self.write("notary1", format!("{path}/execute"), None, json!({}), Ok(())).await.expect("executed");
        let at = &mut self.books.contracts[quarrel.contract];
        at.frozen -= quarrel.amount;
        at.held += held;
        at.to_merchant += share;
        at.settled += share;
        at.refunded += refund;
        at.unpaid += refund;
        self.books.merchants[merchant].payable += share;
        self.books.merchants[merchant].unreleased += share;
        self.books.owed[consumer] += refund;
        self.books.goes_on(quarrel.contract);
        self.books.recalculate(quarrel.contract);
        if refund > 0 {
            let id = text(&executed, "paid_as");
            let shown = self.world.get("notary1", format!("/v1/refunds/{id}")).await;
            self.books.refunds.push(Refund {
                id,
                contract: quarrel.contract,
                consumer,
                state: RefundState::NeedsAccount,
                revision: 1,
                reason: Reason::Choice,
                cooling_off: false,
                claim_by: i64::MAX,
                shortfall: Some(0),
                answer_by: 0,
                figure: refund,
                needs_decision: false,
                answer: None,
                decision: Some(Decision { amount: refund, basis: "consent", notary: 0, second: None, contested: None }),
                payout: None,
            });
            self.books.pay_refund(self.books.refunds.len() - 1, text(&shown, "payout_id"));
        }
        true
    }
}
