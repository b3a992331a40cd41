//! One connection of the load.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::batches;
use super::requests::{Random, Shared, Work};

/// When a client sends, and what of it counts.
#[derive(Clone, Copy)]
pub struct Schedule {
    pub begin: Instant,
    pub count_from: Instant,
    pub end: Instant,
    /// The time from one request to the next; each follows the answer before it without it.
    pub every: Option<Duration>,
}

impl Schedule {
    /// Whether an answer of this moment counts.
    pub fn counts(&self, now: Instant) -> bool {
        now >= self.count_from && now < self.end
    }
}

/// What clients have done.
#[derive(Default)]
pub struct Tally {
    pub sent: u64,
    pub counted: u64,
    pub latencies_us: Vec<u32>,
    /// When one of them had nothing left to send.
    pub until: Option<Instant>,
}

impl Tally {
    /// Takes another client's in.
    pub fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.counted += other.counted;
        self.latencies_us.extend(other.latencies_us);
        self.until = self.until.into_iter().chain(other.until).min();
    }

    pub fn took(&mut self, taken: Duration) {
        self.latencies_us.push(u32::try_from(taken.as_micros()).unwrap_or(u32::MAX));
    }
}

/// A client with one request on its way at a time.
pub struct Client {
    stream: TcpStream,
    shared: Rc<Shared>,
    random: Random,
    answer: Vec<u8>,
}

impl Client {
    /// Connects the client of a number.
    pub async fn connect(address: SocketAddr, number: u32, shared: Rc<Shared>) -> Result<Self, String> {
        let stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        Ok(Self { stream, shared, random: Random::of_client(number), answer: Vec::with_capacity(4096) })
    }

    /// Sends until the time is over.
    pub async fn run(mut self, schedule: Schedule) -> Result<Tally, String> {
        if let Work::Batches { lines, keys } = self.shared.work {
            return batches::run(self.stream, &self.shared, &mut self.random, schedule, (lines, keys)).await;
        }
        let mut tally = Tally::default();
        let mut request = Vec::with_capacity(1024);
        let mut due = schedule.begin;
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
                return Ok(tally);
            }
            if !self.shared.write_request(&mut request, &mut self.random)? {
                tally.until = Some(begin);
                return Ok(tally);
            }
            self.stream.write_all(&request).await.map_err(|error| error.to_string())?;
            self.read_answer().await?;
            tally.sent += 1;
            let now = Instant::now();
            if schedule.counts(now) {
                tally.counted += 1;
                tally.took(now - begin);
            }
        }
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
        if self.answer.starts_with(self.shared.work.answered()) {
            return Ok(());
        }
        Err(String::from_utf8_lossy(&self.answer).into_owned())
    }
}

/// Head and body of an answer whose head is complete.
fn answer_size(answer: &[u8]) -> Option<usize> {
    let head_end = memchr::memmem::find(answer, b"\r\n\r\n")?;
    let head = std::str::from_utf8(answer.get(..head_end)?).ok()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    Some(head_end + 4 + length.parse::<usize>().ok()?)
}
