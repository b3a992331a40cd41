//! Period contracts: their price is earned by the days on which a venue was open, and posted only when it is needed.

use proptest::prelude::any;
use proptest::{collection, prop_assert, prop_assert_eq, proptest};
use ticun::domain::id::{ContractId, VenueId};
use ticun::domain::money::Amount;
use ticun::domain::objects::{
    Contract, ContractState, DaysLive, DeliveryState, Live, PlanFigures, RefundState, Used, VisitUsed,
};
use ticun::domain::refund::{Granularity, Reason};
use ticun::domain::rejection::Rejection;
use ticun::domain::rules::unspent;
use ticun::domain::state::State;
use ticun::domain::table::Knowledge;
use ticun::domain::time::Date;
use ticun::ledger::commands::contracts::{AccruePeriod, ExtendContract};
use ticun::ledger::commands::deliveries::ConfirmDelivery;
use ticun::ledger::commands::refunds::{RequestRefund, WithdrawRefund};
use ticun::ledger::commands::settlements::RejectSettlement;
use ticun::ledger::commands::venues::MarkVenueOpen;
use ticun::ledger::rebuild::Object;

use super::deliveries::void;
use super::refunds::{accept, decide, request};
use super::seed::{digest, period, venue_added, yuan, zone};
use super::settlements::{approve, propose};
use super::world::{Who, World};

const POOL: VenueId = VenueId::from_bits(1);
const ANNEX: VenueId = VenueId::from_bits(2);

/// A world with two venues, on Monday, 2 March 2026, at ten.
fn world() -> World {
    let world = World::new();
    world.seed(vec![venue_added(POOL), venue_added(ANNEX)]);
    world
}

fn today(world: &World) -> Date {
    world.now().date(&zone())
}

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

#[track_caller]
fn mark(world: &World, venue: VenueId, date: Date) {
    world.run(Who::Merchant, MarkVenueOpen { venue, date }).unwrap();
}

/// Days go by; on those that say so the pool is open.
#[track_caller]
fn days(world: &World, open: &[bool]) {
    for open in open {
        world.wait_hours(24);
        if *open {
            mark(world, POOL, today(world));
        }
    }
}

#[track_caller]
fn accrue(world: &World, contract: ContractId) -> Contract {
    match world.run(Who::System, AccruePeriod { contract, until: world.now() }).unwrap() {
        Object::Contract(contract) => *contract,
        other => panic!("not what was expected: {other:?}"),
    }
}

fn counted(contract: &Contract) -> (u64, u64, String) {
    let Live::Days(DaysLive { open, closed, .. }) = contract.live else { panic!("a period counts days") };
    (open, closed, contract.amount_live.to_string())
}

#[test]
fn a_term_begins_on_the_day_after_the_credit() {
    let world = world();
    let contract = world.contract(world.active(period("100.00", 10, &[POOL])));
    let Live::Days(days) = &contract.live else { panic!("a period counts days") };
    assert_eq!((days.starts_on, contract.ends_on), (Some(day("2026-03-03")), Some(day("2026-03-12"))));
    assert_eq!(contract.accrued_through, Some(day("2026-03-02")));
}

#[test]
fn open_days_are_earned_once_they_are_certain_and_never_inside_the_cooling_off_period() {
    let world = world();
    let contract = world.active(period("100.00", 10, &[POOL]));
    days(&world, &[true; 6]);
    // The eighth of March: the fifth is certain, but everything can still be given back.
    assert_eq!((world.accrue(), counted(&accrue(&world, contract))), (0, (0, 0, "0.00".to_owned())));
    days(&world, &[true, true, true, true]);
    // The twelfth: the ninth is the last day that nobody can mark any more.
    assert_eq!(counted(&accrue(&world, contract)), (7, 0, "70.00".to_owned()));
    let row = world.contract(contract);
    assert_eq!((row.accrued_through, row.to_merchant), (Some(day("2026-03-09")), yuan("70.00")));
    assert_eq!(world.balances(contract), ["30.00", "0.00", "0.00"]);
    assert_eq!(
        (world.merchant().payable.to_string(), world.merchant().unreleased),
        ("70.00".to_owned(), yuan("70.00").credit())
    );
    // Once more on the same day there is nothing to do.
    assert_eq!(accrue(&world, contract).revision, row.revision);
}

