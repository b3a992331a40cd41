-- The log and what was derived from it in the same transaction, then the objects, which are a view of the log.

CREATE TABLE heads (
    office TEXT NOT NULL,
    next_position BIGINT NOT NULL,
    leaf TEXT NOT NULL,
    at_us BIGINT NOT NULL,
    batch_id BLOB NOT NULL,
    PRIMARY KEY (office)
) WITHOUT ROWID;

CREATE TABLE entries (
    office TEXT NOT NULL,
    position BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    kind TEXT NOT NULL,
    leaf BLOB NOT NULL,
    contract_prev BIGINT,
    merchant_id TEXT,
    bytes BLOB NOT NULL,
    PRIMARY KEY (office, position)
);
-- Entries are written at the end of everything. Those of a contract are linked backwards, from contracts.newest_entry
-- through contract_prev; those of a merchant are found by walking this index. Others stand in entry_subjects.
CREATE INDEX entries_of_merchants ON entries (office, position, merchant_id) WHERE merchant_id IS NOT NULL;

CREATE TABLE entry_subjects (
    office TEXT NOT NULL,
    subject TEXT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (office, subject, position)
) WITHOUT ROWID;

CREATE TABLE postings (
    office TEXT NOT NULL,
    account TEXT NOT NULL,
    position BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    balance_fen BIGINT NOT NULL,
    PRIMARY KEY (office, account, position, seq)
) WITHOUT ROWID;

CREATE TABLE batches (
    office TEXT NOT NULL,
    last_position BIGINT NOT NULL,
    first_position BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    totals TEXT NOT NULL,
    steps TEXT NOT NULL,
    PRIMARY KEY (office, last_position)
) WITHOUT ROWID;

CREATE TABLE accounts (
    office TEXT NOT NULL,
    account TEXT NOT NULL,
    class TEXT NOT NULL,
    balance_fen BIGINT NOT NULL,
    PRIMARY KEY (office, account)
) WITHOUT ROWID;

CREATE TABLE idempotency (
    office TEXT NOT NULL,
    scope_key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    position BIGINT,
    object TEXT,
    rejection TEXT,
    PRIMARY KEY (office, scope_key)
) WITHOUT ROWID;

CREATE TABLE records (
    office TEXT NOT NULL,
    digest TEXT NOT NULL,
    kind TEXT NOT NULL,
    salt BLOB NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (office, digest)
) WITHOUT ROWID;

CREATE TABLE credentials (
    office TEXT NOT NULL,
    login TEXT NOT NULL,
    user_id TEXT NOT NULL,
    username TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    PRIMARY KEY (office, login)
) WITHOUT ROWID;
CREATE UNIQUE INDEX credentials_by_user ON credentials (office, user_id);

CREATE TABLE refresh_tokens (
    office TEXT NOT NULL,
    digest TEXT NOT NULL,
    family TEXT NOT NULL,
    user_id TEXT NOT NULL,
    issued_at_us BIGINT NOT NULL,
    expires_at_us BIGINT NOT NULL,
    used_at_us BIGINT,
    PRIMARY KEY (office, digest)
) WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (office, family);
CREATE INDEX refresh_tokens_by_user ON refresh_tokens (office, user_id);

CREATE TABLE settings (
    office TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (office, name)
) WITHOUT ROWID;

CREATE TABLE users (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('consumer', 'merchant', 'operator', 'notary', 'mediator', 'arbitrator', 'regulator')),
    party TEXT,
    state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
    profile TEXT,
    revision BIGINT NOT NULL,
    registered_at_us BIGINT NOT NULL,
    signing_key TEXT,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;
CREATE INDEX users_by_signing_key ON users (office, signing_key) WHERE signing_key IS NOT NULL;

