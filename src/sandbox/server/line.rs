//! The connection under HTTP: it can be cut, and what HTTP itself refuses gets Twilio's shape.

use std::{
    io::{self, IoSlice},
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};

use super::error::Rejection;

/// Accepts connections.
#[derive(Debug)]
pub(crate) struct Lines(pub(crate) TcpListener);

/// An accepted connection.
#[derive(Debug)]
pub(crate) struct Line {
    stream: TcpStream,
    cut: Cut,
    /// What is still to be written in place of what was given.
    replacement: Vec<u8>,
    linger: usize,
}

/// Cuts the connection that a request came over.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cut(Arc<AtomicBool>);

impl Cut {
    /// From now on nothing reaches the client any more.
    pub(super) fn cut(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn check(&self) -> io::Result<()> {
        if self.0.load(Ordering::Relaxed) { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(()) }
    }
}

impl Listener for Lines {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Only slower without it.
        let _ = stream.set_nodelay(true);
        (Line { stream, cut: Cut::default(), replacement: Vec::new(), linger: 0 }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Lines>> for Cut {
    fn connect_info(stream: IncomingStream<'_, Lines>) -> Self {
        stream.io().cut.clone()
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.cut.check()?;
        if self.replacement.is_empty() {
            match replacement(buffer) {
                Some(replacement) => {
                    self.replacement = replacement;
                    self.linger = LINGER;
                }
                None => return Pin::new(&mut self.stream).poll_write(context, buffer),
            }
        }
        ready!(self.write_replacement(context))?;
        Poll::Ready(Ok(buffer.len()))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = buffers.iter().find(|buffer| !buffer.is_empty());
        match first {
            Some(first) if !self.replacement.is_empty() || replacement(first).is_some() => {
                self.poll_write(context, first)
            }
            _ => {
                self.cut.check()?;
                Pin::new(&mut self.stream).poll_write_vectored(context, buffers)
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
        while self.linger > 0 {
            let mut read = [0; 4_096];
            let mut buffer = ReadBuf::new(&mut read);
            ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer))?;
            let count = buffer.filled().len();
            self.linger = if count == 0 { 0 } else { self.linger.saturating_sub(count) };
        }
        Poll::Ready(Ok(()))
    }
}

impl Line {
    fn write_replacement(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.replacement.is_empty() {
            let stream = Pin::new(&mut self.stream);
            let written = ready!(stream.poll_write(context, &self.replacement))?;
            self.replacement.drain(..written);
        }
        Poll::Ready(Ok(()))
    }
}

/// The HTTP library answers what it cannot read by itself, without a body, before anything of ours
/// sees it: too many or too large headers, too long a path, or no HTTP at all.
fn replacement(written: &[u8]) -> Option<Vec<u8>> {
    let (status, rest) = written.strip_prefix(b"HTTP/1.1 4")?.split_at_checked(2)?;
    let rejection = match status {
        b"31" => Rejection::HeadersTooLarge,
        b"14" => Rejection::PathTooLong,
        b"00" => Rejection::NotHttp,
        _ => return None,
    };
    let is_theirs = !std::str::from_utf8(rest).is_ok_and(|rest| rest.contains(OURS));
    is_theirs.then(|| rejection.reply("").into_bytes())
}

/// In every reply of ours and in none of the library's.
const OURS: &str = "\r\ntwilio-request-id: ";

/// How much is read after a refusal, so that whoever is still sending can hear it.
const LINGER: usize = 16_000_000;

#[cfg(test)]
mod tests {
    use super::replacement;

    #[test]
    fn only_what_the_http_library_says_is_replaced() {
        let theirs = "HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\n\r\n";
        let replaced = String::from_utf8(replacement(theirs.as_bytes()).unwrap()).unwrap();
        assert!(replaced.starts_with("HTTP/1.1 431 "), "{replaced}");
        assert!(replaced.contains("\r\ntwilio-request-id: RQ"), "{replaced}");
        assert!(replaced.contains("\"status\":431"), "{replaced}");
        let ours = "HTTP/1.1 400 Bad Request\r\ntwilio-request-id: RQ\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(replacement(ours.as_bytes()), None);
        assert_eq!(replacement(b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n"), None);
    }
}
