-- The log and what was derived from it in the same transaction, then the objects, which are a view of the log.

CREATE TABLE heads (
    office TEXT COLLATE "C" NOT NULL,
    next_position BIGINT NOT NULL,
    leaf TEXT COLLATE "C" NOT NULL,
    at_us BIGINT NOT NULL,
    batch_id BYTEA NOT NULL,
    PRIMARY KEY (office)
);

CREATE TABLE entries (
    office TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    leaf BYTEA NOT NULL,
    contract_prev BIGINT,
    merchant_id TEXT COLLATE "C",
    bytes BYTEA NOT NULL,
    PRIMARY KEY (office, position)
);
-- Entries are written at the end of everything. Those of a contract are linked backwards, from contracts.newest_entry
-- through contract_prev; those of a merchant are found by walking this index. Others stand in entry_subjects.
CREATE INDEX entries_of_merchants ON entries (office, position, merchant_id) WHERE merchant_id IS NOT NULL;

CREATE TABLE entry_subjects (
    office TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (office, subject, position)
);

CREATE TABLE postings (
    office TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    balance_fen BIGINT NOT NULL,
    PRIMARY KEY (office, account, position, seq)
);

CREATE TABLE batches (
    office TEXT COLLATE "C" NOT NULL,
    last_position BIGINT NOT NULL,
    first_position BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    totals TEXT COLLATE "C" NOT NULL,
    steps TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (office, last_position)
);

CREATE TABLE accounts (
    office TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    class TEXT COLLATE "C" NOT NULL,
    balance_fen BIGINT NOT NULL,
    PRIMARY KEY (office, account)
);

CREATE TABLE idempotency (
    office TEXT COLLATE "C" NOT NULL,
    scope_key TEXT COLLATE "C" NOT NULL,
    fingerprint BYTEA NOT NULL,
    position BIGINT,
    object TEXT COLLATE "C",
    rejection TEXT COLLATE "C",
    PRIMARY KEY (office, scope_key)
);

CREATE TABLE records (
    office TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    salt BYTEA NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (office, digest)
);

CREATE TABLE credentials (
    office TEXT COLLATE "C" NOT NULL,
    login TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    username TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (office, login)
);
CREATE UNIQUE INDEX credentials_by_user ON credentials (office, user_id);

CREATE TABLE refresh_tokens (
    office TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    family TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    issued_at_us BIGINT NOT NULL,
    expires_at_us BIGINT NOT NULL,
    used_at_us BIGINT,
    PRIMARY KEY (office, digest)
);
CREATE INDEX refresh_tokens_by_family ON refresh_tokens (office, family);
CREATE INDEX refresh_tokens_by_user ON refresh_tokens (office, user_id);

CREATE TABLE settings (
    office TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (office, name)
);

CREATE TABLE users (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('consumer', 'merchant', 'operator', 'notary', 'mediator', 'arbitrator', 'regulator')),
    party TEXT COLLATE "C",
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('active', 'disabled')),
    profile TEXT COLLATE "C",
    revision BIGINT NOT NULL,
    registered_at_us BIGINT NOT NULL,
    signing_key TEXT COLLATE "C",
    PRIMARY KEY (office, id)
);
CREATE INDEX users_by_signing_key ON users (office, signing_key) WHERE signing_key IS NOT NULL;

CREATE TABLE merchants (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('applied', 'reviewed', 'active', 'suspended', 'exiting', 'exited', 'defaulted', 'rejected')),
    revision BIGINT NOT NULL,
    owner_id TEXT COLLATE "C" NOT NULL,
    profile TEXT COLLATE "C" NOT NULL,
    region TEXT COLLATE "C" NOT NULL,
    lease_ends_on TEXT COLLATE "C",
    applied_at_us BIGINT NOT NULL,
    payout_account TEXT COLLATE "C",
    settled_until_us BIGINT NOT NULL,
    open_settlement_id TEXT COLLATE "C",
    receivable_fen BIGINT NOT NULL,
    payable_fen BIGINT NOT NULL,
    frozen_fen BIGINT NOT NULL,
    payout_fen BIGINT NOT NULL,
    in_escrow_fen BIGINT NOT NULL CHECK (in_escrow_fen >= 0),
    unreleased_fen BIGINT NOT NULL,
    exits_at_us BIGINT,
    default_run_id TEXT COLLATE "C",
    court_orders TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (office, id)
);