CREATE TABLE merchants (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('applied', 'reviewed', 'active', 'suspended', 'exiting', 'exited', 'defaulted', 'rejected')),
    revision BIGINT NOT NULL,
    owner_id TEXT NOT NULL,
    profile TEXT NOT NULL,
    region TEXT NOT NULL,
    lease_ends_on TEXT,
    applied_at_us BIGINT NOT NULL,
    payout_account TEXT,
    settled_until_us BIGINT NOT NULL,
    open_settlement_id TEXT,
    receivable_fen BIGINT NOT NULL,
    payable_fen BIGINT NOT NULL,
    frozen_fen BIGINT NOT NULL,
    payout_fen BIGINT NOT NULL,
    in_escrow_fen BIGINT NOT NULL CHECK (in_escrow_fen >= 0),
    unreleased_fen BIGINT NOT NULL,
    exits_at_us BIGINT,
    default_run_id TEXT,
    court_orders TEXT NOT NULL,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;

CREATE TABLE consumers (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    payout_account TEXT,
    refund_fen BIGINT NOT NULL,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;

CREATE TABLE venues (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    merchant_id TEXT NOT NULL,
    profile TEXT NOT NULL,
    lease_ends_on TEXT NOT NULL,
    open_days TEXT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;
CREATE INDEX venues_by_merchant ON venues (office, merchant_id, id);

CREATE TABLE open_marks (
    office TEXT NOT NULL,
    venue_id TEXT NOT NULL,
    date TEXT NOT NULL,
    marked_at_us BIGINT NOT NULL,
    PRIMARY KEY (office, venue_id, date)
) WITHOUT ROWID;

CREATE TABLE plans (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    merchant_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'on_sale', 'rejected', 'withdrawn')),
    version BIGINT NOT NULL,
    on_sale_version BIGINT,
    reading TEXT,
    revision BIGINT NOT NULL,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;
CREATE INDEX plans_by_merchant ON plans (office, merchant_id, id);

CREATE TABLE plan_versions (
    office TEXT NOT NULL,
    plan_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    merchant_id TEXT NOT NULL,
    terms_sha256 TEXT NOT NULL,
    terms_sm3 TEXT NOT NULL,
    price_fen BIGINT NOT NULL,
    validity_days BIGINT NOT NULL,
    arbitration BOOLEAN NOT NULL,
    confirm_window_hours BIGINT NOT NULL,
    silence_confirms BOOLEAN NOT NULL,
    sold TEXT NOT NULL,
    card_class TEXT NOT NULL CHECK (card_class IN ('membership', 'lesson', 'visit', 'stored_value')),
    sector TEXT NOT NULL,
    lease_ends_on TEXT,
    PRIMARY KEY (office, plan_id, version)
) WITHOUT ROWID;

CREATE TABLE contracts (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'signed', 'active', 'completed', 'closing', 'terminated', 'cancelled')),
    revision BIGINT NOT NULL,
    plan_id TEXT NOT NULL,
    plan_version BIGINT NOT NULL,
    consumer_id TEXT NOT NULL,
    merchant_id TEXT NOT NULL,
    rules_pack TEXT NOT NULL,
    rules_version TEXT NOT NULL,
    terms_sha256 TEXT NOT NULL,
    terms_sm3 TEXT NOT NULL,
    drafted_at_us BIGINT NOT NULL,
    signed_by_consumer_at_us BIGINT,
    signed_by_merchant_at_us BIGINT,
    active_since_us BIGINT,
    paid_on TEXT,
    ends_on TEXT,
    cooling_off_until_us BIGINT,
    live TEXT NOT NULL,
    amount_live_fen BIGINT NOT NULL CHECK (amount_live_fen >= 0),
    accrued_through TEXT,
    open_deposit_id TEXT,
    open_refund_id TEXT,
    deposited_fen BIGINT NOT NULL CHECK (deposited_fen >= 0),
    held_fen BIGINT NOT NULL CHECK (held_fen >= 0),
    pending_fen BIGINT NOT NULL CHECK (pending_fen >= 0),
    frozen_fen BIGINT NOT NULL CHECK (frozen_fen >= 0),
    to_merchant_fen BIGINT NOT NULL CHECK (to_merchant_fen >= 0),
    refunded_fen BIGINT NOT NULL CHECK (refunded_fen >= 0),
    unpaid_fen BIGINT NOT NULL CHECK (unpaid_fen >= 0),
    settled_fen BIGINT NOT NULL,
    unclaimed_stage BIGINT NOT NULL,
    newest_entry BIGINT NOT NULL,
    newest_delivery_id TEXT,
    holder_age TEXT NOT NULL CHECK (holder_age IN ('undeclared', 'adult', 'minor', 'child')),
    guardian TEXT,
    holder_since_us BIGINT,
    transfer_to TEXT,
    transfer_guardian TEXT,
    court_orders TEXT NOT NULL,
    price_fen BIGINT NOT NULL CHECK (price_fen >= 0),
    validity_days BIGINT NOT NULL,
    arbitration BOOLEAN NOT NULL,
    confirm_window_hours BIGINT NOT NULL,
    silence_confirms BOOLEAN NOT NULL,
    sold TEXT NOT NULL,
    card_class TEXT NOT NULL,
    sector TEXT NOT NULL,
    lease_ends_on TEXT,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;
