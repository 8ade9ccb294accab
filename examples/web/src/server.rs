//! Serving: how long clients may take, and how it ends.

use std::{io, net::SocketAddr, time::Duration};

use axum::Router;
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use tokio::{net::TcpListener, signal};

/// Serves `site` until `stopped`, and then finishes the requests that are there, if they do not take long.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    site: Router,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let handle = Handle::new();
    let mut server = Server::<SocketAddr>::from_listener(listener).handle(handle.clone());
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(SLOWEST_HEADER);
    tokio::spawn(async move {
        stopped.await;
        handle.graceful_shutdown(Some(LAST));
    });
    // The limits need to know from where a request comes.
    server.serve(site.into_make_service_with_connect_info::<SocketAddr>()).await
}

/// Until somebody presses Ctrl-C, or a service manager ends the process: from now on, both wait for that.
///
/// # Errors
/// When the operating system does not tell.
#[cfg(unix)]
pub fn stopped() -> io::Result<impl Future<Output = ()> + Send> {
    use signal::unix::{SignalKind, signal};
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Until somebody presses Ctrl-C.
///
/// # Errors
/// None here.
#[cfg(not(unix))]
pub fn stopped() -> io::Result<impl Future<Output = ()> + Send> {
    Ok(async { signal::ctrl_c().await.unwrap_or_default() })
}

/// What a form may take is in `idempotency`.
const SLOWEST_HEADER: Duration = Duration::from_secs(10);
const LAST: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpStream,
    };

    use super::*;

    async fn half_a_request(listener: &TcpListener) -> TcpStream {
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nHos").await.unwrap();
        client
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_never_finishes_its_request_is_cut_off() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = half_a_request(&listener).await;
        tokio::spawn(serve(listener, Router::new(), pending()));
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_never_finishes_its_request_does_not_hold_up_the_end() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let _client = half_a_request(&listener).await;
        serve(listener, Router::new(), ready(())).await.unwrap();
    }
}
