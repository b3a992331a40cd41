//! Payout accounts: where a party's money goes.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::Party;
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Query, Text, Write};
use crate::http::paging::Unfiltered;
use crate::http::permissions::{ReadPayoutAccounts, SetPayoutAccount};
use crate::http::problem::Problem;
use crate::http::reply::{Done, Records, placed, submit};
use crate::http::texts::{record, record_of};
use crate::ledger::commands::payout_accounts;
use crate::ledger::rebuild::Object;
use crate::store::objects;
use crate::store::records::{self, Record, RecordKind};

/// A bank account on its way in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPayoutAccount {
    holder_name: Text<1, 100>,
    bank_name: Text<1, 100>,
    account_number: String,
}

/// A bank account as it is kept beside the books.
#[derive(Clone, Serialize, Deserialize)]
pub struct AccountRecord {
    account_number: String,
    bank_name: String,
    holder_name: String,
    party: Party,
    set_at: Timestamp,
}

/// A bank account as a payout shows it.
#[derive(Clone, Serialize)]
pub struct AccountView {
    holder_name: String,
    bank_name: String,
    account_masked: String,
}

#[derive(Serialize)]
struct PayoutAccountView {
    party: Party,
    #[serde(flatten)]
    account: AccountView,
    set_at: Timestamp,
}

#[derive(Serialize)]
struct Written {
    #[serde(flatten)]
    view: PayoutAccountView,
    log_position: Option<u64>,
}

impl AccountRecord {
    fn view(&self) -> PayoutAccountView {
        PayoutAccountView { party: self.party, account: self.masked(), set_at: self.set_at }
    }

    fn masked(&self) -> AccountView {
        let last = self.account_number.len().saturating_sub(4);
        let tail = self.account_number.get(last..).unwrap_or_default();
        AccountView {
            holder_name: self.holder_name.clone(),
            bank_name: self.bank_name.clone(),
            account_masked: format!("****{tail}"),
        }
    }
}

/// The account under a digest, masked; none where it was erased.
#[must_use]
pub fn account_view(records: &Records, digest: Digest) -> Option<AccountView> {
    record_of::<AccountRecord>(records, digest).map(|record| record.masked())
}

/// The record of an account that `party` names, and its commitment.
///
/// # Errors
/// `invalid_value` for a number that is none.
pub fn account_record(app: &App, party: Party, account: &NewPayoutAccount) -> Result<(Digest, Record), Problem> {
    let number = &account.account_number;
    if !(8..=32).contains(&number.len()) || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Problem::value("/account_number", "expected 8 to 32 digits"));
    }
    let content = AccountRecord {
        account_number: number.clone(),
        bank_name: account.bank_name.0.clone(),
        holder_name: account.holder_name.0.clone(),
        party,
        set_at: app.now(),
    };
    record(app, RecordKind::Account, &content)
}

/// `PUT /v1/payout-accounts`
pub async fn set(
    caller: Caller<SetPayoutAccount>,
    app: Data<App>,
    request: Write<NewPayoutAccount>,
) -> Result<HttpResponse, Problem> {
    let live = app.user(caller.office, caller.user).await?.and_then(|user| user.party);
    let party = live.ok_or_else(Problem::not_found)?;
    let (account, kept) = account_record(&app, party, &request.body)?;
    let command = payout_accounts::SetPayoutAccount { account };
    let done = submit(&app, &caller, &request, command, vec![kept]).await?;
    answer(&app, &caller, done).await
}

async fn answer(app: &Data<App>, caller: &Caller<SetPayoutAccount>, done: Done) -> Result<HttpResponse, Problem> {
    let digest = account_of(&done.object).ok_or_else(|| Problem::new("internal"))?;
    let office = caller.office;
    let found = app.read(move |connection| records::find(connection, office.as_str(), &[digest])).await?;
    let content = found.first().and_then(|record| serde_json::from_slice::<AccountRecord>(&record.body).ok());
    let content = content.ok_or_else(|| Problem::new("internal"))?;
    let mut response = HttpResponse::build(StatusCode::OK);
    placed(&mut response, done.position, done.replayed);
    Ok(response.json(Written { view: content.view(), log_position: done.position }))
}

fn account_of(object: &Object) -> Option<Digest> {
    match object {
        Object::Merchant(merchant) => merchant.payout_account,
        Object::Consumer(consumer) => consumer.payout_account,
        _ => None,
    }
}

/// `GET /v1/payout-accounts`: the caller's own, if there is one.
pub async fn list(
    caller: Caller<ReadPayoutAccounts>,
    app: Data<App>,
    query: Query<Unfiltered>,
) -> Result<HttpResponse, Problem> {
    let paging = query.0.paging("/v1/payout-accounts")?;
    let (office, party) = (caller.office, caller.party);
    let found = app.read(move |connection| {
        let office = office.as_str();
        let digest = match party {
            Some(Party::Merchant(id)) => objects::merchants::load(connection, office, &[id])?
                .first()
                .and_then(|merchant| merchant.payout_account),
            Some(Party::Consumer(id)) => objects::consumers::load(connection, office, &[id])?
                .first()
                .and_then(|consumer| consumer.payout_account),
            None => None,
        };
        digest.map_or(Ok(Vec::new()), |digest| records::find(connection, office, &[digest]))
    });
    let found = found.await?;
    let contents = found.iter().filter_map(|record| serde_json::from_slice::<AccountRecord>(&record.body).ok());
    Ok(paging.respond_with(contents.map(|content| content.view()).collect(), None))
}
