//! Deliveries, freezes and disputes as rows.

use diesel::prelude::*;

use super::row;
use crate::domain::objects::{Delivery, Dispute, Evidence, Freeze, Proposal};
use crate::store::schema::{deliveries, disputes, evidence, freezes, proposals};

row! {
    /// One row of `deliveries`.
    DeliveryRow in deliveries for Delivery {
        id: String = id fixed,
        contract_id: String = contract fixed,
        merchant_id: String = merchant fixed,
        consumer_id: String = consumer fixed,
        state: String = state,
        revision: i64 = revision,
        used: String = used fixed,
        amount_fen: i64 = amount fixed,
        occurred_at_us: i64 = occurred_at fixed,
        recorded_at_us: i64 = recorded_at fixed,
        confirm_by_us: i64 = confirm_by,
        silence_confirms: bool = silence_confirms,
        confirmed_at_us: Option<i64> = confirmed_at,
        confirmed_how: Option<String> = confirmed_how,
        matures_at_us: Option<i64> = matures_at,
        reversal_proposed_by: Option<String> = reversal_proposed_by,
        dispute_id: Option<String> = dispute,
        note: Option<String> = note fixed,
        before_id: Option<String> = before fixed,
    }
}

row! {
    /// One row of `freezes`.
    FreezeRow in freezes for Freeze {
        id: String = id fixed,
        cause: String = cause fixed,
        contract_id: Option<String> = contract fixed,
        merchant_id: String = merchant fixed,
        consumer_id: Option<String> = consumer fixed,
        state: String = state,
        revision: i64 = revision,
        held_fen: i64 = held,
        pending_fen: i64 = pending,
        payable_fen: i64 = payable,
        deliveries: String = deliveries,
        dispute_id: Option<String> = dispute fixed,
        document_sha256: Option<String> = document_sha256 fixed,
        document_sm3: Option<String> = document_sm3 fixed,
        opened_at_us: i64 = opened_at fixed,
        ordered_fen: Option<i64> = ordered fixed,
        particulars: Option<String> = particulars fixed,
        ended_at_us: Option<i64> = ended_at,
        ended_sha256: Option<String> = ended_sha256,
        ended_sm3: Option<String> = ended_sm3,
        paid_as: Option<String> = paid_as,
        newest_entry: i64 = newest_entry,
    }
}

row! {
    /// One row of `disputes`.
    DisputeRow in disputes for Dispute {
        id: String = id fixed,
        contract_id: String = contract fixed,
        merchant_id: String = merchant fixed,
        consumer_id: String = consumer fixed,
        state: String = state,
        revision: i64 = revision,
        opened_by: String = opened_by fixed,
        refund_id: Option<String> = refund fixed,
        amount_fen: i64 = amount,
        held_fen: i64 = held fixed,
        deliveries: String = deliveries,
        freeze_id: String = freeze fixed,
        reason: String = reason fixed,
        opened_at_us: i64 = opened_at fixed,
        negotiate_by_us: i64 = negotiate_by fixed,
        mediate_by_us: Option<i64> = mediate_by,
        award_by_us: Option<i64> = award_by,
        review_by_us: Option<i64> = review_by,
        due_by_us: Option<i64> = due_by,
        arbitration_objected_by: Option<String> = arbitration_objected_by,
        arbitration_since_us: Option<i64> = arbitration_since,
        evidence_until_us: Option<i64> = evidence_until,
        mediator: Option<String> = mediator,
        arbitrator: Option<String> = arbitrator,
        proposal_id: Option<String> = proposal,
        decided: Option<String> = decided,
        award: Option<String> = award,
        executed_by: Option<String> = executed_by,
        paid_as: Option<String> = paid_as,
        evidence_count: i64 = evidence_count,
        newest_entry: i64 = newest_entry,
    }
}

row! {
    /// One row of `proposals`.
    ProposalRow in proposals for Proposal {
        id: String = id fixed,
        dispute_id: String = dispute fixed,
        contract_id: String = contract fixed,
        merchant_id: String = merchant fixed,
        consumer_id: String = consumer fixed,
        state: String = state,
        revision: i64 = revision,
        made_by: String = made_by fixed,
        stage: String = stage fixed,
        split: String = split fixed,
        note: Option<String> = note fixed,
        made_at_us: i64 = made_at fixed,
        accepted_by_consumer_at_us: Option<i64> = accepted_by_consumer_at,
        accepted_by_merchant_at_us: Option<i64> = accepted_by_merchant_at,
    }
}

row! {
    /// One row of `evidence`.
    EvidenceRow in evidence for Evidence {
        id: String = id fixed,
        dispute_id: String = dispute fixed,
        contract_id: String = contract fixed,
        merchant_id: String = merchant fixed,
        consumer_id: String = consumer fixed,
        brought_by: String = by fixed,
        state: String = state,
        revision: i64 = revision,
        file_sha256: String = file_sha256 fixed,
        file_sm3: String = file_sm3 fixed,
        manifest: String = manifest fixed,
        size_bytes: i64 = size_bytes fixed,
        staged_at_us: i64 = staged_at fixed,
        submitted_at_us: Option<i64> = submitted_at,
    }
}
