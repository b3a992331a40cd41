//! Asking a witness: the bytes of requests and answers, and a transcript of an independent witness.

use std::collections::BTreeMap;
use std::fs;

use ticun::log::checkpoint::Checkpoint;
use ticun::log::cosignature::{self, CosignatureError};
use ticun::log::key::VerifierKey;
use ticun::log::note::{Note, NoteError};
use ticun::log::text;
use ticun::log::tile::{Tile, TileNodes};
use ticun::log::tree::{Hash, consistency, verify_consistency};
use ticun::log::witness::{
    AddCheckpoint, PROOF_HASHES_MAX, REPLY_SIZE_BYTES_MAX, Reply, ReplyError, RequestError, cosignature_of,
};

use super::support::{Files, MemoryLog, key_name, log_key, signing_key, string, vector_json, vectors, witness_key};

const ORIGIN: &str = "ticun.example/log/changning";
const SIZE_TYPE: Option<&str> = Some("text/x.tlog.size");

/// A witness as the specification describes it, made of the same parts: what it keeps of each log that it knows.
struct Witness {
    logs: BTreeMap<String, (VerifierKey, Option<(u64, Hash)>)>,
}

impl Witness {
    fn knowing(key: VerifierKey) -> Self {
        Self { logs: BTreeMap::from([(key.name().to_string(), (key, None))]) }
    }

    /// The status, and the size of a conflict.
    fn answer(&mut self, body: &[u8]) -> Result<u16, (u16, Option<u64>)> {
        let refused = |status: u16| (status, None);
        let request = AddCheckpoint::parse(body).map_err(|_| refused(400))?;
        let checkpoint = Checkpoint::parse(request.checkpoint.text()).map_err(|_| refused(400))?;
        let (key, known) = self.logs.get_mut(checkpoint.origin()).ok_or(refused(404))?;
        request.checkpoint.verify([&*key]).map_err(|_| refused(403))?;
        if request.old_size > checkpoint.size() {
            return Err(refused(400));
        }
        let known_size = known.map_or(0, |(size, _)| size);
        if request.old_size != known_size {
            return Err((409, Some(known_size)));
        }
        let consistent = match known {
            Some((old, root)) if *old > 0 => {
                verify_consistency(*old, checkpoint.size(), root, checkpoint.root(), &request.proof).is_ok()
            }
            _ => request.proof.is_empty(),
        };
        if !consistent {
            return Err(refused(422));
        }
        *known = Some((checkpoint.size(), *checkpoint.root()));
        Ok(200)
    }
}

/// What a log sends when the witness knows `old` of it.
fn request(old: u64, size: u64) -> AddCheckpoint {
    let mut log = MemoryLog::of_size(size);
    let proof = consistency(old, size, &mut log).expect("a proof");
    AddCheckpoint { old_size: old, proof, checkpoint: log.signed(ORIGIN, 1) }
}

#[test]
fn a_log_grows_before_a_witness_and_is_told_what_the_witness_knows() {
    let mut witness = Witness::knowing(log_key(ORIGIN, 1));
    let mut send = |old: u64, size: u64| witness.answer(request(old, size).to_string().as_bytes());
    assert_eq!(send(0, 5), Ok(200));
    assert_eq!(send(5, 12), Ok(200));
    assert_eq!(send(12, 12), Ok(200));
    assert_eq!(send(0, 20), Err((409, Some(12))));
    assert_eq!(send(12, 300), Ok(200));
    assert_eq!(send(300, 301), Ok(200));
}

#[test]
fn a_request_is_read_as_it_was_written() {
    for (old, size) in [(0, 5), (5, 5), (3, 7), (256, 300)] {
        let request = request(old, size);
        assert_eq!(AddCheckpoint::parse(request.to_string().as_bytes()), Ok(request));
    }
    let text = request(3, 7).to_string();
    assert!(text.starts_with("old 3\n"), "{text}");
    assert_eq!(text.lines().position(str::is_empty), Some(5), "four hashes and an empty line");
}

