//! The whole route table on one page.

use actix_web::web::{ServiceConfig, delete, get, patch, post, put, resource};

use super::auth;
use super::meta;
use super::resources::deliveries;

/// Adds every route of the service.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/healthz", get().to(meta::healthz))
        .route("/readyz", get().to(meta::readyz))
        .route("/metrics", get().to(meta::metrics))
        .route("/v1/auth/token", post().to(auth::sign_in))
        .route("/v1/auth/refresh", post().to(auth::refresh))
        .route("/v1/auth/logout", post().to(auth::logout))
        .route("/v1/contracts/{id}/deliveries", post().to(deliveries::record))
        .route("/v1/deliveries", post().to(deliveries::check_in))
        .route("/v1/deliveries/{id}", get().to(deliveries::read));
}
