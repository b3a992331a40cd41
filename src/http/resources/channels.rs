//! Notices of payment channels, believed by their signature alone.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::domain::account::Account;
use crate::domain::actor::Actor;
use crate::domain::digest::Digest;
use crate::domain::id::{DepositId, ObjectId, ReturnId, SuspenseId};
use crate::domain::name::Name;
use crate::http::app::App;
use crate::http::channels::{Notice, PaymentOutcome, PayoutOutcome};
use crate::http::input::{Anyone, RawBody};
use crate::http::problem::Problem;
use crate::http::reply::{carry_out, placed};
use crate::ledger::clock::wall;
use crate::ledger::commands::{deposits, payouts};
use crate::ledger::rebuild::Object;
use crate::ledger::{Command, Submission};
use crate::store::subjects;

#[derive(Serialize)]
struct Receipt {
    transaction_id: String,
    result: &'static str,
    subject: ObjectId,
    log_position: u64,
}

/// `POST /v1/channels/{name}/notifications`: the channel's transaction id is the key, and a repeated one is a no-op.
pub async fn notify(
    app: Data<App>,
    anyone: Anyone,
    request: HttpRequest,
    body: RawBody,
) -> Result<HttpResponse, Problem> {
    let name = request.match_info().get("name").unwrap_or_default();
    let channel = app.channels.find(name)?;
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let bytes: Bytes = body.0;
    let notice = channel.read(&header, &bytes, wall())?;
    let office = channel.office();
    let Account::Bank(bank) = channel.account() else { return Err(Problem::new("internal")) };
    let transaction = Digest::of(&[channel.name().as_str().as_bytes(), b"/", notice.transaction_id().as_bytes()]);
    let command = command(&app, &notice, transaction, bank)?;
    let mut submission = Submission::new(command, Actor::Channel(channel.name()), anyone.request, app.now());
    submission.records = vec![crate::ledger::records::transaction(channel.name().as_str(), notice.transaction_id())];
    let done = carry_out(&app, office, submission).await?;
    let result = match (&done.object, done.position) {
        (_, None) => "repeated",
        (Object::Suspense(_), Some(_)) => "suspense",
        _ => "applied",
    };
    let subject = done.object.id();
    let position = match done.position {
        Some(position) => position,
        None => position_of(&app, office, subject).await?,
    };
    let mut response = HttpResponse::Ok();
    placed(&mut response, Some(position), done.replayed);
    Ok(response.json(Receipt {
        transaction_id: notice.transaction_id().to_owned(),
        result,
        subject,
        log_position: position,
    }))
}

/// The newest entry about an object, for a notice that was taken in before.
async fn position_of(app: &App, office: Name, subject: ObjectId) -> Result<u64, Problem> {
    let newest = app.read(move |connection| {
        let root = crate::ledger::rebuild::indexed_under(connection, office.as_str(), subject)?;
        subjects::newest_about(connection, office.as_str(), root)
    });
    newest.await?.ok_or_else(|| Problem::new("internal"))
}

fn command(app: &App, notice: &Notice, transaction: Digest, bank: Name) -> Result<Box<dyn Command>, Problem> {
    Ok(match notice {
        Notice::Deposit { reference, outcome, amount, currency, .. } => {
            if currency != "CNY" {
                return Err(Problem::new("wrong_currency").at("/currency", "expected CNY"));
            }
            let deposit = DepositId::parse(reference).ok();
            match (outcome, deposit) {
                (PaymentOutcome::Paid, deposit) => Box::new(deposits::ReceiveDeposit {
                    transaction,
                    deposit,
                    amount: *amount,
                    paid_at: None,
                    bank,
                    suspense: SuspenseId::from_bits(app.new_id()),
                }),
                (PaymentOutcome::Failed, Some(deposit)) => Box::new(deposits::FailDeposit { transaction, deposit }),
                (PaymentOutcome::Failed, None) => return Err(Problem::new("order_unknown")),
            }
        }
        Notice::Payout { reference: payout, outcome, .. } => {
            let payout = *payout;
            match outcome {
                PayoutOutcome::Settled => Box::new(payouts::SettlePayout { payout, bank, transaction }),
                PayoutOutcome::Rejected => Box::new(payouts::RejectPayout { payout, transaction }),
                PayoutOutcome::Returned => {
                    let payout_return = ReturnId::from_bits(app.new_id());
                    Box::new(payouts::ReturnPayout { payout, payout_return, bank, transaction })
                }
            }
        }
    })
}
