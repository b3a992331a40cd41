//! From a command to its answer, and from objects to JSON: the same few lines for every resource.

use std::collections::HashMap;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use super::app::App;
use super::caller::Caller;
use super::input::Write;
use super::problem::Problem;
use crate::domain::digest::Digest;
use crate::domain::name::Name;
use crate::domain::objects::Role;
use crate::domain::signature::Signature;
use crate::domain::time::Timestamp;
use crate::ledger::rebuild::{Object, rebuild};
use crate::ledger::{Answer, Command, Idempotency, Submission};
use crate::store::idempotency::{self, Outcome};
use crate::store::records::{self, Record};
use crate::store::{self, Connection};

/// What the ledger did, now or when it was first asked.
#[derive(Clone, Debug)]
pub struct Done {
    /// Where it stands in the log; none where there was nothing to do.
    pub position: Option<u64>,
    /// When it was decided.
    pub at: Timestamp,
    /// The object as the command left it.
    pub object: Object,
    /// Whether this answer was given before.
    pub replayed: bool,
}

/// How long a caller waits at most for a signed head.
const PUBLISHED_WITHIN: Duration = Duration::from_secs(10);

/// Hands a caller's command to the ledger, with the records that its events commit to.
///
/// # Errors
/// The ledger's refusal, a reused key, or a fault.
pub async fn submit<P, B>(
    app: &App,
    caller: &Caller<P>,
    write: &Write<B>,
    command: impl Command + 'static,
    records: Vec<Record>,
) -> Result<Done, Problem> {
    hand_in(app, caller, write, submission(app, caller, command, records)).await
}

fn submission<P>(app: &App, caller: &Caller<P>, command: impl Command + 'static, records: Vec<Record>) -> Submission {
    let mut submission = Submission::new(Box::new(command), caller.actor(), caller.request, app.now());
    submission.records = records;
    submission
}

async fn hand_in<P, B>(
    app: &App,
    caller: &Caller<P>,
    write: &Write<B>,
    mut submission: Submission,
) -> Result<Done, Problem> {
    submission.idempotency = Some(Idempotency {
        scope_key: scope_key(caller, &write.key),
        fingerprint: write.fingerprint.as_bytes().to_vec(),
    });
    submission.if_match = write.if_match;
    let done = carry_out(app, caller.office, submission).await?;
    if write.waits {
        until_published(app, caller.office, &done).await?;
    }
    Ok(done)
}

/// Waits until a signed head covers what was done, so that its receipt is there; not longer than a caller would. What
/// was done is done either way.
async fn until_published(app: &App, office: Name, done: &Done) -> Result<(), Problem> {
    let Some(position) = done.position else { return Ok(()) };
    let mut published = app.office(office)?.standing().published();
    let covered = tokio::time::timeout(PUBLISHED_WITHIN, published.wait_for(|size| *size > position)).await;
    if covered.is_err() {
        tracing::warn!(%office, position, "a caller waited in vain for a head");
    }
    Ok(())
}

/// Hands in a submission and makes its answer whole.
///
/// # Errors
/// The ledger's refusal, a reused key, or a fault.
pub async fn carry_out(app: &App, office: Name, submission: Submission) -> Result<Done, Problem> {
    let answer = app.in_time(app.office(office)?.submit(submission)).await??;
    done(app, office, answer).await
}

/// Makes the ledger's answer whole.
///
/// # Errors
/// The ledger's refusal, a reused key, or that the database fails.
pub async fn done(app: &App, office: Name, answer: Answer) -> Result<Done, Problem> {
    match answer {
        Answer::Written { position, at, object } => Ok(Done { position, at, object: *object, replayed: false }),
        Answer::Rejected(rejection) => Err(rejection.into()),
        Answer::KeyReused => Err(Problem::new("idempotency_key_reused")),
        Answer::Remembered(outcome) => again(app, office, outcome).await,
        Answer::Aside => Err(Problem::new("internal")),
    }
}

