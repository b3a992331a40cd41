//! What timers hand in has no key, and must change nothing the second time.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use ticun::domain::actor::Actor;
use ticun::domain::id::{ContractId, DeliveryId, DepositId, Party, PayoutId, RequestId, SettlementId, UserId};
use ticun::domain::objects::{Role, Used};
use ticun::jobs::{Handover, Timers, run_due};
use ticun::ledger::clock::{Clock, Entropy};
use ticun::ledger::commands::deliveries::RecordDelivery;
use ticun::ledger::commands::settlements::{ApproveSettlement, ProposeSettlement};
use ticun::ledger::writer::{Step, Writer};
use ticun::ledger::{Command, Submission};
use ticun::store::pool::ReadPool;
use ticun::store::{entries, queries};

use super::office::{Node, OFFICE, Office, at, is_done};
use super::seed::{CONSUMER, MERCHANT, SWIMS, Seed, account_set, admitted, deposited, people, signed};

const CONTRACT: ContractId = ContractId::from_bits(501);
const DELIVERIES: u128 = 30;

fn process(writer: &mut Writer, actor: Actor, command: Box<dyn Command>, number: u128) {
    let submission = Submission::new(command, actor, RequestId::from_bits(number), at());
    let answers = writer.process(&[&submission]);
    assert!(is_done(&answers[0]), "{answers:?}");
}

fn user(number: u128, role: Role) -> Actor {
    Actor::User { id: UserId::from_bits(number), role }
}

/// Deliveries that nobody has answered, and whose time is over by now.
fn overdue(office: &Office) {
    let mut writer = office.writer();
    let mut facts = people();
    facts.extend(admitted());
    facts.extend([Party::Merchant(MERCHANT), Party::Consumer(CONSUMER)].map(account_set));
    facts.extend(signed(CONTRACT, &SWIMS.into()));
    facts.extend(deposited(CONTRACT, DepositId::from_bits(600), &SWIMS.into(), at()));
    process(&mut writer, Actor::System, Box::new(Seed { facts, shows: MERCHANT.into() }), 2);
    for number in 1000..1000 + DELIVERIES {
        let delivery = DeliveryId::from_bits(number);
        let used = Used::Units(1);
        let command = RecordDelivery { delivery, contract: CONTRACT, used, occurred_at: None, note: None };
        process(&mut writer, user(11, Role::Merchant), Box::new(command), number);
    }
}

/// How many entries of a kind there are.
fn count(office: &Office, kind: &str) -> usize {
    let all = entries::from(&mut office.connection(), OFFICE, 0, i64::MAX).unwrap();
    all.iter().filter(|entry| entry.kind == kind).count()
}

fn timers(office: &Office, node: &Node) -> Timers {
    Timers {
        sequencer: node.sequencer.clone(),
        reads: ReadPool::open(&office.url, 2).unwrap(),
        clock: Arc::new(Clock::default()),
        entropy: Entropy::default(),
        handover: Handover::ByTimer,
        watched_us: Arc::default(),
    }
}

#[tokio::test]
async fn timers_of_three_nodes_at_once_do_everything_once_though_answers_are_lost() {
    let office = Office::new();
    overdue(&office);
    let commits = AtomicU32::new(0);
    let sometimes = Arc::new(move |step| {
        if step == Step::Committed && commits.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) {
            resume_unwind(Box::new("lost"));
        }
    });
    let nodes = [Node::over(office.writer().telling(sometimes)), office.node(), office.node()];
    let [one, two, three] = [0, 1, 2].map(|number| timers(&office, &nodes[number]));
    let all = [run_due(&one), run_due(&two), run_due(&three)];
    let done: u64 = futures_util::future::join_all(all).await.into_iter().map(|done| done.unwrap()).sum();
    assert_eq!(u128::from(done), DELIVERIES, "each was told to one node as done");
    assert_eq!(count(&office, "delivery.confirmed"), 30);

    // What has matured since is proposed and released: its payout goes to the bank once.
    let mut writer = office.writer();
    let now = Clock::default().now().plus_hours(24 * 10);
    let settlement = SettlementId::from_bits(700);
    let propose = ProposeSettlement { settlement, merchant: MERCHANT, cutoff: None };
    let approve = ApproveSettlement { settlement, payout: PayoutId::from_bits(701) };
    let decided: [(u128, Box<dyn Command>); 2] = [(14, Box::new(propose)), (15, Box::new(approve))];
    for (notary, command) in decided {
        let request = RequestId::from_bits(2000 + notary);
        let submission = Submission::new(command, user(notary, Role::Notary), request, now);
        let answers = writer.process(&[&submission]);
        assert!(is_done(&answers[0]), "{answers:?}");
    }
    let all = [run_due(&one), run_due(&two), run_due(&three)];
    let done: u64 = futures_util::future::join_all(all).await.into_iter().map(|done| done.unwrap()).sum();
    assert_eq!((done, count(&office, "payout.submitted")), (1, 1));
    let left = queries::created_payouts(&mut office.connection(), OFFICE, 10).unwrap();
    assert_eq!(left, []);
    office.check();
}
