//! Whether a decision was made on what stood in the log, and is signed by whoever has registered a key; and whose keys
//! these are. The signed statement is made of the entry alone, as the decider's own was.

use crate::domain::actor::Actor;
use crate::domain::event::{Event, Reviewed, SigningKeyRegistered, SigningKeyRetired};
use crate::domain::id::{DisputeId, FreezeId, Party, RefundId, SettlementId, UserId};
use crate::domain::money::Amount;
use crate::domain::objects::{Freeze, Refund, RefundState};
use crate::domain::signature::SignerKey;
use crate::domain::state::State;
use crate::domain::statement::{Action, Review};
use crate::ledger::entry::Entry;
use crate::ledger::signing;

/// Checks what was reviewed, and the signature over it; or the key that is registered or retired.
pub(super) fn check(state: &State, origin: &str, entry: &Entry) -> Result<(), String> {
    let event = &entry.fact.event;
    match event {
        Event::SigningKeyRegistered(data) => registered(state, origin, entry.actor, data),
        Event::SigningKeyRetired(data) => retired(state, entry.actor, data),
        _ => match event.reviewed() {
            Some(reviewed) => {
                on_what_stood(state, event, &reviewed)?;
                // What the service orders by itself is no decision: there is nobody who could sign it.
                let decided = !matches!((entry.actor, event), (Actor::System, Event::RefundOrdered(_)));
                if decided { signed(state, origin, entry, &reviewed) } else { Ok(()) }
            }
            None => Ok(()),
        },
    }
}

fn registered(state: &State, origin: &str, actor: Actor, data: &SigningKeyRegistered) -> Result<(), String> {
    own(actor, data.user)?;
    let holder = state.signing_keys.get(data.key).copied().flatten();
    if let Some(holder) = holder.filter(|holder| *holder != data.user) {
        return Err(format!("{} registers the key {}, which is {holder}'s", data.user, data.key));
    }
    if signing::is_held(origin, data.user, &data.key, &data.proof) {
        return Ok(());
    }
    Err(format!("nothing shows that {} holds the key {}", data.user, data.key))
}

fn retired(state: &State, actor: Actor, data: &SigningKeyRetired) -> Result<(), String> {
    own(actor, data.user)?;
    if key_of(state, data.user) == Some(data.key) {
        return Ok(());
    }
    Err(format!("{} retires the key {}, which is not in force", data.user, data.key))
}

fn own(actor: Actor, user: UserId) -> Result<(), String> {
    if actor.user() == Some(user) { Ok(()) } else { Err(format!("{actor} speaks for the key of {user}")) }
}

fn key_of(state: &State, user: UserId) -> Option<SignerKey> {
    state.users.get(user).and_then(|user| user.signing_key)
}

/// Compares what the entry says was reviewed with what stood there.
fn on_what_stood(state: &State, event: &Event, reviewed: &Reviewed<'_>) -> Result<(), String> {
    let object = reviewed.object;
    let Some(stood) = stood(state, event) else { return Err(format!("there is no {object}")) };
    let Review { action, amount, payee, position, revision } = *reviewed.review;
    if revision != stood.revision {
        return Err(format!("revision {revision} was reviewed, and revision {} is decided", stood.revision));
    }
    if position != stood.position {
        return Err(format!("entry {position} was reviewed, and the newest about {object} is {}", stood.position));
    }
    if amount != stood.amount || payee != stood.payee {
        let (due, to) = (stood.amount, stood.payee);
        return Err(format!("{amount} to {payee} was reviewed, and {due} to {to} is decided"));
    }
    if action != stood.action {
        return Err(format!("{action} was reviewed, and {} is decided", stood.action));
    }
    Ok(())
}

