//! Who am I, and what may I do.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;

use crate::domain::id::{Party, UserId};
use crate::domain::name::Name;
use crate::domain::objects::Role;
use crate::domain::signature::SignerKey;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::permissions::{ALL, ReadMe};
use crate::http::problem::Problem;
use crate::store::{credentials, objects};

#[derive(Serialize)]
struct Me {
    id: UserId,
    username: Option<String>,
    role: Role,
    office: Name,
    party: Option<Party>,
    signing_key: Option<SignerKey>,
    permissions: Vec<&'static str>,
}

/// `GET /v1/me`
pub async fn read(caller: Caller<ReadMe>, app: Data<App>) -> Result<HttpResponse, Problem> {
    let (office, user) = (caller.office, caller.user);
    let username = app.read(move |connection| credentials::username_of(connection, office.as_str(), user)).await?;
    let live = app.find(office, user, objects::users::load).await?;
    let granted = ALL.iter().filter(|(_, roles)| roles.contains(&caller.role));
    Ok(HttpResponse::Ok().json(Me {
        id: caller.user,
        username,
        role: caller.role,
        office,
        party: caller.party,
        signing_key: live.and_then(|user| user.signing_key),
        permissions: granted.map(|(name, _)| *name).collect(),
    }))
}
