//! How fast the verifier is, beside bare SHA-256 on the same core. Run it in release:
//! `cargo test --release --test audit -- --ignored --nocapture speed`.

use std::time::{Duration, Instant};

use ring::digest::{SHA256, digest};
use ticun::ledger::audit::folder::Folder;
use ticun::ledger::audit::{Options, verify};

use super::story::long;

const ENTRIES: usize = 300_000;
const RUNS: usize = 3;

#[expect(clippy::float_arithmetic, reason = "a measurement is not money")]
fn per_second(count: usize, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64()
}

/// Bytes a second of hashing messages of 512 bytes, as `openssl speed -evp sha256 -bytes 512` does.
fn sha256_bytes_per_second() -> f64 {
    let (message, count) = ([7_u8; 512], 1_000_000);
    let begun = Instant::now();
    for _ in 0..count {
        std::hint::black_box(digest(&SHA256, std::hint::black_box(&message)));
    }
    per_second(count * message.len(), begun.elapsed())
}

#[test]
#[ignore = "a measurement, of use in release only"]
fn speed() {
    let folder = tempfile::tempdir().unwrap();
    let log = long(ENTRIES);
    let bytes: usize = log.entries.iter().map(Vec::len).sum();
    let count = log.entries.len();
    log.publish(folder.path());
    drop(log);
    let run = |replay| {
        let options = Options { replay, ..Options::default() };
        let begun = Instant::now();
        let report = verify(Box::new(Folder::new(folder.path())), &options, &mut |_, _| ()).unwrap();
        assert_eq!(report.size, count as u64);
        begun.elapsed()
    };
    for _ in 0..RUNS {
        let sha256 = sha256_bytes_per_second();
        let (read, replayed) = (per_second(bytes, run(false)), per_second(count, run(true)));
        println!(
            "verify {:.0} MB/s = {:.2} of SHA-256 ({:.0} MB/s); replay {replayed:.0} entries/s; {} bytes an entry",
            read / 1e6,
            read / sha256,
            sha256 / 1e6,
            bytes / count
        );
    }
}
