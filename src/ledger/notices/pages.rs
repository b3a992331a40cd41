//! The notices of one kind for one audience, page by page.

use std::collections::HashMap;

use super::freezes;
use super::texts::{Told, texts};
use super::{Asked, Audience, Notice, NoticeKind};
use crate::domain::id::{ConsumerId, ContractId, MerchantId, ObjectId};
use crate::domain::objects::{
    Contract, ContractState, Delivery, Deposit, Dispute, Merchant, MerchantState, Refund, RefundState,
};
use crate::domain::packs::{self, TimeLimits};
use crate::domain::time::{Date, Timestamp};
use crate::store::queries::{self, Coming};
use crate::store::{self, Connection, objects};

/// Rows read at once.
pub(super) const ROWS: i64 = 128;

/// A place within a source.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) at: String,
    pub(super) id: String,
}

/// Some notices, and the place of the last row that was read; none at the end of the source.
pub(super) struct Page {
    pub(super) notices: Vec<(Notice, Place)>,
    pub(super) last: Option<Place>,
}

/// An open object as far as a notice goes.
struct Open {
    subject: ObjectId,
    contract: ContractId,
    consumer: ConsumerId,
    merchant: MerchantId,
    place: Place,
    since: Timestamp,
    /// By when, where the object itself says so.
    due_at: Option<Timestamp>,
    ends_on: Option<Date>,
    refund: Option<RefundState>,
}

impl Open {
    /// An object whose time comes `at`, with its contract, consumer and merchant.
    fn new(
        subject: impl Into<ObjectId>,
        (contract, consumer, merchant): (ContractId, ConsumerId, MerchantId),
        at: Timestamp,
        since: Timestamp,
    ) -> Self {
        let subject = subject.into();
        let place = Place { at: at.micros().to_string(), id: subject.to_string() };
        Self { subject, contract, consumer, merchant, place, since, due_at: None, ends_on: None, refund: None }
    }

    /// The same, which itself says by when it is due.
    fn due(self, due_at: Timestamp) -> Self {
        Self { due_at: Some(due_at), ..self }
    }
}

/// Reads the next rows of a source.
pub(super) fn read(
    connection: &mut Connection,
    office: &str,
    asked: &Asked,
    source: (NoticeKind, Audience),
    after: Option<&Place>,
) -> store::Result<Page> {
    if matches!(source.0, NoticeKind::FreezeOrdered | NoticeKind::FreezeEnded) {
        return freezes::read(connection, office, asked, source, after);
    }
    let rows = open(connection, office, asked, source.0, after)?;
    let full = rows.len() >= usize::try_from(ROWS).unwrap_or(usize::MAX);
    let last = rows.last().filter(|_| full).map(|row| row.place.clone());
    let known = Known::load(connection, office, source.0, &rows)?;
    let notices = rows.iter().filter_map(|row| known.notice(row, asked, source)).collect();
    Ok(Page { notices, last })
}

pub(super) fn coming<T>(asked: &Asked, from: Option<T>, until: Option<T>, after: Option<(T, String)>) -> Coming<T> {
    Coming { consumer: asked.consumer, merchant: asked.merchant, from, until, after, limit: ROWS }
}

pub(super) fn micros(after: Option<&Place>) -> Option<(i64, String)> {
    after.and_then(|place| Some((place.at.parse().ok()?, place.id.clone())))
}

/// The rows that a kind is about, in the order of their time.
fn open(
    connection: &mut Connection,
    office: &str,
    asked: &Asked,
    kind: NoticeKind,
    after: Option<&Place>,
) -> store::Result<Vec<Open>> {
    match kind {
        NoticeKind::DeliveryConfirm => deliveries(connection, office, asked, after),
        NoticeKind::RefundAnswer => refunds_asked(connection, office, asked, after),
        NoticeKind::RefundPayment | NoticeKind::RefundAccount => refunds_ordered(connection, office, asked, after),
        NoticeKind::DisputeDue => disputes(connection, office, asked, after),
        NoticeKind::ContractEnding => contracts_ending(connection, office, asked, after),
        // What stands in the list of its own: see `freezes`.
        NoticeKind::FreezeOrdered | NoticeKind::FreezeEnded => Ok(Vec::new()),
        NoticeKind::DepositPayment
        | NoticeKind::CoolingOff
        | NoticeKind::DepositCertificate
        | NoticeKind::DepositPayee
        | NoticeKind::MerchantSuspended
        | NoticeKind::Unclaimed => deposits(connection, office, asked, kind, after),
    }
}

/// What is still to come of what is asked for.
fn still(asked: &Asked, after: Option<&Place>) -> Coming<i64> {
    coming(asked, Some(asked.now.micros().saturating_add(1)), None, micros(after))
}

