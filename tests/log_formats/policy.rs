//! Policy files, and judging signed checkpoints by them.

use proptest::prelude::*;
use ticun::log::checkpoint::CheckpointError;
use ticun::log::cosignature;
use ticun::log::key::VerifierKeyError;
use ticun::log::note::{NotVerified, Note};
use ticun::log::policy::{JudgeError, POLICY_SIZE_BYTES_MAX, Policy, PolicyError, Quorum, Reason};

use super::support::{MemoryLog, flipped, key_name, log_key, signing_key, witness_key};

const ORIGIN: &str = "ticun.example/log/changning";

/// Five witnesses: w1 to w5 with the seeds 11 to 15.
fn head() -> String {
    let witness =
        |number: u8| format!("witness w{number} {}\n", witness_key(&format!("w{number}.example"), 10 + number));
    let witnesses: String = (1..=5).map(witness).collect();
    format!("log {}\n{witnesses}", log_key(ORIGIN, 1))
}

fn policy(rest: &str) -> Policy {
    Policy::parse(format!("{}{rest}", head()).as_bytes()).expect("a policy")
}

/// A checkpoint that these witnesses have cosigned at these times.
fn cosigned(by: &[(u8, u64)]) -> Note {
    let mut note = MemoryLog::of_size(3).signed(ORIGIN, 1);
    for (number, time_s) in by {
        let name = key_name(&format!("w{number}.example"));
        let line = cosignature::sign(&name, &signing_key(10 + number), *time_s, note.text()).expect("a time");
        note.add(line);
    }
    note
}

fn quorum(policy: &Policy, by: &[(u8, u64)]) -> Quorum {
    policy.judge(&cosigned(by)).expect("a judgement").quorum
}

#[test]
fn the_example_of_the_specification_is_judged_as_it_says() {
    let policy = policy(
        "group X-witnesses 2 w1 w2 w3\n\
         group Y-witnesses any w4 w5\n\
         group X-and-Y all X-witnesses Y-witnesses\n\
         quorum X-and-Y\n",
    );
    let enough = |by: &[u8]| {
        let by: Vec<(u8, u64)> = by.iter().map(|number| (*number, 100)).collect();
        quorum(&policy, &by).is_enough()
    };
    assert!(enough(&[1, 2, 4]));
    assert!(enough(&[2, 3, 5]));
    assert!(enough(&[1, 2, 3, 4, 5]));
    assert!(!enough(&[1, 2]));
    assert!(!enough(&[1, 2, 3]));
    assert!(!enough(&[1, 4, 5]));
    assert!(!enough(&[]));
    assert!(policy.requires_witnesses());
}

#[test]
fn a_judgement_names_the_log_the_witnesses_and_the_checkpoint() {
    let policy = policy("group g 2 w1 w2 w3 w4 w5\nquorum g\n");
    let note = cosigned(&[(4, 70), (2, 90)]);
    let judgement = policy.judge(&note).expect("a judgement");
    assert_eq!(judgement.checkpoint.size(), 3);
    assert_eq!(judgement.log, &log_key(ORIGIN, 1));
    let cosigned: Vec<(&str, u64)> =
        judgement.cosigned.iter().map(|cosigned| (cosigned.witness.name.as_str(), cosigned.time_s)).collect();
    assert_eq!(cosigned, [("w2", 90), ("w4", 70)]);
    assert_eq!(judgement.quorum, Quorum::Met { seen_s: 90, fresh_s: 70 });
}

#[test]
fn a_quorum_of_k_has_seen_a_checkpoint_with_the_kth_and_is_as_fresh_as_the_kth_newest() {
    let by = [(1, 10), (2, 20), (3, 30), (4, 40), (5, 50)];
    let met = |rest: &str| quorum(&policy(rest), &by);
    assert_eq!(met("group g any w1 w2 w3 w4 w5\nquorum g\n"), Quorum::Met { seen_s: 10, fresh_s: 50 });
    assert_eq!(met("group g 2 w1 w2 w3 w4 w5\nquorum g\n"), Quorum::Met { seen_s: 20, fresh_s: 40 });
    assert_eq!(met("group g 4 w1 w2 w3 w4 w5\nquorum g\n"), Quorum::Met { seen_s: 40, fresh_s: 20 });
    assert_eq!(met("group g all w1 w2 w3 w4 w5\nquorum g\n"), Quorum::Met { seen_s: 50, fresh_s: 10 });
    assert_eq!(met("quorum w3\n"), Quorum::Met { seen_s: 30, fresh_s: 30 });
    let nested = "group a any w1 w2\ngroup b any w4 w5\ngroup c all a b\nquorum c\n";
    assert_eq!(met(nested), Quorum::Met { seen_s: 40, fresh_s: 20 });
    assert_eq!(met("quorum none\n"), Quorum::NotRequired);
    assert!(met("quorum none\n").is_enough());
}

