//! The time in a token.

use der::asn1::Any;
use der::{DateTime, Tag, Tagged as _};

/// A GeneralizedTime in UTC, in microseconds since 1970. Unlike in certificates it may have fractions of a second
/// (RFC 3161 section 2.4.2); what is finer than a microsecond is cut off. `None` for anything else.
pub(super) fn generalized(time: &Any) -> Option<u64> {
    if time.tag() != Tag::GeneralizedTime {
        return None;
    }
    let text = std::str::from_utf8(time.value()).ok()?.strip_suffix('Z')?;
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 14 || !is_number(whole) || fraction.is_some_and(|fraction| !is_number(fraction)) {
        return None;
    }
    let two = |at: usize| whole.get(at..at + 2)?.parse::<u8>().ok();
    let year = whole.get(..4)?.parse().ok()?;
    let moment = DateTime::new(year, two(4)?, two(6)?, two(8)?, two(10)?, two(12)?).ok()?;
    let micros: u64 = format!("{:0<6}", fraction.unwrap_or_default()).get(..6)?.parse().ok()?;
    moment.unix_duration().as_secs().checked_mul(1_000_000)?.checked_add(micros)
}

#[cfg(test)]
mod tests {
    use der::Tag;
    use der::asn1::Any;

    use super::generalized;

    #[test]
    fn times_with_and_without_fractions_are_read_and_nothing_else_is() {
        let read = |text: &str| generalized(&Any::new(Tag::GeneralizedTime, text.as_bytes()).unwrap());
        assert_eq!(read("20261122103000Z"), Some(1_795_343_400_000_000));
        assert_eq!(read("20261122103000.5Z"), Some(1_795_343_400_500_000));
        assert_eq!(read("20261122103000.1234567Z"), Some(1_795_343_400_123_456));
        for wrong in [
            "20261122103000",
            "20261122103000.Z",
            "2026112210300Z",
            "20261122103060Z",
            "20261322103000Z",
            "+0261122103000Z",
            "",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(generalized(&Any::new(Tag::UtcTime, b"261122103000Z".as_slice()).unwrap()), None);
    }
}
