//! Lists in pages, in the order of creation.

use diesel::RunQueryDsl as _;
use diesel::sql_types::Text;
use ticun::domain::id::{ConsumerId, ContractId, DeliveryId, DepositId, MerchantId, Party};
use ticun::domain::objects::{
    ContractState, DeliveryState, DepositState, DisputeState, FreezeState, MerchantState, PayoutState, PlanState,
    RefundState, Role, SettlementState, SuspenseState, UserState,
};
use ticun::store::queries::{
    self, ContractFilter, DeliveryFilter, DepositFilter, DisputeFilter, FreezeFilter, Listed, MerchantFilter, Page,
    PayoutFilter, PlanFilter, PlanScope, RefundFilter, SettlementFilter, SuspenseFilter, UserFilter, VenueFilter,
};
use ticun::store::{Connection, dialect};

use crate::database;
use crate::world::{
    CONSUMER, CONTRACT, MERCHANT, OFFICE, OTHER_MERCHANT, World, at, confirmed, drafted, recorded, registered,
    signed_and_paid,
};

const OTHER_CONSUMER: ConsumerId = ConsumerId::from_bits(2);

/// Reads a list to its end in parts of `limit`.
fn read<T>(limit: i64, mut part: impl FnMut(&Page) -> ticun::store::Result<Listed<T>>) -> Vec<T> {
    let mut page = Page { after: None, limit };
    let mut items = Vec::new();
    loop {
        let listed = part(&page).expect("a read");
        assert!(listed.items.len() <= usize::try_from(limit).expect("a limit"));
        items.extend(listed.items);
        let Some(next) = listed.next else { return items };
        assert!(Some(&next) > page.after.as_ref(), "each part goes on");
        page.after = Some(next);
    }
}

/// Ten contracts, the odd ones of one consumer and the even ones of another, with three deliveries each.
fn crowd() -> World {
    let mut world = World::with_story();
    world.tell(500, OTHER_CONSUMER, vec![registered(OTHER_CONSUMER, 9)]);
    for n in 10..20 {
        let (contract, deposit) = (ContractId::from_bits(n), DepositId::from_bits(n));
        let consumer = if n % 2 == 0 { OTHER_CONSUMER } else { CONSUMER };
        world.tell(501, contract, vec![drafted(contract, consumer, MERCHANT)]);
        let mut facts = signed_and_paid(contract, consumer, deposit, 502);
        for unit in 0..3 {
            let delivery = DeliveryId::from_bits(n * 10 + unit);
            let hour = 510 + i64::try_from(n).expect("small");
            facts.push(recorded(delivery, contract, consumer, hour));
            if unit == 0 {
                facts.push(confirmed(delivery, contract, consumer, hour));
            }
        }
        world.tell(510 + i64::try_from(n).expect("small"), contract, facts);
    }
    let draft = ContractId::from_bits(30);
    world.tell(600, draft, vec![drafted(draft, CONSUMER, OTHER_MERCHANT)]);
    world
}

fn contracts(connection: &mut Connection, filter: ContractFilter) -> Vec<ContractId> {
    let items = read(3, |page| queries::contracts(connection, OFFICE, &filter, page));
    items.into_iter().map(|contract| contract.id).collect()
}

fn ids(range: impl Iterator<Item = u128>) -> Vec<ContractId> {
    range.map(ContractId::from_bits).collect()
}

#[test]
fn contracts_by_consumer_merchant_and_state() {
    let world = crowd();
    let mut connection = world.connection();
    let everything = ContractFilter::default();
    assert_eq!(contracts(&mut connection, everything), ids([1].into_iter().chain(10..20).chain([30])));
    let consumer = ContractFilter { consumer: Some(OTHER_CONSUMER), ..everything };
    assert_eq!(contracts(&mut connection, consumer), ids((10..20).step_by(2)));
    let merchant = ContractFilter { merchant: Some(OTHER_MERCHANT), ..everything };
    assert_eq!(contracts(&mut connection, merchant), ids([30].into_iter()));
    let state = ContractFilter { state: Some(ContractState::Closing), ..everything };
    assert_eq!(contracts(&mut connection, state), ids([1].into_iter()));
    let nobody = ContractFilter { merchant: Some(MerchantId::from_bits(77)), ..everything };
    assert_eq!(contracts(&mut connection, nobody), []);
    let theirs = queries::consumer_contracts(&mut connection, OFFICE, OTHER_CONSUMER).expect("a read");
    assert_eq!(theirs, ids((10..20).step_by(2)));
}

