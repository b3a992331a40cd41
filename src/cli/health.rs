//! `ticun health`: what a container's health check runs.

use std::time::Duration;

use super::{Ended, say};
use crate::http::server::block_on;

/// Asks the service at `url` whether it is healthy.
///
/// # Errors
/// A sentence when it does not answer, or not with 200.
pub fn check(url: &str) -> Result<Ended, String> {
    block_on(async {
        let client = awc::Client::builder().timeout(Duration::from_secs(5)).finish();
        let answer = client.get(format!("{url}/healthz")).send().await.map_err(|error| format!("{url}: {error}"))?;
        if answer.status().is_success() {
            say("ok");
            Ok(Ended::Done)
        } else {
            Err(format!("{url}: {}", answer.status()))
        }
    })
}
