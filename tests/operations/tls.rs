//! A server that only speaks TLS, and what the program makes of its certificate.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::process::{Said, done, ticun};
use super::server::{Server, folder, is_missing, own};

fn openssl(folder: &Path, arguments: &str) {
    let mut command = Command::new("openssl");
    command.current_dir(folder).args(arguments.split(' ')).stdin(Stdio::null()).stdout(Stdio::null());
    let ran = command.stderr(Stdio::piped()).output().expect("openssl runs");
    assert!(ran.status.success(), "{arguments}: {}", String::from_utf8_lossy(&ran.stderr));
}

/// An authority of its own, under a name for its files.
fn authority(folder: &Path, name: &str) {
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(folder, &format!("req -x509 {key} -keyout {name}.key -out {name}.pem -days 2 -subj /CN={name}"));
}

/// A certificate of an authority for `localhost`, and its key.
fn certificate(folder: &Path, authority: &str) {
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(folder, &format!("req {key} -keyout server.key -out server.csr -subj /CN=localhost"));
    fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n").expect("a name");
    let by = format!("-CA {authority}.pem -CAkey {authority}.key -CAcreateserial");
    openssl(folder, &format!("x509 -req -in server.csr {by} -out server.pem -days 2 -extfile names"));
}

#[test]
fn a_server_is_believed_by_its_certificate_and_nothing_goes_there_in_the_clear() {
    if is_missing() {
        return;
    }
    if Command::new("openssl").arg("version").output().is_err() {
        println!("SKIPPED: there is no openssl program, which makes the certificates");
        return;
    }
    let folder = folder();
    let files = folder.path();
    authority(files, "right");
    authority(files, "wrong");
    certificate(files, "right");
    for file in ["server.pem", "server.key"] {
        own(&files.join(file));
    }
    let hba = files.join("hba");
    fs::write(&hba, "hostssl all ticun 127.0.0.1/32 trust\n").expect("who may come");
    own(&hba);
    let file = |name: &str| files.join(name).display().to_string();
    let settings = format!(
        "ssl = on\nssl_cert_file = '{}'\nssl_key_file = '{}'\nhba_file = '{}'\n",
        file("server.pem"),
        file("server.key"),
        file("hba"),
    );
    let server = Server::make(&files.join("data"), &settings);
    server.run(&["CREATE DATABASE ticun"]);
    let (port, right, wrong) = (server.port, file("right.pem"), file("wrong.pem"));
    let url = |host: &str, how: &str| format!("postgres://ticun@{host}:{port}/ticun?{how}");
    let migrate = |url: &str| -> Said { ticun(&["migrate", "--database", url]) };
    let full = url("localhost", &format!("sslmode=verify-full&sslrootcert={right}"));
    ticun(&["migrate", "--check", "--database", &full]).ends(2, "missing: ");
    assert_eq!(migrate(&full).code, 0, "{:?}", migrate(&full));
    let data = file("office");
    done(&["office", "create", "changning", "--domain", "notary.example", "--data", &data, "--database", &full]);
    done(&["books", "check", "--database", &full]);
    for (host, how, words) in [
        ("localhost", format!("sslmode=verify-full&sslrootcert={wrong}"), "certificate verify failed"),
        ("localhost", format!("sslmode=verify-ca&sslrootcert={wrong}"), "certificate verify failed"),
        ("127.0.0.1", format!("sslmode=verify-full&sslrootcert={right}"), "does not match host name \"127.0.0.1\""),
        ("localhost", "sslmode=disable".to_owned(), "no encryption"),
        ("localhost", "sslmode=verify-full&sslrootcert=/nowhere.pem".to_owned(), "/nowhere.pem"),
    ] {
        migrate(&url(host, &how)).ends(1, words);
    }
}