#[test]
fn deliveries_by_every_way_that_leads_to_them() {
    let world = crowd();
    let mut connection = world.connection();
    let everything = DeliveryFilter::default();
    let all = read(100, |page| queries::deliveries(&mut connection, OFFICE, &everything, page));
    assert_eq!(all.len(), 34);
    assert!(all.is_sorted_by_key(|delivery| delivery.id));
    let contract = ContractId::from_bits(12);
    let filters = [
        everything,
        DeliveryFilter { contract: Some(contract), ..everything },
        DeliveryFilter { contract: Some(contract), state: Some(DeliveryState::Pending), ..everything },
        DeliveryFilter { consumer: Some(CONSUMER), ..everything },
        DeliveryFilter { consumer: Some(OTHER_CONSUMER), state: Some(DeliveryState::Confirmed), ..everything },
        DeliveryFilter { state: Some(DeliveryState::Pending), ..everything },
        DeliveryFilter { state: Some(DeliveryState::Pending), due_before: Some(at(597)), ..everything },
        DeliveryFilter { state: Some(DeliveryState::Confirmed), merchant: Some(MERCHANT), ..everything },
        DeliveryFilter { merchant: Some(MERCHANT), due_before: Some(at(594)), ..everything },
        DeliveryFilter { merchant: Some(OTHER_MERCHANT), ..everything },
        DeliveryFilter { state: Some(DeliveryState::Voided), ..everything },
    ];
    for filter in filters {
        let expected: Vec<_> = all
            .iter()
            .filter(|one| filter.contract.is_none_or(|contract| one.contract == contract))
            .filter(|one| filter.consumer.is_none_or(|consumer| one.consumer == consumer))
            .filter(|one| filter.merchant.is_none_or(|merchant| one.merchant == merchant))
            .filter(|one| filter.state.is_none_or(|state| one.state == state))
            .filter(|one| filter.due_before.is_none_or(|moment| one.confirm_by < moment))
            .cloned()
            .collect();
        let found = read(4, |page| queries::deliveries(&mut connection, OFFICE, &filter, page));
        assert_eq!(found, expected, "{filter:?}");
    }
}

#[test]
fn worklists_by_state_deadline_and_party() {
    let world = crowd();
    let connection = &mut world.connection();
    let deposits = |connection: &mut Connection, filter: DepositFilter| {
        read(2, |page| queries::deposits(connection, OFFICE, &filter, page)).len()
    };
    let credited = DepositFilter { state: Some(DepositState::Credited), ..Default::default() };
    assert_eq!(deposits(connection, credited), 11);
    assert_eq!(deposits(connection, DepositFilter { due_before: Some(at(10)), ..credited }), 1);
    assert_eq!(deposits(connection, DepositFilter { consumer: Some(OTHER_CONSUMER), ..credited }), 5);
    assert_eq!(deposits(connection, DepositFilter { contract: Some(CONTRACT), ..credited }), 1);
    assert_eq!(deposits(connection, DepositFilter { merchant: Some(OTHER_MERCHANT), ..credited }), 0);

    for (due_before, count) in [(at(600), 0), (at(601), 1)] {
        let filter = DisputeFilter {
            mediator: None,
            arbitrator: None,
            state: Some(DisputeState::Negotiating),
            due_before: Some(due_before),
            merchant: Some(MERCHANT),
            consumer: Some(CONSUMER),
            contract: Some(CONTRACT),
        };
        assert_eq!(read(2, |page| queries::disputes(connection, OFFICE, &filter, page)).len(), count);
        let filter = FreezeFilter {
            state: Some(FreezeState::Open),
            due_before: Some(due_before),
            merchant: Some(MERCHANT),
            consumer: Some(CONSUMER),
            contract: Some(CONTRACT),
        };
        assert_eq!(read(2, |page| queries::freezes(connection, OFFICE, &filter, page)).len(), count);
    }
    // What is paid is not due any more, whatever its deadlines were.
    for (due_before, count) in [(Some(at(90_000)), 0), (None, 1)] {
        let filter = RefundFilter {
            state: Some(RefundState::Paid),
            due_before,
            merchant: Some(MERCHANT),
            consumer: Some(CONSUMER),
            contract: Some(CONTRACT),
        };
        assert_eq!(read(2, |page| queries::refunds(connection, OFFICE, &filter, page)).len(), count);
    }
}

