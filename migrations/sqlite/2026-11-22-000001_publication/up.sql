-- What was said about a log to strangers: its signed heads, and what witnesses and time-stamping authorities added.

CREATE TABLE checkpoints (
    office TEXT NOT NULL,
    size BIGINT NOT NULL CHECK (size > 0),
    root BLOB NOT NULL,
    note TEXT NOT NULL,
    signed_at_us BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    PRIMARY KEY (office, size)
) WITHOUT ROWID;

CREATE TABLE cosignatures (
    office TEXT NOT NULL,
    size BIGINT NOT NULL,
    witness TEXT NOT NULL,
    line TEXT NOT NULL,
    cosigned_at_us BIGINT NOT NULL,
    -- A witness that signs again says that the head is still the newest.
    PRIMARY KEY (office, size, witness, cosigned_at_us)
) WITHOUT ROWID;

CREATE TABLE timestamps (
    office TEXT NOT NULL,
    size BIGINT NOT NULL,
    authority TEXT NOT NULL,
    -- The token alone (RFC 3161, TimeStampToken), in the bytes it came in.
    token BLOB NOT NULL,
    stamped_at_us BIGINT NOT NULL,
    -- A head that stays the newest for long is stamped again.
    PRIMARY KEY (office, size, authority, stamped_at_us)
);

-- The keys of each log, the first of which its first entry names; and alarms about its publishing. Both are a view of the log.
CREATE TABLE log_keys (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    verifier_key TEXT NOT NULL,
    added_at_position BIGINT NOT NULL,
    retired_at_position BIGINT,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;

-- Each file of rules as the log has adopted it last.
CREATE TABLE rules (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    adopted_at_position BIGINT NOT NULL,
    version TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    sm3 TEXT NOT NULL,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;

CREATE TABLE alarms (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    about TEXT NOT NULL CHECK (about IN ('witness_quorum', 'checkpoint_freshness')),
    state TEXT NOT NULL CHECK (state IN ('raised', 'cleared')),
    since_us BIGINT NOT NULL,
    raised_at_us BIGINT NOT NULL,
    cleared_at_us BIGINT,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;
CREATE INDEX alarms_standing ON alarms (office, id) WHERE state = 'raised';

-- Who does what only one may do at a time. The fence goes up with every change of hands.
CREATE TABLE leases (
    office TEXT NOT NULL,
    name TEXT NOT NULL,
    holder TEXT NOT NULL,
    fence BIGINT NOT NULL,
    until_us BIGINT NOT NULL,
    PRIMARY KEY (office, name)
) WITHOUT ROWID;

-- What was said cannot be taken back.
CREATE TRIGGER checkpoints_no_update BEFORE UPDATE ON checkpoints BEGIN SELECT RAISE(ABORT, 'checkpoints is insert-only'); END;
CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints BEGIN SELECT RAISE(ABORT, 'checkpoints is insert-only'); END;
CREATE TRIGGER cosignatures_no_update BEFORE UPDATE ON cosignatures BEGIN SELECT RAISE(ABORT, 'cosignatures is insert-only'); END;
CREATE TRIGGER cosignatures_no_delete BEFORE DELETE ON cosignatures BEGIN SELECT RAISE(ABORT, 'cosignatures is insert-only'); END;
CREATE TRIGGER timestamps_no_update BEFORE UPDATE ON timestamps BEGIN SELECT RAISE(ABORT, 'timestamps is insert-only'); END;
CREATE TRIGGER timestamps_no_delete BEFORE DELETE ON timestamps BEGIN SELECT RAISE(ABORT, 'timestamps is insert-only'); END;
