//! What comes in: bodies, paths, queries and headers, each refused with a pointer where it is wrong.

use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::web::{Bytes, Query as ActixQuery};
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::{LocalBoxFuture, Ready, ready};
use serde::de::{DeserializeOwned, DeserializeSeed, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::app::App;
use super::caller::{app, request_id};
use super::limits::{BodySize, read_whole};
use super::problem::Problem;
use crate::domain::digest::Digest;
use crate::domain::id::RequestId;
use crate::domain::signature::Signature;
use crate::domain::time::Timestamp;

/// How large a body may be.
const BODY_SIZE_BYTES_MAX: usize = 64 * 1024;

/// A text of `MIN` to `MAX` characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text<const MIN: usize, const MAX: usize>(pub String);

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Text<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        let count = text.chars().count();
        if count < MIN || count > MAX || (MIN > 0 && text.trim().is_empty()) || text.contains('\0') {
            return Err(D::Error::custom(format!("expected {MIN} to {MAX} characters")));
        }
        Ok(Self(text))
    }
}

impl<const MIN: usize, const MAX: usize> Serialize for Text<MIN, MAX> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(out)
    }
}

impl<const MIN: u64, const MAX: u64> Serialize for Whole<MIN, MAX> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(out)
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole<const MIN: u64, const MAX: u64>(pub u64);

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Whole<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let number = u64::deserialize(input)?;
        if number < MIN || number > MAX {
            return Err(D::Error::custom(format!("expected a whole number from {MIN} to {MAX}")));
        }
        Ok(Self(number))
    }
}

/// Reads a moment that may be left out, in any RFC 3339 form in UTC; an entry knows only the longest one.
///
/// # Errors
/// When the input is neither a moment nor null.
pub fn time<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Timestamp>, D::Error> {
    let text = Option::<String>::deserialize(input)?;
    text.map(|text| Timestamp::parse(&text).map_err(D::Error::custom)).transpose()
}

/// A body without fields; no body at all is as good.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// A body that only says why.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Why.
    pub reason: Text<1, 2000>,
}

/// A body that decides, and says nothing but who stands behind it.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The caller's signature, where they have a key.
    pub signature: Option<Signature>,
}

/// A body that decides against something, and says why.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// Why.
    pub reason: Text<1, 2000>,
    /// The caller's signature, where they have a key.
    pub signature: Option<Signature>,
}

/// A body that may say why.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionalReason {
    /// Why.
    pub reason: Option<Text<1, 2000>>,
}

/// A body that may carry a note.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// The note.
    pub note: Option<Text<1, 2000>>,
}

/// Anybody at all: only the request is known.
#[derive(Clone, Copy, Debug)]
pub struct Anyone {
    /// The request.
    pub request: RequestId,
}

impl FromRequest for Anyone {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request_id(request).map(|request| Self { request }))
    }
}

/// A JSON body.
#[derive(Clone, Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read_body(request, payload);
        Box::pin(async move { parse(&body.await?).map(Self) })
    }
}

/// A JSON body with the headers that every write has.
#[derive(Clone, Debug)]
pub struct Write<T> {
    /// The body.
    pub body: T,
    /// The caller's key for this write.
    pub key: String,
    /// Keyed hash of method, path, canonical body and If-Match.
    pub fingerprint: Digest,
    /// The revision the caller reviewed.
    pub if_match: Option<u64>,
    /// Whether the answer waits until a signed head covers what was written.
    pub waits: bool,
}

/// What a write's query may say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Waiting {
    wait: Option<WaitFor>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WaitFor {
    Published,
}

impl<T> Write<T> {
    /// The revision the caller reviewed, which this write needs.
    ///
    /// # Errors
    /// `precondition_required` without the header.
    pub fn reviewed(&self) -> Result<u64, Problem> {
        self.if_match.ok_or_else(|| Problem::new("precondition_required"))
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Write<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let headers = idempotency_key(request).and_then(|key| Ok((key, if_match(request)?, app(request)?)));
        let query = parse_query::<Waiting>(request.query_string());
        let place = format!("{} {}", request.method(), request.path());
        let body = read_body(request, payload);
        Box::pin(async move {
            let (key, if_match, app) = headers?;
            let bytes = body.await?;
            let body = parse(&bytes)?;
            let waits = matches!(query?.wait, Some(WaitFor::Published));
            let canonical = canonical(&serde_json::from_slice(&bytes).unwrap_or_default());
            let fingerprint = fingerprint(&app, &place, if_match, &canonical);
            Ok(Self { body, key, fingerprint, if_match, waits })
        })
    }
}

