//! What each object points to: whoever needs an object needs these as well.

use super::command::Key;
use crate::domain::id::{ConsumerId, MerchantId, Party};
use crate::domain::objects::Sold;
use crate::domain::packs::{self, Sector};
use crate::domain::state::State;

fn push<T>(links: &mut Vec<Key>, id: Option<T>, key: impl FnOnce(T) -> Key) {
    links.extend(id.map(key));
}

/// The keys that the object under `key` points to; none where there is no such object.
pub(super) fn links(state: &State, key: Key, links: &mut Vec<Key>) {
    match key {
        Key::User(id) => push(links, state.users.get(id).and_then(|user| user.party), Key::from),
        Key::Merchant(id) => {
            let Some(merchant) = state.merchants.get(id) else { return };
            push(links, merchant.open_settlement, Key::Settlement);
            push(links, merchant.default_run, Key::Run);
            links.extend(merchant.court_orders.iter().copied().map(Key::Freeze));
        }
        Key::Venue(id) => push(links, state.venues.get(id).map(|venue| venue.merchant), Key::Merchant),
        Key::Plan(id) => {
            let Some(plan) = state.plans.get(id) else { return };
            links.extend([Key::Merchant(plan.merchant), Key::PlanVersion(id, plan.version)]);
            push(links, plan.on_sale_version, |version| Key::PlanVersion(id, version));
        }
        Key::Contract(id) => {
            let Some(contract) = state.contracts.get(id) else { return };
            links.extend([Key::Merchant(contract.merchant), Key::Consumer(contract.consumer)]);
            push(links, contract.open_deposit, Key::Deposit);
            push(links, contract.open_refund, Key::Refund);
            links.extend(contract.court_orders.iter().copied().map(Key::Freeze));
            // Whether its days count is written there.
            if let Sold::Period(sold) = &contract.figures.sold {
                links.extend(sold.venues.iter().copied().map(Key::Venue));
            }
        }
        Key::Deposit(id) => push(links, state.deposits.get(id).map(|deposit| deposit.contract), Key::Contract),
        Key::ChannelTransaction(id) => {
            links.extend(state.channel_transactions.get(id).and_then(|taken_in| Key::of_object(taken_in.subject)));
        }
        Key::CheckinCode(id) => push(links, state.checkin_codes.get(id).map(|code| code.contract), Key::Contract),
        Key::Delivery(id) => {
            let Some(delivery) = state.deliveries.get(id) else { return };
            links.push(Key::Contract(delivery.contract));
            push(links, delivery.dispute, Key::Dispute);
        }
        Key::Dispute(_) | Key::Proposal(_) | Key::Evidence(_) | Key::Freeze(_) => of_disputes(state, key, links),
        Key::Settlement(id) => {
            let Some(settlement) = state.settlements.get(id) else { return };
            links.push(Key::Merchant(settlement.merchant));
            push(links, settlement.payout, Key::Payout);
        }
        Key::Payout(id) => {
            let Some(payout) = state.payouts.get(id) else { return };
            links.push(match payout.payee {
                Party::Merchant(id) => Key::Merchant(id),
                Party::Consumer(id) => Key::Consumer(id),
            });
            push(links, payout.settlement, Key::Settlement);
            push(links, payout.refund, Key::Refund);
        }
        Key::Run(id) => push(links, state.default_runs.get(id).map(|run| run.merchant), Key::Merchant),
        Key::Refund(id) => {
            let Some(refund) = state.refunds.get(id) else { return };
            links.push(Key::Contract(refund.contract));
            push(links, refund.payout, Key::Payout);
        }
        key => portfolios(state, key, links),
    }
}

/// What a consumer has with a merchant, however it is asked for.
fn portfolios(state: &State, key: Key, links: &mut Vec<Key>) {
    match key {
        Key::Portfolio(consumer, merchant) => {
            let contracts = state.portfolios.seen((consumer, merchant)).map(Vec::as_slice).unwrap_or_default();
            links.extend(contracts.iter().copied().map(Key::Contract));
        }
        Key::PortfolioOf(id) => {
            links.push(Key::Contract(id));
            let Some(contract) = state.contracts.seen(id) else { return };
            portfolio(state, contract.consumer, contract.merchant, contract.figures.sector, links);
        }
        Key::PortfolioOfOffered(id) => {
            links.push(Key::Contract(id));
            let Some(contract) = state.contracts.seen(id) else { return };
            let Some(to) = contract.transfer_to else { return };
            portfolio(state, to, contract.merchant, contract.figures.sector, links);
        }
        Key::PortfolioFor(consumer, id) => {
            links.push(Key::Plan(id));
            let Some(plan) = state.plans.seen(id) else { return };
            let version = plan.on_sale_version.and_then(|version| state.plan_versions.seen((id, version)));
            let Some(version) = version else { return };
            portfolio(state, consumer, plan.merchant, version.figures.sector, links);
        }
        _ => {}
    }
}

/// The same of disputes and what belongs to them.
fn of_disputes(state: &State, key: Key, links: &mut Vec<Key>) {
    match key {
        Key::Dispute(id) => {
            let Some(dispute) = state.disputes.get(id) else { return };
            links.extend([Key::Contract(dispute.contract), Key::Freeze(dispute.freeze)]);
        }
        Key::Proposal(id) => push(links, state.proposals.get(id).map(|proposal| proposal.dispute), Key::Dispute),
        Key::Evidence(id) => push(links, state.evidence.get(id).map(|evidence| evidence.dispute), Key::Dispute),
        Key::Freeze(id) => {
            let Some(freeze) = state.freezes.get(id) else { return };
            links.push(Key::Merchant(freeze.merchant));
            push(links, freeze.contract, Key::Contract);
            push(links, freeze.dispute, Key::Dispute);
            links.extend(freeze.deliveries.iter().map(|delivery| Key::Delivery(*delivery)));
        }
        _ => {}
    }
}

/// A consumer's other contracts with a merchant, where a pack limits what they come to together.
fn portfolio(state: &State, consumer: ConsumerId, merchant: MerchantId, sector: Sector, links: &mut Vec<Key>) {
    let Some(seller) = state.merchants.seen(merchant) else { return };
    if packs::in_force().limit_totals(seller.region, sector) {
        links.push(Key::Portfolio(consumer, merchant));
    }
}
