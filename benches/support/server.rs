//! A server over HTTP that costs next to nothing.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Serves each connection in a task of its own, for ever: `answer` turns a request into a reply.
pub(crate) async fn run<A>(listener: TcpListener, answer: A)
where
    A: Fn(&str) -> Vec<u8> + Clone + Send + Sync + 'static,
{
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, answer.clone()));
    }
}

async fn serve(mut stream: TcpStream, answer: impl Fn(&str) -> Vec<u8>) {
    stream.set_nodelay(true).unwrap();
    let mut buffer = [0; 4096];
    let mut length = 0;
    while let Ok(read @ 1..) = stream.read(&mut buffer[length..]).await {
        length += read;
        let request = std::str::from_utf8(&buffer[..length]).unwrap();
        if !is_whole(request) {
            continue;
        }
        if stream.write_all(&answer(request)).await.is_err() {
            return;
        }
        length = 0;
    }
}

/// Whether the body is there too, whose length the head says.
fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    body.len() >= length.parse().unwrap()
}

/// A reply with the headers that Twilio sends.
pub(crate) fn reply(status: &str, body: &str) -> Vec<u8> {
    let head = [
        &format!("HTTP/1.1 {status}"),
        "Date: Thu, 30 Jul 2015 20:00:00 GMT",
        "Content-Type: application/json; charset=utf-8",
        &format!("Content-Length: {}", body.len()),
        "Connection: keep-alive",
        "Twilio-Request-Id: RQ00000000000000000000000000000001",
        "Twilio-Request-Duration: 0.080",
        "Twilio-Concurrent-Requests: 1",
        "X-Home-Region: us1",
        "X-API-Domain: verify.twilio.com",
        "Strict-Transport-Security: max-age=31536000",
    ];
    format!("{}\r\n\r\n{body}", head.join("\r\n")).into_bytes()
}
