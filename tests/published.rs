//! The published log over HTTP, checked with the pure formats as a stranger would.

#![cfg(test)]

mod support;

use actix_web::http::Method;
use serde_json::json;
use support::{Reply, World, text};
use ticun::log::chain;
use ticun::log::checkpoint::Checkpoint;
use ticun::log::key::VerifierKey;
use ticun::log::note::Note;
use ticun::log::policy::Policy;
use ticun::log::proof::TlogProof;
use ticun::log::tile::{Entries, Kind, Tile, hashes, tiles_of};
use ticun::log::tree::{Frontier, verify_consistency};

const LOG: &str = "/log/changning";

async fn public(world: &World, path: &str) -> Reply {
    world.ask(Method::GET, path).send().await
}

async fn policy(world: &World) -> Policy {
    let key = public(world, &format!("{LOG}/key")).await;
    assert_eq!(key.status, 200);
    let key = String::from_utf8(key.bytes).expect("text");
    Policy::without_witnesses(vec![VerifierKey::parse(key.trim_end()).expect("a verifier key")])
}

/// The newest head, once something was written and waited for.
async fn head(world: &World) -> Checkpoint {
    let reply = public(world, &format!("{LOG}/checkpoint")).await;
    assert_eq!((reply.status, reply.header("content-type").as_deref()), (200, Some("text/plain; charset=utf-8")));
    let note = Note::parse(&reply.bytes).expect("a note");
    let policy = policy(world).await;
    policy.judge(&note).expect("a head signed by the log's key").checkpoint
}

/// Records a delivery and waits for a head that covers it; answers its position.
async fn published_delivery(world: &World, contract: &str) -> u64 {
    let path = format!("/v1/contracts/{contract}/deliveries?wait=published");
    let reply = world.ask(Method::POST, path).by("merchant1").json(&json!({"units": 1})).send().await;
    assert_eq!(reply.status, 201);
    reply.header("ticun-log-position").expect("a position").parse().expect("a number")
}

#[actix_web::test]
async fn whoever_waited_has_a_receipt_that_anybody_can_check_offline() {
    let world = World::start().await;
    let contract = text(&world.active_contract("consumer1").await, "id").to_owned();
    let position = published_delivery(&world, &contract).await;
    let path = format!("{LOG}/receipt/{position}");
    let entry = world.ask(Method::GET, format!("{LOG}/entry/{position}")).by("consumer1").send().await;
    for user in ["consumer1", "merchant1", "notary1", "regulator1"] {
        let reply = world.ask(Method::GET, &path).by(user).send().await;
        assert_eq!(reply.status, 200, "{user}");
        let proof = TlogProof::parse(&reply.bytes).expect("a receipt");
        assert_eq!(proof.index, position);
        let leaf = chain::leaf(&entry.bytes);
        proof.verify(&leaf, &policy(&world).await).expect("it proves the entry");
        assert!(proof.verify(&chain::leaf(b"another entry"), &policy(&world).await).is_err());
    }
    assert_eq!(world.ask(Method::GET, &path).by("consumer2").send().await.status, 404);
    assert_eq!(world.ask(Method::GET, &path).by("operator1").send().await.status, 403);
    assert_eq!(world.ask(Method::GET, &path).send().await.status, 401);
    let beyond = world.ask(Method::GET, format!("{LOG}/receipt/99999")).by("regulator1").send().await;
    assert_eq!(beyond.status, 404);
}

#[actix_web::test]
async fn a_regulator_rebuilds_the_whole_log_from_tiles_and_bundles() {
    let world = World::start().await;
    let contract = text(&world.active_contract("consumer1").await, "id").to_owned();
    published_delivery(&world, &contract).await;
    let head = head(&world).await;
    let read = async |tile: Tile| world.ask(Method::GET, format!("{LOG}/{tile}")).by("regulator1").send().await;
    let mut tree = Frontier::new();
    for tile in tiles_of(head.size()) {
        let reply = read(tile).await;
        assert_eq!(reply.status, 200, "{tile}");
        assert_eq!(reply.header("cache-control").as_deref(), Some("private, max-age=31536000, immutable"));
        match tile.kind() {
            Kind::Hashes(0) => hashes(tile, &reply.bytes).expect("hashes").iter().for_each(|leaf| tree.append(*leaf)),
            Kind::Hashes(_) => {}
            Kind::Entries => {
                let leaves: Vec<_> = Entries::new(&reply.bytes, tile.width())
                    .map(|entry| chain::leaf(entry.expect("an entry")))
                    .collect();
                let hashes_of = Tile::new(Kind::Hashes(0), tile.index(), tile.width()).expect("a tile");
                let tile_bytes = read(hashes_of).await.bytes;
                assert_eq!(hashes(hashes_of, &tile_bytes).expect("hashes"), leaves);
            }
        }
    }
    assert_eq!((tree.size(), tree.root()), (head.size(), *head.root()));
    let narrow = Tile::new(Kind::Entries, 0, 3).expect("a tile");
    assert_eq!(Entries::new(&read(narrow).await.bytes, 3).count(), 3);
    let wide = Tile::new(Kind::Hashes(0), 0, 255).expect("a tile");
    assert_eq!(read(wide).await.status, 404, "nothing is shown that no head covers");
    for path in ["tile/0/1", "tile/x/000", "tile/0/000.p/0", "tile/9/000", "tile/0/000.p/256"] {
        let reply = world.ask(Method::GET, format!("{LOG}/{path}")).by("regulator1").send().await;
        assert_eq!(reply.status, 404, "{path}");
    }
    assert_eq!(world.ask(Method::GET, format!("{LOG}/tile/0/000.p/3")).by("merchant1").send().await.status, 403);
}

