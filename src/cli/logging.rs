//! Structured logs and measurements. Neither carries anything personal: requests appear by id and route.

use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

/// Reads what is to be logged.
///
/// # Errors
/// A sentence about a filter that is none.
pub fn filter(text: &str) -> Result<EnvFilter, String> {
    EnvFilter::try_new(text).map_err(|error| format!("log: {error}"))
}

/// Sends log lines to standard error; a second call changes nothing.
///
/// # Errors
/// A sentence when the filter cannot be read.
pub fn start(text: &str, format: &str) -> Result<(), String> {
    let lines = tracing_subscriber::fmt().with_env_filter(filter(text)?).with_writer(std::io::stderr);
    let started = match format {
        "json" => lines.json().flatten_event(true).with_current_span(false).try_init(),
        _ => lines.compact().try_init(),
    };
    // A process has one log: whoever asks second shares it.
    if started.is_err() {
        tracing::debug!("the log was started before");
    }
    Ok(())
}

/// Adds up, again and again, what was measured, until `stop` changes. Without it every single measurement stays in
/// memory until somebody reads `/metrics`.
pub async fn upkeep(metrics: PrometheusHandle, every: Duration, mut stop: watch::Receiver<bool>) {
    let mut ticks = tokio::time::interval(every);
    loop {
        tokio::select! {
            _ = ticks.tick() => metrics.run_upkeep(),
            _ = stop.changed() => return,
        }
    }
}

static METRICS: OnceLock<PrometheusHandle> = OnceLock::new();

/// The process's measurements.
///
/// # Errors
/// A sentence when the recorder cannot be installed.
pub fn metrics() -> Result<PrometheusHandle, String> {
    if let Some(handle) = METRICS.get() {
        return Ok(handle.clone());
    }
    let seconds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0];
    let builder = PrometheusBuilder::new().set_buckets(&seconds).map_err(|error| error.to_string())?;
    match builder.install_recorder() {
        Ok(handle) => Ok(METRICS.get_or_init(|| handle).clone()),
        // Two services started at once in one process: the other one's recorder serves both.
        Err(error) => METRICS.get().cloned().ok_or_else(|| error.to_string()),
    }
}
