//! Which of the merchant's deductions stand (法释〔2025〕4号 art. 15 paras. 2, 3).

use crate::domain::money::Amount;
use crate::domain::refund::lines::{CONDITIONS_CHANGED, DEDUCTIONS, Paper, SEVEN_DAYS, Text};
use crate::domain::refund::{Deduction, DeductionKind, Facts, Fault, Reason};

/// What the rules say about one deduction: the article, and the text when it is refused.
struct Ruling {
    article: &'static str,
    zh: &'static str,
    en: &'static str,
    stands: bool,
}

/// The sum of the deductions that stand, before the cap. Every deduction, refused or not, calls for a person.
pub(super) fn standing(facts: &Facts, fault: Fault, paper: &mut Paper) -> Amount {
    let mut sum = Amount::ZERO;
    for deduction in &facts.deductions {
        let ruling = rule(deduction, facts.reason, fault);
        let counted = if ruling.stands { deduction.amount } else { Amount::ZERO };
        let text = Text {
            zh: &format!("{}：{}", deduction.name, ruling.zh),
            en: &format!("{}: {}", deduction.name, ruling.en),
        };
        paper.write(ruling.article, &text, format!("{} → {counted}", deduction.amount), counted);
        paper.needs_decision = true;
        // A sum beyond the largest amount is cut to what is left of the payment anyway.
        sum = sum.saturating_add(counted);
    }
    sum
}

fn rule(deduction: &Deduction, reason: Reason, fault: Fault) -> Ruling {
    let refused = |article, zh, en| Ruling { article, zh, en, stands: false };
    if reason == Reason::ConditionsChanged {
        return refused(
            CONDITIONS_CHANGED,
            "合同基础条件发生重大变化，不扣除任何费用或者违约金",
            "conditions changed, so nothing is deducted and there is no penalty.",
        );
    }
    if fault == Fault::SevenDay {
        return refused(
            SEVEN_DAYS,
            "七日内退还全部本金，不予扣除",
            "inside the seven days the whole principal comes back.",
        );
    }
    match (deduction.kind, deduction.proven) {
        (DeductionKind::Cost, true) => Ruling {
            article: DEDUCTIONS,
            zh: "已证明的合理费用，拟予扣除，由公证员决定",
            en: "a proven reasonable cost, proposed for deduction; a notary decides.",
            stands: true,
        },
        (DeductionKind::Cost, false) => {
            refused(DEDUCTIONS, "费用未经证明，不予扣除", "the cost is not proven and is not deducted.")
        }
        (DeductionKind::Commission, _) => {
            refused(DEDUCTIONS, "销售提成不予扣除", "a sales commission is never deducted.")
        }
        (DeductionKind::Penalty, _) => {
            refused(DEDUCTIONS, "违约金不属于合理费用，不予扣除", "a penalty is no reasonable cost and is refused.")
        }
    }
}
