//! A way to Redis that can be cut.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{TcpListener, TcpStream},
    select,
    sync::watch,
    task::JoinHandle,
};
use verify_mfa::store::redis_driver::ConnectionAddr;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Open,
    /// Requests get through, replies are lost.
    NoReplies,
    /// No connection lasts.
    Cut,
}

pub(crate) struct Proxy {
    port: u16,
    way: watch::Sender<Way>,
    listening: JoinHandle<()>,
}

impl Proxy {
    pub(crate) async fn start(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let way = watch::Sender::new(Way::Open);
        let listening = tokio::spawn(listen(listener, target, way.clone()));
        Self { port, way, listening }
    }

    pub(crate) fn address(&self) -> ConnectionAddr {
        ConnectionAddr::Tcp("127.0.0.1".into(), self.port)
    }

    /// Changes the way. When it is cut, there are no connections any more when this returns.
    pub(crate) async fn set(&self, way: Way) {
        self.way.send_replace(way);
        if way == Way::Cut {
            self.way.closed().await;
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
        self.way.send_replace(Way::Cut);
    }
}

async fn listen(listener: TcpListener, target: String, way: watch::Sender<Way>) {
    while let Ok((near, _)) = listener.accept().await {
        if *way.borrow() != Way::Cut {
            tokio::spawn(relay(near, target.clone(), way.subscribe()));
        }
    }
}

async fn relay(near: TcpStream, target: String, mut way: watch::Receiver<Way>) {
    let replies = way.clone();
    select! {
        biased;
        _ = way.wait_for(|way| *way == Way::Cut) => {}
        () = exchange(near, target, replies) => {}
    }
}

async fn exchange(near: TcpStream, target: String, way: watch::Receiver<Way>) {
    let Ok(far) = TcpStream::connect(target).await else { return };
    let ((mut requests, mut back), (mut far_replies, mut far)) =
        (near.into_split(), far.into_split());
    let forth = copy(&mut requests, &mut far);
    let back = async {
        let mut buffer = [0; 16_384];
        while let Ok(length @ 1..) = far_replies.read(&mut buffer).await {
            if *way.borrow() == Way::Open && back.write_all(&buffer[..length]).await.is_err() {
                return;
            }
        }
    };
    select! { _ = forth => {}, () = back => {} }
}
