//! The refund calculator: the engine's reply to stated facts, and to the facts of a real refund.

mod question;

use actix_web::HttpResponse;
use serde::Serialize;

use crate::domain::calendar;
use crate::domain::figures::Asked;
use crate::domain::money::Amount;
use crate::domain::objects::{Contract, Refund};
use crate::domain::refund::{Benchmarks, Calculation, RefundError, calculate};
use crate::http::caller::Caller;
use crate::http::input::Json;
use crate::http::permissions::CalculateRefund;
use crate::http::problem::Problem;
use crate::http::reply::Records;
use crate::http::texts::text_of;
use question::Question;

/// The engine's reply.
#[derive(Clone, Debug, Serialize)]
pub struct CalculationView {
    refund: Amount,
    used: Amount,
    deductions: Amount,
    fault: String,
    interest: Amount,
    total: Amount,
    needs_decision: bool,
    lines: Vec<LineView>,
    rules_version: &'static str,
}

/// One line of the reply, with the article it rests on.
#[derive(Clone, Debug, Serialize)]
struct LineView {
    article: String,
    text: Words,
    formula: Option<String>,
    amount: Option<Amount>,
}

#[derive(Clone, Debug, Serialize)]
struct Words {
    zh: String,
    en: String,
}

impl From<Calculation> for CalculationView {
    fn from(calculation: Calculation) -> Self {
        let lines = calculation.lines.into_iter().map(|line| LineView {
            article: line.article.to_owned(),
            text: Words { zh: line.text_zh, en: line.text_en },
            formula: Some(line.formula).filter(|formula| !formula.is_empty()),
            amount: Some(line.amount),
        });
        Self {
            refund: calculation.refund,
            used: calculation.used,
            deductions: calculation.deductions,
            fault: calculation.fault.to_string(),
            interest: calculation.interest,
            total: calculation.total,
            needs_decision: calculation.needs_decision,
            lines: lines.collect(),
            rules_version: calculation.rules_version,
        }
    }
}

impl CalculationView {
    /// The calculation of a real refund, line by line; `records` tell what deductions are for, `names` are those of the
    /// plan's gift services or milestones.
    #[must_use]
    pub fn of(refund: &Refund, contract: &Contract, records: &Records, names: Vec<String>) -> Self {
        // What was used since does not count: the figures stand as they were last worked out.
        let then = Contract { live: refund.figures.live.clone(), ..contract.clone() };
        let facts = Asked::of(refund).facts(&then, |name| text_of(records, Some(name)).unwrap_or_default());
        let calculated = facts.and_then(|mut facts| {
            facts.plan.name_parts(names);
            calculate(&facts, calendar::built_in(), Benchmarks::built_in())
        });
        match calculated {
            // What a party claims is not in the books: a person decides.
            Ok(calculation) if refund.agreed.is_none() => {
                let needs_decision = refund.figures.needs_decision;
                Self { needs_decision, ..Self::from(calculation).without_earlier(refund.figures.refund) }
            }
            // The parties named the amount: there is nothing to calculate.
            _ => Self {
                refund: refund.figures.refund,
                used: refund.figures.used,
                deductions: Amount::ZERO,
                fault: "agreed".to_owned(),
                interest: Amount::ZERO,
                total: refund.figures.refund,
                needs_decision: refund.figures.needs_decision,
                lines: Vec::new(),
                rules_version: crate::domain::refund::RULES_VERSION,
            },
        }
    }
}

impl CalculationView {
    /// The same where `left` is what earlier refunds and disputes of the contract have left of it.
    fn without_earlier(mut self, left: Amount) -> Self {
        let (earlier, more) = (self.refund.saturating_sub(left), left.saturating_sub(self.refund));
        if earlier == more {
            return self;
        }
        let change = if more.is_zero() { format!("− {earlier}") } else { format!("+ {more}") };
        let text = Words {
            zh: "此前已退还或在纠纷中已处理的部分不再重复计算".to_owned(),
            en: "What was refunded before, or settled in a dispute.".to_owned(),
        };
        let formula = Some(format!("{} {change}", self.refund));
        let article = "民法典 第985条（参考）".to_owned();
        self.lines.push(LineView { article, text, formula, amount: Some(left) });
        self.total = self.total.saturating_sub(earlier).saturating_add(more);
        self.refund = left;
        self
    }
}

/// `POST /v1/refund-calculations`
pub async fn calculate_refund(caller: Caller<CalculateRefund>, body: Json<Question>) -> Result<HttpResponse, Problem> {
    tracing::debug!(office = %caller.office, "a refund is calculated");
    let facts = body.0.facts()?;
    let calculation = calculate(&facts, calendar::built_in(), Benchmarks::built_in()).map_err(|error| match error {
        RefundError::ReasonNotCalculable => Problem::new("reason_not_supported").at(error.pointer(), error.to_string()),
        _ => Problem::value(error.pointer(), error.to_string()),
    })?;
    Ok(HttpResponse::Ok().json(CalculationView::from(calculation)))
}
