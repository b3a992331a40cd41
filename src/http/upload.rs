//! A file on its way in: bytes of an allowed media type, more of them than any JSON body may have.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;

use super::caller::app;
use super::input::{Text, Write, announced, file_headers};
use super::limits::{BodySize, read_whole};
use super::problem::Problem;

/// How large a file may be.
pub const FILE_SIZE_BYTES_MAX: usize = 20 * 1024 * 1024;

/// What a file may be.
const MEDIA_TYPES: [&str; 8] = [
    "application/json",
    "application/pdf",
    "audio/mpeg",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/plain",
    "video/mp4",
];

/// A file with its name and type, and the headers that every write has.
#[derive(Debug)]
pub struct Upload(pub Write<File>);

/// A file.
#[derive(Clone, Debug)]
pub struct File {
    /// What the sender calls it.
    pub name: Text<1, 200>,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes; at least one.
    pub bytes: Vec<u8>,
}

impl FromRequest for Upload {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let headers = file_headers(&request)?;
            let media_type = media_type(&request)?;
            let size = BodySize { bytes_max: FILE_SIZE_BYTES_MAX, announced: announced(&request) };
            let app = app(&request)?;
            let bytes = read_whole(payload, size, &app.limits, &app.shares).await?.to_vec();
            if bytes.is_empty() {
                return Err(Problem::value("", "the file is empty"));
            }
            let body = File { name: headers.name.clone(), media_type, bytes };
            let name = headers.name.0.clone();
            let fingerprint = headers.fingerprint(&[name.as_bytes(), media_type.as_bytes(), &body.bytes]);
            Ok(Self(headers.with(body, fingerprint)))
        })
    }
}

/// The type that the sender names, where it is one that can be evidence.
fn media_type(request: &HttpRequest) -> Result<&'static str, Problem> {
    let named = request.headers().get("Content-Type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let named = named.split(';').next().unwrap_or_default().trim();
    let known = MEDIA_TYPES.into_iter().find(|known| named.eq_ignore_ascii_case(known));
    known.ok_or_else(|| Problem::new("unsupported_media_type"))
}
