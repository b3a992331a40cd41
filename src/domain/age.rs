//! Who can be party to a contract, by age (民法典 arts. 17 to 20, 144, 145).

use super::objects::{AgeClass, Contract};
use super::packs;
use super::rejection::Rejection;
use super::time::Date;

/// Below this age nobody can be party to a contract (民法典 art. 20).
const MINOR_FROM_YEARS: i16 = 8;
/// From this age on everybody can (民法典 arts. 17, 18).
const ADULT_FROM_YEARS: i16 = 18;

/// How old somebody is on a day: who has no day of birth on record has not declared it.
#[must_use]
pub fn age_class(born_on: Option<Date>, today: Date) -> AgeClass {
    match born_on.map(|born_on| years_between(born_on, today)) {
        None => AgeClass::Undeclared,
        Some(years) if years < MINOR_FROM_YEARS => AgeClass::Child,
        Some(years) if years < ADULT_FROM_YEARS => AgeClass::Minor,
        Some(_) => AgeClass::Adult,
    }
}

/// Whole years; a birthday counts from its beginning. Somebody born in the future is a child.
fn years_between(born_on: Date, today: Date) -> i16 {
    let (born, day) = (born_on.civil(), today.civil());
    let before_birthday = (day.month(), day.day()) < (born.month(), born.day());
    day.year().saturating_sub(born.year()).saturating_sub(i16::from(before_birthday)).max(0)
}

/// Checks that somebody can choose a contract at all.
///
/// # Errors
/// [`Rejection::HolderUnderEight`].
pub const fn can_hold(age: AgeClass) -> Result<(), Rejection> {
    match age {
        AgeClass::Child => Err(Rejection::HolderUnderEight),
        AgeClass::Undeclared | AgeClass::Adult | AgeClass::Minor => Ok(()),
    }
}

/// Checks that the holder's word binds: an adult's does, a minor's over a fitting price, or with a guardian's consent.
///
/// # Errors
/// [`Rejection::GuardianConsentRequired`].
pub fn can_bind(contract: &Contract, age: AgeClass, has_consent: bool) -> Result<(), Rejection> {
    let limit = packs::in_force().times(contract).minor_alone_max;
    if age == AgeClass::Minor && contract.figures.price > limit && !has_consent {
        return Err(Rejection::GuardianConsentRequired { limit });
    }
    can_hold(age)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_birthday_counts_from_its_first_moment() {
        let day = |text| Date::parse(text).expect("a day");
        let class = |born_on, today| age_class(Some(day(born_on)), day(today));
        assert_eq!(class("2018-11-23", "2026-11-22"), AgeClass::Child);
        assert_eq!(class("2018-11-22", "2026-11-22"), AgeClass::Minor);
        assert_eq!(class("2008-11-23", "2026-11-22"), AgeClass::Minor);
        assert_eq!(class("2008-11-22", "2026-11-22"), AgeClass::Adult);
        assert_eq!(class("2008-02-29", "2026-02-28"), AgeClass::Minor);
        assert_eq!(class("2008-02-29", "2026-03-01"), AgeClass::Adult);
        assert_eq!(class("2027-01-01", "2026-11-22"), AgeClass::Child);
        assert_eq!(age_class(None, day("2026-11-22")), AgeClass::Undeclared);
    }
}