CREATE INDEX contracts_by_consumer ON contracts (office, consumer_id, id);
CREATE INDEX contracts_by_merchant ON contracts (office, merchant_id, id);
CREATE INDEX contracts_accruing ON contracts (office, merchant_id, id) WHERE accrued_through IS NOT NULL;
CREATE INDEX contracts_ending ON contracts (office, ends_on) WHERE accrued_through IS NOT NULL AND state = 'active';

CREATE TABLE deposits (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    contract_id TEXT NOT NULL,
    consumer_id TEXT NOT NULL,
    merchant_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('awaiting_payment', 'credited', 'failed', 'expired')),
    revision BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    channel TEXT NOT NULL,
    started_at_us BIGINT NOT NULL,
    expires_at_us BIGINT NOT NULL,
    credited_at_us BIGINT,
    cooling_off_until_us BIGINT,
    ends_on TEXT,
    unclaimed_stage BIGINT NOT NULL,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;
CREATE INDEX deposits_by_contract ON deposits (office, contract_id, id);
CREATE INDEX deposits_by_consumer ON deposits (office, consumer_id, id);
CREATE INDEX deposits_by_merchant ON deposits (office, merchant_id, id);
CREATE INDEX deposits_due ON deposits (office, expires_at_us) WHERE state = 'awaiting_payment';
CREATE INDEX deposits_credited ON deposits (office, unclaimed_stage, credited_at_us) WHERE state = 'credited';
CREATE INDEX deposits_cooling ON deposits (office, cooling_off_until_us) WHERE state = 'credited';
CREATE INDEX deposits_ending ON deposits (office, ends_on) WHERE state = 'credited';

CREATE TABLE checkin_codes (
    office TEXT NOT NULL,
    digest TEXT NOT NULL,
    contract_id TEXT NOT NULL,
    expires_at_us BIGINT NOT NULL,
    used BOOLEAN NOT NULL,
    PRIMARY KEY (office, digest)
) WITHOUT ROWID;

CREATE TABLE channel_transactions (
    office TEXT NOT NULL,
    digest TEXT NOT NULL,
    subject TEXT NOT NULL,
    received_at_us BIGINT NOT NULL,
    PRIMARY KEY (office, digest)
) WITHOUT ROWID;

CREATE TABLE suspense (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('received')),
    revision BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    channel TEXT NOT NULL,
    transaction_digest TEXT NOT NULL,
    deposit_id TEXT,
    reason TEXT NOT NULL CHECK (reason IN ('already_paid', 'wrong_amount', 'late', 'unknown_deposit')),
    received_at_us BIGINT NOT NULL,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;

CREATE TABLE deliveries (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    contract_id TEXT NOT NULL,
    merchant_id TEXT NOT NULL,
    consumer_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'confirmed', 'contested', 'frozen', 'voided', 'reversed')),
    revision BIGINT NOT NULL,
    used TEXT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    occurred_at_us BIGINT NOT NULL,
    recorded_at_us BIGINT NOT NULL,
    confirm_by_us BIGINT NOT NULL,
    silence_confirms BOOLEAN NOT NULL,
    confirmed_at_us BIGINT,
    confirmed_how TEXT,
    matures_at_us BIGINT,
    reversal_proposed_by TEXT,
    dispute_id TEXT,
    note TEXT,
    before_id TEXT,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;
