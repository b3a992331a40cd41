//! A witness of the tests' own: it keeps C2SP tlog-witness with the same pure formats, on a port of its own.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer, web};
use ticun::log::checkpoint::Checkpoint;
use ticun::log::cosignature;
use ticun::log::key::{Algorithm, KeyName, SigningKey, VerifierKey};
use ticun::log::note::Note;
use ticun::log::tree::{Hash, verify_consistency};
use ticun::log::witness::{AddCheckpoint, SIZE_CONTENT_TYPE};

use super::support::verifier_key;

/// What it is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Honest,
    /// It answers after more time than anybody waits.
    Slow,
    /// It signs another text.
    Lies,
}

/// What it has cosigned.
#[derive(Default)]
pub struct Seen {
    pub size: u64,
    pub root: Hash,
    pub note: Option<Note>,
    pub asked: u32,
}

pub struct TestWitness {
    pub name: String,
    pub url: String,
    pub seen: Arc<Mutex<Seen>>,
    pub seed: u8,
}

struct Served {
    name: KeyName,
    key: SigningKey,
    manner: Manner,
    seen: Arc<Mutex<Seen>>,
}

impl TestWitness {
    /// Starts one; it lives as long as the test's process.
    pub fn start(seed: u8, manner: Manner) -> Self {
        let name = format!("witness.example/w{seed}");
        let seen = Arc::new(Mutex::new(Seen::default()));
        let (listens, port) = mpsc::channel();
        let (inside, key_name) = (Arc::clone(&seen), KeyName::parse(&name).expect("a name"));
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let key = SigningKey::from_seed(&[seed; 32]).expect("a seed");
                let served = Data::new(Served { name: key_name, key, manner, seen: inside });
                let app = move || {
                    let add = web::resource("/w/add-checkpoint").route(web::post().to(add_checkpoint));
                    let show = web::resource("/w/{origin}/checkpoint").route(web::get().to(shown));
                    App::new().app_data(served.clone()).service(add).service(show)
                };
                let server = HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0").expect("a port");
                listens.send(server.addrs()[0].port()).expect("somebody waits");
                server.run().await
            })
        });
        let url = format!("http://127.0.0.1:{}/w", port.recv().expect("it listens"));
        Self { name, url, seen, seed }
    }

    pub fn key(&self) -> VerifierKey {
        let key = SigningKey::from_seed(&[self.seed; 32]).expect("a seed");
        key.verifier_key(KeyName::parse(&self.name).expect("a name"), Algorithm::CosignatureV1)
    }

    /// Its line in a policy file.
    pub fn line(&self) -> String {
        format!("witness w{} {} {}\n", self.seed, self.key(), self.url)
    }

    pub fn size(&self) -> u64 {
        self.seen.lock().expect("no panic").size
    }

    pub fn asked(&self) -> u32 {
        self.seen.lock().expect("no panic").asked
    }
}

async fn add_checkpoint(served: Data<Served>, body: Bytes) -> HttpResponse {
    if served.manner == Manner::Slow {
        actix_web::rt::time::sleep(Duration::from_secs(5)).await;
    }
    let mut seen = served.seen.lock().expect("no panic");
    seen.asked += 1;
    let Ok(request) = AddCheckpoint::parse(&body) else { return HttpResponse::BadRequest().finish() };
    if request.checkpoint.verify([&verifier_key()]).is_err() {
        return HttpResponse::Forbidden().finish();
    }
    let checkpoint = Checkpoint::parse(request.checkpoint.text()).expect("a checkpoint");
    if request.old_size != seen.size {
        return HttpResponse::Conflict().content_type(SIZE_CONTENT_TYPE).body(format!("{}\n", seen.size));
    }
    let (old, new) = (seen.size, checkpoint.size());
    let consistent = old == 0 || verify_consistency(old, new, &seen.root, checkpoint.root(), &request.proof).is_ok();
    if !consistent {
        return HttpResponse::UnprocessableEntity().finish();
    }
    (seen.size, seen.root, seen.note) = (new, *checkpoint.root(), Some(request.checkpoint.clone()));
    let text = if served.manner == Manner::Lies { "another text\n" } else { request.checkpoint.text() };
    let time_s = u64::try_from(ticun::ledger::clock::wall().micros() / 1_000_000).expect("after 1970");
    let line = cosignature::sign(&served.name, &served.key, time_s, text).expect("a time");
    HttpResponse::Ok().body(format!("{line}\n"))
}

async fn shown(served: Data<Served>) -> HttpResponse {
    match &served.seen.lock().expect("no panic").note {
        Some(note) => HttpResponse::Ok().body(note.to_string()),
        None => HttpResponse::NotFound().finish(),
    }
}