#[test]
fn the_newest_of_several_cosignatures_of_one_witness_counts() {
    let policy = policy("quorum w1\n");
    let (old, new) = (cosigned(&[(1, 10)]), cosigned(&[(1, 99)]));
    let both = format!("{old}{}\n", new.lines()[1]);
    let both = Note::parse(both.as_bytes()).expect("a note");
    let judgement = policy.judge(&both).expect("a judgement");
    assert_eq!((judgement.cosigned.len(), judgement.quorum), (1, Quorum::Met { seen_s: 99, fresh_s: 99 }));
    let twice = "group g 2 w1 w2\nquorum g\n";
    assert_eq!(super::policy::policy(twice).judge(&both).map(|judgement| judgement.quorum), Ok(Quorum::Missed));
}

#[test]
fn a_note_that_no_known_log_signed_is_no_statement() {
    let policy = policy("quorum none\n");
    let elsewhere = MemoryLog::of_size(3).signed("elsewhere.example", 1);
    assert_eq!(policy.judge(&elsewhere), Err(JudgeError::NotVerified(NotVerified::Unknown)));
    let impostor = MemoryLog::of_size(3).signed(ORIGIN, 2);
    assert_eq!(policy.judge(&impostor), Err(JudgeError::NotVerified(NotVerified::Unknown)));
    // A witness alone does not make a checkpoint.
    let only_witness = MemoryLog::of_size(3).signed(ORIGIN, 2);
    let line = cosignature::sign(&key_name("w1.example"), &signing_key(11), 5, only_witness.text()).expect("a time");
    let mut only_witness = only_witness;
    only_witness.add(line);
    assert_eq!(policy.judge(&only_witness), Err(JudgeError::Log(ORIGIN.to_owned())));
    // A known log may not speak under another log's origin.
    let two = policy.clone().with_log(log_key("second.example", 3));
    let mut borrowed = Note::unsigned(only_witness.text().to_owned()).expect("a text");
    borrowed.sign(&key_name("second.example"), &signing_key(3));
    assert_eq!(two.judge(&borrowed), Err(JudgeError::Log(ORIGIN.to_owned())));
    let mut letter = Note::unsigned("not a checkpoint\n".to_owned()).expect("a text");
    letter.sign(&key_name(ORIGIN), &signing_key(1));
    assert_eq!(policy.judge(&letter), Err(JudgeError::Checkpoint(CheckpointError::Lines)));
}

#[test]
fn a_log_may_have_two_keys_while_one_replaces_the_other() {
    let both = Policy::without_witnesses(vec![log_key(ORIGIN, 1), log_key(ORIGIN, 2)]);
    let mut note = MemoryLog::of_size(3).signed(ORIGIN, 1);
    note.sign(&key_name(ORIGIN), &signing_key(2));
    assert_eq!(note.lines().len(), 2);
    assert_eq!(both.judge(&note).map(|judgement| judgement.quorum), Ok(Quorum::NotRequired));
    for seed in [1, 2] {
        let one = Policy::without_witnesses(vec![log_key(ORIGIN, seed)]);
        assert_eq!(one.judge(&note).map(|judgement| judgement.log.clone()), Ok(log_key(ORIGIN, seed)));
    }
    assert_eq!(both.clone().with_log(log_key(ORIGIN, 2)), both, "a log that is there is not added again");
}

#[test]
fn every_flipped_bit_of_a_cosigned_checkpoint_is_refused_or_misses_the_quorum() {
    let policy = policy("group g all w1 w2\nquorum g\n");
    let note = cosigned(&[(1, 10), (2, 20)]).to_string();
    let accepts = |note: Result<Note, _>| {
        note.is_ok_and(|note| policy.judge(&note).is_ok_and(|judgement| judgement.quorum.is_enough()))
    };
    assert!(accepts(Note::parse(note.as_bytes())));
    for bit in 0..note.len() * 8 {
        assert!(!accepts(Note::parse(&flipped(note.as_bytes(), bit))), "bit {bit}");
    }
}

#[test]
fn space_comments_and_urls_are_read() {
    let file = format!(
        "# a comment\n\t # another 注释\n\n \tlog\t{}  https://ticun.example/log/changning/ \n\
         witness 见证 {} https://witness.example/\nquorum 见证",
        log_key(ORIGIN, 1),
        witness_key("w1.example", 11)
    );
    let policy = Policy::parse(file.as_bytes()).expect("a policy");
    assert_eq!(policy.logs()[0].url.as_deref(), Some("https://ticun.example/log/changning/"));
    assert_eq!(policy.logs()[0].key, log_key(ORIGIN, 1));
    assert_eq!(policy.witnesses()[0].name, "见证");
    assert_eq!(policy.witnesses()[0].url.as_deref(), Some("https://witness.example/"));
    let empty = Policy::parse(b"quorum none\n").expect("a policy");
    assert!(empty.logs().is_empty() && !empty.requires_witnesses());
    assert_eq!(empty.with_log(log_key(ORIGIN, 1)), Policy::without_witnesses(vec![log_key(ORIGIN, 1)]));
}

