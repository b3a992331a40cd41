//! Health, readiness and measurements.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Data;
use futures_util::future::join_all;

use super::app::App;
use super::problem::Problem;
use crate::store::head;

/// `GET /healthz`: the process answers.
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// How long a writer may take to say that its connection works.
const WRITER_WAIT: Duration = Duration::from_secs(2);

/// `GET /readyz`: the database answers those who read and every writer, every office's log head can be read, and no
/// office is read-only.
pub async fn readyz(app: Data<App>) -> Result<HttpResponse, Problem> {
    let offices = app.offices.all();
    let names: Vec<_> = offices.keys().copied().collect();
    let heads = app.read(move |connection| {
        names.into_iter().map(|name| head::read(connection, name.as_str())).collect::<Result<Vec<_>, _>>()
    });
    let heads = heads.await.map_err(|_| Problem::new("unavailable"))?;
    if heads.iter().any(Option::is_none) {
        return Err(Problem::new("unavailable"));
    }
    if let Some((name, reason)) = offices.iter().find_map(|(name, one)| Some((name, one.standing().read_only()?))) {
        return Err(Problem::new("office_read_only").because(format!("{name}: {reason}")));
    }
    let writers = offices.values().map(|sequencer| sequencer.works(WRITER_WAIT, app.now()));
    if !join_all(writers).await.into_iter().all(|works| works) {
        return Err(Problem::new("unavailable").because("the database takes no writes"));
    }
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ready\n"))
}

/// `GET /metrics`: measurements for Prometheus.
pub async fn metrics(app: Data<App>) -> HttpResponse {
    for (name, sequencer) in app.offices.all().iter() {
        let waiting = u32::try_from(sequencer.waiting()).unwrap_or(u32::MAX);
        metrics::gauge!("ticun_queue_waiting", "office" => name.to_string()).set(waiting);
    }
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(app.metrics.render())
}
