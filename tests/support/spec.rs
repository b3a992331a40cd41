//! The API's description as a judge of every reply: status, content type, headers and body must be as it says.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};
use ticun::http::problems;

use super::Reply;

/// The API's description.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    serde_norway::from_str(include_str!("../../api-spec/openapi.yaml")).expect("openapi.yaml is YAML")
});

/// Every operation of the description.
pub static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let paths = DOCUMENT["paths"].as_object().expect("the description has paths");
    let methods = ["get", "post", "put", "patch", "delete"];
    let of_path = |(template, item): (&'static String, &'static Value)| {
        let found = methods.into_iter().filter(|method| item.get(method).is_some());
        found.map(|method| Operation {
            method: method.to_uppercase(),
            template,
            operation: &item[method],
            shared: &item["parameters"],
        })
    };
    paths.iter().flat_map(of_path).collect()
});

static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
static CODES: LazyLock<Mutex<BTreeSet<String>>> = LazyLock::new(Mutex::default);

/// Headers that mean something to a client: where one is sent, the description says so.
const TELLING: [&str; 9] = [
    "etag",
    "ticun-log-position",
    "ticun-terms-sha256",
    "ticun-terms-sm3",
    "idempotency-replayed",
    "link",
    "retry-after",
    "www-authenticate",
    "allow",
];

/// One operation of the description.
pub struct Operation {
    /// Its method, in capitals.
    pub method: String,
    /// Its path, with names in braces.
    pub template: &'static str,
    /// What the description says of it.
    pub operation: &'static Value,
    shared: &'static Value,
}

impl Operation {
    /// Its name.
    pub fn id(&self) -> &'static str {
        self.operation["operationId"].as_str().expect("every operation has a name")
    }

    /// Its parameters, those of its path among them.
    pub fn parameters(&self) -> Vec<&'static Value> {
        let lists = [&self.operation["parameters"], self.shared];
        lists.into_iter().filter_map(Value::as_array).flatten().map(resolve).collect()
    }

    /// Its path with the examples of its parameters filled in.
    pub fn example_path(&self) -> String {
        let mut path = self.template.to_owned();
        for parameter in self.parameters().into_iter().filter(|parameter| parameter["in"] == "path") {
            let name = parameter["name"].as_str().expect("a parameter has a name");
            let example = plain(&parameter["example"]);
            path = path.replace(&format!("{{{name}}}"), &example);
        }
        path
    }

    /// What it answers with a status.
    pub fn response(&self, status: u16) -> Option<&'static Value> {
        self.operation["responses"].get(status.to_string()).map(resolve)
    }
}

