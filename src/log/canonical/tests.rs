//! Against another implementation, and case by case.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

/// Values with everything a canonical form has to decide on: order of keys, escapes, depth, numbers.
fn values() -> impl Strategy<Value = Value> {
    let text = || {
        prop_oneof![
            "[a-zA-Z0-9_]{0,8}",
            "[\\x00-\\x22\\x5b-\\x5e\\x7f-\\xa0]{0,6}",
            // Around the surrogates: in UTF-16 order the second range comes before the third.
            "[\u{d000}-\u{d7ff}\u{10000}-\u{10fff}\u{e000}-\u{ffff}]{0,4}",
            ".{0,6}",
        ]
    };
    let exact = 9_007_199_254_740_991_i64;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-exact..=exact).prop_map(Value::from),
        (-20_i64..20).prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..6).prop_map(|fields| Value::from(Map::from_iter(fields))),
        ]
    })
}

proptest! {
    #[test]
    fn the_form_is_the_one_of_another_implementation(value in values()) {
        let oracle = serde_json_canonicalizer::to_vec(&value).expect("a canonical form");
        let ours = canonicalize(&value).expect("a canonical form");
        prop_assert_eq!(String::from_utf8_lossy(&ours), String::from_utf8_lossy(&oracle));
        prop_assert_eq!(check(&oracle), Ok(()));
    }

    #[test]
    fn bytes_pass_only_if_they_are_what_writing_them_again_gives(value in values(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = canonicalize(&value).expect("a canonical form");
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let again = serde_json::from_slice::<Value>(&bytes).ok().and_then(|value| canonicalize(&value).ok());
        prop_assert_eq!(check(&bytes).is_ok(), again.as_deref() == Some(&bytes[..]), "{}", String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let again = serde_json::from_slice::<Value>(&bytes).ok().and_then(|value| canonicalize(&value).ok());
        prop_assert_eq!(check(&bytes).is_ok(), again.as_deref() == Some(&bytes[..]));
    }
}

#[test]
fn what_is_not_canonical_is_refused_with_its_reason() {
    let cases: &[(&[u8], usize, Reason)] = &[
        (b"", 0, Reason::Syntax),
        (b" 1", 0, Reason::Syntax),
        (b"1 ", 1, Reason::Trailing),
        (b"{}{}", 2, Reason::Trailing),
        (b"nul", 0, Reason::Syntax),
        (b"[1,]", 3, Reason::Syntax),
        (b"[1", 2, Reason::Syntax),
        (b"{\"a\":1", 6, Reason::Syntax),
        (b"{\"a\" :1}", 4, Reason::Syntax),
        (b"{\"a\":1, \"b\":2}", 7, Reason::Syntax),
        (b"{\"b\":1,\"a\":2}", 7, Reason::Order),
        (b"{\"a\":1,\"a\":2}", 7, Reason::Duplicate),
        ("{\"\u{ff5e}\":1,\"\u{1f602}\":2}".as_bytes(), 9, Reason::Order),
        (b"{\"\\n\":1,\"\\r\":1,\"\\t\":2}", 15, Reason::Order),
        (b"\"\x01\"", 1, Reason::Syntax),
        (b"\"\\/\"", 1, Reason::Escape),
        (b"\"\\u0041\"", 1, Reason::Escape),
        (b"\"\\u000a\"", 1, Reason::Escape),
        (b"\"\\u001F\"", 1, Reason::Escape),
        (b"\"\\u001", 1, Reason::Escape),
        (b"\"\\ud83d\\ude02\"", 1, Reason::Escape),
        (b"\"\xff\"", 1, Reason::Utf8),
        (b"01", 0, Reason::Number),
        (b"-0", 0, Reason::Number),
        (b"-", 0, Reason::Syntax),
        (b"1.5", 0, Reason::Fraction),
        (b"1e3", 0, Reason::Fraction),
        (b"9007199254740992", 0, Reason::Range),
        (b"-9007199254740992", 0, Reason::Range),
        (b"99999999999999999999999999", 0, Reason::Range),
    ];
    for (bytes, offset, reason) in cases {
        let expected = Err(NotCanonical { offset: *offset, reason: *reason });
        assert_eq!(check(bytes), expected, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn what_is_canonical_passes() {
    let cases: &[&str] = &[
        "null",
        "0",
        "-1",
        "9007199254740991",
        "\"\"",
        "[]",
        "{}",
        "[[],{}]",
        "\"\\b\\t\\n\\f\\r\\u0000\\u001f\\\"\\\\/\u{7f}\u{80}泳\"",
        "{\"\":1,\"\\r\":1,\"1\":2,\"a\":{\"A\":[true,false,null]},\"\u{1f602}\":1,\"\u{ff5e}\":2}",
    ];
    for text in cases {
        assert_eq!(check(text.as_bytes()), Ok(()), "{text}");
    }
}

#[test]
fn nesting_is_bounded_without_recursion() {
    let nested = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
    assert_eq!(check(&nested(DEPTH_MAX + 1)), Ok(()), "the innermost array is empty and opens nothing");
    assert_eq!(check(&nested(DEPTH_MAX + 2)).map_err(|error| error.reason), Err(Reason::Depth));
    assert_eq!(check(&vec![b'['; 1_000_000]).map_err(|error| error.reason), Err(Reason::Depth));
    let mut value = json!([]);
    for _ in 0..DEPTH_MAX {
        value = json!([value]);
    }
    assert!(canonicalize(&value).is_ok());
    assert_eq!(canonicalize(&json!([value])), Err(CanonicalError::Depth));
}

#[test]
fn numbers_that_are_not_exact_everywhere_have_no_form() {
    for value in [json!(1.5), json!(1e300), json!(9_007_199_254_740_992_u64), json!(-9_007_199_254_740_992_i64)] {
        assert_eq!(canonicalize(&value), Err(CanonicalError::Number), "{value}");
    }
}
