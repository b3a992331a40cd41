//! `ticun sign`, with no service and no database; and the same by openssl.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use actix_web::http::Method;
use serde_json::{Value, json};
use ticun::domain::signature::{Signature, SignatureBytes, SignerKey};
use ticun::domain::statement::possession;
use ticun::ledger::signing;

use super::support::World;
use super::support::side::{Side, id};
use super::support::spec::DOCUMENT;
use super::support::text;

const STATEMENT: &str = "{\"action\":\"refund.decide\",\"amount\":\"1933.33\",\"basis\":\"award\",\"currency\":\"CNY\",\
    \"document_sha256\":\"b4009662c0116dac4f17a86354dcefcb35d80de2af59988f520fe072b4b13e2a\",\
    \"object\":\"rfd_01kmes3z80encsc1284gsz286a\",\"office\":\"changning\",\"origin\":\"notary.example/log/changning\",\
    \"payee\":\"csm_01kjkehjm0ehcvcc16xcrhm52n\",\"position\":67,\"purpose\":\"ticun.decision\",\"revision\":2,\
    \"signer\":\"usr_01kjkehjm0ea88gnj5p0e19bz2\",\"v\":1}";

fn run(program: &str, folder: &Path, args: &[&str]) -> Output {
    Command::new(program).args(args).current_dir(folder).output().unwrap_or_else(|error| panic!("{program}: {error}"))
}

/// Runs `ticun` in a folder; answers exit code, standard output and standard error.
fn ticun(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let ran = run(env!("CARGO_BIN_EXE_ticun"), folder, args);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (ran.status.code().expect("an exit code"), text(ran.stdout), text(ran.stderr))
}

#[track_caller]
fn said(folder: &Path, args: &[&str]) -> String {
    let (code, out, complaint) = ticun(folder, args);
    assert_eq!(code, 0, "{out} {complaint}");
    out.trim_end().to_owned()
}

#[track_caller]
fn openssl(folder: &Path, args: &[&str]) {
    let ran = run("openssl", folder, args);
    assert!(ran.status.success(), "{args:?}: {}", String::from_utf8_lossy(&ran.stderr));
}

/// A folder with a new key and a statement; and the public key.
fn desk() -> (tempfile::TempDir, SignerKey) {
    let folder = tempfile::tempdir().expect("a folder");
    let key = SignerKey::parse(&said(folder.path(), &["sign", "new-key", "key.pem"])).expect("a key");
    std::fs::write(folder.path().join("statement"), STATEMENT).expect("a file");
    (folder, key)
}

#[test]
fn a_new_key_is_its_owners_alone_and_overwrites_nothing() {
    let (folder, key) = desk();
    assert!(signing::is_strict(&key));
    let mode = std::fs::metadata(folder.path().join("key.pem")).expect("a key").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let (code, _, complaint) = ticun(folder.path(), &["sign", "new-key", "key.pem"]);
    assert_eq!((code, complaint.contains("key.pem")), (1, true), "{complaint}");
}

#[test]
fn a_decision_is_shown_in_words_and_signed() {
    let (folder, key) = desk();
    let (code, out, words) = ticun(folder.path(), &["sign", "decision", "--key", "key.pem", "statement"]);
    assert_eq!(code, 0, "{words}");
    for told in [
        "Give 1933.33 CNY back",
        "csm_01kjkehjm0ehcvcc16xcrhm52n",
        "rfd_01kmes3z80encsc1284gsz286a",
        "award",
        "b4009662",
        "revision 2",
        "entry 67",
        "notary.example/log/changning",
        "usr_01kjkehjm0ea88gnj5p0e19bz2",
    ] {
        assert!(words.contains(told), "{told} is missing in {words}");
    }
    let value = SignatureBytes::parse(out.trim_end()).expect("a signature");
    assert!(signing::fits(&key, STATEMENT.as_bytes(), &value));
    let json = said(folder.path(), &["sign", "decision", "--key", "key.pem", "--json", "statement"]);
    assert_eq!(serde_json::from_str::<Signature>(&json).expect("a signature"), Signature { key, value });
    let from_input = Command::new(env!("CARGO_BIN_EXE_ticun"))
        .args(["sign", "decision", "--key", "key.pem"])
        .current_dir(folder.path())
        .stdin(std::fs::File::open(folder.path().join("statement")).expect("a file"))
        .output()
        .expect("it runs");
    assert_eq!(String::from_utf8(from_input.stdout).expect("text"), out);
}

