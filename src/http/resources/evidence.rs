//! A contract's evidence as one file, for those whose contract it is.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::{Bytes, Data};
use futures_util::stream;

use crate::domain::id::ContractId;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::PathId;
use crate::http::permissions::ReadContracts;
use crate::http::problem::Problem;
use crate::ledger::evidence::gather::{Asked, gather};
use crate::store::{self, objects};

/// How much of the file is in memory at a time.
const CHUNK_SIZE_BYTES: usize = 64 * 1024;

/// The policy of a service that was given none.
const NO_WITNESSES: &str = "quorum none\n";

/// What became of a request.
enum Made {
    Nothing,
    NotYet,
    File(File, u64),
}

/// `GET /v1/contracts/{id}/evidence.zip`
///
/// The file is made in a nameless one on disk, from one snapshot, and then sent: memory stays flat however long the
/// contract's history is, and a slow reader holds no connection to the database.
pub async fn read(
    caller: Caller<ReadContracts>,
    app: Data<App>,
    id: PathId<ContractId>,
) -> Result<HttpResponse, Problem> {
    let (office, role, id) = (caller.office, caller.role, id.0);
    let (tiles, policy) = (app.logs.tiles(office), Arc::clone(&app.logs.policy));
    let policy_text = app.logs.policy_text.clone().unwrap_or_else(|| NO_WITNESSES.to_owned());
    let folder = app.logs.folder.clone();
    let sees = caller.clone();
    let made = app.read(move |connection| {
        let found = objects::contracts::load(connection, office.as_str(), &[id])?.into_iter().next();
        let found = found.filter(|contract| sees.sees(contract.merchant, contract.consumer));
        let Some(contract) = found else { return Ok(Made::Nothing) };
        let contract = &contract;
        let office = office.as_str();
        let asked = Asked { office, contract, role, tiles: &tiles, policy: &policy, policy_text: &policy_text };
        let file = tempfile::tempfile_in(&folder).map_err(broken)?;
        let Some(mut file) = gather(connection, &asked, file)? else { return Ok(Made::NotYet) };
        let size = file.seek(SeekFrom::End(0)).map_err(broken)?;
        file.rewind().map_err(broken)?;
        Ok(Made::File(file, size))
    });
    match made.await? {
        Made::Nothing => Err(Problem::not_found()),
        Made::NotYet => Err(Problem::new("not_yet_published")),
        Made::File(file, size) => Ok(HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "private, no-store"))
            .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"evidence-{id}.zip\"")))
            .content_type("application/zip")
            .body(SizedStream::new(size, stream::unfold(Some(file), next)))),
    }
}

fn broken(error: std::io::Error) -> store::Error {
    store::Error::corrupt("evidence", &error.to_string())
}

/// The next part of a file, and the file as long as it goes on.
async fn next(file: Option<File>) -> Option<(std::io::Result<Bytes>, Option<File>)> {
    let mut file = file?;
    let read = actix_web::web::block(move || {
        let mut chunk = vec![0; CHUNK_SIZE_BYTES];
        let count = file.read(&mut chunk)?;
        chunk.truncate(count);
        Ok::<_, std::io::Error>((Bytes::from(chunk), file))
    });
    match read.await {
        Ok(Ok((chunk, _))) if chunk.is_empty() => None,
        Ok(Ok((chunk, file))) => Some((Ok(chunk), Some(file))),
        Ok(Err(error)) => Some((Err(error), None)),
        Err(error) => Some((Err(std::io::Error::other(error)), None)),
    }
}
