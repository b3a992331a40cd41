//! A network between a node and its server, which can be cut, and can lose the answer to a commit.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::spawn;

/// What the client's library sends for a commit: a simple query (`Q`, its length, its text).
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

#[derive(Default)]
struct Net {
    is_cut: AtomicBool,
    /// So many commits are carried out, and their answers lost.
    commits_to_lose: AtomicU32,
    open: Mutex<Vec<TcpStream>>,
}

#[derive(Clone)]
pub struct Proxy {
    net: Arc<Net>,
    /// The database as it is reached through here.
    pub url: String,
}

impl Proxy {
    /// Before the server of a URL `postgres://user@host:port/name`.
    pub fn before(url: &str) -> Self {
        let (user, rest) = url.split_once('@').unwrap();
        let (server, name) = rest.split_once('/').unwrap();
        let server: SocketAddr = server.parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("{user}@{}/{name}", listener.local_addr().unwrap());
        let net = Arc::new(Net::default());
        let proxy = Self { net: Arc::clone(&net), url };
        spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                // Whoever comes while it is cut is sent away; so is whoever comes when the server is gone.
                if net.is_cut.load(Ordering::SeqCst) {
                    continue;
                }
                if let Ok(server) = TcpStream::connect(server) {
                    net.join(client, server);
                }
            }
        });
        proxy
    }

    /// Ends every connection and lets nobody through, until it is mended.
    pub fn cut(&self) {
        self.net.is_cut.store(true, Ordering::SeqCst);
        for stream in self.net.open.lock().unwrap().drain(..) {
            let _gone = stream.shutdown(Shutdown::Both);
        }
    }

    pub fn mend(&self) {
        self.net.is_cut.store(false, Ordering::SeqCst);
    }

    /// The next commits are carried out by the server, and nobody hears of it.
    pub fn lose_commits(&self, count: u32) {
        self.net.commits_to_lose.store(count, Ordering::SeqCst);
    }

    pub fn has_lost_all(&self) -> bool {
        self.net.commits_to_lose.load(Ordering::SeqCst) == 0
    }
}

impl Net {
    fn join(self: &Arc<Self>, client: TcpStream, server: TcpStream) {
        for stream in [&client, &server] {
            stream.set_nodelay(true).unwrap();
            self.open.lock().unwrap().push(stream.try_clone().unwrap());
        }
        let lost = Arc::new(AtomicBool::new(false));
        let (from_client, to_client) = (client.try_clone().unwrap(), client);
        let (from_server, to_server) = (server.try_clone().unwrap(), server);
        let (net, is_lost) = (Arc::clone(self), Arc::clone(&lost));
        spawn(move || {
            pump(from_client, to_server, |bytes| {
                let is_commit = bytes.windows(COMMIT.len()).any(|part| part == COMMIT);
                let less = |count: u32| count.checked_sub(1);
                if is_commit && net.commits_to_lose.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok() {
                    is_lost.store(true, Ordering::SeqCst);
                }
                true
            });
        });
        // What the server says after that commit ends both ways instead of passing.
        spawn(move || pump(from_server, to_client, |_| !lost.load(Ordering::SeqCst)));
    }
}

/// Passes bytes on for as long as they may pass.
fn pump(mut from: TcpStream, mut to: TcpStream, may_pass: impl Fn(&[u8]) -> bool) {
    let mut bytes = [0; 16 << 10];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if !may_pass(&bytes[..count]) || to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    for stream in [from, to] {
        let _gone = stream.shutdown(Shutdown::Both);
    }
}
