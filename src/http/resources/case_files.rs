//! Evidence (证据) in disputes: files kept by their digests, shown to whose business they are.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, X_CONTENT_TYPE_OPTIONS};
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use super::deliveries::side;
use super::proposals::visible;
use crate::domain::digest::Digest;
use crate::domain::id::{DisputeId, EvidenceId, Party};
use crate::domain::objects::{Evidence, EvidenceState, Role};
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{Nothing, PathId, PathIds, Query, Write};
use crate::http::paging::Unfiltered;
use crate::http::permissions::{ReadEvidence, StageEvidence, SubmitEvidence};
use crate::http::problem::Problem;
use crate::http::reply::{Records, Shown, changed, created, from_object, read_one};
use crate::http::texts::{record, record_of};
use crate::http::upload::Upload;
use crate::ledger::commands::disputes;
use crate::ledger::records;
use crate::store::queries::{self, EvidenceFilter};
use crate::store::records::RecordKind;
use crate::store::{objects, records as stored};

/// What a file is, as its sender said and as it was found; kept beside the log, since a name can be personal.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Manifest {
    media_type: String,
    name: String,
    sha256: Digest,
    size_bytes: u64,
    sm3: Digest,
}

/// A piece of evidence's wire form.
#[derive(Serialize)]
pub struct EvidenceView {
    id: EvidenceId,
    dispute_id: DisputeId,
    by: &'static str,
    state: EvidenceState,
    revision: u64,
    name: Option<String>,
    media_type: Option<String>,
    size_bytes: u64,
    sha256: Option<Digest>,
    sm3: Option<Digest>,
    file_sha256: Digest,
    file_sm3: Digest,
    staged_at: Timestamp,
    submitted_at: Option<Timestamp>,
}

from_object!(Evidence);

impl Shown for Evidence {
    type View = EvidenceView;

    fn digests(&self) -> Vec<Digest> {
        vec![self.manifest]
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn view(&self, records: &Records, _: Role) -> EvidenceView {
        let manifest: Option<Manifest> = record_of(records, self.manifest);
        EvidenceView {
            id: self.id,
            dispute_id: self.dispute,
            by: side(self.by),
            state: self.state,
            revision: self.revision,
            name: manifest.as_ref().map(|manifest| manifest.name.clone()),
            media_type: manifest.as_ref().map(|manifest| manifest.media_type.clone()),
            size_bytes: self.size_bytes,
            sha256: manifest.as_ref().map(|manifest| manifest.sha256),
            sm3: manifest.as_ref().map(|manifest| manifest.sm3),
            file_sha256: self.file_sha256,
            file_sm3: self.file_sm3,
            staged_at: self.staged_at,
            submitted_at: self.submitted_at,
        }
    }
}

/// `POST /v1/disputes/{id}/evidence`
pub async fn stage(
    caller: Caller<StageEvidence>,
    app: Data<App>,
    id: PathId<DisputeId>,
    upload: Upload,
) -> Result<HttpResponse, Problem> {
    let file = &upload.0.body;
    let size_bytes = u64::try_from(file.bytes.len()).unwrap_or(u64::MAX);
    let kept = records::commit(RecordKind::File, app.entropy.bytes(), file.bytes.clone());
    let manifest = Manifest {
        media_type: file.media_type.to_owned(),
        name: file.name.0.clone(),
        sha256: Digest::of(&[&file.bytes]),
        size_bytes,
        sm3: Digest::sm3(&file.bytes),
    };
    let (manifest, said) = record(&app, RecordKind::Profile, &manifest)?;
    let command = disputes::StageEvidence {
        evidence: EvidenceId::from_bits(app.new_id()),
        dispute: id.0,
        file_sha256: kept.digest,
        file_sm3: Digest::sm3(&[kept.salt.as_slice(), &kept.body].concat()),
        manifest,
        size_bytes,
    };
    created::<Evidence, _, _>(&app, &caller, &upload.0, command, vec![kept, said]).await
}

/// `POST /v1/disputes/{id}/evidence/{evidence}/submit`
pub async fn submit(
    caller: Caller<SubmitEvidence>,
    app: Data<App>,
    ids: PathIds<DisputeId, EvidenceId>,
    request: Write<Nothing>,
) -> Result<HttpResponse, Problem> {
    let command = disputes::SubmitEvidence { evidence: ids.1, dispute: ids.0 };
    changed::<Evidence, _, _>(&app, &caller, &request, command, Vec::new()).await
}

/// `GET /v1/disputes/{id}/evidence`
pub async fn list(
    caller: Caller<ReadEvidence>,
    app: Data<App>,
    id: PathId<DisputeId>,
    query: Query<Unfiltered>,
) -> Result<HttpResponse, Problem> {
    visible(&app, &caller, id.0).await?;
    let paging = query.0.paging(&format!("/v1/disputes/{}/evidence", id.0))?;
    let filter = EvidenceFilter { dispute: id.0, staged_by: own(&caller) };
    paging.list(&app, &caller, queries::evidence, filter).await
}

/// `GET /v1/disputes/{id}/evidence/{evidence}`
pub async fn read(
    caller: Caller<ReadEvidence>,
    app: Data<App>,
    ids: PathIds<DisputeId, EvidenceId>,
) -> Result<HttpResponse, Problem> {
    visible(&app, &caller, ids.0).await?;
    read_one(&app, &caller, ids.1, objects::evidence::load, |found| sees(&caller, found, ids.0)).await
}

/// `GET /v1/disputes/{id}/evidence/{evidence}/content`
pub async fn content(
    caller: Caller<ReadEvidence>,
    app: Data<App>,
    ids: PathIds<DisputeId, EvidenceId>,
) -> Result<HttpResponse, Problem> {
    visible(&app, &caller, ids.0).await?;
    let found = app.find(caller.office, ids.1, objects::evidence::load).await?;
    let found = found.filter(|found| sees(&caller, found, ids.0)).ok_or_else(Problem::not_found)?;
    let (office, digests) = (caller.office, [found.manifest, found.file_sha256]);
    let kept = app.read(move |connection| stored::find(connection, office.as_str(), &digests)).await?;
    let body = |digest| kept.iter().find(|record| record.digest == digest).map(|record| record.body.clone());
    // What was erased is gone, and only its digests are left.
    let file = body(found.file_sha256).ok_or_else(Problem::not_found)?;
    let manifest: Option<Manifest> = body(found.manifest).and_then(|body| serde_json::from_slice(&body).ok());
    let media_type = manifest.map_or_else(|| "application/octet-stream".to_owned(), |manifest| manifest.media_type);
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", found.id)))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .content_type(media_type)
        .body(file))
}

/// The party whose staged files the caller sees.
fn own<P>(caller: &Caller<P>) -> Option<Party> {
    caller.party.filter(|_| matches!(caller.role, Role::Consumer | Role::Merchant))
}

/// Whether a file is the caller's to see: what was submitted, and what their own side has staged.
fn sees<P>(caller: &Caller<P>, evidence: &Evidence, dispute: DisputeId) -> bool {
    let shown = evidence.state == EvidenceState::Submitted || own(caller) == Some(evidence.by);
    evidence.dispute == dispute && shown
}
