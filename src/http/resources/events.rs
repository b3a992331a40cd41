//! The log as a feed, and single entries in their exact bytes.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::contracts::raw_entries;
use crate::domain::event::Event;
use crate::domain::id::{ObjectId, Party};
use crate::domain::objects::Role;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Query, QueryNumber};
use crate::http::permissions::{ReadEntry, ReadEvents};
use crate::http::problem::Problem;
use crate::ledger::books::{FeedFilter, Viewer, concerns, feed};
use crate::store::entries;

/// What the feed is filtered by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    after: Option<QueryNumber>,
    kind: Option<String>,
    subject: Option<ObjectId>,
    limit: Option<QueryNumber>,
}

#[derive(Serialize)]
struct FeedView {
    data: Vec<Box<RawValue>>,
    has_more: bool,
    next_after: Option<u64>,
}

/// Whose entries a role sees; none for a party's user who acts for no party yet.
pub(super) fn viewer(role: Role, party: Option<Party>) -> Option<Viewer> {
    match role {
        Role::Consumer | Role::Merchant => party.map(Viewer::Party),
        _ => Some(Viewer::All),
    }
}

/// `GET /v1/events`
pub async fn list(caller: Caller<ReadEvents>, app: Data<App>, query: Query<Filter>) -> Result<HttpResponse, Problem> {
    let Filter { after, kind, subject, limit } = query.0;
    let limit = limit.map_or(20, |limit| limit.0);
    if limit == 0 || limit > 100 {
        return Err(Problem::new("invalid_request").at("?limit", "expected 1 to 100"));
    }
    if kind.as_deref().is_some_and(|kind| !Event::KINDS.contains(&kind)) {
        return Err(Problem::new("invalid_request").at("?kind", "no event is of this kind"));
    }
    let after = after.map(|after| after.0);
    let Some(viewer) = viewer(caller.role, caller.party) else {
        return Ok(HttpResponse::Ok().json(FeedView { data: Vec::new(), has_more: false, next_after: after }));
    };
    let office = caller.office;
    let filter = FeedFilter { after, kind, subject };
    let rows = usize::try_from(limit).unwrap_or(20);
    let found = app.read(move |connection| feed(connection, office.as_str(), viewer, &filter, rows)).await?;
    let data = raw_entries(&found.items)?;
    Ok(HttpResponse::Ok().json(FeedView { data, has_more: found.has_more, next_after: found.next_after }))
}

/// `GET /log/{office}/entry/{position}`: the exact bytes of an entry that concerns the caller.
pub async fn entry(caller: Caller<ReadEntry>, app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let named = request.match_info().get("office").unwrap_or_default();
    let position: Option<u64> = request.match_info().get("position").and_then(|text| text.parse().ok());
    let position = position.filter(|_| named == caller.office.as_str()).ok_or_else(Problem::not_found)?;
    let office = caller.office;
    let viewer = viewer(caller.role, caller.party).ok_or_else(Problem::not_found)?;
    let found = app.read(move |connection| {
        let Some(stored) = entries::at(connection, office.as_str(), position)? else { return Ok(None) };
        let sees = concerns(viewer, &stored)?;
        Ok(Some(stored).filter(|_| sees))
    });
    let stored = found.await?.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().content_type("application/json").body(stored.bytes))
}
