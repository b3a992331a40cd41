//! Who calls, and whether they may: the permission stands in the handler's signature.

use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use futures_util::future::LocalBoxFuture;

use super::app::App;
use super::auth::Claims;
use super::permissions::Permission;
use super::problem::Problem;
use crate::domain::actor::Actor;
use crate::domain::id::{ConsumerId, MerchantId, Party, RequestId, UserId};
use crate::domain::name::Name;
use crate::domain::objects::{Role, UserState};

/// A signed-in caller who has the permission `P`.
#[derive(Clone, Debug)]
pub struct Caller<P> {
    /// The user.
    pub user: UserId,
    /// The role they act in.
    pub role: Role,
    /// The office they belong to.
    pub office: Name,
    /// The merchant or consumer they act for; for reads from the live user, for writes the ledger looks it up.
    pub party: Option<Party>,
    /// The request.
    pub request: RequestId,
    permission: PhantomData<P>,
}

impl<P> Caller<P> {
    /// The caller as the log names them.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        Actor::User { id: self.user, role: self.role }
    }

    /// Whether something of this merchant is the caller's business.
    #[must_use]
    pub fn is_of_merchant(&self, merchant: MerchantId) -> bool {
        self.role != Role::Merchant || self.party == Some(Party::Merchant(merchant))
    }

    /// The merchant a list is narrowed to: a merchant's user sees only its own. None where nothing can be seen.
    #[must_use]
    pub fn narrowed_merchant(&self, asked: Option<MerchantId>) -> Option<Option<MerchantId>> {
        match (self.role, self.party.and_then(Party::merchant)) {
            (Role::Merchant, own) => own.filter(|own| asked.is_none_or(|asked| asked == *own)).map(Some),
            _ => Some(asked),
        }
    }

    /// The consumer a list is narrowed to: a consumer sees only their own. None where nothing can be seen.
    #[must_use]
    pub fn narrowed_consumer(&self, asked: Option<ConsumerId>) -> Option<Option<ConsumerId>> {
        match (self.role, self.party.and_then(Party::consumer)) {
            (Role::Consumer, own) => own.filter(|own| asked.is_none_or(|asked| asked == *own)).map(Some),
            _ => Some(asked),
        }
    }

    /// Whether something of these two parties is the caller's business; strangers must not learn that it exists.
    #[must_use]
    pub fn sees(&self, merchant: MerchantId, consumer: ConsumerId) -> bool {
        match self.role {
            Role::Merchant => self.party == Some(Party::Merchant(merchant)),
            Role::Consumer => self.party == Some(Party::Consumer(consumer)),
            _ => true,
        }
    }
}

impl<P: Permission> FromRequest for Caller<P> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let claims = authenticate(request);
        let request = request.clone();
        Box::pin(async move {
            let claims = claims?;
            if !P::ROLES.contains(&claims.role) {
                return Err(Problem::new("forbidden"));
            }
            let mut caller = Self {
                user: claims.user,
                role: claims.role,
                office: claims.office,
                party: claims.party,
                request: request_id(&request)?,
                permission: PhantomData,
            };
            // A write is checked against the live user inside its transaction; a read is checked here.
            if request.method().is_safe() {
                let app = app(&request)?;
                let user = app.user(claims.office, claims.user).await?;
                let live = user.filter(|user| user.state == UserState::Active && user.role == claims.role);
                let Some(user) = live else { return Err(Problem::new("user_disabled")) };
                caller.party = user.party;
            }
            Ok(caller)
        })
    }
}

/// The shared state of the service.
///
/// # Errors
/// `internal` where the service was put together without it.
pub fn app(request: &HttpRequest) -> Result<Data<App>, Problem> {
    request.app_data::<Data<App>>().cloned().ok_or_else(|| Problem::new("internal"))
}

/// The id the edge gave this request.
///
/// # Errors
/// `internal` where the edge was left out.
pub fn request_id(request: &HttpRequest) -> Result<RequestId, Problem> {
    request.extensions().get::<RequestId>().copied().ok_or_else(|| Problem::new("internal"))
}

/// The claims of the request's bearer token.
fn authenticate(request: &HttpRequest) -> Result<Arc<Claims>, Problem> {
    let app = app(request)?;
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token =
        header.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let (_, token) = token.ok_or_else(|| Problem::new("unauthenticated"))?;
    let claims = app.token_keys.verify(token.trim())?;
    if !app.offices.has(claims.office) {
        return Err(Problem::new("unauthenticated"));
    }
    Ok(claims)
}
