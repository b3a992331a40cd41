//! A contract passes on to the other consumer: offered, taken over, or taken back.

use serde_json::json;

use super::books::{Contract, ContractState, Refusal};
use super::support::text;
use super::walk::{CONSUMERS, Walk};

impl Walk {
    /// Whether nothing is being decided about a contract.
    fn transferable(&self, contract: usize) -> Result<(), Refusal> {
        let at = &self.books.contracts[contract];
        match () {
            () if at.state != ContractState::Active => Err("state_conflict"),
            () if at.open_refund.is_some() => Err("refund_open"),
            () if at.frozen != 0 => Err("funds_frozen"),
            () => Ok(()),
        }
    }

    pub async fn pass_on(&mut self) -> Option<usize> {
        let contract = self.any_contract();
        let Contract { id, consumer, offered, .. } = self.books.contracts[contract].clone();
        let path = format!("/v1/contracts/{id}/transfer");
        let (other, choice) = (1 - consumer, self.random.below(6));
        if !offered {
            self.offer(contract, path.clone()).await;
            // Mostly the other one is sitting beside the holder.
            if !self.books.contracts[contract].offered || choice == 0 {
                return Some(contract);
            }
        }
        if choice == 1 {
            let user = if self.random.once_in(2) { consumer } else { other };
            if self.write(CONSUMERS[user], format!("{path}/withdraw"), None, json!({}), Ok(())).await.is_some() {
                self.books.contracts[contract].offered = false;
            }
            return Some(contract);
        }
        let user = self.mostly(other);
        let expected = if user == other { self.transferable(contract) } else { Err("not_found") };
        if self.write(CONSUMERS[user], format!("{path}/accept"), None, json!({}), expected).await.is_some() {
            let at = &mut self.books.contracts[contract];
            (at.consumer, at.offered) = (other, false);
            at.transfers += 1;
        }
        Some(contract)
    }

    async fn offer(&mut self, contract: usize, path: String) {
        let consumer = self.books.contracts[contract].consumer;
        let user = self.mostly(consumer);
        let expected = if user == consumer { self.transferable(contract) } else { Err("not_found") };
        let to = text(&self.world.get(CONSUMERS[1 - consumer], "/v1/me").await, "party");
        if self.write(CONSUMERS[user], path, None, json!({"to_consumer": to}), expected).await.is_some() {
            self.books.contracts[contract].offered = true;
        }
    }
}