#[actix_web::test]
async fn every_head_continues_every_smaller_one() {
    let world = World::start().await;
    let contract = text(&world.active_contract("consumer1").await, "id").to_owned();
    for _ in 0..3 {
        published_delivery(&world, &contract).await;
    }
    let reply = public(&world, &format!("{LOG}/checkpoints?limit=100")).await;
    assert_eq!(reply.status, 200);
    let policy = policy(&world).await;
    let notes: Vec<Note> = reply.body["data"]
        .as_array()
        .expect("heads")
        .iter()
        .map(|head| Note::parse(text(head, "note").as_bytes()).expect("a note"))
        .collect();
    let heads: Vec<Checkpoint> =
        notes.iter().map(|note| policy.judge(note).expect("it is signed").checkpoint).collect();
    assert!(heads.len() >= 2, "{}", heads.len());
    for (old, new) in heads.iter().zip(heads.iter().skip(1)) {
        let path = format!("{LOG}/consistency?from={}&to={}", old.size(), new.size());
        let reply = public(&world, &path).await;
        assert_eq!(reply.status, 200);
        let proof: Vec<[u8; 32]> = reply.body["hashes"]
            .as_array()
            .expect("hashes")
            .iter()
            .map(|hash| ticun::log::text::base64_hash(hash.as_str().expect("text")).expect("a hash"))
            .collect();
        verify_consistency(old.size(), new.size(), old.root(), new.root(), &proof).expect("the old is the beginning");
    }
    let beyond = public(&world, &format!("{LOG}/consistency?from=1&to=99999")).await;
    assert_eq!(beyond.problem(), (409, "not_yet_published".to_owned()));
    assert_eq!(beyond.header("retry-after").as_deref(), Some("1"));
    let backwards = public(&world, &format!("{LOG}/consistency?from=2&to=1")).await;
    assert_eq!(backwards.problem(), (400, "invalid_request".to_owned()));
}

#[actix_web::test]
async fn what_is_public_needs_no_token_and_an_office_that_is_not_there_has_no_log() {
    let world = World::start().await;
    let contract = text(&world.active_contract("consumer1").await, "id").to_owned();
    published_delivery(&world, &contract).await;
    for path in ["checkpoint", "checkpoint.latest", "checkpoints", "key", "consistency?from=0&to=1"] {
        assert_eq!(public(&world, &format!("{LOG}/{path}")).await.status, 200, "{path}");
        assert_eq!(public(&world, &format!("/log/nowhere/{path}")).await.status, 404, "{path}");
    }
    let policy = public(&world, "/log/policy").await;
    assert_eq!(policy.status, 200);
    let parsed = Policy::parse(&policy.bytes).expect("a policy");
    assert!(!parsed.requires_witnesses() && policy.text.ends_with("quorum none\n"), "{}", policy.text);
}

#[actix_web::test]
async fn a_write_refuses_a_query_that_it_does_not_know() {
    let world = World::start().await;
    let contract = text(&world.active_contract("consumer1").await, "id").to_owned();
    let queries = [
        ("wait=forever", "invalid_request"),
        ("dry_run=true", "unknown_parameter"),
        ("wait=published&wait=published", "invalid_request"),
    ];
    for (query, code) in queries {
        let path = format!("/v1/contracts/{contract}/deliveries?{query}");
        let reply = world.ask(Method::POST, path).by("merchant1").json(&json!({"units": 1})).send().await;
        assert_eq!(reply.problem(), (400, code.to_owned()), "{query}");
    }
}
