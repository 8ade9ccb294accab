//! How much an embedded sandbox answers, what its verifications weigh, and whether finding one of
//! them depends on how many there are.
//!
//! Linux only, because it reads `/proc`. The load comes over 64 raw keep-alive connections, from this process and on the same two cores:
//! a full HTTP client would cost more than the sandbox. Pass a number of seconds to measure longer.
#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

use std::{
    error::Error,
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::Builder,
    task::JoinSet,
};
use verify_mfa::sandbox::Sandbox;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let seconds = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(5);
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    // First, while the process has no memory to reuse.
    runtime.block_on(weight_and_lookups())?;
    runtime.block_on(throughput(Duration::from_secs(seconds)))
}

/// Pairs of create and check over all connections at once, each connection with a number of its own.
async fn throughput(time: Duration) -> Outcome<()> {
    let bench = Arc::new(Bench::start().await?);
    let (begin, busy) = (Instant::now(), processor_time()?);
    let mut connections = JoinSet::new();
    for connection in 0..CONNECTIONS {
        let bench = Arc::clone(&bench);
        connections.spawn(async move { pairs(&bench, connection, begin, time).await });
    }
    let mut pairs = 0;
    while let Some(done) = connections.join_next().await {
        pairs += done??;
    }
    let rate = f64::from(pairs) / begin.elapsed().as_secs_f64();
    let cost = (processor_time()? - busy).as_secs_f64() / f64::from(pairs);
    println!(
        "create + check, {CONNECTIONS} connections: {rate:.0} pairs/s; a pair takes {:.0} µs of \
         processor time, load generator included",
        cost * 1e6
    );
    Ok(())
}

async fn pairs(bench: &Bench, connection: u32, begin: Instant, time: Duration) -> Outcome<u32> {
    let mut line = Line::open(bench).await?;
    let number = format!("+14155550{:03}", 100 + connection);
    let create = format!("To=%2B{}&Channel=sms", &number[1..]);
    let mut pairs = 0;
    while begin.elapsed() < time {
        line.post(bench, "Verifications", &create, "201").await?;
        let code = bench.sandbox.code_for(&number).ok_or("nothing was sent")?;
        let check = format!("To=%2B{}&Code={code}", &number[1..]);
        line.post(bench, "VerificationCheck", &check, "201").await?;
        pairs += 1;
    }
    Ok(pairs)
}

/// Fills a sandbox up to 100,000 live verifications; on the way, looks some up.
async fn weight_and_lookups() -> Outcome<()> {
    let bench = Arc::new(Bench::start().await?);
    let before = resident()?;
    let mut live = 0;
    for count in [1_000, 10_000, 100_000] {
        fill(&bench, live..count).await?;
        live = count;
        let lookup = lookup(&bench, count).await?;
        let weight = resident()?.saturating_sub(before) as f64 / 1e6;
        println!("{count:>7} live: {weight:6.1} MB more than empty, a lookup takes {lookup:?}");
    }
    Ok(())
}

async fn fill(bench: &Arc<Bench>, numbers: std::ops::Range<u32>) -> Outcome<()> {
    let mut connections = JoinSet::new();
    for connection in 0..CONNECTIONS {
        let (bench, numbers) = (Arc::clone(bench), numbers.clone());
        connections.spawn(async move {
            let mut line = Line::open(&bench).await?;
            for index in numbers.skip(connection as usize).step_by(CONNECTIONS as usize) {
                line.post(&bench, "Verifications", &create(index), "201").await?;
            }
            Outcome::Ok(())
        });
    }
    while let Some(done) = connections.join_next().await {
        done??;
    }
    Ok(())
}

/// Checks with a wrong code: finds a verification, counts, and is answered. The median of many.
async fn lookup(bench: &Bench, live: u32) -> Outcome<Duration> {
    let mut line = Line::open(bench).await?;
    let step = (live / LOOKUPS).max(1);
    let mut times = Vec::new();
    for index in 0..LOOKUPS {
        let check = format!("To=somebody-{}%40example.com&Code=wrong!", index * step % live);
        let begin = Instant::now();
        line.post(bench, "VerificationCheck", &check, "201").await?;
        times.push(begin.elapsed());
    }
    times.sort_unstable();
    Ok(times[times.len() / 2])
}

struct Bench {
    sandbox: Sandbox,
    address: String,
    head: String,
}

impl Bench {
    async fn start() -> Outcome<Self> {
        let sandbox = Sandbox::start().await?;
        let credentials = format!("{}:{}", sandbox.account_sid(), sandbox.auth_token());
        let head = format!(
            "Host: localhost\r\nAuthorization: Basic {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n",
            BASE64_STANDARD.encode(credentials)
        );
        let address = sandbox.base_url().replace("http://", "");
        Ok(Self { sandbox, address, head })
    }
}

/// A keep-alive connection that knows as much of HTTP as it needs.
struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Line {
    async fn open(bench: &Bench) -> Outcome<Self> {
        let stream = TcpStream::connect(&bench.address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 8_192] })
    }

    /// Sends a form and reads the whole reply, whose status must be as expected.
    async fn post(&mut self, bench: &Bench, to: &str, form: &str, expected: &str) -> Outcome<()> {
        let (service, head, length) = (bench.sandbox.service_sid(), &bench.head, form.len());
        let request = format!(
            "POST /v2/Services/{service}/{to} HTTP/1.1\r\n{head}Content-Length: {length}\r\n\r\n{form}"
        );
        self.stream.write_all(request.as_bytes()).await?;
        let mut filled = 0;
        loop {
            filled += self.stream.read(&mut self.buffer[filled..]).await?;
            if let Some(whole) = whole(&self.buffer[..filled]) {
                let is_expected = self.buffer[9..12] == *expected.as_bytes();
                return if is_expected && whole == filled {
                    Ok(())
                } else {
                    Err(String::from_utf8_lossy(&self.buffer[..filled]).into_owned().into())
                };
            }
        }
    }
}

/// How long the reply is, once its head is there.
fn whole(reply: &[u8]) -> Option<usize> {
    let end = reply.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&reply[..end]).ok()?;
    let length = head.split("content-length: ").nth(1)?.split("\r\n").next()?;
    let whole = end + length.parse::<usize>().ok()?;
    (reply.len() >= whole).then_some(whole)
}

/// Addresses, because there are not enough numbers that nobody has.
fn create(index: u32) -> String {
    format!("To=somebody-{index}%40example.com&Channel=email")
}

/// What the process occupies, in bytes.
fn resident() -> Outcome<usize> {
    let pages = fs::read_to_string("/proc/self/statm")?;
    let pages: usize = pages.split(' ').nth(1).ok_or("no resident pages")?.parse()?;
    Ok(pages * 4_096)
}

/// What all threads of the process have used, in user and kernel mode.
fn processor_time() -> Outcome<Duration> {
    let status = fs::read_to_string("/proc/self/stat")?;
    let fields = status.rsplit(") ").next().unwrap_or_default().split(' ');
    let ticks: u64 = fields.skip(11).take(2).map(|ticks| ticks.parse().unwrap_or(0)).sum();
    Ok(Duration::from_millis(ticks * 10))
}

const CONNECTIONS: u32 = 64;
const LOOKUPS: u32 = 3_000;
