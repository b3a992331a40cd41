//! A log's files on a server.

use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::task::LocalSet;

use crate::ledger::audit::source::{FILE_SIZE_BYTES_MAX, Source};

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
    /// The log at `base`, for example `http://127.0.0.1:8080/log/changning`.
    ///
    /// # Errors
    /// A sentence when the address cannot be read from.
    pub(super) fn new(base: &str, token: Option<String>) -> Result<Self, String> {
        if !base.starts_with("http://") {
            return Err(format!("{base}: only http:// is spoken here; for https:// use a proxy on this machine"));
        }
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
        let local = LocalSet::new();
        let client = local.block_on(&runtime, async { awc::Client::builder().timeout(TIMEOUT).finish() });
        Ok(Self { base: base.trim_end_matches('/').to_owned(), token, client, local, runtime })
    }
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
            let told = |error: String| format!("{url}: {error}");
            let mut answer = request.send().await.map_err(|error| told(error.to_string()))?;
            match answer.status().as_u16() {
                200 => {
                    let body = answer.body().limit(FILE_SIZE_BYTES_MAX).await;
                    body.map(|body| Some(body.to_vec())).map_err(|error| told(error.to_string()))
                }
                404 => Ok(None),
                401 | 403 => {
                    Err(told(format!("{}: this needs a --token of somebody who may read it", answer.status())))
                }
                _ => Err(told(answer.status().to_string())),
            }
        })
    }
}
