//! A certificate authority and a timestamping authority of the tests' own, both by the `openssl` program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;
use ticun::log::timestamp::{Trusted, reply};

const CONFIG: &str = "\
[ca]
default_ca = files
[files]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[tsa]
basicConstraints = CA:FALSE
extendedKeyUsage = critical,timeStamping
[tame]
basicConstraints = CA:FALSE
extendedKeyUsage = timeStamping
[both]
basicConstraints = CA:FALSE
extendedKeyUsage = critical,timeStamping,serverAuth
[none]
basicConstraints = CA:FALSE
[tls]
subjectAltName = DNS:localhost
extendedKeyUsage = serverAuth
[elsewhere]
subjectAltName = DNS:elsewhere.example
extendedKeyUsage = serverAuth
[req]
distinguished_name = nothing
[nothing]
[stamps]
default_tsa = one
[one]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.5
digests = sha256
clock_precision_digits = 3
ess_cert_id_alg = sha256
";

/// From when to when a certificate is valid, as `openssl ca` takes it.
pub const ALWAYS: (&str, &str) = ("20200101000000Z", "20400101000000Z");
pub const LONG_AGO: (&str, &str) = ("20200101000000Z", "20210101000000Z");

/// Which keys it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    Rsa,
    P256,
    P384,
}

/// An authority: its files, of which `ca.pem` is to be believed and `tsa.pem` signs.
pub struct Tsa {
    folder: TempDir,
    keys: Keys,
    count: AtomicU32,
}

impl Tsa {
    /// One in good order. `None`, and a line that says so, where there is no `openssl`.
    pub fn new(keys: Keys) -> Option<Self> {
        Self::with(keys, "tsa", ALWAYS)
    }

