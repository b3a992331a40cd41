-- The textbook ledger on PostgreSQL that the service is compared with: for one delivery a stored procedure does in one
-- transaction, and in one call, what the service does for it. `:contracts` is how many contracts it has.

CREATE TABLE accounts (
    id BIGINT PRIMARY KEY,
    balance_fen BIGINT NOT NULL CHECK (balance_fen >= 0)
);
CREATE TABLE idempotency (
    key UUID PRIMARY KEY,
    position BIGINT NOT NULL
);
CREATE TABLE head (
    id BIGINT PRIMARY KEY,
    next_position BIGINT NOT NULL,
    hash BYTEA NOT NULL
);
CREATE TABLE events (
    position BIGINT PRIMARY KEY,
    body TEXT NOT NULL,
    hash BYTEA NOT NULL
);
CREATE TABLE entries (
    account BIGINT NOT NULL,
    position BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    balance_fen BIGINT NOT NULL,
    PRIMARY KEY (account, position)
);
CREATE TABLE deliveries (
    key UUID PRIMARY KEY,
    contract BIGINT NOT NULL,
    state TEXT NOT NULL,
    units BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    position BIGINT NOT NULL
);

-- Each contract has an account of held money, of an even number, and one of pending money behind it.
INSERT INTO accounts SELECT number, CASE WHEN number % 2 = 0 THEN 10000000 ELSE 0 END
    FROM generate_series(0, 2 * :contracts::bigint - 1) AS number;
INSERT INTO head VALUES (0, 0, sha256(''));

-- Records a delivery once, however often it is asked for; answers its place in the log. The head is locked last, so that
-- as little as possible is done while others wait for it.
CREATE FUNCTION deliver(asked UUID, served BIGINT, used BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
DECLARE
    seen BIGINT;
    held BIGINT;
    pending BIGINT;
    place BIGINT;
    before BYTEA;
    told TEXT;
    amount BIGINT := used;
    moment TIMESTAMPTZ := clock_timestamp();
BEGIN
    SELECT position INTO seen FROM idempotency WHERE key = asked;
    IF FOUND THEN
        RETURN seen;
    END IF;
    UPDATE accounts SET balance_fen = balance_fen - amount WHERE id = 2 * served RETURNING balance_fen INTO held;
    UPDATE accounts SET balance_fen = balance_fen + amount WHERE id = 2 * served + 1 RETURNING balance_fen INTO pending;
    SELECT next_position, hash INTO place, before FROM head WHERE id = 0 FOR UPDATE;
    told := jsonb_build_object(
        'kind', 'delivery.recorded', 'position', place, 'at', moment, 'prev', encode(before, 'hex'),
        'data', jsonb_build_object('delivery', asked, 'contract', served, 'units', used, 'amount_fen', amount,
                                   'confirm_by', moment + INTERVAL '72 hours'),
        'postings', jsonb_build_array(
            jsonb_build_object('account', 2 * served, 'amount_fen', -amount),
            jsonb_build_object('account', 2 * served + 1, 'amount_fen', amount)))::text;
    before := sha256(convert_to(told, 'UTF8'));
    INSERT INTO events VALUES (place, told, before);
    INSERT INTO entries VALUES (2 * served, place, -amount, held), (2 * served + 1, place, amount, pending);
    INSERT INTO deliveries VALUES (asked, served, 'pending', used, amount, moment, place);
    INSERT INTO idempotency VALUES (asked, place);
    UPDATE head SET next_position = place + 1, hash = before WHERE id = 0;
    RETURN place;
END $$;
