//! Notices (通知): who must be told what by when. Nothing of it is stored: it follows from the open objects.
//!
//! A notice stands in the list while its reason stands. The list is in the order of its kinds, and within a kind what
//! is due first comes first.

mod freezes;
mod pages;
mod texts;

use jiff::tz::TimeZone;

use crate::domain::calendar::Calendar;
use crate::domain::id::{ConsumerId, MerchantId, ObjectId};
use crate::domain::text_enum::text_enum;
use crate::domain::time::Timestamp;
use crate::store::queries::Listed;
use crate::store::{self, Connection};

text_enum! {
    /// What a notice is about.
    NoticeKind {
        /// A deposit can still be paid.
        DepositPayment = "deposit_payment",
        /// A delivery waits for the consumer's answer.
        DeliveryConfirm = "delivery_confirm",
        /// The consumer can still take everything back.
        CoolingOff = "cooling_off",
        /// A refund waits for the merchant's answer.
        RefundAnswer = "refund_answer",
        /// A refund is to be paid.
        RefundPayment = "refund_payment",
        /// A refund cannot be paid without an account.
        RefundAccount = "refund_account",
        /// A certificate of a deposit is to be issued.
        DepositCertificate = "deposit_certificate",
        /// A merchant is to know of a deposit.
        DepositPayee = "deposit_payee",
        /// A contract's last day is near.
        ContractEnding = "contract_ending",
        /// A merchant was suspended, and what it still owes is in escrow.
        MerchantSuspended = "merchant_suspended",
        /// A dispute's time runs.
        DisputeDue = "dispute_due",
        /// A court has ordered money to be set aside.
        FreezeOrdered = "freeze_ordered",
        /// A court's order was lifted or carried out.
        FreezeEnded = "freeze_ended",
        /// Money has lain unclaimed for so long that the right to it will lapse.
        Unclaimed = "unclaimed",
    }
}

text_enum! {
    /// Who is told.
    Audience {
        /// A contract's consumer.
        Consumer = "consumer",
        /// A contract's merchant.
        Merchant = "merchant",
        /// The office itself.
        Office = "office",
    }
}

/// Every kind with whom it is for, in the order of the list.
const SOURCES: &[(NoticeKind, Audience)] = &[
    (NoticeKind::DepositPayment, Audience::Consumer),
    (NoticeKind::DeliveryConfirm, Audience::Consumer),
    (NoticeKind::CoolingOff, Audience::Consumer),
    (NoticeKind::RefundAnswer, Audience::Merchant),
    (NoticeKind::RefundPayment, Audience::Office),
    (NoticeKind::RefundAccount, Audience::Consumer),
    (NoticeKind::DepositCertificate, Audience::Office),
    (NoticeKind::DepositPayee, Audience::Merchant),
    (NoticeKind::ContractEnding, Audience::Consumer),
    (NoticeKind::ContractEnding, Audience::Merchant),
    (NoticeKind::MerchantSuspended, Audience::Consumer),
    (NoticeKind::DisputeDue, Audience::Consumer),
    (NoticeKind::DisputeDue, Audience::Merchant),
    (NoticeKind::FreezeOrdered, Audience::Consumer),
    (NoticeKind::FreezeOrdered, Audience::Merchant),
    (NoticeKind::FreezeEnded, Audience::Consumer),
    (NoticeKind::FreezeEnded, Audience::Merchant),
    (NoticeKind::Unclaimed, Audience::Consumer),
    (NoticeKind::Unclaimed, Audience::Office),
];

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// Who is told.
    pub audience: Audience,
    /// The object it is about.
    pub subject: ObjectId,
    /// The party that is told; none for the office.
    pub party: Option<ObjectId>,
    /// By when.
    pub due_at: Timestamp,
    /// Since when there is a reason.
    pub since: Timestamp,
    /// What it says, in Chinese.
    pub text_zh: String,
    /// What it says, in English.
    pub text_en: String,
}

impl Notice {
    /// Its id, which follows from what it is about and for whom.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}-{}-{}", self.kind, self.subject, self.audience)
    }
}

/// Whose notices are asked for, as of when.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Only what this consumer is told.
    pub consumer: Option<ConsumerId>,
    /// Only what this merchant is told.
    pub merchant: Option<MerchantId>,
    /// Only this kind.
    pub kind: Option<NoticeKind>,
    /// Only what is due before this moment.
    pub due_before: Option<Timestamp>,
    /// Now.
    pub now: Timestamp,
    /// The zone in which the office counts days.
    pub zone: TimeZone,
    /// Working days.
    pub calendar: &'static Calendar,
}

impl Asked {
    /// Whether somebody who asks for this is told what is for such people.
    fn concerns(&self, kind: NoticeKind, audience: Audience) -> bool {
        let told = match (self.consumer, self.merchant) {
            (Some(_), _) => audience == Audience::Consumer,
            (None, Some(_)) => audience == Audience::Merchant,
            // Whom a suspension concerns is asked by consumer, not by merchant: the office knows it anyway.
            (None, None) => kind != NoticeKind::MerchantSuspended,
        };
        told && self.kind.is_none_or(|wanted| wanted == kind)
    }
}

/// Where a page ends: the source, and the place within it.
struct Place<'a> {
    source: usize,
    at: &'a str,
    id: &'a str,
}

impl<'a> Place<'a> {
    fn parse(key: &'a str) -> Option<Self> {
        let mut parts = key.splitn(3, '/');
        let source = parts.next()?.parse().ok()?;
        Some(Self { source, at: parts.next()?, id: parts.next()? })
    }
}

/// One page of notices; `after` is the key that ended the page before.
///
/// # Errors
/// When the database cannot be reached.
pub fn list(
    connection: &mut Connection,
    office: &str,
    asked: &Asked,
    after: Option<&str>,
    limit: usize,
) -> store::Result<Listed<Notice>> {
    let place = after.and_then(Place::parse);
    let begin = place.as_ref().map_or(0, |place| place.source);
    let mut found: Vec<(Notice, String)> = Vec::new();
    for (index, (kind, audience)) in SOURCES.iter().enumerate().skip(begin) {
        if found.len() > limit {
            break;
        }
        if !asked.concerns(*kind, *audience) {
            continue;
        }
        let mut last = place
            .as_ref()
            .filter(|place| place.source == index)
            .map(|place| pages::Place { at: place.at.to_owned(), id: place.id.to_owned() });
        while found.len() <= limit {
            let page = pages::read(connection, office, asked, (*kind, *audience), last.as_ref())?;
            let keyed =
                |(notice, place): (Notice, pages::Place)| (notice, format!("{index}/{}/{}", place.at, place.id));
            found.extend(page.notices.into_iter().map(keyed));
            last = page.last;
            if last.is_none() {
                break;
            }
        }
    }
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(_, key)| key.clone());
    Ok(Listed { items: found.into_iter().map(|(notice, _)| notice).collect(), next })
}