#[test]
fn only_the_service_posts_what_was_earned() {
    let world = world();
    let contract = world.active(period("100.00", 10, &[POOL]));
    for who in [Who::Merchant, Who::Consumer, Who::Notary] {
        let refused = world.refused(who, AccruePeriod { contract, until: world.now() });
        assert_eq!(refused, Rejection::Forbidden, "{who:?}");
    }
}

#[test]
fn a_shut_day_earns_nothing_and_lengthens_the_term_until_the_last_open_day_completes_it() {
    let world = world();
    let contract = world.active(period("100.00", 10, &[POOL]));
    days(&world, &[true, true, false, false, true, true, true, true, true, false, false, false, false]);
    // The fifteenth: of the term's ten days seven were open, and what was its end has passed.
    assert_eq!(world.ended_periods(), [contract]);
    assert_eq!(counted(&accrue(&world, contract)), (7, 3, "70.00".to_owned()));
    assert_eq!(world.contract(contract).ends_on, Some(day("2026-03-15")));
    assert!(world.ended_periods().is_empty());
    days(&world, &[false, false, true, true, true]);
    assert_eq!(world.contract(contract).state, ContractState::Active);
    days(&world, &[false, false, false]);
    assert_eq!(world.ended_periods(), [contract]);
    // Three open days were missing, and the third of them was the twentieth.
    assert_eq!(counted(&accrue(&world, contract)), (10, 8, "100.00".to_owned()));
    let row = world.contract(contract);
    assert_eq!((row.state, row.ends_on), (ContractState::Completed, Some(day("2026-03-20"))));
    assert_eq!(world.balances(contract), ["0.00", "0.00", "0.00"]);
    assert!(world.ended_periods().is_empty());
}

#[test]
fn a_term_that_is_over_and_earns_nothing_only_moves_its_end() {
    let world = world();
    let contract = world.active(period("100.00", 3, &[POOL]));
    days(&world, &[false; 12]);
    assert_eq!(world.ended_periods(), [contract]);
    assert_eq!(counted(&accrue(&world, contract)), (0, 9, "0.00".to_owned()));
    let row = world.contract(contract);
    assert_eq!((row.state, row.ends_on), (ContractState::Active, Some(day("2026-03-14"))));
    assert_eq!(world.balances(contract), ["100.00", "0.00", "0.00"]);
}

#[test]
fn a_day_counts_once_whichever_of_its_venues_were_open_and_a_late_mark_counts_too() {
    let world = world();
    let (both, one) =
        (world.active(period("100.00", 10, &[POOL, ANNEX])), world.active(period("100.00", 10, &[ANNEX])));
    for number in 0..10 {
        world.wait_hours(24);
        if number % 2 == 0 {
            mark(&world, POOL, today(&world));
        } else {
            // Two days late, and still in time.
            mark(&world, ANNEX, today(&world).plus_days(-1));
        }
    }
    // Through the ninth: the pool on four days, the annex on other three, and on one of the pool's.
    assert_eq!(world.accrue(), 2);
    let (both, one) = (world.contract(both), world.contract(one));
    assert_eq!((counted(&both).0, counted(&one).0), (4, 4));
    assert_eq!(counted(&both).2, "40.00");
}

