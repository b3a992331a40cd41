//! A log's files on a server.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;

use crate::jobs::{Outward, told};
use crate::ledger::audit::source::{FILE_SIZE_BYTES_MAX, Source};
use crate::log::timestamp::FileName;

const TIMEOUT: Duration = Duration::from_secs(30);

/// A log by its address: files are read from below it.
pub(super) struct Server {
    base: String,
    token: Option<String>,
    client: awc::Client,
    local: LocalSet,
    runtime: Runtime,
}

impl Server {
    /// The log at `base`, for example `https://notary.example/log/changning`. Its certificate leads to one of the
    /// system's roots, or to one in `ca_file`.
    ///
    /// # Errors
    /// A sentence when the address cannot be read from.
    pub(super) fn new(base: &str, token: Option<String>, ca_file: Option<&Path>) -> Result<Self, String> {
        let outward = Outward::to([base], ca_file)?;
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
        let local = LocalSet::new();
        let client = local.block_on(&runtime, async { outward.client(TIMEOUT) });
        Ok(Self { base: base.trim_end_matches('/').to_owned(), token, client, local, runtime })
    }
}

/// A page of the list of timestamps, as far as it is needed here.
#[derive(Deserialize)]
struct Page {
    data: Vec<Stamped>,
    has_more: bool,
}

#[derive(Deserialize)]
struct Stamped {
    size: u64,
    timestamps: Vec<Place>,
}

#[derive(Deserialize)]
struct Place {
    path: String,
}

impl Source for Server {
    fn read(&mut self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let url = format!("{}/{path}", self.base);
        let mut request = self.client.get(&url);
        // A proxy may pack what it hands on; what is hashed are the bytes themselves.
        request = request.no_decompress().insert_header(("Accept-Encoding", "identity"));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        self.local.block_on(&self.runtime, async {
            let wrong = |error: String| format!("{url}: {error}");
            let mut answer = request.send().await.map_err(|error| wrong(told(&error)))?;
            match answer.status().as_u16() {
                200 => {
                    let body = answer.body().limit(FILE_SIZE_BYTES_MAX).await;
                    body.map(|body| Some(body.to_vec())).map_err(|error| wrong(told(&error)))
                }
                404 => Ok(None),
                401 | 403 => {
                    Err(wrong(format!("{}: this needs a --token of somebody who may read it", answer.status())))
                }
                _ => Err(wrong(answer.status().to_string())),
            }
        })
    }

    fn timestamps(&mut self, size_max: u64) -> Result<Vec<FileName>, String> {
        let (mut names, mut from) = (Vec::new(), 0);
        loop {
            let path = format!("timestamps?from={from}&to={size_max}&limit=100");
            // A log without such a list has no timestamps.
            let Some(page) = self.read(&path)? else { return Ok(names) };
            let page: Page = serde_json::from_slice(&page).map_err(|error| format!("{}/{path}: {error}", self.base))?;
            let paths = page.data.iter().flat_map(|stamped| &stamped.timestamps);
            names.extend(paths.filter_map(|place| FileName::parse(place.path.rsplit('/').next()?)));
            match page.data.last() {
                // Sizes go up, or this would never end.
                Some(last) if page.has_more && last.size >= from => from = last.size.saturating_add(1),
                _ => return Ok(names),
            }
        }
    }
}
