//! What strangers check the log with: signed heads, tiles, bundles, receipts and proofs (C2SP tlog-tiles, tlog-proof).
//!
//! Heads, proofs between them and keys are anybody's. A receipt goes to those whom its entry concerns; tiles and
//! bundles hold everybody's entries and go to regulators, or to anybody where a setting opens them.

use std::sync::Arc;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::Data;
use actix_web::{FromRequest as _, HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::events::viewer;
use crate::domain::name::Name;
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Query, QueryNumber};
use crate::http::permissions::{ReadEntry, ReadTiles};
use crate::http::problem::Problem;
use crate::ledger::books::concerns;
use crate::ledger::publication::choice;
use crate::ledger::publication::view::{self, Head};
use crate::log::text::base64;
use crate::store::entries;

/// Tiles and bundles never change.
const FOREVER: &str = "private, max-age=31536000, immutable";
/// The same where anybody may read them.
pub(super) const FOREVER_PUBLIC: &str = "public, max-age=31536000, immutable";

/// The office in the path.
pub(super) fn office(app: &App, request: &HttpRequest) -> Result<Name, Problem> {
    let name = request.match_info().get("office").and_then(Name::parse).ok_or_else(Problem::not_found)?;
    Ok(app.office(name)?.office().name)
}

fn plain(text: String) -> HttpResponse {
    // A head is read again each time: it is what changes.
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-cache")).content_type("text/plain; charset=utf-8").body(text)
}

/// `GET /log/{office}/checkpoint`: the newest signed head that meets the witness policy.
pub async fn checkpoint(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let (office, policy) = (office(&app, &request)?, Arc::clone(&app.logs.policy));
    let note = app.read(move |connection| choice::newest_by_policy(connection, office.as_str(), &policy));
    Ok(plain(note.await?.ok_or_else(not_yet)?.to_string()))
}

/// `GET /log/{office}/checkpoint.latest`: the newest signed head, whoever has cosigned it.
pub async fn latest_checkpoint(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let office = office(&app, &request)?;
    let note = app.read(move |connection| choice::latest(connection, office.as_str()));
    Ok(plain(note.await?.ok_or_else(not_yet)?.to_string()))
}

fn not_yet() -> Problem {
    Problem::new("not_yet_published")
}

/// Which sizes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    from: Option<QueryNumber>,
    to: Option<QueryNumber>,
    limit: Option<QueryNumber>,
}

impl Sizes {
    /// The smallest and the largest size that is asked for, and how many heads.
    pub(super) fn bounds(self) -> Result<(u64, u64, usize), Problem> {
        let number = |value: Option<QueryNumber>, default| value.map_or(default, |value| value.0);
        let (from, to, limit) = (number(self.from, 0), number(self.to, u64::MAX), number(self.limit, 20));
        if limit == 0 || limit > 100 {
            return Err(Problem::new("invalid_request").at("?limit", "expected 1 to 100"));
        }
        Ok((from, to, usize::try_from(limit).unwrap_or(20)))
    }
}

#[derive(Serialize)]
struct HeadsView {
    data: Vec<HeadView>,
    has_more: bool,
}

#[derive(Serialize)]
struct HeadView {
    size: u64,
    root: String,
    signed_at: Timestamp,
    cosigned_at: Vec<Timestamp>,
    note: String,
}

impl From<Head> for HeadView {
    fn from(head: Head) -> Self {
        Self {
            size: head.size,
            root: base64(&head.root),
            signed_at: head.signed_at,
            cosigned_at: head.cosigned_at,
            note: head.note.to_string(),
        }
    }
}

/// `GET /log/{office}/checkpoints?from=&to=&limit=`: signed heads by size, the smallest first.
pub async fn checkpoints(app: Data<App>, request: HttpRequest, sizes: Query<Sizes>) -> Result<HttpResponse, Problem> {
    let office = office(&app, &request)?;
    let (from, to, wanted) = sizes.0.bounds()?;
    let found =
        app.read(move |connection| view::between(connection, office.as_str(), from, to, wanted.saturating_add(1)));
    let mut data: Vec<HeadView> = found.await?.into_iter().map(HeadView::from).collect();
    let has_more = data.len() > wanted;
    data.truncate(wanted);
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-cache")).json(HeadsView { data, has_more }))
}

/// `GET /log/{office}/key`: the verifier keys that sign now, one a line.
pub async fn key(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let office = office(&app, &request)?;
    let keys = app.read(move |connection| view::verifier_keys(connection, office.as_str())).await?;
    let lines: Vec<String> = keys.iter().map(|key| format!("{key}\n")).collect();
    if lines.is_empty() { Err(Problem::not_found()) } else { Ok(plain(lines.concat())) }
}

