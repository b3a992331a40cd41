//! The edge every request passes: it gets an id, leaves a log line and a measurement, and problems are put in words.

use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage as _};

use super::app::App;
use super::connections::{Connection, UnderWay};
use super::problem::Problem;
use super::problems::Language;
use super::routes::Pattern;
use crate::domain::id::RequestId;

const REQUEST_ID: &str = "x-request-id";

/// Wraps every route.
///
/// # Errors
/// Never one of its own: whatever a handler refuses has become an answer by then.
pub async fn edge(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let id = given.and_then(|text| RequestId::parse(text).ok());
    let id = id.or_else(|| request.app_data::<Data<App>>().map(|app| app.new_request()));
    let id = id.unwrap_or(RequestId::from_bits(0));
    request.extensions_mut().insert(id);
    let language = Language::accepted(request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()));
    let method = known_method(request.method());
    let under_way = request.conn_data::<Arc<Connection>>().map(UnderWay::on);

    // An answer keeps its request; what fails before a handler is reached is the framework's and stays its error.
    let answer = next.call(request).await?.map_into_boxed_body();
    let id_text = id.to_string();
    let mut answer = in_words(answer, language, &id_text);
    if let Ok(value) = HeaderValue::from_str(&id_text) {
        answer.headers_mut().insert(HeaderName::from_static(REQUEST_ID), value);
    }
    let route = answer.request().app_data::<Pattern>().map_or("unmatched", |pattern| pattern.0);
    let status = answer.status().as_u16();
    let elapsed = started.elapsed();
    metrics::histogram!("ticun_http_seconds", "method" => method, "route" => route).record(elapsed);
    metrics::counter!("ticun_http_requests_total", "route" => route, "status" => status.to_string()).increment(1);
    tracing::info!(
        request = %id_text,
        method,
        route,
        status,
        micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
        "request"
    );
    Ok(match under_way {
        Some(under_way) => answer.map_body(|_, body| under_way.with(body)),
        None => answer,
    })
}

/// The method as measurements and the log know it: what callers invent must not grow either.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Puts a problem in the caller's language; an error of the framework becomes the problem it stands for.
fn in_words(answer: ServiceResponse<BoxBody>, language: Language, id: &str) -> ServiceResponse<BoxBody> {
    let problem = match answer.response().error() {
        Some(error) => match error.as_error::<Problem>() {
            Some(problem) => problem.clone(),
            None => foreign(answer.status().as_u16()),
        },
        None => return answer,
    };
    if problem.code() == "internal" {
        tracing::error!(request = id, "answered with a fault");
    }
    let path = uri_reference(answer.request().path());
    let rendered = problem.render(language, &path, id);
    answer.into_response(rendered)
}

/// A path as a problem may show it: what no URI (RFC 3986) has in it stands percent-encoded.
pub fn uri_reference(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%".contains(&byte);
        if plain { text.push(char::from(byte)) } else { text.push_str(&format!("%{byte:02X}")) }
    }
    text
}

fn foreign(status: u16) -> Problem {
    match status {
        404 => Problem::new("route_not_found"),
        405 => Problem::new("method_not_allowed"),
        413 => Problem::new("payload_too_large"),
        415 => Problem::new("unsupported_media_type"),
        400..=499 => Problem::new("invalid_request"),
        _ => Problem::new("internal"),
    }
}
