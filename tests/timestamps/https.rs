//! HTTPS to logs, witnesses and timestamping authorities: with a certificate that leads to a trusted root it works, and
//! with any other it is refused in words.

use std::path::Path;
use std::sync::Arc;

use ticun::http::server::block_on;
use ticun::jobs::{Outward, Timestamping, Witnessing};
use ticun::ledger::publication::witnesses::Witnesses;
use ticun::log::files::TileFiles;
use ticun::log::policy::Policy;
use ticun::store::pool::ReadPool;

use super::asked::{authority, stamping};
use super::demo::World;
use super::run::{Said, ticun};
use super::server::{Manner, Server};
use super::support::{Database, Node, verifier_key};
use super::tls;
use super::tsa::{ALWAYS, Keys, LONG_AGO, Tsa};
use super::witness::{self, TestWitness};

fn in_front_of(tsa: &Tsa, port: u16, certificate: &str) -> u16 {
    tls::in_front_of(port, &tsa.path(&format!("{certificate}.pem")), &tsa.path(&format!("{certificate}.key")))
}

fn port(url: &str) -> u16 {
    let authority = url.split('/').nth(2).expect("a host");
    authority.rsplit(':').next().expect("a port").parse().expect("a number")
}

#[actix_web::test]
async fn a_log_is_verified_over_https_and_only_with_a_certificate_that_is_trusted() {
    let Some(tsa) = Tsa::new(Keys::P256) else { return };
    tsa.issue("tls", "ca", "tls", ALWAYS);
    tsa.issue("elsewhere", "ca", "elsewhere", ALWAYS);
    tsa.issue("expired", "ca", "tls", LONG_AGO);
    let settings = ticun::cli::config::Settings { open_log: Some(true), ..Default::default() };
    let world = World::start_with(tempfile::tempdir().expect("a folder"), settings).await;
    world.published().await;
    let verify = |certificate: &str, ca_file: Option<&str>| -> Said {
        let outer = in_front_of(&tsa, port(&world.base), certificate);
        let url = format!("https://localhost:{outer}/log/changning");
        let mut args = vec!["audit", "verify", url.as_str(), "--json", "--replay"];
        args.extend(ca_file.iter().flat_map(|file| ["--ca-file", file]));
        ticun(&args)
    };
    let ca = tsa.ca();
    let said = verify("tls", Some(&ca));
    assert_eq!((said.code, &said.json()["good"]), (0, &true.into()), "{said:?}");
    let stranger = Tsa::new(Keys::P256).expect("openssl is here");
    let strange = stranger.ca();
    for (certificate, ca_file, words) in [
        ("tls", None, "UnknownIssuer"),
        // It has the same name, and other keys.
        ("tls", Some(strange.as_str()), "BadSignature"),
        ("elsewhere", Some(ca.as_str()), "not valid for"),
        ("expired", Some(ca.as_str()), "expired"),
    ] {
        let said = verify(certificate, ca_file);
        assert_eq!(said.code, 1, "{said:?}");
        let told = format!("{}{}", said.out, said.complaint);
        let about = told.contains("certificate") || told.contains("root certificates");
        assert!(about && (told.contains(words) || told.contains("no root certificates")), "{words}: {told}");
    }
    let said = verify("tls", Some("/nowhere/ca.pem"));
    assert_eq!((said.code, said.complaint.contains("/nowhere/ca.pem")), (1, true), "{said:?}");
    let said = ticun(&["audit", "verify", "ftp://localhost/log/changning"]);
    assert_eq!((said.code, said.complaint.contains("neither http:// nor https://")), (1, true), "{said:?}");
}

/// Asks an authority once, over HTTPS; answers how many tokens were stored.
fn stamped(tsa: &Arc<Tsa>, ca_file: &Path) -> usize {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let mut node = Node::start(&database, "one");
    node.signed(1);
    let server = Server::start(tsa, Manner::Honest);
    let url = format!("https://localhost:{}/tsa", in_front_of(tsa, server.port, "tls"));
    let stamping = stamping(&database, &node, vec![authority(&url, tsa.trusted())], 1);
    let outward = Outward::to([url.as_str()], Some(ca_file)).expect("roots");
    block_on(async { Timestamping::new(stamping, &outward).round().await })
}

#[test]
fn an_authority_is_asked_over_https() {
    let Some(tsa) = Tsa::new(Keys::Rsa).map(Arc::new) else { return };
    tsa.issue("tls", "ca", "tls", ALWAYS);
    assert_eq!(stamped(&tsa, &tsa.path("ca.pem")), 1);
    let stranger = Tsa::new(Keys::Rsa).expect("openssl is here");
    assert_eq!(stamped(&tsa, &stranger.path("ca.pem")), 0);
}

/// Asks a witness once, over HTTPS; answers whether it has cosigned.
fn witnessed(tsa: &Tsa, ca_file: &Path, seed: u8) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::in_folder(folder.path());
    let mut node = Node::start(&database, "one");
    node.signed(1);
    let witness = TestWitness::start(seed, witness::Manner::Honest);
    let url = format!("https://localhost:{}/w", in_front_of(tsa, port(&witness.url), "tls"));
    let text = format!("log {}\nwitness w {} {url}\nquorum w\n", verifier_key(), witness.key());
    let witnesses = Witnesses {
        sequencer: node.sequencer.clone(),
        reads: ReadPool::open(&database.url, 2).expect("connections"),
        tiles: TileFiles::in_folder(&node.folder),
        policy: Arc::new(Policy::parse(text.as_bytes()).expect("a policy")),
        origin: verifier_key().name().clone(),
    };
    let outward = Outward::to([url.as_str()], Some(ca_file)).expect("roots");
    block_on(async { Witnessing::over(witnesses, &outward).round().await })
}

#[test]
fn a_witness_is_asked_over_https() {
    let Some(tsa) = Tsa::new(Keys::P256) else { return };
    tsa.issue("tls", "ca", "tls", ALWAYS);
    assert!(witnessed(&tsa, &tsa.path("ca.pem"), 71));
    let stranger = Tsa::new(Keys::P256).expect("openssl is here");
    assert!(!witnessed(&tsa, &stranger.path("ca.pem"), 72));
}
