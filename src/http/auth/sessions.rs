//! Sign-in, refresh with rotation, sign-out.

use std::sync::{Arc, Mutex, PoisonError};

use actix_web::HttpResponse;
use actix_web::web::Data;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::keys::ACCESS_SECONDS;
use super::passwords;
use crate::domain::digest::Digest;
use crate::domain::id::UserId;
use crate::domain::objects::{User, UserState};
use crate::http::app::App;
use crate::http::input::{Anyone, Json, Text};
use crate::http::problem::Problem;
use crate::ledger::clock::wall;
use crate::ledger::{Sequencer, Submission};
use crate::store::credentials::{self, RefreshToken};
use crate::store::{self, Connection, objects};

const REFRESH_HOURS: u32 = 24 * 14;

/// A user's name and password.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    username: Text<1, 64>,
    password: Text<1, 128>,
    office: Option<String>,
}

/// A refresh token handed back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    refresh_token: Text<1, 256>,
}

#[derive(Serialize)]
struct Tokens {
    access_token: String,
    refresh_token: String,
    token_type: &'static str,
    expires_in: i64,
}

/// The digest under which a user name is found; names differ by more than case.
#[must_use]
pub fn login_digest(username: &str) -> Digest {
    Digest::of(&[username.to_lowercase().as_bytes()])
}

/// `POST /v1/auth/token`
pub async fn sign_in(app: Data<App>, anyone: Anyone, body: Json<Credentials>) -> Result<HttpResponse, Problem> {
    let Credentials { username, password, office } = body.0;
    let sequencer = app.office_named(office.as_deref())?;
    let name = sequencer.office().name;
    let login = login_digest(&username.0);
    let credential = app.read(move |connection| credentials::find(connection, name.as_str(), login)).await?;
    let user_id = credential.as_ref().map(|credential| credential.user);
    let right = passwords::verify(password.0, credential.map(|credential| credential.password_hash)).await?;
    let user_id = user_id.filter(|_| right).ok_or_else(refused)?;
    let user = app.find(name, user_id, objects::users::load).await?;
    let user = user.filter(|user| user.state == UserState::Active).ok_or_else(refused)?;
    let family = Digest::from_bytes(app.entropy.bytes());
    let (secret, token) = new_token(&app, user.id, family);
    let written = token.clone();
    let write = Box::new(move |connection: &mut Connection, office: &str| {
        credentials::write_token(connection, office, &written)
    });
    app.in_time(sequencer.submit(Submission::aside(write, anyone.request, app.now()))).await??;
    tokens(&app, &sequencer, &user, secret)
}

/// `POST /v1/auth/refresh`: each refresh token is good once. One that comes twice ends the whole family, since
/// either its owner or a thief has used it before.
pub async fn refresh(app: Data<App>, anyone: Anyone, body: Json<Refresh>) -> Result<HttpResponse, Problem> {
    let digest = Digest::of(&[body.0.refresh_token.0.as_bytes()]);
    for sequencer in app.offices.all().values() {
        let office = sequencer.office().name;
        let found = app.read(move |connection| credentials::find_token(connection, office.as_str(), digest)).await?;
        let Some(found) = found else { continue };
        let (secret, next) = new_token(&app, found.user, found.family);
        let outcome = Arc::new(Mutex::new(None));
        let seen = Arc::clone(&outcome);
        let write = Box::new(move |connection: &mut Connection, office: &str| {
            let user = exchange(connection, office, digest, &next)?;
            *seen.lock().unwrap_or_else(PoisonError::into_inner) = user;
            Ok(())
        });
        app.in_time(sequencer.submit(Submission::aside(write, anyone.request, app.now()))).await??;
        let user = outcome.lock().unwrap_or_else(PoisonError::into_inner).take();
        return tokens(&app, sequencer, &user.ok_or_else(refused)?, secret);
    }
    Err(refused())
}

/// `POST /v1/auth/logout`: ends the session the refresh token belongs to. An unknown token is as good as ended.
pub async fn logout(app: Data<App>, anyone: Anyone, body: Json<Refresh>) -> Result<HttpResponse, Problem> {
    let digest = Digest::of(&[body.0.refresh_token.0.as_bytes()]);
    for sequencer in app.offices.all().values() {
        let office = sequencer.office().name;
        let found = app.read(move |connection| credentials::find_token(connection, office.as_str(), digest)).await?;
        if let Some(found) = found {
            let write = Box::new(move |connection: &mut Connection, office: &str| {
                credentials::end_family(connection, office, found.family)
            });
            app.in_time(sequencer.submit(Submission::aside(write, anyone.request, app.now()))).await??;
        }
    }
    Ok(HttpResponse::NoContent().finish())
}

/// Marks a token as used and stores its successor; answers the live user, or none where the exchange is refused.
fn exchange(
    connection: &mut Connection,
    office: &str,
    digest: Digest,
    next: &RefreshToken,
) -> store::Result<Option<User>> {
    let Some(token) = credentials::find_token(connection, office, digest)? else { return Ok(None) };
    let now = wall();
    if token.used_at.is_some() || token.expires_at <= now {
        credentials::end_family(connection, office, token.family)?;
        return Ok(None);
    }
    let user = objects::users::load(connection, office, &[token.user])?.into_iter().next();
    let Some(user) = user.filter(|user| user.state == UserState::Active) else {
        credentials::end_family(connection, office, token.family)?;
        return Ok(None);
    };
    credentials::write_token(connection, office, &RefreshToken { used_at: Some(now), ..token })?;
    credentials::write_token(connection, office, next)?;
    Ok(Some(user))
}

fn new_token(app: &App, user: UserId, family: Digest) -> (String, RefreshToken) {
    let secret = BASE64_URL_SAFE_NO_PAD.encode(app.entropy.bytes::<32>());
    let issued_at = wall();
    let token = RefreshToken {
        digest: Digest::of(&[secret.as_bytes()]),
        family,
        user,
        issued_at,
        expires_at: issued_at.plus_hours(REFRESH_HOURS),
        used_at: None,
    };
    (secret, token)
}

fn tokens(app: &App, sequencer: &Sequencer, user: &User, refresh_token: String) -> Result<HttpResponse, Problem> {
    let jti = BASE64_URL_SAFE_NO_PAD.encode(app.entropy.bytes::<12>());
    let access_token = app.token_keys.issue(user.id, user.role, sequencer.office().name, user.party, jti)?;
    let tokens = Tokens { access_token, refresh_token, token_type: "Bearer", expires_in: ACCESS_SECONDS };
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(tokens))
}

fn refused() -> Problem {
    Problem::new("invalid_credentials")
}