/// `GET /log/{office}/handover/{number}`: the head with which a retired key hands over to those that stay.
pub async fn handover(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let office = office(&app, &request)?;
    let number: Option<usize> = request.match_info().get("number").and_then(|text| text.parse().ok());
    let number = number.ok_or_else(Problem::not_found)?;
    let note = app.read(move |connection| view::handover(connection, office.as_str(), number)).await?;
    Ok(plain(note.ok_or_else(Problem::not_found)?.to_string()))
}

/// `GET /log/policy`: which witnesses this service asks, and how many it needs.
pub async fn policy(app: Data<App>) -> Result<HttpResponse, Problem> {
    if let Some(text) = &app.logs.policy_text {
        return Ok(plain(text.clone()));
    }
    let offices: Vec<Name> = app.offices.all().keys().copied().collect();
    let keys = app.read(move |connection| {
        let keys = offices.iter().map(|office| view::verifier_keys(connection, office.as_str()));
        keys.collect::<crate::store::Result<Vec<Vec<String>>>>()
    });
    let lines: Vec<String> = keys.await?.concat().iter().map(|key| format!("log {key}\n")).collect();
    Ok(plain(format!("{}quorum none\n", lines.concat())))
}

/// Between which sizes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    from: QueryNumber,
    to: QueryNumber,
}

#[derive(Serialize)]
struct ConsistencyView {
    from: u64,
    to: u64,
    hashes: Vec<String>,
}

/// `GET /log/{office}/consistency?from=&to=`: the proof that a smaller log is the beginning of a larger one.
pub async fn consistency(app: Data<App>, request: HttpRequest, span: Query<Span>) -> Result<HttpResponse, Problem> {
    let office = office(&app, &request)?;
    let (from, to) = (span.0.from.0, span.0.to.0);
    if from > to {
        return Err(Problem::new("invalid_request").at("?from", "expected a size not above that of to"));
    }
    let tiles = app.logs.tiles(office);
    let hashes = app.read(move |connection| view::consistency(connection, office.as_str(), &tiles, from, to));
    let hashes = hashes.await?.ok_or_else(not_yet)?.iter().map(|hash| base64(hash)).collect();
    Ok(HttpResponse::Ok().json(ConsistencyView { from, to, hashes }))
}

/// `GET /log/{office}/receipt/{position}`: the proof that an entry stands in the log, for those whom it concerns.
pub async fn receipt(caller: Caller<ReadEntry>, app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let office = office(&app, &request)?;
    let position: Option<u64> = request.match_info().get("position").and_then(|text| text.parse().ok());
    let position = position.filter(|_| office == caller.office).ok_or_else(Problem::not_found)?;
    let viewer = viewer(caller.role, caller.party).ok_or_else(Problem::not_found)?;
    let (tiles, policy) = (app.logs.tiles(office), Arc::clone(&app.logs.policy));
    let found = app.read(move |connection| {
        let Some(stored) = entries::at(connection, office.as_str(), position)? else { return Ok(None) };
        if !concerns(viewer, &stored)? {
            return Ok(None);
        }
        view::receipt(connection, office.as_str(), &tiles, &policy, position).map(Some)
    });
    let receipt = found.await?.ok_or_else(Problem::not_found)?.ok_or_else(not_yet)?;
    Ok(plain(receipt.to_string()))
}

/// `GET /log/{office}/tile/…`: a hash tile or an entry bundle, of any width within the newest signed size.
pub async fn tile(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let office = office(&app, &request)?;
    if !app.logs.is_open {
        let caller = Caller::<ReadTiles>::extract(&request).await?;
        if caller.office != office {
            return Err(Problem::not_found());
        }
    }
    let path = format!("tile/{}", request.match_info().get("tile").unwrap_or_default());
    let tile = crate::log::tile::Tile::parse(&path).map_err(|_| Problem::not_found())?;
    let tiles = app.logs.tiles(office);
    let bytes = app.read(move |connection| view::tile(connection, office.as_str(), &tiles, tile)).await?;
    let kept = if app.logs.is_open { FOREVER_PUBLIC } else { FOREVER };
    let mut response = HttpResponse::Ok();
    response.insert_header((CACHE_CONTROL, kept)).content_type("application/octet-stream");
    Ok(response.body(bytes.ok_or_else(Problem::not_found)?))
}