/// A text as it is, anything else as JSON.
pub fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Follows a reference into the description.
pub fn resolve(value: &'static Value) -> &'static Value {
    let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return value };
    let pointer = reference.strip_prefix('#').expect("references stay in the description");
    resolve(DOCUMENT.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere")))
}

/// What is wrong with a value by a schema of the description.
pub fn against(schema: &Value, value: &Value) -> Vec<String> {
    let key = schema.to_string();
    let mut validators = VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner);
    let validator = validators.entry(key).or_insert_with(|| {
        let root = json!({"allOf": [schema], "components": {"schemas": DOCUMENT["components"]["schemas"]}});
        let options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
        Arc::new(options.build(&root).unwrap_or_else(|error| panic!("{schema} is no schema: {error}")))
    });
    let validator = Arc::clone(validator);
    drop(validators);
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Checks a reply against the description of its operation.
pub fn check(method: &str, path: &str, reply: &Reply) {
    if let Some(code) = reply.body["code"].as_str().filter(|_| reply.status >= 400) {
        CODES.lock().unwrap_or_else(PoisonError::into_inner).insert(code.to_owned());
    }
    let findings = judge(method, path, reply);
    assert!(findings.is_empty(), "{method} {path}:\n  {}\n{reply:?}", findings.join("\n  "));
}

/// Takes note of a problem that was answered inside something larger.
pub fn saw(problem: &Value) {
    let code = problem["code"].as_str().expect("a problem").to_owned();
    CODES.lock().unwrap_or_else(PoisonError::into_inner).insert(code);
}

/// The codes of all problems that were answered since this test program began.
pub fn codes_seen() -> BTreeSet<String> {
    CODES.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// What is wrong with a reply.
pub fn judge(method: &str, path: &str, reply: &Reply) -> Vec<String> {
    let route = path.split('?').next().unwrap_or_default();
    let here: Vec<&Operation> = on_path(route);
    let mut findings = Vec::new();
    // HEAD is answered as GET without its body (RFC 9110 section 9.3.2).
    let (described_as, bodiless) = if method == "HEAD" { ("GET", true) } else { (method, false) };
    if reply.status >= 400 && !bodiless {
        findings.extend(problem(route, reply));
    }
    match here.iter().find(|operation| operation.method == described_as) {
        Some(operation) if bodiless => findings.extend(documented_head(operation, reply)),
        Some(operation) => findings.extend(documented(operation, reply)),
        None if here.is_empty() && reply.status == 404 => {}
        None if !here.is_empty() && reply.status == 405 => {
            if !reply.headers.contains_key("allow") {
                findings.push("405 without Allow".to_owned());
            }
        }
        None => findings.push(format!("status {} at an address that is not described", reply.status)),
    }
    findings
}

/// The operations on a path: those whose template says most of it in its own words.
fn on_path(path: &str) -> Vec<&'static Operation> {
    let own_words = |template: &str| template.split('/').filter(|part| !part.starts_with('{')).count();
    let matching: Vec<&Operation> = OPERATIONS.iter().filter(|operation| fits(operation.template, path)).collect();
    let most = matching.iter().map(|operation| own_words(operation.template)).max();
    matching.into_iter().filter(|operation| Some(own_words(operation.template)) == most).collect()
}

fn fits(template: &str, path: &str) -> bool {
    let parts: Vec<&str> = template.split('/').collect();
    // The name of an account and the path of a tile have slashes of their own.
    let given: Vec<&str> = match parts.last() {
        Some(&("{account}" | "{tile}")) => path.splitn(parts.len(), '/').collect(),
        _ => path.split('/').collect(),
    };
    let fits = |(part, given): (&&str, &&str)| part == given || (part.starts_with('{') && !given.is_empty());
    parts.len() == given.len() && parts.iter().zip(&given).all(fits)
}

/// What is wrong with a reply of a known operation.
fn documented(operation: &Operation, reply: &Reply) -> Vec<String> {
    let Some(response) = operation.response(reply.status) else {
        return vec![format!("{} does not document the status {}", operation.id(), reply.status)];
    };
    let mut findings = headers(response, reply);
    let given = reply.headers.get("content-type").map(|value| value.split(';').next().unwrap_or_default().trim());
    match (response.get("content").and_then(Value::as_object), given) {
        (None, None) if reply.text.is_empty() => {}
        (None, _) => findings.push("a body where none is described".to_owned()),
        (Some(content), Some(given)) if content.contains_key(given) => {
            let json = given == "application/json" || given.ends_with("+json");
            let body = if json { reply.body.clone() } else { Value::String(reply.text.clone()) };
            findings.extend(against(&content[given]["schema"], &body));
        }
        (Some(_), given) => findings.push(format!("content type {given:?} is not described")),
    }
    findings
}

/// What is wrong with a reply of a known operation that must have no body.
fn documented_head(operation: &Operation, reply: &Reply) -> Vec<String> {
    let Some(response) = operation.response(reply.status) else {
        return vec![format!("{} does not document the status {}", operation.id(), reply.status)];
    };
    let mut findings = headers(response, reply);
    if !reply.text.is_empty() {
        findings.push("a body in an answer to HEAD".to_owned());
    }
    findings
}

fn headers(response: &'static Value, reply: &Reply) -> Vec<String> {
    let described = response.get("headers").and_then(Value::as_object);
    let described = || described.into_iter().flatten();
    let mut findings = Vec::new();
    for (name, header) in described() {
        let header = resolve(header);
        match reply.headers.get(&name.to_lowercase()) {
            None if header["required"] == true => findings.push(format!("the header {name} is missing")),
            None => {}
            Some(text) => {
                let value = serde_json::from_str(text).ok().filter(|_| header["schema"]["type"] == "integer");
                let wrong = against(&header["schema"], &value.unwrap_or_else(|| Value::String(text.clone())));
                findings.extend(wrong.into_iter().map(|wrong| format!("header {name} {wrong}")));
            }
        }
    }
    let known: BTreeSet<String> = described().map(|(name, _)| name.to_lowercase()).collect();
    let sent = TELLING.into_iter().filter(|name| reply.headers.contains_key(*name) && !known.contains(*name));
    findings.extend(sent.map(|name| format!("the header {name} is not described")));
    findings
}

/// What is wrong with a problem: its form, and that it says of itself what is so.
fn problem(path: &str, reply: &Reply) -> Vec<String> {
    let mut findings = against(&json!({"$ref": "#/components/schemas/Problem"}), &reply.body);
    let code = reply.body["code"].as_str().unwrap_or_default();
    match problems::find(code) {
        Some(kind) if kind.status == reply.status => {}
        Some(kind) => findings.push(format!("{code} is answered with {}, not {}", reply.status, kind.status)),
        None => findings.push(format!("{code:?} is no code of problems.toml")),
    }
    let says = [
        ("type", format!("/problems/{code}")),
        ("status", reply.status.to_string()),
        ("instance", path.replace('{', "%7B").replace('}', "%7D")),
        ("request_id", reply.headers.get("x-request-id").cloned().unwrap_or_default()),
    ];
    let wrong = says.into_iter().filter(|(field, value)| plain(&reply.body[*field]) != *value);
    findings.extend(wrong.map(|(field, value)| format!("{field} is {}, not {value}", reply.body[field])));
    if !reply.headers.get("content-type").is_some_and(|kind| kind.starts_with("application/problem+json")) {
        findings.push("a problem of another content type".to_owned());
    }
    findings
}
