//! Measurements are added up as they come, also where nobody ever reads them.

#![cfg(test)]

mod support;

use std::time::Duration;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use support::World;
use ticun::cli::logging;
use tokio::sync::watch;

/// Whether a measurement stands in a sum and no longer by itself. Reading the metrics would add them up on the way, so
/// that the recorder is looked at from outside.
fn added_up(metrics: &PrometheusHandle, name: &str) -> bool {
    let shown = format!("{metrics:?}");
    let sums = shown.split("distributions: ").nth(1).expect("the recorder shows its sums");
    let sums = sums.split("distribution_builder: ").next().expect("and what comes after them");
    sums.contains(&format!("{name:?}"))
}

/// Waits until something is so, without a pause of its own.
async fn comes_true(mut so: impl FnMut() -> bool) -> bool {
    let waiting = async {
        while !so() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.is_ok()
}

#[actix_web::test]
async fn a_running_service_adds_up_what_was_measured_though_nobody_asks() {
    let metrics = logging::metrics().expect("a recorder");
    metrics::histogram!("measured_before_the_start").record(0.5);
    assert!(!added_up(&metrics, "measured_before_the_start"));
    let world = World::start().await;
    assert!(comes_true(|| added_up(&metrics, "measured_before_the_start")).await, "{metrics:?}");
    drop(world);
}

#[actix_web::test]
async fn measurements_are_added_up_again_and_again_until_the_service_stops() {
    let recorder = PrometheusBuilder::new().set_buckets(&[1.0]).expect("buckets").build_recorder();
    let metrics = recorder.handle();
    let measure = |name: &'static str| {
        metrics::with_local_recorder(&recorder, || metrics::histogram!(name).record(0.5));
    };
    let (stop, stopped) = watch::channel(false);
    let upkeep = tokio::spawn(logging::upkeep(metrics.clone(), Duration::from_millis(1), stopped));
    for name in ["first", "second", "third"] {
        measure(name);
        assert!(comes_true(|| added_up(&metrics, name)).await, "{name}: {metrics:?}");
    }
    stop.send_replace(true);
    upkeep.await.expect("it ends");
    measure("after_the_end");
    assert!(!added_up(&metrics, "after_the_end"), "{metrics:?}");
    assert!(metrics.render().contains("after_the_end_count 1"), "whoever reads adds up as well");
}