#[test]
fn people_plans_and_payouts() {
    let world = crowd();
    let connection = &mut world.connection();
    let filter = UserFilter { role: Some(Role::Consumer), state: Some(UserState::Active) };
    assert_eq!(read(1, |page| queries::users(connection, OFFICE, &filter, page)).len(), 2);
    let filter = MerchantFilter { state: Some(MerchantState::Active), ..Default::default() };
    assert_eq!(read(1, |page| queries::merchants(connection, OFFICE, &filter, page))[0].id, MERCHANT);
    let filter = MerchantFilter { merchant: Some(OTHER_MERCHANT), ..Default::default() };
    assert_eq!(read(1, |page| queries::merchants(connection, OFFICE, &filter, page))[0].id, OTHER_MERCHANT);
    for (merchant, count) in [(MERCHANT, 1), (OTHER_MERCHANT, 0)] {
        let filter = VenueFilter { merchant: Some(merchant) };
        assert_eq!(read(1, |page| queries::venues(connection, OFFICE, &filter, page)).len(), count);
        let filter = SettlementFilter { state: Some(SettlementState::Paid), merchant: Some(merchant) };
        assert_eq!(read(1, |page| queries::settlements(connection, OFFICE, &filter, page)).len(), count);
        let filter = PayoutFilter { state: Some(PayoutState::Settled), payee: Some(Party::Merchant(merchant)) };
        assert_eq!(read(1, |page| queries::payouts(connection, OFFICE, &filter, page)).len(), count);
        let filter = PlanFilter { scope: PlanScope::Of(merchant), merchant: Some(MERCHANT), state: None };
        assert_eq!(read(1, |page| queries::plans(connection, OFFICE, &filter, page)).len(), count);
    }
    let filter = PlanFilter { scope: PlanScope::OnSale, merchant: None, state: Some(PlanState::OnSale) };
    assert_eq!(read(1, |page| queries::plans(connection, OFFICE, &filter, page)).len(), 1);
    let filter = SuspenseFilter { state: Some(SuspenseState::Received) };
    assert_eq!(read(1, |page| queries::suspense(connection, OFFICE, &filter, page)).len(), 1);
}

#[test]
fn a_page_that_finds_little_still_says_where_to_go_on() {
    let mut world = World::with_story();
    // More deliveries than one page searches, none of them the other merchant's.
    for begin in (1_000..22_000).step_by(50) {
        let contract = ContractId::from_bits(begin);
        let mut facts = vec![drafted(contract, CONSUMER, MERCHANT)];
        facts.extend(signed_and_paid(contract, CONSUMER, DepositId::from_bits(begin), 502));
        let ids = (begin..begin + 50).map(DeliveryId::from_bits);
        facts.extend(ids.map(|id| recorded(id, contract, CONSUMER, 502)));
        world.tell(502, contract, facts);
    }
    let mut connection = world.connection();
    let filter = DeliveryFilter { merchant: Some(OTHER_MERCHANT), ..Default::default() };
    let page = Page { after: None, limit: 20 };
    let first = queries::deliveries(&mut connection, OFFICE, &filter, &page).expect("a read");
    assert!(first.items.is_empty() && first.next.is_some());
    let filter = DeliveryFilter { merchant: Some(MERCHANT), ..Default::default() };
    let all = read(5_000, |page| queries::deliveries(&mut connection, OFFICE, &filter, page));
    assert_eq!(all.len(), 21_004);
}

