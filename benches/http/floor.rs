//! The floor: a bare handler that parses the same body and answers with as little as one can.

use std::net::SocketAddr;

use actix_web::web::{Json, post};
use actix_web::{App, HttpResponse, HttpServer};
use serde::Deserialize;

#[derive(Deserialize)]
struct Body {
    units: u64,
}

async fn answer(body: Json<Body>) -> HttpResponse {
    HttpResponse::Created().json(serde_json::json!({"state": "pending", "units": body.units}))
}

/// Serves until it is stopped, with as many workers as the service has.
pub fn run(address: SocketAddr) -> Result<(), String> {
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZeroUsize::get);
    let server = HttpServer::new(|| App::new().route("/v1/contracts/{id}/deliveries", post().to(answer)))
        .workers(workers)
        .bind(address)
        .map_err(|error| error.to_string())?;
    actix_web::rt::System::new().block_on(server.run()).map_err(|error| error.to_string())
}