-- A contract's deliveries are linked backwards, from contracts.newest_delivery_id through before_id.
CREATE INDEX deliveries_due ON deliveries (office, confirm_by_us) WHERE state = 'pending';
CREATE INDEX deliveries_maturing ON deliveries (office, merchant_id, matures_at_us) WHERE state = 'confirmed';

CREATE TABLE freezes (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('dispute', 'court_order', 'default')),
    contract_id TEXT,
    merchant_id TEXT NOT NULL,
    consumer_id TEXT,
    state TEXT NOT NULL CHECK (state IN ('open', 'lifted', 'executed')),
    revision BIGINT NOT NULL,
    held_fen BIGINT NOT NULL CHECK (held_fen >= 0),
    pending_fen BIGINT NOT NULL CHECK (pending_fen >= 0),
    payable_fen BIGINT NOT NULL CHECK (payable_fen >= 0),
    deliveries TEXT NOT NULL,
    dispute_id TEXT,
    document_sha256 TEXT,
    document_sm3 TEXT,
    opened_at_us BIGINT NOT NULL,
    ordered_fen BIGINT CHECK (ordered_fen >= 0),
    particulars TEXT,
    ended_at_us BIGINT,
    ended_sha256 TEXT,
    ended_sm3 TEXT,
    paid_as TEXT,
    newest_entry BIGINT NOT NULL,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;
CREATE INDEX freezes_ordered ON freezes (office, opened_at_us) WHERE ordered_fen IS NOT NULL AND ended_at_us IS NULL;
CREATE INDEX freezes_ended ON freezes (office, ended_at_us) WHERE ended_at_us IS NOT NULL;
CREATE INDEX freezes_by_contract ON freezes (office, contract_id, id);
CREATE INDEX freezes_by_consumer ON freezes (office, consumer_id, id);
CREATE INDEX freezes_by_merchant ON freezes (office, merchant_id, id);

CREATE TABLE disputes (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    contract_id TEXT NOT NULL,
    merchant_id TEXT NOT NULL,
    consumer_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN (
        'negotiating', 'mediating', 'arbitrating', 'unresolved', 'awarded', 'settled', 'executed', 'withdrawn'
    )),
    revision BIGINT NOT NULL,
    opened_by TEXT NOT NULL,
    refund_id TEXT,
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    held_fen BIGINT NOT NULL CHECK (held_fen >= 0),
    deliveries TEXT NOT NULL,
    freeze_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    opened_at_us BIGINT NOT NULL,
    negotiate_by_us BIGINT NOT NULL,
    mediate_by_us BIGINT,
    award_by_us BIGINT,
    review_by_us BIGINT,
    due_by_us BIGINT,
    arbitration_objected_by TEXT,
    arbitration_since_us BIGINT,
    evidence_until_us BIGINT,
    mediator TEXT,
    arbitrator TEXT,
    proposal_id TEXT,
    decided TEXT,
    award TEXT,
    executed_by TEXT,
    paid_as TEXT,
    evidence_count BIGINT NOT NULL,
    newest_entry BIGINT NOT NULL,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;
CREATE INDEX disputes_due ON disputes (office, due_by_us) WHERE due_by_us IS NOT NULL;
CREATE INDEX disputes_by_mediator ON disputes (office, mediator, id) WHERE mediator IS NOT NULL;
CREATE INDEX disputes_by_arbitrator ON disputes (office, arbitrator, id) WHERE arbitrator IS NOT NULL;
CREATE INDEX disputes_by_contract ON disputes (office, contract_id, id);
CREATE INDEX disputes_by_consumer ON disputes (office, consumer_id, id);
CREATE INDEX disputes_by_merchant ON disputes (office, merchant_id, id);

