//! Notices (通知): what the caller must be told, or the office must see to, by when.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::domain::calendar;
use crate::domain::id::ObjectId;
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Query, QueryNumber, time};
use crate::http::paging::{Filters, Paging};
use crate::http::permissions::ReadNotices;
use crate::http::problem::Problem;
use crate::ledger::notices::{self, Asked, Audience, Notice, NoticeKind};

/// What a list is filtered by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    kind: Option<NoticeKind>,
    #[serde(default, deserialize_with = "time")]
    due_before: Option<Timestamp>,
    limit: Option<QueryNumber>,
    cursor: Option<String>,
}

/// A notice's wire form.
#[derive(Serialize)]
struct NoticeView {
    id: String,
    kind: NoticeKind,
    audience: Audience,
    subject: ObjectId,
    party: Option<ObjectId>,
    text_zh: String,
    text_en: String,
    due_at: Timestamp,
    since: Timestamp,
}

fn view(notice: &Notice) -> NoticeView {
    NoticeView {
        id: notice.id(),
        kind: notice.kind,
        audience: notice.audience,
        subject: notice.subject,
        party: notice.party,
        text_zh: notice.text_zh.clone(),
        text_en: notice.text_en.clone(),
        due_at: notice.due_at,
        since: notice.since,
    }
}

/// `GET /v1/notices`
pub async fn list(caller: Caller<ReadNotices>, app: Data<App>, query: Query<Filter>) -> Result<HttpResponse, Problem> {
    let Filter { kind, due_before, limit, cursor } = query.0;
    let filter: Filters<'_> = &[("kind", &kind), ("due_before", &due_before)];
    let paging = Paging::new("/v1/notices", limit, cursor.as_deref(), filter)?;
    let narrowed = caller.narrowed_merchant(None).zip(caller.narrowed_consumer(None));
    let Some((merchant, consumer)) = narrowed else { return Ok(paging.nothing()) };
    let zone = app.office(caller.office)?.office().zone.clone();
    let calendar = calendar::built_in();
    let asked = Asked { consumer, merchant, kind, due_before, now: app.now(), zone, calendar };
    let read = move |connection: &mut _, office: &str, asked: &Asked, page: &crate::store::queries::Page| {
        let limit = usize::try_from(page.limit).unwrap_or(20);
        notices::list(connection, office, asked, page.after.as_deref(), limit)
    };
    let listed = paging.read(&app, &caller, read, asked).await?;
    Ok(paging.respond(&listed, view))
}
