//! What a notice says.

use jiff::tz::TimeZone;

use super::{Audience, NoticeKind};
use crate::domain::objects::Contract;
use crate::domain::time::{Date, Timestamp};

/// What a notice speaks of.
pub(super) struct Told<'a> {
    pub(super) contract: &'a Contract,
    pub(super) due_at: Timestamp,
    pub(super) ends_on: Option<Date>,
    pub(super) zone: &'a TimeZone,
}

/// The words of a notice, in Chinese and in English.
pub(super) fn texts(kind: NoticeKind, audience: Audience, told: &Told<'_>) -> (String, String) {
    let (id, price) = (told.contract.id, told.contract.figures.price);
    // The last day that counts: a time limit ends with a day.
    let day = Timestamp::from_micros(told.due_at.micros().saturating_sub(1)).date(told.zone);
    let until = told.due_at;
    let ends_on = told.ends_on.unwrap_or(day);
    let (zh, en) = match (kind, audience) {
        (NoticeKind::DepositPayment, _) => (
            format!("请在{until}前支付预付款{price}元，逾期作废。"),
            format!("Pay {price} before {until}; it expires then."),
        ),
        (NoticeKind::DeliveryConfirm, _) => (
            format!("有一笔核销待您确认或提出异议，期限至{until}。"),
            format!("A delivery waits for you to confirm or contest it until {until}."),
        ),
        (NoticeKind::CoolingOff, _) => (
            format!("{day}（含）前可无理由取回未使用的全部预付款。"),
            format!("Until {day}, that day included, you can take back the whole principal."),
        ),
        (NoticeKind::RefundAnswer, _) => (
            format!("消费者申请退款，请在{day}（含）前答复。"),
            format!("The consumer asks for a refund: answer by {day}, that day included."),
        ),
        (NoticeKind::RefundPayment, _) => {
            (format!("退款应在{day}（含）前付出。"), format!("The refund is to be paid by {day}, that day included."))
        }
        (NoticeKind::RefundAccount, _) => (
            format!("退款已决定，但没有可用的收款账户，请提供账户；应在{day}（含）前付出。"),
            format!("A refund is ordered and has no account to go to: name one. It is to be paid by {day}."),
        ),
        (NoticeKind::DepositCertificate, _) => {
            (format!("应在{day}（含）前出具提存证书。"), format!("The certificate of the deposit is due by {day}."))
        }
        (NoticeKind::DepositPayee, _) => (
            format!("消费者已为合同提存{price}元，交付后按提存规则领取。（应在{day}前通知）"),
            format!("{price} was deposited for this contract; it is released to you as you deliver. (Due by {day}.)"),
        ),
        (NoticeKind::ContractEnding, Audience::Consumer) => (
            format!("合同将于{ends_on}到期，余额不会因到期被没收：可申请延期或退款。"),
            format!("The contract ends on {ends_on}. What is left stays yours: ask for an extension or a refund."),
        ),
        (NoticeKind::ContractEnding, _) => (
            format!("合同将于{ends_on}到期，请安排剩余服务或办理延期。"),
            format!("The contract ends on {ends_on}: give what is left of the service, or extend it."),
        ),
        (NoticeKind::MerchantSuspended, _) => (
            "该商家已被停止销售，未交付的款项仍由公证处提存，可申请退款。".to_owned(),
            "The merchant may not sell any more. What is undelivered is still in escrow; you can ask for a refund."
                .to_owned(),
        ),
        (NoticeKind::Unclaimed, _) => (
            format!(
                "尚有{}元提存款无人领取，领取权利将于{day}后消灭，请及时领取或申请退款。",
                told.contract.claimable()
            ),
            format!(
                "{} still lies in deposit unclaimed; the right to it lapses after {day}. Use it, or ask for a refund.",
                told.contract.claimable()
            ),
        ),
        // They have words of their own: see `freezes`.
        (NoticeKind::FreezeOrdered | NoticeKind::FreezeEnded, _) => (String::new(), String::new()),
        (NoticeKind::DisputeDue, _) => (
            format!("纠纷当前阶段的期限至{until}。"),
            format!("The time of the dispute's present stage runs until {until}."),
        ),
    };
    (format!("{zh}（合同{id}）"), format!("{en} (Contract {id}.)"))
}