fn deposits(
    connection: &mut Connection,
    office: &str,
    asked: &Asked,
    kind: NoticeKind,
    after: Option<&Place>,
) -> store::Result<Vec<Open>> {
    Ok(match kind {
        NoticeKind::DepositPayment => {
            let rows = queries::deposits_to_pay(connection, office, &still(asked, after))?;
            rows.iter().map(|row| deposit(row, Some(row.expires_at), row.expires_at, row.started_at)).collect()
        }
        NoticeKind::CoolingOff => {
            let rows = queries::deposits_cooling(connection, office, &still(asked, after))?;
            rows.iter()
                .filter_map(|row| Some((row, row.cooling_off_until?, row.credited_at?)))
                .map(|(row, until, since)| deposit(row, Some(until), until, since))
                .collect()
        }
        NoticeKind::Unclaimed => {
            credited(&queries::deposits_warned(connection, office, &coming(asked, None, None, micros(after)))?)
        }
        NoticeKind::MerchantSuspended => {
            credited(&queries::deposits_credited(connection, office, &coming(asked, None, None, micros(after)))?)
        }
        _ => {
            let days = i64::from(packs::in_force().deposit_notice_days_max());
            let from = asked.now.date(&asked.zone).plus_days(-days).starts_at(&asked.zone).micros();
            credited(&queries::deposits_credited(connection, office, &coming(asked, Some(from), None, micros(after)))?)
        }
    })
}

fn contracts_ending(
    connection: &mut Connection,
    office: &str,
    asked: &Asked,
    after: Option<&Place>,
) -> store::Result<Vec<Open>> {
    let today = asked.now.date(&asked.zone);
    let days = packs::in_force().national_times(today).ending_notice_days.first().copied().unwrap_or(0);
    let (from, until) = (today.to_string(), today.plus_days(i64::from(days).saturating_add(1)).to_string());
    let after = after.map(|place| (place.at.clone(), place.id.clone()));
    let rows = queries::deposits_ending(connection, office, &coming(asked, Some(from), Some(until), after))?;
    let ending = rows.iter().filter_map(|row| Some((row, row.ends_on?, row.credited_at?)));
    Ok(ending
        .map(|(row, ends_on, since)| {
            let mut open = deposit(row, None, since, since);
            open.ends_on = Some(ends_on);
            open.place.at = ends_on.to_string();
            open
        })
        .collect())
}

fn deliveries(
    connection: &mut Connection,
    office: &str,
    asked: &Asked,
    after: Option<&Place>,
) -> store::Result<Vec<Open>> {
    let rows = queries::deliveries_to_answer(connection, office, &still(asked, after))?;
    let open = |row: &Delivery| {
        let whose = (row.contract, row.consumer, row.merchant);
        Open::new(row.id, whose, row.confirm_by, row.recorded_at).due(row.confirm_by)
    };
    Ok(rows.iter().map(open).collect())
}

fn refunds_asked(
    connection: &mut Connection,
    office: &str,
    asked: &Asked,
    after: Option<&Place>,
) -> store::Result<Vec<Open>> {
    let rows = queries::refunds_to_answer(connection, office, &still(asked, after))?;
    let waiting = rows.iter().filter_map(|row| Some((row, row.answer_by?)));
    Ok(waiting.map(|(row, until)| refund(row, Some(until), until)).collect())
}

fn refunds_ordered(
    connection: &mut Connection,
    office: &str,
    asked: &Asked,
    after: Option<&Place>,
) -> store::Result<Vec<Open>> {
    let rows = queries::refunds_to_pay(connection, office, &coming(asked, None, None, micros(after)))?;
    let ordered = rows.iter().filter_map(|row| Some((row, row.ordered_at?)));
    Ok(ordered.map(|(row, since)| refund(row, row.pay_by, since)).collect())
}

fn disputes(
    connection: &mut Connection,
    office: &str,
    asked: &Asked,
    after: Option<&Place>,
) -> store::Result<Vec<Open>> {
    let rows = queries::disputes_due(connection, office, &still(asked, after))?;
    let open = |row: &Dispute| {
        let (due_by, whose) = (row.due_by?, (row.contract, row.consumer, row.merchant));
        Some(Open::new(row.id, whose, due_by, row.opened_at).due(due_by))
    };
    Ok(rows.iter().filter_map(open).collect())
}

fn credited(rows: &[Deposit]) -> Vec<Open> {
    let rows = rows.iter().filter_map(|row| Some((row, row.credited_at?)));
    rows.map(|(row, since)| deposit(row, None, since, since)).collect()
}

fn deposit(row: &Deposit, due_at: Option<Timestamp>, at: Timestamp, since: Timestamp) -> Open {
    let whose = (row.contract, row.consumer, row.merchant);
    Open { due_at, ends_on: row.ends_on, ..Open::new(row.id, whose, at, since) }
}

