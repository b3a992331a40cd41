//! The words of the page, in Chinese and English.

use crate::domain::objects::{Basis, ContractState, DeliveryState, DepositState, RefundState, Role};
use crate::domain::refund::Reason;

/// A word in two languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) zh: &'static str,
    pub(super) en: &'static str,
}

const fn word(zh: &'static str, en: &'static str) -> Word {
    Word { zh, en }
}

/// What happened, by the kind of the entry; the kind itself where there is no word for it.
pub(super) fn kind(kind: &'static str) -> Word {
    match kind {
        "log.opened" => word("日志启用", "log opened"),
        "contract.drafted" => word("合同拟定", "contract drafted"),
        "contract.signed" => word("签署合同", "contract signed"),
        "contract.cancelled" => word("合同取消", "contract cancelled"),
        "contract.guardian_consented" => word("监护人同意", "guardian's consent"),
        "contract.transfer_offered" => word("提出转让合同", "transfer offered"),
        "contract.transfer_withdrawn" => word("不转让合同", "transfer not made"),
        "contract.transferred" => word("合同已转让并通知商家", "transferred, and the merchant told"),
        "contract.extended" => word("合同延期", "contract extended"),
        "period.accrued" => word("按营业日计算服务费", "open days earned"),
        "unclaimed.warned" => word("无人领取款项提示", "warning of unclaimed money"),
        "deposit.started" => word("发起提存", "deposit started"),
        "deposit.credited" => word("提存入账", "deposit credited"),
        "deposit.failed" => word("付款失败", "payment failed"),
        "deposit.expired" => word("付款逾期", "payment expired"),
        "checkin.issued" => word("出示核销码", "check-in code issued"),
        "delivery.recorded" => word("核销登记", "delivery recorded"),
        "delivery.confirmed" => word("核销确认", "delivery confirmed"),
        "delivery.voided" => word("核销作废", "delivery voided"),
        "delivery.reversal_proposed" => word("提议撤回核销", "reversal proposed"),
        "delivery.reversed" => word("核销撤回", "delivery reversed"),
        "dispute.opened" => word("提出纠纷", "dispute opened"),
        "dispute.withdrawn" => word("撤回纠纷", "dispute withdrawn"),
        "dispute.escalated" => word("纠纷进入下一阶段", "dispute escalated"),
        "dispute.arbitration_objected" => word("反对仲裁", "arbitration objected to"),
        "dispute.assigned" => word("指派调解员或仲裁员", "dispute assigned"),
        "dispute.settled" => word("纠纷和解", "dispute settled"),
        "dispute.awarded" => word("登记裁决", "award recorded"),
        "dispute.executed" => word("执行纠纷处理结果", "dispute executed"),
        "proposal.made" => word("提出方案", "proposal made"),
        "proposal.accepted" => word("接受方案", "proposal accepted"),
        "evidence.staged" => word("收到证据", "evidence handed in"),
        "evidence.submitted" => word("提交证据", "evidence submitted"),
        "freeze.opened" => word("冻结款项", "money frozen"),
        "freeze.ordered" => word("法院冻结", "court order to freeze"),
        "freeze.reached" => word("依法院冻结扣留款项", "money set aside by court order"),
        "freeze.order_lifted" => word("法院解除冻结", "court order lifted"),
        "freeze.executed" => word("依裁判处分冻结款项", "frozen money paid by award or judgment"),
        "freeze.lifted" => word("解除冻结", "freeze lifted"),
        "settlement.released" => word("结算放款", "settlement released"),
        "payout.created" => word("生成划款", "payout created"),
        "payout.submitted" => word("划款送银行", "payout submitted"),
        "payout.settled" => word("银行已划款", "payout settled"),
        "payout.rejected" => word("银行拒绝划款", "payout rejected"),
        "payout.returned" => word("退票", "payout returned"),
        "payout.cancelled" => word("划款取消", "payout cancelled"),
        "default_run.contract_refunded" => {
            word("商家跑路或退出，退回余款", "unspent money refunded: merchant's default or exit")
        }
        "default_run.contract_passed" => {
            word("商家跑路或退出，本合同无可退余款", "merchant's default or exit: nothing to refund now")
        }
        "refund.requested" => word("申请退款", "refund requested"),
        "refund.answered" => word("商家答复", "refund answered"),
        "refund.declared" => word("消费者声明", "consumer's declaration"),
        "refund.prior_service_claimed" => word("商家主张曾获得相同服务", "prior service claimed"),
        "refund.prior_service_decided" => word("审查曾获得相同服务的主张", "claim of prior service decided"),
        "refund.recalculated" => word("重新计算退款", "refund recalculated"),
        "refund.proposed" => word("拟定退款", "refund proposed"),
        "refund.ordered" => word("准予退款", "refund ordered"),
        "refund.declined" => word("不予退款", "refund declined"),
        "refund.withdrawn" => word("撤回申请", "refund withdrawn"),
        other => word(other, ""),
    }
}

/// Who acts.
pub(super) const fn role(role: Role) -> Word {
    match role {
        Role::Consumer => word("消费者", "consumer"),
        Role::Merchant => word("商家", "merchant"),
        Role::Operator => word("运营", "operator"),
        Role::Notary => word("公证员", "notary"),
        Role::Mediator => word("调解员", "mediator"),
        Role::Arbitrator => word("仲裁员", "arbitrator"),
        Role::Regulator => word("监管", "regulator"),
        Role::Channel => word("银行/支付渠道", "bank channel"),
        Role::System => word("系统", "system"),
    }
}

