//! A batch over a connection of one's own, sent and read piece by piece.

use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::described;
use super::support::World;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request to `/v1/batches` whose body is still being sent.
pub struct Wire {
    stream: TcpStream,
    /// What came and was not looked at yet.
    came: Vec<u8>,
    /// The status line and the headers, once they are there.
    head: Option<String>,
    /// The body so far, without the marks of its chunks.
    body: Vec<u8>,
    ended: bool,
}

impl Wire {
    /// Connects, and sends the head of the request.
    pub async fn open(world: &World, user: &str) -> Self {
        let token = world.token(user).await;
        let socket = TcpSocket::new_v4().expect("a socket");
        // Little is kept on the way, so that who does not read is noticed soon.
        socket.set_recv_buffer_size(4096).expect("a small buffer");
        let address = world.base.strip_prefix("http://").expect("an address").parse().expect("an address");
        let mut stream = socket.connect(address).await.expect("a connection");
        let head = format!(
            "POST /v1/batches HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.expect("sent");
        Self { stream, came: Vec::new(), head: None, body: Vec::new(), ended: false }
    }

    /// Sends a piece of the body.
    pub async fn send(&mut self, piece: &[u8]) {
        self.stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await.expect("sent");
        self.stream.write_all(piece).await.expect("sent");
        self.stream.write_all(b"\r\n").await.expect("sent");
    }

    /// Ends the body.
    pub async fn finish(&mut self) {
        self.stream.write_all(b"0\r\n\r\n").await.expect("sent");
    }

    /// The next reply; none when there are no more.
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.body.iter().position(|byte| *byte == b'\n') {
                let reply: Vec<u8> = self.body.drain(..=end).collect();
                return Some(described(&reply));
            }
            if self.ended {
                return None;
            }
            self.read().await;
        }
    }

    /// All replies that still come.
    pub async fn rest(&mut self) -> Vec<Value> {
        let mut rest = Vec::new();
        while let Some(reply) = self.next().await {
            rest.push(reply);
        }
        rest
    }

    async fn read(&mut self) {
        let mut piece = [0; 65_536];
        let read = tokio::time::timeout(PATIENCE, self.stream.read(&mut piece)).await;
        let size = read.expect("something comes").expect("a connection");
        assert_ne!(size, 0, "the connection ends before the answer does: {:?}", self.head);
        self.came.extend_from_slice(&piece[..size]);
        if self.head.is_none() {
            let Some(end) = self.came.windows(4).position(|four| four == b"\r\n\r\n") else { return };
            let head = String::from_utf8(self.came.drain(..end + 4).collect()).expect("text");
            assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
            self.head = Some(head);
        }
        self.take_chunks();
    }

    fn take_chunks(&mut self) {
        while let Some(end) = self.came.windows(2).position(|two| two == b"\r\n") {
            let size = std::str::from_utf8(&self.came[..end]).expect("a size");
            let size = usize::from_str_radix(size, 16).expect("a size");
            if self.came.len() < end + 2 + size + 2 {
                return;
            }
            self.body.extend_from_slice(&self.came[end + 2..end + 2 + size]);
            self.came.drain(..end + 2 + size + 2);
            self.ended |= size == 0;
        }
    }
}