/// What the query of an upload says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Naming {
    name: Text<1, 200>,
    wait: Option<WaitFor>,
}

/// The headers and the query of an upload.
pub struct FileHeaders {
    /// What the sender calls the file.
    pub name: Text<1, 200>,
    key: String,
    if_match: Option<u64>,
    waits: bool,
    place: String,
    app: actix_web::web::Data<App>,
}

/// Reads the headers and the query of an upload.
///
/// # Errors
/// A missing or malformed header or parameter.
pub fn file_headers(request: &HttpRequest) -> Result<FileHeaders, Problem> {
    let (key, if_match, app) = (idempotency_key(request)?, if_match(request)?, app(request)?);
    let Naming { name, wait } = parse_query(request.query_string())?;
    let place = format!("{} {}", request.method(), request.path());
    Ok(FileHeaders { name, key, if_match, waits: matches!(wait, Some(WaitFor::Published)), place, app })
}

impl FileHeaders {
    /// Keyed hash of method, path and the parts of the body.
    #[must_use]
    pub fn fingerprint(&self, parts: &[&[u8]]) -> Digest {
        let reviewed = self.if_match.map(|revision| format!("r{revision}")).unwrap_or_default();
        let sizes: Vec<u8> = parts.iter().flat_map(|part| part.len().to_be_bytes()).collect();
        let mut all: Vec<&[u8]> = vec![self.place.as_bytes(), reviewed.as_bytes(), &sizes];
        all.extend_from_slice(parts);
        self.app.fingerprint(&all)
    }

    /// A write with this body.
    #[must_use]
    pub fn with<T>(self, body: T, fingerprint: Digest) -> Write<T> {
        Write { body, key: self.key, fingerprint, if_match: self.if_match, waits: self.waits }
    }
}

/// The one form of a body: names sorted, white space gone.
#[must_use]
pub fn canonical(body: &serde_json::Value) -> Vec<u8> {
    serde_json::to_vec(body).unwrap_or_default()
}

/// Keyed hash of method and path, of the revision reviewed, and of a body in its one form.
#[must_use]
pub fn fingerprint(app: &App, place: &str, if_match: Option<u64>, canonical: &[u8]) -> Digest {
    let reviewed = if_match.map(|revision| format!("r{revision}")).unwrap_or_default();
    app.fingerprint(&[place.as_bytes(), reviewed.as_bytes(), canonical])
}

fn idempotency_key(request: &HttpRequest) -> Result<String, Problem> {
    let mut values = request.headers().get_all("Idempotency-Key");
    let value = values.next().ok_or_else(|| Problem::new("idempotency_key_missing"))?;
    let key = usable_key(value.as_bytes()).filter(|_| values.next().is_none());
    key.map(str::to_owned).ok_or_else(|| Problem::new("idempotency_key_invalid"))
}

/// A key, where it has the form of one: 1 to 200 visible ASCII characters.
#[must_use]
pub fn usable_key(bytes: &[u8]) -> Option<&str> {
    let usable = (1..=200).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic);
    std::str::from_utf8(bytes).ok().filter(|_| usable)
}

fn if_match(request: &HttpRequest) -> Result<Option<u64>, Problem> {
    let Some(value) = request.headers().get("If-Match") else { return Ok(None) };
    let revision =
        value.to_str().ok().and_then(|text| text.strip_prefix("\"r")).and_then(|text| text.strip_suffix('"'));
    let plain = revision.filter(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()));
    let revision = plain.and_then(|digits| digits.parse().ok());
    revision.map(Some).ok_or_else(|| Problem::new("if_match_invalid"))
}

fn read_body(request: &HttpRequest, payload: &mut Payload) -> impl Future<Output = Result<Bytes, Problem>> + 'static {
    let typed = request.headers().get("Content-Type").map(|value| value.to_str().unwrap_or_default().to_owned());
    let announced = announced(request);
    let (app, payload) = (app(request), payload.take());
    async move {
        let app = app?;
        let size = BodySize { bytes_max: BODY_SIZE_BYTES_MAX, announced };
        let bytes = read_whole(payload, size, &app.limits, &app.shares).await?;
        let json = typed.as_deref().is_none_or(|value| {
            value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
        });
        match (bytes.is_empty(), json) {
            (false, true) if typed.is_some() => Ok(bytes),
            (true, true) => Ok(Bytes::from_static(b"{}")),
            _ => Err(Problem::new("unsupported_media_type")),
        }
    }
}

/// How large the body is, where the request says so.
#[must_use]
pub fn announced(request: &HttpRequest) -> Option<usize> {
    request.headers().get("Content-Length")?.to_str().ok()?.parse().ok()
}

