//! The authority on a port of its own: it hands each query to `openssl` and the reply back, or misbehaves.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

use super::tsa::Tsa;

/// What it is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Honest,
    /// It answers after more time than anybody waits.
    Slow,
    /// It sends something else, under the right name.
    Garbage,
    /// It sends more than anybody reads.
    Endless,
    /// It shows a page.
    Page,
}

pub struct Server {
    pub url: String,
    pub port: u16,
    pub manner: Arc<Mutex<Manner>>,
    pub asked: Arc<Mutex<Vec<Vec<u8>>>>,
}

struct Served {
    tsa: Arc<Tsa>,
    manner: Arc<Mutex<Manner>>,
    asked: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Server {
    /// Starts one; it lives as long as the test's process.
    pub fn start(tsa: &Arc<Tsa>, manner: Manner) -> Self {
        let (manner, asked) = (Arc::new(Mutex::new(manner)), Arc::new(Mutex::default()));
        let served = Data::new(Served { tsa: Arc::clone(tsa), manner: Arc::clone(&manner), asked: Arc::clone(&asked) });
        let (listens, port) = mpsc::channel();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let app = move || App::new().app_data(served.clone()).route("/tsa", web::post().to(stamp));
                let server = HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0").expect("a port");
                listens.send(server.addrs()[0].port()).expect("somebody waits");
                server.run().await
            })
        });
        let port = port.recv().expect("it listens");
        Self { url: format!("http://127.0.0.1:{port}/tsa"), port, manner, asked }
    }

    pub fn behave(&self, manner: Manner) {
        *self.manner.lock().expect("no panic") = manner;
    }

    pub fn asked(&self) -> usize {
        self.asked.lock().expect("no panic").len()
    }
}

async fn stamp(request: HttpRequest, served: Data<Served>, query: Bytes) -> HttpResponse {
    served.asked.lock().expect("no panic").push(query.to_vec());
    let manner = *served.manner.lock().expect("no panic");
    let content_type = request.headers().get("content-type").and_then(|value| value.to_str().ok());
    assert_eq!(content_type, Some("application/timestamp-query"));
    let mut reply = HttpResponse::Ok();
    reply.content_type("application/timestamp-reply");
    match manner {
        Manner::Honest => reply.body(served.tsa.reply(&query)),
        Manner::Garbage => reply.body(vec![0x30; 3000]),
        Manner::Endless => reply.body(vec![0x30; 1 << 20]),
        Manner::Page => HttpResponse::Ok().content_type("text/html").body("<h1>Sign in</h1>"),
        Manner::Slow => {
            actix_web::rt::time::sleep(Duration::from_secs(60)).await;
            reply.finish()
        }
    }
}
