//! The file of published heads.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use ticun::log::heads::{Head, HeadsError, HeadsFile, read_all};

fn head(size: u64) -> Head {
    Head { size, root: [u8::try_from(size % 251).expect("small"); 32] }
}

fn written(folder: &Path, sizes: impl Iterator<Item = u64>) {
    let mut file = HeadsFile::open(folder).expect("it opens");
    sizes.for_each(|size| file.append(head(size)).expect("durable"));
}

fn append(folder: &Path, bytes: &[u8]) {
    let mut file = OpenOptions::new().append(true).open(folder.join("heads")).expect("a file");
    file.write_all(bytes).expect("written");
}

#[test]
fn heads_are_found_again_in_their_order() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(read_all(folder.path()).expect("no file is no head"), []);
    written(folder.path(), [1, 5, 9].into_iter());
    written(folder.path(), [10].into_iter());
    assert_eq!(read_all(folder.path()).expect("heads"), [head(1), head(5), head(9), head(10)]);
    let file = HeadsFile::open(folder.path()).expect("it opens");
    assert_eq!(file.newest(), Some(head(10)));
    assert_eq!(file.recent(), [head(1), head(5), head(9), head(10)]);
}

#[test]
fn a_head_that_is_not_larger_than_the_newest_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    written(folder.path(), [7].into_iter());
    let mut file = HeadsFile::open(folder.path()).expect("it opens");
    file.append(head(7)).expect("the newest once more changes nothing");
    let other = Head { size: 7, root: [99; 32] };
    assert!(matches!(file.append(other), Err(HeadsError::Order { new: 7, newest: 7 })));
    assert!(matches!(file.append(head(6)), Err(HeadsError::Order { new: 6, newest: 7 })));
    assert_eq!(read_all(folder.path()).expect("heads"), [head(7)]);
}

#[test]
fn a_torn_last_line_is_cut_off_and_written_again() {
    let whole = format!("9 {}\n", ticun::log::text::base64(&head(9).root));
    let mut zeroed = whole.clone().into_bytes();
    zeroed[10..30].fill(0);
    for torn in [&b"9"[..], b"9 ", &whole.as_bytes()[..20], &whole.as_bytes()[..whole.len() - 1], &zeroed, &[0; 600]] {
        let folder = tempfile::tempdir().expect("a folder");
        written(folder.path(), [1, 5].into_iter());
        append(folder.path(), torn);
        assert_eq!(read_all(folder.path()).expect("heads"), [head(1), head(5)]);
        written(folder.path(), [9].into_iter());
        assert_eq!(read_all(folder.path()).expect("heads"), [head(1), head(5), head(9)], "{torn:?}");
    }
}

#[test]
fn damage_before_the_last_line_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    written(folder.path(), [1, 5, 9].into_iter());
    let mut bytes = fs::read(folder.path().join("heads")).expect("a file");
    bytes[50] = b'!';
    fs::write(folder.path().join("heads"), bytes).expect("written");
    assert!(matches!(read_all(folder.path()), Err(HeadsError::Damaged { near: 47, .. })));
    assert!(matches!(HeadsFile::open(folder.path()), Err(HeadsError::Damaged { near: 47, .. })));
}

#[test]
fn a_long_file_is_opened_by_its_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let lines: String =
        (1..5000).map(|size| format!("{size} {}\n", ticun::log::text::base64(&head(size).root))).collect();
    fs::write(folder.path().join("heads"), lines).expect("written");
    written(folder.path(), [5000].into_iter());
    let file = HeadsFile::open(folder.path()).expect("it opens");
    assert_eq!(file.newest(), Some(head(5000)));
    assert!(file.recent().len() > 500 && file.recent().len() < 5000, "{}", file.recent().len());
    assert_eq!(read_all(folder.path()).expect("heads").len(), 5000);
}
