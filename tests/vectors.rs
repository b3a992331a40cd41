//! Canonical JSON against the published test data of RFC 8785, where that lies beside the project.
#![cfg(test)]

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use ticun::log::canonical::{CanonicalError, Reason, canonicalize, check};

/// The folder with other people's test data; none where it was not put beside the project.
fn vectors(kind: &str) -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors");
    let folder = std::env::var_os("TICUN_VECTORS").map_or(beside, PathBuf::from).join(kind);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there is no test data in {}; TICUN_VECTORS names its folder", folder.display());
    None
}

/// Names of the cases whose numbers have a fraction or an exponent, which no entry and no request may have.
const WITH_FRACTIONS: &[&str] = &["structures.json", "values.json"];

#[test]
fn published_values_have_their_published_form() {
    let Some(folder) = vectors("jcs") else { return };
    let mut count = 0;
    for case in fs::read_dir(folder.join("input")).expect("a folder") {
        let case = case.expect("a file");
        let name = case.file_name().into_string().expect("a name");
        let input = fs::read_to_string(case.path()).expect("text");
        let output = fs::read(folder.join("output").join(&name)).expect("bytes");
        let mut value: Value = serde_json::from_str(&input).expect("JSON");
        if WITH_FRACTIONS.contains(&name.as_str()) {
            assert_eq!(canonicalize(&value), Err(CanonicalError::Number), "{name}");
            drop_fractions(&mut value);
        }
        let ours = canonicalize(&value).expect("a canonical form");
        assert_eq!(check(&ours), Ok(()), "{name}");
        if name == "values.json" {
            // The published form keeps its fractions.
            assert_eq!(check(&output).map_err(|error| error.reason), Err(Reason::Fraction), "{name}");
        } else {
            assert_eq!(String::from_utf8(ours), String::from_utf8(output.clone()), "{name}");
            assert_eq!(check(&output), Ok(()), "{name}");
            assert_eq!(check(input.as_bytes()).is_ok(), input.as_bytes() == output, "{name}");
        }
        count += 1;
    }
    assert_eq!(count, 6, "every case was read");
}

/// Writes 56.0 as 56, and drops numbers that are not whole.
fn drop_fractions(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            let whole = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 1e15);
            let text = whole.map(|number| format!("{number:.0}"));
            *value = text.and_then(|text| text.parse::<i64>().ok()).map_or(Value::Null, Value::from);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_fractions),
        Value::Object(fields) => fields.values_mut().for_each(drop_fractions),
        _ => {}
    }
}
