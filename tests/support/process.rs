//! The program as a process of its own, and requests to it.

#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::cell::Cell;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::rt::time::sleep;
use awc::Client;
use serde_json::{Value, json};

/// How long a process may take to say where it listens.
const START_MAX: Duration = Duration::from_secs(60);
/// How often something is looked at that is to come true, and for how long.
const LOOKS_MAX: u32 = 1_200;
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What a command said, and its exit code.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub complaint: String,
}

impl Said {
    pub fn json(&self) -> Value {
        serde_json::from_str(self.out.trim()).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    /// Checks how it ended, and that it says why.
    #[track_caller]
    pub fn ends(&self, code: i32, words: &str) {
        let told = format!("{}{}", self.out, self.complaint);
        assert_eq!((self.code, told.contains(words)), (code, true), "{words:?} is to be in {self:?}");
    }
}

/// The program that was built with these tests.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_ticun");

/// A program with the settings of its arguments alone.
fn command<S: AsRef<OsStr>>(program: &str, args: &[S]) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("TICUN_")) {
        command.env_remove(name);
    }
    command.args(args).env_remove("RUST_BACKTRACE").env("TICUN_PASSWORD", "ticun-demo");
    command
}

/// Runs a command to its end.
pub fn ticun<S: AsRef<OsStr>>(args: &[S]) -> Said {
    let ran = command(PROGRAM, args).stdin(Stdio::null()).output().expect("it runs");
    Said {
        code: ran.status.code().expect("an exit code"),
        out: String::from_utf8(ran.stdout).expect("text"),
        complaint: String::from_utf8(ran.stderr).expect("text"),
    }
}

/// Runs a command that must succeed.
#[track_caller]
pub fn done<S: AsRef<OsStr>>(args: &[S]) -> Said {
    let said = ticun(args);
    assert_eq!(said.code, 0, "{said:?}");
    said
}

/// A service that runs as a process of its own. Dropping it kills it.
pub struct Process {
    child: Child,
    /// Its address.
    pub base: String,
    said: Arc<Mutex<Vec<String>>>,
}

impl Process {
    /// Starts `demo` or `serve` and waits until it says where it listens.
    pub fn start<S: AsRef<OsStr>>(args: &[S]) -> Self {
        Self::start_program(PROGRAM, args)
    }

