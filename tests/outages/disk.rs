//! There is no space left: writing says so, reading goes on, and all is well once there is space.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;
use ticun::ledger::Fault;
use ticun::store::head;
use ticun::store::pool::ReadPool;

use super::database::{file, fill_up, is_on_server};
use super::office::{OFFICE, Office, is_done, keyed, registration};

#[test]
fn a_full_database_is_told_and_keeps_nothing_of_what_it_could_not_take() {
    let office = Office::new();
    let mut writer = office.writer();
    let reads = ReadPool::open(&office.url, 1).unwrap();
    assert!(is_done(&writer.process(&[&registration(1)])[0]));
    fill_up(&mut office.connection(), true);
    let batch = [keyed(2, registration(2)), keyed(3, registration(3))];
    assert_eq!(writer.process(&batch.iter().collect::<Vec<_>>()), [Err(Fault::Full), Err(Fault::Full)]);
    let read = reads.read(|connection| head::read(connection, OFFICE)).unwrap().unwrap();
    assert_eq!(read.next_position, 2);
    fill_up(&mut office.connection(), false);
    assert!(writer.process(&batch.iter().collect::<Vec<_>>()).iter().all(is_done));
    office.check();
}

/// A file system of its own in memory, which is taken away again.
struct Tiny(TempDir);

impl Tiny {
    /// None where this process may not mount one.
    fn mount(size: &str) -> Option<Self> {
        let tiny = Self(tempfile::tempdir().unwrap());
        tiny.run(&["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).then_some(tiny)
    }

    fn grow(&self, size: &str) {
        assert!(self.run(&["-o", &format!("remount,size={size}")]));
    }

    fn run(&self, arguments: &[&str]) -> bool {
        let run = Command::new("mount").args(arguments).arg(self.path()).output();
        run.is_ok_and(|run| run.status.success())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Tiny {
    fn drop(&mut self) {
        // Where it was never mounted there is nothing to take away.
        let _unmounted = Command::new("umount").arg("-l").arg(self.path()).output();
    }
}

#[test]
fn a_disk_that_is_really_full_loses_nothing_that_was_acknowledged() {
    if is_on_server("a server's disk is not the tests' to fill") {
        return;
    }
    let Some(tiny) = Tiny::mount("3m") else {
        println!("skipped: this user may not mount a file system");
        return;
    };
    let office = Office::at_url(tempfile::tempdir().unwrap(), file(tiny.path()));
    let mut writer = office.writer();
    let reads = ReadPool::open(&office.url, 1).unwrap();
    let mut done = 0;
    let mut write = |from: u32| -> Vec<_> {
        let batch: Vec<_> = (from..from + 50).map(|number| keyed(number, registration(number))).collect();
        writer.process(&batch.iter().collect::<Vec<_>>())
    };
    while done < 20_000 {
        let answers = write(done);
        if answers[0] == Err(Fault::Full) {
            assert!(answers.iter().all(|answer| *answer == Err(Fault::Full)), "{answers:?}");
            break;
        }
        assert!(answers.iter().all(is_done), "{answers:?}");
        done += 50;
    }
    assert!((50..20_000).contains(&done), "the disk was full after {done}");
    let read = reads.read(|connection| head::read(connection, OFFICE)).unwrap().unwrap();
    assert_eq!(read.next_position, u64::from(done) + 1, "what was acknowledged is there, and can be read");
    assert_eq!(write(done)[0], Err(Fault::Full));
    tiny.grow("16m");
    assert!(write(done).iter().all(is_done), "it goes on by itself");
    assert_eq!(office.requests().len(), usize::try_from(done).unwrap() + 50);
    office.check();
}