CREATE TABLE proposals (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    dispute_id TEXT NOT NULL,
    contract_id TEXT NOT NULL,
    merchant_id TEXT NOT NULL,
    consumer_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'accepted')),
    revision BIGINT NOT NULL,
    made_by TEXT NOT NULL CHECK (made_by IN ('consumer', 'merchant', 'mediator')),
    stage TEXT NOT NULL CHECK (stage IN ('negotiating', 'mediating', 'arbitrating', 'unresolved')),
    split TEXT NOT NULL,
    note TEXT,
    made_at_us BIGINT NOT NULL,
    accepted_by_consumer_at_us BIGINT,
    accepted_by_merchant_at_us BIGINT,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;
CREATE INDEX proposals_by_dispute ON proposals (office, dispute_id, id);

CREATE TABLE evidence (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    dispute_id TEXT NOT NULL,
    contract_id TEXT NOT NULL,
    merchant_id TEXT NOT NULL,
    consumer_id TEXT NOT NULL,
    brought_by TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('staged', 'submitted')),
    revision BIGINT NOT NULL,
    file_sha256 TEXT NOT NULL,
    file_sm3 TEXT NOT NULL,
    manifest TEXT NOT NULL,
    size_bytes BIGINT NOT NULL CHECK (size_bytes > 0),
    staged_at_us BIGINT NOT NULL,
    submitted_at_us BIGINT,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;
CREATE INDEX evidence_by_dispute ON evidence (office, dispute_id, id);

CREATE TABLE settlements (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    merchant_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'released', 'paid', 'rejected')),
    revision BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    returned_fen BIGINT NOT NULL,
    count BIGINT NOT NULL,
    since_us BIGINT NOT NULL,
    cutoff_us BIGINT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at_us BIGINT NOT NULL,
    approved_by TEXT,
    payout_id TEXT,
    newest_entry BIGINT NOT NULL,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;
CREATE INDEX settlements_by_merchant ON settlements (office, merchant_id, id);

CREATE TABLE payouts (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('created', 'submitted', 'settled', 'rejected', 'cancelled')),
    revision BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    payee TEXT NOT NULL,
    settlement_id TEXT,
    refund_id TEXT,
    account TEXT NOT NULL,
    created_at_us BIGINT NOT NULL,
    returned_by TEXT,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;
CREATE INDEX payouts_by_payee ON payouts (office, payee, id);
CREATE INDEX payouts_created ON payouts (office, id) WHERE state = 'created';

