//! `ticun health`: what a container's health check runs.

use std::time::Duration;

use awc::error::SendRequestError;

use super::{Ended, Failure, say};
use crate::http::server::block_on;

/// Asks the service at `url` whether it is healthy.
///
/// # Errors
/// That there can be nothing at `url`, that it does not answer, or not with 200.
pub fn check(url: &str) -> Result<Ended, Failure> {
    block_on(async {
        let client = awc::Client::builder().timeout(Duration::from_secs(5)).finish();
        let answer = client.get(format!("{url}/healthz")).send().await.map_err(|error| match error {
            SendRequestError::Url(_) | SendRequestError::Http(_) => {
                Failure::WrongUsage(format!("health: {url:?} is no address: {error}"))
            }
            error => Failure::CouldNot(format!("{url}: {error}")),
        })?;
        if answer.status().is_success() {
            say("ok");
            Ok(Ended::Done)
        } else {
            Err(Failure::CouldNot(format!("{url}: {}", answer.status())))
        }
    })
}
