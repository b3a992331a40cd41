//! What becomes of an authority's reply: a good token is stored, anything else is refused by name.

use ticun::domain::name::Name;
use ticun::domain::time::Timestamp;
use ticun::ledger::clock::wall;
use ticun::ledger::publication::Answer;
use ticun::ledger::publication::timestamps::{Authority, Stamping};
use ticun::log::checkpoint::Checkpoint;
use ticun::log::timestamp::{Trusted, reply};
use ticun::store::pool::ReadPool;
use ticun::store::timestamps;

use super::support::{Database, Node, OFFICE, ORIGIN};
use super::tsa::{ALWAYS, Keys, LONG_AGO, Tsa};

pub fn stamping(database: &Database, node: &Node, authorities: Vec<Authority>, every_s: u32) -> Stamping {
    let reads = ReadPool::open(&database.url, 2).expect("connections");
    Stamping::new(node.sequencer.clone(), reads, authorities, every_s, &node.folder).expect("a folder")
}

pub fn authority(url: &str, trusted: Trusted) -> Authority {
    Authority { name: Name::parse("tsa").expect("a name"), url: url.to_owned(), trusted, policy: None }
}

/// An office with a signed head of one entry.
struct Office {
    _folder: tempfile::TempDir,
    database: Database,
    node: Node,
}

impl Office {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Database::in_folder(folder.path());
        let mut node = Node::start(&database, "one");
        node.signed(1);
        Self { _folder: folder, database, node }
    }

    /// Asks an authority about the newest head; `answer` makes its reply to the bytes of the query.
    fn ask(&self, authority: &Authority, answer: impl FnOnce(&[u8]) -> Vec<u8>) -> Result<Timestamp, String> {
        let stamping = stamping(&self.database, &self.node, vec![authority.clone()], 1);
        let asked = stamping.due(authority, wall()).expect("the database").expect("a head to stamp");
        let body = answer(&asked.request().expect("a query"));
        let content_type = Some("application/timestamp-reply".to_owned());
        let answer = Answer { status: 200, content_type, body };
        stamping.hear(authority, &asked, &answer, wall()).map_err(|error| error.to_string())
    }

    fn stored(&self) -> Vec<timestamps::StoredTimestamp> {
        timestamps::between(&mut self.database.writer(), OFFICE, 0, u64::MAX).expect("tokens")
    }

    #[track_caller]
    fn refuses(&self, authority: &Authority, words: &str, answer: impl FnOnce(&[u8]) -> Vec<u8>) {
        let refused = self.ask(authority, answer).expect_err(words);
        assert!(refused.contains(words), "{refused}");
        assert_eq!(self.stored(), [], "{words}");
    }
}

/// The nonce of a query: its bytes from here to there.
fn nonce(query: &[u8]) -> std::ops::Range<usize> {
    assert_eq!(query[56], 2, "an INTEGER behind the imprint");
    58..58 + usize::from(query[57])
}

#[test]
fn a_good_token_is_stored_with_its_time_whatever_keys_the_authority_has() {
    for keys in [Keys::Rsa, Keys::P256, Keys::P384] {
        let Some(tsa) = Tsa::new(keys) else { return };
        let office = Office::new();
        let before = wall();
        let stamped_at = office.ask(&authority("", tsa.trusted()), |query| tsa.reply(query)).expect("a token");
        assert!(stamped_at.micros() > before.micros() - 2_000_000 && stamped_at <= wall(), "{stamped_at}");
        let stored = office.stored();
        assert_eq!((stored.len(), stored[0].size, stored[0].stamped_at), (1, 1, stamped_at), "{keys:?}");
        // The program that made it believes the file that is made of it.
        let named = ticun::ledger::publication::timestamps::about(&mut office.database.writer(), OFFICE, 1);
        let file = tsa.path("1.tsa.tsr");
        std::fs::write(&file, named.expect("tokens")[0].file().expect("a file")).expect("written");
        let text = Checkpoint::new(ORIGIN, 1, office.database.heads()[0].root).expect("a checkpoint").text();
        assert!(tsa.verifies(&file, &text), "{keys:?}");
        assert!(!tsa.verifies(&file, text.trim_end()), "the last line feed is part of it");
    }
}

#[test]
fn a_token_that_is_no_answer_to_the_query_is_refused() {
    let Some(tsa) = Tsa::new(Keys::P256) else { return };
    let (office, believed) = (Office::new(), authority("", tsa.trusted()));
    office.refuses(&believed, "over another text", |query| {
        let mut other = query.to_vec();
        other[24] ^= 1;
        tsa.reply(&other)
    });
    office.refuses(&believed, "nonce", |query| {
        let mut other = query.to_vec();
        other[nonce(query).end - 1] ^= 1;
        tsa.reply(&other)
    });
    office.refuses(&believed, "nonce", |query| {
        // The same query without a nonce: the lengths in front of it shrink with it.
        let (mut bare, range) = (query.to_vec(), nonce(query));
        bare.drain(range.start - 2..range.end);
        bare[1] -= u8::try_from(range.len() + 2).expect("short");
        tsa.reply(&bare)
    });
    // A reply from before, over the head that was the newest then.
    let mut older = Vec::new();
    let mut office = Office::new();
    office
        .ask(&believed, |query| {
            older = tsa.reply(query);
            older.clone()
        })
        .expect("a token");
    office.node.register(0..3);
    office.node.signed(2);
    let later = Authority { name: Name::parse("later").expect("a name"), ..believed };
    let refused = office.ask(&later, |_| older.clone()).expect_err("an older token");
    assert!(refused.contains("over another text"), "{refused}");
    assert_eq!(office.stored().len(), 1);
}