    /// The same of another build.
    pub fn start_program<S: AsRef<OsStr>>(program: &str, args: &[S]) -> Self {
        let mut command = command(program, args);
        command.args(["--workers", "2", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the service starts");
        let said = Arc::default();
        let (addresses, told) = channel();
        listen(child.stdout.take().expect("its output"), addresses.clone(), Arc::clone(&said));
        listen(child.stderr.take().expect("its log"), addresses, Arc::clone(&said));
        // From here on dropping it ends the process.
        let mut process = Self { child, base: String::new(), said };
        let address = told.recv_timeout(START_MAX);
        process.base = address.unwrap_or_else(|_| panic!("it never listened: {:?}", process.said()));
        process
    }

    /// What it has said up to now.
    pub fn said(&self) -> Vec<String> {
        self.said.lock().expect("lines").clone()
    }

    /// Whether it has said something with these words.
    pub fn has_said(&self, words: &str) -> bool {
        self.said().iter().any(|line| line.contains(words))
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL: nothing is finished, nothing is flushed.
    pub fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// SIGTERM, and waits until it has ended well.
    pub fn stop(mut self) {
        let told = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill runs");
        assert!(told.success());
        let ended = self.child.wait().expect("it ends");
        assert!(ended.success(), "{:?}", self.said());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// Reads all that a process says; whoever waits hears of the address where it listens.
fn listen(from: impl Read + Send + 'static, addresses: Sender<String>, said: Arc<Mutex<Vec<String>>>) {
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let listens = line.contains("\"listening\"") || line.contains("Ticun demo at");
            if let Some((_, rest)) = line.split_once("127.0.0.1:").filter(|_| listens) {
                let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
                let _heard = addresses.send(format!("http://127.0.0.1:{port}"));
            }
            said.lock().expect("lines").push(line);
        }
    });
}

/// Gives a node the keys of another one.
pub fn with_keys_of(other: &Path, data: &Path) {
    fs::create_dir_all(data.join("keys")).expect("a folder");
    for key in fs::read_dir(other.join("keys")).expect("keys") {
        let key = key.expect("a key");
        fs::copy(key.path(), data.join("keys").join(key.file_name())).expect("a copy");
    }
}

/// Waits until something is so.
pub async fn comes_true(what: &str, mut so: impl AsyncFnMut() -> bool) {
    for _ in 0..LOOKS_MAX {
        if so().await {
            return;
        }
        sleep(LOOK_EVERY).await;
    }
    panic!("it never came true that {what}");
}

/// Somebody who sends requests to a service.
pub struct Caller {
    pub http: Client,
    pub base: String,
    keys: Cell<u32>,
}

impl Caller {
    pub fn of(process: &Process) -> Self {
        let http = Client::builder().timeout(Duration::from_secs(20)).finish();
        Self::with(http, process)
    }

    /// One who sends them through this client.
    pub fn with(http: Client, process: &Process) -> Self {
        Self { http, base: process.base.clone(), keys: Cell::new(0) }
    }

    /// What an address answers: its status and text; 0 where nobody answers.
    pub async fn get(&self, path: &str) -> (u16, String) {
        let Ok(mut answer) = self.http.get(format!("{}{path}", self.base)).send().await else {
            return (0, String::new());
        };
        let body = answer.body().limit(1 << 24).await.unwrap_or_default();
        (answer.status().as_u16(), String::from_utf8_lossy(&body).into_owned())
    }

    pub async fn is_ready(&self) -> bool {
        self.get("/readyz").await.0 == 200
    }

    pub async fn get_as(&self, token: &str, path: &str) -> Value {
        let request = self.http.get(format!("{}{path}", self.base)).bearer_auth(token);
        let mut answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().limit(1 << 24).await.expect("JSON")
    }

    pub async fn token_in(&self, username: &str, office: Option<&str>) -> String {
        let mut body = json!({"username": username, "password": "ticun-demo"});
        if let Some(office) = office {
            body["office"] = office.into();
        }
        let mut answer =
            self.http.post(format!("{}/v1/auth/token", self.base)).send_json(&body).await.expect("an answer");
        let tokens: Value = answer.json().await.expect("JSON");
        text(&tokens, "access_token")
    }

    pub async fn token(&self, username: &str) -> String {
        self.token_in(username, None).await
    }

    /// A write under a key of its own: its status and body; none where the answer was lost.
    pub async fn send(&self, token: Option<&str>, path: &str, key: &str, body: &Value) -> Option<(u16, Value)> {
        let mut request = self.http.post(format!("{}{path}", self.base)).insert_header(("Idempotency-Key", key));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let mut answer = request.send_json(body).await.ok()?;
        let status = answer.status().as_u16();
        Some((status, answer.json().limit(1 << 20).await.ok()?))
    }

    /// A write that must succeed; `reviewed` is the revision that is decided about.
    pub async fn post(&self, token: &str, path: &str, reviewed: Option<&Value>, body: Value) -> Value {
        let key = format!("stage-{}-{}", std::process::id(), self.keys.replace(self.keys.get() + 1));
        let mut request = self.http.post(format!("{}{path}", self.base)).insert_header(("Idempotency-Key", key));
        if let Some(revision) = reviewed {
            request = request.insert_header(("If-Match", format!("\"r{revision}\"")));
        }
        let mut answer = request.bearer_auth(token).send_json(&body).await.expect("an answer");
        let status = answer.status();
        let body: Value = answer.json().await.expect("JSON");
        assert!(status.is_success(), "{path}: {body}");
        body
    }

    /// A plan of the demo's that can be bought.
    pub async fn plan(&self, token: &str) -> String {
        text(&self.get_as(token, "/v1/plans").await["data"][0], "id")
    }

    /// A contract with units that no load uses up, paid for; answers its id.
    pub async fn contract(&self) -> String {
        self.contracts(1).await.remove(0)
    }

    /// The same for many contracts on one plan of merchant1's.
    pub async fn contracts(&self, count: usize) -> Vec<String> {
        let merchant = self.token("merchant1").await;
        let plan = json!({
            "name": "十万次游泳卡", "kind": "count", "price": "10000.00", "currency": "CNY",
            "count": {"units": 100_000, "bonus_units": 0}, "validity_days": 365, "sector": "other",
            "terms": "每次使用扣一次，未使用部分可随时申请退款。", "card_class": "stored_value",
            "release": {"per": "use", "confirm_window_hours": 72, "silence_confirms": true}
        });
        let plan = self.post(&merchant, "/v1/plans", None, plan).await;
        let path = format!("/v1/plans/{}", text(&plan, "id"));
        let submitted = self.post(&merchant, &format!("{path}/submit"), None, json!({})).await;
        let notary = self.token("notary1").await;
        self.post(&notary, &format!("{path}/approve"), Some(&submitted["revision"]), json!({})).await;
        let consumer = self.token("consumer1").await;
        let mut ids = Vec::new();
        for _ in 0..count {
            let contract = self.post(&consumer, "/v1/contracts", None, json!({"plan_id": plan["id"]})).await;
            let path = format!("/v1/contracts/{}", text(&contract, "id"));
            let terms = json!({"terms_sha256": contract["terms_sha256"]});
            self.post(&consumer, &format!("{path}/sign"), None, terms.clone()).await;
            self.post(&merchant, &format!("{path}/sign"), None, terms).await;
            let deposit = self.post(&consumer, &format!("{path}/deposits"), None, json!({"channel": "sandbox"})).await;
            let pay = format!("/demo/bank/deposits/{}", text(&deposit, "id"));
            self.post(&consumer, &pay, None, json!({"outcome": "paid"})).await;
            ids.push(text(&contract, "id"));
        }
        ids
    }
}

/// A field that is a text.
pub fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_else(|| panic!("{field} is no text in {value}")).to_owned()
}