CREATE TABLE consumers (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    owner_id TEXT COLLATE "C" NOT NULL,
    payout_account TEXT COLLATE "C",
    refund_fen BIGINT NOT NULL,
    PRIMARY KEY (office, id)
);

CREATE TABLE venues (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    merchant_id TEXT COLLATE "C" NOT NULL,
    profile TEXT COLLATE "C" NOT NULL,
    lease_ends_on TEXT COLLATE "C" NOT NULL,
    open_days TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (office, id)
);
CREATE INDEX venues_by_merchant ON venues (office, merchant_id, id);

CREATE TABLE open_marks (
    office TEXT COLLATE "C" NOT NULL,
    venue_id TEXT COLLATE "C" NOT NULL,
    date TEXT COLLATE "C" NOT NULL,
    marked_at_us BIGINT NOT NULL,
    PRIMARY KEY (office, venue_id, date)
);

CREATE TABLE plans (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    merchant_id TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'submitted', 'on_sale', 'rejected', 'withdrawn')),
    version BIGINT NOT NULL,
    on_sale_version BIGINT,
    reading TEXT COLLATE "C",
    revision BIGINT NOT NULL,
    PRIMARY KEY (office, id)
);
CREATE INDEX plans_by_merchant ON plans (office, merchant_id, id);

CREATE TABLE plan_versions (
    office TEXT COLLATE "C" NOT NULL,
    plan_id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    merchant_id TEXT COLLATE "C" NOT NULL,
    terms_sha256 TEXT COLLATE "C" NOT NULL,
    terms_sm3 TEXT COLLATE "C" NOT NULL,
    price_fen BIGINT NOT NULL,
    validity_days BIGINT NOT NULL,
    arbitration BOOLEAN NOT NULL,
    confirm_window_hours BIGINT NOT NULL,
    silence_confirms BOOLEAN NOT NULL,
    sold TEXT COLLATE "C" NOT NULL,
    card_class TEXT COLLATE "C" NOT NULL CHECK (card_class IN ('membership', 'lesson', 'visit', 'stored_value')),
    sector TEXT COLLATE "C" NOT NULL,
    lease_ends_on TEXT COLLATE "C",
    PRIMARY KEY (office, plan_id, version)
);

CREATE TABLE contracts (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'signed', 'active', 'completed', 'closing', 'terminated', 'cancelled')),
    revision BIGINT NOT NULL,
    plan_id TEXT COLLATE "C" NOT NULL,
    plan_version BIGINT NOT NULL,
    consumer_id TEXT COLLATE "C" NOT NULL,
    merchant_id TEXT COLLATE "C" NOT NULL,
    rules_pack TEXT COLLATE "C" NOT NULL,
    rules_version TEXT COLLATE "C" NOT NULL,
    terms_sha256 TEXT COLLATE "C" NOT NULL,
    terms_sm3 TEXT COLLATE "C" NOT NULL,
    drafted_at_us BIGINT NOT NULL,
    signed_by_consumer_at_us BIGINT,
    signed_by_merchant_at_us BIGINT,
    active_since_us BIGINT,
    paid_on TEXT COLLATE "C",
    ends_on TEXT COLLATE "C",
    cooling_off_until_us BIGINT,
    live TEXT COLLATE "C" NOT NULL,
    amount_live_fen BIGINT NOT NULL CHECK (amount_live_fen >= 0),
    accrued_through TEXT COLLATE "C",
    open_deposit_id TEXT COLLATE "C",
    open_refund_id TEXT COLLATE "C",
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
    newest_delivery_id TEXT COLLATE "C",
    holder_age TEXT COLLATE "C" NOT NULL CHECK (holder_age IN ('undeclared', 'adult', 'minor', 'child')),
    guardian TEXT COLLATE "C",
    holder_since_us BIGINT,
    transfer_to TEXT COLLATE "C",
    transfer_guardian TEXT COLLATE "C",
    court_orders TEXT COLLATE "C" NOT NULL,
    price_fen BIGINT NOT NULL CHECK (price_fen >= 0),
    validity_days BIGINT NOT NULL,
    arbitration BOOLEAN NOT NULL,
    confirm_window_hours BIGINT NOT NULL,
    silence_confirms BOOLEAN NOT NULL,
    sold TEXT COLLATE "C" NOT NULL,
    card_class TEXT COLLATE "C" NOT NULL,
    sector TEXT COLLATE "C" NOT NULL,
    lease_ends_on TEXT COLLATE "C",
    PRIMARY KEY (office, id)
);
CREATE INDEX contracts_by_consumer ON contracts (office, consumer_id, id);
CREATE INDEX contracts_by_merchant ON contracts (office, merchant_id, id);
CREATE INDEX contracts_accruing ON contracts (office, merchant_id, id) WHERE accrued_through IS NOT NULL;
CREATE INDEX contracts_ending ON contracts (office, ends_on) WHERE accrued_through IS NOT NULL AND state = 'active';

