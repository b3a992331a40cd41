//! The answer to a commit is lost, or the commit with it. What has no key is not done twice for that.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ticun::ledger::Fault;
use ticun::ledger::writer::{AfterStep, Step};

use super::office::{Office, counting, is_done, keyed, registration};

/// Loses the connection after a step, once; something else may happen in that moment.
fn once_after(step: Step, meanwhile: impl Fn() + Send + Sync + 'static) -> AfterStep {
    let is_due = AtomicBool::new(true);
    Arc::new(move |done| {
        if done == step && is_due.swap(false, Ordering::SeqCst) {
            meanwhile();
            // It unwinds like a panic, without a word.
            resume_unwind(Box::new("lost"));
        }
    })
}

#[test]
fn a_batch_whose_commit_or_whose_answer_is_lost_is_carried_out_once() {
    for step in [Step::Written, Step::Committed] {
        let office = Office::new();
        let mut writer = office.writer().telling(once_after(step, || ()));
        let batch = [registration(1), counting(2), registration(3), keyed(4, registration(4))];
        let answers = writer.process(&batch.iter().collect::<Vec<_>>());
        let done: Vec<bool> = answers.iter().map(is_done).collect();
        assert_eq!(done, [true, false, true, true], "{step:?}: {answers:?}");
        assert_eq!(answers[1], Ok(ticun::ledger::Answer::Aside));
        assert_eq!((office.requests().len(), office.counted()), (3, 1), "{step:?}");
        assert!(is_done(&writer.process(&[&registration(5)])[0]), "{step:?}: it goes on");
        office.check();
    }
}

#[test]
fn a_write_beside_the_books_alone_is_carried_out_once() {
    for step in [Step::Written, Step::Committed] {
        let office = Office::new();
        let mut writer = office.writer().telling(once_after(step, || ()));
        assert_eq!(writer.process(&[&counting(1)]), [Ok(ticun::ledger::Answer::Aside)]);
        assert_eq!(office.counted(), 1, "{step:?}");
    }
}

#[test]
fn a_batch_whose_answer_is_lost_is_found_though_another_node_has_written_since() {
    for step in [Step::Written, Step::Committed] {
        let office = Arc::new(Office::new());
        let other = Arc::clone(&office);
        let meanwhile = move || {
            // Before the commit the other one would wait for this one's lock.
            if step == Step::Committed {
                assert!(is_done(&other.writer().process(&[&registration(50)])[0]));
            }
        };
        let mut writer = office.writer().telling(once_after(step, meanwhile));
        let batch = [registration(1), registration(2)];
        let answers = writer.process(&batch.iter().collect::<Vec<_>>());
        assert!(answers.iter().all(is_done), "{step:?}: {answers:?}");
        let others = usize::from(step == Step::Committed);
        assert_eq!(office.requests().len(), 2 + others, "{step:?}");
        assert!(is_done(&writer.process(&[&registration(3)])[0]), "{step:?}");
        office.check();
    }
}

#[test]
fn a_process_that_gives_up_says_so_and_the_key_finds_what_was_done() {
    let office = Office::new();
    let always = Arc::new(|step| {
        if step == Step::Committed {
            resume_unwind(Box::new("lost"));
        }
    });
    let mut writer = office.writer_over(&office.url, std::time::Duration::ZERO).telling(always);
    let answers = writer.process(&[&keyed(1, registration(1))]);
    assert_eq!(answers, [Err(Fault::Storage)]);
    let again = office.writer().process(&[&keyed(1, registration(1))]);
    assert!(matches!(again[0], Ok(ticun::ledger::Answer::Remembered(_))), "{again:?}");
    assert_eq!(office.requests().len(), 1);
    office.check();
}
