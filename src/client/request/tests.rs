//! How long is waited between attempts, in a time that only waits let pass.

use std::{
    pin::Pin,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    time::Instant,
};

use crate::{
    Clock, Credentials, Error, ManualClock, ServiceClient, VerifyClient,
    client::{Retry, pace::Pace, verify_client},
};

/// Half of every wait that could be, and none that takes any time.
#[derive(Debug)]
struct TestPace {
    began: Instant,
    waits: Mutex<Vec<Duration>>,
}

impl Pace for TestPace {
    fn instant(&self) -> Instant {
        self.began + self.waits.lock().unwrap().iter().sum::<Duration>()
    }

    fn now(&self) -> SystemTime {
        ManualClock::default().now()
    }

    fn jitter(&self) -> f64 {
        0.5
    }

    fn wait(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.waits.lock().unwrap().push(time);
        Box::pin(std::future::ready(()))
    }
}

/// Answers one request after the other, and then no more.
async fn server(answers: Vec<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    uri
}

fn answer(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Status\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
    )
}

fn busy(headers: &str) -> String {
    answer(429, headers, r#"{"code": 20429, "message": "Too many requests", "status": 429}"#)
}

fn found() -> String {
    answer(200, "", r#"{"sid": "VA00000000000000000000000000000001"}"#)
}

async fn client(answers: Vec<String>, retry: Retry) -> (ServiceClient, Arc<TestPace>) {
    let account = "AC00000000000000000000000000000001".parse().unwrap();
    let builder = VerifyClient::builder(Credentials::auth_token(account, "secret"));
    let client = builder.base_url(server(answers).await).retry(retry).build().unwrap();
    let pace = Arc::new(TestPace { began: Instant::now(), waits: Mutex::default() });
    let mut inner = Arc::into_inner(client.0).unwrap();
    inner.pace = Arc::clone(&pace) as Arc<dyn Pace>;
    let service = "VA00000000000000000000000000000001".parse().unwrap();
    (verify_client::VerifyClient(Arc::new(inner)).service(service), pace)
}

async fn waits(answers: Vec<String>, retry: Retry) -> (Vec<Duration>, Result<(), Error>) {
    let (service, pace) = client(answers, retry).await;
    let fetched = service.fetch().await.map(drop);
    (pace.waits.lock().unwrap().clone(), fetched)
}

fn milliseconds<const N: usize>(waits: [u64; N]) -> Vec<Duration> {
    waits.map(Duration::from_millis).to_vec()
}

#[tokio::test]
async fn waits_double_and_the_error_tells_how_long_it_took() {
    let answers = vec![answer(503, "", ""); 4];
    let (waited, fetched) = waits(answers, Retry::default().attempts(4)).await;
    assert_eq!(waited, milliseconds([50, 100, 200]));
    let error = fetched.unwrap_err();
    let attempts = error.attempts().unwrap();
    assert_eq!((attempts.count, attempts.elapsed), (4, Duration::from_millis(350)));
    let text = "fetch service: Twilio answered HTTP 503, after 4 attempts in 350.0ms";
    assert_eq!(error.to_string(), text);
}

#[tokio::test]
async fn what_retry_after_asks_for_goes_on_top() {
    let answers = vec![busy("retry-after: 2\r\n"), busy("retry-after: 3\r\n"), found()];
    let (waited, fetched) = waits(answers, Retry::default()).await;
    assert_eq!(waited, milliseconds([2_050, 3_100]));
    fetched.unwrap();
}

#[tokio::test]
async fn a_date_of_retry_after_is_counted_from_now() {
    let answers = vec![busy("retry-after: Thu, 01 Jan 2026 00:00:04 GMT\r\n"), found()];
    let (waited, fetched) = waits(answers, Retry::default()).await;
    assert_eq!(waited, milliseconds([4_050]));
    fetched.unwrap();
}

#[tokio::test]
async fn a_wait_that_the_time_does_not_allow_is_not_begun() {
    let answers = vec![busy("retry-after: 6\r\n"), busy("retry-after: 6\r\n"), found()];
    let (waited, fetched) = waits(answers, Retry::default()).await;
    assert_eq!(waited, milliseconds([6_050]));
    assert_eq!(fetched.unwrap_err().attempts().unwrap().count, 2);
}