CREATE TABLE deposits (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    contract_id TEXT COLLATE "C" NOT NULL,
    consumer_id TEXT COLLATE "C" NOT NULL,
    merchant_id TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('awaiting_payment', 'credited', 'failed', 'expired')),
    revision BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    channel TEXT COLLATE "C" NOT NULL,
    started_at_us BIGINT NOT NULL,
    expires_at_us BIGINT NOT NULL,
    credited_at_us BIGINT,
    cooling_off_until_us BIGINT,
    ends_on TEXT COLLATE "C",
    unclaimed_stage BIGINT NOT NULL,
    PRIMARY KEY (office, id)
);
CREATE INDEX deposits_by_contract ON deposits (office, contract_id, id);
CREATE INDEX deposits_by_consumer ON deposits (office, consumer_id, id);
CREATE INDEX deposits_by_merchant ON deposits (office, merchant_id, id);
CREATE INDEX deposits_due ON deposits (office, expires_at_us) WHERE state = 'awaiting_payment';
CREATE INDEX deposits_credited ON deposits (office, unclaimed_stage, credited_at_us) WHERE state = 'credited';
CREATE INDEX deposits_cooling ON deposits (office, cooling_off_until_us) WHERE state = 'credited';
CREATE INDEX deposits_ending ON deposits (office, ends_on) WHERE state = 'credited';

CREATE TABLE checkin_codes (
    office TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    contract_id TEXT COLLATE "C" NOT NULL,
    expires_at_us BIGINT NOT NULL,
    used BOOLEAN NOT NULL,
    PRIMARY KEY (office, digest)
);

CREATE TABLE channel_transactions (
    office TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    received_at_us BIGINT NOT NULL,
    PRIMARY KEY (office, digest)
);

CREATE TABLE suspense (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('received')),
    revision BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    transaction_digest TEXT COLLATE "C" NOT NULL,
    deposit_id TEXT COLLATE "C",
    reason TEXT COLLATE "C" NOT NULL CHECK (reason IN ('already_paid', 'wrong_amount', 'late', 'unknown_deposit')),
    received_at_us BIGINT NOT NULL,
    PRIMARY KEY (office, id)
);

CREATE TABLE deliveries (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    contract_id TEXT COLLATE "C" NOT NULL,
    merchant_id TEXT COLLATE "C" NOT NULL,
    consumer_id TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('pending', 'confirmed', 'contested', 'frozen', 'voided', 'reversed')),
    revision BIGINT NOT NULL,
    used TEXT COLLATE "C" NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    occurred_at_us BIGINT NOT NULL,
    recorded_at_us BIGINT NOT NULL,
    confirm_by_us BIGINT NOT NULL,
    silence_confirms BOOLEAN NOT NULL,
    confirmed_at_us BIGINT,
    confirmed_how TEXT COLLATE "C",
    matures_at_us BIGINT,
    reversal_proposed_by TEXT COLLATE "C",
    dispute_id TEXT COLLATE "C",
    note TEXT COLLATE "C",
    before_id TEXT COLLATE "C",
    PRIMARY KEY (office, id)
);
-- A contract's deliveries are linked backwards, from contracts.newest_delivery_id through before_id.
CREATE INDEX deliveries_due ON deliveries (office, confirm_by_us) WHERE state = 'pending';
CREATE INDEX deliveries_maturing ON deliveries (office, merchant_id, matures_at_us) WHERE state = 'confirmed';