#[test]
fn a_visit_marks_its_venue_and_releases_nothing() {
    let world = world();
    let contract = world.active(period("100.00", 10, &[POOL]));
    let visit = |venue| Used::Visit(VisitUsed { venue });
    days(&world, &[false; 3]);
    let delivery = world.delivery(Who::Merchant, world.recording_use(contract, visit(POOL)));
    assert_eq!((delivery.amount, delivery.state), (Amount::ZERO, DeliveryState::Pending));
    // The day is marked now, and a second visit on it changes nothing about that.
    world.delivery(Who::Merchant, world.recording_use(contract, visit(POOL)));
    let again = MarkVenueOpen { venue: POOL, date: today(&world) };
    assert_eq!(world.refused(Who::Merchant, again), Rejection::AlreadyMarked);
    for used in [visit(ANNEX), Used::Units(1)] {
        let refused = world.refused(Who::Merchant, world.recording_use(contract, used));
        assert_eq!(refused, Rejection::UseNotSold, "{used:?}");
    }
    // What is taken back is the visit, not what the merchant has said about its venue.
    world.delivery(Who::Merchant, void(delivery.id));
    let row = world.contract(contract);
    assert_eq!((row.live.is_within(&row.figures), row.held.to_string()), (true, "100.00".to_owned()));
    // A visit from so long ago is written down, and marks nothing any more.
    let before = world.now();
    days(&world, &[false; 7]);
    let late = ticun::ledger::commands::deliveries::RecordDelivery {
        occurred_at: Some(before.plus_hours(24)),
        ..world.recording_use(contract, visit(POOL))
    };
    let late = world.delivery(Who::Merchant, late);
    world.delivery(Who::Consumer, ConfirmDelivery { delivery: late.id });
    assert_eq!(counted(&accrue(&world, contract)), (1, 6, "10.00".to_owned()));
}

#[test]
fn a_settlement_takes_what_was_posted_and_nothing_twice() {
    let world = world();
    let contract = world.active(period("100.00", 10, &[POOL]));
    days(&world, &[true; 10]);
    assert_eq!(world.refused(Who::Notary, propose(&world, None)), Rejection::NothingToRelease);
    assert_eq!(world.accrue(), 1);
    let proposed = world.settlement(Who::Notary, propose(&world, None));
    assert_eq!((proposed.amount, proposed.returned, proposed.count), (yuan("70.00"), yuan("70.00").credit(), 0));
    // What is earned while it waits comes with the next one.
    days(&world, &[true; 2]);
    assert_eq!(world.accrue(), 1);
    world.settlement(Who::OtherNotary, approve(&world, proposed.id));
    assert_eq!(world.merchant().payout.to_string(), "70.00");
    let next = world.settlement(Who::Notary, propose(&world, None));
    assert_eq!(next.amount, yuan("20.00"));
    let reject = RejectSettlement { settlement: next.id, reason: digest("later") };
    world.settlement(Who::OtherNotary, reject);
    days(&world, &[false; 3]);
    accrue(&world, contract);
    assert_eq!(world.contract(contract).state, ContractState::Completed);
    assert_eq!(world.settlement(Who::Notary, propose(&world, None)).amount, yuan("30.00"));
}

#[test]
fn more_contracts_than_are_looked_at_at_once_are_all_posted() {
    let world = world();
    let contracts: Vec<ContractId> = (0..300).map(|_| world.active(period("100.00", 10, &[POOL]))).collect();
    let (late, other) = (world.active(period("100.00", 10, &[ANNEX])), world.active(super::seed::SWIMS));
    days(&world, &[true; 12]);
    assert_eq!(world.accrue(), 300);
    assert!(contracts.iter().all(|contract| counted(&world.contract(*contract)) == (9, 0, "90.00".to_owned())));
    assert_eq!((counted(&world.contract(late)).0, world.contract(other).to_merchant), (0, Amount::ZERO));
    assert_eq!(world.merchant().unreleased, yuan("27000.00").credit());
    assert_eq!(world.accrue(), 0);
}

#[test]
fn a_refund_gives_back_the_days_that_are_left_and_the_rest_is_the_merchants() {
    let world = world();
    let contract = world.active(period("100.00", 10, &[POOL]));
    days(&world, &[true, true, false, true, true, true, true, true]);
    let refund = world.refund(Who::Consumer, request(&world, contract));
    // Seven of ten days were open, today among them.
    assert_eq!((refund.figures.used, refund.figures.refund), (yuan("70.00"), yuan("30.00")));
    world.refund(Who::Merchant, accept(refund.id));
    // Nothing is posted while it is open.
    days(&world, &[true; 3]);
    assert_eq!((world.accrue(), counted(&accrue(&world, contract)).2), (0, "0.00".to_owned()));
    let ordered = world.refund(Who::Notary, decide(&world, refund.id, "30.00"));
    assert_eq!((ordered.state, ordered.merchant_share), (RefundState::Ordered, Some(yuan("70.00"))));
    assert_eq!(world.merchant().unreleased, yuan("70.00").credit());
    assert_eq!(world.balances(contract), ["0.00", "0.00", "0.00"]);
}

