//! What timestamping authorities have stated about the log's heads (RFC 3161). Anybody's, like the heads themselves.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::log::{Sizes, office};
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::input::Query;
use crate::http::problem::Problem;
use crate::ledger::publication::timestamps::{self, Named, REPLY_CONTENT_TYPE};
use crate::log::timestamp::FileName;

#[derive(Serialize)]
struct StampedView {
    data: Vec<HeadView>,
    has_more: bool,
}

#[derive(Serialize)]
struct HeadView {
    size: u64,
    timestamps: Vec<TokenView>,
}

#[derive(Serialize)]
struct TokenView {
    authority: String,
    stamped_at: Timestamp,
    path: String,
}

/// Tokens by the heads they are about, in the order in which they came.
fn by_head(tokens: Vec<Named>) -> Vec<HeadView> {
    let mut heads: Vec<HeadView> = Vec::new();
    for token in tokens {
        let view = TokenView {
            path: token.name.path(),
            authority: token.stored.authority,
            stamped_at: token.stored.stamped_at,
        };
        match heads.last_mut() {
            Some(head) if head.size == token.stored.size => head.timestamps.push(view),
            _ => heads.push(HeadView { size: token.stored.size, timestamps: vec![view] }),
        }
    }
    heads
}

/// `GET /log/{office}/timestamps?from=&to=&limit=`: which heads were stamped, by whom and when; the smallest first.
pub async fn list(app: Data<App>, request: HttpRequest, sizes: Query<Sizes>) -> Result<HttpResponse, Problem> {
    let office = office(&app, &request)?;
    let (from, to, wanted) = sizes.0.bounds()?;
    let found = app
        .read(move |connection| timestamps::between(connection, office.as_str(), from, to, wanted.saturating_add(1)));
    let mut data = by_head(found.await?);
    let has_more = data.len() > wanted;
    data.truncate(wanted);
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-cache")).json(StampedView { data, has_more }))
}

/// `GET /log/{office}/timestamps/{file}`: one token, as a reply that grants it.
pub async fn file(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let office = office(&app, &request)?;
    let name = request.match_info().get("file").and_then(FileName::parse).ok_or_else(Problem::not_found)?;
    let bytes = app.read(move |connection| timestamps::file(connection, office.as_str(), &name));
    let mut response = HttpResponse::Ok();
    // A token's name stays its own: later ones get later numbers.
    response.insert_header((CACHE_CONTROL, super::log::FOREVER_PUBLIC)).content_type(REPLY_CONTENT_TYPE);
    Ok(response.body(bytes.await?.ok_or_else(Problem::not_found)?))
}
