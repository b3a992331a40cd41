//! The listening server, and the runtime it needs.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::web::Data;
use actix_web::{App as ActixApp, HttpServer, dev::ServerHandle, middleware};

use super::app::App;
use super::connections::Connections;
use super::edge::edge;
use super::routes::routes;

const SHUTDOWN_SECONDS: u64 = 20;
/// How long the rest of a request is read and thrown away after an early answer, so that the sender sees it.
const LINGER: Duration = Duration::from_secs(5);

/// A server that listens.
pub struct Server {
    handle: ServerHandle,
    finished: tokio::task::JoinHandle<std::io::Result<()>>,
    watch: tokio::task::JoinHandle<()>,
}

impl Server {
    /// Serves `app` on `listener` with `workers` threads.
    ///
    /// # Errors
    /// When the listener cannot be used.
    pub fn listen(app: App, listener: TcpListener, workers: usize) -> std::io::Result<Self> {
        let limits = app.limits;
        let (app, connections) = (Data::new(app), Connections::new(limits));
        let watch = tokio::task::spawn(connections.clone().watch());
        let server = HttpServer::new(move || {
            ActixApp::new()
                .app_data(app.clone())
                .wrap(middleware::from_fn(edge))
                .configure(|config| routes(config, &app))
        })
        .workers(workers)
        .max_connections(limits.connections_max.div_ceil(workers))
        .client_request_timeout(limits.head_timeout())
        .keep_alive(limits.keep_alive())
        .client_disconnect_timeout(LINGER)
        .on_connect(move |accepted, data| connections.opened(accepted, data))
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .listen(listener)?
        .run();
        Ok(Self { handle: server.handle(), finished: tokio::task::spawn(server), watch })
    }

    /// Waits until it has stopped by itself, as it does on SIGTERM and SIGINT.
    ///
    /// # Errors
    /// A sentence about what failed.
    pub async fn until_stopped(self) -> Result<(), String> {
        let finished = self.finished.await;
        self.watch.abort();
        finished.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
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