#[test]
fn what_is_no_canonical_decision_statement_is_not_signed() {
    let (folder, key) = desk();
    let possession = possession("notary.example/log/changning", ticun::domain::id::UserId::from_bits(1), &key);
    for (what, words) in [
        (format!("{STATEMENT}\n"), "canonical"),
        (STATEMENT.replace("\"v\":1", "\"v\": 1"), "canonical"),
        (STATEMENT.replace("notary.example", "not\\u0061ry.example"), "canonical"),
        (STATEMENT.replace("\"basis\":\"award\",", ""), "canonical"),
        (STATEMENT.replace("\"v\":1", "\"v\":2"), "version 2"),
        (STATEMENT.replace("\"v\":1", "\"v\":1,\"w\":1"), "no decision statement"),
        (STATEMENT.replace("refund.decide", "refund.destroy"), "no decision statement"),
        (STATEMENT.replace("ticun.decision", "something.else"), "no decision statement"),
        (STATEMENT.replace("1933.33", "1933.3"), "no decision statement"),
        (STATEMENT.replace("\"position\":67,", "\"position\":67,\"position\":67,"), "no decision statement"),
        (possession, "no decision statement"),
        (String::new(), "no decision statement"),
    ] {
        std::fs::write(folder.path().join("other"), &what).expect("a file");
        let (code, out, complaint) = ticun(folder.path(), &["sign", "decision", "--key", "key.pem", "other"]);
        assert_eq!((code, out.as_str()), (1, ""), "{what}");
        assert!(complaint.contains(words), "{what}: {complaint}");
    }
}

#[test]
fn openssl_reads_the_same_key_makes_the_same_signature_and_checks_it() {
    let (folder, _) = desk();
    let folder = folder.path();
    let ours = said(folder, &["sign", "decision", "--key", "key.pem", "statement"]);
    openssl(folder, &["pkeyutl", "-sign", "-inkey", "key.pem", "-rawin", "-in", "statement", "-out", "signature"]);
    let theirs: [u8; 64] = std::fs::read(folder.join("signature")).expect("a file").try_into().expect("64 bytes");
    assert_eq!(SignatureBytes::from_bytes(theirs).to_string(), ours);
    openssl(folder, &["pkey", "-in", "key.pem", "-pubout", "-out", "public.pem"]);
    let verify =
        ["pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-rawin", "-in", "statement", "-sigfile", "signature"];
    openssl(folder, &verify);
    std::fs::write(folder.join("statement"), STATEMENT.replace("1933.33", "1933.34")).expect("a file");
    assert!(!run("openssl", folder, &verify).status.success(), "openssl takes the signature for another amount's");
}

#[test]
fn the_proof_of_a_key_is_its_signature_over_four_lines() {
    let (folder, key) = desk();
    let folder = folder.path();
    let lines = format!(
        "ticun signing key v1\norigin notary.example/log/changning\nuser usr_01kjkehjm0ea88gnj5p0e19bz2\nkey {key}\n"
    );
    std::fs::write(folder.join("lines"), lines).expect("a file");
    openssl(folder, &["pkeyutl", "-sign", "-inkey", "key.pem", "-rawin", "-in", "lines", "-out", "signature"]);
    let theirs: [u8; 64] = std::fs::read(folder.join("signature")).expect("a file").try_into().expect("64 bytes");
    let (origin, user) = ("notary.example/log/changning", "usr_01kjkehjm0ea88gnj5p0e19bz2");
    let ours = said(folder, &["sign", "proof", "--key", "key.pem", "--origin", origin, "--user", user]);
    assert_eq!(SignatureBytes::from_bytes(theirs).to_string(), ours);
    let (code, _, _) = ticun(folder, &["sign", "proof", "--key", "key.pem", "--origin", origin, "--user", "notary2"]);
    assert_eq!(code, 64, "a user is named by an id");
}

