//! A TCP proxy in front of a server's socket that cuts a connection before or after a message of the protocol.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// How a protocol frames its messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// A letter and a length of four bytes; the first message of a client has no letter.
    Postgres,
    /// A length of three bytes and a number.
    Mysql,
}

/// Where a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Never; messages are counted.
    Never,
    /// The message of that number, from 1 and of both directions, does not arrive.
    Before(usize),
    /// It arrives, and nothing after it does.
    After(usize),
}

/// A running proxy.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    count: Arc<AtomicUsize>,
    is_over: Arc<AtomicBool>,
}

struct Wire {
    framing: Framing,
    cut: Cut,
    on_cut: Arc<dyn Fn() + Send + Sync>,
    count: Arc<AtomicUsize>,
    client: TcpStream,
    server: UnixStream,
}

impl Proxy {
    /// Starts one on a port of its own. Every connection is cut at the same place.
    ///
    /// # Errors
    /// What the system says.
    pub fn start(socket: &Path, framing: Framing, cut: Cut) -> io::Result<Self> {
        Self::start_with(socket, framing, cut, || ())
    }

    /// The same; something is done at the cut, before anybody can see it.
    ///
    /// # Errors
    /// What the system says.
    pub fn start_with(
        socket: &Path,
        framing: Framing,
        cut: Cut,
        on_cut: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let on_cut: Arc<dyn Fn() + Send + Sync> = Arc::new(on_cut);
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let (count, is_over) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let socket: PathBuf = match framing {
            Framing::Postgres => socket.join(".s.PGSQL.5432"),
            Framing::Mysql => socket.to_owned(),
        };
        let proxy = Self { port, count: Arc::clone(&count), is_over: Arc::clone(&is_over) };
        thread::spawn(move || {
            for client in listener.incoming() {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                let (Ok(client), Ok(server)) = (client, UnixStream::connect(&socket)) else {
                    continue;
                };
                let (count, on_cut) = (Arc::clone(&count), Arc::clone(&on_cut));
                let wire = Wire { framing, cut, on_cut, count, client, server };
                wire.connect();
            }
        });
        Ok(proxy)
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many messages went through.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        // The listener waits for one more.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Wire {
    fn connect(self) {
        let wire = Arc::new(self);
        for is_from_client in [true, false] {
            let wire = Arc::clone(&wire);
            thread::spawn(move || {
                let _ = wire.forward(is_from_client);
                let _ = wire.client.shutdown(Shutdown::Both);
                let _ = wire.server.shutdown(Shutdown::Both);
            });
        }
    }

    /// Message by message, until the end or the cut.
    fn forward(&self, is_from_client: bool) -> io::Result<()> {
        let (mut client, mut server) = (&self.client, &self.server);
        let mut is_first = is_from_client;
        loop {
            let message = if is_from_client {
                self.message(&mut client, is_first)?
            } else {
                self.message(&mut server, is_first)?
            };
            is_first = false;
            let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
            if self.cut == Cut::Before(number) {
                (self.on_cut)();
                return Ok(());
            }
            if is_from_client {
                server.write_all(&message)?;
            } else {
                client.write_all(&message)?;
            }
            if self.cut == Cut::After(number) {
                (self.on_cut)();
                return Ok(());
            }
        }
    }

    fn message(&self, from: &mut impl Read, is_first: bool) -> io::Result<Vec<u8>> {
        let (head, rest): (usize, fn(&[u8]) -> usize) = match self.framing {
            Framing::Postgres if is_first => (4, |head| length(head) - 4),
            Framing::Postgres => (5, |head| length(&head[1..]) - 4),
            Framing::Mysql => (4, |head| {
                usize::from(head[0]) | usize::from(head[1]) << 8 | usize::from(head[2]) << 16
            }),
        };
        let mut message = vec![0; head];
        from.read_exact(&mut message)?;
        let rest = rest(&message);
        message.resize(head + rest, 0);
        from.read_exact(&mut message[head..])?;
        Ok(message)
    }
}

fn length(bytes: &[u8]) -> usize {
    (u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize).max(4)
}
