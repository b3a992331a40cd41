//! What a court has ordered: told to those whose money it is while it stands, and for a month after it has ended.

use super::pages::{Page, Place, ROWS, coming, micros};
use super::{Asked, Audience, Notice, NoticeKind};
use crate::domain::id::ObjectId;
use crate::domain::objects::{Freeze, FreezeState};
use crate::domain::time::Timestamp;
use crate::store::{self, Connection, queries};

/// How long the end of an order is told.
const TOLD_HOURS: u32 = 30 * 24;

/// Reads the next orders.
pub(super) fn read(
    connection: &mut Connection,
    office: &str,
    asked: &Asked,
    (kind, audience): (NoticeKind, Audience),
    after: Option<&Place>,
) -> store::Result<Page> {
    let rows = if kind == NoticeKind::FreezeOrdered {
        queries::freezes_standing(connection, office, &coming(asked, None, None, micros(after)))?
    } else {
        let from = asked.now.minus_hours(TOLD_HOURS).micros();
        queries::freezes_ended(connection, office, &coming(asked, Some(from), None, micros(after)))?
    };
    let placed = |freeze: &Freeze| {
        let at = freeze.ended_at.unwrap_or(freeze.opened_at);
        (at, Place { at: at.micros().to_string(), id: freeze.id.to_string() })
    };
    let full = rows.len() >= usize::try_from(ROWS).unwrap_or(usize::MAX);
    let last = rows.last().filter(|_| full).map(|freeze| placed(freeze).1);
    let told = |freeze: &Freeze| {
        let (at, place) = placed(freeze);
        Some((notice(freeze, asked, at, (kind, audience))?, place))
    };
    Ok(Page { notices: rows.iter().filter_map(told).collect(), last })
}

/// The notice of an order, which is due at once; none for a consumer where it is on a merchant's earnings.
fn notice(freeze: &Freeze, asked: &Asked, at: Timestamp, (kind, audience): (NoticeKind, Audience)) -> Option<Notice> {
    if asked.due_before.is_some_and(|before| at >= before) {
        return None;
    }
    let party: ObjectId = match audience {
        Audience::Consumer => freeze.consumer?.into(),
        _ => freeze.merchant.into(),
    };
    let (text_zh, text_en) = texts(freeze);
    Some(Notice {
        kind,
        audience,
        subject: freeze.id.into(),
        party: Some(party),
        due_at: at,
        since: at,
        text_zh,
        text_en,
    })
}

fn texts(freeze: &Freeze) -> (String, String) {
    let (amount, waiting) = (freeze.amount(), freeze.waiting());
    let ordered = freeze.ordered.unwrap_or_default();
    let (zh, en) = match freeze.state {
        FreezeState::Open => (
            format!("法院裁定冻结{ordered}元：已冻结{amount}元，轮候{waiting}元。解除或执行前不得支取。"),
            format!(
                "A court has ordered {ordered} to be frozen: {amount} is, and {waiting} waits. Until it is lifted or carried out nobody gets it."
            ),
        ),
        FreezeState::Lifted => (
            format!("法院冻结已解除，{amount}元退回原处。"),
            format!("The court's freeze was lifted: {amount} went back to where it came from."),
        ),
        FreezeState::Executed => (
            format!("冻结的{amount}元已依裁判文书处分。"),
            format!("The {amount} under the court's freeze was paid out as an award or a judgment says."),
        ),
    };
    match freeze.contract {
        Some(contract) => (format!("{zh}（合同{contract}）"), format!("{en} (Contract {contract}.)")),
        None => (zh, en),
    }
}
