//! Stored value, its bonus and the gifts beside it.

use super::{check, day, facts, refusal, yuan};
use crate::domain::refund::{Facts, Fault, Gift, PlanFacts, Reason, RefundError, StoredValueFacts, Units};

fn stored(reason: Reason, paid: &str, bonus: &str, consumed: &str) -> Facts {
    let plan = PlanFacts::StoredValue(StoredValueFacts {
        bonus: yuan(bonus),
        consumed: yuan(consumed),
        consumed_list: None,
        gifts: Vec::new(),
    });
    Facts { plan, ..facts(reason, paid, 1, 0) }
}

fn of(facts: &mut Facts) -> &mut StoredValueFacts {
    match &mut facts.plan {
        PlanFacts::StoredValue(stored) => stored,
        other => panic!("{other:?}"),
    }
}

fn listing(mut facts: Facts, consumed_list: &str) -> Facts {
    of(&mut facts).consumed_list = Some(yuan(consumed_list));
    facts
}

fn gifted(mut facts: Facts, package_price: &str, used: u64) -> Facts {
    let gift = Gift {
        name: "保养".to_owned(),
        package_price: yuan(package_price),
        units: 10.into(),
        used_units: used.into(),
        goods: false,
    };
    of(&mut facts).gifts.push(gift);
    facts
}

#[test]
fn published_stored_value_cases_come_out_to_the_fen() {
    let m = Fault::Merchant;
    let sold = |paid, bonus, consumed| stored(Reason::MerchantBreach, paid, bonus, consumed);
    let result = check(&sold("2000.00", "1000.00", "434.00"), "1710.67", "289.33", m, false);
    let line = result.lines.first().unwrap();
    assert_eq!(
        (line.article, line.formula.as_str()),
        ("法释〔2025〕4号 第18条第2款", "434.00 × 2000.00 / (2000.00 + 1000.00)")
    );
    check(&sold("8000.00", "2666.67", "3594.00"), "5304.50", "2695.50", m, false);
    check(&sold("3000.00", "1000.00", "3594.00"), "304.50", "2695.50", m, false);
}

#[test]
fn without_a_bonus_the_prices_actually_charged_count() {
    let result =
        check(&stored(Reason::MerchantClosed, "1000.00", "0.00", "250.00"), "750.00", "250.00", Fault::Merchant, false);
    assert_eq!(result.lines.first().unwrap().article, "法释〔2025〕4号 第18条第1款");
}

#[test]
fn the_consumers_choice_undoes_the_discount() {
    let c = Fault::Consumer;
    let sold = || stored(Reason::ConsumerChoice, "3000.00", "1000.00", "1000.00");
    let result = check(&sold(), "2000.00", "1000.00", c, false);
    assert_eq!(result.lines.first().unwrap().article, "法释〔2025〕4号 第19条");
    check(&listing(sold(), "1250.00"), "1750.00", "1250.00", c, false);
    check(&listing(sold(), "749.99"), "2250.00", "750.00", c, false);
    check(&listing(sold(), "9000.00"), "0.00", "3000.00", c, false);
}

#[test]
fn the_seven_days_charge_what_was_spent_and_ask_a_person() {
    let asked = |consumed| Facts {
        requested_on: day("2025-06-03"),
        ..stored(Reason::SevenDay, "3000.00", "1000.00", consumed)
    };
    check(&asked("0.00"), "3000.00", "0.00", Fault::SevenDay, false);
    check(&asked("1000.00"), "2250.00", "750.00", Fault::SevenDay, true);
}

#[test]
fn a_used_gift_costs_its_share_of_what_was_paid() {
    let sold = |reason| stored(reason, "4000.00", "0.00", "500.00");
    let result =
        check(&gifted(sold(Reason::MerchantBreach), "1000.00", 5), "3100.00", "900.00", Fault::Merchant, false);
    let line = result.lines.get(1).unwrap();
    assert_eq!((line.article, line.amount), ("法释〔2025〕4号 第21条（参考）", yuan("400.00")));
    assert_eq!(line.formula, "1000.00 × 5 / 10 × 4000.00 / (4000.00 + 1000.00)");
    check(&gifted(sold(Reason::MerchantBreach), "1000.00", 0), "3500.00", "500.00", Fault::Merchant, false);
    check(&gifted(sold(Reason::ConsumerChoice), "1000.00", 5), "3100.00", "900.00", Fault::Consumer, true);
    let mut goods = gifted(sold(Reason::MerchantBreach), "1000.00", 5);
    for gift in &mut of(&mut goods).gifts {
        gift.goods = true;
    }
    check(&goods, "3100.00", "900.00", Fault::Merchant, true);
}

#[test]
fn several_gifts_share_one_denominator() {
    let two = gifted(gifted(stored(Reason::MerchantBreach, "3000.00", "0.00", "0.00"), "1000.00", 10), "1000.00", 5);
    let result = check(&two, "2100.00", "900.00", Fault::Merchant, false);
    let formula = &result.lines.get(2).unwrap().formula;
    assert_eq!(formula, "1000.00 × 5 / 10 × 3000.00 / (3000.00 + 1000.00 + 1000.00)");
}

#[test]
fn contradictions_of_a_deposit_and_its_gifts_are_refused() {
    use RefundError as E;
    type Contradiction = (fn(&mut StoredValueFacts), E, &'static str);
    let sold = || gifted(gifted(stored(Reason::MerchantBreach, "1000.00", "200.00", "300.00"), "50.00", 0), "50.00", 0);
    let refused = |change: fn(&mut StoredValueFacts)| refusal(sold(), |facts| change(of(facts)));
    let cases: [Contradiction; 3] = [
        (|stored| stored.consumed = yuan("1200.01"), E::ConsumedBeyondCredit, "/stored_value/consumed"),
        (|stored| stored.gifts[0].units = Units::ZERO, E::GiftUnitsZero(0), "/gift_services/0/units"),
        (|stored| stored.gifts[1].used_units = 11.into(), E::GiftUsedBeyondUnits(1), "/gift_services/1/used_units"),
    ];
    for (change, error, pointer) in cases {
        assert_eq!(refused(change), (error, pointer.to_owned()));
    }
}