CREATE TABLE payout_returns (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    payout_id TEXT NOT NULL,
    amount_fen BIGINT NOT NULL,
    recorded_at_us BIGINT NOT NULL,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;

CREATE TABLE refunds (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    contract_id TEXT NOT NULL,
    consumer_id TEXT NOT NULL,
    merchant_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('requested', 'answered', 'proposed', 'ordered', 'needs_account', 'paid', 'declined', 'withdrawn')),
    revision BIGINT NOT NULL,
    reason TEXT NOT NULL,
    prior_same_service BOOLEAN NOT NULL,
    requested_at_us BIGINT NOT NULL,
    requested_on TEXT NOT NULL,
    answer_by_us BIGINT,
    needs_decision BOOLEAN NOT NULL,
    refund_fen BIGINT NOT NULL,
    used_fen BIGINT NOT NULL,
    live TEXT NOT NULL,
    agreed_fen BIGINT,
    answer_accept BOOLEAN,
    answer_amount_fen BIGINT,
    answer_reason TEXT,
    decided_amount_fen BIGINT,
    decided_basis TEXT,
    decided_by TEXT,
    document_sha256 TEXT,
    document_sm3 TEXT,
    approved_by TEXT,
    ordered_at_us BIGINT,
    merchant_share_fen BIGINT,
    payout_id TEXT,
    newest_entry BIGINT NOT NULL,
    claim_by_us BIGINT,
    award_sha256 TEXT,
    award_sm3 TEXT,
    claims TEXT,
    counterclaims TEXT,
    declared_amount_fen BIGINT,
    declared_basis TEXT,
    prior_service TEXT CHECK (prior_service IN ('claimed', 'accepted', 'rejected')),
    prior_service_sha256 TEXT,
    prior_service_sm3 TEXT,
    prior_service_note TEXT,
    decided_reason TEXT,
    shortfall_fen BIGINT,
    pay_by_us BIGINT,
    contested_fen BIGINT,
    dispute_id TEXT,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;
CREATE INDEX refunds_by_contract ON refunds (office, contract_id, id);
CREATE INDEX refunds_unpaid ON refunds (office, id) WHERE state = 'needs_account';
CREATE INDEX refunds_by_consumer ON refunds (office, consumer_id, id);
CREATE INDEX refunds_by_merchant ON refunds (office, merchant_id, id);
CREATE INDEX refunds_paying ON refunds (office, ordered_at_us) WHERE state IN ('ordered', 'needs_account');
CREATE INDEX refunds_due ON refunds (office, answer_by_us) WHERE state = 'requested';
CREATE INDEX refunds_to_pay ON refunds (office, pay_by_us) WHERE state IN ('ordered', 'needs_account');
CREATE INDEX refunds_to_order ON refunds (office, claim_by_us) WHERE claim_by_us IS NOT NULL AND state IN ('requested', 'answered');

CREATE TABLE default_runs (
    office TEXT NOT NULL,
    id TEXT NOT NULL,
    merchant_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'running', 'done', 'rescinded')),
    revision BIGINT NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('default', 'exit')),
    mode TEXT NOT NULL CHECK (mode IN ('real', 'drill')),
    proofs TEXT NOT NULL,
    notice TEXT,
    reason TEXT,
    contracts BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    proposed_by TEXT NOT NULL,
    proposed_at_us BIGINT NOT NULL,
    object_by_us BIGINT,
    objected_at_us BIGINT,
    objection TEXT,
    approved_by TEXT,
    approved_at_us BIGINT,
    frozen_fen BIGINT NOT NULL CHECK (frozen_fen >= 0),
    ended_at_us BIGINT,
    rescinded TEXT,
    cursor_id TEXT,
    newest_entry BIGINT NOT NULL,
    cancelled BIGINT NOT NULL,
    disputed BIGINT NOT NULL,
    done BIGINT NOT NULL,
    needs_account BIGINT NOT NULL,
    refunded_fen BIGINT NOT NULL CHECK (refunded_fen >= 0),
    refunds BIGINT NOT NULL,
    total BIGINT NOT NULL,
    waiting BIGINT NOT NULL,
    PRIMARY KEY (office, id)
) WITHOUT ROWID;
CREATE INDEX default_runs_by_merchant ON default_runs (office, merchant_id, id);
CREATE INDEX default_runs_running ON default_runs (office, id) WHERE state = 'running';

CREATE TABLE run_contracts (
    office TEXT NOT NULL,
    run_id TEXT NOT NULL,
    contract_id TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('cancelled', 'nothing_left', 'disputed', 'court_order', 'needs_account',
        'waiting')),
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    refund_id TEXT,
    PRIMARY KEY (office, run_id, contract_id)
) WITHOUT ROWID;
CREATE INDEX run_contracts_by_outcome ON run_contracts (office, run_id, outcome, contract_id);