/// Gives the answer that was given before.
async fn again(app: &App, office: Name, outcome: Outcome) -> Result<Done, Problem> {
    match outcome {
        Outcome::Rejected(rejection) => Err(Problem::from(rejection).replayed()),
        Outcome::Written { position, object } => {
            let found = app.read(move |connection| rebuild(connection, office.as_str(), object, position)).await?;
            let (object, at) = found.ok_or_else(|| Problem::new("internal"))?;
            Ok(Done { position: Some(position), at, object, replayed: true })
        }
    }
}

/// What was answered under a write's key before; none where nothing was. For a write that can fail on what the books
/// hold today before it comes to the ledger: what was done under its key stays done.
///
/// # Errors
/// The refusal given before, a reused key, or a fault.
pub async fn remembered<P, B>(app: &App, caller: &Caller<P>, write: &Write<B>) -> Result<Option<Done>, Problem> {
    let (office, key) = (caller.office, scope_key(caller, &write.key));
    let found = app.read(move |connection| idempotency::find(connection, office.as_str(), &[&key])).await?;
    match found.into_iter().next() {
        None => Ok(None),
        Some(before) if before.fingerprint != write.fingerprint.as_bytes() => {
            Err(Problem::new("idempotency_key_reused"))
        }
        Some(before) => again(app, office, before.outcome).await.map(Some),
    }
}

/// What a caller's key is known under. It stands in front: keys made from a clock are written at the end of their table.
pub fn scope_key<P>(caller: &Caller<P>, key: &str) -> String {
    format!("{key}/{}", caller.user)
}

/// Records by the digest under which the log knows them.
pub type Records = HashMap<Digest, Record>;

/// An object that can be shown to a caller.
pub trait Shown: Send + 'static {
    /// Its wire form.
    type View: Serialize;

    /// What it needs from the records kept beside the log.
    fn digests(&self) -> Vec<Digest>;

    /// Goes up with every change.
    fn revision(&self) -> u64;

    /// Its wire form for a caller in a role.
    fn view(&self, records: &Records, role: Role) -> Self::View;
}

/// The records these objects need.
///
/// # Errors
/// When the database fails.
pub async fn records_of<T: Shown>(app: &App, office: Name, objects: &[T]) -> Result<Records, Problem> {
    let digests: Vec<Digest> = objects.iter().flat_map(Shown::digests).collect();
    if digests.is_empty() {
        return Ok(Records::new());
    }
    let found = app.read(move |connection| records::find(connection, office.as_str(), &digests)).await?;
    Ok(found.into_iter().map(|record| (record.digest, record)).collect())
}

/// What a write answers with: the object, and its place in the log.
#[derive(Serialize)]
pub struct Written<V> {
    #[serde(flatten)]
    view: V,
    log_position: Option<u64>,
}

impl<V> Written<V> {
    /// An object with the position of the write's last entry.
    pub const fn new(view: V, log_position: Option<u64>) -> Self {
        Self { view, log_position }
    }
}

/// The answer to a write: the object, its revision and its place in the log.
///
/// # Errors
/// When the records beside the log cannot be read.
pub async fn written<T: Shown + TryFrom<Object>, P>(
    app: &App,
    caller: &Caller<P>,
    done: Done,
    status: StatusCode,
) -> Result<HttpResponse, Problem> {
    let (position, replayed) = (done.position, done.replayed);
    let object = T::try_from(done.object).map_err(|_| Problem::new("internal"))?;
    let objects = [object];
    let records = records_of(app, caller.office, &objects).await?;
    let [object] = objects;
    let mut response = HttpResponseBuilder::new(status);
    placed(&mut response, position, replayed);
    response.insert_header(("ETag", etag(object.revision())));
    Ok(response.json(Written::new(object.view(&records, caller.role), position)))
}

/// Hands a caller's command to the ledger, and answers with what it changed.
///
/// # Errors
/// The ledger's refusal, a reused key, or a fault.
pub async fn changed<T: Shown + TryFrom<Object>, P, B>(
    app: &App,
    caller: &Caller<P>,
    write: &Write<B>,
    command: impl Command + 'static,
    records: Vec<Record>,
) -> Result<HttpResponse, Problem> {
    let done = submit(app, caller, write, command, records).await?;
    written::<T, P>(app, caller, done, StatusCode::OK).await
}

