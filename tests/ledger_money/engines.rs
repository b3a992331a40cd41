//! One history of commands on both engines: the same bytes in the log, and the same balances.

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl as _};
use ticun::domain::id::{ContractId, DeliveryId, Party, PayoutId, RefundId, SettlementId};
use ticun::domain::objects::Used;
use ticun::ledger::commands::deliveries::{ConfirmDelivery, LapseDelivery};
use ticun::ledger::commands::payouts::SubmitPayout;
use ticun::ledger::commands::refunds::WithdrawRefund;
use ticun::ledger::commands::settlements::RejectSettlement;
use ticun::ledger::rebuild::Object;
use ticun::store::{Connection, dialect};

use super::database;
use super::deliveries::{contest, void};
use super::payouts::{give_back, reject, settle};
use super::refunds::{accept, decide, request};
use super::reversals::reverse;
use super::seed::{CONSUMER, MERCHANT, SWIMS, account_set, admitted, course, digest, lessons, stored_value, value};
use super::settlements::{approve, propose};
use super::world::{Who, World};

const STEPS: u32 = 600;

/// Numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        of.get(self.below(of.len())).copied()
    }
}

/// What the history can act on.
#[derive(Default)]
struct Known {
    contracts: Vec<(ContractId, u8)>,
    deliveries: Vec<DeliveryId>,
    settlements: Vec<SettlementId>,
    payouts: Vec<PayoutId>,
    refunds: Vec<RefundId>,
}

impl Known {
    fn note(&mut self, object: &Object) {
        match object {
            Object::Delivery(delivery) => self.deliveries.push(delivery.id),
            Object::Settlement(settlement) => {
                self.settlements.push(settlement.id);
                self.payouts.extend(settlement.payout);
            }
            Object::Refund(refund, _) => {
                self.refunds.push(refund.id);
                self.payouts.extend(refund.payout);
            }
            _ => {}
        }
    }
}

/// Commands of all kinds, most of which are done and some of which are refused.
fn history(world: &World) {
    let mut facts = admitted();
    facts.extend([Party::Merchant(MERCHANT), Party::Consumer(CONSUMER)].map(account_set));
    world.seed(facts);
    let mut numbers = Numbers(7);
    let mut known = Known::default();
    let mut done = 0;
    for step in 0..STEPS {
        if step % 40 == 0 {
            let kind = u8::try_from(step / 40 % 3).unwrap();
            let contract = match kind {
                0 => world.active(SWIMS),
                1 => world.active(stored_value("1000.00", "333.00", &[("100.00", 3)])),
                _ => world.active(course("700.00", true, &[("300.00", 7), ("400.00", 3)])),
            };
            known.contracts.push((contract, kind));
        }
        if let Some(object) = command(world, &mut numbers, &known, step) {
            known.note(&object);
            done += 1;
        }
        if numbers.below(6) == 0 {
            world.wait_hours(u32::try_from(numbers.below(30)).unwrap());
        }
    }
    assert!(done > STEPS / 4, "{done} of {STEPS} were done");
}

fn command(world: &World, numbers: &mut Numbers, known: &Known, step: u32) -> Option<Object> {
    let (contract, kind) = numbers.one(&known.contracts)?;
    let delivery = numbers.one(&known.deliveries);
    let (settlement, payout, refund) =
        (numbers.one(&known.settlements), numbers.one(&known.payouts), numbers.one(&known.refunds));
    let tried = match numbers.below(40) {
        0..18 => {
            let used = match kind {
                0 => Used::Units(1 + u64::from(step % 2)),
                1 => value("17.30"),
                _ => lessons(step % 2, 1),
            };
            world.run(Who::Merchant, world.recording_use(contract, used))
        }
        18..28 => world.run(Who::Consumer, ConfirmDelivery { delivery: delivery? }),
        28 => world.run(Who::Consumer, contest(world, delivery?)),
        29 => world.run(Who::Merchant, void(delivery?)),
        30 => world.run(Who::Notary, reverse(delivery?)),
        31 => world.run(Who::System, LapseDelivery { delivery: delivery? }),
        32 => world.run(Who::Notary, propose(world, None)),
        33 => world.run(Who::OtherNotary, approve(world, settlement?)),
        34 => world.run(Who::System, SubmitPayout { payout: payout? }),
        35 => {
            let transaction = format!("transfer {step}");
            match numbers.below(4) {
                0 => world.run(Who::Bank, reject(payout?, &transaction)),
                1 => world.run(Who::Bank, give_back(world, payout?, &transaction)),
                _ => world.run(Who::Bank, settle(payout?, &transaction)),
            }
        }
        36 if numbers.below(3) == 0 => world.run(Who::Consumer, request(world, contract)),
        36 | 37 => world.run(Who::Merchant, accept(refund?)),
        38 => world.run(Who::Consumer, WithdrawRefund { refund: refund? }),
        _ if numbers.below(3) == 0 => {
            world.run(Who::OtherNotary, RejectSettlement { settlement: settlement?, reason: digest("no") })
        }
        _ => world.run(Who::Notary, decide(world, refund?, "120.00")),
    };
    tried.ok()
}