/// How far a contract has come.
pub(super) const fn contract(state: ContractState) -> Word {
    match state {
        ContractState::Draft => word("已拟定，未签署", "draft"),
        ContractState::Signed => word("已签署，待提存", "signed"),
        ContractState::Active => word("履行中", "active"),
        ContractState::Completed => word("已履行完毕", "completed"),
        ContractState::Closing => word("退款办理中", "closing"),
        ContractState::Terminated => word("已终止", "terminated"),
        ContractState::Cancelled => word("已取消", "cancelled"),
    }
}

/// How far a delivery has come.
pub(super) const fn delivery(state: DeliveryState) -> Word {
    match state {
        DeliveryState::Pending => word("待确认", "pending"),
        DeliveryState::Confirmed => word("已确认", "confirmed"),
        DeliveryState::Contested => word("有异议", "contested"),
        DeliveryState::Frozen => word("已冻结", "frozen"),
        DeliveryState::Voided => word("已作废", "voided"),
        DeliveryState::Reversed => word("已撤回", "reversed"),
    }
}

/// How far a deposit has come.
pub(super) const fn deposit(state: DepositState) -> Word {
    match state {
        DepositState::AwaitingPayment => word("待付款", "awaiting payment"),
        DepositState::Credited => word("已入账", "credited"),
        DepositState::Failed => word("付款失败", "failed"),
        DepositState::Expired => word("已逾期", "expired"),
    }
}

/// How far a refund has come.
pub(super) const fn refund(state: RefundState) -> Word {
    match state {
        RefundState::Requested => word("已申请", "requested"),
        RefundState::Answered => word("商家已答复", "answered"),
        RefundState::Proposed => word("待复核", "proposed"),
        RefundState::Ordered => word("已准予", "ordered"),
        RefundState::NeedsAccount => word("待收款账户", "needs an account"),
        RefundState::Paid => word("已划付", "paid"),
        RefundState::Declined => word("不予退款", "declined"),
        RefundState::Withdrawn => word("已撤回", "withdrawn"),
    }
}

/// On what a refund was ordered.
pub(super) const fn basis(basis: Basis) -> Word {
    match basis {
        Basis::ConditionMet => word("条件成就", "condition met"),
        Basis::Consent => word("商家同意", "consent"),
        Basis::Waiver => word("放弃", "waiver"),
        Basis::TakenBack => word("取回", "taken back"),
        Basis::Award => word("仲裁裁决", "award"),
        Basis::Judgment => word("法院裁判", "judgment"),
    }
}

/// Why money was asked back.
pub(super) const fn reason(reason: Reason) -> Word {
    match reason {
        Reason::SevenDay => word("七日内解除", "within seven days"),
        Reason::MerchantMoved => word("商家迁址", "merchant moved"),
        Reason::DutyTransferred => word("义务转让他人", "duty transferred"),
        Reason::UnlimitedNotDeliverable => word("不限次服务无法提供", "unlimited service not deliverable"),
        Reason::MerchantBreach => word("商家违约", "merchant's breach"),
        Reason::MerchantClosed => word("商家停业", "merchant closed"),
        Reason::ConditionsChanged => word("客观情况变化", "conditions changed"),
        Reason::VoidContract => word("合同无效", "void contract"),
        Reason::ConsumerChoice => word("消费者不再需要", "consumer's choice"),
        Reason::Mixed => word("双方均有过错", "both at fault"),
        Reason::Mutual => word("双方协商", "mutual"),
        Reason::Award => word("裁决或判决", "award or judgment"),
    }
}

/// What a document is.
pub(super) fn document(kind: &'static str) -> Word {
    match kind {
        "terms" => word("合同条款", "terms signed"),
        "guardian_consent" => word("监护人同意书", "guardian's consent"),
        "award" => word("仲裁裁决书", "award"),
        "court_order" => word("法院冻结或解除冻结文书", "court order that freezes, or lifts a freeze"),
        "judgment" => word("法院裁判文书", "judgment"),
        "waiver" => word("消费者放弃声明", "consumer's waiver"),
        "taken_back" => word("消费者取回声明", "consumer's taking back"),
        "deduction" => word("商家扣除费用的证明", "proof of a deduction"),
        "prior_service" => word("曾获得相同服务的证明", "proof of prior service"),
        "dispute_evidence" => word("纠纷证据", "evidence in the dispute"),
        other => word(other, "document"),
    }
}

#[cfg(test)]
mod tests {
    use super::kind;
    use crate::domain::event::Event;

    #[test]
    fn whatever_can_happen_to_a_contract_has_its_words() {
        let of_contracts = [
            "contract.",
            "period.",
            "unclaimed.",
            "deposit.",
            "checkin.",
            "delivery.",
            "dispute.",
            "proposal.",
            "evidence.",
            "freeze.",
            "payout.",
            "refund.",
            "default_run.contract_",
        ];
        for known in Event::KINDS.iter().filter(|known| of_contracts.iter().any(|start| known.starts_with(start))) {
            assert!(!kind(known).en.is_empty(), "{known}");
        }
    }
}
