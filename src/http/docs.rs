//! Pages for people: problem types and the interactive API page, all from embedded files.

use std::fmt::Write as _;

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};
use actix_web::{HttpRequest, HttpResponse};

use super::problem::Problem;
use super::problems::{self, Language, ProblemType};

const OPENAPI: &str = include_str!("../../api-spec/openapi.yaml");
const DOCS_PAGE: &str = include_str!("pages/docs.html");
const DOCS_SCRIPT: &str = include_str!("pages/docs.js");
const SWAGGER_SCRIPT: &str = include_str!("pages/swagger-ui/swagger-ui-bundle.js");
const SWAGGER_STYLE: &str = include_str!("pages/swagger-ui/swagger-ui.css");
const PROBLEM_PAGE: &str = include_str!("pages/problem.html");

/// The API's description as text.
#[must_use]
pub const fn openapi_text() -> &'static str {
    OPENAPI
}

/// `GET /openapi.yaml`
pub async fn openapi() -> HttpResponse {
    HttpResponse::Ok().content_type("application/yaml").body(OPENAPI)
}

/// `GET /docs`
pub async fn docs_page() -> HttpResponse {
    page(DOCS_PAGE.to_owned())
}

/// `GET /docs/{file}`: what the API page is made of.
pub async fn docs_file(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let (kind, content) = match request.match_info().get("file").unwrap_or_default() {
        "docs.js" => ("text/javascript; charset=utf-8", DOCS_SCRIPT),
        "swagger-ui-bundle.js" => ("text/javascript; charset=utf-8", SWAGGER_SCRIPT),
        "swagger-ui.css" => ("text/css; charset=utf-8", SWAGGER_STYLE),
        _ => return Err(Problem::not_found()),
    };
    Ok(HttpResponse::Ok().content_type(kind).insert_header(("Cache-Control", "max-age=3600")).body(content))
}

/// `GET /problems`
pub async fn problems_index(request: HttpRequest) -> HttpResponse {
    let language = language(request.headers());
    let mut rows = String::new();
    for problem in problems::all() {
        let (code, status) = (&problem.code, problem.status);
        let title = escape(problem.title(language));
        let row =
            format!("<tr><td><a href=\"/problems/{code}\">{code}</a></td><td>{status}</td><td>{title}</td></tr>\n");
        rows.push_str(&row);
    }
    let heading = if language == Language::Chinese { "问题类型" } else { "Problem types" };
    let body = format!("<table><tbody>\n{rows}</tbody></table>");
    page(filled(language, heading, &body))
}

/// `GET /problems/{code}`
pub async fn problem_page(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let code = request.match_info().get("code").unwrap_or_default();
    let problem = problems::find(code).ok_or_else(Problem::not_found)?;
    let language = language(request.headers());
    let first = described(problem, language);
    let other = if language == Language::Chinese { Language::English } else { Language::Chinese };
    let second = described(problem, other);
    Ok(page(filled(language, &problem.code, &format!("{first}<hr>{second}"))))
}

fn described(problem: &ProblemType, language: Language) -> String {
    let words = match language {
        Language::English => ["Status", "Meaning", "Who acts", "Retry"],
        Language::Chinese => ["状态码", "含义", "由谁处理", "能否重试"],
    };
    let retry = match (problem.retry.as_str(), language) {
        ("later", Language::English) => "Yes, unchanged, after a while.",
        ("later", Language::Chinese) => "可以，稍后原样重发。",
        ("after_change", Language::English) => "Once the request, or the state it met, has changed.",
        ("after_change", Language::Chinese) => "请求或所遇状态改变之后可以。",
        (_, Language::English) => "No: the same request will be refused again.",
        (_, Language::Chinese) => "不可以：同样的请求仍会被拒绝。",
    };
    let status = problem.status.to_string();
    let values = [status.as_str(), problem.meaning(language), problem.who(language), retry];
    let mut text = format!("<h2>{}</h2><dl>", escape(problem.title(language)));
    for (word, value) in words.into_iter().zip(values) {
        // Writing to a String cannot fail.
        let _written = write!(text, "<dt>{word}</dt><dd>{}</dd>", escape(value));
    }
    text.push_str("</dl>");
    text
}

fn filled(language: Language, heading: &str, body: &str) -> String {
    let tag = if language == Language::Chinese { "zh-CN" } else { "en" };
    PROBLEM_PAGE.replace("{{lang}}", tag).replace("{{heading}}", &escape(heading)).replace("{{body}}", body)
}

fn language(headers: &HeaderMap) -> Language {
    Language::accepted(headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

fn page(html: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src data:; connect-src 'self'; \
             form-action 'none'; frame-ancestors 'none'",
        ))
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .body(html)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
