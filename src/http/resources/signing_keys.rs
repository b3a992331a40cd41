//! The key by which a notary's, arbitrator's or regulator's decisions are known as theirs.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::id::UserId;
use crate::domain::objects::{Role, User};
use crate::domain::signature::{SignatureBytes, SignerKey};
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Nothing, Write};
use crate::http::permissions::{RegisterSigningKey, RetireSigningKey};
use crate::http::problem::Problem;
use crate::http::reply::{Records, Shown, changed};
use crate::ledger::commands::users;
use crate::ledger::rebuild::Object;
use crate::ledger::signing;

/// A key on its way in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSigningKey {
    public_key: SignerKey,
    proof: SignatureBytes,
}

/// A user's key as its wire form.
#[derive(Serialize)]
pub struct SigningKeyView {
    user_id: UserId,
    public_key: Option<SignerKey>,
    revision: u64,
}

/// A user, of whom the key is shown.
pub struct Signer(User);

impl TryFrom<Object> for Signer {
    type Error = ();

    fn try_from(object: Object) -> Result<Self, ()> {
        User::try_from(object).map(Self)
    }
}

impl Shown for Signer {
    type View = SigningKeyView;

    fn digests(&self) -> Vec<Digest> {
        Vec::new()
    }

    fn revision(&self) -> u64 {
        self.0.revision
    }

    fn view(&self, _: &Records, _: Role) -> SigningKeyView {
        SigningKeyView { user_id: self.0.id, public_key: self.0.signing_key, revision: self.0.revision }
    }
}

/// `PUT /v1/me/signing-key`
pub async fn register(
    caller: Caller<RegisterSigningKey>,
    app: Data<App>,
    request: Write<NewSigningKey>,
) -> Result<HttpResponse, Problem> {
    let NewSigningKey { public_key: key, proof } = request.body;
    if !signing::is_strict(&key) {
        return Err(Problem::value("/public_key", "expected a key that is not of small order, in its canonical form"));
    }
    let command = users::RegisterSigningKey { user: caller.user, key, proof };
    changed::<Signer, _, _>(&app, &caller, &request, command, Vec::new()).await
}

/// `POST /v1/me/signing-key/retire`
pub async fn retire(
    caller: Caller<RetireSigningKey>,
    app: Data<App>,
    request: Write<Nothing>,
) -> Result<HttpResponse, Problem> {
    let command = users::RetireSigningKey { user: caller.user };
    changed::<Signer, _, _>(&app, &caller, &request, command, Vec::new()).await
}
