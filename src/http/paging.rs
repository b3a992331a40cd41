//! Lists: opaque cursors bound to their filter, `Link` headers (RFC 8288).

use actix_web::{HttpResponse, HttpResponseBuilder};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::app::App;
use super::caller::Caller;
use super::input::QueryNumber;
use super::problem::Problem;
use super::reply::{Shown, records_of};
use crate::domain::digest::Digest;
use crate::store::queries::{Listed, Page};
use crate::store::{self, Connection};

const LIMIT_MAX: u64 = 100;
const LIMIT_DEFAULT: u64 = 20;
const MARK_SIZE: usize = 8;

/// A parameter that narrows a list.
pub trait Narrowing {
    /// Its value as text, where it was given.
    fn given(&self) -> Option<String>;
}

impl<T: ToString> Narrowing for Option<T> {
    fn given(&self) -> Option<String> {
        self.as_ref().map(ToString::to_string)
    }
}

/// The parameters of a list beside its paging, in one fixed order.
pub type Filters<'a> = &'a [(&'a str, &'a dyn Narrowing)];

/// The query of a list that nothing narrows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unfiltered {
    limit: Option<QueryNumber>,
    cursor: Option<String>,
}

impl Unfiltered {
    /// The page asked for of the list at `path`.
    ///
    /// # Errors
    /// `invalid_request` or `invalid_cursor`.
    pub fn paging(&self, path: &str) -> Result<Paging, Problem> {
        Paging::new(path, self.limit, self.cursor.as_deref(), &[])
    }
}

/// One page of a list, as it was asked for.
#[derive(Clone, Debug)]
pub struct Paging {
    after: Option<String>,
    limit: i64,
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
    /// Reads `limit` and `cursor` of a list at `path` whose other parameters are `filter`.
    ///
    /// # Errors
    /// `invalid_request` for a bad limit, `invalid_cursor` for a cursor of another list or filter.
    pub fn new(
        path: &str,
        limit: Option<QueryNumber>,
        cursor: Option<&str>,
        filter: Filters<'_>,
    ) -> Result<Self, Problem> {
        let limit = limit.map_or(LIMIT_DEFAULT, |limit| limit.0);
        if limit == 0 || limit > LIMIT_MAX {
            return Err(Problem::new("invalid_request").at("?limit", "expected 1 to 100"));
        }
        let pairs = filter.iter().filter_map(|(name, value)| value.given().map(|value| format!("{name}={value}")));
        let filter = pairs.collect::<Vec<_>>().join("&");
        let after = cursor.map(|cursor| open(path, &filter, cursor)).transpose()?;
        Ok(Self { after, limit: i64::try_from(limit).unwrap_or(20), filter, path: path.to_owned() })
    }

    /// The cursor's key as a number, for lists that go by position.
    ///
    /// # Errors
    /// `invalid_cursor` where it is none.
    pub fn after_number(&self) -> Result<Option<u64>, Problem> {
        self.after.as_deref().map(|key| key.parse().map_err(|_| Problem::new("invalid_cursor"))).transpose()
    }

    /// How many rows a page shows.
    #[must_use]
    pub fn rows(&self) -> usize {
        usize::try_from(self.limit).unwrap_or(20)
    }

    fn seal(&self, key: &str) -> String {
        let mark = mark(&self.path, &self.filter);
        let mut bytes = mark.to_vec();
        bytes.extend_from_slice(key.as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The answer for rows that are a page already.
    pub fn respond_with<V: Serialize>(&self, data: Vec<V>, next_cursor: Option<String>) -> HttpResponse {
        let mut response = self.linked(next_cursor.as_deref());
        response.json(List { data, has_more: next_cursor.is_some(), next_cursor })
    }

    /// The start of an answer, with a link to the next page where there is one.
    #[must_use]
    pub fn linked(&self, next_cursor: Option<&str>) -> HttpResponseBuilder {
        let mut response = HttpResponse::Ok();
        if let Some(cursor) = next_cursor {
            let filter = if self.filter.is_empty() { String::new() } else { format!("&{}", self.filter) };
            let link = format!("<{}?limit={}&cursor={cursor}{filter}>; rel=\"next\"", self.path, self.limit);
            response.insert_header(("Link", link));
        }
        response
    }

    /// The cursor of the page after this one.
    #[must_use]
    pub fn next_cursor<T>(&self, listed: &Listed<T>) -> Option<String> {
        listed.next.as_deref().map(|key| self.seal(key))
    }

    /// The answer for a page of anything.
    pub fn respond<T, V: Serialize>(&self, listed: &Listed<T>, view: impl Fn(&T) -> V) -> HttpResponse {
        let next_cursor = self.next_cursor(listed);
        self.respond_with(listed.items.iter().map(view).collect(), next_cursor)
    }

    /// The page's rows, by one of the store's queries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read<T: Send + 'static, F: Send + 'static, P>(
        &self,
        app: &App,
        caller: &Caller<P>,
        query: impl FnOnce(&mut Connection, &str, &F, &Page) -> store::Result<Listed<T>> + Send + 'static,
        filter: F,
    ) -> Result<Listed<T>, Problem> {
        let (office, page) = (caller.office, Page { after: self.after.clone(), limit: self.limit });
        app.read(move |connection| query(connection, office.as_str(), &filter, &page)).await
    }

    /// The answer for a page of objects, by one of the store's queries.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list<T: Shown, F: Send + 'static, P>(
        &self,
        app: &App,
        caller: &Caller<P>,
        query: impl FnOnce(&mut Connection, &str, &F, &Page) -> store::Result<Listed<T>> + Send + 'static,
        filter: F,
    ) -> Result<HttpResponse, Problem> {
        let listed = self.read(app, caller, query, filter).await?;
        let records = records_of(app, caller.office, &listed.items).await?;
        Ok(self.respond(&listed, |item| item.view(&records, caller.role)))
    }

    /// The answer where nothing can be seen.
    #[must_use]
    pub fn nothing(&self) -> HttpResponse {
        self.respond_with(Vec::<()>::new(), None)
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
