//! One problem as it is answered: RFC 9457.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde::Serialize;

use super::problems::{self, Language};
use crate::domain::name::Name;
use crate::domain::packs::Version;
use crate::domain::rejection::Rejection;
use crate::ledger::Fault;
use crate::store::{self, Trouble};

/// A refusal or a fault on its way out. The edge adds language, path and request id.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    code: &'static str,
    detail: Option<String>,
    errors: Vec<FieldError>,
    current_state: Option<Box<str>>,
    allowed: Vec<String>,
    limit: Option<Box<BrokenLimit>>,
    replayed: bool,
}

/// What is wrong with one part of a request.
#[derive(Clone, Debug, Serialize)]
pub struct FieldError {
    /// A JSON pointer (RFC 6901), or `?name` for a query parameter.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

/// A limit of a rule pack, and what goes beyond it.
#[derive(Clone, Debug, Serialize)]
struct BrokenLimit {
    pack: Name,
    version: Version,
    limit: Name,
    allowed: String,
    actual: String,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    instance: &'a str,
    code: &'static str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(skip_serializing_if = "Option::is_none")]
    current_state: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    allowed: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<&'a BrokenLimit>,
}

impl Problem {
    /// A problem of the type `code`, which must be in the table.
    #[must_use]
    pub fn new(code: &'static str) -> Self {
        Self { code, ..Self::default() }
    }

    /// The same with a sentence about this occurrence.
    #[must_use]
    pub fn because(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The same pointing at one part of the request.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        self.errors.push(FieldError { pointer: pointer.into(), detail: detail.into() });
        self
    }

    /// A value of the right type that is not allowed.
    #[must_use]
    pub fn value(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new("invalid_value").at(pointer, detail)
    }

    /// There is no such object, or it is not the caller's business.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new("not_found")
    }

    /// The same with the methods or states that would be allowed.
    #[must_use]
    pub fn allowing(mut self, allowed: impl IntoIterator<Item = String>) -> Self {
        self.allowed = allowed.into_iter().collect();
        self
    }

    /// The same, marked as an answer given before.
    #[must_use]
    pub fn replayed(mut self) -> Self {
        self.replayed = true;
        self
    }

    /// Its code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// Its status and its body.
    #[must_use]
    pub fn in_words(&self, language: Language, instance: &str, request_id: &str) -> (StatusCode, String) {
        let Some(kind) = problems::find(self.code) else {
            return (StatusCode::INTERNAL_SERVER_ERROR, String::new());
        };
        let body = Body {
            r#type: format!("/problems/{}", self.code),
            title: kind.title(language),
            status: kind.status,
            detail: self.detail.as_deref().unwrap_or_else(|| kind.meaning(language)),
            instance,
            code: self.code,
            request_id,
            errors: &self.errors,
            current_state: self.current_state.as_deref(),
            allowed: &self.allowed,
            limit: self.limit.as_deref(),
        };
        (self.status_code(), serde_json::to_string(&body).unwrap_or_default())
    }

    /// The whole answer.
    #[must_use]
    pub fn render(&self, language: Language, instance: &str, request_id: &str) -> HttpResponse {
        let (status, text) = self.in_words(language, instance, request_id);
        let mut response = HttpResponseBuilder::new(status);
        response.insert_header(("Content-Language", if language == Language::Chinese { "zh" } else { "en" }));
        if matches!(status.as_u16(), 429 | 503) || self.code == "not_yet_published" {
            response.insert_header(("Retry-After", "1"));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header(("WWW-Authenticate", "Bearer"));
        }
        if status == StatusCode::METHOD_NOT_ALLOWED && !self.allowed.is_empty() {
            response.insert_header(("Allow", self.allowed.join(", ")));
        }
        if self.replayed {
            response.insert_header(("Idempotency-Replayed", "true"));
        }
        response.content_type("application/problem+json").body(text)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        let status = problems::find(self.code).map_or(500, |kind| kind.status);
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        self.render(Language::English, "", "")
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let mut problem = Self::new(rejection.code());
        match rejection {
            Rejection::StateConflict { current_state, allowed } => {
                problem.current_state = Some(current_state.into());
                problem.allowed = allowed;
            }
            Rejection::MerchantNotActive { current_state }
            | Rejection::ContractNotSigned { current_state }
            | Rejection::ContractNotActive { current_state } => problem.current_state = Some(current_state.into()),
            Rejection::DeliveryContested { dispute } => problem.detail = Some(format!("dispute: {dispute}")),
            Rejection::DefaultRunOpen { run } => problem.detail = Some(format!("run: {run}")),
            Rejection::ObjectionWindowOpen { until } | Rejection::ExitNoticeOpen { until } => {
                problem.detail = Some(format!("until: {until}"));
            }
            Rejection::TermsVoid { rule, offset, length } => {
                problem.detail = Some(format!("{rule}: {length} characters of the terms, from character {offset} on"));
            }
            Rejection::LimitExceeded { pack, version, limit, allowed, actual } => {
                problem.detail = Some(format!("{pack} {version}, {limit}: allowed {allowed}, here {actual}"));
                problem.limit = Some(Box::new(BrokenLimit { pack, version, limit, allowed, actual }));
            }
            Rejection::UnitsExhausted { remaining } => problem.detail = Some(format!("units remaining: {remaining}")),
            Rejection::ValueExhausted { remaining } => problem.detail = Some(format!("value remaining: {remaining}")),
            Rejection::SplitMismatch { frozen } => problem.detail = Some(format!("frozen: {frozen}")),
            Rejection::FundsFrozen { available } | Rejection::AmountExceedsEscrow { available } => {
                problem.detail = Some(format!("available: {available}"));
            }
            Rejection::GuardianConsentRequired { limit } => {
                problem.detail = Some(format!("needed above: {limit}"));
            }
            Rejection::DifferenceUnexplained { expected } => {
                problem.detail = Some(format!("expected by the calculation: {expected}"));
            }
            Rejection::RevisionMismatch { current_revision } => {
                problem.detail = Some(format!("current revision: r{current_revision}"));
            }
            _ => {}
        }
        problem
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self::new(match fault {
            Fault::Overloaded => "overloaded",
            Fault::Storage | Fault::Stopped => "unavailable",
            Fault::Full => "storage_full",
            Fault::ReadOnly => "office_read_only",
            Fault::Internal => "internal",
        })
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        tracing::error!(%error, "a read failed");
        match error.trouble() {
            Trouble::Unreachable => Self::new("unavailable"),
            Trouble::Full => Self::new("storage_full"),
            Trouble::Momentary | Trouble::Lasting => Self::new("internal"),
        }
    }
}