#[test]
fn what_is_no_request_is_refused_with_its_reason() {
    let good = request(3, 7).to_string();
    let hash = text::base64(&[7; 32]);
    let with = |from: &str, to: &str| good.replacen(from, to, 1);
    let cases: &[(String, RequestError)] = &[
        (String::new(), RequestError::Old),
        (with("old 3", "older 3"), RequestError::Old),
        (with("old 3", "old  3"), RequestError::Old),
        (with("old 3", "old 03"), RequestError::Old),
        (with("old 3", "old -3"), RequestError::Old),
        (with("old 3", "old 18446744073709551616"), RequestError::Old),
        (with("old 3\n", "old 3\r\n"), RequestError::Old),
        (with("old 3\n", "old 3\nAA==\n"), RequestError::Hash),
        ("old 3\n".to_owned(), RequestError::Form),
        (format!("old 3\n{hash}\n"), RequestError::Form),
        (format!("old 3\n{hash}"), RequestError::Form),
        (format!("old 3\n{}\n", format!("{hash}\n").repeat(PROOF_HASHES_MAX + 1)), RequestError::Long),
        (format!("old 3\n{hash}\n\n"), RequestError::Note(NoteError::Form)),
        (good.trim_end().to_owned(), RequestError::Note(NoteError::Form)),
    ];
    for (text, reason) in cases {
        assert_eq!(AddCheckpoint::parse(text.as_bytes()), Err(*reason), "{text}");
    }
    assert_eq!(AddCheckpoint::parse(b"old 3\n\xff"), Err(RequestError::Note(NoteError::Utf8)));
    assert_eq!(AddCheckpoint::parse(&vec![b'a'; 2_000_000]), Err(RequestError::Size));
    let most = format!("old 3\n{}\n{}", format!("{hash}\n").repeat(PROOF_HASHES_MAX), request(0, 1).checkpoint);
    assert_eq!(AddCheckpoint::parse(most.as_bytes()).map(|request| request.proof.len()), Ok(63));
}

#[test]
fn the_answer_of_a_witness_is_read_by_its_status() {
    let read = |status: u16, body: &str| Reply::parse(status, SIZE_TYPE, body.as_bytes());
    assert_eq!(read(409, "12\n"), Ok(Reply::Conflict { known_size: 12 }));
    assert_eq!(read(409, "0\n"), Ok(Reply::Conflict { known_size: 0 }));
    for body in ["", "12", "012\n", "12\n\n", " 12\n", "-1\n", "18446744073709551616\n", "a\n"] {
        assert_eq!(read(409, body), Err(ReplyError::Conflict), "{body:?}");
    }
    for content_type in [None, Some("text/plain"), Some("text/plain; text/x.tlog.size"), Some("")] {
        assert_eq!(Reply::parse(409, content_type, b"12\n"), Err(ReplyError::Conflict), "{content_type:?}");
    }
    for content_type in ["text/x.tlog.size; charset=utf-8", "Text/X.Tlog.Size", "text/x.tlog.size "] {
        assert!(Reply::parse(409, Some(content_type), b"12\n").is_ok(), "{content_type}");
    }
    assert_eq!(read(400, ""), Err(ReplyError::BadRequest));
    assert_eq!(read(403, ""), Err(ReplyError::Forbidden));
    assert_eq!(read(404, ""), Err(ReplyError::UnknownLog));
    assert_eq!(read(422, ""), Err(ReplyError::Inconsistent));
    assert_eq!(read(500, ""), Err(ReplyError::Status(500)));
    assert_eq!(read(204, ""), Err(ReplyError::Status(204)));
    assert_eq!(read(200, "nonsense\n"), Err(ReplyError::Lines(NoteError::Line)));
    assert_eq!(Reply::parse(200, None, b"\xff"), Err(ReplyError::Lines(NoteError::Utf8)));
    assert_eq!(Reply::parse(200, None, &vec![b'a'; REPLY_SIZE_BYTES_MAX + 1]), Err(ReplyError::Size));
}