#[test]
fn a_key_that_openssl_made_signs_in_pem_and_in_der() {
    let (folder, _) = desk();
    let folder = folder.path();
    openssl(folder, &["genpkey", "-algorithm", "ed25519", "-out", "theirs.pem"]);
    openssl(folder, &["pkey", "-in", "theirs.pem", "-outform", "DER", "-out", "theirs.der"]);
    let sign = |key| said(folder, &["sign", "decision", "--key", key, "statement"]);
    assert_eq!(sign("theirs.pem"), sign("theirs.der"));
    openssl(folder, &["pkey", "-in", "theirs.pem", "-pubout", "-out", "public.pem"]);
    for (key, words) in [("public.pem", "not a private key"), ("statement", "PKCS#8"), ("nowhere.pem", "nowhere.pem")] {
        let (code, out, complaint) = ticun(folder, &["sign", "decision", "--key", key, "statement"]);
        assert_eq!((code, out.as_str()), (1, ""), "{key}");
        assert!(complaint.contains(words), "{key}: {complaint}");
    }
}

/// The whole way of a notary with a key of their own: from the key to a settlement that the offline verifier accepts.
#[actix_web::test]
async fn a_settlement_is_approved_with_a_signature_made_offline() {
    let world = World::start().await;
    let side = Side::first(&world).await;
    let (folder, _) = desk();
    let folder = folder.path();
    let me = text(&world.get("notary2", "/v1/me").await, "id");
    let proof = said(
        folder,
        &["sign", "proof", "--key", "key.pem", "--origin", "demo.example/log/changning", "--user", &me, "--json"],
    );
    let body: Value = serde_json::from_str(&proof).expect("a body");
    let put = world.ask(Method::PUT, "/v1/me/signing-key").by("notary2").json(&body).send().await;
    assert_eq!(put.status, 200, "{put:?}");

    let settlement = side.settlement_in(&world, "proposed").await;
    let path = format!("/v1/settlements/{}", id(&settlement));
    let reviewed = world.to_sign("notary2", &path, "approve").await;
    std::fs::write(folder.join("statement"), &reviewed.bytes).expect("a file");
    let signature = said(folder, &["sign", "decision", "--key", "key.pem", "--json", "statement"]);
    let signature: Value = serde_json::from_str(&signature).expect("a signature");
    let approved = world
        .decide("notary2", format!("{path}/approve"), &reviewed.body["revision"], json!({"signature": signature}))
        .await;
    assert_eq!(approved["state"], "released");

    world.published().await;
    let data = world.folder.path().to_str().expect("a path").to_owned();
    said(folder, &["audit", "export", "out", "--database", &world.config.database, "--data", &data]);
    assert!(said(folder, &["audit", "verify", "out", "--replay"]).contains(": good"));
    assert!(said(folder, &["books", "check", "--database", &world.config.database, "--data", &data]).contains("good"));
}

#[test]
fn the_examples_in_the_description_are_good_signatures() {
    let operation = |path: &str, method: &str| &DOCUMENT["paths"][path][method];
    let key = operation("/v1/me/signing-key", "put");
    let body = &key["requestBody"]["content"]["application/json"]["example"];
    let (public, proof) = (SignerKey::parse(&text(body, "public_key")), SignatureBytes::parse(&text(body, "proof")));
    let (public, proof) = (public.expect("a key"), proof.expect("a signature"));
    let me = &key["responses"]["200"]["content"]["application/json"]["example"]["user_id"];
    let user = ticun::domain::id::UserId::parse(me.as_str().expect("an id")).expect("an id");
    assert!(signing::is_held("notary.example/log/changning", user, &public, &proof));
    for (kind, action) in [("settlements", "approve"), ("refunds", "decide")] {
        let shown = operation(&format!("/v1/{kind}/{{id}}/decision-statement"), "get");
        let statement = &shown["responses"]["200"]["content"]["application/json"]["example"];
        let bytes = ticun::log::canonical::canonicalize(statement).expect("a canonical form");
        let decision = operation(&format!("/v1/{kind}/{{id}}/{action}"), "post");
        let examples = &decision["requestBody"]["content"]["application/json"]["examples"];
        let signature = examples["signed"]["value"]["signature"].clone();
        let signature: Signature = serde_json::from_value(signature).expect("a signature");
        assert_eq!(signature.key, public);
        assert!(signing::fits(&public, &bytes, &signature.value), "{kind}");
        ticun::domain::statement::Statement::parse(&bytes).expect("a statement");
    }
}
