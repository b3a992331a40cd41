//! Memory does not grow with the log, as long as nothing is replayed.

use std::path::Path;
use std::process::{Command, Stdio};

use super::story::long;

/// The most memory that verifying a folder ever took, in KiB: the kernel's VmHWM, read while the process ends.
fn peak_kib(folder: &Path) -> u64 {
    let script = "\"$0\" audit verify \"$1\" --json >/dev/null & child=$!; peak=0; \
                  while read -r _ now _ < <(grep VmHWM /proc/$child/status 2>/dev/null); do peak=$now; done; \
                  wait $child && echo $peak";
    let mut run = Command::new("bash");
    run.args(["-c", script, env!("CARGO_BIN_EXE_ticun")]).arg(folder);
    let ran = run.stderr(Stdio::inherit()).output().unwrap();
    assert!(ran.status.success(), "{ran:?}");
    String::from_utf8(ran.stdout).unwrap().trim().parse().unwrap()
}

/// Compares the memory for 10,000 entries with that for so many.
fn stays_flat(entries: usize) {
    let (small, large) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let log = long(entries);
    log.publish(large.path());
    super::log::Log { entries: log.entries[..10_000].to_vec() }.publish(small.path());
    drop(log);
    let (few, many) = (peak_kib(small.path()), peak_kib(large.path()));
    println!("10,000 entries: {few} KiB; {entries} entries: {many} KiB");
    // 200,000 entries are 150 MiB: held in memory, they would show.
    assert!(many < few + few / 2 + 8 * 1024, "10,000 entries: {few} KiB; {entries} entries: {many} KiB");
}

#[test]
fn verifying_twenty_times_as_many_entries_takes_no_more_memory() {
    stays_flat(200_000);
}

#[test]
#[ignore = "minutes, unless it is built for release"]
fn verifying_a_million_entries_takes_no_more_memory() {
    stays_flat(1_000_000);
}