fn refund(row: &Refund, due_at: Option<Timestamp>, at: Timestamp) -> Open {
    let whose = (row.contract, row.consumer, row.merchant);
    let since = row.ordered_at.unwrap_or(row.requested_at);
    Open { due_at, refund: Some(row.state), ..Open::new(row.id, whose, at, since) }
}

/// The contracts and merchants behind some rows.
struct Known {
    contracts: HashMap<ContractId, Contract>,
    merchants: HashMap<MerchantId, Merchant>,
}

impl Known {
    fn load(connection: &mut Connection, office: &str, kind: NoticeKind, rows: &[Open]) -> store::Result<Self> {
        let ids: Vec<ContractId> = rows.iter().map(|row| row.contract).collect();
        let contracts = objects::contracts::load(connection, office, &ids)?;
        let mut ids: Vec<MerchantId> = match kind {
            NoticeKind::MerchantSuspended => rows.iter().map(|row| row.merchant).collect(),
            _ => Vec::new(),
        };
        ids.sort_unstable();
        ids.dedup();
        let merchants = objects::merchants::load(connection, office, &ids)?;
        Ok(Self {
            contracts: contracts.into_iter().map(|contract| (contract.id, contract)).collect(),
            merchants: merchants.into_iter().map(|merchant| (merchant.id, merchant)).collect(),
        })
    }

    /// The notice of a row, where there is reason for one.
    fn notice(&self, row: &Open, asked: &Asked, source: (NoticeKind, Audience)) -> Option<(Notice, Place)> {
        let (kind, audience) = source;
        let contract = self.contracts.get(&row.contract)?;
        let times = packs::in_force().times(contract);
        let (since, due_at) = self.times(row, contract, times, asked, kind)?;
        if asked.due_before.is_some_and(|before| due_at >= before) {
            return None;
        }
        let told = Told { contract, due_at, ends_on: row.ends_on, zone: &asked.zone };
        let (text_zh, text_en) = texts(kind, audience, &told);
        let party = match audience {
            Audience::Consumer => Some(row.consumer.into()),
            Audience::Merchant => Some(row.merchant.into()),
            Audience::Office => None,
        };
        // What is about a contract as a whole names the contract, not its deposit.
        let subject = match kind {
            NoticeKind::ContractEnding
            | NoticeKind::CoolingOff
            | NoticeKind::MerchantSuspended
            | NoticeKind::Unclaimed => contract.id.into(),
            _ => row.subject,
        };
        let notice = Notice { kind, audience, subject, party, due_at, since, text_zh, text_en };
        Some((notice, row.place.clone()))
    }

    /// Since when there is reason for a notice and by when it is due; none where there is no reason.
    fn times(
        &self,
        row: &Open,
        contract: &Contract,
        times: &TimeLimits,
        asked: &Asked,
        kind: NoticeKind,
    ) -> Option<(Timestamp, Timestamp)> {
        let is_active = contract.state == ContractState::Active;
        let day = row.since.date(&asked.zone);
        let end = |days: packs::Days| days.end_from(day, asked.calendar, &asked.zone);
        match kind {
            NoticeKind::DepositCertificate => {
                Some((row.since, end(times.certificate))).filter(|time| time.1 > asked.now)
            }
            NoticeKind::DepositPayee => Some((row.since, end(times.payee_notice))).filter(|time| time.1 > asked.now),
            NoticeKind::RefundPayment | NoticeKind::RefundAccount => {
                if kind == NoticeKind::RefundAccount && row.refund? != RefundState::NeedsAccount {
                    return None;
                }
                Some((row.since, row.due_at?))
            }
            NoticeKind::ContractEnding => {
                let ends_on = row.ends_on.filter(|_| is_active)?;
                let today = asked.now.date(&asked.zone);
                let begins = |days: &u32| ends_on.plus_days(-i64::from(*days));
                // The last of the days that has come.
                let since = times.ending_notice_days.iter().map(begins).filter(|begins| *begins <= today).max()?;
                Some((since.starts_at(&asked.zone), ends_on.plus_days(1).starts_at(&asked.zone)))
            }
            NoticeKind::MerchantSuspended => {
                let merchant = self.merchants.get(&row.merchant)?;
                let stopped = !matches!(merchant.state, MerchantState::Active);
                let ends_on = row.ends_on.filter(|_| is_active && stopped)?;
                Some((row.since, ends_on.plus_days(1).starts_at(&asked.zone)))
            }
            NoticeKind::Unclaimed => {
                let lapses = day.plus_months(times.unclaimed_lapse_years.saturating_mul(12));
                let claimable = !contract.claimable().is_zero();
                claimable.then(|| (row.since, lapses.plus_days(1).starts_at(&asked.zone)))
            }
            NoticeKind::CoolingOff if !is_active => None,
            _ => Some((row.since, row.due_at?)),
        }
    }
}
