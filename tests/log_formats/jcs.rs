//! Canonical JSON against the published test data of RFC 8785, where that lies beside the project.

use std::fs;

use serde_json::Value;
use ticun::log::canonical::{CanonicalError, Reason, canonicalize, check};

use super::support::vectors;

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

#[test]
fn published_bytes_are_the_published_texts() {
    let Some(folder) = vectors("jcs") else { return };
    let mut count = 0;
    for case in fs::read_dir(folder.join("outhex")).expect("a folder") {
        let path = case.expect("a file").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
        let digits: String = fs::read_to_string(&path).expect("text").split_whitespace().collect();
        let bytes = hex::decode(digits).expect("hex");
        let output = fs::read(folder.join("output").join(format!("{name}.json"))).expect("bytes");
        assert_eq!(bytes, output, "{name}");
        count += 1;
    }
    assert_eq!(count, 6, "every case was read");
}

/// The largest number that is exact in every implementation.
const EXACT_MAX: u64 = 9_007_199_254_740_991;

#[test]
fn of_the_published_numbers_those_pass_that_are_whole_and_exact_everywhere() {
    let Some(folder) = vectors("jcs") else { return };
    let (mut passed, mut refused) = (0, 0);
    for file in ["es6numbers-1000.txt", "es6numbers-10000.txt"] {
        for line in fs::read_to_string(folder.join(file)).expect("text").lines() {
            let (bits, number) = line.split_once(',').expect("bits and a number");
            let size = number.strip_prefix('-').unwrap_or(number).parse::<u64>();
            let exact = size.is_ok_and(|size| size <= EXACT_MAX);
            assert_eq!(check(number.as_bytes()).is_ok(), exact, "{bits} {number}");
            let value = serde_json::from_str::<Value>(number).expect("JSON");
            let written = canonicalize(&value);
            if exact {
                assert_eq!(written.as_deref(), Ok(number.as_bytes()), "{bits} {number}");
                passed += 1;
            } else {
                assert_eq!(written, Err(CanonicalError::Number), "{bits} {number}");
                refused += 1;
            }
        }
    }
    println!("{passed} passed, {refused} refused");
    assert!(passed > 0 && refused > passed);
}