#[derive(diesel::QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[test]
fn the_planner_goes_by_the_index_that_leads_to_the_rows() {
    if database::is_on_server("how a plan is told is the embedded engine's") {
        return;
    }
    let world = World::new();
    let mut connection = world.connection();
    let cases = [
        ("deliveries WHERE office = 'o' AND state = 'pending' AND confirm_by_us < 9 AND id > 'd' ORDER BY id", "due"),
        ("deliveries WHERE office = 'o' AND state = 'pending' AND confirm_by_us <= 9 ORDER BY confirm_by_us", "due"),
        (
            "deliveries WHERE office = 'o' AND merchant_id = 'm' AND state = 'confirmed' AND matures_at_us > 1",
            "maturing",
        ),
        ("deliveries WHERE office = 'o' AND id IN ('a', 'b')", "PRIMARY KEY"),
        ("contracts WHERE office = 'o' AND consumer_id = 'c' AND id > 'd' ORDER BY id LIMIT 21", "by_consumer"),
        ("deposits WHERE office = 'o' AND merchant_id = 'm' AND id > 'd' ORDER BY id LIMIT 21", "by_merchant"),
        ("refunds WHERE office = 'o' AND consumer_id = 'm' AND id > 'd' ORDER BY id LIMIT 21", "by_consumer"),
        ("payouts WHERE office = 'o' AND payee = 'm' AND id > 'd' ORDER BY id LIMIT 21", "by_payee"),
    ];
    for (query, index) in cases {
        let explained = diesel::sql_query(format!("EXPLAIN QUERY PLAN SELECT * FROM {query}"));
        let steps: Vec<Step> = explained.load(&mut connection).expect("a plan");
        assert!(steps[0].detail.contains(index), "{query}: {}", steps[0].detail);
    }
    // Walking past the entries of other merchants reads no entry.
    let walk = "EXPLAIN QUERY PLAN SELECT position FROM entries \
        WHERE office = 'o' AND merchant_id = 'm' AND position BETWEEN 1 AND 9 ORDER BY position LIMIT 5";
    let steps: Vec<Step> = diesel::sql_query(walk).load(&mut connection).expect("a plan");
    assert!(steps[0].detail.contains("COVERING INDEX entries_of_merchants"), "{}", steps[0].detail);
}

#[test]
fn a_contract_s_deliveries_are_reached_from_link_to_link() {
    if database::is_on_server("how a plan is told is the embedded engine's") {
        return;
    }
    let world = World::new();
    let mut connection = world.connection();
    let plan = "EXPLAIN QUERY PLAN SELECT * FROM deliveries WHERE office = 'o' AND id > 'd' AND id IN (\
        WITH RECURSIVE trail (id, before_id) AS (SELECT deliveries.id, deliveries.before_id FROM contracts \
        JOIN deliveries ON deliveries.office = contracts.office AND deliveries.id = contracts.newest_delivery_id \
        WHERE contracts.office = 'o' AND contracts.id = 'c' \
        UNION ALL SELECT deliveries.id, deliveries.before_id FROM trail \
        JOIN deliveries ON deliveries.id = trail.before_id AND deliveries.office = 'o') SELECT id FROM trail) \
        ORDER BY id LIMIT 21";
    let steps: Vec<Step> = diesel::sql_query(plan).load(&mut connection).expect("a plan");
    let deliveries: Vec<&str> =
        steps.iter().map(|step| step.detail.as_str()).filter(|detail| detail.contains("deliveries")).collect();
    assert_eq!(deliveries.len(), 3, "{deliveries:?}");
    for detail in deliveries {
        assert!(detail.contains("(office=? AND id=?)"), "{detail}");
    }
}

#[test]
fn the_tables_go_up_and_down_and_up_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = database::empty_in(folder.path());
    let mut connection = dialect::open_writer(&url).expect("a database");
    for _ in 0..2 {
        assert_eq!(dialect::migrate(&mut connection).expect("tables").len(), 2);
        assert!(dialect::pending(&mut connection).expect("a read").is_empty());
        dialect::revert_all(&mut connection).expect("no tables");
    }
}
