//! The books (账簿): trial balance and accounts, now and at any past position.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use crate::domain::account::{Account, AccountClass, Side};
use crate::domain::money::Amount;
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Query, QueryNumber, time};
use crate::http::paging::Paging;
use crate::http::permissions::ReadBooks;
use crate::http::problem::Problem;
use crate::ledger::books;
use crate::store::Connection;

/// At which moment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moment {
    position: Option<QueryNumber>,
    #[serde(default, deserialize_with = "time")]
    at: Option<Timestamp>,
}

/// After which entry.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtPosition {
    position: Option<QueryNumber>,
}

/// What a list is filtered by.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    class: Option<AccountClass>,
    limit: Option<QueryNumber>,
    cursor: Option<String>,
}

#[derive(Serialize)]
struct TrialBalanceView {
    position: u64,
    at: Timestamp,
    currency: &'static str,
    classes: Vec<ClassView>,
    total_assets: Amount,
    total_liabilities: Amount,
}

#[derive(Serialize)]
struct ClassView {
    class: AccountClass,
    side: Side,
    balance: Amount,
    count: u64,
}

#[derive(Serialize)]
struct AccountView {
    account: Account,
    class: AccountClass,
    side: Side,
    currency: &'static str,
    balance: Amount,
}

#[derive(Serialize)]
struct AccountAtView {
    #[serde(flatten)]
    account: AccountView,
    position: u64,
    at: Timestamp,
}

fn account_view(account: Account, balance: Amount) -> AccountView {
    let class = account.class();
    AccountView { account, class, side: class.side(), currency: "CNY", balance }
}

/// `GET /v1/books/trial-balance`
pub async fn trial_balance(
    caller: Caller<ReadBooks>,
    app: Data<App>,
    query: Query<Moment>,
) -> Result<HttpResponse, Problem> {
    let Moment { position, at } = query.0;
    if position.is_some() && at.is_some() {
        return Err(Problem::new("invalid_request").at("?at", "position and at exclude each other"));
    }
    let office = caller.office;
    let found = app.read(move |connection| {
        let office = office.as_str();
        let position = match (position, at) {
            (Some(position), _) => Some(position.0),
            (None, Some(moment)) => match books::position_at(connection, office, moment)? {
                Some(position) => Some(position),
                None => return Ok(None),
            },
            (None, None) => None,
        };
        books::trial_balance(connection, office, position)
    });
    let balance = found.await?.ok_or_else(Problem::not_found)?;
    let classes = balance.classes.into_iter().map(|line| ClassView {
        class: line.class,
        side: line.side,
        balance: line.balance,
        count: line.count,
    });
    Ok(HttpResponse::Ok().json(TrialBalanceView {
        position: balance.position,
        at: balance.at,
        currency: "CNY",
        classes: classes.collect(),
        total_assets: balance.total_assets,
        total_liabilities: balance.total_liabilities,
    }))
}

/// `GET /v1/books/accounts`
pub async fn list(caller: Caller<ReadBooks>, app: Data<App>, query: Query<Filter>) -> Result<HttpResponse, Problem> {
    let Filter { class, limit, cursor } = query.0;
    let paging = Paging::new("/v1/books/accounts", limit, cursor.as_deref(), &[("class", &class)])?;
    let accounts = |connection: &mut Connection, office: &str, class: &_, page: &_| {
        books::accounts(connection, office, *class, page)
    };
    let listed = paging.read(&app, &caller, accounts, class).await?;
    Ok(paging.respond(&listed, |one| account_view(one.account, one.balance)))
}

/// `GET /v1/books/accounts/{account}`
pub async fn read(
    caller: Caller<ReadBooks>,
    app: Data<App>,
    request: HttpRequest,
    query: Query<AtPosition>,
) -> Result<HttpResponse, Problem> {
    let name = request.match_info().get("account").unwrap_or_default();
    let account = Account::parse(name).ok_or_else(Problem::not_found)?;
    let (office, position) = (caller.office, query.0.position.map(|position| position.0));
    let found = app.read(move |connection| books::account(connection, office.as_str(), account, position)).await?;
    let found = found.ok_or_else(Problem::not_found)?;
    Ok(HttpResponse::Ok().json(AccountAtView {
        account: account_view(found.account, found.balance),
        position: found.position,
        at: found.at,
    }))
}