CREATE TABLE freezes (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    cause TEXT COLLATE "C" NOT NULL CHECK (cause IN ('dispute', 'court_order', 'default')),
    contract_id TEXT COLLATE "C",
    merchant_id TEXT COLLATE "C" NOT NULL,
    consumer_id TEXT COLLATE "C",
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'lifted', 'executed')),
    revision BIGINT NOT NULL,
    held_fen BIGINT NOT NULL CHECK (held_fen >= 0),
    pending_fen BIGINT NOT NULL CHECK (pending_fen >= 0),
    payable_fen BIGINT NOT NULL CHECK (payable_fen >= 0),
    deliveries TEXT COLLATE "C" NOT NULL,
    dispute_id TEXT COLLATE "C",
    document_sha256 TEXT COLLATE "C",
    document_sm3 TEXT COLLATE "C",
    opened_at_us BIGINT NOT NULL,
    ordered_fen BIGINT CHECK (ordered_fen >= 0),
    particulars TEXT COLLATE "C",
    ended_at_us BIGINT,
    ended_sha256 TEXT COLLATE "C",
    ended_sm3 TEXT COLLATE "C",
    paid_as TEXT COLLATE "C",
    newest_entry BIGINT NOT NULL,
    PRIMARY KEY (office, id)
);
CREATE INDEX freezes_ordered ON freezes (office, opened_at_us) WHERE ordered_fen IS NOT NULL AND ended_at_us IS NULL;
CREATE INDEX freezes_ended ON freezes (office, ended_at_us) WHERE ended_at_us IS NOT NULL;
CREATE INDEX freezes_by_contract ON freezes (office, contract_id, id);
CREATE INDEX freezes_by_consumer ON freezes (office, consumer_id, id);
CREATE INDEX freezes_by_merchant ON freezes (office, merchant_id, id);

CREATE TABLE disputes (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    contract_id TEXT COLLATE "C" NOT NULL,
    merchant_id TEXT COLLATE "C" NOT NULL,
    consumer_id TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN (
        'negotiating', 'mediating', 'arbitrating', 'unresolved', 'awarded', 'settled', 'executed', 'withdrawn'
    )),
    revision BIGINT NOT NULL,
    opened_by TEXT COLLATE "C" NOT NULL,
    refund_id TEXT COLLATE "C",
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    held_fen BIGINT NOT NULL CHECK (held_fen >= 0),
    deliveries TEXT COLLATE "C" NOT NULL,
    freeze_id TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    opened_at_us BIGINT NOT NULL,
    negotiate_by_us BIGINT NOT NULL,
    mediate_by_us BIGINT,
    award_by_us BIGINT,
    review_by_us BIGINT,
    due_by_us BIGINT,
    arbitration_objected_by TEXT COLLATE "C",
    arbitration_since_us BIGINT,
    evidence_until_us BIGINT,
    mediator TEXT COLLATE "C",
    arbitrator TEXT COLLATE "C",
    proposal_id TEXT COLLATE "C",
    decided TEXT COLLATE "C",
    award TEXT COLLATE "C",
    executed_by TEXT COLLATE "C",
    paid_as TEXT COLLATE "C",
    evidence_count BIGINT NOT NULL,
    newest_entry BIGINT NOT NULL,
    PRIMARY KEY (office, id)
);
CREATE INDEX disputes_due ON disputes (office, due_by_us) WHERE due_by_us IS NOT NULL;
CREATE INDEX disputes_by_mediator ON disputes (office, mediator, id) WHERE mediator IS NOT NULL;
CREATE INDEX disputes_by_arbitrator ON disputes (office, arbitrator, id) WHERE arbitrator IS NOT NULL;
CREATE INDEX disputes_by_contract ON disputes (office, contract_id, id);
CREATE INDEX disputes_by_consumer ON disputes (office, consumer_id, id);
CREATE INDEX disputes_by_merchant ON disputes (office, merchant_id, id);