#[test]
fn only_a_fitting_line_of_the_asked_witness_is_taken() {
    let text = "ticun.example/log/changning\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    let key = witness_key("w", 2);
    let by = |seed: u8, time_s: u64, text: &str| {
        cosignature::sign(&key_name("w"), &signing_key(seed), time_s, text).expect("a time")
    };
    let stranger = by(3, 50, text);
    let taken = cosignature_of(&key, &[stranger.clone(), by(2, 10, text), by(2, 12, text), by(2, 11, text)], text);
    assert_eq!(taken, Ok((by(2, 12, text), 12)));
    assert_eq!(cosignature_of(&key, &[], text), Err(ReplyError::Missing));
    assert_eq!(cosignature_of(&key, &[stranger], text), Err(ReplyError::Missing));
    let about_another = [by(2, 10, text), by(2, 10, "another\n")];
    assert_eq!(cosignature_of(&key, &about_another, text), Err(ReplyError::Cosignature(CosignatureError::Signature)));
    // The time of a witness's answer must not be zero, and a log's key is no witness's.
    let message = cosignature::message(0, text);
    let timeless = [&key.id()[..], &[0; 8], &signing_key(2).sign(message.as_bytes())].concat();
    let timeless = Reply::parse(200, None, format!("\u{2014} w {}\n", text::base64(&timeless)).as_bytes());
    let Ok(Reply::Lines(timeless)) = timeless else { panic!("a line") };
    assert_eq!(cosignature_of(&key, &timeless, text), Err(ReplyError::Cosignature(CosignatureError::Time)));
    let mut signed = Note::unsigned(text.to_owned()).expect("a text");
    signed.sign(&key_name("w"), &signing_key(2));
    assert_eq!(cosignature_of(&log_key("w", 2), signed.lines(), text), Err(ReplyError::Missing));
}

#[test]
fn an_independent_witness_answers_as_the_specification_says() {
    let Some(folder) = vectors("witness") else { return };
    let transcript = vector_json(&folder, "transcript.json");
    let key = VerifierKey::parse(string(&transcript, "witness_vkey")).expect("a key");
    let mut witness = Witness::knowing(VerifierKey::parse(string(&transcript, "log_vkey")).expect("a key"));
    let steps = transcript["steps"].as_array().expect("a list");
    for step in steps {
        let (name, body) = (string(step, "name"), string(step, "request"));
        let status = step["status"].as_u64().and_then(|status| u16::try_from(status).ok()).expect("a status");
        let answered = witness.answer(body.as_bytes());
        assert_eq!(answered.unwrap_or_else(|(status, _)| status), status, "{name}");
        let reply = step["response"].as_str().unwrap_or_default();
        match Reply::parse(status, step["content_type"].as_str(), reply.as_bytes()) {
            Ok(Reply::Lines(lines)) => {
                let note = AddCheckpoint::parse(body.as_bytes()).expect("a request").checkpoint;
                let (line, time_s) = cosignature_of(&key, &lines, note.text()).expect("a cosignature");
                assert!(time_s > 1_700_000_000 && line.names(&key), "{name}");
            }
            Ok(Reply::Conflict { known_size }) => assert_eq!(answered, Err((409, Some(known_size))), "{name}"),
            Err(error) => assert!(matches!(status, 400 | 403 | 404 | 422), "{name}: {error}"),
        }
    }
    assert_eq!(steps.len(), 14);
}

#[test]
fn the_requests_that_the_independent_witness_accepted_are_made_again() {
    let (Some(folder), Some(log)) = (vectors("witness"), vectors("tessera-log")) else { return };
    let transcript = vector_json(&folder, "transcript.json");
    let mut count = 0;
    for step in transcript["steps"].as_array().expect("a list").iter().filter(|step| step["status"] == 200) {
        let sent = AddCheckpoint::parse(string(step, "request").as_bytes()).expect("a request");
        let size = Checkpoint::parse(sent.checkpoint.text()).expect("a checkpoint").size();
        let tile = Tile::parse(&format!("tile/0/000.p/{size}")).expect("a tile");
        let files = BTreeMap::from([(tile.to_string(), fs::read(log.join(tile.to_string())).expect("a tile"))]);
        let proof = consistency(sent.old_size, size, &mut TileNodes::new(Files(&files), size)).expect("a proof");
        let checkpoint =
            Note::parse(&fs::read(log.join(format!("checkpoint.{size}"))).expect("a file")).expect("a note");
        let ours = AddCheckpoint { old_size: sent.old_size, proof, checkpoint };
        assert_eq!(ours.to_string(), string(step, "request"), "{}", string(step, "name"));
        count += 1;
    }
    assert_eq!(count, 4);
}