#[test]
fn one_history_gives_the_same_log_and_the_same_balances_on_both_engines() {
    if !database::has_server() {
        println!("skipped: TICUN_TEST_POSTGRES names no server");
        return;
    }
    let (embedded, server) = (World::bare_in(database::file), World::bare());
    history(&embedded);
    history(&server);
    let (one, other) = (embedded.log(), server.log());
    assert_eq!(one.len(), other.len());
    for (position, (one, other)) in one.iter().zip(&other).enumerate() {
        assert_eq!(one, other, "entry {position}");
    }
    assert_eq!(embedded.all_balances(), server.all_balances());
}

#[test]
fn one_history_gives_the_same_log_through_one_node_and_through_two_in_turns() {
    let (one, two) = (World::bare(), World::bare().with_another_node());
    history(&one);
    history(&two);
    let (through_one, through_two) = (one.log(), two.log());
    for (position, (one, two)) in through_one.iter().zip(&through_two).enumerate() {
        assert_eq!(one, two, "entry {position}");
    }
    assert_eq!(through_one.len(), through_two.len());
    assert_eq!(one.all_balances(), two.all_balances());
}

#[derive(QueryableByName, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Described {
    #[diesel(sql_type = Text)]
    text: String,
}

/// What a database says about its tables: columns with their kinds, keys and indexes, in order.
fn described(url: &str) -> Vec<Described> {
    let mut connection = dialect::open_reader(url).expect("a database");
    let asked = match connection {
        Connection::Sqlite(_) => {
            "SELECT t.name || '.' || c.name || ' ' || c.type || CASE c.\"notnull\" WHEN 1 THEN ' NOT NULL' ELSE '' END \
             || CASE WHEN c.pk > 0 THEN ' KEY ' || c.pk ELSE '' END AS text \
             FROM sqlite_schema t JOIN pragma_table_info(t.name) c \
             WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\' \
             UNION ALL SELECT 'index ' || i.tbl_name || '.' || i.name || ' (' || (SELECT group_concat(k.name, ', ') \
             FROM pragma_index_info(i.name) k) || ')' FROM sqlite_schema i WHERE i.type = 'index' AND i.sql IS NOT NULL"
        }
        Connection::Postgres(_) => {
            "SELECT c.table_name || '.' || c.column_name || ' ' \
             || CASE c.data_type WHEN 'bytea' THEN 'BLOB' ELSE upper(c.data_type) END \
             || CASE c.is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END \
             || COALESCE(' KEY ' || array_position(p.conkey, a.attnum), '') AS text \
             FROM information_schema.columns c \
             JOIN pg_attribute a ON a.attrelid = c.table_name::regclass AND a.attname = c.column_name \
             LEFT JOIN pg_constraint p ON p.conrelid = a.attrelid AND p.contype = 'p' \
             WHERE c.table_schema = 'public' AND c.table_name NOT LIKE '\\_\\_%' \
             UNION ALL SELECT 'index ' || i.indrelid::regclass || '.' || i.indexrelid::regclass || ' (' || \
             (SELECT string_agg(a.attname, ', ' ORDER BY array_position(i.indkey::int2[], a.attnum)) \
             FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])) || ')' \
             FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid AND r.relnamespace = 'public'::regnamespace \
             WHERE NOT i.indisprimary AND r.relname NOT LIKE '\\_\\_%'"
        }
    };
    let mut described: Vec<Described> = diesel::sql_query(asked).load(&mut connection).expect("a description");
    described.sort();
    described
}

#[test]
fn both_engines_have_the_same_tables() {
    if !database::has_server() {
        println!("skipped: TICUN_TEST_POSTGRES names no server");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let embedded = database::file(folder.path());
    dialect::migrate(&mut dialect::open_writer(&embedded).expect("a database")).expect("tables");
    let (one, other) = (described(&embedded), described(&database::url_in(folder.path())));
    assert!(one.len() > 400, "{}", one.len());
    assert_eq!(one, other);
}