-- How many rows an office, a merchant, a contract have of each, told once: without it the planner takes an office for
-- ten rows, and walks through all of an office's deliveries where it should look up those of one contract.
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('plans', 'plans', '1000 1000 1'),
    ('plans', 'plans_by_merchant', '1000 1000 5 1'),
    ('venues', 'venues', '1000 1000 1'),
    ('venues', 'venues_by_merchant', '1000 1000 2 1'),
    ('contracts', 'contracts', '100000 100000 1'),
    ('contracts', 'contracts_by_consumer', '100000 100000 5 1'),
    ('contracts', 'contracts_by_merchant', '100000 100000 1000 1'),
    ('contracts', 'contracts_accruing', '10000 10000 100 1'),
    ('contracts', 'contracts_ending', '10000 10000 30'),
    ('deposits', 'deposits', '100000 100000 1'),
    ('deposits', 'deposits_by_contract', '100000 100000 1 1'),
    ('deposits', 'deposits_by_consumer', '100000 100000 5 1'),
    ('deposits', 'deposits_by_merchant', '100000 100000 1000 1'),
    ('deposits', 'deposits_due', '100 100 1'),
    ('deposits', 'deposits_credited', '100000 100000 50000 1'),
    ('deposits', 'deposits_cooling', '100000 100000 100'),
    ('deposits', 'deposits_ending', '100000 100000 100'),
    ('deliveries', 'deliveries', '1000000 1000000 1'),
    ('entries', 'sqlite_autoindex_entries_1', '1000000 1000000 1'),
    ('entries', 'entries_of_merchants', '1000000 1000000 1 1'),
    ('deliveries', 'deliveries_due', '10000 10000 2'),
    ('deliveries', 'deliveries_maturing', '1000000 1000000 10000 2'),
    ('freezes', 'freezes', '10000 10000 1'),
    ('freezes', 'freezes_ordered', '1000 1000 1'),
    ('freezes', 'freezes_ended', '10000 10000 1'),
    ('freezes', 'freezes_by_contract', '10000 10000 1 1'),
    ('freezes', 'freezes_by_consumer', '10000 10000 2 1'),
    ('freezes', 'freezes_by_merchant', '10000 10000 100 1'),
    ('disputes', 'disputes', '10000 10000 1'),
    ('disputes', 'disputes_by_contract', '10000 10000 1 1'),
    ('disputes', 'disputes_by_consumer', '10000 10000 2 1'),
    ('disputes', 'disputes_by_merchant', '10000 10000 100 1'),
    ('proposals', 'proposals', '10000 10000 1'),
    ('evidence', 'evidence', '10000 10000 1'),
    ('evidence', 'evidence_by_dispute', '10000 10000 2 1'),
    ('proposals', 'proposals_by_dispute', '10000 10000 2 1'),
    ('settlements', 'settlements', '10000 10000 1'),
    ('settlements', 'settlements_by_merchant', '10000 10000 20 1'),
    ('payouts', 'payouts', '10000 10000 1'),
    ('payouts', 'payouts_created', '100 100 1'),
    ('payouts', 'payouts_by_payee', '10000 10000 10 1'),
    ('refunds', 'refunds', '10000 10000 1'),
    ('refunds', 'refunds_by_contract', '10000 10000 1 1'),
    ('refunds', 'refunds_by_consumer', '10000 10000 2 1'),
    ('refunds', 'refunds_by_merchant', '10000 10000 100 1'),
    ('refunds', 'refunds_due', '100 100 1'),
    ('refunds', 'refunds_paying', '100 100 1'),
    ('refunds', 'refunds_unpaid', '100 100 1'),
    ('default_runs', 'default_runs', '100 100 1'),
    ('default_runs', 'default_runs_by_merchant', '100 100 2 1'),
    ('default_runs', 'default_runs_running', '2 2 1'),
    ('run_contracts', 'run_contracts', '100000 100000 1000 1'),
    ('run_contracts', 'run_contracts_by_outcome', '100000 100000 1000 300 1');
ANALYZE sqlite_schema;

-- What is in the log stays as it is.
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries is insert-only'); END;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries is insert-only'); END;
CREATE TRIGGER entry_subjects_no_update BEFORE UPDATE ON entry_subjects BEGIN SELECT RAISE(ABORT, 'entry_subjects is insert-only'); END;
CREATE TRIGGER entry_subjects_no_delete BEFORE DELETE ON entry_subjects BEGIN SELECT RAISE(ABORT, 'entry_subjects is insert-only'); END;
CREATE TRIGGER postings_no_update BEFORE UPDATE ON postings BEGIN SELECT RAISE(ABORT, 'postings is insert-only'); END;
CREATE TRIGGER postings_no_delete BEFORE DELETE ON postings BEGIN SELECT RAISE(ABORT, 'postings is insert-only'); END;
CREATE TRIGGER batches_no_update BEFORE UPDATE ON batches BEGIN SELECT RAISE(ABORT, 'batches is insert-only'); END;
CREATE TRIGGER batches_no_delete BEFORE DELETE ON batches BEGIN SELECT RAISE(ABORT, 'batches is insert-only'); END;
