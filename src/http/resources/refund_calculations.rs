//! The refund calculator: the engine's reply to stated facts, and to the facts of a real refund.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};

use crate::domain::calendar;
use crate::domain::money::Amount;
use crate::domain::objects::{Contract, Refund};
use crate::domain::refund::{
    Calculation, CountFacts, Deduction, DeductionKind, Facts, Rate, Reason, RefundError, calculate,
};
use crate::domain::rules::refund_facts;
use crate::domain::time::Date;
use crate::http::caller::Caller;
use crate::http::input::{Json, Text};
use crate::http::permissions::CalculateRefund;
use crate::http::problem::Problem;

/// A question: the facts of a case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    kind: String,
    currency: String,
    paid: Amount,
    paid_on: Date,
    requested_on: Date,
    reason: Reason,
    prior_same_service: Option<bool>,
    merchant_fault_percent: Option<u8>,
    count: Option<Count>,
    deductions: Option<Vec<NamedDeduction>>,
    agreed_rate: Option<Rate>,
    account_rate: Option<Rate>,
}

/// What was used of a count plan.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    units: u64,
    bonus_units: u64,
    used_units: u64,
    list_price: Option<Amount>,
    list_price_proven: Option<bool>,
    market_price: Option<Amount>,
}

/// A cost the merchant claims.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedDeduction {
    name: Text<1, 100>,
    amount: Amount,
    kind: DeductionKind,
    proven: bool,
}

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
    /// The calculation of a real refund, line by line.
    #[must_use]
    pub fn of(refund: &Refund, contract: &Contract) -> Self {
        // What was used since does not count: the figures stand as they were last worked out.
        let then = Contract { units_live: refund.figures.used_units, ..contract.clone() };
        let facts = refund_facts(&then, refund.reason, refund.prior_same_service, refund.requested_on);
        match calculate(&facts, calendar::built_in()) {
            Ok(calculation) if refund.agreed.is_none() => calculation.into(),
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

/// `POST /v1/refund-calculations`
pub async fn calculate_refund(caller: Caller<CalculateRefund>, body: Json<Question>) -> Result<HttpResponse, Problem> {
    tracing::debug!(office = %caller.office, "a refund is calculated");
    let question = body.0;
    if question.currency != "CNY" {
        return Err(Problem::new("wrong_currency").at("/currency", "expected CNY"));
    }
    match question.kind.as_str() {
        "count" => {}
        "stored_value" | "period" | "course" => {
            return Err(Problem::new("kind_not_supported").at("/kind", "count plans only"));
        }
        _ => return Err(Problem::value("/kind", "expected count, stored_value, period or course")),
    }
    let Some(count) = question.count else {
        return Err(Problem::value("/count", "expected the units of a count plan"));
    };
    let deductions = question.deductions.unwrap_or_default().into_iter().map(|claimed| Deduction {
        name: claimed.name.0,
        amount: claimed.amount,
        kind: claimed.kind,
        proven: claimed.proven,
    });
    let facts = Facts {
        paid: question.paid,
        paid_on: question.paid_on,
        requested_on: question.requested_on,
        reason: question.reason,
        prior_same_service: question.prior_same_service.unwrap_or(false),
        merchant_fault_percent: question.merchant_fault_percent,
        count: CountFacts {
            units: count.units,
            bonus_units: count.bonus_units,
            used_units: count.used_units,
            list_price: count.list_price,
            list_price_proven: count.list_price_proven.unwrap_or(true),
            market_price: count.market_price,
        },
        deductions: deductions.collect(),
        agreed_rate: question.agreed_rate,
        account_rate: question.account_rate,
    };
    let calculation = calculate(&facts, calendar::built_in()).map_err(|error| match error {
        RefundError::ReasonNotCalculable => Problem::new("reason_not_supported").at(error.pointer(), error.to_string()),
        _ => Problem::value(error.pointer(), error.to_string()),
    })?;
    Ok(HttpResponse::Ok().json(CalculationView::from(calculation)))
}
