//! A server that is free to break HTTP: it reads whole requests and writes the bytes it was given.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
};
use verify_mfa::{ServiceClient, VerifyClient};

use crate::support::{client, service_sid};

/// What to do once a request was read.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Write this and keep the connection.
    Bytes(Vec<u8>),
    /// Write this and close the connection.
    Last(Vec<u8>),
    /// Write nothing and keep the connection.
    Silence,
    /// Write a head, and then chunks until nobody reads them.
    Endless(&'static str),
}

pub(crate) struct RawServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    reply: Mutex<Reply>,
    requests: Mutex<Vec<String>>,
    connections: AtomicUsize,
    arrived: Notify,
    closed: Notify,
}

impl RawServer {
    pub(crate) async fn start(reply: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            reply: Mutex::new(reply),
            requests: Mutex::default(),
            connections: AtomicUsize::new(0),
            arrived: Notify::new(),
            closed: Notify::new(),
        });
        let server = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                server.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, Arc::clone(&server)));
            }
        });
        Self { address, shared }
    }

    pub(crate) fn uri(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn client(&self) -> VerifyClient {
        client(self.uri())
    }

    pub(crate) fn service(&self) -> ServiceClient {
        self.client().service(service_sid())
    }

    pub(crate) fn reply_with(&self, reply: Reply) {
        *self.shared.reply.lock().unwrap() = reply;
    }

    /// Every request so far, head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// How many connections were accepted so far.
    pub(crate) fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Waits until a request has been read.
    pub(crate) async fn request_arrived(&self) {
        self.shared.arrived.notified().await;
    }

    /// Waits until a connection has been closed by the client.
    pub(crate) async fn connection_closed(&self) {
        self.shared.closed.notified().await;
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
    while let Some(request) = read_request(&mut stream).await {
        shared.requests.lock().unwrap().push(request);
        shared.arrived.notify_one();
        let reply = shared.reply.lock().unwrap().clone();
        let open = match reply {
            Reply::Bytes(bytes) => stream.write_all(&bytes).await.is_ok(),
            Reply::Last(bytes) => {
                let _ = stream.write_all(&bytes).await;
                false
            }
            Reply::Silence => true,
            Reply::Endless(head) => {
                let _ = stream.write_all(head.as_bytes()).await;
                let chunk = format!("3e8\r\n{}\r\n", " ".repeat(1000));
                while stream.write_all(chunk.as_bytes()).await.is_ok() {}
                false
            }
        };
        if !open {
            return;
        }
    }
    shared.closed.notify_one();
}

/// A request with its body, or `None` at the end of the connection.
async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(buffer.get(..read)?);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len() >= content_length(head)
        {
            return Some(text);
        }
    }
}

fn content_length(head: &str) -> usize {
    let value = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    value.map_or(0, |length| length.parse().unwrap())
}

/// A reply with a body of a known length.
pub(crate) fn reply(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head =
        format!("HTTP/1.1 {status} Status\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}
