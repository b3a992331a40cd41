//! The processes under test.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::sync::mpsc;
use std::time::Duration;

use super::books::Books;

/// The kernel's unit of processor time towards programs.
const TICK_US: u64 = 10_000;
/// The service's program, as `cargo bench` has built it beside this one.
pub const TICUN: &str = env!("CARGO_BIN_EXE_ticun");
const TRIES_MAX: u32 = 400;
const TRY_EVERY: Duration = Duration::from_millis(25);

/// A server that listens. It ends with this value.
pub struct Server {
    pub address: SocketAddr,
    process: Child,
}

impl Server {
    /// The bare handler.
    pub fn floor() -> Result<Self, String> {
        let address = free_address()?;
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut command = Command::new(program);
        command.arg("floor").arg(address.to_string());
        Self::start(address, command)
    }

    /// The service, as `cargo bench` has built it beside this program, on some books. It publishes its log every so many
    /// seconds; never, if that is zero.
    pub fn ledger(books: &Books, log: &str, publish_every_s: u8) -> Result<Self, String> {
        let address = free_address()?;
        let mut command = Command::new(TICUN);
        command.args(["serve", "--log", log, "--listen", &address.to_string(), "--database", books.database()]);
        command.args(["--checkpoint-every-s", &publish_every_s.to_string(), "--data"]).arg(books.folder());
        Self::start(address, command)
    }

    fn start(address: SocketAddr, mut command: Command) -> Result<Self, String> {
        let process = command.spawn().map_err(|error| error.to_string())?;
        let server = Self { address, process };
        for _ in 0..TRIES_MAX {
            if server.get("/readyz").is_ok() {
                return Ok(server);
            }
            pause(TRY_EVERY);
        }
        Err(format!("{address} does not answer"))
    }

    /// The body of an answer, whatever its status.
    pub fn get(&self, path: &str) -> Result<String, String> {
        let mut stream = TcpStream::connect(self.address).map_err(|error| error.to_string())?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n");
        let mut answer = String::new();
        stream.write_all(request.as_bytes()).map_err(|error| error.to_string())?;
        stream.read_to_string(&mut answer).map_err(|error| error.to_string())?;
        Ok(answer)
    }

    /// The JSON of an answer to somebody with a token.
    pub fn ask(
        &self,
        method: &str,
        path: &str,
        token: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<serde_json::Value, String> {
        let mut stream = TcpStream::connect(self.address).map_err(|error| error.to_string())?;
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n");
        head.push_str(&format!("Authorization: Bearer {token}\r\nContent-Length: {}\r\n", body.len()));
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        stream.write_all(format!("{head}\r\n{body}").as_bytes()).map_err(|error| error.to_string())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map_err(|error| error.to_string())?;
        let (_, json) = answer.split_once("\r\n\r\n").ok_or("an answer has a head and a body")?;
        serde_json::from_str(json).map_err(|error| format!("{error}: {answer}"))
    }

    /// How many batches were written so far, and how many commands they held.
    pub fn batches(&self) -> Result<Batches, String> {
        let text = self.get("/metrics")?;
        let value = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        Ok(Batches {
            count: value("ticun_batch_commands_count ").unwrap_or_default(),
            commands: value("ticun_batch_commands_sum ").unwrap_or_default(),
        })
    }

    /// The most memory it ever had, as the kernel counts it.
    pub fn rss_max_kb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
    }

    /// The processor time it has used, in its own code and in the kernel for it.
    pub fn cpu_us(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap_or_default();
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
        fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * TICK_US
    }

    /// Ends it gracefully.
    pub fn stop(mut self) -> Result<(), String> {
        let told = Command::new("kill").arg(self.process.id().to_string()).status();
        let ended = told.and_then(|_| self.process.wait()).map_err(|error| error.to_string())?;
        if ended.success() { Ok(()) } else { Err(format!("a server ended with {ended}")) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended before, which is as good.
        let _ended = self.process.kill().and_then(|()| self.process.wait());
    }
}

/// What the writer counts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Batches {
    count: f64,
    commands: f64,
}

impl Batches {
    /// Those after `before`.
    pub fn since(self, before: &Self) -> Self {
        Self { count: self.count - before.count, commands: self.commands - before.commands }
    }

    /// Counts others, too.
    pub fn add(&mut self, others: &Self) {
        self.count += others.count;
        self.commands += others.commands;
    }

    /// Commands in one batch, with one place.
    pub fn mean(&self) -> f64 {
        if self.count > 0.0 { (10.0 * self.commands / self.count).round() / 10.0 } else { 0.0 }
    }
}

/// Lets time pass.
pub fn pause(duration: Duration) {
    let (_open, never) = mpsc::channel::<()>();
    // Nobody ever sends: this only waits.
    let _waited = never.recv_timeout(duration);
}

/// An address that was free a moment ago.
fn free_address() -> Result<SocketAddr, String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| error.to_string())?;
    listener.local_addr().map_err(|error| error.to_string())
}
