//! A decision in words, for the person who is about to sign it.

use crate::domain::statement::{Action, Statement};

/// What is being signed.
pub(super) fn of(statement: &Statement) -> String {
    let Statement { amount, currency, object, payee, position, revision, signer, office, origin, .. } = statement;
    let money = format!("{amount} {currency}");
    let decided = match statement.action {
        Action::ApproveSettlement => {
            format!("Release {money} to the merchant {payee}: approve the settlement {object}.")
        }
        Action::RejectSettlement => {
            format!("Do not release {money} to the merchant {payee}: reject the settlement {object}.")
        }
        Action::DecideRefund => format!("Give {money} back to the consumer {payee}: decide the refund {object}."),
        Action::OrderUndisputed => format!(
            "Give {money}, which both sides agree on, back to the consumer {payee}, and let the rest be a dispute: the \
             refund {object}."
        ),
        Action::ApproveRefund => {
            format!("Give {money} back to the consumer {payee}: approve what was decided on the refund {object}.")
        }
        Action::AcceptPriorService => {
            format!("The consumer {payee} had received the same service before: the refund {object} is their choice.")
        }
        Action::RejectPriorService => {
            format!(
                "Prior service is not shown: the refund {object} of {money} to {payee} stands as within seven days."
            )
        }
        Action::DeclineRefund => {
            format!("Do not give {money} back to the consumer {payee}: decline the refund {object}.")
        }
        Action::ApproveDefaultRun => {
            format!(
                "End the contracts of the merchant {payee} and give {money} and what else they hold back to the \
                 consumers: approve the run {object}."
            )
        }
        Action::AwardDispute => {
            format!("Record that {money} is awarded to the consumer {payee} in the dispute {object}.")
        }
        Action::ExecuteDispute => {
            format!(
                "Give {money} back to the consumer {payee}, and the rest as decided: carry out the dispute {object}."
            )
        }
        Action::LiftFreeze => {
            format!("Give {money} back to where it came from, of what {payee} has: lift the court's freeze {object}.")
        }
        Action::ExecuteFreeze => {
            format!(
                "Give {money} to {payee}, and the rest as the document says: carry out the court's freeze {object}."
            )
        }
    };
    let mut lines = vec![decided];
    lines.extend(statement.basis.map(|basis| format!("  Basis: {basis}")));
    lines.extend(statement.document_sha256.map(|digest| format!("  Document: SHA-256 {digest}")));
    lines.push(format!("  Reviewed: revision {revision}, as entry {position} of the log left it"));
    lines.push(format!("  Log: {origin}, of the office {office}"));
    lines.push(format!("  Signer: {signer}"));
    lines.join("\n")
}
