//! What each role may do: one line a permission. A handler names the one it needs in its signature.

use crate::domain::objects::Role;
use crate::domain::objects::Role::{Arbitrator, Consumer, Mediator, Merchant, Notary, Operator, Regulator};

/// Something a caller may be allowed to do.
pub trait Permission: 'static {
    /// Its name, as `/v1/me` shows it.
    const NAME: &'static str;
    /// The roles that have it.
    const ROLES: &'static [Role];
}

/// Declares the permissions.
macro_rules! permissions {
    ($($name:ident = $word:literal: $($role:ident)+;)+) => {
        $(
            #[doc = concat!("`", $word, "`")]
            #[derive(Clone, Copy, Debug)]
            pub struct $name;

            impl Permission for $name {
                const NAME: &'static str = $word;
                const ROLES: &'static [Role] = &[$($role),+];
            }
        )+

        /// Every permission with the roles that have it, in the order of declaration.
        pub const ALL: &[(&str, &[Role])] = &[$(($word, $name::ROLES),)+];
    };
}

permissions! {
    ReadMe = "me.read": Consumer Merchant Operator Notary Mediator Arbitrator Regulator;
    RegisterSigningKey = "signing_key.register": Notary Arbitrator Regulator;
    RetireSigningKey = "signing_key.retire": Notary Arbitrator Regulator;
    StateDecision = "decision.state": Notary;
    CalculateRefund = "refund.calculate": Consumer Merchant Operator Notary Mediator Arbitrator Regulator;

    ApplyMerchant = "merchant.apply": Merchant;
    ReviewMerchant = "merchant.review": Operator;
    AdmitMerchant = "merchant.admit": Notary;
    RejectMerchant = "merchant.reject": Operator Notary;
    SuspendMerchant = "merchant.suspend": Notary;
    ReinstateMerchant = "merchant.reinstate": Notary;
    ExitMerchant = "merchant.exit": Merchant Notary;
    ReadCompliance = "merchant.compliance": Merchant Operator Notary Regulator;
    ReadMerchants = "merchant.read": Consumer Merchant Operator Notary Regulator;

    AddVenue = "venue.add": Merchant;
    MarkOpen = "venue.open": Merchant;
    ReadVenues = "venue.read": Merchant Operator Notary Regulator;

    DraftPlan = "plan.draft": Merchant;
    RevisePlan = "plan.revise": Merchant;
    SubmitPlan = "plan.submit": Merchant;
    ApprovePlan = "plan.approve": Notary;
    RejectPlan = "plan.reject": Notary;
    WithdrawPlan = "plan.withdraw": Merchant;
    ReadPlans = "plan.read": Consumer Merchant Operator Notary Regulator;

    DraftContract = "contract.draft": Consumer;
    SignContract = "contract.sign": Consumer Merchant;
    CancelContract = "contract.cancel": Consumer Merchant;
    ExtendContract = "contract.extend": Merchant;
    ConsentGuardian = "contract.consent_guardian": Notary;
    OfferTransfer = "contract.transfer": Consumer;
    AcceptTransfer = "contract.accept_transfer": Consumer;
    WithdrawTransfer = "contract.withdraw_transfer": Consumer;
    ReadContracts = "contract.read": Consumer Merchant Notary;

    StartDeposit = "deposit.start": Consumer;
    ReadDeposits = "deposit.read": Consumer Merchant Notary;

    IssueCheckinCode = "checkin.issue": Consumer;
    RecordDelivery = "delivery.record": Merchant;
    CheckIn = "delivery.check_in": Merchant;
    ConfirmDelivery = "delivery.confirm": Consumer;
    ContestDelivery = "delivery.contest": Consumer;
    VoidDelivery = "delivery.void": Merchant;
    ReverseDelivery = "delivery.reverse": Consumer Merchant Notary;
    ReadDeliveries = "delivery.read": Consumer Merchant Notary;

    SendBatch = "batch.send": Consumer Merchant Notary;

    ProposeSettlement = "settlement.propose": Notary;
    ApproveSettlement = "settlement.approve": Notary;
    RejectSettlement = "settlement.reject": Notary;
    PreviewSettlement = "settlement.preview": Notary;
    ReadSettlements = "settlement.read": Merchant Notary Regulator;

    NewPayoutAccount = "payout.new_account": Consumer Merchant;
    SetPayoutAccount = "payout_account.set": Consumer Merchant;
    ReadPayoutAccounts = "payout_account.read": Consumer Merchant;
    ReadPayouts = "payout.read": Consumer Merchant Notary Regulator;

    RequestRefund = "refund.request": Consumer;
    AnswerRefund = "refund.answer": Merchant;
    DecideRefund = "refund.decide": Notary;
    OrderUndisputed = "refund.order_undisputed": Notary;
    ApproveRefund = "refund.approve": Notary;
    DeclineRefund = "refund.decline": Notary;
    WithdrawRefund = "refund.withdraw": Consumer;
    DeclareRefund = "refund.declare": Consumer;
    ClaimPriorService = "refund.claim_prior_service": Merchant;
    DecidePriorService = "refund.decide_prior_service": Notary;
    ReadRefunds = "refund.read": Consumer Merchant Notary;

    ProposeDefaultRun = "default_run.propose": Notary;
    ObjectToDefaultRun = "default_run.object": Merchant;
    ApproveDefaultRun = "default_run.approve": Notary;
    RescindDefaultRun = "default_run.rescind": Notary;
    ReadDefaultRuns = "default_run.read": Merchant Notary Regulator;

    OpenDispute = "dispute.open": Consumer Merchant;
    WithdrawDispute = "dispute.withdraw": Consumer Merchant;
    EscalateDispute = "dispute.escalate": Consumer Merchant;
    ObjectArbitration = "dispute.object_arbitration": Consumer Merchant;
    AssignDispute = "dispute.assign": Notary;
    MakeProposal = "dispute.propose": Consumer Merchant Mediator;
    AcceptProposal = "dispute.accept": Consumer Merchant;
    AwardDispute = "dispute.award": Notary Arbitrator;
    ExecuteDispute = "dispute.execute": Notary;
    StateDisputeDecision = "dispute.state": Notary Arbitrator;
    StageEvidence = "evidence.stage": Consumer Merchant;
    SubmitEvidence = "evidence.submit": Consumer Merchant;
    ReadEvidence = "evidence.read": Consumer Merchant Notary Mediator Arbitrator;
    ReadProposals = "proposal.read": Consumer Merchant Notary Mediator Arbitrator;
    ReadDisputes = "dispute.read": Consumer Merchant Notary Mediator Arbitrator Regulator;
    OrderFreeze = "freeze.order": Notary;
    LiftFreeze = "freeze.lift": Notary;
    ExecuteFreeze = "freeze.execute": Notary;
    ReadFreezes = "freeze.read": Merchant Notary Regulator;
    ReadSuspense = "suspense.read": Notary Regulator;
    ReadBooks = "books.read": Notary Regulator;
    ReadEvents = "events.read": Consumer Merchant Operator Notary Regulator;
    ReadEntry = "log.entry": Consumer Merchant Notary Regulator;
    ReadTiles = "log.tiles": Regulator;
    ReadNotices = "notice.read": Consumer Merchant Notary;
    ReadRules = "rules.read": Consumer Merchant Operator Notary Mediator Arbitrator Regulator;
}
