//! The part of the page about money.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Paper, both, escape};
use crate::domain::money::Amount;
use crate::domain::objects::DeliveryState;
use crate::ledger::evidence::words;

impl Paper<'_> {
    pub(super) fn money(&mut self) {
        let balances = self.summary.balances;
        self.heading("二、款项（人民币元）", "Money (CNY)");
        let sums = [
            ("已提存", "deposited", balances.deposited),
            ("未交付", "held", balances.held),
            ("待确认", "pending", balances.pending),
            ("冻结", "frozen", balances.frozen),
            ("已归商家", "to merchant", balances.to_merchant),
            ("退还消费者", "refunded", balances.refunded),
        ];
        let mut html = String::from("<div class=\"sums\">");
        for (zh, en, amount) in sums {
            // Writing to a string cannot fail.
            let _infallible = write!(html, "<div><span>{zh} {en}</span><b>{amount}</b></div>");
        }
        self.add(&(html + "</div>"));
        let rows = [self.deposit_rows(), self.delivery_rows(), self.settlement_rows(), self.refund_rows()].concat();
        if !rows.is_empty() {
            self.add("<table class=\"lines\"><tbody>");
            rows.iter().for_each(|row| self.add(row));
            self.add("</tbody></table>");
        }
    }

    fn deposit_rows(&self) -> Vec<String> {
        let row = |line: &crate::ledger::evidence::summary::DepositLine| {
            let at = self.maybe_time(line.credited_at);
            money_row("提存", "deposit", &both(words::deposit(line.state)), line.amount, &at)
        };
        self.summary.deposits.iter().map(row).collect()
    }

    /// Deliveries by how far they have come: a long history is one line for each state.
    fn delivery_rows(&self) -> Vec<String> {
        let mut by_state: BTreeMap<DeliveryState, (u64, Amount)> = BTreeMap::new();
        for line in &self.summary.deliveries {
            let (count, amount) = by_state.entry(line.state).or_default();
            *count = count.saturating_add(1);
            *amount = amount.saturating_add(line.amount);
        }
        let row = |(state, (count, amount)): (DeliveryState, (u64, Amount))| {
            let more = format!("{count} 笔 <i>in {count}</i>");
            money_row("核销", "deliveries", &both(words::delivery(state)), amount, &more)
        };
        by_state.into_iter().map(row).collect()
    }

    fn settlement_rows(&self) -> Vec<String> {
        let row = |line: &crate::ledger::evidence::summary::SettlementLine| {
            let count = line.deliveries;
            let at = self.time(line.released_at);
            let more = format!("{at}，{count} 笔核销 <i>deliveries: {count}</i>");
            money_row("结算", "settlement", "已放款 <i>released</i>", line.amount, &more)
        };
        self.summary.settlements.iter().map(row).collect()
    }

    fn refund_rows(&self) -> Vec<String> {
        let row = |line: &crate::ledger::evidence::summary::RefundLine| {
            let basis = line.basis.map(|basis| format!("；依据 <i>basis</i> {}", both(words::basis(basis))));
            let asked = format!("事由 <i>reason</i> {}", both(words::reason(line.reason)));
            let share = line.merchant_share.map(|share| format!("；归商家 <i>to merchant</i> {share}"));
            let calculated = format!("；依规则计算 <i>by the rules</i> {}", line.calculated);
            let more = [asked, calculated, basis.unwrap_or_default(), share.unwrap_or_default()].concat();
            let amount = line.amount.unwrap_or(line.calculated);
            money_row("退款", "refund", &both(words::refund(line.state)), amount, &more)
        };
        self.summary.refunds.iter().map(row).collect()
    }
}

fn money_row(zh: &str, en: &str, state: &str, amount: Amount, more: &str) -> String {
    let amount = escape(&amount.to_string());
    format!("<tr><td>{zh} <i>{en}</i></td><td>{state}</td><td class=\"amount\">{amount}</td><td>{more}</td></tr>")
}