/// Reads a JSON body.
///
/// # Errors
/// `malformed_json` where it is no JSON, `invalid_request` where it has another form, `invalid_value` where a value
/// is of the right type but not allowed.
pub fn parse<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, Problem> {
    parse_into(PhantomData, bytes)
}

/// The same, where the form is known by a value.
///
/// # Errors
/// The same.
pub fn parse_into<'de, S: DeserializeSeed<'de> + Clone>(seed: S, bytes: &'de [u8]) -> Result<S::Value, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    if let Ok(parsed) = seed.clone().deserialize(&mut reader)
        && reader.end().is_ok()
    {
        return Ok(parsed);
    }
    // Only what is wrong is read again, to see where: keeping the place costs more than reading.
    let (mut reader, mut track) = (serde_json::Deserializer::from_slice(bytes), serde_path_to_error::Track::new());
    let tracked = seed.deserialize(serde_path_to_error::Deserializer::new(&mut reader, &mut track));
    let parsed = tracked.map_err(|error| refuse(&track.path(), &error))?;
    reader.end().map_err(|error| Problem::new("malformed_json").at("", error.to_string()))?;
    Ok(parsed)
}

fn refuse(path: &serde_path_to_error::Path, inner: &serde_json::Error) -> Problem {
    let pointer = pointer(path);
    let text = inner.to_string();
    let detail = text.split(" at line ").next().unwrap_or_default().to_owned();
    if !inner.is_data() {
        return Problem::new("malformed_json").at(pointer, text);
    }
    let form = ["invalid type", "missing field", "unknown field", "invalid length"];
    if detail.starts_with("duplicate field") {
        Problem::new("malformed_json").at(pointer, detail)
    } else if form.iter().any(|start| detail.starts_with(start)) {
        Problem::new("invalid_request").at(pointer, detail)
    } else {
        Problem::value(pointer, detail)
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Map { key } => pointer.push_str(&format!("/{}", key.replace('~', "~0").replace('/', "~1"))),
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// The `{id}` of a path.
#[derive(Clone, Copy, Debug)]
pub struct PathId<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for PathId<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = request.match_info().get("id").unwrap_or_default();
        let id = serde_json::from_value(serde_json::Value::String(text.to_owned()));
        ready(id.map(Self).map_err(|_| Problem::not_found()))
    }
}

/// The two ids of a path; where either is malformed there is no such object.
#[derive(Clone, Copy, Debug)]
pub struct PathIds<A, B>(pub A, pub B);

impl<A: DeserializeOwned + 'static, B: DeserializeOwned + 'static> FromRequest for PathIds<A, B> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut texts = request.match_info().iter().map(|(_, text)| serde_json::Value::String(text.to_owned()));
        let (first, second) = (texts.next().unwrap_or_default(), texts.next().unwrap_or_default());
        let ids = serde_json::from_value(first).and_then(|first| Ok(Self(first, serde_json::from_value(second)?)));
        ready(ids.map_err(|_| Problem::not_found()))
    }
}

/// The query of a read; an unknown parameter is refused, never ignored.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse_query(request.query_string()).map(Self))
    }
}

fn parse_query<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let pairs = ActixQuery::<Vec<(String, String)>>::from_query(text)
        .map_err(|error| Problem::new("invalid_request").at("?", error.to_string()))?
        .into_inner();
    let mut fields = serde_json::Map::new();
    for (name, value) in pairs {
        if fields.insert(name.clone(), serde_json::Value::String(value)).is_some() {
            return Err(Problem::new("invalid_request").at(format!("?{name}"), "given twice"));
        }
    }
    serde_path_to_error::deserialize(serde_json::Value::Object(fields)).map_err(|error| {
        let name = pointer(error.path()).replacen('/', "?", 1);
        let detail = error.inner().to_string();
        if detail.starts_with("unknown field") {
            Problem::new("unknown_parameter").at(name, detail)
        } else {
            Problem::new("invalid_request").at(name, detail)
        }
    })
}

/// A whole number in a query, where every value is text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryNumber(pub u64);

impl<'de> Deserialize<'de> for QueryNumber {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        let plain = !text.is_empty() && text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| plain);
        number.map(Self).ok_or_else(|| D::Error::custom("expected a whole number"))
    }
}

/// A JSON body that is not read yet, for senders who sign its bytes.
#[derive(Clone, Debug)]
pub struct RawBody(pub Bytes);

impl FromRequest for RawBody {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read_body(request, payload);
        Box::pin(async move { body.await.map(Self) })
    }
}