/// What somebody who decides this must have had in front of them.
fn stood(state: &State, event: &Event) -> Option<Review> {
    match event {
        Event::SettlementReleased(data) => settlement(state, data.settlement, Action::ApproveSettlement),
        Event::SettlementRejected(data) => settlement(state, data.settlement, Action::RejectSettlement),
        Event::RefundProposed(data) => refund(state, data.refund, |_| (decides(data.contested), data.amount)),
        Event::RefundOrdered(data) => refund(state, data.refund, |refund| {
            let approves = refund.state == RefundState::Proposed;
            (if approves { Action::ApproveRefund } else { decides(data.contested) }, data.amount)
        }),
        Event::RefundPriorServiceDecided(data) => refund(state, data.refund, |refund| {
            let action = if data.accepted { Action::AcceptPriorService } else { Action::RejectPriorService };
            (action, refund.amount_at_issue())
        }),
        Event::RefundDeclined(data) => {
            refund(state, data.refund, |refund| (Action::DeclineRefund, refund.amount_at_issue()))
        }
        Event::DefaultRunApproved(data) => state.default_runs.get(data.run).map(|run| Review {
            action: Action::ApproveDefaultRun,
            amount: run.amount,
            payee: Party::Merchant(run.merchant),
            position: run.newest_entry,
            revision: run.revision,
        }),
        Event::DisputeAwarded(data) => dispute(state, data.dispute, (Action::AwardDispute, data.split.refund)),
        Event::FreezeOrderLifted(data) => freeze(state, data.freeze, |freeze| (Action::LiftFreeze, freeze.amount())),
        Event::FreezeExecuted(data) => freeze(state, data.freeze, |freeze| {
            let to_consumer = freeze.contract.is_some();
            (Action::ExecuteFreeze, if to_consumer { data.split.refund } else { data.split.merchant })
        }),
        Event::DisputeExecuted(data) => dispute(state, data.dispute, (Action::ExecuteDispute, data.split.refund)),
        _ => None,
    }
}

/// What a first notary does who leaves so much to a dispute, or nothing.
fn decides(contested: Option<Amount>) -> Action {
    contested.map_or(Action::DecideRefund, |_| Action::OrderUndisputed)
}

fn dispute(state: &State, id: DisputeId, (action, amount): (Action, Amount)) -> Option<Review> {
    let dispute = state.disputes.get(id)?;
    Some(Review {
        action,
        amount,
        payee: Party::Consumer(dispute.consumer),
        position: dispute.newest_entry,
        revision: dispute.revision,
    })
}

fn freeze(state: &State, id: FreezeId, what: impl FnOnce(&Freeze) -> (Action, Amount)) -> Option<Review> {
    let freeze = state.freezes.get(id)?;
    let (action, amount) = what(freeze);
    Some(Review {
        action,
        amount,
        payee: freeze.consumer.map_or(Party::Merchant(freeze.merchant), Party::Consumer),
        position: freeze.newest_entry,
        revision: freeze.revision,
    })
}

fn settlement(state: &State, id: SettlementId, action: Action) -> Option<Review> {
    let settlement = state.settlements.get(id)?;
    Some(Review {
        action,
        amount: settlement.amount,
        payee: Party::Merchant(settlement.merchant),
        position: settlement.newest_entry,
        revision: settlement.revision,
    })
}

fn refund(state: &State, id: RefundId, what: impl FnOnce(&Refund) -> (Action, Amount)) -> Option<Review> {
    let refund = state.refunds.get(id)?;
    let (action, amount) = what(refund);
    Some(Review {
        action,
        amount,
        payee: Party::Consumer(refund.consumer),
        position: refund.newest_entry,
        revision: refund.revision,
    })
}

/// Checks the signature of a decider who has a key in force, and that there is none of anybody else.
fn signed(state: &State, origin: &str, entry: &Entry, reviewed: &Reviewed<'_>) -> Result<(), String> {
    let Some(signer) = entry.actor.user() else { return Err("nobody decides it".to_owned()) };
    match (key_of(state, signer), reviewed.signature) {
        (None, None) => Ok(()),
        (None, Some(signature)) => Err(format!("{signer} signs by {}, and has no key in force", signature.key)),
        (Some(key), None) => Err(format!("{signer} decides without a signature, and has the key {key} in force")),
        (Some(key), Some(signature)) if signature.key != key => {
            Err(format!("{signer} signs by {}, and has the key {key} in force", signature.key))
        }
        (Some(key), Some(signature)) => {
            let statement = signing::statement(&entry.fact.event, entry.office, origin, signer);
            let bytes = statement.map(|statement| statement.to_bytes()).unwrap_or_default();
            if signing::fits(&key, &bytes, &signature.value) {
                return Ok(());
            }
            Err(format!("the signature of {signer} is not over what the entry says was decided"))
        }
    }
}
