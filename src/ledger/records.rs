//! Records kept beside the log: the log holds only a digest of each, and these are the ways it is made.

use ring::hmac;

use crate::domain::digest::Digest;
use crate::store::records::{Record, RecordKind};

/// How many random bytes make a commitment.
pub const SALT_SIZE_BYTES: usize = 32;

/// A record under its commitment.
///
/// Personal data and accounts are canonical JSON (RFC 8785) under HMAC-SHA-256 with the random bytes as its key: who
/// does not hold those learns nothing from the log, and erasing them leaves it intact.
#[must_use]
pub fn commit(kind: RecordKind, salt: [u8; SALT_SIZE_BYTES], body: Vec<u8>) -> Record {
    let salt = if kind == RecordKind::Terms { Vec::new() } else { salt.to_vec() };
    Record { digest: digest(kind, &salt, &body), kind, salt, body }
}

/// A note or reason under SHA-256 of the random bytes and the text.
#[must_use]
pub fn text(salt: [u8; SALT_SIZE_BYTES], text: &str) -> Record {
    commit(RecordKind::Text, salt, text.as_bytes().to_vec())
}

/// A public document under its plain SHA-256: what both parties of a contract sign.
#[must_use]
pub fn terms(body: Vec<u8>) -> Record {
    Record { digest: digest(RecordKind::Terms, &[], &body), kind: RecordKind::Terms, salt: Vec::new(), body }
}

/// True when a record's digest is the one of its content.
#[must_use]
pub fn verify(record: &Record) -> bool {
    // Where the random bytes end and the text begins is not in the digest of a text, so it must follow from the form.
    let salt_fits = match record.kind {
        RecordKind::Profile | RecordKind::Account | RecordKind::File => record.salt.len() == SALT_SIZE_BYTES,
        RecordKind::Text => record.salt.len() == SALT_SIZE_BYTES || record.salt.ends_with(b"/"),
        RecordKind::Terms => record.salt.is_empty(),
    };
    salt_fits && digest(record.kind, &record.salt, &record.body) == record.digest
}

fn digest(kind: RecordKind, salt: &[u8], body: &[u8]) -> Digest {
    match kind {
        RecordKind::Profile | RecordKind::Account => {
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, salt), body);
            // The tag of HMAC-SHA-256 has 32 bytes.
            Digest::from_bytes(tag.as_ref().try_into().unwrap_or([0; 32]))
        }
        RecordKind::Text | RecordKind::Terms | RecordKind::File => Digest::of(&[salt, body]),
    }
}

/// A channel's number for something that happened, under the digest by which the log knows it.
#[must_use]
pub fn transaction(channel: &str, id: &str) -> Record {
    let salt = format!("{channel}/").into_bytes();
    let digest = Digest::of(&[&salt, id.as_bytes()]);
    Record { digest, kind: RecordKind::Text, salt, body: id.as_bytes().to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: [u8; SALT_SIZE_BYTES] = [0x0b; SALT_SIZE_BYTES];

    #[test]
    fn the_digests_are_those_of_other_implementations() {
        // `printf 'Hi There' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0b…0b` with 32 bytes 0b.
        let profile = commit(RecordKind::Profile, SALT, b"Hi There".to_vec());
        assert_eq!(profile.digest.to_string(), "198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7");
        // `sha256sum` over 32 bytes 0b and the text.
        assert_eq!(
            text(SALT, "Hi There").digest.to_string(),
            "c6ec8feaf78e27289bb44760a38015f7a450f3301dca4e89b28de22b017af142"
        );
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(terms(Vec::new()).digest.to_string(), empty);
    }

    #[test]
    fn a_record_with_other_content_another_salt_or_another_kind_is_found_out() {
        assert!(verify(&transaction("sandbox", "bank-1")));
        for record in [commit(RecordKind::Account, SALT, b"{}".to_vec()), text(SALT, "泳池关门"), terms(b"{}".to_vec())]
        {
            assert!(verify(&record));
            let mut body = record.clone();
            body.body.push(b' ');
            let mut salt = record.clone();
            salt.salt = vec![1; 32];
            let mut kind = record.clone();
            kind.kind = if record.kind == RecordKind::Text { RecordKind::Profile } else { RecordKind::Text };
            for changed in [body, salt, kind] {
                assert!(!verify(&changed), "{changed:?}");
            }
        }
    }
}