#[test]
fn a_refund_after_days_were_posted_finds_its_money() {
    for price in ["100.00", "99.99", "0.11"] {
        let world = world();
        let contract = world.active(period(price, 11, &[POOL]));
        days(&world, &[true, true, true, true, true, true, true, true, true, true]);
        accrue(&world, contract);
        let refund = world.refund(Who::Consumer, request(&world, contract));
        world.refund(Who::Merchant, accept(refund.id));
        let given = refund.figures.refund.to_string();
        let ordered = world.refund(Who::Notary, decide(&world, refund.id, &given));
        let posted = world.contract(contract).to_merchant;
        assert_eq!(posted.checked_add(ordered.figures.refund), Some(yuan(price)), "{price}");
    }
}

#[test]
fn whoever_steps_back_inside_the_seven_days_gets_everything() {
    let world = world();
    let contract = world.active(period("100.00", 10, &[POOL]));
    days(&world, &[false; 3]);
    let step_back = RequestRefund { reason: Reason::SevenDay, ..request(&world, contract) };
    let refund = world.refund(Who::Consumer, step_back);
    assert_eq!((refund.figures.refund, refund.figures.needs_decision), (yuan("100.00"), false));
    world.refund(Who::Consumer, WithdrawRefund { refund: refund.id });
    days(&world, &[true; 9]);
    assert_eq!(counted(&accrue(&world, contract)).0, 6);
}

#[test]
fn an_extension_spreads_the_price_over_the_longer_term() {
    let world = world();
    let contract = world.active(period("100.00", 10, &[POOL]));
    days(&world, &[true; 9]);
    assert_eq!(counted(&accrue(&world, contract)), (6, 0, "60.00".to_owned()));
    let refund = world.refund(Who::Consumer, request(&world, contract)).id;
    let extend = |ends_on| ExtendContract { contract, ends_on: day(ends_on) };
    for not_later in ["2026-03-12", "2026-03-11", "2036-03-10"] {
        assert_eq!(world.refused(Who::Merchant, extend(not_later)), Rejection::ExtensionOutOfRange);
    }
    assert_eq!(world.refused(Who::Consumer, extend("2026-03-22")), Rejection::NotFound);
    world.run(Who::Merchant, extend("2026-03-22")).unwrap();
    // Nine of twenty days were used, and a little more than that was posted.
    let figures = world.refund_row(refund).figures;
    assert_eq!((figures.used, figures.refund), (yuan("45.00"), yuan("55.00")));
    world.refund(Who::Consumer, WithdrawRefund { refund });
    days(&world, &[true; 5]);
    assert_eq!(counted(&accrue(&world, contract)).2, "60.00");
    days(&world, &[true; 9]);
    assert_eq!(counted(&accrue(&world, contract)), (20, 0, "100.00".to_owned()));
    assert_eq!(world.contract(contract).state, ContractState::Completed);
    let conflict = world.refused(Who::Merchant, extend("2027-03-22"));
    super::payouts::conflicts(&conflict, "completed");
}

#[test]
fn an_extension_of_a_card_only_moves_its_end() {
    let world = world();
    let contract = world.active(super::seed::SWIMS);
    let before = world.contract(contract);
    let ends_on = before.ends_on.unwrap().plus_days(30);
    world.run(Who::Merchant, ExtendContract { contract, ends_on }).unwrap();
    let after = world.contract(contract);
    assert_eq!((after.ends_on, after.live, after.held), (Some(ends_on), before.live, before.held));
}

#[test]
fn a_term_counted_in_months_never_earns_more_than_its_refund_leaves() {
    let world = world();
    let mut figures = period("90.00", 60, &[POOL]);
    if let ticun::domain::objects::Sold::Period(sold) = &mut figures.sold {
        sold.granularity = Granularity::Month;
    }
    // From the third of March to the first of May: two months have begun by the end.
    let contract = world.active(figures);
    days(&world, &[true; 33]);
    // The fourth of April: the first is certain, and thirty days of sixty are one of two months.
    assert_eq!(counted(&accrue(&world, contract)), (30, 0, "45.00".to_owned()));
    let refund = world.refund(Who::Consumer, request(&world, contract));
    assert_eq!((refund.figures.used, refund.figures.refund), (yuan("90.00"), yuan("0.00")));
}

