//! The load's batches: one request with many deliveries, whose replies are read while they come.

use std::io::Write as _;
use std::time::Instant;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::ReadHalf;

use super::client::{Schedule, Tally};
use super::requests::{Keys, Random, Shared};

const GOOD: &[u8] = br#""status":201"#;

/// Sends batches until the time is over, each of another merchant's contracts.
pub async fn run(
    mut stream: TcpStream,
    shared: &Shared,
    random: &mut Random,
    schedule: Schedule,
    (lines, keys): (u64, Keys),
) -> Result<Tally, String> {
    let mut tally = Tally::default();
    let address = stream.peer_addr().map_err(|error| error.to_string())?;
    loop {
        let request = request(shared, random, lines, keys)?;
        let begin = Instant::now();
        if begin >= schedule.end {
            return Ok(tally);
        }
        let (mut from, mut to) = stream.split();
        let mut replies = Replies::default();
        // The first replies come before the last line was taken.
        let write = async { to.write_all(&request).await.map_err(|error| error.to_string()) };
        tokio::try_join!(write, replies.read(&mut from, schedule, &mut tally))?;
        if replies.lines != lines {
            return Err(format!("{} replies to {lines} lines", replies.lines));
        }
        let now = Instant::now();
        if schedule.counts(now) {
            tally.took(now - begin);
        }
        // The server ends a connection on which it has answered before it had the whole request.
        stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
    }
}

fn request(shared: &Shared, random: &mut Random, lines: u64, keys: Keys) -> Result<Vec<u8>, String> {
    let merchant = random.below(shared.merchants());
    let mut body = Vec::new();
    for _ in 0..lines {
        let contract = shared.contract(shared.any_contract_of(merchant, random));
        let key = random.key(keys);
        writeln!(
            body,
            r#"{{"op":"delivery.record","idempotency_key":"{key}","body":{{"contract_id":"{contract}","units":1}}}}"#
        )
        .map_err(|error| error.to_string())?;
    }
    let mut request = Vec::with_capacity(body.len() + 1024);
    write!(
        request,
        "POST /v1/batches HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/x-ndjson\r\nContent-Length: {}\r\n\r\n",
        shared.merchant_token(merchant),
        body.len()
    )
    .map_err(|error| error.to_string())?;
    request.append(&mut body);
    Ok(request)
}

/// An answer in chunks (RFC 9112 section 7.1), as far as it has come.
#[derive(Default)]
struct Replies {
    raw: Vec<u8>,
    /// What was taken out of the chunks, and is no whole line yet.
    text: Vec<u8>,
    is_in_body: bool,
    lines: u64,
}

impl Replies {
    /// Reads all of it, and counts the lines that came while it counts.
    async fn read(&mut self, from: &mut ReadHalf<'_>, schedule: Schedule, tally: &mut Tally) -> Result<(), String> {
        loop {
            if from.read_buf(&mut self.raw).await.map_err(|error| error.to_string())? == 0 {
                return Err("the server hung up".to_owned());
            }
            let is_done = self.take_chunks()?;
            let lines = self.take_lines()?;
            self.lines += lines;
            tally.sent += lines;
            if schedule.counts(Instant::now()) {
                tally.counted += lines;
            }
            if is_done {
                return if self.text.is_empty() { Ok(()) } else { Err("the last line has no end".to_owned()) };
            }
        }
    }

    /// Takes the head and all whole chunks; true after the last one.
    fn take_chunks(&mut self) -> Result<bool, String> {
        if !self.is_in_body {
            let Some(end) = memchr::memmem::find(&self.raw, b"\r\n\r\n") else { return Ok(false) };
            let head = String::from_utf8_lossy(self.raw.get(..end).unwrap_or_default()).to_ascii_lowercase();
            if !head.starts_with("http/1.1 200") || !head.contains("transfer-encoding: chunked") {
                return Err(String::from_utf8_lossy(&self.raw).into_owned());
            }
            self.raw.drain(..end + 4);
            self.is_in_body = true;
        }
        let mut rest = self.raw.as_slice();
        let mut is_done = false;
        while let Some(end) = memchr::memmem::find(rest, b"\r\n") {
            let size = std::str::from_utf8(rest.get(..end).unwrap_or_default()).unwrap_or_default();
            let size = usize::from_str_radix(size, 16).map_err(|_| format!("no chunk has the size {size:?}"))?;
            let Some(chunk) = rest.get(end + 2..end + 2 + size) else { break };
            let Some(after) = rest.get(end + 2 + size + 2..) else { break };
            self.text.extend_from_slice(chunk);
            rest = after;
            if size == 0 {
                is_done = true;
                break;
            }
        }
        let left = rest.len();
        self.raw.drain(..self.raw.len() - left);
        Ok(is_done)
    }

    /// Takes all whole lines; each must tell of a delivery that was recorded.
    fn take_lines(&mut self) -> Result<u64, String> {
        let mut lines = 0;
        let mut rest = self.text.as_slice();
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (line, after) = rest.split_at(end);
            if memchr::memmem::find(line, GOOD).is_none() {
                return Err(String::from_utf8_lossy(line).into_owned());
            }
            lines += 1;
            rest = after.get(1..).unwrap_or_default();
        }
        let left = rest.len();
        self.text.drain(..self.text.len() - left);
        Ok(lines)
    }
}