    /// One whose signer has the extensions of a section above, and is valid then.
    pub fn with(keys: Keys, extensions: &str, valid: (&str, &str)) -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            println!("skipped: there is no `openssl` program here, which these tests use as the authority");
            return None;
        }
        let tsa = Self { folder: tempfile::tempdir().unwrap(), keys, count: AtomicU32::new(0) };
        std::fs::write(tsa.path("config"), CONFIG).unwrap();
        std::fs::write(tsa.path("index.txt"), "").unwrap();
        tsa.issue("ca", "ca", "root", ALWAYS);
        tsa.issue("tsa", "ca", extensions, valid);
        Some(tsa)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The certificate that is to be believed, as an argument.
    pub fn ca(&self) -> String {
        self.path("ca.pem").to_str().unwrap().to_owned()
    }

    pub fn trusted(&self) -> Trusted {
        Trusted::parse(&std::fs::read(self.path("ca.pem")).unwrap()).unwrap()
    }

    /// Makes `<name>.key`, and `<name>.pem` issued by another of its certificates, or by itself.
    pub fn issue(&self, name: &str, issuer: &str, extensions: &str, valid: (&str, &str)) {
        let (key, request, certificate) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
        let curve = |name: &str| vec!["EC".to_owned(), "-pkeyopt".to_owned(), format!("ec_paramgen_curve:{name}")];
        let algorithm = match self.keys {
            Keys::Rsa => vec!["RSA".to_owned(), "-pkeyopt".to_owned(), "rsa_keygen_bits:2048".to_owned()],
            Keys::P256 => curve("P-256"),
            Keys::P384 => curve("P-384"),
        };
        let mut args = vec!["genpkey", "-out", &key, "-algorithm"];
        args.extend(algorithm.iter().map(String::as_str));
        self.openssl(&args);
        self.openssl(&[
            "req",
            "-new",
            "-key",
            &key,
            "-subj",
            &format!("/CN={name}"),
            "-out",
            &request,
            "-config",
            "config",
        ]);
        let (by, with) = (format!("{issuer}.pem"), format!("{issuer}.key"));
        let mut args = vec!["ca", "-batch", "-notext", "-config", "config", "-in", &request, "-out", &certificate];
        args.extend(["-startdate", valid.0, "-enddate", valid.1, "-extensions", extensions, "-keyfile", &with]);
        if name == issuer {
            args.push("-selfsign");
        } else {
            args.extend(["-cert", &by]);
        }
        self.openssl(&args);
    }

    pub fn openssl(&self, args: &[&str]) -> Output {
        let ran = self.try_openssl(args);
        assert!(ran.status.success(), "openssl {args:?}: {}", String::from_utf8_lossy(&ran.stderr));
        ran
    }

    fn try_openssl(&self, args: &[&str]) -> Output {
        Command::new("openssl").args(args).current_dir(self.folder.path()).output().unwrap()
    }

    fn fresh(&self, bytes: &[u8]) -> String {
        let name = format!("file-{}", self.count.fetch_add(1, Ordering::Relaxed));
        std::fs::write(self.path(&name), bytes).unwrap();
        name
    }

    /// The authority's reply to a query, be it yes or no.
    pub fn reply(&self, query: &[u8]) -> Vec<u8> {
        self.reply_with(query, &[])
    }

    /// The same with certificates that are sent along beside the signer's.
    pub fn reply_with(&self, query: &[u8], further: &[&str]) -> Vec<u8> {
        let query = self.fresh(query);
        let out = format!("{query}.tsr");
        let mut args = vec!["ts", "-reply", "-config", "config", "-section", "one", "-queryfile", &query, "-out", &out];
        args.extend(["-signer", "tsa.pem", "-inkey", "tsa.key"]);
        args.extend(further);
        // A refusal is written as well, and ends with another exit code.
        self.try_openssl(&args);
        std::fs::read(self.path(&out)).unwrap()
    }

    /// A reply about a text, to a query that `openssl` made: what stands in a `.tsr` file.
    pub fn stamp(&self, text: &str) -> Vec<u8> {
        let text = self.fresh(text.as_bytes());
        let query = format!("{text}.tsq");
        self.openssl(&["ts", "-query", "-data", &text, "-sha256", "-cert", "-out", &query]);
        self.reply(&std::fs::read(self.path(&query)).unwrap())
    }

    /// What is signed in a reply, changed and signed anew by a certificate of this authority.
    pub fn signed_anew(&self, reply: &[u8], signer: &str, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let reply = self.fresh(reply);
        let (token, content, signed) = (format!("{reply}.token"), format!("{reply}.tst"), format!("{reply}.signed"));
        self.openssl(&["ts", "-reply", "-in", &reply, "-token_out", "-out", &token]);
        self.openssl(&["cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", &token, "-out", &content]);
        let mut bytes = std::fs::read(self.path(&content)).unwrap();
        change(&mut bytes);
        std::fs::write(self.path(&content), bytes).unwrap();
        let (certificate, key) = (format!("{signer}.pem"), format!("{signer}.key"));
        let mut args = vec!["cms", "-sign", "-binary", "-nodetach", "-cades", "-md", "sha256", "-outform", "DER"];
        args.extend(["-econtent_type", "1.2.840.113549.1.9.16.1.4", "-in", &content, "-out", &signed]);
        args.extend(["-signer", &certificate, "-inkey", &key]);
        self.openssl(&args);
        reply::granting(&std::fs::read(self.path(&signed)).unwrap()).unwrap()
    }

    /// A stamp over a text as it would have been given in some year.
    pub fn stamp_in(&self, year: u16, text: &str) -> Vec<u8> {
        let now = self.stamp(text);
        self.signed_anew(&now, "tsa", |content| {
            let at = content.windows(5).position(|bytes| bytes[0] == 0x18 && bytes[2..5] == *b"202").unwrap();
            content[at + 2..at + 6].copy_from_slice(year.to_string().as_bytes());
        })
    }

    /// Whether `openssl ts` itself believes a file.
    pub fn verifies(&self, reply: &Path, text: &str) -> bool {
        let text = self.fresh(text.as_bytes());
        let reply = reply.to_str().unwrap();
        self.try_openssl(&["ts", "-verify", "-in", reply, "-data", &text, "-CAfile", "ca.pem"]).status.success()
    }
}
