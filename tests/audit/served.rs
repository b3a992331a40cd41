//! A log verified straight from a server.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;

use super::run::ticun;
use super::story::long;

/// Serves the files of a folder below `/log/changning/` until the test ends; tiles only for who has the token.
fn serve(folder: &Path) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/log/changning", listener.local_addr().unwrap());
    let folder = folder.to_owned();
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let folder = folder.clone();
            std::thread::spawn(move || answer_all(&connection.unwrap(), &folder));
        }
    });
    base
}

fn answer_all(connection: &TcpStream, folder: &Path) {
    let mut lines = BufReader::new(connection).lines();
    while let Some(Ok(request)) = lines.next() {
        let path = request.split(' ').nth(1).unwrap().strip_prefix("/log/changning/").unwrap().to_owned();
        let headers: Vec<String> = lines.by_ref().map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
        let may = headers.iter().any(|line| line.eq_ignore_ascii_case("authorization: bearer open sesame"));
        let (status, body) = match std::fs::read(folder.join(&path)) {
            _ if path.starts_with("tile/") && !may => ("403 Forbidden", Vec::new()),
            Ok(bytes) => ("200 OK", bytes),
            Err(_) => ("404 Not Found", Vec::new()),
        };
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", body.len());
        let mut out = connection;
        out.write_all(head.as_bytes()).and_then(|()| out.write_all(&body)).unwrap();
    }
}

#[test]
fn a_log_is_verified_from_its_address() {
    let log = long(1000);
    let folder = tempfile::tempdir().unwrap();
    log.publish(folder.path());
    let base = serve(folder.path());
    let ask = |further: &[&str]| {
        let mut args = vec!["audit", "verify", &base, "--json", "--replay"];
        args.extend(further);
        ticun(&args)
    };
    let said = ask(&["--token", "open sesame"]);
    assert_eq!((said.code, &said.json()["size"]), (0, &log.entries.len().into()), "{said:?}");
    let said = ask(&[]);
    assert_eq!((said.code, said.out.contains("--token")), (1, true), "{said:?}");
    std::fs::remove_file(folder.path().join("tile/entries/001")).unwrap();
    let said = ask(&["--token", "open sesame"]);
    assert_eq!((said.code, said.out.contains("tile/entries/001 is missing")), (1, true), "{said:?}");
    let mut changed = log.clone();
    changed.edit(400, |value| value["request"] = "req_00000000000000000000000zzz".into());
    std::fs::write(folder.path().join("tile/entries/001"), super::log::bundle(&changed.entries[256..512])).unwrap();
    let said = ask(&["--token", "open sesame"]);
    assert_eq!((said.code, &said.json()["position"]), (2, &400.into()), "{said:?}");
}

#[test]
fn a_server_that_does_not_answer_decides_nothing() {
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(ticun(&["audit", "verify", &format!("http://{unused}/log/changning")]).code, 1);
}

#[test]
fn where_the_log_has_grown_since_the_full_tile_stands_for_the_partial_one() {
    let log = long(700);
    let folder = tempfile::tempdir().unwrap();
    log.publish(folder.path());
    let first = super::log::Log { entries: log.entries[..300].to_vec() };
    super::log::write(folder.path(), "checkpoint", &first.signed().to_string());
    // Of the tree of 300 entries only the tile above was partial and is wider now, but not full.
    std::fs::create_dir_all(folder.path().join("tile/1/000.p")).unwrap();
    let mut above = std::fs::read(folder.path().join("tile/1/000.p/2")).unwrap();
    above.truncate(32);
    std::fs::write(folder.path().join("tile/1/000.p/1"), above).unwrap();
    assert_eq!(super::run::good(folder.path(), &["--replay"])["size"], 300);
}
