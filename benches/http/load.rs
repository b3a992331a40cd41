//! The load: as many connections as asked for, each with one request on its way, kept open.
//!
//! It speaks just enough HTTP/1.1 to leave the cores to the servers, and runs on one thread.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use clap::Args;
use serde::{Deserialize, Serialize};
use ticun::domain::id::ContractId;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

const WARM_UP: Duration = Duration::from_millis(500);
const BODY: &str = r#"{"units":1}"#;

/// What to drive, and how hard.
#[derive(Clone, Debug, Args)]
pub struct Load {
    pub address: SocketAddr,
    pub targets: PathBuf,
    pub connections: u32,
    pub run_ms: u64,
    /// Requests a second over all connections; as many as can be without it.
    pub per_s: Option<u64>,
}

/// Whom the requests concern: contracts by number, and one token a merchant.
#[derive(Debug, Serialize, Deserialize)]
pub struct Targets {
    pub contracts: u64,
    pub first: String,
    pub tokens: Vec<String>,
}

/// What one run came to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Measured {
    /// Requests answered after the warm-up.
    pub counted: u64,
    /// All requests answered with 201.
    pub sent: u64,
    pub seconds: f64,
    pub median_us: u32,
    pub p99_us: u32,
}

impl Measured {
    /// Requests a second.
    pub fn per_s(&self) -> u64 {
        let run_ms = Duration::from_secs_f64(self.seconds).as_millis();
        u64::try_from((u128::from(self.counted) * 1000).checked_div(run_ms).unwrap_or(0)).unwrap_or(u64::MAX)
    }
}

/// Runs a load in a process of its own.
pub fn in_process(load: &Load) -> Result<Measured, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command.arg("load").arg(load.address.to_string()).arg(&load.targets);
    command.args([load.connections.to_string(), load.run_ms.to_string()]);
    command.args(load.per_s.map(|per_s| per_s.to_string()));
    let ended = command.stderr(Stdio::inherit()).output().map_err(|error| error.to_string())?;
    if !ended.status.success() {
        return Err("the load generator failed".to_owned());
    }
    serde_json::from_slice(&ended.stdout).map_err(|error| error.to_string())
}

/// The process of its own: prints what it measured as JSON.
#[expect(clippy::print_stdout, reason = "this is how the load generator reports")]
pub fn run(load: &Load) -> Result<(), String> {
    let targets = std::fs::read(&load.targets).map_err(|error| error.to_string())?;
    let targets: Targets = serde_json::from_slice(&targets).map_err(|error| error.to_string())?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    let measured = LocalSet::new().block_on(&runtime, drive(load, Rc::new(targets)))?;
    println!("{}", serde_json::to_string(&measured).map_err(|error| error.to_string())?);
    Ok(())
}

async fn drive(load: &Load, targets: Rc<Targets>) -> Result<Measured, String> {
    let start = Instant::now();
    let run = Duration::from_millis(load.run_ms);
    let first: u128 = targets.first.parse().map_err(|_| "the first contract has no number")?;
    let mut clients = Vec::new();
    for number in 0..load.connections {
        let every = load.per_s.map(|per_s| Duration::from_secs(u64::from(load.connections)) / narrow(per_s));
        let client = Client {
            stream: TcpStream::connect(load.address).await.map_err(|error| error.to_string())?,
            targets: Rc::clone(&targets),
            first,
            random: u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15) | u64::from(std::process::id()) << 1 | 1,
            sent: 0,
            answer: Vec::with_capacity(4096),
            latencies_us: Vec::new(),
        };
        let phase = every.map(|every| every * number / load.connections);
        let schedule = Schedule { start, count_from: start + WARM_UP, end: start + WARM_UP + run, every, phase };
        clients.push(tokio::task::spawn_local(client.run(schedule)));
    }
    let mut latencies_us = Vec::new();
    let mut sent = 0;
    for client in clients {
        let client = client.await.map_err(|error| error.to_string())??;
        latencies_us.extend(client.latencies_us);
        sent += client.sent;
    }
    latencies_us.sort_unstable();
    let at = |percent: usize| latencies_us.get(latencies_us.len() * percent / 100).copied().unwrap_or(0);
    let counted = u64::try_from(latencies_us.len()).unwrap_or(0);
    Ok(Measured { counted, sent, seconds: run.as_secs_f64(), median_us: at(50), p99_us: at(99) })
}

