//! The listening server, and the runtime it needs.

use std::net::TcpListener;

use actix_web::web::{Data, PayloadConfig};
use actix_web::{App as ActixApp, HttpServer, dev::ServerHandle, middleware};

use super::app::App;
use super::edge::edge;
use super::routes::routes;

const BODY_SIZE_BYTES_MAX: usize = 64 * 1024;
const SHUTDOWN_SECONDS: u64 = 20;

/// A server that listens.
pub struct Server {
    handle: ServerHandle,
    finished: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Server {
    /// Serves `app` on `listener` with `workers` threads.
    ///
    /// # Errors
    /// When the listener cannot be used.
    pub fn listen(app: App, listener: TcpListener, workers: usize) -> std::io::Result<Self> {
        let app = Data::new(app);
        let server = HttpServer::new(move || {
            ActixApp::new()
                .app_data(app.clone())
                .app_data(PayloadConfig::new(BODY_SIZE_BYTES_MAX))
                .wrap(middleware::from_fn(edge))
                .configure(|config| routes(config, &app))
        })
        .workers(workers)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .listen(listener)?
        .run();
        Ok(Self { handle: server.handle(), finished: tokio::task::spawn(server) })
    }

    /// Waits until it has stopped by itself, as it does on SIGTERM and SIGINT.
    ///
    /// # Errors
    /// A sentence about what failed.
    pub async fn until_stopped(self) -> Result<(), String> {
        self.finished.await.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
    }

    /// Tells it to stop taking requests and to finish those under way.
    pub async fn stop(&self) {
        self.handle.stop(true).await;
    }
}

/// Runs something to its end on a runtime of its own.
pub fn block_on<T>(work: impl Future<Output = T>) -> T {
    actix_web::rt::System::new().block_on(work)
}