CREATE TABLE proposals (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    dispute_id TEXT COLLATE "C" NOT NULL,
    contract_id TEXT COLLATE "C" NOT NULL,
    merchant_id TEXT COLLATE "C" NOT NULL,
    consumer_id TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'accepted')),
    revision BIGINT NOT NULL,
    made_by TEXT COLLATE "C" NOT NULL CHECK (made_by IN ('consumer', 'merchant', 'mediator')),
    stage TEXT COLLATE "C" NOT NULL CHECK (stage IN ('negotiating', 'mediating', 'arbitrating', 'unresolved')),
    split TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C",
    made_at_us BIGINT NOT NULL,
    accepted_by_consumer_at_us BIGINT,
    accepted_by_merchant_at_us BIGINT,
    PRIMARY KEY (office, id)
);
CREATE INDEX proposals_by_dispute ON proposals (office, dispute_id, id);

CREATE TABLE evidence (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    dispute_id TEXT COLLATE "C" NOT NULL,
    contract_id TEXT COLLATE "C" NOT NULL,
    merchant_id TEXT COLLATE "C" NOT NULL,
    consumer_id TEXT COLLATE "C" NOT NULL,
    brought_by TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('staged', 'submitted')),
    revision BIGINT NOT NULL,
    file_sha256 TEXT COLLATE "C" NOT NULL,
    file_sm3 TEXT COLLATE "C" NOT NULL,
    manifest TEXT COLLATE "C" NOT NULL,
    size_bytes BIGINT NOT NULL CHECK (size_bytes > 0),
    staged_at_us BIGINT NOT NULL,
    submitted_at_us BIGINT,
    PRIMARY KEY (office, id)
);
CREATE INDEX evidence_by_dispute ON evidence (office, dispute_id, id);

CREATE TABLE settlements (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    merchant_id TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('proposed', 'released', 'paid', 'rejected')),
    revision BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    returned_fen BIGINT NOT NULL,
    count BIGINT NOT NULL,
    since_us BIGINT NOT NULL,
    cutoff_us BIGINT NOT NULL,
    proposed_by TEXT COLLATE "C" NOT NULL,
    proposed_at_us BIGINT NOT NULL,
    approved_by TEXT COLLATE "C",
    payout_id TEXT COLLATE "C",
    newest_entry BIGINT NOT NULL,
    PRIMARY KEY (office, id)
);
CREATE INDEX settlements_by_merchant ON settlements (office, merchant_id, id);

CREATE TABLE payouts (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('created', 'submitted', 'settled', 'rejected', 'cancelled')),
    revision BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    payee TEXT COLLATE "C" NOT NULL,
    settlement_id TEXT COLLATE "C",
    refund_id TEXT COLLATE "C",
    account TEXT COLLATE "C" NOT NULL,
    created_at_us BIGINT NOT NULL,
    returned_by TEXT COLLATE "C",
    PRIMARY KEY (office, id)
);
CREATE INDEX payouts_by_payee ON payouts (office, payee, id);
CREATE INDEX payouts_created ON payouts (office, id) WHERE state = 'created';

CREATE TABLE payout_returns (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    payout_id TEXT COLLATE "C" NOT NULL,
    amount_fen BIGINT NOT NULL,
    recorded_at_us BIGINT NOT NULL,
    PRIMARY KEY (office, id)
);

