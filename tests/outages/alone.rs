//! A command that the tables refuse fails alone.

use diesel::connection::SimpleConnection as _;
use ticun::ledger::Fault;

use super::office::{Office, disabling, is_done, registration};

#[test]
fn a_command_that_cannot_be_written_fails_alone_and_its_batch_is_carried_out() {
    let office = Office::new();
    let mut connection = office.connection();
    let sql = "CREATE UNIQUE INDEX one_of_a_kind ON entries (office, kind) WHERE kind = 'user.disabled';";
    connection.batch_execute(sql).unwrap();
    let mut writer = office.writer();
    let mut batch: Vec<_> = (0..8).map(registration).collect();
    batch.insert(3, disabling(100, 0));
    batch.insert(7, disabling(101, 1));
    let answers = writer.process(&batch.iter().collect::<Vec<_>>());
    for (number, answer) in answers.iter().enumerate() {
        assert_eq!(is_done(answer), number != 7, "{number}: {answer:?}");
    }
    assert_eq!(answers[7], Err(Fault::Storage));
    assert_eq!(office.requests().len(), 9);
    connection.batch_execute("DROP INDEX one_of_a_kind;").unwrap();
    assert!(is_done(&writer.process(&[&disabling(101, 1)])[0]), "nothing of it was left");
    office.check();
}
