//! The line between the nodes and the sandbox: it has gates, and it knows what went over it.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use url::form_urlencoded;
use verify_mfa::sandbox::Sandbox;

use crate::{
    chronicle::{Asked, Chronicle, Entry, Exchange},
    gate::{Gate, Lost},
};

/// Stops when it is dropped.
pub(crate) struct Wire {
    pub(crate) url: String,
    line: Arc<Line>,
    serving: JoinHandle<()>,
}

struct Line {
    sandbox: Arc<Sandbox>,
    sandbox_address: SocketAddr,
    chronicle: Chronicle,
    /// Those of each verb.
    gates: Mutex<Vec<Arc<Gate>>>,
    /// One request at a time, so that it is known which one a message comes from.
    turn: tokio::sync::Mutex<()>,
}

impl Wire {
    pub(crate) async fn new(sandbox: Arc<Sandbox>, chronicle: Chronicle) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let sandbox_address = sandbox.base_url().trim_start_matches("http://").parse();
        let line = Arc::new(Line {
            sandbox_address: sandbox_address.map_err(io::Error::other)?,
            sandbox,
            chronicle,
            gates: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        });
        let serving = tokio::spawn(serve(listener, Arc::clone(&line)));
        Ok(Self { url, line, serving })
    }

    /// Adds the gates of the next verb and gives its number.
    pub(crate) fn add(&self, gate: Arc<Gate>) -> usize {
        let mut gates = self.line.gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates.push(gate);
        gates.len() - 1
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, line: Arc<Line>) {
    while let Ok((node, _)) = listener.accept().await {
        let line = Arc::clone(&line);
        // Whoever waits for a reply notices when there is none.
        tokio::spawn(async move { drop(line.relay(node).await) });
    }
}

impl Line {
    /// One request; nodes do not keep connections.
    async fn relay(&self, mut node: TcpStream) -> io::Result<()> {
        let lost = |Lost| io::Error::from(io::ErrorKind::ConnectionAborted);
        let request = Text::read(&mut node).await?;
        let call = request.call().ok_or(io::ErrorKind::InvalidData)?;
        let gate = self.gates.lock().unwrap_or_else(PoisonError::into_inner).get(call).cloned();
        let gate = gate.ok_or(io::ErrorKind::InvalidData)?;
        gate.pass().await.map_err(lost)?;
        let reply = self.ask(call, &request).await;
        gate.pass().await.map_err(lost)?;
        self.chronicle.note(Entry::Answered(call));
        node.write_all(&reply.0).await
    }

    async fn ask(&self, call: usize, request: &Text) -> Text {
        let _turn = self.turn.lock().await;
        let before = self.sandbox.messages().len();
        // A fault may cut the connection, before the reply or in the middle of it.
        let reply = self.forward(request).await.unwrap_or_default();
        let exchange = Exchange {
            call,
            asked: request.asked(),
            form: form_urlencoded::parse(request.body()).into_owned().collect(),
            status: reply.status(),
            body: serde_json::from_slice(reply.body()).unwrap_or(Value::Null),
            message: self.sandbox.messages().into_iter().nth(before),
            at: self.sandbox.now(),
        };
        self.chronicle.note(Entry::Asked(Arc::new(exchange)));
        reply
    }

    async fn forward(&self, request: &Text) -> io::Result<Text> {
        let mut sandbox = TcpStream::connect(self.sandbox_address).await?;
        sandbox.write_all(&request.0).await?;
        Text::read(&mut sandbox).await
    }
}

/// A message of HTTP/1.1 with a `Content-Length` or no body, or as much of it as came.
#[derive(Default)]
struct Text(Vec<u8>);

impl Text {
    async fn read(stream: &mut TcpStream) -> io::Result<Self> {
        let mut text = Self::default();
        while !text.is_whole() && 0 < stream.read_buf(&mut text.0).await? {}
        Ok(text)
    }

    fn is_whole(&self) -> bool {
        let length = self.header("content-length").and_then(|length| length.parse().ok());
        self.head_end().is_some_and(|end| self.0.len() >= end + length.unwrap_or(0))
    }

    fn head_end(&self) -> Option<usize> {
        self.0.windows(4).position(|window| window == b"\r\n\r\n").map(|place| place + 4)
    }

    fn head(&self) -> &str {
        let head = self.0.get(..self.head_end().unwrap_or(0)).unwrap_or_default();
        str::from_utf8(head).unwrap_or_default()
    }

    fn body(&self) -> &[u8] {
        self.head_end().and_then(|end| self.0.get(end..)).unwrap_or_default()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head().lines().skip(1).filter_map(|line| line.split_once(": "));
        headers.find_map(|(other, value)| other.eq_ignore_ascii_case(name).then_some(value))
    }

    /// Each verb has a user agent of its own.
    fn call(&self) -> Option<usize> {
        self.header("user-agent")?.rsplit('-').next()?.parse().ok()
    }

    fn status(&self) -> Option<u16> {
        self.head().split(' ').nth(1)?.parse().ok()
    }

    fn asked(&self) -> Asked {
        let mut words = self.head().split(' ');
        match (words.next(), words.next()) {
            (Some("POST"), Some(path)) if path.ends_with("/Verifications") => Asked::Start,
            (Some("POST"), Some(path)) if path.ends_with("/VerificationCheck") => Asked::Check,
            _ => Asked::Other,
        }
    }
}