#[test]
fn a_token_from_somebody_else_or_by_a_certificate_for_something_else_is_refused() {
    let Some(tsa) = Tsa::new(Keys::P256) else { return };
    let (office, believed) = (Office::new(), authority("", tsa.trusted()));
    let other = Tsa::new(Keys::P256).expect("openssl is here");
    office.refuses(&believed, "does not lead to one that is believed", |query| other.reply(query));
    for (extensions, words) in
        [("none", "not for timestamps"), ("tame", "not for timestamps"), ("both", "not for timestamps")]
    {
        tsa.issue(extensions, "ca", extensions, ALWAYS);
        office.refuses(&believed, words, |query| tsa.signed_anew(&tsa.reply(query), extensions, |_| ()));
    }
    tsa.issue("expired", "ca", "tsa", LONG_AGO);
    office.refuses(&believed, "not valid at the time", |query| tsa.signed_anew(&tsa.reply(query), "expired", |_| ()));
    // A signer that another signer has issued: no authority over certificates.
    tsa.issue("below", "tsa", "tsa", ALWAYS);
    office.refuses(&believed, "does not lead to one that is believed", |query| {
        tsa.reply_with(query, &["-signer", "below.pem", "-inkey", "below.key", "-chain", "tsa.pem"])
    });
}

#[test]
fn an_expired_authority_is_refused_though_it_signs() {
    let Some(tsa) = Tsa::with(Keys::Rsa, "tsa", LONG_AGO) else { return };
    let office = Office::new();
    office.refuses(&authority("", tsa.trusted()), "not valid at the time", |query| tsa.reply(query));
}

#[test]
fn certificates_between_come_from_the_token_and_the_signer_itself_may_be_believed() {
    let Some(tsa) = Tsa::new(Keys::P256) else { return };
    tsa.issue("between", "ca", "root", ALWAYS);
    tsa.issue("below", "between", "tsa", ALWAYS);
    let reply =
        |query: &[u8]| tsa.reply_with(query, &["-signer", "below.pem", "-inkey", "below.key", "-chain", "between.pem"]);
    let office = Office::new();
    office.ask(&authority("", tsa.trusted()), reply).expect("over one between");
    let own = Trusted::parse(&std::fs::read(tsa.path("below.pem")).expect("a file")).expect("certificates");
    let pinned = Authority { name: Name::parse("pinned").expect("a name"), ..authority("", own) };
    office.ask(&pinned, reply).expect("the signer's own certificate is believed");
    assert_eq!(office.stored().len(), 2);
}

#[test]
fn a_refusal_is_told_in_the_authoritys_words() {
    let Some(tsa) = Tsa::new(Keys::P256) else { return };
    let office = Office::new();
    let wanted = Authority { policy: Some("1.9.9.9".parse().expect("an identifier")), ..authority("", tsa.trusted()) };
    office.refuses(&wanted, "the authority refuses: rejection, the policy is not supported", |query| tsa.reply(query));
    let other = Authority { policy: Some("1.2.3.4.5".parse().expect("an identifier")), ..wanted };
    // It stamps under another policy than the one that was asked for.
    office.refuses(&other, "another policy", |query| {
        let reply = tsa.reply(query);
        tsa.signed_anew(&reply, "tsa", |content| {
            let at = content.windows(6).position(|bytes| bytes == [6, 4, 0x2a, 3, 4, 5]).expect("the policy");
            content[at + 5] = 1;
        })
    });
    office.ask(&other, |query| tsa.reply(query)).expect("a policy that it has");
}

#[test]
fn a_token_whose_bytes_were_changed_is_refused() {
    let Some(tsa) = Tsa::new(Keys::P256) else { return };
    let (office, believed) = (Office::new(), authority("", tsa.trusted()));
    let reply = |query: &[u8]| tsa.reply(query);
    office.refuses(&believed, "signature does not fit", |query| {
        let mut bytes = reply(query);
        *bytes.last_mut().expect("bytes") ^= 1;
        bytes
    });
    office.refuses(&believed, "signed attributes", |query| {
        let mut bytes = reply(query);
        let at = bytes.windows(5).position(|bytes| bytes[0] == 0x18 && bytes[2..5] == *b"202").expect("a time");
        bytes[at + 5] ^= 1;
        bytes
    });
    office.refuses(&believed, "no reply of a timestamping authority", |_| b"<html>".to_vec());
    office.refuses(&believed, "no reply of a timestamping authority", |_| Vec::new());
    office.refuses(&believed, "five minutes apart", |query| {
        let reply = tsa.reply(query);
        tsa.signed_anew(&reply, "tsa", |content| {
            let at = content.windows(5).position(|bytes| bytes[0] == 0x18 && bytes[2..5] == *b"202").expect("a time");
            content[at + 2..at + 6].copy_from_slice(b"2024");
        })
    });
}

#[test]
fn no_bytes_of_a_reply_can_do_harm() {
    let Some(tsa) = Tsa::new(Keys::P256) else { return };
    let (trusted, good) = (tsa.trusted(), tsa.stamp("a text\n"));
    let judge = |bytes: &[u8]| {
        let token = reply::token_in(bytes).ok()?;
        trusted.verify(&token).ok().map(|stamp| (stamp, token.is_over(b"a text\n")))
    };
    let meaning = judge(&good).expect("a good reply");
    assert!(meaning.1);
    for end in 0..good.len() {
        assert_eq!(judge(&good[..end]), None, "cut after {end} bytes");
    }
    for at in 0..good.len() {
        for bit in [0x01, 0x80] {
            let mut changed = good.clone();
            changed[at] ^= bit;
            // A few bytes are under no signature; they change nothing of what it says.
            assert!(judge(&changed).is_none_or(|judged| judged == meaning), "byte {at}");
        }
    }
}