proptest! {
    #[test]
    fn whatever_days_are_open_the_price_is_earned_to_the_fen_with_the_last_one(
        price in 30_i64..=1_000_000,
        term in 1_u32..=30,
        pattern in collection::vec(any::<(bool, bool)>(), 60..120),
    ) {
        let mut books = Pure::new(&period(&Amount::from_fen(price).unwrap().to_string(), term, &[POOL]));
        for (number, (open, posts)) in (1_i64..).zip(pattern.into_iter().chain([(true, false); 40]).chain([(false, true)])) {
            books.day(number, (open, posts));
            let contract = books.contract();
            let Live::Days(days) = &contract.live else { panic!("a period counts days") };
            let share = i128::from(price) * i128::from(days.open) / i128::from(term);
            prop_assert_eq!(i128::from(contract.amount_live.fen()), share);
            prop_assert!(contract.adds_up() && contract.live.is_within(&contract.figures));
            let left = unspent(&books.state, contract, books.today());
            prop_assert!(left <= contract.held.amount().unwrap());
        }
        let contract = books.contract();
        prop_assert_eq!((contract.state, contract.amount_live.fen()), (ContractState::Completed, price));
    }
}

/// One contract and its venue, without a database.
struct Pure {
    state: State,
    at: ticun::domain::time::Timestamp,
    position: u64,
}

impl Pure {
    const CONTRACT: ContractId = ContractId::from_bits(7);

    fn new(figures: &PlanFigures) -> Self {
        let at = ticun::domain::time::Timestamp::parse("2026-03-02T02:00:00Z").unwrap();
        let mut books = Self { state: State::new(Knowledge::Complete), at, position: 0 };
        let mut facts = super::seed::people();
        facts.push(venue_added(POOL));
        facts.extend(super::seed::signed(Self::CONTRACT, figures));
        let deposit = ticun::domain::id::DepositId::from_bits(1);
        facts.extend(super::seed::deposited(Self::CONTRACT, deposit, figures, at));
        books.apply(&facts);
        books
    }

    fn contract(&self) -> &Contract {
        self.state.contracts.get(Self::CONTRACT).unwrap()
    }

    fn today(&self) -> Date {
        self.at.date(&zone())
    }

    fn apply(&mut self, facts: &[ticun::domain::event::Fact]) {
        for fact in facts {
            self.state.apply(self.position, self.at, Who::System.actor(), fact);
            self.position += 1;
        }
        self.state.assert_invariants();
        self.state.keep();
    }

    /// A day passes; what is certain three days later is posted, if it is posted at all.
    fn day(&mut self, number: i64, (open, posts): (bool, bool)) {
        let opening = Self::hours(number);
        self.at = opening;
        if open {
            let date = self.today();
            let event = ticun::domain::event::VenueOpened { date, merchant: super::seed::MERCHANT, venue: POOL };
            self.apply(&[ticun::domain::event::Fact::plain(event)]);
        }
        if posts {
            let zone = zone();
            let context = ticun::domain::context::Context {
                office: ticun::domain::name::Name::parse("changning").unwrap(),
                origin: "notary.example/log/changning",
                at: self.at,
                actor: Who::System.actor(),
                party: None,
                if_match: None,
                zone: &zone,
                calendar: ticun::domain::calendar::built_in(),
            };
            let command = AccruePeriod { contract: Self::CONTRACT, until: self.at };
            let facts = ticun::ledger::Command::decide(&command, &self.state, &context).unwrap().facts;
            self.apply(&facts);
        }
    }

    fn hours(number: i64) -> ticun::domain::time::Timestamp {
        let start = ticun::domain::time::Timestamp::parse("2026-03-02T02:00:00Z").unwrap();
        start.plus_hours(u32::try_from(number * 24).unwrap())
    }
}
