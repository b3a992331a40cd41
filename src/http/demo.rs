//! The demo's own endpoints, absent from a normal service: a clock that can be moved, and a bank that obeys.

use std::pin::Pin;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::web::Data;
use jiff::{Span, Timestamp as Moment, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::app::App;
use super::channels::{
    Notice, PaymentChannel as _, PaymentOutcome, PayoutOutcome, SIGNATURE_HEADER, Sandbox, TIME_HEADER,
};
use super::input::{Anyone, Json, PathId};
use super::problem::Problem;
use super::problems;
use super::reply::{Shown as _, carry_out, records_of};
use super::resources::deposits::payable;
use crate::domain::actor::Actor;
use crate::domain::id::{DepositId, PayoutId};
use crate::domain::objects::{PayoutState, Role};
use crate::domain::time::Timestamp;
use crate::ledger::clock::wall;
use crate::ledger::commands::payouts::SubmitPayout;
use crate::ledger::{Sequencer, Submission};
use crate::store::{Connection, objects, settings};

/// Runs what the timers would run now; answers once it is done.
pub type RunDue = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> + Send + Sync>;

/// What only a demo has.
#[derive(Clone)]
pub struct Demo {
    /// The simulated bank.
    pub bank: Arc<Sandbox>,
    /// The address under which the service calls itself.
    pub base_url: String,
    /// Runs what has become due.
    pub run_due: RunDue,
}

/// Name under which a demo remembers how far its clock is ahead.
pub const CLOCK_SETTING: &str = "demo_clock_offset_us";

const ADVANCE_MAX_US: i64 = 400 * 24 * 3600 * 1_000_000;

/// How far the clock is to be moved.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    advance: String,
}

/// How a payment is to end.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paid {
    outcome: PaymentOutcome,
}

/// How a payout is to end.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaidOut {
    outcome: PayoutOutcome,
}

#[derive(Serialize)]
struct ClockView {
    now: Timestamp,
    offset_seconds: i64,
}

fn demo(app: &App) -> Result<(&Demo, Sequencer), Problem> {
    let demo = app.demo.as_ref().ok_or_else(|| Problem::new("route_not_found"))?;
    let sequencer = app.offices.all().values().next().cloned().ok_or_else(Problem::not_found)?;
    Ok((demo, sequencer))
}

/// `POST /demo/clock`: moves the clock ahead and answers once everything that became due is done.
pub async fn advance_clock(app: Data<App>, anyone: Anyone, body: Json<Advance>) -> Result<HttpResponse, Problem> {
    let (demo, sequencer) = demo(&app)?;
    let by_us = microseconds(&body.0.advance, app.now())?;
    app.clock.advance(by_us);
    let offset_us = app.clock.offset_us();
    let write = Box::new(move |connection: &mut Connection, office: &str| {
        settings::write(connection, office, CLOCK_SETTING, &offset_us.to_string())
    });
    sequencer.submit(Submission::aside(write, anyone.request, app.now())).await?;
    (demo.run_due)().await.map_err(|error| {
        tracing::error!(%error, "what became due could not be run");
        Problem::new("unavailable")
    })?;
    Ok(HttpResponse::Ok().json(ClockView { now: app.now(), offset_seconds: offset_us / 1_000_000 }))
}

/// An ISO 8601 duration from `now` on, in microseconds.
fn microseconds(text: &str, now: Timestamp) -> Result<i64, Problem> {
    let refused = |detail: &str| Problem::value("/advance", detail);
    let span: Span = text.parse().map_err(|_| refused("expected an ISO 8601 duration, for example P3D"))?;
    let start = Moment::from_microsecond(now.micros()).map_err(|_| refused("the clock is at its end"))?;
    let start = start.to_zoned(TimeZone::UTC);
    let end = start.checked_add(span).map_err(|_| refused("expected at most P400D"))?;
    let by_us = end.timestamp().as_microsecond().saturating_sub(now.micros());
    match by_us {
        ..0 => Err(refused("the clock only goes forward")),
        0..=ADVANCE_MAX_US => Ok(by_us),
        _ => Err(refused("expected at most P400D")),
    }
}

/// `POST /demo/bank/deposits/{id}`: the bank says that a deposit was paid, or was not.
pub async fn bank_deposit(app: Data<App>, id: PathId<DepositId>, body: Json<Paid>) -> Result<HttpResponse, Problem> {
    let (demo, sequencer) = demo(&app)?;
    let office = sequencer.office().name;
    let deposit = app.find(office, id.0, objects::deposits::load).await?.ok_or_else(Problem::not_found)?;
    let notice = Notice::Deposit {
        transaction_id: transaction_id(&app),
        reference: deposit.id.to_string(),
        outcome: body.0.outcome,
        amount: deposit.amount,
        currency: "CNY".to_owned(),
    };
    notify(demo, &notice).await?;
    let deposit = app.find(office, id.0, objects::deposits::load).await?.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(payable(&app, office, &deposit)))
}

/// `POST /demo/bank/payouts/{id}`: the bank says how a payout ended; one that was not handed to it yet is, first.
pub async fn bank_payout(
    app: Data<App>,
    anyone: Anyone,
    id: PathId<PayoutId>,
    body: Json<PaidOut>,
) -> Result<HttpResponse, Problem> {
    let (demo, sequencer) = demo(&app)?;
    let office = sequencer.office().name;
    let payout = app.find(office, id.0, objects::payouts::load).await?.ok_or_else(Problem::not_found)?;
    if payout.state == PayoutState::Created {
        let command = SubmitPayout { payout: payout.id };
        let submission = Submission::new(Box::new(command), Actor::System, anyone.request, app.now());
        carry_out(&app, office, submission).await?;
    }
    let transaction_id = transaction_id(&app);
    notify(demo, &Notice::Payout { transaction_id, reference: payout.id, outcome: body.0.outcome }).await?;
    let payout = app.find(office, payout.id, objects::payouts::load).await?.ok_or_else(Problem::not_found)?;
    let records = records_of(&app, office, std::slice::from_ref(&payout)).await?;
    Ok(HttpResponse::Ok().json(payout.view(&records, Role::System)))
}

/// The number a bank would give to something that happened.
fn transaction_id(app: &App) -> String {
    format!("DEMO-{}", hex::encode(app.entropy.bytes::<8>()))
}

/// Calls the service's own notification endpoint, signed, as a real channel would.
async fn notify(demo: &Demo, notice: &Notice) -> Result<(), Problem> {
    let internal = |error: String| {
        tracing::error!(%error, "the simulated bank could not reach the service");
        Problem::new("unavailable")
    };
    let body = serde_json::to_vec(notice).map_err(|error| internal(error.to_string()))?;
    let time = wall().to_string();
    let url = format!("{}/v1/channels/{}/notifications", demo.base_url, demo.bank.name());
    let sent = awc::Client::default()
        .post(url)
        .insert_header((TIME_HEADER, time.as_str()))
        .insert_header((SIGNATURE_HEADER, demo.bank.sign(&time, &body)))
        .content_type("application/json")
        .send_body(body);
    let mut answer = sent.await.map_err(|error| internal(error.to_string()))?;
    if answer.status().is_success() {
        return Ok(());
    }
    let problem: serde_json::Value = answer.json().await.unwrap_or_default();
    let known = problem.get("code").and_then(serde_json::Value::as_str).and_then(problems::find);
    Err(Problem::new(known.map_or("internal", |kind| kind.code.as_str())))
}