CREATE TABLE refunds (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    contract_id TEXT COLLATE "C" NOT NULL,
    consumer_id TEXT COLLATE "C" NOT NULL,
    merchant_id TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('requested', 'answered', 'proposed', 'ordered', 'needs_account', 'paid', 'declined', 'withdrawn')),
    revision BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    prior_same_service BOOLEAN NOT NULL,
    requested_at_us BIGINT NOT NULL,
    requested_on TEXT COLLATE "C" NOT NULL,
    answer_by_us BIGINT,
    needs_decision BOOLEAN NOT NULL,
    refund_fen BIGINT NOT NULL,
    used_fen BIGINT NOT NULL,
    live TEXT COLLATE "C" NOT NULL,
    agreed_fen BIGINT,
    answer_accept BOOLEAN,
    answer_amount_fen BIGINT,
    answer_reason TEXT COLLATE "C",
    decided_amount_fen BIGINT,
    decided_basis TEXT COLLATE "C",
    decided_by TEXT COLLATE "C",
    document_sha256 TEXT COLLATE "C",
    document_sm3 TEXT COLLATE "C",
    approved_by TEXT COLLATE "C",
    ordered_at_us BIGINT,
    merchant_share_fen BIGINT,
    payout_id TEXT COLLATE "C",
    newest_entry BIGINT NOT NULL,
    claim_by_us BIGINT,
    award_sha256 TEXT COLLATE "C",
    award_sm3 TEXT COLLATE "C",
    claims TEXT COLLATE "C",
    counterclaims TEXT COLLATE "C",
    declared_amount_fen BIGINT,
    declared_basis TEXT COLLATE "C",
    prior_service TEXT COLLATE "C" CHECK (prior_service IN ('claimed', 'accepted', 'rejected')),
    prior_service_sha256 TEXT COLLATE "C",
    prior_service_sm3 TEXT COLLATE "C",
    prior_service_note TEXT COLLATE "C",
    decided_reason TEXT COLLATE "C",
    shortfall_fen BIGINT,
    pay_by_us BIGINT,
    contested_fen BIGINT,
    dispute_id TEXT COLLATE "C",
    PRIMARY KEY (office, id)
);
CREATE INDEX refunds_by_contract ON refunds (office, contract_id, id);
CREATE INDEX refunds_unpaid ON refunds (office, id) WHERE state = 'needs_account';
CREATE INDEX refunds_by_consumer ON refunds (office, consumer_id, id);
CREATE INDEX refunds_by_merchant ON refunds (office, merchant_id, id);
CREATE INDEX refunds_paying ON refunds (office, ordered_at_us) WHERE state IN ('ordered', 'needs_account');
CREATE INDEX refunds_due ON refunds (office, answer_by_us) WHERE state = 'requested';
CREATE INDEX refunds_to_pay ON refunds (office, pay_by_us) WHERE state IN ('ordered', 'needs_account');
CREATE INDEX refunds_to_order ON refunds (office, claim_by_us) WHERE claim_by_us IS NOT NULL AND state IN ('requested', 'answered');

CREATE TABLE default_runs (
    office TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    merchant_id TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('proposed', 'running', 'done', 'rescinded')),
    revision BIGINT NOT NULL,
    cause TEXT COLLATE "C" NOT NULL CHECK (cause IN ('default', 'exit')),
    mode TEXT COLLATE "C" NOT NULL CHECK (mode IN ('real', 'drill')),
    proofs TEXT COLLATE "C" NOT NULL,
    notice TEXT COLLATE "C",
    reason TEXT COLLATE "C",
    contracts BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    proposed_by TEXT COLLATE "C" NOT NULL,
    proposed_at_us BIGINT NOT NULL,
    object_by_us BIGINT,
    objected_at_us BIGINT,
    objection TEXT COLLATE "C",
    approved_by TEXT COLLATE "C",
    approved_at_us BIGINT,
    frozen_fen BIGINT NOT NULL CHECK (frozen_fen >= 0),
    ended_at_us BIGINT,
    rescinded TEXT COLLATE "C",
    cursor_id TEXT COLLATE "C",
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
);
CREATE INDEX default_runs_by_merchant ON default_runs (office, merchant_id, id);
CREATE INDEX default_runs_running ON default_runs (office, id) WHERE state = 'running';

CREATE TABLE run_contracts (
    office TEXT COLLATE "C" NOT NULL,
    run_id TEXT COLLATE "C" NOT NULL,
    contract_id TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('cancelled', 'nothing_left', 'disputed', 'court_order', 'needs_account',
        'waiting')),
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    refund_id TEXT COLLATE "C",
    PRIMARY KEY (office, run_id, contract_id)
);
CREATE INDEX run_contracts_by_outcome ON run_contracts (office, run_id, outcome, contract_id);

-- What is in the log stays as it is.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entries_no_truncate BEFORE TRUNCATE ON entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entry_subjects_no_update BEFORE UPDATE ON entry_subjects FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entry_subjects_no_delete BEFORE DELETE ON entry_subjects FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER entry_subjects_no_truncate BEFORE TRUNCATE ON entry_subjects FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER postings_no_update BEFORE UPDATE ON postings FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER postings_no_delete BEFORE DELETE ON postings FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER postings_no_truncate BEFORE TRUNCATE ON postings FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER batches_no_update BEFORE UPDATE ON batches FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER batches_no_delete BEFORE DELETE ON batches FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER batches_no_truncate BEFORE TRUNCATE ON batches FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
