//! Somebody else's witness: `aics-witness` from PyPI, which needs Python 3.12.
//!
//! `TICUN_AICS_WITNESS` names its program. Where it is not set, the test looks for `aics-witness` on the path, and
//! says so when there is none.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use diesel::connection::SimpleConnection as _;
use ticun::log::key::VerifierKey;
use ticun::log::policy::Policy;

use super::support::{Database, Node, ORIGIN, verifier_key};
use super::witnessing::{round, shown};

struct Foreign {
    child: Child,
    key: VerifierKey,
    url: String,
}

impl Drop for Foreign {
    fn drop(&mut self) {
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

fn run(program: &Path, config: &Path, arguments: &[&str]) -> Option<String> {
    let (verb, rest) = arguments.split_first().expect("a verb");
    let ended = Command::new(program).arg(verb).arg("--config").arg(config).args(rest).output().ok()?;
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    Some(String::from_utf8(ended.stdout).expect("text"))
}

impl Foreign {
    fn start(folder: &Path) -> Option<Self> {
        let program = std::env::var_os("TICUN_AICS_WITNESS").unwrap_or_else(|| "aics-witness".into());
        let (program, config) = (Path::new(&program), folder.join("witness.json"));
        let Some(told) = run(program, &config, &["init", "--name", "witness.example/foreign"]) else {
            println!(
                "skipped: {} cannot be run; it needs Python 3.12 and `pip install aics-witness`",
                program.display()
            );
            return None;
        };
        let key = VerifierKey::parse(told.lines().last().expect("a line").trim()).expect("a verifier key");
        run(program, &config, &["add-log", "--origin", ORIGIN, "--vkey", &verifier_key().to_string()]);
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let mut serve = Command::new(program);
        serve.arg("serve").arg("--config").arg(&config).args(["--listen", &format!("127.0.0.1:{port}")]);
        let mut child = serve.stderr(Stdio::piped()).spawn().expect("it starts");
        let mut told = BufReader::new(child.stderr.take().expect("its output")).lines();
        let listens = told.any(|line| line.is_ok_and(|line| line.contains(&port.to_string())));
        std::thread::spawn(move || told.count());
        let foreign = Self { child, key, url: format!("http://127.0.0.1:{port}") };
        assert!(listens, "it ended before it listened");
        Some(foreign)
    }
}

#[test]
fn a_witness_of_others_cosigns_a_growing_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(witness) = Foreign::start(folder.path()) else { return };
    let text = format!("log {}\nwitness w {} {}\nquorum w\n", verifier_key(), witness.key, witness.url);
    let policy = Policy::parse(text.as_bytes()).expect("a policy");
    let database = Database::in_folder(folder.path());
    let mut node = Node::start(&database, "one");
    for (from, to) in [(0, 1), (1, 256), (256, 600)] {
        node.register(from..to);
        let head = node.signed(1);
        assert!(round(&database, &node, &policy));
        assert_eq!(shown(&database, &policy), Some(head.size));
    }
    // The same from a node that does not know what the witness has seen: a conflict, and a proof from there.
    node.register(600..700);
    let head = node.signed(2);
    database.tampering().batch_execute("DELETE FROM cosignatures;").expect("forgotten");
    assert!(round(&database, &node, &policy));
    assert_eq!(shown(&database, &policy), Some(head.size));
    node.stop();
}
