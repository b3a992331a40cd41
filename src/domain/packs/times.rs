//! Time limits, and the few other figures by which a case is run, as data.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::domain::calendar::Calendar;
use crate::domain::money::Amount;
use crate::domain::text_enum::text_enum;
use crate::domain::time::{Date, Timestamp};

text_enum! {
    /// How days are counted.
    Count {
        /// Every day; a last day that is no working day moves to the next one (民法典 art. 203).
        Natural = "natural",
        /// Working days only.
        Working = "working",
    }
}

text_enum! {
    /// From which day on interest runs (法释〔2025〕4号 arts. 15, 16).
    InterestFrom {
        /// The payment day itself.
        PaymentDay = "payment_day",
        /// The day after it.
        DayAfterPayment = "day_after_payment",
    }
}

/// A number of days, and how they are counted. The day it starts from is day 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Days {
    /// How they are counted.
    pub count: Count,
    /// How many.
    pub days: u32,
}

impl Days {
    /// The last day, which counts whole.
    #[must_use]
    pub fn last_from(self, day: Date, calendar: &Calendar) -> Date {
        match self.count {
            Count::Natural => calendar.next_working_day_from(day.plus_days(i64::from(self.days))),
            Count::Working => calendar.plus_working_days(day, self.days),
        }
    }

    /// The first moment after the last day.
    #[must_use]
    pub fn end_from(self, day: Date, calendar: &Calendar, zone: &TimeZone) -> Timestamp {
        self.last_from(day, calendar).plus_days(1).starts_at(zone)
    }
}

/// Declares the time limits once: as they are, and as a pack gives some of them.
macro_rules! time_limits {
    ($($(#[$meta:meta])* $name:ident: $type:ty,)+) => {
        /// The time limits of a pack.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        pub struct TimeLimits { $($(#[$meta])* pub $name: $type,)+ }

        /// What a pack says itself.
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct Given { $(#[serde(default)] $name: Option<$type>,)+ }

        impl Given {
            /// The whole: what is not given is that of the pack below; the name of the first one that neither gives.
            pub(super) fn over(&self, below: Option<&TimeLimits>) -> Result<TimeLimits, &'static str> {
                Ok(TimeLimits {
                    $($name: self.$name.clone().or_else(|| below.map(|below| below.$name.clone()))
                        .ok_or(stringify!($name))?,)+
                })
            }
        }

        impl TimeLimits {
            /// Their names, in order.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name),)+];
        }
    };
}

time_limits! {
    /// Until when a merchant can answer a refund request.
    answer: Days,
    /// How long an institution has for its award.
    arbitration_hours: u32,
    /// Until when the certificate of a deposit is issued (提存公证规则 art. 17).
    certificate: Days,
    /// How long a check-in code is good.
    checkin_code_minutes: u32,
    /// How long before closing or moving a merchant tells its consumers.
    closing_notice: Days,
    /// The longest time that a plan can give consumers to answer a delivery.
    confirm_window_hours_max: u32,
    /// In which a consumer gets the whole principal back (法释〔2025〕4号 art. 14).
    cooling_off: Days,
    /// How long a deposit can be paid.
    deposit_hours: u32,
    /// How many days before a contract's end its parties are told, the longest first.
    ending_notice_days: Vec<u32>,
    /// How many files can be handed in in one dispute.
    evidence_count_max: u32,
    /// How long evidence can be brought forward once a dispute is arbitrated.
    evidence_hours: u32,
    /// By how many days a contract can be extended at once.
    extension_days_max: u32,
    /// From which day on interest runs.
    interest_from: InterestFrom,
    /// How long a confirmed delivery waits before a settlement can take it.
    maturing_hours: u32,
    /// How long a dispute is mediated.
    mediation_hours: u32,
    /// Up to this price a contract fits a minor, who then needs nobody's consent (民法典 art. 19).
    minor_alone_max: Amount,
    /// How long the parties of a contested delivery negotiate.
    negotiation_hours: u32,
    /// How long a merchant can object to the finding that it no longer performs.
    objection: Days,
    /// How long after its end a day can still be marked as open.
    open_mark_hours: u32,
    /// Until when the payee is told of a deposit (提存公证规则 art. 18).
    payee_notice: Days,
    /// Until when a merchant can claim prior service against a 7-day refund; it lies well within the days in which that
    /// refund is paid, so that it costs the consumer no time the law gives.
    prior_service_claim: Days,
    /// Above this amount a refund needs a second notary.
    refund_approval_above: Amount,
    /// Until when a refund inside the cooling-off is paid.
    refund_cooling_off: Days,
    /// Until when any other refund is paid.
    refund_other: Days,
    /// After what time a dispute that nothing has resolved is looked at again.
    review_hours: u32,
    /// After how many years the right to what lies in deposit lapses (民法典 art. 574).
    unclaimed_lapse_years: u32,
    /// After how many months those concerned are warned of that, in order.
    unclaimed_warning_months: Vec<u32>,
}
