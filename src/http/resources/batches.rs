//! Many writes in one request (NDJSON): each line stands for a request of its own, and is answered like one.

mod body;
mod lines;
mod operations;
mod stream;

use std::convert::Infallible;

use actix_web::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt as _;
use futures_util::stream::unfold;

pub use operations::{Operation, operations};
use stream::{Batch, Input};

use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::announced;
use crate::http::permissions::SendBatch;
use crate::http::problem::Problem;
use crate::http::problems::Language;

/// How many lines a batch may have.
pub const LINES_MAX: u32 = 10_000;
/// How large a batch may be.
pub const BATCH_SIZE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// What NDJSON is called.
const MEDIA_TYPES: [&str; 3] = ["application/x-ndjson", "application/ndjson", "application/jsonl"];

/// `POST /v1/batches`
pub async fn send(
    caller: Caller<SendBatch>,
    app: Data<App>,
    request: HttpRequest,
    mut body: Payload,
) -> Result<HttpResponse, Problem> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let kind = header(CONTENT_TYPE).and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    if !MEDIA_TYPES.into_iter().any(|known| kind.eq_ignore_ascii_case(known)) {
        return Err(Problem::new("unsupported_media_type").because(format!("a batch is {}", MEDIA_TYPES.join(" or "))));
    }
    if announced(&request).is_some_and(|size| size > BATCH_SIZE_BYTES_MAX) {
        return Err(Problem::new("batch_too_large"));
    }
    let language = Language::accepted(header(ACCEPT_LANGUAGE));
    let (share, sequencer) = (app.shares.batch()?, app.office(caller.office)?.clone());
    // A short body is whole with its first part, and the connection can be used again after the answer.
    let first = tokio::time::timeout(app.limits.body_within(0), body.next()).await;
    let first = first.map_err(|_| Problem::new("body_too_slow"))?;
    let mut batch = Batch::new(app, caller, language, sequencer, Input { body, share });
    batch.came(first);
    let replies = unfold(batch, |mut batch| async move {
        let replies = batch.next_replies().await?;
        Some((Ok::<_, Infallible>(replies), batch))
    });
    Ok(HttpResponse::Ok().content_type("application/x-ndjson").streaming(replies))
}