#[test]
fn what_is_no_policy_is_refused_with_its_line_and_reason() {
    let log = log_key("other.example", 9);
    let cases: &[(&str, usize, Reason)] = &[
        ("", 0, Reason::Quorum),
        ("group g any w1\n", 0, Reason::Quorum),
        ("quorum w1\nquorum w2\n", 8, Reason::Quorum),
        ("quorum none\nquorum none\n", 8, Reason::Quorum),
        ("quorum\n", 7, Reason::Words),
        ("quorum w1 w2\n", 7, Reason::Words),
        ("quorum g\ngroup g any w1\n", 7, Reason::Undefined),
        ("Quorum none\n", 7, Reason::Keyword),
        ("allow all\n", 7, Reason::Keyword),
        ("quorum none\r\n", 7, Reason::Control),
        ("quorum none\u{7f}\n", 7, Reason::Control),
        ("quorum none # not a comment here\n", 7, Reason::Words),
        ("group g any\n", 7, Reason::Words),
        ("group g\n", 7, Reason::Words),
        ("group g 0 w1\n", 7, Reason::Threshold),
        ("group g 3 w1 w2\n", 7, Reason::Threshold),
        ("group g 01 w1 w2\n", 7, Reason::Threshold),
        ("group g most w1 w2\n", 7, Reason::Threshold),
        ("group g 99999999999999999999 w1\n", 7, Reason::Threshold),
        ("group g any w9\n", 7, Reason::Undefined),
        ("group g any g\n", 7, Reason::Undefined),
        ("group g any none\n", 7, Reason::Undefined),
        ("group g all w1 w1\n", 7, Reason::Member),
        ("group g any w1\ngroup h any w1\n", 8, Reason::Member),
        ("group w1 any w2\n", 7, Reason::Defined),
        ("group none any w2\n", 7, Reason::Defined),
        ("log\n", 7, Reason::Words),
        ("log a b c\n", 7, Reason::Words),
        ("witness w6\n", 7, Reason::Words),
        ("log nonsense\n", 7, Reason::Key(VerifierKeyError::Form)),
    ];
    for (rest, line, reason) in cases {
        let expected = PolicyError { line: *line, reason: *reason };
        assert_eq!(Policy::parse(format!("{}{rest}", head()).as_bytes()), Err(expected), "{rest:?}");
    }
    let refused = |line: String| Policy::parse(format!("{}{line}\n", head()).as_bytes()).map_err(|error| error.reason);
    assert_eq!(refused(format!("witness w6 {log}")), Err(Reason::KeyType));
    assert_eq!(refused(format!("log {}", witness_key("w", 9))), Err(Reason::KeyType));
    assert_eq!(refused(format!("log {}", log_key("same.example", 1))), Err(Reason::SameKey));
    assert_eq!(refused(format!("witness w6 {}", witness_key("renamed.example", 11))), Err(Reason::SameKey));
    assert_eq!(refused(format!("witness w1 {}", witness_key("w", 9))), Err(Reason::Defined));
    assert_eq!(refused(format!("witness none {}", witness_key("w", 9))), Err(Reason::Defined));
    let whole = |file: &[u8]| Policy::parse(file).map_err(|error| (error.line, error.reason));
    assert_eq!(whole(b"\xff\nquorum none\n"), Err((0, Reason::Utf8)));
    assert_eq!(whole(&vec![b'\n'; POLICY_SIZE_BYTES_MAX + 1]), Err((0, Reason::Size)));
}

#[test]
fn groups_nested_as_deep_as_a_file_can_hold_are_judged() {
    let mut rest = "group g0 all w1 w2\n".to_owned();
    for depth in 1..2500 {
        rest.push_str(&format!("group g{depth} any g{}\n", depth - 1));
    }
    let policy = policy(&format!("{rest}quorum g2499\n"));
    assert_eq!(quorum(&policy, &[(1, 10), (2, 20)]), Quorum::Met { seen_s: 20, fresh_s: 10 });
    assert_eq!(quorum(&policy, &[(1, 10)]), Quorum::Missed);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_threshold_group_counts_its_members(threshold in 1_u8..6, by in prop::collection::btree_map(1_u8..6, 1_u64..1000, 0..6)) {
        let policy = policy(&format!("group g {threshold} w1 w2 w3 w4 w5\nquorum g\n"));
        let judged = quorum(&policy, &by.clone().into_iter().collect::<Vec<_>>());
        let mut times: Vec<u64> = by.into_values().collect();
        times.sort_unstable();
        let k = usize::from(threshold);
        let expected = if times.len() < k {
            Quorum::Missed
        } else {
            Quorum::Met { seen_s: times[k - 1], fresh_s: times[times.len() - k] }
        };
        prop_assert_eq!(judged, expected);
    }
}
