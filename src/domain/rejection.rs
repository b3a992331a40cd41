//! Everything the ledger can refuse. One variant is one statement, one problem type and one test.

use serde::{Deserialize, Serialize};

use super::id::{DisputeId, RunId};
use super::money::Amount;
use super::name::Name;
use super::packs::{Exceeded, Version};
use super::time::Timestamp;

/// Declares the refusals with their codes, so that no code is written twice.
macro_rules! rejections {
    ($($(#[$meta:meta])* $name:ident $({ $($(#[$field_meta:meta])* $field:ident: $type:ty,)+ })? = $code:literal,)+) => {
        /// The ledger says no, and nothing was written but this answer.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "code", deny_unknown_fields)]
        pub enum Rejection {
            $($(#[$meta])* #[serde(rename = $code)] $name $({ $($(#[$field_meta])* $field: $type,)+ })?,)+
        }

        impl Rejection {
            /// Every code, in the order of declaration.
            pub const CODES: &'static [&'static str] = &[$($code,)+];

            /// The code of its problem type.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self { $(Self::$name { .. } => $code,)+ }
            }
        }
    };
}

rejections! {
    /// The user may not act any more.
    UserDisabled = "user_disabled",
    /// The caller may not do this to this object.
    Forbidden = "forbidden",
    /// There is no such object, or it is not the caller's business.
    NotFound = "not_found",
    /// Proposer and approver must be two different people.
    SamePerson = "same_person",
    /// The caller has registered a key, and a decision without its signature is none.
    SignatureRequired = "signature_required",
    /// The signature is not the caller's over this decision.
    SignatureInvalid = "signature_invalid",
    /// The caller has no key in force.
    SigningKeyMissing = "signing_key_missing",
    /// The key is in force for somebody else: two people stand behind a decision by two keys.
    SigningKeyTaken = "signing_key_taken",
    /// The proof is not this key's over this log, user and key.
    KeyProofInvalid = "key_proof_invalid",
    /// The object changed since it was reviewed.
    RevisionMismatch {
        /// The revision it has now.
        current_revision: u64,
    } = "revision_mismatch",
    /// The object's state does not allow this.
    StateConflict {
        /// The state it is in.
        current_state: String,
        /// The states in which this is allowed.
        allowed: Vec<String>,
    } = "state_conflict",
    /// Someone else signs in under this name.
    UsernameTaken = "username_taken",
    /// The user already acts for a merchant.
    MerchantExists = "merchant_exists",
    /// The merchant is not admitted, or is suspended.
    MerchantNotActive {
        /// The state it is in.
        current_state: String,
    } = "merchant_not_active",
    /// A default run or an exit of the merchant is proposed or running.
    DefaultRunOpen {
        /// The run.
        run: RunId,
    } = "default_run_open",
    /// A default is shown by two documents of different kinds.
    ProofsInsufficient = "proofs_insufficient",
    /// The merchant was not told.
    NoticeRequired = "notice_required",
    /// The merchant can still object.
    ObjectionWindowOpen {
        /// Until when.
        until: Timestamp,
    } = "objection_window_open",
    /// The time to object is over.
    ObjectionWindowOver = "objection_window_over",
    /// The merchant has objected before.
    AlreadyObjected = "already_objected",
    /// The notice of an exit has not run out.
    ExitNoticeOpen {
        /// Until when.
        until: Timestamp,
    } = "exit_notice_open",
    /// The day was marked before.
    AlreadyMarked = "already_marked",
    /// A day can be marked on the day itself and 48 hours after it.
    MarkTooLate = "mark_too_late",
    /// A day cannot be marked before it comes.
    MarkInFuture = "mark_in_future",
    /// The terms hold something that a court would not uphold; this is the first of it.
    TermsVoid {
        /// The rule that found it.
        rule: Name,
        /// Where it begins in the terms, in characters from 0.
        offset: u32,
        /// How many characters it has.
        length: u32,
    } = "terms_void",
    /// The terms are open to doubt, and nothing was said about why they may stand.
    ReasonRequired = "reason_required",
    /// No version of the plan can be bought.
    PlanNotOnSale = "plan_not_on_sale",
    /// A limit of a rule pack would be broken.
    LimitExceeded {
        /// The pack.
        pack: Name,
        /// Its edition.
        version: Version,
        /// The limit.
        limit: Name,
        /// What is allowed.
        allowed: String,
        /// What the sale comes to.
        actual: String,
    } = "limit_exceeded",
    /// What was signed is not what the contract says.
    TermsMismatch = "terms_mismatch",
    /// The caller has signed before.
    AlreadySigned = "already_signed",
    /// The contract has not been signed by both.
    ContractNotSigned {
        /// The state it is in.
        current_state: String,
    } = "contract_not_signed",
    /// The contract is not active.
    ContractNotActive {
        /// The state it is in.
        current_state: String,
    } = "contract_not_active",
    /// A contract with a person under eight is void.
    HolderUnderEight = "holder_under_eight",
    /// A minor's contract above a fitting price needs a guardian's consent.
    GuardianConsentRequired {
        /// Up to which price it needs none.
        limit: Amount,
    } = "guardian_consent_required",
    /// There is nobody, or only the holder, under the id that a contract is to be transferred to.
    RecipientUnknown = "recipient_unknown",
    /// Nobody is offered the contract.
    TransferNotOffered = "transfer_not_offered",
    /// A deposit is waiting for payment.
    DepositOpen = "deposit_open",
    /// A channel reports on a reference that was never given to it, and no money came with the report.
    OrderUnknown = "order_unknown",
    /// The contract has fewer units left.
    UnitsExhausted {
        /// Units left.
        remaining: u64,
    } = "units_exhausted",
    /// The card has less value left.
    ValueExhausted {
        /// Value left, bonus included.
        remaining: Amount,
    } = "value_exhausted",
    /// A venue that the plan names is not the merchant's.
    VenueUnknown = "venue_unknown",
    /// A contract is only ever extended, and not without bounds.
    ExtensionOutOfRange = "extension_out_of_range",
    /// The plan sells no such thing.
    UseNotSold = "use_not_sold",
    /// The money left is frozen.
    FundsFrozen {
        /// What is free.
        available: Amount,
    } = "funds_frozen",
    /// This document has set money of the same contract or merchant aside before.
    AlreadyOrdered = "already_ordered",
    /// The freeze belongs to a dispute, and ends with it.
    FreezeOfDispute = "freeze_of_dispute",
    /// A service cannot have taken place in the future.
    OccurredInFuture = "occurred_in_future",
    /// A service cannot have taken place before the contract was active.
    OccurredBeforeActive = "occurred_before_active",
    /// There is no such code.
    CheckinCodeUnknown = "checkin_code_unknown",
    /// The code is too old.
    CheckinCodeExpired = "checkin_code_expired",
    /// The code was used before.
    CheckinCodeUsed = "checkin_code_used",
    /// The delivery was confirmed before.
    AlreadyConfirmed = "already_confirmed",
    /// The delivery was contested before.
    AlreadyContested = "already_contested",
    /// The delivery is contested: only what ends the dispute ends its wait.
    DeliveryContested {
        /// The dispute.
        dispute: DisputeId,
    } = "delivery_contested",
    /// The time to answer is over.
    ConfirmWindowOver = "confirm_window_over",
    /// The time to answer is not over yet.
    ConfirmWindowOpen = "confirm_window_open",
    /// The delivery's money was released.
    AlreadySettled = "already_settled",
    /// The caller has proposed this before; the other party must agree.
    ReversalAlreadyProposed = "reversal_already_proposed",
    /// Nothing has matured.
    NothingToRelease = "nothing_to_release",
    /// A proposal is waiting for approval.
    SettlementOpen = "settlement_open",
    /// A cutoff cannot lie in the future.
    CutoffInFuture = "cutoff_in_future",
    /// There is no bank account to pay to.
    PayoutAccountMissing = "payout_account_missing",
    /// A refund is open.
    RefundOpen = "refund_open",
    /// A split leaves frozen money over, or takes more than there is.
    SplitMismatch {
        /// What is frozen.
        frozen: Amount,
    } = "split_mismatch",
    /// The caller has accepted this before.
    AlreadyAccepted = "already_accepted",
    /// The contract has no agreement on arbitration.
    NoArbitrationAgreement = "no_arbitration_agreement",
    /// Somebody has objected to arbitration before.
    ArbitrationObjected = "arbitration_objected",
    /// The user is no mediator or arbitrator who can act.
    NotEligible = "not_eligible",
    /// The user has an interest in the case.
    ConflictOfInterest = "conflict_of_interest",
    /// The time to bring evidence forward is over.
    EvidenceLate = "evidence_late",
    /// The dispute holds as many files as it can.
    EvidenceFull = "evidence_full",
    /// There is nothing to give back.
    NothingToRefund = "nothing_to_refund",
    /// The time to answer is over.
    AnswerWindowOver = "answer_window_over",
    /// The engine cannot work out this reason for this plan.
    ReasonNotSupported = "reason_not_supported",
    /// The amount is more than the contract still holds.
    AmountExceedsEscrow {
        /// What it holds.
        available: Amount,
    } = "amount_exceeds_escrow",
    /// The amount is not the engine's figure, and nothing was said about why.
    DifferenceUnexplained {
        /// What the engine gives within the escrow.
        expected: Amount,
    } = "difference_unexplained",
    /// A claim is about something that the plan does not have.
    ClaimNotUsable = "claim_not_usable",
    /// The merchant's claim of prior service is not decided yet.
    PriorServiceClaimOpen = "prior_service_claim_open",
    /// Prior service can only be claimed once, and only in the time that a 7-day refund leaves for it.
    PriorServiceClaimOver = "prior_service_claim_over",
    /// The merchant has not objected with a lower figure, or its objection has no bearing.
    NothingDisputed = "nothing_disputed",
    /// What the basis asserts is not so.
    BasisNotMet = "basis_not_met",
    /// This basis needs a document.
    DocumentRequired = "document_required",
}

impl From<Exceeded> for Rejection {
    fn from(exceeded: Exceeded) -> Self {
        let Exceeded { pack, version, limit, allowed, actual } = exceeded;
        Self::LimitExceeded { pack, version, limit, allowed, actual }
    }
}
