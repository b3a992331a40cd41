//! Registrations: a consumer, or a merchant's first user, appears.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::domain::actor::Actor;
use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, Party, UserId};
use crate::domain::objects::{Role, User, UserState};
use crate::domain::time::Date;
use crate::http::app::App;
use crate::http::auth;
use crate::http::input::{Anyone, Text, Write};
use crate::http::problem::Problem;
use crate::http::reply::{Records, Shown, carry_out, etag, from_object, placed};
use crate::http::texts::{record, record_of};
use crate::ledger::commands::users::RegisterUser;
use crate::ledger::{Idempotency, Submission};
use crate::store::credentials::Credential;
use crate::store::records::RecordKind;

/// Somebody who wants to sign in from now on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    kind: Kind,
    username: Text<3, 64>,
    password: Text<8, 128>,
    name: Text<1, 100>,
    phone: Option<Text<1, 32>>,
    birth_date: Option<Date>,
    office: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Consumer,
    Merchant,
}

/// What is known of a user beside the books.
#[derive(Serialize, Deserialize)]
pub struct UserProfile {
    /// Their day of birth, where they have told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<Date>,
    /// Their name.
    pub name: String,
    /// Their phone number.
    pub phone: Option<String>,
    /// The name they sign in with.
    pub username: String,
}

/// A user's wire form.
#[derive(Serialize)]
pub struct UserView {
    id: UserId,
    username: Option<String>,
    role: Role,
    party: Option<Party>,
    state: UserState,
    revision: u64,
}

from_object!(User);

impl Shown for User {
    type View = UserView;

    fn digests(&self) -> Vec<Digest> {
        self.profile.into_iter().collect()
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn view(&self, records: &Records, _: Role) -> UserView {
        let profile: Option<UserProfile> = self.profile.and_then(|digest| record_of(records, digest));
        UserView {
            id: self.id,
            username: profile.map(|profile| profile.username),
            role: self.role,
            party: self.party,
            state: self.state,
            revision: self.revision,
        }
    }
}

#[derive(Serialize)]
struct Registered {
    #[serde(flatten)]
    user: UserView,
    log_position: Option<u64>,
}

/// `POST /v1/registrations`
pub async fn register(app: Data<App>, anyone: Anyone, request: Write<NewUser>) -> Result<HttpResponse, Problem> {
    let body = &request.body;
    let office = app.office_named(body.office.as_deref())?.office().name;
    let username = plain_username(&body.username.0)?;
    let password_hash = auth::hash_in_turn(body.password.0.clone()).await?;
    let phone = body.phone.as_ref().map(|phone| phone.0.clone());
    let profile =
        UserProfile { birth_date: body.birth_date, name: body.name.0.clone(), phone, username: username.clone() };
    let (digest, kept) = record(&app, RecordKind::Profile, &profile)?;
    let login = auth::login_digest(&username);
    let user = UserId::from_bits(app.new_id());
    let (role, consumer) = match body.kind {
        Kind::Consumer => (Role::Consumer, Some(ConsumerId::from_bits(app.new_id()))),
        Kind::Merchant => (Role::Merchant, None),
    };
    let command = RegisterUser { user, role, consumer, login, profile: Some(digest) };
    let mut submission = Submission::new(Box::new(command), Actor::System, anyone.request, app.now());
    submission.idempotency = Some(Idempotency {
        scope_key: format!("{}/registrations", request.key),
        fingerprint: request.fingerprint.as_bytes().to_vec(),
    });
    submission.records = vec![kept];
    submission.credential = Some(Credential { login, user, username, password_hash });
    let done = carry_out(&app, office, submission).await?;
    let user = User::try_from(done.object).map_err(|()| Problem::new("internal"))?;
    let records = crate::http::reply::records_of(&app, office, std::slice::from_ref(&user)).await?;
    let mut response = HttpResponse::build(StatusCode::CREATED);
    placed(&mut response, done.position, done.replayed);
    response.insert_header(("ETag", etag(user.revision)));
    Ok(response.json(Registered { user: user.view(&records, user.role), log_position: done.position }))
}

/// A user name as it may be chosen: lower case, so that no two differ by case alone.
fn plain_username(text: &str) -> Result<String, Problem> {
    if auth::is_username(text) { Ok(text.to_owned()) } else { Err(Problem::value("/username", auth::USERNAME_FORM)) }
}
