//! A witness on a port of its own, which believes one log from its first head on.

use std::sync::{Arc, Mutex, mpsc};

use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer, web};
use ticun::log::checkpoint::Checkpoint;
use ticun::log::cosignature;
use ticun::log::key::{Algorithm, KeyName, SigningKey, VerifierKey};
use ticun::log::tree::{Hash, verify_consistency};
use ticun::log::witness::{AddCheckpoint, SIZE_CONTENT_TYPE};

#[derive(Clone)]
struct Served {
    name: KeyName,
    seed: u8,
    seen: Arc<Mutex<(u64, Hash)>>,
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).expect("a seed")
}

fn verifier_key(name: &KeyName, seed: u8) -> VerifierKey {
    key(seed).verifier_key(name.clone(), Algorithm::CosignatureV1)
}

/// Starts a witness; it lives as long as the test's process. Answers its line in a policy file.
pub fn start(seed: u8) -> String {
    let name = KeyName::parse(&format!("witness.example/w{seed}")).expect("a name");
    let served = Served { name: name.clone(), seed, seen: Arc::default() };
    let (listens, port) = mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let served = Data::new(served);
            let app = move || App::new().app_data(served.clone()).route("/w/add-checkpoint", web::post().to(add));
            let server = HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0").expect("a port");
            listens.send(server.addrs()[0].port()).expect("somebody waits");
            server.run().await
        })
    });
    let port = port.recv().expect("it listens");
    format!("witness w{seed} {} http://127.0.0.1:{port}/w\n", verifier_key(&name, seed))
}

/// The line of a witness that nobody can ask.
pub fn absent(seed: u8) -> String {
    let name = KeyName::parse(&format!("witness.example/w{seed}")).expect("a name");
    format!("witness w{seed} {} http://127.0.0.1:9/w\n", verifier_key(&name, seed))
}

async fn add(served: Data<Served>, body: Bytes) -> HttpResponse {
    let mut seen = served.seen.lock().expect("no panic");
    let Ok(request) = AddCheckpoint::parse(&body) else { return HttpResponse::BadRequest().finish() };
    let checkpoint = Checkpoint::parse(request.checkpoint.text()).expect("a checkpoint");
    let (old, root) = *seen;
    if request.old_size != old {
        return HttpResponse::Conflict().content_type(SIZE_CONTENT_TYPE).body(format!("{old}\n"));
    }
    if old > 0 && verify_consistency(old, checkpoint.size(), &root, checkpoint.root(), &request.proof).is_err() {
        return HttpResponse::UnprocessableEntity().finish();
    }
    *seen = (checkpoint.size(), *checkpoint.root());
    let time_s = u64::try_from(ticun::ledger::clock::wall().micros() / 1_000_000).expect("after 1970");
    let line = cosignature::sign(&served.name, &key(served.seed), time_s, request.checkpoint.text()).expect("a time");
    HttpResponse::Ok().body(format!("{line}\n"))
}
