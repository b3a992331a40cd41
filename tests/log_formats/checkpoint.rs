//! Checkpoints.

use std::fs;

use ticun::log::checkpoint::{Checkpoint, CheckpointError};
use ticun::log::key::VerifierKey;
use ticun::log::note::Note;
use ticun::log::tree::{EMPTY_ROOT, Frontier};

use super::support::{hash, leaves, vectors};

const ROOT: &str = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

/// Other people's log of 15 entries: its verifier key.
pub const TESSERA_KEY: &str = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

#[test]
fn a_checkpoint_is_three_lines_that_are_read_and_written_as_they_stand() {
    let text = format!("example.com/behind-the-sofa\n20852163\n{ROOT}\n");
    let checkpoint = Checkpoint::parse(&text).expect("a checkpoint");
    assert_eq!(checkpoint.origin(), "example.com/behind-the-sofa");
    assert_eq!(checkpoint.size(), 20_852_163);
    assert_eq!(*checkpoint.root(), hash(ROOT));
    assert!(checkpoint.extensions().is_empty());
    assert_eq!(checkpoint.text(), text);
    let again = Checkpoint::new(checkpoint.origin(), checkpoint.size(), *checkpoint.root());
    assert_eq!(again.as_ref(), Ok(&checkpoint));
    assert_eq!(checkpoint.unsigned().map(|note| note.text().to_owned()), Ok(text));
}

#[test]
fn extension_lines_are_kept_as_they_are() {
    let text = format!("origin with spaces\n18446744073709551615\n{ROOT}\nextension\n \n延长\n");
    let checkpoint = Checkpoint::parse(&text).expect("a checkpoint");
    assert_eq!(checkpoint.size(), u64::MAX);
    assert_eq!(checkpoint.extensions(), ["extension", " ", "延长"]);
    assert_eq!(checkpoint.text(), text);
}

#[test]
fn what_is_no_checkpoint_is_refused_with_its_reason() {
    let cases: &[(String, CheckpointError)] = &[
        (String::new(), CheckpointError::Lines),
        ("origin\n5\n".to_owned(), CheckpointError::Lines),
        (format!("origin\n5\n{ROOT}"), CheckpointError::Lines),
        (format!("\n5\n{ROOT}\n"), CheckpointError::Lines),
        (format!("origin\n\n{ROOT}\n"), CheckpointError::Lines),
        (format!("origin\n5\n{ROOT}\n\n"), CheckpointError::Lines),
        (format!("origin\n5\n{ROOT}\n\nextension\n"), CheckpointError::Lines),
        (format!("ori\tgin\n5\n{ROOT}\n"), CheckpointError::Origin),
        (format!("origin\n05\n{ROOT}\n"), CheckpointError::Size),
        (format!("origin\n00\n{ROOT}\n"), CheckpointError::Size),
        (format!("origin\n+5\n{ROOT}\n"), CheckpointError::Size),
        (format!("origin\n-5\n{ROOT}\n"), CheckpointError::Size),
        (format!("origin\n 5\n{ROOT}\n"), CheckpointError::Size),
        (format!("origin\n5 \n{ROOT}\n"), CheckpointError::Size),
        (format!("origin\n٥\n{ROOT}\n"), CheckpointError::Size),
        (format!("origin\n0x5\n{ROOT}\n"), CheckpointError::Size),
        (format!("origin\n18446744073709551616\n{ROOT}\n"), CheckpointError::Size),
        ("origin\n5\nAA==\n".to_owned(), CheckpointError::Root),
        (format!("origin\n5\n{}\n", ROOT.replace("2I=", "2J=")), CheckpointError::Root),
        (format!("origin\n5\n{}\n", ROOT.trim_end_matches('=')), CheckpointError::Root),
        (format!("origin\n5\n{ROOT} \n"), CheckpointError::Root),
        (format!("origin\n5\n{}\n", ROOT.replace('/', "_")), CheckpointError::Root),
    ];
    for (text, reason) in cases {
        assert_eq!(Checkpoint::parse(text), Err(*reason), "{text:?}");
    }
    for origin in ["", "a\nb", "a\u{1}"] {
        assert_eq!(Checkpoint::new(origin, 0, EMPTY_ROOT), Err(CheckpointError::Origin), "{origin:?}");
    }
}

#[test]
fn the_checkpoints_of_a_published_log_verify() {
    let Some(folder) = vectors("tessera-log") else { return };
    let key = VerifierKey::parse(TESSERA_KEY).expect("a key");
    let mut count = 0;
    for size in [0_u64, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] {
        let bytes = fs::read(folder.join(format!("checkpoint.{size}"))).expect("a file");
        let note = Note::parse(&bytes).expect("a note");
        assert!(note.verify([&key]).is_ok());
        let checkpoint = Checkpoint::parse(note.text()).expect("a checkpoint");
        assert_eq!((checkpoint.origin(), checkpoint.size()), (key.name().as_str(), size));
        assert_eq!(checkpoint.text(), note.text());
        count += 1;
    }
    assert_eq!(count, 16);
    let newest = fs::read(folder.join("checkpoint")).expect("a file");
    assert_eq!(newest, fs::read(folder.join("checkpoint.15")).expect("a file"));
}

#[test]
fn the_checkpoint_of_an_empty_log_has_the_empty_root() {
    let checkpoint = Checkpoint::new("a", Frontier::new().size(), Frontier::new().root()).expect("an origin");
    assert_eq!(checkpoint.text(), "a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
    let mut frontier = Frontier::new();
    leaves(3).into_iter().for_each(|leaf| frontier.append(leaf));
    assert_ne!(frontier.root(), EMPTY_ROOT);
}
