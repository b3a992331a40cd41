//! Lists: opaque cursors bound to their filter, `Link` headers (RFC 8288).

use actix_web::HttpResponse;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;

use super::app::App;
use super::caller::Caller;
use super::input::QueryNumber;
use super::problem::Problem;
use super::reply::{Shown, records_of};
use crate::domain::digest::Digest;

const LIMIT_MAX: u64 = 100;
const LIMIT_DEFAULT: u64 = 20;
const MARK_SIZE: usize = 8;

/// One page of a list, as it was asked for.
#[derive(Clone, Debug)]
pub struct Paging {
    /// The last key of the page before.
    pub after: Option<String>,
    /// How many objects.
    pub limit: i64,
    filter: String,
    path: String,
}

#[derive(Serialize)]
struct List<V> {
    data: Vec<V>,
    has_more: bool,
    next_cursor: Option<String>,
}

impl Paging {
    /// Reads `limit` and `cursor` of a list at `path` whose other parameters are `filter`, in one fixed order.
    ///
    /// # Errors
    /// `invalid_request` for a bad limit, `invalid_cursor` for a cursor of another list or filter.
    pub fn new(
        path: &str,
        limit: Option<QueryNumber>,
        cursor: Option<&str>,
        filter: &[(&str, Option<String>)],
    ) -> Result<Self, Problem> {
        let limit = limit.map_or(LIMIT_DEFAULT, |limit| limit.0);
        if limit == 0 || limit > LIMIT_MAX {
            return Err(Problem::new("invalid_request").at("?limit", "expected 1 to 100"));
        }
        let pairs = filter.iter().filter_map(|(name, value)| value.as_ref().map(|value| format!("{name}={value}")));
        let filter = pairs.collect::<Vec<_>>().join("&");
        let after = cursor.map(|cursor| open(path, &filter, cursor)).transpose()?;
        Ok(Self { after, limit: i64::try_from(limit).unwrap_or(20), filter, path: path.to_owned() })
    }

    fn seal(&self, key: &str) -> String {
        let mark = mark(&self.path, &self.filter);
        let mut bytes = mark.to_vec();
        bytes.extend_from_slice(key.as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The answer: at most `limit` of the rows, of which one more was read, with the key of the last one shown.
    pub fn respond<T, V: Serialize>(
        &self,
        mut rows: Vec<T>,
        key: impl Fn(&T) -> String,
        view: impl Fn(&T) -> V,
    ) -> HttpResponse {
        let limit = usize::try_from(self.limit).unwrap_or(20);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| has_more).map(|last| self.seal(&key(last)));
        self.respond_with(rows.iter().map(view).collect(), next_cursor)
    }

    /// The answer for rows that are a page already.
    pub fn respond_with<V: Serialize>(&self, data: Vec<V>, next_cursor: Option<String>) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        if let Some(cursor) = &next_cursor {
            let filter = if self.filter.is_empty() { String::new() } else { format!("&{}", self.filter) };
            let link = format!("<{}?limit={}&cursor={cursor}{filter}>; rel=\"next\"", self.path, self.limit);
            response.insert_header(("Link", link));
        }
        response.json(List { data, has_more: next_cursor.is_some(), next_cursor })
    }

    /// The cursor after `key`.
    #[must_use]
    pub fn cursor_after(&self, key: &str) -> String {
        self.seal(key)
    }

    /// The answer for objects that are shown.
    ///
    /// # Errors
    /// When the records beside the log cannot be read.
    pub async fn shown<T: Shown, P>(
        &self,
        app: &App,
        caller: &Caller<P>,
        rows: Vec<T>,
        key: impl Fn(&T) -> String,
    ) -> Result<HttpResponse, Problem> {
        let records = records_of(app, caller.office, &rows).await?;
        Ok(self.respond(rows, key, |row| row.view(&records, caller.role)))
    }
}

fn mark(path: &str, filter: &str) -> [u8; MARK_SIZE] {
    let digest = Digest::of(&[path.as_bytes(), b"?", filter.as_bytes()]);
    let mut mark = [0; MARK_SIZE];
    for (slot, byte) in mark.iter_mut().zip(digest.as_bytes()) {
        *slot = *byte;
    }
    mark
}

fn open(path: &str, filter: &str, cursor: &str) -> Result<String, Problem> {
    let refused = || Problem::new("invalid_cursor");
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
    let (found, key) = bytes.split_at_checked(MARK_SIZE).ok_or_else(refused)?;
    if found != mark(path, filter) {
        return Err(refused());
    }
    let key = std::str::from_utf8(key).map_err(|_| refused())?;
    let plain = key.len() <= 80 && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-/".contains(&byte));
    if plain { Ok(key.to_owned()) } else { Err(refused()) }
}