/// The same with what it made.
///
/// # Errors
/// The ledger's refusal, a reused key, or a fault.
pub async fn created<T: Shown + TryFrom<Object>, P, B>(
    app: &App,
    caller: &Caller<P>,
    write: &Write<B>,
    command: impl Command + 'static,
    records: Vec<Record>,
) -> Result<HttpResponse, Problem> {
    let done = submit(app, caller, write, command, records).await?;
    written::<T, P>(app, caller, done, StatusCode::CREATED).await
}

/// Hands a decision to the ledger, with the caller's signature over it where there is one, and answers with what it
/// changed.
///
/// # Errors
/// The ledger's refusal, a reused key, or a fault.
pub async fn decided<T: Shown + TryFrom<Object>, P, B>(
    app: &App,
    caller: &Caller<P>,
    write: &Write<B>,
    command: impl Command + 'static,
    records: Vec<Record>,
    signature: Option<Signature>,
) -> Result<HttpResponse, Problem> {
    let mut submission = submission(app, caller, command, records);
    submission.signature = signature;
    let done = hand_in(app, caller, write, submission).await?;
    written::<T, P>(app, caller, done, StatusCode::OK).await
}

/// The headers that tell a write's place in the log.
pub fn placed(response: &mut HttpResponseBuilder, position: Option<u64>, replayed: bool) {
    if let Some(position) = position {
        response.insert_header(("Ticun-Log-Position", position.to_string()));
    }
    if replayed {
        response.insert_header(("Idempotency-Replayed", "true"));
    }
}

/// The entity tag of a revision.
#[must_use]
pub fn etag(revision: u64) -> String {
    format!("\"r{revision}\"")
}

/// The answer to a read of the object under a key, where `sees` says that it is the caller's business.
///
/// # Errors
/// `not_found` where there is none to be seen, or when the database fails.
pub async fn read_one<K: Send + 'static, T: Shown, P>(
    app: &App,
    caller: &Caller<P>,
    key: K,
    load: impl FnOnce(&mut Connection, &str, &[K]) -> store::Result<Vec<T>> + Send + 'static,
    sees: impl FnOnce(&T) -> bool,
) -> Result<HttpResponse, Problem> {
    let found = app.find(caller.office, key, load).await?;
    let objects = [found.filter(sees).ok_or_else(Problem::not_found)?];
    let records = records_of(app, caller.office, &objects).await?;
    let [object] = objects;
    Ok(HttpResponse::Ok().insert_header(("ETag", etag(object.revision()))).json(object.view(&records, caller.role)))
}

/// Declares how an object is taken out of what the ledger answered.
macro_rules! from_object {
    (boxed $($name:ident),+) => { $(
        impl TryFrom<crate::ledger::rebuild::Object> for $name {
            type Error = ();

            fn try_from(object: crate::ledger::rebuild::Object) -> Result<Self, ()> {
                match object {
                    crate::ledger::rebuild::Object::$name(object) => Ok(*object),
                    _ => Err(()),
                }
            }
        }

        impl<'a> TryFrom<&'a crate::ledger::rebuild::Object> for &'a $name {
            type Error = ();

            fn try_from(object: &'a crate::ledger::rebuild::Object) -> Result<Self, ()> {
                match object {
                    crate::ledger::rebuild::Object::$name(object) => Ok(object),
                    _ => Err(()),
                }
            }
        }
    )+ };
    ($($name:ident),+) => { $(
        impl TryFrom<crate::ledger::rebuild::Object> for $name {
            type Error = ();

            fn try_from(object: crate::ledger::rebuild::Object) -> Result<Self, ()> {
                match object {
                    crate::ledger::rebuild::Object::$name(object) => Ok(object),
                    _ => Err(()),
                }
            }
        }

        impl<'a> TryFrom<&'a crate::ledger::rebuild::Object> for &'a $name {
            type Error = ();

            fn try_from(object: &'a crate::ledger::rebuild::Object) -> Result<Self, ()> {
                match object {
                    crate::ledger::rebuild::Object::$name(object) => Ok(object),
                    _ => Err(()),
                }
            }
        }
    )+ };
}

pub(crate) use from_object;