/// A key as a client makes it from its clock: a UUIDv7.
fn key(random: u64) -> uuid::fmt::Hyphenated {
    let millis = u64::try_from(ticun::ledger::clock::wall().micros() / 1_000).unwrap_or(0);
    let mut bytes = [0; 10];
    bytes.iter_mut().zip(random.to_le_bytes()).for_each(|(byte, random)| *byte = random);
    uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid().hyphenated()
}

fn narrow(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX).max(1)
}

/// When a client sends, and what of it counts.
#[derive(Clone, Copy)]
struct Schedule {
    start: Instant,
    count_from: Instant,
    end: Instant,
    every: Option<Duration>,
    phase: Option<Duration>,
}

struct Client {
    stream: TcpStream,
    targets: Rc<Targets>,
    first: u128,
    random: u64,
    sent: u64,
    answer: Vec<u8>,
    latencies_us: Vec<u32>,
}

impl Client {
    async fn run(mut self, schedule: Schedule) -> Result<Self, String> {
        self.stream.set_nodelay(true).map_err(|error| error.to_string())?;
        let mut request = Vec::with_capacity(1024);
        let mut due = schedule.start + schedule.phase.unwrap_or_default();
        loop {
            // At a given rate, a request's time runs from when it was due, however late it was sent.
            let begin = match schedule.every {
                Some(every) => {
                    tokio::time::sleep_until(due.into()).await;
                    due += every;
                    due - every
                }
                None => Instant::now(),
            };
            if begin >= schedule.end {
                return Ok(self);
            }
            self.write_request(&mut request)?;
            self.stream.write_all(&request).await.map_err(|error| error.to_string())?;
            self.read_answer().await?;
            self.sent += 1;
            let now = Instant::now();
            if now >= schedule.count_from && now < schedule.end {
                self.latencies_us.push(u32::try_from((now - begin).as_micros()).unwrap_or(u32::MAX));
            }
        }
    }

    fn write_request(&mut self, request: &mut Vec<u8>) -> Result<(), String> {
        use std::io::Write as _;
        // xorshift64: cheap, and every contract has its turn.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        let number = self.random % self.targets.contracts;
        let contract = ContractId::from_bits(self.first + u128::from(number));
        let merchants = u64::try_from(self.targets.tokens.len()).unwrap_or(1);
        let merchant = usize::try_from(number % merchants).unwrap_or(0);
        let token = self.targets.tokens.get(merchant).map_or("", String::as_str);
        let (key, size) = (key(self.random), BODY.len());
        request.clear();
        write!(
            request,
            "POST /v1/contracts/{contract}/deliveries HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\
             Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {size}\r\n\r\n{BODY}"
        )
        .map_err(|error| error.to_string())
    }

    async fn read_answer(&mut self) -> Result<(), String> {
        self.answer.clear();
        loop {
            if let Some(size) = answer_size(&self.answer)
                && self.answer.len() >= size
            {
                break;
            }
            if self.stream.read_buf(&mut self.answer).await.map_err(|error| error.to_string())? == 0 {
                return Err("the server hung up".to_owned());
            }
        }
        if self.answer.starts_with(b"HTTP/1.1 201") {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&self.answer).into_owned())
    }
}

/// Head and body of an answer whose head is complete.
fn answer_size(answer: &[u8]) -> Option<usize> {
    let head_end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(answer.get(..head_end)?).ok()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    Some(head_end + 4 + length.parse::<usize>().ok()?)
}
