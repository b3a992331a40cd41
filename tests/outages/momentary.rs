//! What is in a batch's way for a moment.

use diesel::connection::SimpleConnection as _;
use ticun::ledger::Fault;

use super::database::has_server;
use super::office::{Office, is_done, keyed, registration};

/// Makes the first `count` batches fail with a code of the server's; what a sequence has given is never taken back.
fn fail_first(office: &Office, count: u32, code: &str) {
    let sql = format!(
        "CREATE SEQUENCE tries; \
         CREATE FUNCTION fail_first() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         IF nextval('tries') <= {count} THEN RAISE EXCEPTION 'others were faster' USING ERRCODE = '{code}'; END IF; \
         RETURN NULL; END $$; \
         CREATE TRIGGER fail_first BEFORE INSERT ON entries EXECUTE FUNCTION fail_first();"
    );
    office.connection().batch_execute(&sql).unwrap();
}

fn no_more(office: &Office) {
    office.connection().batch_execute("DROP TRIGGER fail_first ON entries;").unwrap();
}

#[test]
fn a_conflict_a_deadlock_and_a_lock_that_is_not_had_are_tried_again_and_nobody_notices() {
    if !has_server() {
        println!("skipped: TICUN_TEST_POSTGRES names no server");
        return;
    }
    for code in ["40001", "40P01", "55P03"] {
        let office = Office::new();
        fail_first(&office, 3, code);
        let mut writer = office.writer();
        let batch = [registration(1), registration(2)];
        let answers = writer.process(&batch.iter().collect::<Vec<_>>());
        assert!(answers.iter().all(is_done), "{code}: {answers:?}");
        assert_eq!(office.requests().len(), 2, "{code}");
        office.check();
    }
}

#[test]
fn a_conflict_that_stays_is_told_and_leaves_the_key_free() {
    if !has_server() {
        println!("skipped: TICUN_TEST_POSTGRES names no server");
        return;
    }
    let office = Office::new();
    fail_first(&office, 1_000, "40001");
    let mut writer = office.writer();
    assert_eq!(writer.process(&[&keyed(1, registration(1))]), [Err(Fault::Storage)]);
    assert_eq!(office.requests(), []);
    no_more(&office);
    assert!(is_done(&writer.process(&[&keyed(1, registration(1))])[0]));
    office.check();
}
