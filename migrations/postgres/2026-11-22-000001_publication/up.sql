-- What was said about a log to strangers: its signed heads, and what witnesses and time-stamping authorities added.

CREATE TABLE checkpoints (
    office TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL CHECK (size > 0),
    root BYTEA NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    signed_at_us BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    PRIMARY KEY (office, size)
);

CREATE TABLE cosignatures (
    office TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    witness TEXT COLLATE "C" NOT NULL,
    line TEXT COLLATE "C" NOT NULL,
    cosigned_at_us BIGINT NOT NULL,
    -- A witness that signs again says that the head is still the newest.
    PRIMARY KEY (office, size, witness, cosigned_at_us)
);

CREATE TABLE timestamps (
    office TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    authority TEXT COLLATE "C" NOT NULL,
    -- The token alone (RFC 3161, TimeStampToken), in the bytes it came in.
    token BYTEA NOT NULL,
    stamped_at_us BIGINT NOT NULL,
    -- A head that stays the newest for long is stamped again.
    PRIMARY KEY (office, size, authority, stamped_at_us)
);

-- The keys of each log, the first of which its first entry names; and alarms about its publishing. Both are a view of the log.
CREATE TABLE log_keys (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    verifier_key TEXT COLLATE "C" NOT NULL,
    added_at_position BIGINT NOT NULL,
    retired_at_position BIGINT,
    PRIMARY KEY (office, id)
);

-- Each file of rules as the log has adopted it last.
CREATE TABLE rules (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    adopted_at_position BIGINT NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    sm3 TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (office, id)
);

CREATE TABLE alarms (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    about TEXT COLLATE "C" NOT NULL CHECK (about IN ('witness_quorum', 'checkpoint_freshness')),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('raised', 'cleared')),
    since_us BIGINT NOT NULL,
    raised_at_us BIGINT NOT NULL,
    cleared_at_us BIGINT,
    PRIMARY KEY (office, id)
);
CREATE INDEX alarms_standing ON alarms (office, id) WHERE state = 'raised';

-- Who does what only one may do at a time. The fence goes up with every change of hands.
CREATE TABLE leases (
    office TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    holder TEXT COLLATE "C" NOT NULL,
    fence BIGINT NOT NULL,
    until_us BIGINT NOT NULL,
    PRIMARY KEY (office, name)
);

-- What was said cannot be taken back.
CREATE TRIGGER checkpoints_no_update BEFORE UPDATE ON checkpoints FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoints_no_truncate BEFORE TRUNCATE ON checkpoints FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER cosignatures_no_update BEFORE UPDATE ON cosignatures FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER cosignatures_no_delete BEFORE DELETE ON cosignatures FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER cosignatures_no_truncate BEFORE TRUNCATE ON cosignatures FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER timestamps_no_update BEFORE UPDATE ON timestamps FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER timestamps_no_delete BEFORE DELETE ON timestamps FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER timestamps_no_truncate BEFORE TRUNCATE ON timestamps FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
